// Package records keeps what must never be lost: customers and contacts, users, cases and who owns them, escalations, the
// three-ring verdicts, and the journal of every call. All SQL of the product lives here.
//
// The rules it enforces are I1 to I6 of the domain description:
//
//   - I1, I2: ownership.go is the state machine of a case's owner; claim.go, handover.go and override.go drive it. Every
//     change is one transaction with a compare-and-set on the case's version, so of two nodes only one can win.
//   - I3: owners.go projects open cases onto telephone numbers, for the queue to ring the owner first.
//   - I4: wrapup.go says what a wrap-up must contain; nothing else closes a case.
//   - I5: overdue.go sends up what nobody accepted in time; the owner stays.
//   - I6: calls.go writes a verdict once; the database refuses to change it.
//
// SQLite is the only dialect today; what is particular to it is in sqlite.go and migrations/sqlite. Everything else is
// portable SQL with ? placeholders, which are rebound for the driver in use. Times are stored as microseconds since 1970 in
// UTC, so they sort and compare in every database.
//
// Every method is safe for concurrent use, by several goroutines and by several processes on one database file. While the
// database is locked, methods wait and try again until their context ends or Options.BusyWait has passed (ErrBusy).
package records

package records

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// JournalFilter says which entries JournalBetween gives.
type JournalFilter struct {
	From, To time.Time // at or after, before
	Cursor   string    // Page.Next of the page before
	Limit    int       // of one page; 2,000 when 0, at most 5,000
}

// JournalBetween gives the entries of all chains in a span of time, oldest first; entries of one chain and one instant come in
// their own order. Errors: ErrInvalid (cursor).
func (s *Store) JournalBetween(ctx context.Context, f JournalFilter) (Page[JournalEntry], error) {
	var q query
	q.between("at", f.From, f.To)
	if f.Cursor != "" {
		after, err := parseCursor(f.Cursor)
		if err != nil {
			return Page[JournalEntry]{}, err
		}
		number, call, _ := strings.Cut(after.key, " ")
		seq, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return Page[JournalEntry]{}, problem(ErrInvalid, "cursor", "Start again without a cursor.", "%q is not a cursor of this list.", f.Cursor)
		}
		q.and("at >= ? AND (at > ? OR call > ? OR (call = ? AND seq > ?))", after.at, after.at, call, call, seq)
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 2000
	}
	limit = min(limit, 5000)
	var rows []journalRow
	if err := s.read().list(ctx, &rows, q.sql("SELECT * FROM journal", "at, call, seq", limit), q.args...); err != nil {
		return Page[JournalEntry]{}, s.explain("journal between", err)
	}
	page := Page[JournalEntry]{Items: mapped(rows, journalRow.entry)}
	if len(rows) == limit {
		last := rows[limit-1]
		page.Next = cursor{stamp(last.At), strconv.FormatInt(last.Seq, 10) + " " + last.Call}.String()
	}
	return page, nil
}

// JournalCount tells how many entries a span of time has.
func (s *Store) JournalCount(ctx context.Context, from, to time.Time) (int, error) {
	var n int
	_, err := s.read().find(ctx, &n, `SELECT COUNT(*) FROM journal WHERE at >= ? AND at < ?`, at(from), at(to))
	return n, s.explain("journal count", err)
}

// LastPresence gives, for each agent of whom something was written in the week before an instant, the last entry about their
// presence.
func (s *Store) LastPresence(ctx context.Context, before time.Time) ([]JournalEntry, error) {
	var rows []journalRow
	err := s.read().list(ctx, &rows, `SELECT j.* FROM journal j JOIN (
			SELECT call, MAX(seq) AS seq FROM journal
			WHERE call >= 'agent:' AND call < 'agent;' AND kind = 'presence' AND at < ? AND at >= ? GROUP BY call
		) last ON last.call = j.call AND last.seq = j.seq ORDER BY j.call`, at(before), at(before.AddDate(0, 0, -7)))
	return mapped(rows, journalRow.entry), s.explain("last presence", err)
}

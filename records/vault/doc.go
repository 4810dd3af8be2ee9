// Package vault keeps a customer's login information for the length of one remote session (rule I8 of the domain
// description). It knows cryptography and key files; who may read what, and when, is decided in package records.
//
//   - Each session has a data key of its own: 256 random bits, under which the login information is sealed (AES-256-GCM,
//     bound to session and entry).
//   - The data key lies in one small file of the vault's directory, wrapped by the master key (age, age-encryption.org/v1).
//     It is never in the database, so no backup of the database holds it.
//   - Ending the session overwrites and removes that file. What was sealed is noise from then on, wherever copies of it are,
//     also for who holds the master key.
//
// docs/adr/0010-vault.md says why, and what a disk may keep in spite of it.
package vault

package records

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// argon2id by OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonSalt   = 16
	argonKey    = 32
)

// The length of passwords: NIST SP 800-63B asks for length, not for kinds of characters. The upper bound keeps hashing cheap.
const (
	minPassword = 10
	maxPassword = 128
)

func (f *faults) password(login, password string) {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword:
		f.add("password", "too_short", fmt.Sprintf("Use at least %d characters.", minPassword), "The password has only %d characters.", n)
	case n > maxPassword:
		f.add("password", "too_long", fmt.Sprintf("Use at most %d characters.", maxPassword), "The password has %d characters.", n)
	case strings.EqualFold(password, login) || strings.Count(password, password[:1]) == len(password):
		f.add("password", "too_simple", "Use a sentence or several words.", "The password can be guessed.")
	}
}

// hashPassword gives the PHC string of a password with a fresh salt. At most GOMAXPROCS run at one time, so that a flood of
// log-ins cannot take all memory.
func (s *Store) hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("records: salt: %w", err)
	}
	key, err := s.argon(ctx, password, salt, argonTime, argonMemory, argonLanes, argonKey)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		enc(salt), enc(key)), nil
}

func (s *Store) hashUnlessEmpty(ctx context.Context, password string) (string, error) {
	if password == "" {
		return "", nil
	}
	return s.hashPassword(ctx, password)
}

func (s *Store) argon(ctx context.Context, password string, salt []byte, time, memory uint32, lanes uint8, size uint32) ([]byte, error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
		return argon2.IDKey([]byte(password), salt, time, memory, lanes, size), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("records: password: %w", ctx.Err())
	}
}

// passwordMatches compares in constant time. fresh is false when the hash was made with other parameters than today's.
func (s *Store) passwordMatches(ctx context.Context, phc, password string) (matches, fresh bool, err error) {
	var version int
	var time, memory uint32
	var lanes uint8
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, false, fmt.Errorf("records: password hash of unknown kind")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, false, fmt.Errorf("records: password hash of unknown version %q", parts[2])
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &lanes); err != nil {
		return false, false, fmt.Errorf("records: password hash parameters: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, false, fmt.Errorf("records: password salt: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 || len(want) > 64 {
		return false, false, fmt.Errorf("records: password hash is malformed")
	}
	got, err := s.argon(ctx, password, salt, time, memory, lanes, uint32(len(want))) //nolint:gosec // at most 64
	if err != nil {
		return false, false, err
	}
	fresh = memory == argonMemory && time == argonTime && lanes == argonLanes && len(salt) == argonSalt && len(want) == argonKey
	return subtle.ConstantTimeCompare(got, want) == 1, fresh, nil
}

// SetPassword gives a user a new password, ends their sessions and clears a lock. Errors: ErrNotFound, ErrInvalid.
func (s *Store) SetPassword(ctx context.Context, login, password string) error {
	var f faults
	f.password(login, password)
	if err := f.problem(ErrInvalid, "password_invalid", "Choose another password.", "This password cannot be used."); err != nil {
		return err
	}
	hash, err := s.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	_, err = s.changeUser(ctx, "user.password", login, 0, func(t *txn, _ User) (string, error) {
		if err := t.do(ctx, `DELETE FROM sessions WHERE login = ?`, login); err != nil {
			return "", err
		}
		return "", t.do(ctx, `UPDATE users SET password_hash = ?, failed_logins = 0, locked_until = NULL WHERE login = ?`, hash, login)
	})
	return err
}

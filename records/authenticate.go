package records

import (
	"context"
	"fmt"
	"time"
)

// nobodysHash is compared when the login is unknown, so that the time an answer takes does not tell whether it exists.
const nobodysHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// Authenticate gives the user whose password this is. Wrong passwords are counted and lock the account for a while
// (Options.LockAfter, LockFor). Errors: ErrCredentials for every other reason, ErrLocked, ErrBusy.
func (s *Store) Authenticate(ctx context.Context, login, password string) (User, error) {
	var row userRow
	known := false
	if ValidLogin(login) && len(password) <= 4*maxPassword {
		var err error
		if known, err = s.read().find(ctx, &row, `SELECT * FROM users WHERE login = ?`, login); err != nil {
			return User{}, s.explain("authenticate", err)
		}
	} else {
		password = "" // hash no novel
	}
	if until := row.LockedUntil.time(); s.now().Before(until) {
		return User{}, locked(until)
	}
	phc := row.PasswordHash
	set(&phc, nobodysHash)
	matches, fresh, err := s.passwordMatches(ctx, phc, password)
	if err != nil {
		return User{}, err
	}
	if !known {
		return User{}, wrongCredentials()
	}
	if !matches || row.PasswordHash == "" || row.Disabled {
		return User{}, s.countFailure(ctx, login, row.PasswordHash)
	}
	rehashed := ""
	if !fresh {
		if rehashed, err = s.hashPassword(ctx, password); err != nil {
			return User{}, err
		}
	}
	return s.countSuccess(ctx, login, row.PasswordHash, rehashed)
}

// countFailure counts a wrong password. With the count in one transaction, many attempts at once count as many.
func (s *Store) countFailure(ctx context.Context, login, seen string) error {
	refusal := wrongCredentials()
	err := s.write(ctx, "count failed login", func(t *txn) error {
		refusal = wrongCredentials()
		var failed int
		if err := t.get(ctx, &failed, `UPDATE users SET failed_logins = failed_logins + 1
			WHERE login = ? RETURNING failed_logins`, login); err != nil {
			return err
		}
		if failed < s.opt.LockAfter {
			return nil
		}
		until := t.now.Add(s.opt.LockFor)
		refusal = locked(until)
		if err := t.audit(ctx, AuditEntry{Action: "user.locked", Object: login, Data: fmt.Sprintf("%d wrong passwords", failed)}); err != nil {
			return err
		}
		return t.do(ctx, `UPDATE users SET locked_until = ?, failed_logins = 0 WHERE login = ? AND password_hash = ?`, at(until), login, seen)
	})
	if err != nil {
		return err
	}
	return refusal
}

// countSuccess records a log-in, unless password, lock or user changed while the hash was computed.
func (s *Store) countSuccess(ctx context.Context, login, seen, rehashed string) (User, error) {
	var u User
	err := s.write(ctx, "count login", func(t *txn) error {
		var row userRow
		found, err := t.find(ctx, &row, `SELECT * FROM users WHERE login = ?`, login)
		if err != nil {
			return err
		}
		if !found || row.Disabled || row.PasswordHash != seen {
			return wrongCredentials()
		}
		if until := row.LockedUntil.time(); t.now.Before(until) {
			return locked(until)
		}
		set(&rehashed, seen)
		if err := t.do(ctx, `UPDATE users SET last_login_at = ?, failed_logins = 0, locked_until = NULL, password_hash = ?
			WHERE login = ?`, at(t.now), rehashed, login); err != nil {
			return err
		}
		u, err = t.user(ctx, login)
		return err
	})
	return u, err
}

func wrongCredentials() *Problem {
	return problem(ErrCredentials, "wrong_credentials", "Try again, or ask an administrator for a new password.",
		"Login or password is wrong.")
}

func locked(until time.Time) *Problem {
	return problem(ErrLocked, "account_locked", "Wait, or ask an administrator to enable the account.",
		"The account is locked until %s after too many wrong passwords.", until.UTC().Format(time.RFC3339))
}

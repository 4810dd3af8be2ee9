package records

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Session is a log-in that lasts.
type Session struct {
	ID     string    `json:"id"` // public name of the session, not the token
	User   User      `json:"user"`
	Since  time.Time `json:"since"`
	Seen   time.Time `json:"seen"`
	EndsAt time.Time `json:"ends_at"` // whatever is done; earlier when idle
	From   Device    `json:"from"`
}

// Device is where a session was begun, as the browser and the network say; nobody proves it.
type Device struct {
	Agent   string `json:"agent"`   // the browser's User-Agent
	Address string `json:"address"` // IP address
}

type sessionRow struct {
	ID        string `db:"id"`
	Login     string `db:"login"`
	CreatedAt stamp  `db:"created_at"`
	SeenAt    stamp  `db:"seen_at"`
	EndsAt    stamp  `db:"ends_at"`
	Device    string `db:"device"`
	Address   string `db:"address"`
}

func (r sessionRow) session() Session {
	return Session{
		ID: r.ID, Since: r.CreatedAt.time(), Seen: r.SeenAt.time(), EndsAt: r.EndsAt.time(), From: Device{r.Device, r.Address},
	}
}

const sessionColumns = `id, login, created_at, seen_at, ends_at, device, address`

// seenEvery is how exactly the last use of a session is known: one write a minute, not one a request.
const seenEvery = time.Minute

// NewSession starts a session for a user who was authenticated. token (256 bits) is the bearer's proof; only its hash is
// kept. Errors: ErrNotFound, ErrExpired when the user is disabled.
func (s *Store) NewSession(ctx context.Context, login string) (token string, out Session, err error) {
	return s.NewSessionFrom(ctx, login, Device{})
}

// NewSessionFrom is NewSession that notes where it was begun.
func (s *Store) NewSessionFrom(ctx context.Context, login string, from Device) (token string, out Session, err error) {
	from = Device{clip(line(from.Agent), maxLine), clip(line(from.Address), maxLine)}
	token = rand.Text() + rand.Text()
	err = s.write(ctx, "new session", func(t *txn) error {
		u, err := t.user(ctx, login)
		if err != nil {
			return err
		}
		if u.Disabled {
			return ended()
		}
		out = Session{ID: newID(t.now), User: u, Since: t.now, Seen: t.now, EndsAt: t.now.Add(s.opt.SessionMax), From: from}
		if err := t.do(ctx, `DELETE FROM sessions WHERE ends_at < ? OR seen_at < ?`, at(t.now), at(t.now.Add(-s.opt.SessionIdle))); err != nil {
			return err
		}
		return t.do(ctx, `INSERT INTO sessions (token_hash, id, login, created_at, seen_at, ends_at, device, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			tokenHash(token), out.ID, login, at(out.Since), at(out.Seen), at(out.EndsAt), from.Agent, from.Address)
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, out, nil
}

// Session gives the session of a token and marks it used. Errors: ErrExpired.
func (s *Store) Session(ctx context.Context, token string) (Session, error) {
	var out Session
	now := s.now()
	err := s.snapshot(ctx, "session", func(c conn) error {
		var row sessionRow
		found, err := c.find(ctx, &row, `SELECT `+sessionColumns+` FROM sessions WHERE token_hash = ?`, tokenHash(token))
		if err != nil {
			return err
		}
		if !found || !now.Before(row.EndsAt.time()) || now.Sub(row.SeenAt.time()) >= s.opt.SessionIdle {
			return ended()
		}
		out = row.session()
		out.User, err = c.user(ctx, row.Login)
		if err == nil && out.User.Disabled {
			err = ended()
		}
		return err
	})
	if err != nil {
		return Session{}, err
	}
	if now.Sub(out.Seen) >= seenEvery {
		s.markSeen(ctx, out.ID, now)
	}
	return out, nil
}

// markSeen must not hold up a request while the database is locked: the next request marks it then.
func (s *Store) markSeen(ctx context.Context, id string, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if err := s.write(ctx, "session seen", func(t *txn) error {
		return t.do(ctx, `UPDATE sessions SET seen_at = ? WHERE id = ? AND seen_at < ?`, at(now), id, at(now))
	}); err != nil {
		s.log.Debug("session not marked as used", "session", id, "err", err)
	}
}

// RevokeSession ends the session of a token. A token without a session is fine: it is ended.
func (s *Store) RevokeSession(ctx context.Context, token string) error {
	return s.write(ctx, "revoke session", func(t *txn) error {
		return t.do(ctx, `DELETE FROM sessions WHERE token_hash = ?`, tokenHash(token))
	})
}

// Sessions lists the sessions of a user that have not ended, the latest used first. Their User is left empty.
func (s *Store) Sessions(ctx context.Context, login string) ([]Session, error) {
	var rows []sessionRow
	now := s.now()
	err := s.read().list(ctx, &rows, `SELECT `+sessionColumns+` FROM sessions
		WHERE login = ? AND ends_at > ? AND seen_at > ? ORDER BY seen_at DESC, id DESC`, login, at(now), at(now.Add(-s.opt.SessionIdle)))
	if err != nil {
		return nil, s.explain("sessions", err)
	}
	return mapped(rows, sessionRow.session), nil
}

// EndSession ends one session of a user by its public name. One that is not theirs, or not there, is left alone.
func (s *Store) EndSession(ctx context.Context, login, id string) error {
	return s.write(ctx, "end session", func(t *txn) error {
		return t.do(ctx, `DELETE FROM sessions WHERE login = ? AND id = ?`, login, id)
	})
}

// EndOtherSessions ends all sessions of a user but one, by its public name.
func (s *Store) EndOtherSessions(ctx context.Context, login, keep string) error {
	return s.write(ctx, "end other sessions", func(t *txn) error {
		return t.do(ctx, `DELETE FROM sessions WHERE login = ? AND id <> ?`, login, keep)
	})
}

// RevokeSessions ends all sessions of a user, recorded in the audit log.
func (s *Store) RevokeSessions(ctx context.Context, login string) error {
	return s.write(ctx, "revoke sessions", func(t *txn) error {
		if err := t.do(ctx, `DELETE FROM sessions WHERE login = ?`, login); err != nil {
			return err
		}
		return t.audit(ctx, AuditEntry{Action: "user.sessions-revoked", Object: login})
	})
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token)) // the token is 256 random bits: no salt, no slow hash needed
	return hex.EncodeToString(sum[:])
}

func ended() *Problem {
	return problem(ErrExpired, "session_ended", "Log in again.", "The session has ended.")
}

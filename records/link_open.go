package records

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"hotline/records/linktoken"
)

const (
	digitsAsked = 4
	// digitsTries wrong answers lock a link for digitsLock, digitsEnd of them revoke it: a stranger's chance is 15 in 10,000.
	digitsTries = 5
	digitsEnd   = 15
	digitsLock  = 15 * time.Minute
)

// lastDigits gives the last four digits of a telephone number, "" when it has fewer.
func lastDigits(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	if len(digits) < digitsAsked {
		return ""
	}
	return digits[len(digits)-digitsAsked:]
}

// linkRefused is a refusal that does not say more than the holder of the token may know.
func linkRefused(kind error, code, what string) *Problem {
	return problem(kind, code, "Call the hotline; it sends a new link.", "%s", what)
}

// usable says why a link cannot be used, whoever asks.
func (r linkRow) usable(now time.Time) error {
	switch {
	case r.RevokedAt != 0:
		return linkRefused(ErrExpired, "link_revoked", "The link was withdrawn.")
	case r.Uses > 0 && r.Used >= r.Uses:
		return linkRefused(ErrExpired, "link_used", "The link has been used.")
	case !now.Before(r.EndsAt.time()):
		return linkRefused(ErrExpired, "link_ended", "The link has ended.")
	case now.Before(r.LockedUntil.time()):
		return linkRefused(ErrLocked, "link_locked", "There were too many wrong answers.")
	}
	return nil
}

// genuine refuses what this hotline did not sign, and what is over, before anybody looks it up.
func (s *Store) genuine(token string, now time.Time) error {
	switch err := s.opt.Links.Verify(token, now); {
	case errors.Is(err, linktoken.ErrForged):
		return linkRefused(ErrNotFound, "link_unknown", "There is no such link.")
	case errors.Is(err, linktoken.ErrEnded):
		return linkRefused(ErrExpired, "link_ended", "The link has ended.")
	case err != nil:
		return fmt.Errorf("records: link: %w", err)
	}
	return nil
}

// linkOf finds the link of a token that is genuine.
func (s *Store) linkOf(ctx context.Context, c conn, token string) (linkRow, error) {
	var row linkRow
	if err := s.genuine(token, s.now()); err != nil {
		return row, err
	}
	found, err := c.find(ctx, &row, selectLink+` WHERE l.token = ?`, tokenHash(token))
	if err == nil && (!found || !s.opt.Links.For(token, row.Purpose)) {
		err = linkRefused(ErrNotFound, "link_unknown", "There is no such link.")
	}
	return row, err
}

// OpenLink looks at a link with the secret of the device, "" for a device that has none. bound says that this device may act. It
// changes nothing: scanners that follow links do no harm. A link that this device has used is given together with the refusal, so that
// its page can say what was done. Errors: ErrNotFound, ErrExpired, ErrLocked, ErrForbidden (bound to another device).
func (s *Store) OpenLink(ctx context.Context, token, device string) (l Link, bound bool, err error) {
	row, err := s.linkOf(ctx, s.read(), token)
	if err != nil {
		return Link{}, false, s.explain("link", err)
	}
	mine := row.Device != "" && device != "" && subtle.ConstantTimeCompare([]byte(row.Device), []byte(tokenHash(device))) == 1
	if err := row.usable(s.now()); err != nil {
		if mine {
			return row.link(), true, err
		}
		return Link{}, false, err
	}
	if row.Device != "" && !mine {
		return Link{}, false, linkRefused(ErrForbidden, "link_elsewhere", "The link was opened on another device.")
	}
	return row.link(), mine, nil
}

// BindLink opens a link for the first time and binds it to the device, whose secret it gives: keep it in a cookie. digits are the last
// four of the telephone number, when the link asks for them. Wrong ones are counted; five lock the link for a quarter of an hour, fifteen
// end it. Errors: as OpenLink, and ErrCredentials (wrong digits).
func (s *Store) BindLink(ctx context.Context, token, digits string) (l Link, device string, err error) {
	device = rand.Text() + rand.Text()
	var refused error
	err = s.write(ctx, "bind link", func(t *txn) error {
		refused = nil
		row, err := s.linkOf(ctx, t.conn, token)
		if err != nil {
			return err
		}
		if err := row.usable(t.now); err != nil {
			return err
		}
		if row.Device != "" {
			refused = linkRefused(ErrForbidden, "link_elsewhere", "The link was opened on another device.")
			return t.linkEvent(ctx, row.ID, "elsewhere", "")
		}
		if want := lastDigits(row.Number); want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(lastDigits(digits))) != 1 {
			refused, err = t.wrongDigits(ctx, row)
			return err
		}
		n, err := t.exec(ctx, `UPDATE links SET device = ?, bound_at = ?, tries = 0, locked_until = NULL WHERE id = ? AND device = ''`,
			tokenHash(device), at(t.now), row.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return linkRefused(ErrForbidden, "link_elsewhere", "The link was opened on another device.")
		}
		row.BoundAt = at(t.now)
		l = row.link()
		return t.linkEvent(ctx, row.ID, "opened", "")
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Link{}, "", err
	}
	return l, device, nil
}

// wrongDigits counts a wrong answer, which must be kept: the refusal comes beside the transaction's error.
func (t *txn) wrongDigits(ctx context.Context, row linkRow) (refused, err error) {
	tries := row.Tries + 1
	locked, revoked := stamp(0), stamp(0)
	refused = problem(ErrCredentials, "link_digits", "Enter the last four digits of the number that you called from.", "These are not the right digits.")
	what := "digits"
	if tries%digitsTries == 0 {
		locked, what = at(t.now.Add(digitsLock)), "locked"
		refused = linkRefused(ErrLocked, "link_locked", "There were too many wrong answers.")
	}
	if tries >= digitsEnd {
		revoked, what = at(t.now), "revoked"
		refused = linkRefused(ErrExpired, "link_revoked", "The link was withdrawn.")
	}
	if err := t.do(ctx, `UPDATE links SET tries = ?, locked_until = ?, revoked_at = ? WHERE id = ?`, tries, locked, revoked, row.ID); err != nil {
		return nil, err
	}
	return refused, t.linkEvent(ctx, row.ID, what, "")
}

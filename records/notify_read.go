package records

import (
	"context"
	"errors"
)

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// Notifications lists what somebody was told, newest first. Errors: ErrInvalid (cursor).
func (s *Store) Notifications(ctx context.Context, login, after string, limit int) (Page[Told], error) {
	c, err := parseCursor(after)
	if err != nil {
		return Page[Told]{}, err
	}
	var q query
	q.and("login = ?", login)
	q.page("at", "id", c)
	limit = pageLimit(limit)
	var rows []toldRow
	if err := s.read().list(ctx, &rows, q.sql(`SELECT id, kind, subject_zh, subject_en, text_zh, text_en, path, at, read_at FROM notifications`,
		"at DESC, id DESC", limit), q.args...); err != nil {
		return Page[Told]{}, s.explain("notifications", err)
	}
	page := Page[Told]{Items: mapped(rows, toldRow.told)}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].At, rows[limit-1].ID}.String()
	}
	return page, nil
}

// Unread counts what somebody was told and has not read, up to 100.
func (s *Store) Unread(ctx context.Context, login string) (int, error) {
	var n int
	err := s.read().get(ctx, &n, `SELECT COUNT(*) FROM (SELECT 1 FROM notifications WHERE login = ? AND read_at IS NULL LIMIT 100) AS unread`, login)
	return n, s.explain("unread", err)
}

// ReadNotification marks one as read, or with id "" all, and gives its path. Errors: ErrNotFound (none of this person's).
func (s *Store) ReadNotification(ctx context.Context, login, id string) (path string, err error) {
	err = s.write(ctx, "read notification", func(t *txn) error {
		t.told[login] = struct{}{}
		if id == "" {
			return t.do(ctx, `UPDATE notifications SET read_at = ? WHERE login = ? AND read_at IS NULL`, at(t.now), login)
		}
		found, err := t.find(ctx, &path, `SELECT path FROM notifications WHERE login = ? AND id = ?`, login, id)
		if err != nil {
			return err
		}
		if !found {
			return notFound("notification", id)
		}
		return t.do(ctx, `UPDATE notifications SET read_at = ? WHERE login = ? AND id = ? AND read_at IS NULL`, at(t.now), login, id)
	})
	return path, err
}

// OnTold calls f after each commit that told somebody something, or that marked it read. f must not block.
func (s *Store) OnTold(f func(login string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.toldChanges = append(s.toldChanges, f)
}

// SetMailAddress says where somebody of the staff reads mail; "" nowhere. It is in the audit log. Errors: ErrNotFound, ErrInvalid.
func (s *Store) SetMailAddress(ctx context.Context, login, address string) error {
	if address != "" {
		var err error
		if address, err = mailAddress(address); err != nil {
			return err
		}
	}
	return s.write(ctx, "set mail address", func(t *txn) error {
		if _, err := t.user(ctx, login); err != nil {
			return err
		}
		if address == "" {
			if err := t.do(ctx, `DELETE FROM mail_addresses WHERE login = ?`, login); err != nil {
				return err
			}
		} else if err := t.do(ctx, `INSERT INTO mail_addresses (login, address, set_at) VALUES (?, ?, ?)
			ON CONFLICT (login) DO UPDATE SET address = excluded.address, set_at = excluded.set_at`, login, address, at(t.now)); err != nil {
			return err
		}
		return t.audit(ctx, AuditEntry{Action: "user.mail-address", Object: login})
	})
}

// MailAddress tells where somebody reads mail; "" nowhere.
func (s *Store) MailAddress(ctx context.Context, login string) (string, error) {
	var address string
	_, err := s.read().find(ctx, &address, `SELECT address FROM mail_addresses WHERE login = ?`, login)
	return address, s.explain("mail address", err)
}

package records

import (
	"context"
	"slices"
	"strings"
	"time"

	"hotline/records/procedure"
)

// Parcel is something that leaves the house: one mail, or one notification for the webhook.
type Parcel struct {
	ID       string         `json:"id"` // the same however often it is tried: the stable part of a mail's Message-ID
	Channel  string         `json:"channel"`
	Kind     string         `json:"kind"`
	Login    string         `json:"login,omitempty"`
	Name     string         `json:"name,omitempty"`
	Address  string         `json:"address,omitempty"` // of mail
	Lang     string         `json:"lang,omitempty"`
	Subject  procedure.Text `json:"subject"`
	Text     procedure.Text `json:"text,omitzero"`
	Path     string         `json:"path,omitempty"`
	Attempts int            `json:"attempts"` // begun so far
	Error    string         `json:"error,omitempty"`
	MadeAt   time.Time      `json:"made_at"`
	EndedAt  time.Time      `json:"ended_at,omitzero"`
	State    string         `json:"state"` // waiting, sent, dead
}

type parcelRow struct {
	ID        string `db:"id"`
	Channel   string `db:"channel"`
	Kind      string `db:"kind"`
	Login     string `db:"login"`
	Name      string `db:"name"`
	Address   string `db:"address"`
	Lang      string `db:"lang"`
	SubjectZH string `db:"subject_zh"`
	SubjectEN string `db:"subject_en"`
	TextZH    string `db:"text_zh"`
	TextEN    string `db:"text_en"`
	Path      string `db:"path"`
	State     string `db:"state"`
	Attempts  int    `db:"attempts"`
	Error     string `db:"last_error"`
	MadeAt    stamp  `db:"made_at"`
	EndedAt   stamp  `db:"ended_at"`
}

const selectParcel = `SELECT id, channel, kind, login, name, address, lang, subject_zh, subject_en, text_zh, text_en, path, state, attempts,
	last_error, made_at, ended_at FROM outbox`

func (r parcelRow) parcel() Parcel {
	return Parcel{
		ID: r.ID, Channel: r.Channel, Kind: r.Kind, Login: r.Login, Name: r.Name, Address: r.Address, Lang: r.Lang,
		Subject: procedure.Text{ZH: r.SubjectZH, EN: r.SubjectEN}, Text: procedure.Text{ZH: r.TextZH, EN: r.TextEN}, Path: r.Path,
		Attempts: r.Attempts, Error: r.Error, MadeAt: r.MadeAt.time(), EndedAt: r.EndedAt.time(), State: r.State,
	}
}

// post puts a notification into the outbox, once, if its channel is switched on.
func (t *txn) post(ctx context.Context, channel string, n Notification, to MailTo) error {
	if !slices.Contains(t.s.opt.Channels, channel) {
		return nil
	}
	once := n.Once
	if channel == ByWebhook {
		once = n.To + " " + once // one address for all
	}
	t.posted = true
	return t.do(ctx, `INSERT INTO outbox (id, channel, once, kind, login, name, address, lang, subject_zh, subject_en, text_zh, text_en, path,
		next_at, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, address, kind, once) DO NOTHING`,
		newID(t.now), channel, once, n.Kind, n.To, to.Name, to.Address, to.Lang, n.Subject.ZH, n.Subject.EN, n.Text.ZH, n.Text.EN, n.Path,
		at(t.now), at(t.now))
}

// takeParcel claims the first parcel of a channel that is due, until the lease runs out. found is false when none is.
func (s *Store) takeParcel(ctx context.Context, channel, holder string, lease time.Duration) (p Parcel, found bool, err error) {
	const due = ` WHERE state = 'waiting' AND channel = ? AND next_at <= ? AND (held_until IS NULL OR held_until <= ?) ORDER BY next_at, id LIMIT 1`
	var row parcelRow
	now := at(s.now())
	if found, err = s.read().find(ctx, &row, selectParcel+due, channel, now, now); err != nil || !found {
		return p, false, s.explain("outbox", err)
	}
	err = s.write(ctx, "take parcel", func(t *txn) (err error) {
		row = parcelRow{}
		if found, err = t.find(ctx, &row, selectParcel+due, channel, at(t.now), at(t.now)); err != nil || !found {
			return err
		}
		row.Attempts++
		return t.do(ctx, `UPDATE outbox SET holder = ?, held_until = ?, attempts = ? WHERE id = ?`, holder, at(t.now.Add(lease)), row.Attempts, row.ID)
	})
	return row.parcel(), found, err
}

// endParcel notes how an attempt ended: "sent", "dead", or "waiting" until next. Only who holds it may say so.
func (s *Store) endParcel(ctx context.Context, p Parcel, holder, state string, next time.Time, why string) error {
	return s.write(ctx, "end parcel", func(t *txn) error {
		ended := stamp(0)
		if state != "waiting" {
			ended = at(t.now)
		}
		n, err := t.exec(ctx, `UPDATE outbox SET state = ?, next_at = ?, last_error = ?, ended_at = ?, holder = '', held_until = NULL
			WHERE id = ? AND holder = ? AND state = 'waiting'`, state, at(next), clip(line(why), maxLine), ended, p.ID, holder)
		if err == nil && state == "sent" && strings.HasPrefix(p.Path, "/c/") {
			// The token of a customer's link has no business here any longer.
			err = t.do(ctx, `UPDATE outbox SET path = '' WHERE id = ?`, p.ID)
		}
		if err == nil && n == 1 && state == "dead" {
			err = t.tellDead(ctx, p, why)
		}
		return err
	})
}

// DeadParcels lists what could not be delivered, newest first. Errors: ErrInvalid (cursor).
func (s *Store) DeadParcels(ctx context.Context, after string, limit int) (Page[Parcel], error) {
	c, err := parseCursor(after)
	if err != nil {
		return Page[Parcel]{}, err
	}
	var q query
	q.and("state = 'dead'")
	q.page("made_at", "id", c)
	limit = pageLimit(limit)
	var rows []parcelRow
	if err := s.read().list(ctx, &rows, q.sql(selectParcel, "made_at DESC, id DESC", limit), q.args...); err != nil {
		return Page[Parcel]{}, s.explain("dead parcels", err)
	}
	page := Page[Parcel]{Items: mapped(rows, parcelRow.parcel)}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].MadeAt, rows[limit-1].ID}.String()
	}
	return page, nil
}

// RetryParcel sends a dead parcel again, from the first attempt on. It is in the audit log. Errors: ErrNotFound (no dead parcel).
func (s *Store) RetryParcel(ctx context.Context, by, id string) error {
	return s.write(ctx, "retry parcel", func(t *txn) error {
		n, err := t.exec(ctx, `UPDATE outbox SET state = 'waiting', attempts = 0, next_at = ?, ended_at = NULL WHERE id = ? AND state = 'dead'`, at(t.now), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound("undelivered message", id)
		}
		t.posted = true
		return t.audit(ctx, AuditEntry{By: by, Action: "outbox.retry", Object: id})
	})
}

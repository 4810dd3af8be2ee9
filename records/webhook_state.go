package records

import (
	"context"
	"time"
)

// WebhookState is how far a webhook has come.
type WebhookState struct {
	Name        string    `db:"name"       json:"name"`
	Delivered   int64     `db:"delivered"  json:"delivered"` // number of the last delivered feed entry
	Behind      int64     `db:"behind"     json:"behind"`    // entries that wait
	Attempts    int       `db:"attempts"   json:"attempts"`  // failed, of the entry after Delivered
	LastError   string    `db:"last_error" json:"last_error,omitempty"`
	LastAttempt time.Time `db:"-"          json:"last_attempt,omitzero"`
}

type webhookRow struct {
	WebhookState
	Holder      string `db:"holder"`
	HeldUntil   stamp  `db:"held_until"`
	LastAttempt stamp  `db:"last_attempt"`
}

func (r webhookRow) state() WebhookState {
	s := r.WebhookState
	s.LastAttempt = r.LastAttempt.time()
	return s
}

const selectWebhook = `SELECT w.*, (SELECT COALESCE(MAX(seq), 0) FROM escalation_feed) - w.delivered AS behind FROM webhooks w `

// Webhooks tells how far every webhook has come.
func (s *Store) Webhooks(ctx context.Context) ([]WebhookState, error) {
	var rows []webhookRow
	err := s.read().list(ctx, &rows, selectWebhook+`ORDER BY w.name`)
	return mapped(rows, webhookRow.state), s.explain("webhooks", err)
}

// holdWebhook makes holder the one sender until its lease runs out, if nobody else holds it. It writes only when it must:
// when the lease is not ours or half of it is over.
func (s *Store) holdWebhook(ctx context.Context, name, holder string, lease time.Duration) (state WebhookState, mine bool, err error) {
	var row webhookRow
	found, err := s.read().find(ctx, &row, selectWebhook+`WHERE w.name = ?`, name)
	if err != nil {
		return state, false, s.explain("webhook", err)
	}
	now := s.now()
	left := row.HeldUntil.time().Sub(now)
	if found && row.Holder == holder && left > lease/2 {
		return row.state(), true, nil
	}
	if found && row.Holder != holder && left > 0 {
		return row.state(), false, nil
	}
	err = s.write(ctx, "hold webhook", func(t *txn) error {
		if err := t.do(ctx, `INSERT INTO webhooks (name) VALUES (?) ON CONFLICT (name) DO NOTHING`, name); err != nil {
			return err
		}
		n, err := t.exec(ctx, `UPDATE webhooks SET holder = ?, held_until = ?
			WHERE name = ? AND (holder = ? OR held_until IS NULL OR held_until <= ?)`, holder, at(t.now.Add(lease)), name, holder, at(t.now))
		if err != nil {
			return err
		}
		mine = n == 1
		return t.get(ctx, &row, selectWebhook+`WHERE w.name = ?`, name)
	})
	return row.state(), mine, err
}

func (s *Store) webhookDelivered(ctx context.Context, name, holder string, seq int64) error {
	return s.write(ctx, "webhook delivered", func(t *txn) error {
		return t.do(ctx, `UPDATE webhooks SET delivered = ?, attempts = 0, last_error = '', last_attempt = ?
			WHERE name = ? AND holder = ? AND delivered < ?`, seq, at(t.now), name, holder, seq)
	})
}

func (s *Store) webhookFailed(ctx context.Context, name, holder string, why error) error {
	return s.write(ctx, "webhook failed", func(t *txn) error {
		return t.do(ctx, `UPDATE webhooks SET attempts = attempts + 1, last_error = ?, last_attempt = ? WHERE name = ? AND holder = ?`,
			line(why.Error()), at(t.now), name, holder)
	})
}

func (s *Store) releaseWebhook(ctx context.Context, name, holder string) error {
	return s.write(ctx, "release webhook", func(t *txn) error {
		return t.do(ctx, `UPDATE webhooks SET holder = '', held_until = NULL WHERE name = ? AND holder = ?`, name, holder)
	})
}

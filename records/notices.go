package records

import (
	"context"
	"time"
)

// What service managers are told.
const (
	NoticeWrapUp      = "wrapup-timeout"
	NoticeMissedCalls = "missed-calls" // an agent was paused after several missed calls
	NoticeOverdue     = "escalation-overdue"
	NoticeDeclined    = "escalation-declined"
	NoticeCallback    = "callback-overdue"
	NoticeFollowUp    = "followup-overdue"
	NoticeLowScore    = "survey-low"
	NoticeImprovement = "improvement-overdue"
	NoticeVisit       = "visit-due"
)

// Notice is something a service manager must know.
type Notice struct {
	ID     string    `db:"id"          json:"id"`
	Kind   string    `db:"kind"        json:"kind"`
	Login  string    `db:"login"       json:"login,omitempty"` // whom it is about
	Call   string    `db:"call"        json:"call,omitempty"`
	Case   string    `db:"case_number" json:"case,omitempty"`
	Detail string    `db:"detail"      json:"detail"`
	At     time.Time `db:"-"           json:"at"`
	SeenBy string    `db:"seen_by"     json:"seen_by,omitempty"`
	SeenAt time.Time `db:"-"           json:"seen_at,omitzero"`
}

type noticeRow struct {
	Notice
	Once   string `db:"once"`
	At     stamp  `db:"at"`
	SeenAt stamp  `db:"seen_at"`
}

func (r noticeRow) notice() Notice {
	n := r.Notice
	n.At, n.SeenAt = r.At.time(), r.SeenAt.time()
	return n
}

// AddNotice tells the service managers something. once, if not empty, names the occasion: it is told once however often it
// is reported.
func (s *Store) AddNotice(ctx context.Context, n Notice, once string) error {
	return s.write(ctx, "add notice", func(t *txn) error { return t.notice(ctx, n, once) })
}

func (t *txn) notice(ctx context.Context, n Notice, once string) error {
	n.ID = newID(t.now)
	set(&once, n.ID)
	if n.At.IsZero() {
		n.At = t.now
	}
	return t.do(ctx, `INSERT INTO notices (id, kind, once, login, call, case_number, detail, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (once) DO NOTHING`, n.ID, n.Kind, n.Kind+" "+once, n.Login, n.Call, n.Case, text(n.Detail), at(n.At))
}

// NoticeFilter narrows Notices.
type NoticeFilter struct {
	Unseen bool
	Kind   string
	Cursor string
	Limit  int
}

// Notices lists what managers were told, newest first. Errors: ErrInvalid (cursor).
func (s *Store) Notices(ctx context.Context, f NoticeFilter) (Page[Notice], error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return Page[Notice]{}, err
	}
	var q query
	q.equal("kind", f.Kind)
	if f.Unseen {
		q.and("seen_at IS NULL")
	}
	q.page("at", "id", after)
	limit := pageLimit(f.Limit)
	var rows []noticeRow
	if err := s.read().list(ctx, &rows, q.sql("SELECT * FROM notices", "at DESC, id DESC", limit), q.args...); err != nil {
		return Page[Notice]{}, s.explain("notices", err)
	}
	page := Page[Notice]{Items: mapped(rows, noticeRow.notice)}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].At, rows[limit-1].ID}.String()
	}
	return page, nil
}

// SeeNotice records which manager saw a notice first. Errors: ErrNotFound.
func (s *Store) SeeNotice(ctx context.Context, id, by string) (Notice, error) {
	var out Notice
	err := s.write(ctx, "see notice", func(t *txn) error {
		if err := t.do(ctx, `UPDATE notices SET seen_by = ?, seen_at = ? WHERE id = ? AND seen_at IS NULL`, by, at(t.now), id); err != nil {
			return err
		}
		var row noticeRow
		found, err := t.find(ctx, &row, `SELECT * FROM notices WHERE id = ?`, id)
		if err == nil && !found {
			err = notFound("notice", id)
		}
		out = row.notice()
		return err
	})
	return out, err
}

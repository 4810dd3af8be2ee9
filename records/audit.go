package records

import (
	"context"
	"strconv"
	"time"
)

// AuditEntry is one privileged action. The log is append-only; triggers in the database refuse changes.
type AuditEntry struct {
	Seq    int64     `db:"seq"    json:"seq"`
	At     time.Time `db:"-"      json:"at"`
	By     string    `db:"actor"  json:"by"` // zero = By(ctx)
	Action string    `db:"action" json:"action"`
	Object string    `db:"object" json:"object"`
	Reason string    `db:"reason" json:"reason,omitempty"`
	Data   string    `db:"data"   json:"data,omitempty"`
}

type auditRow struct {
	AuditEntry
	At stamp `db:"at"`
}

// AuditFilter narrows AuditLog. Cursor is Page.Next of the page before.
type AuditFilter struct {
	By, Action, Object string
	From, To           time.Time
	Cursor             string
	Limit              int
}

// Audit records a privileged action; it is durable when Audit returns.
func (s *Store) Audit(ctx context.Context, e AuditEntry) error {
	return s.write(ctx, "audit", func(t *txn) error { return t.audit(ctx, e) })
}

func (t *txn) audit(ctx context.Context, e AuditEntry) error {
	seq, err := t.next(ctx, "audit")
	if err != nil {
		return err
	}
	set(&e.By, t.by)
	if e.At.IsZero() {
		e.At = t.now
	}
	return t.do(ctx, `INSERT INTO audit (seq, at, actor, action, object, reason, data) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		seq, at(e.At), e.By, e.Action, line(e.Object), text(e.Reason), text(e.Data))
}

// AuditLog lists privileged actions, newest first. Errors: ErrInvalid (cursor).
func (s *Store) AuditLog(ctx context.Context, f AuditFilter) (Page[AuditEntry], error) {
	var q query
	q.equal("actor", f.By)
	q.equal("action", f.Action)
	q.equal("object", f.Object)
	q.between("at", f.From, f.To)
	if f.Cursor != "" {
		before, err := strconv.ParseInt(f.Cursor, 10, 64)
		if err != nil {
			return Page[AuditEntry]{}, problem(ErrInvalid, "cursor", "Start again without a cursor.", "%q is not a cursor of this list.", f.Cursor)
		}
		q.and("seq < ?", before)
	}
	limit := pageLimit(f.Limit)
	var rows []auditRow
	if err := s.read().list(ctx, &rows, q.sql("SELECT * FROM audit", "seq DESC", limit), q.args...); err != nil {
		return Page[AuditEntry]{}, s.explain("audit log", err)
	}
	page := Page[AuditEntry]{Items: mapped(rows, func(r auditRow) AuditEntry {
		e := r.AuditEntry
		e.At = r.At.time()
		return e
	})}
	if len(rows) == limit {
		page.Next = strconv.FormatInt(rows[len(rows)-1].Seq, 10)
	}
	return page, nil
}

package records

import (
	"context"
	"time"
)

// The kinds of escalation.
const (
	KindRemote = "remote" // remote service
	KindOnsite = "onsite" // onsite service
)

// Escalation says that a case needs remote or onsite service, with everything that dispatch needs.
type Escalation struct {
	ID            string          `db:"id"             json:"id"`
	Kind          string          `db:"kind"           json:"kind"`
	Case          string          `db:"case_number"    json:"case"`
	CaseOwner     string          `db:"case_owner"     json:"case_owner"`
	Subject       string          `db:"subject"        json:"subject"`
	Product       string          `db:"product"        json:"product"`
	Severity      string          `db:"severity"       json:"severity"`
	CustomerID    string          `db:"customer_id"    json:"customer_id,omitempty"`
	CustomerName  string          `db:"customer_name"  json:"customer_name,omitempty"`
	ContactID     string          `db:"contact_id"     json:"contact_id,omitempty"`
	ContactName   string          `db:"contact_name"   json:"contact_name"`   // confirmed with the customer
	ContactNumber string          `db:"contact_number" json:"contact_number"` // E.164, confirmed
	Situation     string          `db:"situation"      json:"situation"`
	ToldMeans     string          `db:"told_means"     json:"told_means"`
	ToldAt        time.Time       `db:"-"              json:"told_at"`
	ToldProcedure string          `db:"told_procedure" json:"told_procedure"`
	Region        string          `db:"region"         json:"region"`
	Centre        string          `db:"service_centre" json:"service_centre"`
	RespondBy     time.Time       `db:"-"              json:"respond_by"`
	State         EscalationState `db:"state"          json:"state"`
	AcceptedBy    string          `db:"accepted_by"    json:"accepted_by,omitempty"`
	AcceptedAt    time.Time       `db:"-"              json:"accepted_at,omitzero"`
	Reason        string          `db:"reason"         json:"reason,omitempty"` // why declined
	Result        string          `db:"result"         json:"result,omitempty"` // what was done
	RaisedBy      string          `db:"raised_by"      json:"raised_by"`
	RaisedAt      time.Time       `db:"-"              json:"raised_at"`
	EndedAt       time.Time       `db:"-"              json:"ended_at,omitzero"`
	Version       int64           `db:"version"        json:"version"`
}

type escalationRow struct {
	Escalation
	ToldAt     stamp `db:"told_at"`
	RespondBy  stamp `db:"respond_by"`
	AcceptedAt stamp `db:"accepted_at"`
	RaisedAt   stamp `db:"raised_at"`
	EndedAt    stamp `db:"ended_at"`
}

func (r escalationRow) escalation() Escalation {
	e := r.Escalation
	e.ToldAt, e.RespondBy, e.AcceptedAt = r.ToldAt.time(), r.RespondBy.time(), r.AcceptedAt.time()
	e.RaisedAt, e.EndedAt = r.RaisedAt.time(), r.EndedAt.time()
	return e
}

const selectEscalation = `SELECT e.id, e.kind, e.case_number, s.owner AS case_owner, s.subject, s.product, s.severity,
	COALESCE(e.customer_id, '') AS customer_id, COALESCE(c.name, '') AS customer_name, COALESCE(e.contact_id, '') AS contact_id,
	e.contact_name, e.contact_number, e.situation, e.told_means, e.told_at, e.told_procedure, e.region, e.service_centre,
	e.respond_by, e.state, e.accepted_by, e.accepted_at, e.reason, e.result, e.raised_by, e.raised_at, e.ended_at, e.version
	FROM escalations e JOIN cases s ON s.number = e.case_number LEFT JOIN customers c ON c.id = e.customer_id`

// Escalation gives one escalation. Errors: ErrNotFound.
func (s *Store) Escalation(ctx context.Context, id string) (Escalation, error) {
	e, err := s.read().escalation(ctx, id)
	return e, s.explain("escalation", err)
}

func (c conn) escalation(ctx context.Context, id string) (Escalation, error) {
	var row escalationRow
	found, err := c.find(ctx, &row, selectEscalation+` WHERE e.id = ?`, id)
	if err == nil && !found {
		err = notFound("escalation", id)
	}
	return row.escalation(), err
}

// EscalationFilter narrows Escalations. Empty fields do not narrow.
type EscalationFilter struct {
	State    string
	Active   bool // open, overdue or accepted
	Kind     string
	Case     string
	Region   string
	Centre   string
	Accepted string // login of who accepted
	Cursor   string
	Limit    int
}

// Escalations lists escalations, those raised last first. Errors: ErrInvalid (cursor).
func (s *Store) Escalations(ctx context.Context, f EscalationFilter) (Page[Escalation], error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return Page[Escalation]{}, err
	}
	var q query
	q.equal("e.state", f.State)
	if f.Active {
		q.and("e.ended_at IS NULL")
	}
	q.equal("e.kind", f.Kind)
	q.equal("e.case_number", f.Case)
	q.equal("e.region", f.Region)
	q.equal("e.service_centre", f.Centre)
	q.equal("e.accepted_by", f.Accepted)
	q.page("e.raised_at", "e.id", after)
	limit := pageLimit(f.Limit)
	var rows []escalationRow
	if err := s.read().list(ctx, &rows, q.sql(selectEscalation, "e.raised_at DESC, e.id DESC", limit), q.args...); err != nil {
		return Page[Escalation]{}, s.explain("escalations", err)
	}
	page := Page[Escalation]{Items: mapped(rows, escalationRow.escalation)}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].RaisedAt, rows[limit-1].ID}.String()
	}
	return page, nil
}

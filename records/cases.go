package records

import (
	"context"
	"time"
)

// The states of a case. Solved and referred are closed (I4); the others are open and have an owner who answers for them.
const (
	CaseOpen      = "open"
	CaseEscalated = "escalated" // remote or onsite service is asked for; the owner stays until somebody accepts the case itself
	CaseCallback  = "callback"  // a call back at PromisedAt is promised
	CaseReferred  = "referred"  // a department accepted it: first-contact ownership ends there
	CaseSolved    = "solved"    // and the customer confirmed it
)

// How bad a case is.
const (
	SeverityLow      = "low"
	SeverityNormal   = "normal"
	SeverityHigh     = "high"
	SeverityCritical = "critical"
)

// Case is one customer problem. It has exactly one owner from the first human answer on (I1).
type Case struct {
	Number       string    `db:"number"        json:"number"` // C-20261122-0001
	Caller       string    `db:"caller"        json:"caller"` // the number that opened it, "" when anonymous
	CustomerID   string    `db:"customer_id"   json:"customer_id,omitempty"`
	CustomerName string    `db:"customer_name" json:"customer_name,omitempty"`
	ContactID    string    `db:"contact_id"    json:"contact_id,omitempty"`
	ContactName  string    `db:"contact_name"  json:"contact_name,omitempty"`
	Subject      string    `db:"subject"       json:"subject"`
	Description  string    `db:"description"   json:"description"`
	Product      string    `db:"product"       json:"product"`
	Category     string    `db:"category"      json:"category"`
	Severity     string    `db:"severity"      json:"severity"`
	State        string    `db:"state"         json:"state"`
	Owner        string    `db:"owner"         json:"owner"`
	OwnerName    string    `db:"owner_name"    json:"owner_name"`
	OwnerTeam    string    `db:"owner_team"    json:"owner_team,omitempty"`
	HandOver     string    `db:"handover"      json:"handover,omitempty"` // id of the hand-over offered now
	Promise      string    `db:"promise"       json:"promise,omitempty"`  // what the customer was told
	PromisedAt   time.Time `db:"-"             json:"promised_at,omitzero"`
	OpenedAt     time.Time `db:"-"             json:"opened_at"`
	UpdatedAt    time.Time `db:"-"             json:"updated_at"`
	ClosedAt     time.Time `db:"-"             json:"closed_at,omitzero"`
	Version      int64     `db:"version"       json:"version"`
}

type caseRow struct {
	Case
	PromisedAt stamp `db:"promised_at"`
	OpenedAt   stamp `db:"opened_at"`
	UpdatedAt  stamp `db:"updated_at"`
	ClosedAt   stamp `db:"closed_at"`
}

func (r caseRow) toCase() Case {
	c := r.Case
	c.PromisedAt, c.OpenedAt = r.PromisedAt.time(), r.OpenedAt.time()
	c.UpdatedAt, c.ClosedAt = r.UpdatedAt.time(), r.ClosedAt.time()
	return c
}

const selectCase = `SELECT s.number, s.caller, COALESCE(s.customer_id, '') AS customer_id, COALESCE(c.name, '') AS customer_name,
	COALESCE(s.contact_id, '') AS contact_id, COALESCE(k.name, '') AS contact_name, s.subject, s.description, s.product,
	s.category, s.severity, s.state, s.owner, COALESCE(u.name, s.owner) AS owner_name, COALESCE(u.team, '') AS owner_team,
	s.handover, s.promise, s.promised_at, s.opened_at, s.updated_at, s.closed_at, s.version
	FROM cases s LEFT JOIN customers c ON c.id = s.customer_id LEFT JOIN contacts k ON k.id = s.contact_id
	LEFT JOIN users u ON u.login = s.owner`

// Case gives one case. Errors: ErrNotFound.
func (s *Store) Case(ctx context.Context, number string) (Case, error) {
	c, err := s.read().caseByNumber(ctx, number)
	return c, s.explain("case", err)
}

// CaseOfCall gives the case that a call belongs to. Errors: ErrNotFound before the call was answered.
func (s *Store) CaseOfCall(ctx context.Context, call string) (Case, error) {
	var number string
	found, err := s.read().find(ctx, &number, `SELECT case_number FROM case_calls WHERE call = ?`, call)
	if err == nil && !found {
		err = notFound("case of call", call)
	}
	if err != nil {
		return Case{}, s.explain("case of call", err)
	}
	return s.Case(ctx, number)
}

func (c conn) caseByNumber(ctx context.Context, number string) (Case, error) {
	var row caseRow
	found, err := c.find(ctx, &row, selectCase+` WHERE s.number = ?`, number)
	if err == nil && !found {
		err = notFound("case", number)
	}
	return row.toCase(), err
}

// CaseFilter narrows Cases. Empty fields do not narrow; Cursor is Page.Next of the page before.
type CaseFilter struct {
	State    string
	Open     bool // only cases that are not closed
	Closed   bool // only cases that are
	Owner    string
	Customer string // id
	Contact  string // id
	Caller   string // telephone number, however written
	Text     string // in number, subject or description
	From, To time.Time
	Cursor   string
	Limit    int
}

// Cases lists cases by the time they were opened, newest first. Errors: ErrInvalid (cursor).
func (s *Store) Cases(ctx context.Context, f CaseFilter) (Page[Case], error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return Page[Case]{}, err
	}
	var q query
	q.equal("s.state", f.State)
	if f.Open {
		q.and("s.closed_at IS NULL")
	}
	if f.Closed {
		q.and("s.closed_at IS NOT NULL")
	}
	q.equal("s.owner", f.Owner)
	q.equal("s.customer_id", f.Customer)
	q.equal("s.contact_id", f.Contact)
	if f.Caller != "" {
		q.and("s.caller = ?", s.callerKey(f.Caller))
	}
	if f.Text != "" {
		like := containing(f.Text)
		q.and("s.number LIKE ? ESCAPE '!' OR s.subject LIKE ? ESCAPE '!' OR s.description LIKE ? ESCAPE '!'", like, like, like)
	}
	q.between("s.opened_at", f.From, f.To)
	q.page("s.opened_at", "s.number", after)
	limit := pageLimit(f.Limit)
	var rows []caseRow
	if err := s.read().list(ctx, &rows, q.sql(selectCase, "s.opened_at DESC, s.number DESC", limit), q.args...); err != nil {
		return Page[Case]{}, s.explain("cases", err)
	}
	page := Page[Case]{Items: mapped(rows, caseRow.toCase)}
	if len(rows) == limit {
		last := rows[len(rows)-1]
		page.Next = cursor{last.OpenedAt, last.Number}.String()
	}
	return page, nil
}

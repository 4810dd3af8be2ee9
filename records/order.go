package records

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"hotline/records/procedure"
)

// Order is one running instance of a service procedure.
type Order struct {
	ID               string          `db:"id"                json:"id"`
	Number           string          `db:"number"            json:"number"` // S-20261122-0001
	Kind             string          `db:"kind"              json:"kind"`   // the code of its procedure
	Procedure        string          `db:"procedure"         json:"procedure"`
	ProcedureVersion int             `db:"procedure_version" json:"procedure_version"` // it keeps the version it began with
	Case             string          `db:"case_number"       json:"case,omitempty"`
	CaseOwner        string          `db:"case_owner"        json:"case_owner,omitempty"`
	Escalation       string          `db:"escalation"        json:"escalation,omitempty"`
	CustomerID       string          `db:"customer_id"       json:"customer_id,omitempty"`
	CustomerName     string          `db:"customer_name"     json:"customer_name,omitempty"`
	ContactID        string          `db:"contact_id"        json:"contact_id,omitempty"`
	ContactName      string          `db:"contact_name"      json:"contact_name,omitempty"`
	ContactNumber    string          `db:"contact_number"    json:"contact_number,omitempty"` // E.164
	Region           string          `db:"region"            json:"region,omitempty"`
	Address          string          `db:"address"           json:"address,omitempty"` // of the customer
	Centre           string          `db:"service_centre"    json:"service_centre,omitempty"`
	Product          string          `db:"product"           json:"product,omitempty"`
	Subject          string          `db:"subject"           json:"subject"`
	Situation        string          `db:"situation"         json:"situation,omitempty"`
	Engineer         string          `db:"engineer"          json:"engineer,omitempty"` // login
	EngineerName     string          `db:"engineer_name"     json:"engineer_name,omitempty"`
	Manager          string          `db:"manager"           json:"manager,omitempty"` // login
	State            procedure.State `db:"state"             json:"state"`
	Previous         string          `db:"previous"          json:"previous,omitempty"` // the order that this one continues
	Next             string          `db:"next"              json:"next,omitempty"`
	PromisedFrom     time.Time       `db:"-"                 json:"promised_from,omitzero"` // told to the customer
	PromisedTo       time.Time       `db:"-"                 json:"promised_to,omitzero"`
	PlannedFrom      time.Time       `db:"-"                 json:"planned_from,omitzero"` // our own plan
	PlannedTo        time.Time       `db:"-"                 json:"planned_to,omitzero"`
	RespondBy        time.Time       `db:"-"                 json:"respond_by,omitzero"`
	OpenedBy         string          `db:"opened_by"         json:"opened_by"`
	OpenedAt         time.Time       `db:"-"                 json:"opened_at"`
	EndedAt          time.Time       `db:"-"                 json:"ended_at,omitzero"`
	Reason           string          `db:"reason"            json:"reason,omitempty"` // of the last pause, continuation or cancellation
	Result           string          `db:"result"            json:"result,omitempty"` // what was done
	Data             json.RawMessage `db:"-"                 json:"data,omitempty"`   // what only this kind has
	Version          int64           `db:"version"           json:"version"`
}

type orderRow struct {
	Order
	PromisedFrom stamp  `db:"promised_from"`
	PromisedTo   stamp  `db:"promised_to"`
	PlannedFrom  stamp  `db:"planned_from"`
	PlannedTo    stamp  `db:"planned_to"`
	RespondBy    stamp  `db:"respond_by"`
	OpenedAt     stamp  `db:"opened_at"`
	EndedAt      stamp  `db:"ended_at"`
	Data         string `db:"data"`
}

func (r orderRow) order() Order {
	o := r.Order
	o.PromisedFrom, o.PromisedTo = r.PromisedFrom.time(), r.PromisedTo.time()
	o.PlannedFrom, o.PlannedTo = r.PlannedFrom.time(), r.PlannedTo.time()
	o.RespondBy, o.OpenedAt, o.EndedAt = r.RespondBy.time(), r.OpenedAt.time(), r.EndedAt.time()
	o.Data = json.RawMessage(r.Data)
	return o
}

const selectOrder = `SELECT o.id, o.number, o.kind, o.procedure, o.procedure_version, COALESCE(o.case_number, '') AS case_number,
	COALESCE(s.owner, '') AS case_owner, COALESCE(o.escalation, '') AS escalation, COALESCE(o.customer_id, '') AS customer_id,
	COALESCE(c.name, '') AS customer_name, COALESCE(o.contact_id, '') AS contact_id, o.contact_name, o.contact_number, o.region,
	COALESCE(c.address, '') AS address,
	o.service_centre, o.product, o.subject, o.situation, o.engineer, COALESCE(u.name, o.engineer) AS engineer_name, o.manager,
	o.state, COALESCE(o.previous, '') AS previous, COALESCE(o.next, '') AS next, o.promised_from, o.promised_to, o.planned_from,
	o.planned_to, o.respond_by, o.opened_by, o.opened_at, o.ended_at, o.reason, o.result, o.data, o.version
	FROM orders o LEFT JOIN cases s ON s.number = o.case_number LEFT JOIN customers c ON c.id = o.customer_id
	LEFT JOIN users u ON u.login = o.engineer`

// Place is where the order is carried out, as people write it: the region, then the address where it does not begin with it.
func (o Order) Place() string {
	if strings.Contains(o.Address, o.Region) {
		return o.Address
	}
	return strings.TrimSpace(o.Region + " " + o.Address)
}

func (c conn) order(ctx context.Context, id string) (Order, error) {
	var row orderRow
	found, err := c.find(ctx, &row, selectOrder+` WHERE o.id = ? OR o.number = ?`, id, id)
	if err == nil && !found {
		err = notFound("order", id)
	}
	return row.order(), err
}

// OrderFilter narrows Orders. Empty fields do not narrow; Cursor is Page.Next of the page before.
type OrderFilter struct {
	Kind     string
	Kinds    []string // any of them
	State    string
	Active   bool // not ended
	Case     string
	Customer string // id
	Engineer string // login
	Takes    string // login of who is the engineer or takes part
	Mine     string // login of who is the engineer, takes part, or owns the case
	Centre   string
	Region   string
	Text     string // in number, case, subject or customer's name
	From, To time.Time
	// EndedFrom lists orders that ended at this time or later.
	EndedFrom time.Time
	Planned   bool // From and To mean the planned time instead of the opening
	Cursor    string
	Limit     int
}

// words narrows to what somebody typed: the beginning of a number, or a part of number, subject or customer's name.
func (f OrderFilter) words(q *query) {
	switch word := strings.ToUpper(strings.TrimSpace(f.Text)); {
	case word == "":
	case strings.HasPrefix(word, "S-"):
		q.and("o.number >= ? AND o.number < ?", word, word+"~")
	case strings.HasPrefix(word, "C-"):
		q.and("o.case_number >= ? AND o.case_number < ?", word, word+"~")
	default:
		like := containing(strings.TrimSpace(f.Text))
		q.and(`o.id IN (SELECT w.id FROM orders w WHERE w.subject LIKE ? ESCAPE '!' OR w.number LIKE ? ESCAPE '!'
			OR w.customer_id IN (SELECT k.id FROM customers k WHERE k.name LIKE ? ESCAPE '!'))`, like, like, like)
	}
}

// Orders lists orders, those opened last first. Errors: ErrInvalid (cursor).
func (s *Store) Orders(ctx context.Context, f OrderFilter) (Page[Order], error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return Page[Order]{}, err
	}
	var q query
	q.equal("o.kind", f.Kind)
	q.among("o.kind", f.Kinds)
	q.equal("o.state", f.State)
	if f.Active {
		q.and("o.ended_at IS NULL")
	}
	q.equal("o.case_number", f.Case)
	q.equal("o.customer_id", f.Customer)
	q.equal("o.engineer", f.Engineer)
	if f.Takes != "" {
		q.and("o.engineer = ? OR o.id IN (SELECT p.order_id FROM order_people p WHERE p.login = ?)", f.Takes, f.Takes)
	}
	if f.Mine != "" {
		q.and("o.engineer = ? OR s.owner = ? OR o.id IN (SELECT p.order_id FROM order_people p WHERE p.login = ?)", f.Mine, f.Mine, f.Mine)
	}
	q.equal("o.service_centre", f.Centre)
	q.equal("o.region", f.Region)
	f.words(&q)
	if f.Planned {
		q.between("o.planned_from", f.From, f.To)
	} else {
		q.between("o.opened_at", f.From, f.To)
	}
	if !f.EndedFrom.IsZero() {
		q.and("o.ended_at >= ?", at(f.EndedFrom))
	}
	q.page("o.opened_at", "o.id", after)
	limit := pageLimit(f.Limit)
	var rows []orderRow
	if err := s.read().list(ctx, &rows, q.sql(selectOrder, "o.opened_at DESC, o.id DESC", limit), q.args...); err != nil {
		return Page[Order]{}, s.explain("orders", err)
	}
	page := Page[Order]{Items: mapped(rows, orderRow.order)}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].OpenedAt, rows[limit-1].ID}.String()
	}
	return page, nil
}

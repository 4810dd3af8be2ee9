package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"time"

	"hotline/records"
	"hotline/records/procedure"
)

// Orders is what the API needs to know of service orders.
type Orders interface {
	Procedures() []procedure.Definition
	OpenOrder(ctx context.Context, by records.Actor, in records.OpenOrder) (records.Order, error)
	Order(ctx context.Context, id string) (records.OrderFile, error)
	Orders(ctx context.Context, f records.OrderFilter) (records.Page[records.Order], error)
	MayRead(ctx context.Context, login, order string) (bool, error)
	AddEvidence(ctx context.Context, by records.Actor, in records.EvidenceInput) (records.Evidence, error)
	CompleteStep(ctx context.Context, by records.Actor, order, step string, version int64) (records.Order, error)
	WaiveStep(ctx context.Context, by records.Actor, order, step, reason string, version int64) (records.Order, error)
	OverrideStep(ctx context.Context, by records.Actor, order, step, reason string, version int64) (records.Order, error)
	AssignOrder(ctx context.Context, by records.Actor, order, engineer string, version int64) (records.Order, error)
	UnassignOrder(ctx context.Context, by records.Actor, order, reason string, version int64) (records.Order, error)
	PlanOrder(ctx context.Context, by records.Actor, order string, p records.OrderPlan, version int64) (records.Order, error)
	PauseOrder(ctx context.Context, by records.Actor, order, reason string, version int64) (records.Order, error)
	ResumeOrder(ctx context.Context, by records.Actor, order string, version int64) (records.Order, error)
	ContinueOrder(ctx context.Context, by records.Actor, order, reason string, version int64) (records.Order, error)
	FinishOrder(ctx context.Context, by records.Actor, order, result string, version int64) (records.Order, error)
	CancelOrder(ctx context.Context, by records.Actor, order, reason string, version int64) (records.Order, error)
	SaveFile(ctx context.Context, by, name string, body io.Reader) (records.File, error)
	OpenFile(ctx context.Context, id string) (records.File, *os.File, error)
	CaseTimeline(ctx context.Context, number string) ([]records.TimelineEntry, error)
	CaseFile(ctx context.Context, number string) (records.CaseFile, error)
	CopyFile(w io.Writer, sum string) error
	Quality(ctx context.Context, f records.QualityFilter) ([]records.QualityRow, error)
	QualityList(ctx context.Context, procedure, rule string, v procedure.Verdict, f records.QualityFilter, cursor string, limit int) (records.Page[records.QualityItem], error)
}

func orderReaders() []Role { return []Role{Agent, Engineer, Supervisor, Dispatcher} }

// mayReadOrder refuses an order of somebody else. A stranger is told that there is none.
func (s *Site) mayReadOrder(ctx context.Context, w *who, id string) error {
	if w.any([]Role{Supervisor, Dispatcher}) {
		return nil
	}
	may, err := s.opt.Records.MayRead(ctx, w.Login, id)
	if err == nil && !may {
		p := problem(codeNotFound, "There is no order %s of yours.", id)
		p.Do = "Check the number; ask dispatch for orders of others."
		return p
	}
	return err
}

type ordersInput struct {
	Paged
	Kind     string    `query:"kind" maxLength:"40" doc:"code of a procedure"`
	State    string    `query:"state" enum:"open,assigned,running,paused,done,continued,cancelled"`
	Active   bool      `query:"active" doc:"only those that have not ended"`
	Case     string    `query:"case" maxLength:"64"`
	Customer string    `query:"customer" maxLength:"64" doc:"id"`
	Engineer string    `query:"engineer" maxLength:"64" doc:"login"`
	Centre   string    `query:"service_centre" maxLength:"200"`
	Region   string    `query:"region" maxLength:"200"`
	Text     string    `query:"text" maxLength:"200" doc:"in number, case, subject or customer's name"`
	From     time.Time `query:"from" doc:"opened (planned: planned for) at or after"`
	To       time.Time `query:"to" doc:"before"`
	Planned  bool      `query:"planned" doc:"from and to mean the planned time"`
}

type openOrderBody struct {
	Procedure    string          `json:"procedure,omitempty" maxLength:"40" doc:"code; of an escalation its kind when left out"`
	Escalation   string          `json:"escalation,omitempty" maxLength:"64" doc:"an accepted one; everything left out is taken from it"`
	Case         string          `json:"case,omitempty" maxLength:"64"`
	CustomerID   string          `json:"customer_id,omitempty" maxLength:"64"`
	ContactID    string          `json:"contact_id,omitempty" maxLength:"64"`
	Contact      string          `json:"contact_name,omitempty" maxLength:"200"`
	Number       string          `json:"contact_number,omitempty" maxLength:"40"`
	Region       string          `json:"region,omitempty" maxLength:"200"`
	Centre       string          `json:"service_centre,omitempty" maxLength:"200"`
	Product      string          `json:"product,omitempty" maxLength:"200"`
	Subject      string          `json:"subject,omitempty" maxLength:"200"`
	Situation    string          `json:"situation,omitempty" maxLength:"10000"`
	Engineer     string          `json:"engineer,omitempty" maxLength:"64" doc:"login; can be assigned later"`
	Manager      string          `json:"manager,omitempty" maxLength:"64"`
	RespondBy    time.Time       `json:"respond_by,omitzero"`
	PromisedFrom time.Time       `json:"promised_from,omitzero"`
	PromisedTo   time.Time       `json:"promised_to,omitzero"`
	PlannedFrom  time.Time       `json:"planned_from,omitzero"`
	PlannedTo    time.Time       `json:"planned_to,omitzero"`
	Data         json.RawMessage `json:"data,omitempty" doc:"what only this kind of order has"`
}

func (s *Site) describeOrders() {
	all := s.opt.Records
	handle(s, op{
		id: "list-procedures", method: http.MethodGet, path: apiBase + "/procedures", tag: "orders", roles: orderReaders(),
		summary: "List the procedures that new orders are opened with",
	}, func(context.Context, *who, *struct{}) (*list[procedure.Definition], error) {
		return listOf(all.Procedures(), nil)
	})
	handle(s, op{
		id: "list-orders", method: http.MethodGet, path: apiBase + "/orders", tag: "orders", roles: orderReaders(),
		summary: "List orders, those opened last first",
		doc:     "Supervisors and dispatchers see all; others those that they carry out, take part in, or whose case they own.",
	}, func(ctx context.Context, w *who, in *ordersInput) (*one[records.Page[records.Order]], error) {
		f := records.OrderFilter{
			Kind: in.Kind, State: in.State, Active: in.Active, Case: in.Case, Customer: in.Customer, Engineer: in.Engineer, Centre: in.Centre,
			Region: in.Region, Text: in.Text, From: in.From, To: in.To, Planned: in.Planned, Cursor: in.Cursor, Limit: in.Limit,
		}
		if !w.any([]Role{Supervisor, Dispatcher}) {
			f.Mine = w.Login
		}
		return oneOf(all.Orders(ctx, f))
	})
	handle(s, op{
		id: "get-order", method: http.MethodGet, path: apiBase + "/orders/{id}", tag: "orders", roles: orderReaders(),
		summary: "Read an order with steps, evidence, clocks, deliverables and quality rules", doc: "By id or number.",
		codes: []string{codeNotFound},
	}, func(ctx context.Context, w *who, in *ByID) (*one[records.OrderFile], error) {
		if err := s.mayReadOrder(ctx, w, in.ID); err != nil {
			return nil, err
		}
		return oneOf(all.Order(ctx, in.ID))
	})
	handle(s, op{
		id: "open-order", method: http.MethodPost, path: apiBase + "/orders", tag: "orders", roles: []Role{Dispatcher, Supervisor},
		status: http.StatusCreated, summary: "Open an order",
		doc:   "Of an escalation there is one order: asking again gives it.",
		codes: []string{codeNotFound, codeConflict},
	}, func(ctx context.Context, w *who, in *struct{ Body openOrderBody }) (*one[records.Order], error) {
		b := in.Body
		return oneOf(all.OpenOrder(ctx, records.Actor{Login: w.Login}, records.OpenOrder{
			Procedure: b.Procedure, Escalation: b.Escalation, Case: b.Case, CustomerID: b.CustomerID, ContactID: b.ContactID, Contact: b.Contact,
			Number: b.Number, Region: b.Region, Centre: b.Centre, Product: b.Product, Subject: b.Subject, Situation: b.Situation,
			Engineer: b.Engineer, Manager: b.Manager, RespondBy: b.RespondBy, PromisedFrom: b.PromisedFrom, PromisedTo: b.PromisedTo,
			PlannedFrom: b.PlannedFrom, PlannedTo: b.PlannedTo, Data: b.Data,
		}))
	})
	s.describeOrderCommands()
	s.describeEvidence()
	s.describeReports()
}

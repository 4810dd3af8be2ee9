package records

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hotline/records/procedure"
)

// OpenOrder is an order to open. Of an escalation, everything that is empty here is taken from it.
type OpenOrder struct {
	Procedure  string // code; of an escalation its kind when empty
	Escalation string // id of an accepted escalation
	Case       string // number; "" for a class, a regular visit, a project
	CustomerID string
	ContactID  string
	Contact    string // name
	Number     string // telephone
	Region     string
	Centre     string
	Product    string
	Subject    string
	Situation  string
	Engineer   string // login; "" is assigned later
	Manager    string // login
	RespondBy  time.Time
	// PromisedFrom … as in Order
	PromisedFrom, PromisedTo, PlannedFrom, PlannedTo time.Time
	Data                                             json.RawMessage
}

// OpenOrder opens an order with the newest version of its procedure. An escalation has one order; asking again gives it.
// Errors: ErrNotFound (procedure, escalation, case, customer, engineer), ErrConflict (the escalation is not accepted),
// ErrForbidden, ErrInvalid.
func (s *Store) OpenOrder(ctx context.Context, by Actor, in OpenOrder) (Order, error) {
	var out Order
	err := s.write(ctx, "open order", func(t *txn) (err error) {
		out, err = t.openOrder(ctx, by, in)
		return err
	})
	return out, err
}

func (t *txn) openOrder(ctx context.Context, by Actor, in OpenOrder) (Order, error) {
	a, err := t.acting(ctx, by)
	if err != nil {
		return Order{}, err
	}
	if in.Escalation != "" {
		var id string
		if found, err := t.find(ctx, &id, `SELECT id FROM orders WHERE escalation = ? ORDER BY opened_at DESC, id DESC LIMIT 1`, in.Escalation); err != nil {
			return Order{}, err
		} else if found {
			return t.order(ctx, id)
		}
		if err := t.fillFromEscalation(ctx, &in); err != nil {
			return Order{}, err
		}
	}
	if err := t.mayOpen(ctx, a, in); err != nil {
		return Order{}, err
	}
	return t.placeOrder(ctx, a, in)
}

// placeOrder opens an order for somebody who may.
func (t *txn) placeOrder(ctx context.Context, a acting, in OpenOrder) (Order, error) {
	if err := t.fillOrder(ctx, &in); err != nil {
		return Order{}, err
	}
	def, err := t.keepProcedure(ctx, in.Procedure)
	if err != nil {
		return Order{}, err
	}
	o := Order{
		Kind: def.Code, Procedure: def.Code, ProcedureVersion: def.Version, Case: in.Case, Escalation: in.Escalation,
		CustomerID: in.CustomerID, ContactID: in.ContactID, ContactName: in.Contact, ContactNumber: in.Number, Region: in.Region,
		Centre: in.Centre, Product: in.Product, Subject: in.Subject, Situation: in.Situation, Engineer: in.Engineer, Manager: in.Manager,
		State: procedure.Open, PromisedFrom: in.PromisedFrom, PromisedTo: in.PromisedTo, PlannedFrom: in.PlannedFrom,
		PlannedTo: in.PlannedTo, RespondBy: in.RespondBy, Data: in.Data,
	}
	if in.Engineer != "" {
		o.State = procedure.Assigned
	}
	return t.insertOrder(ctx, a, o, def, nil)
}

func (t *txn) fillFromEscalation(ctx context.Context, in *OpenOrder) error {
	e, err := t.escalation(ctx, in.Escalation)
	if err != nil {
		return err
	}
	if e.State != EscalationAccepted {
		return problem(ErrConflict, "escalation_state", "Accept the escalation first.", "The escalation is %s.", e.State)
	}
	set(&in.Procedure, e.Kind)
	in.Case = e.Case
	for field, value := range map[*string]string{
		&in.CustomerID: e.CustomerID, &in.ContactID: e.ContactID, &in.Contact: e.ContactName, &in.Number: e.ContactNumber, &in.Region: e.Region,
		&in.Centre: e.Centre, &in.Product: e.Product, &in.Subject: e.Subject, &in.Situation: e.Situation,
	} {
		set(field, value)
	}
	if in.RespondBy.IsZero() {
		in.RespondBy = e.RespondBy
	}
	return nil
}

// fillOrder cleans the input, and takes from case and customer what it does not name.
func (t *txn) fillOrder(ctx context.Context, in *OpenOrder) error {
	for _, s := range []*string{&in.Contact, &in.Number, &in.Region, &in.Centre, &in.Product, &in.Subject} {
		*s = line(*s)
	}
	in.Situation = text(in.Situation)
	if in.Case != "" {
		c, err := t.caseByNumber(ctx, in.Case)
		if err != nil {
			return err
		}
		for field, value := range map[*string]string{
			&in.CustomerID: c.CustomerID, &in.ContactID: c.ContactID, &in.Contact: c.ContactName, &in.Number: c.Caller,
			&in.Product: c.Product, &in.Subject: c.Subject, &in.Situation: c.Description,
		} {
			set(field, value)
		}
	}
	if in.CustomerID != "" {
		customer, err := t.customer(ctx, in.CustomerID)
		if err != nil {
			return err
		}
		if in.Region == "" || in.Region == customer.Region {
			set(&in.Centre, customer.ServiceCentre)
		}
		set(&in.Region, customer.Region)
	}
	if t.s.opt.CentreOf != nil {
		set(&in.Centre, t.s.opt.CentreOf(in.Region))
	}
	for _, login := range []string{in.Engineer, in.Manager} {
		if login == "" {
			continue
		}
		if _, err := t.user(ctx, login); err != nil {
			return err
		}
	}
	if len(in.Data) == 0 {
		in.Data = json.RawMessage(`{}`)
	}
	var f faults
	f.short("subject", in.Subject, maxLine)
	f.short("situation", in.Situation, maxText)
	f.short("contact", in.Contact, maxLine)
	f.missing(json.Valid(in.Data), "data", "The data are not JSON.", "Send JSON.")
	f.times("promised", in.PromisedFrom, in.PromisedTo)
	f.times("planned", in.PlannedFrom, in.PlannedTo)
	return f.problem(ErrInvalid, "order_invalid", "Mend the fields named.", "The order cannot be opened like this.")
}

func (f *faults) times(name string, from, to time.Time) {
	if from.IsZero() != to.IsZero() || to.Before(from) {
		f.add(name, "times", "Give a beginning and a later end.", "The time has no beginning or no end, or ends before it begins.")
	}
}

// insertOrder writes an order with its clocks and its first event. carried are the steps that earlier orders settled.
func (t *txn) insertOrder(ctx context.Context, a acting, o Order, def procedure.Definition, carried []procedure.Settled) (Order, error) {
	day := t.now.In(t.s.opt.Zone).Format("20060102")
	n, err := t.next(ctx, "order "+day)
	if err != nil {
		return Order{}, err
	}
	o.ID, o.Number, o.OpenedBy, o.OpenedAt = newID(t.now), fmt.Sprintf("S-%s-%04d", day, n), a.name, t.now
	if err := t.do(ctx, `INSERT INTO orders (id, number, kind, procedure, procedure_version, case_number, escalation, customer_id, contact_id,
		contact_name, contact_number, region, service_centre, product, subject, situation, engineer, manager, state, previous,
		promised_from, promised_to, planned_from, planned_to, respond_by, opened_by, opened_at, data)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, o.ID, o.Number, o.Kind, o.Procedure,
		o.ProcedureVersion, null(o.Case), null(o.Escalation), null(o.CustomerID), null(o.ContactID), o.ContactName, o.ContactNumber, o.Region,
		o.Centre, o.Product, o.Subject, o.Situation, o.Engineer, o.Manager, string(o.State), null(o.Previous), at(o.PromisedFrom),
		at(o.PromisedTo), at(o.PlannedFrom), at(o.PlannedTo), at(o.RespondBy), a.name, at(t.now), string(o.Data)); err != nil {
		return Order{}, err
	}
	p := procedure.Begin(def, carried...)
	p.State = o.State
	for _, s := range p.Settled {
		if err := t.keepSettled(ctx, o.ID, s); err != nil {
			return Order{}, err
		}
	}
	if err := t.startClocks(ctx, a, o, p, ""); err != nil {
		return Order{}, err
	}
	if err := t.event(ctx, a, o, "opened", "", map[string]any{
		"procedure": def.Code, "version": def.Version, "digest": def.Digest, "previous": o.Previous, "engineer": o.Engineer,
	}); err != nil {
		return Order{}, err
	}
	if err := t.judge(ctx, o, p); err != nil {
		return Order{}, err
	}
	t.changed(o, "opened", "", a)
	if err := t.tellOrder(ctx, Order{}, o, a.name); err != nil {
		return Order{}, err
	}
	return t.order(ctx, o.ID)
}

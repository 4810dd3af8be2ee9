package dispatch

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// laneShown is how many cards one lane shows; the list of orders has the rest.
const laneShown = 100

// lane is one column of the board.
type lane struct {
	Name  string // of the text: "dispatch.lane." + Name
	Cards []card
	More  bool // there are more than are shown
}

// card is one escalation or one order.
type card struct {
	ID, Number, Kind, State       string
	Escalation                    bool
	Orderless                     bool // an accepted escalation that has no order yet
	Customer, Subject, Situation  string
	Region, Centre, Product       string
	Severity, Owner               string
	Engineer, EngineerName        string
	Case                          string
	Raised, RespondBy             time.Time // the shrinking bar; zero: nothing runs
	PromisedFrom, PromisedTo      time.Time
	PlannedFrom, PlannedTo, Ended time.Time
	Overdue                       bool
	Reason                        string
	Version                       int64
}

type boardPage struct {
	Lanes     []lane
	Conflicts []conflict
}

// conflict is something that an engineer's phone sent and that could not take effect: a person has to look.
type conflict struct {
	records.VisitConflict
	Why string
}

func (d *Dispatch) board(w http.ResponseWriter, r *http.Request) {
	p, err := d.lanes(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.opt.Pages.Render(w, r, http.StatusOK, "dispatch/board", p)
}

func (d *Dispatch) boardLanes(w http.ResponseWriter, r *http.Request) {
	p, err := d.lanes(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.opt.Pages.Fragment(w, r, http.StatusOK, "dispatch/board#lanes", p)
}

// lanes reads the board as it stands.
func (d *Dispatch) lanes(r *http.Request) (boardPage, error) {
	ctx, now := r.Context(), d.opt.Now()
	arriving := lane{Name: "new"}
	opened := lane{Name: "open"}
	es, err := d.opt.Records.Escalations(ctx, records.EscalationFilter{Active: true, Limit: 4 * laneShown})
	if err != nil {
		return boardPage{}, err
	}
	orders, err := d.opt.Records.Orders(ctx, records.OrderFilter{Kinds: dispatched(), Active: true, Limit: 5 * laneShown})
	if err != nil {
		return boardPage{}, err
	}
	begun := map[string]bool{}
	working, err := d.opt.Records.BegunOrders(ctx)
	if err != nil {
		return boardPage{}, err
	}
	lanes := map[procedure.State]*lane{
		procedure.Open: &opened, procedure.Assigned: {Name: "assigned"}, procedure.Running: {Name: "running"}, procedure.Paused: {Name: "paused"},
	}
	for _, o := range orders.Items {
		begun[o.Escalation] = true
		at := o.State
		if at == procedure.Running && !working[o.ID] { // the time is agreed, nobody has set out yet
			at = procedure.Assigned
		}
		if at == procedure.Assigned && o.Engineer == "" {
			at = procedure.Open
		}
		card := orderCard(o, now)
		if at == procedure.Assigned && !o.PromisedTo.IsZero() { // what counts until somebody is there
			card.Raised, card.RespondBy, card.Overdue = o.OpenedAt, o.PromisedTo, now.After(o.PromisedTo)
		}
		lanes[at].Cards = append(lanes[at].Cards, card)
	}
	for _, e := range es.Items {
		switch {
		case e.State == records.EscalationAccepted && begun[e.ID]:
		case e.State == records.EscalationAccepted:
			if started, err := d.started(ctx, e); err != nil {
				return boardPage{}, err
			} else if !started {
				opened.Cards = append(opened.Cards, escalationCard(e, now))
			}
		default:
			arriving.Cards = append(arriving.Cards, escalationCard(e, now))
		}
	}
	zone := ui.VisitorOf(ctx).Zone
	today := now.In(zone)
	midnight := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, zone)
	done := lane{Name: "done"}
	finished, err := d.opt.Records.Orders(ctx, records.OrderFilter{Kinds: dispatched(), EndedFrom: midnight, Limit: laneShown})
	if err != nil {
		return boardPage{}, err
	}
	for _, o := range finished.Items {
		done.Cards = append(done.Cards, orderCard(o, now))
	}
	p := boardPage{Lanes: []lane{arriving, opened, *lanes[procedure.Assigned], *lanes[procedure.Running], *lanes[procedure.Paused], done}}
	for i := range p.Lanes {
		l := &p.Lanes[i]
		slices.SortStableFunc(l.Cards, func(a, b card) int { return due(a).Compare(due(b)) })
		if len(l.Cards) > laneShown {
			l.Cards, l.More = l.Cards[:laneShown], true
		}
	}
	conflicts, err := d.opt.Records.VisitConflicts(ctx, "")
	for _, c := range conflicts {
		why := d.why(langOf(ui.VisitorOf(ctx)), c.Detail)
		p.Conflicts = append(p.Conflicts, conflict{c, strings.Join(append([]string{why.What}, why.Lacks...), " · ")})
	}
	return p, err
}

// The kinds of order, besides remote and onsite, that engineers are sent out for.
const (
	kindVisit        = "visit"
	kindConsultation = "consultation"
)

// dispatched are the kinds of order that a dispatcher gives out. Consulting, classes and follow-ups have pages of their own.
func dispatched() []string {
	return []string{records.KindOnsite, records.KindRemote, kindVisit, kindConsultation}
}

// started reports whether an escalation has an order that has ended already, so that it is not under way any more.
func (d *Dispatch) started(ctx context.Context, e records.Escalation) (bool, error) {
	page, err := d.opt.Records.Orders(ctx, records.OrderFilter{Case: e.Case, Kind: e.Kind, Limit: 20})
	return slices.ContainsFunc(page.Items, func(o records.Order) bool { return o.Escalation == e.ID }), err
}

// due is what comes first on the board.
func due(c card) time.Time {
	for _, at := range []time.Time{c.RespondBy, c.PlannedFrom, c.PromisedFrom} {
		if !at.IsZero() {
			return at
		}
	}
	return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
}

func escalationCard(e records.Escalation, now time.Time) card {
	c := card{
		ID: e.ID, Number: e.Case, Kind: e.Kind, State: string(e.State), Escalation: true, Orderless: e.State == records.EscalationAccepted,
		Customer: cmp.Or(e.CustomerName, e.ContactName), Subject: e.Subject, Situation: e.Situation, Region: e.Region, Centre: e.Centre,
		Product: e.Product, Severity: e.Severity, Owner: e.CaseOwner, Case: e.Case, Raised: e.RaisedAt, RespondBy: e.RespondBy,
		Overdue: now.After(e.RespondBy), Version: e.Version,
	}
	if c.Orderless {
		c.RespondBy, c.Overdue = time.Time{}, false
	}
	return c
}

func orderCard(o records.Order, now time.Time) card {
	c := card{
		ID: o.ID, Number: o.Number, Kind: o.Kind, State: string(o.State), Customer: cmp.Or(o.CustomerName, o.ContactName), Subject: o.Subject,
		Region: o.Region, Centre: o.Centre, Product: o.Product, Owner: o.CaseOwner, Engineer: o.Engineer, EngineerName: o.EngineerName, Case: o.Case,
		PromisedFrom: o.PromisedFrom, PromisedTo: o.PromisedTo, PlannedFrom: o.PlannedFrom, PlannedTo: o.PlannedTo, Ended: o.EndedAt,
		Reason: o.Reason, Version: o.Version,
	}
	if o.State == procedure.Open || o.State == procedure.Assigned {
		if c.Raised, c.RespondBy = o.OpenedAt, o.PromisedTo; c.RespondBy.IsZero() {
			c.RespondBy = o.RespondBy
		}
		c.Overdue = !c.RespondBy.IsZero() && now.After(c.RespondBy)
	}
	return c
}

// accept takes an escalation on and opens its order; asked again, it gives the same order.
func (d *Dispatch) accept(w http.ResponseWriter, r *http.Request) {
	ctx, who := r.Context(), ui.VisitorOf(r.Context()).Login
	e, err := d.opt.Records.Escalation(ctx, r.PathValue("id"))
	if err == nil && e.State != records.EscalationAccepted {
		e, err = d.opt.Records.AcceptEscalation(ctx, e.ID, who, e.Version)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	o, err := d.opt.Records.OpenOrder(ctx, records.Actor{Login: who}, records.OpenOrder{Escalation: e.ID})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.to(w, r, "/dispatch/orders/"+o.ID)
}

// decline sends an escalation back to the case's owner, with a reason.
func (d *Dispatch) decline(w http.ResponseWriter, r *http.Request) {
	_, err := d.opt.Records.DeclineEscalation(r.Context(), r.PathValue("id"), ui.VisitorOf(r.Context()).Login, r.FormValue("reason"), 0)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.to(w, r, "/dispatch")
}

// to sends the visitor on, also from htmx.
func (d *Dispatch) to(w http.ResponseWriter, r *http.Request, path string) {
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", path)
		return
	}
	http.Redirect(w, r, path, http.StatusSeeOther) //nolint:gosec // a path of this package, with ids of the records
}

package dispatch

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"hotline/records"
	"hotline/records/calendar"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// arrangePage is one order to be assigned and given a time.
type arrangePage struct {
	Order      records.Order
	Candidates []candidate
	Form       times
	Agreed     bool // the time was agreed with the customer already
	CanAgree   bool
	Centre     string
	Product    string
	Kind       string

	Consultations []records.Order // of the same case
	Consults      bool            // this order can ask for one
	At            string          // proposed time of one
}

// times are the two times of an order, as the form has them: what the customer was told, and our own plan.
type times struct {
	PromisedDay, PromisedFrom, PromisedTo string
	PlannedDay, PlannedFrom, PlannedTo    string
	With                                  string
	Engineer                              string
}

// usualVisit is how long a visit is planned when nobody said otherwise.
const usualVisit = 2 * time.Hour

func (d *Dispatch) arrange(w http.ResponseWriter, r *http.Request) {
	f, err := d.opt.Records.Order(r.Context(), r.PathValue("id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	zone := ui.VisitorOf(r.Context()).Zone
	p := arrangePage{Order: f.Order, Form: d.suggested(r, f.Order, zone)}
	from, to := p.Form.planned(zone)
	if p.Candidates, err = d.candidates(r.Context(), f.Order, from, to); err != nil {
		d.fail(w, r, err)
		return
	}
	for _, c := range p.Candidates {
		for i, why := range c.Reasons {
			if why.Key == whyElsewhere {
				why.Args = []any{d.titleOf(d.opt.Centres, c.Centre, ui.VisitorOf(r.Context()).Lang)}
			}
			c.Reasons[i].Text = d.say(r, "dispatch.why."+why.Key, why.Args...)
		}
		if p.Form.Engineer == "" && c.Best {
			p.Form.Engineer = c.Login
		}
	}
	lang := ui.VisitorOf(r.Context()).Lang
	p.Centre, p.Product = d.titleOf(d.opt.Centres, f.Order.Centre, lang), d.titleOf(d.opt.Products, f.Order.Product, lang)
	for _, s := range f.Steps {
		if s.Step.Code == stepAppointment {
			p.Agreed, p.CanAgree = s.Settled != nil, s.Settled == nil && s.State == procedure.Ready
		}
	}
	if p.Consults = f.Order.Case != "" && f.Order.Kind != kindConsultation && !f.Order.State.Ended(); p.Consults {
		page, err := d.opt.Records.Orders(r.Context(), records.OrderFilter{Case: f.Order.Case, Kind: kindConsultation, Limit: 20})
		if err != nil {
			d.fail(w, r, err)
			return
		}
		p.Consultations, p.At = page.Items, d.opt.Now().In(zone).Add(time.Hour).Format("2006-01-02T15:04")
	}
	if r.Header.Get("HX-Request") == "true" {
		d.opt.Pages.Fragment(w, r, http.StatusOK, "dispatch/arrange#candidates", p)
		return
	}
	d.opt.Pages.Render(w, r, http.StatusOK, "dispatch/arrange", p)
}

// suggested fills the form: what was typed, what is arranged already, else the next two working hours of the centre.
func (d *Dispatch) suggested(r *http.Request, o records.Order, zone *time.Location) times {
	if r.FormValue("planned_day") != "" {
		return readTimes(r)
	}
	form := times{With: o.ContactName, Engineer: o.Engineer}
	from, to := o.PlannedFrom, o.PlannedTo
	if from.IsZero() {
		from, to = o.PromisedFrom, o.PromisedTo
	}
	if from.IsZero() {
		from = nextFree(d.calendarOf(r.Context(), o.Centre), d.opt.Now().Add(time.Hour))
		to = from.Add(usualVisit)
	}
	form.PlannedDay, form.PlannedFrom, form.PlannedTo = split(from, to, zone)
	if o.PromisedFrom.IsZero() {
		form.PromisedDay, form.PromisedFrom, form.PromisedTo = split(from, to, zone)
	} else {
		form.PromisedDay, form.PromisedFrom, form.PromisedTo = split(o.PromisedFrom, o.PromisedTo, zone)
	}
	return form
}

// nextFree is the next half hour at which a calendar works.
func nextFree(c *calendar.Calendar, after time.Time) time.Time {
	begin := c.Add(after, time.Nanosecond).Add(-time.Nanosecond)
	if half := begin.Truncate(30 * time.Minute); !half.Equal(begin) {
		begin = half.Add(30 * time.Minute)
	}
	return begin
}

func (d *Dispatch) calendarOf(ctx context.Context, centre string) *calendar.Calendar {
	c, err := d.opt.Records.CalendarOf(ctx, centre)
	if err != nil {
		d.log.WarnContext(ctx, "a centre has no calendar; every hour counts", "centre", centre, "err", err)
		return calendar.Always()
	}
	return c
}

func split(from, to time.Time, zone *time.Location) (day, begin, end string) {
	from, to = from.In(zone), to.In(zone)
	return from.Format(time.DateOnly), from.Format("15:04"), to.Format("15:04")
}

func readTimes(r *http.Request) times {
	v := r.FormValue
	return times{v("promised_day"), v("promised_from"), v("promised_to"), v("planned_day"), v("planned_from"), v("planned_to"), v("with"), v("engineer")}
}

func (t times) planned(zone *time.Location) (from, to time.Time) {
	return span(t.PlannedDay, t.PlannedFrom, t.PlannedTo, zone)
}

func (t times) promised(zone *time.Location) (from, to time.Time) {
	return span(t.PromisedDay, t.PromisedFrom, t.PromisedTo, zone)
}

// span reads a day and two times of it; zero times when one of them cannot be read. An end before the beginning is the next day's.
func span(day, begin, end string, zone *time.Location) (from, to time.Time) {
	from, err := time.ParseInLocation("2006-01-02 15:04", day+" "+begin, zone)
	if err != nil {
		return time.Time{}, time.Time{}
	}
	if to, err = time.ParseInLocation("2006-01-02 15:04", day+" "+end, zone); err != nil {
		return time.Time{}, time.Time{}
	}
	if to.Before(from) {
		to = to.AddDate(0, 0, 1)
	}
	return from, to
}

// candidates proposes engineers for an order at a time.
func (d *Dispatch) candidates(ctx context.Context, o records.Order, from, to time.Time) ([]candidate, error) {
	s := situation{Calendar: func(centre string) *calendar.Calendar { return d.calendarOf(ctx, cmp.Or(centre, o.Centre)) }}
	w := wanted{Order: o.ID, Product: o.Product, Centre: o.Centre, From: from, To: to}
	around := from
	if around.IsZero() {
		around = d.opt.Now()
	}
	s.WeekFrom = around.AddDate(0, 0, -((int(around.Weekday()) + 6) % 7)).Truncate(time.Hour)
	s.WeekTo = s.WeekFrom.AddDate(0, 0, 7)
	var err error
	if s.Engineers, err = d.opt.Records.Engineers(ctx); err != nil {
		return nil, err
	}
	if s.Absences, err = d.opt.Records.Absences(ctx, "", s.WeekFrom, s.WeekTo); err != nil {
		return nil, err
	}
	if s.Planned, err = d.plannedBetween(ctx, s.WeekFrom, s.WeekTo, ""); err != nil {
		return nil, err
	}
	if o.CustomerID != "" {
		before, err := d.opt.Records.Orders(ctx, records.OrderFilter{Customer: o.CustomerID, Limit: 20})
		if err != nil {
			return nil, err
		}
		for _, b := range before.Items {
			if b.ID != o.ID && b.Engineer != "" {
				w.Known = append(w.Known, b.Engineer)
			}
		}
	}
	return propose(w, s), nil
}

// longestVisit bounds how far before a time a plan may begin that still touches it.
const longestVisit = 36 * time.Hour

// plannedBetween lists the orders whose plan touches a time, of one engineer or of all.
func (d *Dispatch) plannedBetween(ctx context.Context, from, to time.Time, engineer string) ([]records.Order, error) {
	var out []records.Order
	f := records.OrderFilter{Planned: true, Engineer: engineer, From: from.Add(-longestVisit), To: to, Limit: 500}
	for {
		page, err := d.opt.Records.Orders(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Items {
			if o.PlannedTo.After(from) && o.State != procedure.Cancelled {
				out = append(out, o)
			}
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return out, nil
		}
	}
}

const stepAppointment = "appointment"

// keepArrangement assigns the order and keeps its times; with the customer's word on the time, the appointment is made.
func (d *Dispatch) keepArrangement(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	by, form := records.Actor{Login: v.Login}, readTimes(r)
	f, err := d.opt.Records.Order(ctx, r.PathValue("id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	o := f.Order
	var plan records.OrderPlan
	plan.PromisedFrom, plan.PromisedTo = form.promised(v.Zone)
	plan.PlannedFrom, plan.PlannedTo = form.planned(v.Zone)
	plan.Reason = r.FormValue("reason")
	if plan.PlannedFrom.IsZero() || plan.PromisedFrom.IsZero() {
		d.trouble(w, r, http.StatusUnprocessableEntity, "dispatch.trouble.times")
		return
	}
	if form.Engineer != "" && form.Engineer != o.Engineer {
		if o, err = d.opt.Records.AssignOrder(ctx, by, o.ID, form.Engineer, o.Version); err != nil {
			d.fail(w, r, err)
			return
		}
	}
	same := plan.PlannedFrom.Equal(o.PlannedFrom) && plan.PlannedTo.Equal(o.PlannedTo) && plan.PromisedFrom.Equal(o.PromisedFrom) && plan.PromisedTo.Equal(o.PromisedTo)
	if !same {
		if o, err = d.opt.Records.PlanOrder(ctx, by, o.ID, plan, o.Version); err != nil {
			d.fail(w, r, err)
			return
		}
	}
	if r.FormValue("agreed") == "yes" {
		if err := d.agree(ctx, by, f, plan, form.With); err != nil {
			d.fail(w, r, err)
			return
		}
	}
	d.to(w, r, "/dispatch")
}

// agree records that the customer agreed to the time, and settles the step that asks for it.
func (d *Dispatch) agree(ctx context.Context, by records.Actor, f records.OrderFile, plan records.OrderPlan, with string) error {
	step, ok := f.Definition.Step(stepAppointment)
	if !ok {
		return nil
	}
	for _, s := range f.Steps {
		if s.Step.Code == stepAppointment && s.Settled != nil {
			return nil
		}
	}
	body, err := json.Marshal(map[string]any{"from": plan.PromisedFrom.Format(time.RFC3339), "to": plan.PromisedTo.Format(time.RFC3339), "with": with})
	if err != nil {
		return err
	}
	for _, n := range step.Needs {
		if n.Kind != procedure.Fact {
			continue
		}
		if _, err := d.opt.Records.AddEvidence(ctx, by, records.EvidenceInput{Order: f.Order.ID, Step: step.Code, Need: n.Code, Kind: n.Kind, Body: body}); err != nil {
			return err
		}
	}
	_, err = d.opt.Records.CompleteStep(ctx, by, f.Order.ID, step.Code, 0)
	return err
}

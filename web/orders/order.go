package orders

import (
	"html/template"
	"net/http"
	"slices"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// orderPage is one order as it is shown.
type orderPage struct {
	File         records.OrderFile
	Order        records.Order
	Name, State  string
	Centre       string // as they are called
	Product      string
	Ended        bool
	Steps        []stepView
	Clocks       []clockView
	Deliverables []verdictView
	Rules        []verdictView
	Events       []eventView
	Panels       []template.HTML
	Unfinished   []string
	Engineers    []records.User
	Trouble      *trouble
	May          may
	Styles       []string
	Scripts      []string
	names        map[string]string // of people, by login
}

// called is how somebody is called.
func (p *orderPage) called(login string) string { return or(p.names[login], login) }

// may says what the visitor is offered. The records decide again.
type may struct{ Assign, Work, Override, Cancel bool }

// trouble is what the last act met, shown where it was tried.
type trouble struct {
	Step, Need string
	What       []string
}

// stepView is a step on the vertical line.
type stepView struct {
	Number               int
	Code, Name, Hint     string
	State, StateName     string // of the step
	Who                  string // settled by whom
	At                   time.Time
	Reason               string
	By                   string // who does it, in words
	Open                 bool   // shown unfolded
	Missing              []string
	Needs                []needView
	More                 []evidenceView // evidence beyond what is asked for
	Waivable, Overridden bool
	Optional             bool
	Trouble              *trouble
	Clock                *clockView
}

type needView struct {
	Code, Name, Kind, KindName, Via string
	Have, Min                       int
	Optional, OrWaiver, Met         bool
	ByHand                          bool   // this page can take it
	Locked                          string // whose it is, when it is not this visitor's to give
	Fields                          []fieldView
	Evidence                        []evidenceView
	Beside                          []template.HTML
	Accept                          string // of a file field
}

type fieldView struct {
	Code, Name, Type, Unit string
	Optional               bool
	Choices                []choice
	Min, Max               string
}

type clockView struct {
	Name, Word, State string
	Deadline          time.Time
	Late              bool
	Left              time.Duration
}

type verdictView struct{ Name, Verdict, Word string }

func (p *Pages) show(w http.ResponseWriter, r *http.Request) {
	if f, ok := p.readable(w, r); ok {
		p.render(w, r, http.StatusOK, f, nil)
	}
}

func (p *Pages) render(w http.ResponseWriter, r *http.Request, status int, f records.OrderFile, t *trouble) {
	page, err := p.page(r, f, t)
	if err != nil {
		p.failed(w, r, "an order cannot be shown", err)
		return
	}
	p.opt.Pages.Render(w, r, status, "orders/order", page)
}

func (p *Pages) page(r *http.Request, f records.OrderFile, t *trouble) (orderPage, error) {
	v := ui.VisitorOf(r.Context())
	o := f.Order
	page := orderPage{
		File: f, Order: o, Name: f.Definition.Name.In(v.Lang), State: o.State.Name().In(v.Lang), Ended: o.State.Ended(), Trouble: t,
		Centre: nameOf(v, p.opt.Centres, o.Centre), Product: nameOf(v, p.opt.Products(), o.Product),
		Styles: p.opt.Styles, Scripts: p.opt.Scripts,
	}
	plans := everything(v)
	page.May = may{
		Assign: plans && !page.Ended, Override: v.Has(records.RoleSupervisor) && !page.Ended, Cancel: v.Has(records.RoleSupervisor) && !page.Ended,
		Work: !page.Ended && (plans || o.Engineer == v.Login || slices.ContainsFunc(f.People, func(x records.OrderPerson) bool { return x.Login == v.Login })),
	}
	for _, x := range f.Unfinished {
		page.Unfinished = append(page.Unfinished, x.What.In(v.Lang))
	}
	users, err := p.opt.Records.Users(r.Context())
	if err != nil {
		return page, err
	}
	page.names = p.called(v, users)
	if page.May.Assign {
		page.Engineers = slices.DeleteFunc(users, func(u records.User) bool { return u.Disabled || !u.Is(records.RoleEngineer) })
	}
	for _, c := range f.Clocks {
		page.Clocks = append(page.Clocks, p.clockView(v, f.Definition, c))
	}
	if err := p.steps(r, &page, f); err != nil {
		return page, err
	}
	for _, d := range f.Deliverables {
		page.Deliverables = append(page.Deliverables, p.verdict(v, d.Deliverable.Name, d.Verdict))
	}
	for _, x := range f.Rules {
		page.Rules = append(page.Rules, p.verdict(v, x.Rule.Name, x.Verdict))
	}
	for _, e := range slices.Backward(f.Events) {
		view := p.event(v, f.Definition, e, page.called)
		view.Who = page.called(view.Who)
		page.Events = append(page.Events, view)
	}
	for _, panel := range slices.Concat(p.opt.Panels[""], p.opt.Panels[o.Kind]) {
		html, err := panel(r, f)
		if err != nil {
			return page, err
		}
		if html != "" {
			page.Panels = append(page.Panels, html)
		}
	}
	return page, nil
}

// called is how people are called, by login.
func (p *Pages) called(v ui.Visitor, users []records.User) map[string]string {
	names := map[string]string{"system": p.opt.Pages.Say(v.Lang, "orders.system"), "customer": p.opt.Pages.Say(v.Lang, "orders.customer")}
	for _, u := range users {
		names[u.Login] = or(u.Name, u.Login)
	}
	return names
}

func (p *Pages) names(r *http.Request) (map[string]string, error) {
	users, err := p.opt.Records.Users(r.Context())
	return p.called(ui.VisitorOf(r.Context()), users), err
}

func (p *Pages) verdict(v ui.Visitor, name procedure.Text, verdict procedure.Verdict) verdictView {
	return verdictView{name.In(v.Lang), string(verdict), p.opt.Pages.Say(v.Lang, "orders.verdict."+string(verdict))}
}

func (p *Pages) clockView(v ui.Visitor, d procedure.Definition, c records.Clock) clockView {
	out := clockView{State: c.State, Deadline: c.Deadline, Late: c.Verdict == procedure.Missing, Left: (c.Within - c.Elapsed).Round(time.Minute)}
	if key := "orders.clock.name." + c.Clock; p.opt.Pages.Knows(key) {
		out.Name = p.opt.Pages.Say(v.Lang, key)
	} else if s, ok := d.ClockStep(c.Clock); ok {
		out.Name = s.Name.In(v.Lang)
	}
	word := c.State
	switch {
	case c.State == "stopped" && out.Late:
		word = "missed"
	case c.State == "stopped":
		word = "kept"
	case out.Late:
		word, out.Left = "overdue", -out.Left
	}
	out.Word = p.opt.Pages.Say(v.Lang, "orders.clock."+word, p.span(v, out.Left))
	return out
}

// span says a length of time for people: "2 天 3 小时", "45 min".
func (p *Pages) span(v ui.Visitor, d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return p.opt.Pages.Say(v.Lang, "orders.span.days", int(d/(24*time.Hour)), int(d/time.Hour)%24)
	case d >= time.Hour:
		return p.opt.Pages.Say(v.Lang, "orders.span.hours", int(d/time.Hour), int(d/time.Minute)%60)
	}
	return p.opt.Pages.Say(v.Lang, "orders.span.minutes", int(max(d, 0)/time.Minute))
}

package orders

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// pageOf is how many orders one page shows.
const pageOf = 50

type listPage struct {
	Filter             listFilter
	Kinds              []choice
	States             []choice
	Engineers, Centres []choice // of those who see everybody's
	All                bool     // the visitor sees everybody's
	Rows               []listRow
	More               string // address of the next page
	Nothing            bool   // there is no order at all, whatever the filter
}

type choice struct {
	Code, Name string
	Chosen     bool
}

type listFilter struct {
	Kind, State, Text, Engineer, Centre, From, To string
	Ended                                         bool // ended ones too
}

type listRow struct {
	records.Order
	KindName, StateName string
	Late                bool // past its response time and not begun
	Today               time.Time
}

func readFilter(q url.Values) listFilter {
	return listFilter{
		Kind: q.Get("kind"), State: q.Get("state"), Text: strings.TrimSpace(q.Get("q")), Engineer: strings.TrimSpace(q.Get("engineer")),
		Centre: strings.TrimSpace(q.Get("centre")), From: q.Get("from"), To: q.Get("to"), Ended: q.Get("ended") == "1",
	}
}

// Narrowed says that more is set than the words searched for: then the other conditions are not folded away.
func (f listFilter) Narrowed() bool {
	f.Text = ""
	return f != listFilter{}
}

func (f listFilter) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"kind": f.Kind, "state": f.State, "q": f.Text, "engineer": f.Engineer, "centre": f.Centre, "from": f.From, "to": f.To,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Ended {
		q.Set("ended", "1")
	}
	return q
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) {
	v, in := ui.VisitorOf(r.Context()), readFilter(r.URL.Query())
	f := records.OrderFilter{
		Kind: in.Kind, State: in.State, Active: !in.Ended && in.State == "", Text: in.Text, Engineer: in.Engineer, Centre: in.Centre,
		From: day(in.From, v.Zone), To: day(in.To, v.Zone), Cursor: r.URL.Query().Get("cursor"), Limit: pageOf,
	}
	if !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1)
	}
	if !everything(v) {
		f.Mine = v.Login
	}
	found, err := p.opt.Records.Orders(r.Context(), f)
	if errors.Is(err, records.ErrInvalid) {
		p.trouble(w, r, http.StatusUnprocessableEntity, "orders.trouble.cursor")
		return
	}
	if err != nil {
		p.failed(w, r, "orders cannot be listed", err)
		return
	}
	page := listPage{Filter: in, All: everything(v), Nothing: len(found.Items) == 0 && len(in.query()) == 0}
	names := map[string]string{}
	for _, d := range p.opt.Records.Procedures() {
		if d.Scope == procedure.ScopeOrder {
			names[d.Code] = d.Name.In(v.Lang)
			page.Kinds = append(page.Kinds, choice{d.Code, d.Name.In(v.Lang), d.Code == in.Kind})
		}
	}
	for _, s := range []procedure.State{
		procedure.Open, procedure.Assigned, procedure.Running, procedure.Paused, procedure.Done, procedure.Continued, procedure.Cancelled,
	} {
		page.States = append(page.States, choice{string(s), s.Name().In(v.Lang), string(s) == in.State})
	}
	if page.All {
		users, err := p.opt.Records.Users(r.Context())
		if err != nil {
			p.failed(w, r, "people cannot be read", err)
			return
		}
		page.Engineers, page.Centres = peopleOf(users, in.Engineer, records.RoleEngineer), choicesOf(v, p.opt.Centres, in.Centre)
	}
	for _, o := range found.Items {
		page.Rows = append(page.Rows, listRow{
			Order: o, KindName: or(names[o.Kind], o.Kind), StateName: o.State.Name().In(v.Lang),
			Late: slices.Contains([]procedure.State{procedure.Open, procedure.Assigned}, o.State) && !o.RespondBy.IsZero() && p.opt.Now().After(o.RespondBy),
		})
	}
	if found.Next != "" {
		q := in.query()
		q.Set("cursor", found.Next)
		page.More = "/orders?" + q.Encode()
	}
	if r.Header.Get("HX-Request") == "true" && f.Cursor != "" {
		p.opt.Pages.Fragment(w, r, http.StatusOK, "orders/list#rows", page)
		return
	}
	p.opt.Pages.Render(w, r, http.StatusOK, "orders/list", page)
}

// day reads a date of a form; the zero time when there is none.
func day(s string, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

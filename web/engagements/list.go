package engagements

import (
	"net/http"
	"net/url"
	"strings"

	"hotline/records"
	"hotline/web/ui"
)

// listPage is the list of engagements of one kind, with the form that opens one.
type listPage struct {
	Kind      string
	Kinds     []string
	Rows      []row
	Text      string
	Ended     bool
	More      string
	Nothing   bool
	May       bool // open a new one
	Customers []records.Customer
	Engineers []records.User
	Form      records.OpenOrder
	Customer  string
	Refused   []string
}

type row struct {
	records.Order
	StateName string
}

func (e *Engagements) list(w http.ResponseWriter, r *http.Request) {
	e.showList(w, r, http.StatusOK, func(*listPage) {})
}

func (e *Engagements) showList(w http.ResponseWriter, r *http.Request, status int, change func(*listPage)) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	p := listPage{Kind: r.FormValue("kind"), Kinds: []string{Consulting, Development}, Text: r.URL.Query().Get("text"), Ended: r.URL.Query().Get("ended") != ""}
	if p.Kind != Development {
		p.Kind = Consulting
	}
	p.May = v.Has(records.RoleSupervisor) || v.Has(records.RoleDispatcher)
	f := records.OrderFilter{Kind: p.Kind, Active: !p.Ended, Text: p.Text, Cursor: r.URL.Query().Get("cursor")}
	if !p.May {
		f.Takes = v.Login
	}
	page, err := e.store.Orders(ctx, f)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	for _, o := range page.Items {
		p.Rows = append(p.Rows, row{o, in(o.State.Name().ZH, o.State.Name().EN, v.Lang)})
	}
	p.Nothing = len(p.Rows) == 0 && p.Text == "" && f.Cursor == ""
	if page.Next != "" {
		q := url.Values{"kind": {p.Kind}, "cursor": {page.Next}, "text": {p.Text}}
		if p.Ended {
			q.Set("ended", "1")
		}
		p.More = "/engagements?" + q.Encode()
	}
	if r.Header.Get("HX-Request") == "true" && f.Cursor != "" {
		e.pages.Fragment(w, r, http.StatusOK, "engagements/list#rows", p)
		return
	}
	if p.May {
		if p.Customers, err = e.store.Customers(ctx, "", 200); err != nil {
			e.fail(w, r, err)
			return
		}
		users, err := e.store.Users(ctx)
		if err != nil {
			e.fail(w, r, err)
			return
		}
		p.Engineers = engineers(users)
	}
	change(&p)
	e.pages.Render(w, r, status, "engagements/list", p)
}

// engineers are those who may carry out an engagement; managers, who also may, come last.
func engineers(users []records.User) []records.User {
	var first, last []records.User
	for _, u := range users {
		switch {
		case u.Disabled:
		case u.Is(records.RoleEngineer):
			first = append(first, u)
		case u.Is(records.RoleSupervisor):
			last = append(last, u)
		}
	}
	return append(first, last...)
}

func in(zh, en, lang string) string {
	if lang == ui.English {
		return en
	}
	return zh
}

// open opens an engagement for a customer that the records know.
func (e *Engagements) open(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	form := records.OpenOrder{
		Procedure: Consulting, Contact: r.PostFormValue("contact"), Number: r.PostFormValue("number"), Subject: strings.TrimSpace(r.PostFormValue("subject")),
		Situation: r.PostFormValue("situation"), Engineer: r.PostFormValue("engineer"), Manager: ui.VisitorOf(ctx).Login,
	}
	if r.PostFormValue("kind") == Development {
		form.Procedure = Development
	}
	name := strings.TrimSpace(r.PostFormValue("customer"))
	again := func(status int, told ...string) {
		e.showList(w, r, status, func(p *listPage) { p.Form, p.Customer, p.Refused = form, name, told })
	}
	found, err := e.store.Customers(ctx, name, 50)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	for _, c := range found {
		if c.Name == name {
			form.CustomerID = c.ID
		}
	}
	switch {
	case form.CustomerID == "":
		again(http.StatusUnprocessableEntity, e.say(r, "engagements.customer.unknown"))
		return
	case form.Subject == "" || strings.TrimSpace(form.Contact) == "" || strings.TrimSpace(form.Number) == "":
		again(http.StatusUnprocessableEntity, e.say(r, "engagements.incomplete"))
		return
	}
	o, err := e.store.OpenOrder(ctx, staff(r), form)
	if err == nil {
		http.Redirect(w, r, "/engagements/"+url.PathEscape(o.Number), http.StatusSeeOther)
		return
	}
	told, ok := e.refused(r, err)
	if !ok {
		e.fail(w, r, err)
		return
	}
	again(statusOf(err), told...)
}

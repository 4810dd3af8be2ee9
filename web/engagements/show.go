package engagements

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
	"hotline/web/ui"
)

// page is one engagement.
type page struct {
	File     records.OrderFile
	Name     string
	State    string
	Steps    []stepView
	Results  []result // deliverables and quality rules
	Manager  bool
	Assigns  []records.User // of whom one is to be named, while nobody carries it out
	Ended    bool
	Ready    bool     // to be finished
	Refused  []string // said at Step, or above all
	At       string   // step where something was refused
	Link     string   // just made
	LinkName string
	LinkStep string
	names    map[string]string
}

// Who gives the name of somebody of the staff.
func (p page) Who(login string) string { return cmp.Or(p.names[login], login) }

type result struct {
	Name, Verdict string
	Rule          bool
}

type stepView struct {
	Code, Name, State string
	Missing           []string
	Documents         []documentView
	Build             bool // a file with its hash and version is asked for
	Builds            []records.Evidence
	Waivable          bool
	Reason            string
	Refused           []string
	Link, LinkName    string
}

type documentView struct {
	Code, Name string
	Asked      bool // a questionnaire is there for it
	Customer   bool // which the customer may fill in
	Sheet      *records.Sheet
	Versions   []versionView
	Confirm    bool // the customer confirms it
}

type versionView struct {
	records.Paper
	Mine      bool // the visitor wrote it, and so does not approve it
	Confirmed bool
	History   []records.PaperEntry
}

func (e *Engagements) show(w http.ResponseWriter, r *http.Request) {
	f, err := e.readable(r)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	step, address, name, err := e.made(r, f)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	e.render(w, r, http.StatusOK, f, func(p *page) { p.Link, p.LinkName, p.LinkStep = address, name, step })
}

func (e *Engagements) render(w http.ResponseWriter, r *http.Request, status int, f records.OrderFile, change func(*page)) {
	v := ui.VisitorOf(r.Context())
	p := page{
		File: f, Name: f.Definition.Name.In(v.Lang), State: f.Order.State.Name().In(v.Lang), Manager: v.Has(records.RoleSupervisor),
		Ended: f.Order.State.Ended(), Ready: len(f.Unfinished) == 0 && !f.Order.State.Ended(),
	}
	change(&p)
	papers, err := e.store.Papers(r.Context(), f.Order.ID)
	if err != nil {
		e.fail(w, r, err)
		return
	}
	users, err := e.store.Users(r.Context())
	if err != nil {
		e.fail(w, r, err)
		return
	}
	p.names = map[string]string{}
	for _, u := range users {
		p.names[u.Login] = u.Name
	}
	if f.Order.Engineer == "" && !p.Ended && (p.Manager || v.Has(records.RoleDispatcher)) {
		p.Assigns = engineers(users)
	}
	filled, err := e.store.Sheets(r.Context(), f.Order.ID, "")
	if err != nil {
		e.fail(w, r, err)
		return
	}
	for _, s := range f.Steps {
		view, err := e.step(r, f, s, papers, filled)
		if err != nil {
			e.fail(w, r, err)
			return
		}
		if p.At == view.Code {
			view.Refused, p.Refused = p.Refused, nil
		}
		if p.LinkStep == view.Code {
			view.Link, view.LinkName = p.Link, p.LinkName
		}
		p.Steps = append(p.Steps, view)
	}
	for _, d := range f.Deliverables {
		p.Results = append(p.Results, result{d.Deliverable.Name.In(v.Lang), string(d.Verdict), false})
	}
	for _, x := range f.Rules {
		p.Results = append(p.Results, result{x.Rule.Name.In(v.Lang), string(x.Verdict), true})
	}
	e.pages.Render(w, r, status, "engagements/show", p)
}

func (e *Engagements) step(r *http.Request, f records.OrderFile, s records.StepFile, papers []records.Paper, filled []records.Sheet) (stepView, error) {
	v := ui.VisitorOf(r.Context())
	out := stepView{Code: s.Step.Code, Name: s.Step.Name.In(v.Lang), State: string(s.State), Waivable: len(s.Step.Waive) > 0}
	for _, m := range s.Missing {
		out.Missing = append(out.Missing, m.What.In(v.Lang))
	}
	if s.Settled != nil {
		out.Reason = s.Settled.Reason
	}
	confirm := records.PaperConfirm(s.Step)
	for _, n := range s.Step.Needs {
		switch n.Kind {
		case procedure.Document:
			d, err := e.document(r, f, s.Step, n, confirm, papers, filled)
			if err != nil {
				return out, err
			}
			out.Documents = append(out.Documents, d)
		case procedure.File:
			out.Build = true
			for _, x := range f.Evidence {
				if x.Step == s.Step.Code && x.Need == n.Code {
					out.Builds = append(out.Builds, x)
				}
			}
		default: // facts, texts and confirmations come with documents and links
		}
	}
	return out, nil
}

func (e *Engagements) document(r *http.Request, f records.OrderFile, step procedure.Step, n procedure.Need, confirm string, papers []records.Paper, filled []records.Sheet) (documentView, error) {
	v := ui.VisitorOf(r.Context())
	d := documentView{Code: n.Document, Name: n.Name.In(v.Lang), Confirm: confirm != ""}
	for _, q := range e.store.Questionnaires() {
		if q.Code == n.Document {
			d.Asked, d.Customer = true, slices.Contains(q.By, questionnaire.Customer)
		}
	}
	for _, sh := range filled {
		if sh.Questionnaire == n.Document && sh.Subject == "" {
			d.Sheet = &sh
			d.Asked, d.Customer = true, slices.Contains(sh.Def.By, questionnaire.Customer)
		}
	}
	for _, p := range papers {
		if p.Code != n.Document {
			continue
		}
		x := versionView{Paper: p, Mine: p.Author == v.Login}
		for _, ev := range f.Evidence {
			x.Confirmed = x.Confirmed || ev.Step == step.Code && ev.Need == confirm && confirm != "" && ev.Kind == procedure.Confirmation && strings.Contains(string(ev.Body), p.SHA256)
		}
		var err error
		if x.History, err = e.store.PaperHistory(r.Context(), p.ID); err != nil {
			return d, err
		}
		d.Versions = append(d.Versions, x)
	}
	return d, nil
}

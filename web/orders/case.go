package orders

import (
	"errors"
	"net/http"
	"time"

	"hotline/records"
	"hotline/web/bundle"
	"hotline/web/ui"
)

// casePage is the life of a case.
type casePage struct {
	Case      records.Case
	State     string
	Timeline  []lifeEntry
	Orders    []listRow
	Readable  map[string]bool // numbers of orders that would open; the others stand without a link
	Rules     []verdictView
	Checked   records.CaseVerification
	Head      string
	Length    int64
	MayExport bool
}

type lifeEntry struct {
	At                        time.Time
	Source, What, Who, Detail string
	Order, Call, Short, Hash  string
}

// caseFile loads the whole of a case. ok is false when it has answered.
func (p *Pages) caseFile(w http.ResponseWriter, r *http.Request) (records.CaseFile, bool) {
	f, err := p.opt.Records.CaseFile(r.Context(), r.PathValue("number"))
	switch {
	case errors.Is(err, records.ErrNotFound):
		p.trouble(w, r, http.StatusNotFound, "orders.trouble.nocase")
	case err != nil:
		p.failed(w, r, "a case cannot be read", err)
	}
	return f, err == nil
}

// showCase shows a case from first ring to survey.
func (p *Pages) showCase(w http.ResponseWriter, r *http.Request) {
	f, ok := p.caseFile(w, r)
	if !ok {
		return
	}
	v := ui.VisitorOf(r.Context())
	page := casePage{
		Case: f.Case, State: p.opt.Pages.Say(v.Lang, "timeline.case."+f.Case.State), Checked: f.Checked, Head: f.ChainHead, Length: f.ChainLength,
		MayExport: mayExport(v, f.Case),
	}
	names, err := p.names(r)
	if err != nil {
		p.failed(w, r, "people cannot be read", err)
		return
	}
	for _, e := range f.Timeline {
		page.Timeline = append(page.Timeline, lifeEntry{
			At: e.At, Source: bundle.Source(p.opt.Pages, v.Lang, e), What: bundle.Word(p.opt.Pages, v.Lang, e), Who: or(names[e.By], e.By), Detail: bundle.Detail(p.opt.Pages, v.Lang, e),
			Order: e.Order, Call: e.Call, Hash: e.Hash, Short: short(e.Hash),
		})
	}
	for _, o := range f.Orders {
		page.Orders = append(page.Orders, listRow{Order: o.Order, KindName: o.Definition.Name.In(v.Lang), StateName: o.Order.State.Name().In(v.Lang)})
	}
	if page.Readable, err = p.openOnes(r, f); err != nil {
		p.failed(w, r, "who may read orders cannot be told", err)
		return
	}
	for _, x := range f.Rules {
		page.Rules = append(page.Rules, p.verdict(v, x.Rule.Name, x.Verdict))
	}
	p.opt.Pages.Render(w, r, http.StatusOK, "orders/case", page)
}

// openOnes are the orders of a case that the visitor may read.
func (p *Pages) openOnes(r *http.Request, f records.CaseFile) (map[string]bool, error) {
	v, all := ui.VisitorOf(r.Context()), map[string]bool{}
	for _, e := range f.Timeline {
		if e.Order != "" {
			all[e.Order] = everything(v)
		}
	}
	for _, o := range f.Orders {
		all[o.Order.Number] = everything(v)
	}
	for number, may := range all {
		if may {
			continue
		}
		may, err := p.opt.Records.MayRead(r.Context(), v.Login, number)
		if err != nil {
			return nil, err
		}
		all[number] = may
	}
	return all, nil
}

// mayExport: the whole of a case, with the customer's data, leaves the house only by its owner or a manager.
func mayExport(v ui.Visitor, c records.Case) bool {
	return v.Has(records.RoleSupervisor) || c.Owner == v.Login
}

// export sends the bundle of a case; that it was asked for is in the audit log before the first byte goes.
func (p *Pages) export(w http.ResponseWriter, r *http.Request) {
	f, ok := p.caseFile(w, r)
	if !ok {
		return
	}
	v := ui.VisitorOf(r.Context())
	if !mayExport(v, f.Case) {
		p.trouble(w, r, http.StatusForbidden, "orders.trouble.export")
		return
	}
	if err := p.opt.Records.Audit(r.Context(), records.AuditEntry{By: v.Login, Action: "case.bundle", Object: f.Case.Number, Data: f.ChainHead}); err != nil {
		p.failed(w, r, "an export cannot be kept in the audit log", err)
		return
	}
	o := bundle.Options{Texts: p.opt.Pages, Lang: v.Lang, Zone: v.Zone, Company: p.opt.Pages.Company()}
	if err := bundle.Send(r.Context(), w, p.opt.Records, f, o); err != nil {
		p.log.WarnContext(r.Context(), "a bundle was cut", "case", f.Case.Number, "err", err)
		panic(http.ErrAbortHandler)
	}
}

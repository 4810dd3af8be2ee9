package orders

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// qualityPage is the report: how often each quality rule of each service was kept.
type qualityPage struct {
	Filter                       qualityFilter
	Centres, Engineers, Products []choice
	Services                     []serviceQuality
	Nothing                      bool
}

type qualityFilter struct{ From, To, Centre, Engineer, Product string }

type serviceQuality struct {
	Name  string
	Rules []ruleQuality
}

// ruleQuality is one rule with its bar, 100 wide.
type ruleQuality struct {
	Name, Share string
	Bar         []barPart
	Judged      int
}

type barPart struct {
	Verdict, Word string
	N             int
	X, Width      string
	Address       string // of the list behind the number
}

func readQuality(r *http.Request, now time.Time, zone *time.Location) (qualityFilter, records.QualityFilter) {
	q := r.URL.Query()
	in := qualityFilter{From: q.Get("from"), To: q.Get("to"), Centre: q.Get("centre"), Engineer: q.Get("engineer"), Product: q.Get("product")}
	if !q.Has("from") && !q.Has("to") {
		in.From = now.In(zone).AddDate(0, 0, -29).Format(time.DateOnly)
	}
	f := records.QualityFilter{From: day(in.From, zone), To: day(in.To, zone), Centre: in.Centre, Engineer: in.Engineer, Product: in.Product}
	if !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1)
	}
	return in, f
}

func (f qualityFilter) query() url.Values {
	return url.Values{"from": {f.From}, "to": {f.To}, "centre": {f.Centre}, "engineer": {f.Engineer}, "product": {f.Product}}
}

func (p *Pages) quality(w http.ResponseWriter, r *http.Request) {
	v := ui.VisitorOf(r.Context())
	in, f := readQuality(r, p.opt.Now(), v.Zone)
	rows, err := p.opt.Records.Quality(r.Context(), f)
	if err != nil {
		p.failed(w, r, "the quality report cannot be made", err)
		return
	}
	users, err := p.opt.Records.Users(r.Context())
	if err != nil {
		p.failed(w, r, "people cannot be read", err)
		return
	}
	page := qualityPage{
		Filter: in, Nothing: true, Centres: choicesOf(v, p.opt.Centres, in.Centre), Products: choicesOf(v, p.opt.Products(), in.Product),
		Engineers: peopleOf(users, in.Engineer, records.RoleEngineer, records.RoleAgent), // of the hotline's own rules it is the case's owner
	}
	names := map[string]string{}
	for _, d := range p.opt.Records.Procedures() {
		names[d.Code] = d.Name.In(v.Lang)
	}
	for _, row := range rows {
		if n := len(page.Services); n == 0 || page.Services[n-1].Name != names[row.Procedure] {
			page.Services = append(page.Services, serviceQuality{Name: names[row.Procedure]})
		}
		s := &page.Services[len(page.Services)-1]
		s.Rules = append(s.Rules, p.bar(v, in, row))
		page.Nothing = page.Nothing && row.Judged()+row.Pending == 0
	}
	p.opt.Pages.Render(w, r, http.StatusOK, "orders/quality", page)
}

// bar draws the shares of the judged ones; what is pending is told beside.
func (p *Pages) bar(v ui.Visitor, in qualityFilter, row records.QualityRow) ruleQuality {
	out := ruleQuality{Name: row.Name.In(v.Lang), Judged: row.Judged(), Share: "–"}
	if out.Judged > 0 {
		out.Share = strconv.FormatFloat(100*float64(row.Proven+row.Waived)/float64(out.Judged), 'f', 1, 64) + " %"
	}
	x := 0.0
	for _, part := range []struct {
		verdict procedure.Verdict
		n       int
	}{{procedure.Proven, row.Proven}, {procedure.Excused, row.Waived}, {procedure.Missing, row.Missing}, {procedure.Pending, row.Pending}} {
		q := in.query()
		q.Set("verdict", string(part.verdict))
		b := barPart{
			Verdict: string(part.verdict), Word: p.opt.Pages.Say(v.Lang, "orders.verdict."+string(part.verdict)), N: part.n,
			Address: "/quality/" + url.PathEscape(row.Procedure) + "/" + url.PathEscape(row.Rule) + "?" + q.Encode(), X: "0", Width: "0",
		}
		if part.verdict != procedure.Pending && out.Judged > 0 {
			width := 100 * float64(part.n) / float64(out.Judged)
			b.X, b.Width = strconv.FormatFloat(x, 'f', 2, 64), strconv.FormatFloat(width, 'f', 2, 64)
			x += width
		}
		out.Bar = append(out.Bar, b)
	}
	return out
}

// behindPage is the list behind a number of the report.
type behindPage struct {
	Service, Rule, Verdict, Word string
	Back                         string
	Rows                         []records.QualityItem
	More                         string
}

func (p *Pages) behind(w http.ResponseWriter, r *http.Request) {
	v := ui.VisitorOf(r.Context())
	in, f := readQuality(r, p.opt.Now(), v.Zone)
	code, rule, verdict := r.PathValue("procedure"), r.PathValue("rule"), procedure.Verdict(r.URL.Query().Get("verdict"))
	list, err := p.opt.Records.QualityList(r.Context(), code, rule, verdict, f, r.URL.Query().Get("cursor"), pageOf)
	switch {
	case errors.Is(err, records.ErrNotFound):
		p.trouble(w, r, http.StatusNotFound, "orders.trouble.norule")
		return
	case errors.Is(err, records.ErrInvalid):
		p.trouble(w, r, http.StatusUnprocessableEntity, "orders.trouble.cursor")
		return
	case err != nil:
		p.failed(w, r, "the list behind the report cannot be made", err)
		return
	}
	page := behindPage{Verdict: string(verdict), Rows: list.Items, Back: "/quality?" + in.query().Encode()}
	if key := "orders.verdict." + string(verdict); p.opt.Pages.Knows(key) {
		page.Word = p.opt.Pages.Say(v.Lang, key)
	}
	for _, d := range p.opt.Records.Procedures() {
		for _, x := range d.Rules {
			if d.Code == code && x.Code == rule {
				page.Service, page.Rule = d.Name.In(v.Lang), x.Name.In(v.Lang)
			}
		}
	}
	if list.Next != "" {
		q := in.query()
		q.Set("verdict", string(verdict))
		q.Set("cursor", list.Next)
		page.More = r.URL.Path + "?" + q.Encode()
	}
	p.opt.Pages.Render(w, r, http.StatusOK, "orders/behind", page)
}

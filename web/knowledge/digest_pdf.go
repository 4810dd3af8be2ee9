package knowledge

import (
	"net/http"
	"strconv"

	"hotline/records/document"
	"hotline/web/ui"
)

// digestPDF gives a digest on paper, in the visitor's language.
func (k *Knowledge) digestPDF(w http.ResponseWriter, r *http.Request) {
	p, ok := k.digestOf(w, r)
	if !ok {
		return
	}
	o := document.Options{Lang: ui.VisitorOf(r.Context()).Lang, Company: k.opt.Company, Zone: k.opt.Zone}
	if len(k.opt.Call) > 0 {
		o.Hotline = k.opt.Call[0]
	}
	pdf, _, err := k.paper(r, p, o).Bytes(o)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Length", strconv.Itoa(len(pdf)))
	h.Set("Content-Disposition", `inline; filename="`+p.ID+`.pdf"`)
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(pdf) //nolint:gosec // a PDF that we made
}

// paper lays the digest out: all products in one table, then each by itself.
func (k *Knowledge) paper(r *http.Request, p digestPage, o document.Options) document.Report {
	say := func(key string) string { return k.say(r, "knowledge.digest."+key) }
	zone := k.opt.Zone
	out := document.Report{
		Title: k.say(r, "knowledge.digest"), Subtitle: p.From.In(zone).Format("2006-01-02") + " – " + p.Day().In(zone).Format("2006-01-02"), Number: p.ID,
		Facts: []document.Fact{
			{Label: say("cases"), Value: strconv.Itoa(p.Cases)},
			{Label: say("before"), Value: strconv.Itoa(p.Before) + " (" + change(p.Cases, p.Before) + ")"},
		},
		Issued: p.MadeAt,
	}
	all := document.Table{
		Head:   []string{k.say(r, "knowledge.product"), say("cases"), say("before"), say("change"), say("solved"), say("escalated")},
		Shares: []float64{4, 1.5, 1.5, 1.5, 1.8, 1.8},
		Aligns: []document.Align{document.Start, document.End, document.End, document.End, document.End, document.End}, Empty: say("none"),
	}
	for _, one := range p.Parts {
		all.Rows = append(all.Rows, []string{
			one.Title, strconv.Itoa(one.Cases), strconv.Itoa(one.Before), change(one.Cases, one.Before), strconv.Itoa(one.Solved), strconv.Itoa(one.Escalated),
		})
	}
	out.Blocks = append(out.Blocks, document.Section{Title: say("overview")}, all)
	for _, one := range p.Parts {
		m := document.Digest{Product: one.Title, From: p.From, To: p.Day(), Cases: one.Cases, Trend: document.Lines{Series: []document.Series{{}}}}
		for _, kind := range one.Kinds {
			m.Kinds = append(m.Kinds, document.Kind{Name: kind.Title, Count: kind.Cases, Before: kind.Before})
			for _, e := range kind.Examples {
				m.Examples = append(m.Examples, document.Example{Case: e.Case, Kind: kind.Title, Text: e.Text})
			}
		}
		for _, point := range one.Trend {
			m.Trend.Labels = append(m.Trend.Labels, point.Label)
			m.Trend.Series[0].Values = append(m.Trend.Series[0].Values, float64(point.Cases))
		}
		for _, s := range one.Helped {
			m.Solved = append(m.Solved, document.Solution{Title: s.Number + " " + s.Title, Times: s.Times})
		}
		out.Blocks = append(out.Blocks, document.Section{Title: one.Title})
		out.Blocks = append(out.Blocks, m.Report(o).Blocks...)
	}
	return out
}

// change is how much more there is than before.
func change(now, before int) string {
	switch d := now - before; {
	case d > 0:
		return "+" + strconv.Itoa(d)
	case d < 0:
		return "−" + strconv.Itoa(-d)
	}
	return "±0"
}

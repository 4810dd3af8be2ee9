package knowledge

import (
	"net/http"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// digestPage is one digest, beside the list of all.
type digestPage struct {
	records.Digest
	Heads   []records.DigestHead
	Older   string
	Running bool // the period is not over
	Parts   []part
	zone    *time.Location
}

// part is one product as the page shows it.
type part struct {
	records.ProductDigest
	Title  string
	Kinds  []kindRow
	Trend  []bar
	Helped []helped
}

// kindRow is one kind of problem; Share is its part of the product's most frequent kind.
type kindRow struct {
	records.KindDigest
	Title string
	Share float64
}

// bar is one period of the trend; Share is its part of the highest.
type bar struct {
	records.TrendPoint
	Label string
	Share float64
}

type helped struct {
	Number, Title string
	Times         int
}

const digestsOf = 12 // beside the digest

func (k *Knowledge) digest(w http.ResponseWriter, r *http.Request) {
	p, ok := k.digestOf(w, r)
	if !ok {
		return
	}
	heads, err := k.store.Digests(r.Context(), r.FormValue("cursor"), digestsOf)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	p.Heads = heads.Items
	if heads.Next != "" {
		p.Older = "?cursor=" + heads.Next
	}
	k.pages.Render(w, r, http.StatusOK, "knowledge/digest", p)
}

// digestOf loads what is asked for: a kept digest by its id, else the period that is not over yet.
func (k *Knowledge) digestOf(w http.ResponseWriter, r *http.Request) (digestPage, bool) {
	p := digestPage{zone: k.opt.Zone}
	var err error
	if id := r.PathValue("id"); id != "" {
		p.Digest, err = k.store.Digest(r.Context(), id)
	} else {
		period := r.FormValue("period")
		if period == "" {
			period = records.DigestWeek
		}
		p.Digest, err = k.store.CompileDigest(r.Context(), period, k.opt.Now())
		p.Running = true
	}
	if err != nil {
		k.fail(w, r, err)
		return p, false
	}
	for _, product := range p.Products {
		p.Parts = append(p.Parts, k.part(r, p.Period, product))
	}
	return p, true
}

func (k *Knowledge) part(r *http.Request, period string, in records.ProductDigest) part {
	lang := ui.VisitorOf(r.Context()).Lang
	out := part{ProductDigest: in, Title: in.Name.In(lang)}
	if out.Title == "" {
		out.Title = k.say(r, "knowledge.digest.noproduct")
	}
	most := 0
	for _, one := range in.Kinds {
		most = max(most, one.Cases)
	}
	for _, one := range in.Kinds {
		row := kindRow{KindDigest: one, Title: one.Name.In(lang), Share: float64(one.Cases) / float64(max(most, 1))}
		if row.Title == "" {
			row.Title = k.say(r, "knowledge.digest.nokind")
		}
		out.Kinds = append(out.Kinds, row)
	}
	most = 0
	for _, point := range in.Trend {
		most = max(most, point.Cases)
	}
	for _, point := range in.Trend {
		out.Trend = append(out.Trend, bar{TrendPoint: point, Label: label(period, point.From.In(k.opt.Zone)), Share: float64(point.Cases) / float64(max(most, 1))})
	}
	for _, s := range in.Solutions {
		out.Helped = append(out.Helped, helped{s.Number, s.Title.In(lang), s.Times})
	}
	return out
}

// label names a period by its beginning.
func label(period string, from time.Time) string {
	if period == records.DigestMonth {
		return from.Format("2006-01")
	}
	return from.Format("01-02")
}

// Day is the last day that belongs to the digest.
func (p digestPage) Day() time.Time { return p.To.Add(-time.Second) }

// Date is a day of the house, where a digest's days begin and end.
func (p digestPage) Date(t time.Time) string { return t.In(p.zone).Format(time.DateOnly) }

// Change is how much more there is than in the period before, "+3", "−2" or "±0".
func (p digestPage) Change(now, before int) string { return change(now, before) }

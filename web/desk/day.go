package desk

import (
	"net/http"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// dayPage is what the visitor did on one day.
type dayPage struct {
	Places   places
	Day      records.Day
	Date     string // 2006-01-02, in the visitor's zone
	Before   string
	After    string // "" for today
	From, To time.Time
	Handling time.Duration // talk and wrap-up of one call, on average
	Talk     time.Duration
	WrapUp   time.Duration
	Ready    time.Duration
	Paused   time.Duration
	Spans    []span
	Hours    []hour
	Calls    []dayCall
}

type dayCall struct {
	records.DayCall
	Length time.Duration // while it lasts it means nothing
}

// span is one bar of the timeline, in thousandths of the shown stretch, for an SVG of that width.
type span struct {
	records.DaySpan
	X, W int
}

// hour is a mark of the timeline.
type hour struct {
	X     int
	Label string
}

func (d *Desk) day(w http.ResponseWriter, r *http.Request) {
	v := ui.VisitorOf(r.Context())
	from := d.today(v)
	if asked, err := time.ParseInLocation(time.DateOnly, r.FormValue("date"), v.Zone); err == nil && asked.Before(from) {
		from = asked
	}
	page := dayPage{Date: from.Format(time.DateOnly), Before: from.AddDate(0, 0, -1).Format(time.DateOnly), From: from, To: from.AddDate(0, 0, 1)}
	if next := from.AddDate(0, 0, 1); !next.After(d.today(v)) {
		page.After = next.Format(time.DateOnly)
	}
	until := page.To
	if now := d.now(); now.Before(until) {
		until = now
	}
	var err error
	if page.Places, err = d.places(r, "day"); err != nil {
		d.fail(w, r, err)
		return
	}
	if page.Day, err = d.store.Day(r.Context(), v.Login, from, until); err != nil {
		d.fail(w, r, err)
		return
	}
	page.Talk, page.WrapUp = page.Day.Time("talking"), page.Day.Time("wrapup")
	page.Ready, page.Paused = page.Day.Time("ready"), page.Day.Time("paused")
	if n := len(page.Day.Calls); n > 0 {
		page.Handling = (page.Talk + page.WrapUp) / time.Duration(n)
	}
	for _, c := range page.Day.Calls {
		page.Calls = append(page.Calls, dayCall{c, c.Ended.Sub(c.From)})
	}
	page.draw(v.Zone)
	d.pages.Render(w, r, http.StatusOK, "desk/day", page)
}

// draw lays the states out from the first to the last working hour, so that a day shift fills the width.
func (p *dayPage) draw(zone *time.Location) {
	begin, end := time.Time{}, time.Time{}
	for _, s := range p.Day.Spans {
		if s.State == "offline" || s.State == "" {
			continue
		}
		if begin.IsZero() {
			begin = s.From
		}
		end = s.To
	}
	if begin.IsZero() {
		return
	}
	begin = begin.In(zone).Truncate(time.Hour)
	if end = end.In(zone).Truncate(time.Hour).Add(time.Hour); end.Sub(begin) < 4*time.Hour {
		end = begin.Add(4 * time.Hour)
	}
	whole := end.Sub(begin)
	at := func(t time.Time) int { return int(1000 * min(max(t.Sub(begin), 0), whole) / whole) }
	for _, s := range p.Day.Spans {
		x := at(s.From)
		if width := at(s.To) - x; width > 0 || s.State == "talking" {
			p.Spans = append(p.Spans, span{DaySpan: s, X: x, W: max(width, 1)})
		}
	}
	step := time.Hour
	if whole > 12*time.Hour {
		step = 2 * time.Hour
	}
	for t := begin; t.Before(end); t = t.Add(step) {
		p.Hours = append(p.Hours, hour{X: at(t), Label: t.Format("15:04")})
	}
}

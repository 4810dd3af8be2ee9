package followup

import (
	"net/http"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// worklist is the page of customers to be called.
type worklist struct {
	Places  []place
	Filter  string // work, overdue, all
	Rows    []row
	Next    string
	Waiting bool // nothing is due, and something waits for its draw
}

// row is one follow-up of a list.
type row struct {
	records.FollowUp
	Who, KindText, ProductText, CentreText, Left string
	Late, Own                                    bool
}

func (d *Desk) row(r *http.Request, f records.FollowUp) row {
	v := ui.VisitorOf(r.Context())
	who := f.CustomerName
	if f.ContactName != "" {
		if who != "" {
			who += " · "
		}
		who += f.ContactName
	}
	if who == "" {
		who = ui.MaskNumber(f.Number)
	}
	left := f.DueAt.Sub(d.opt.Now())
	return row{
		FollowUp: f, Who: who, KindText: d.say(r, "follow.kind."+f.Kind), ProductText: title(d.opt.Products(), f.Product, v.Lang),
		CentreText: title(d.opt.Centres, f.Centre, v.Lang), Left: d.span(r, left), Late: left < 0, Own: v.Login == f.Engineer || v.Login == f.Owner,
	}
}

// span is a time in words: "3 小时", "overdue by 2 h".
func (d *Desk) span(r *http.Request, left time.Duration) string {
	minutes, hours, amount := "follow.left.minutes", "follow.left.hours", left
	if left < 0 {
		minutes, hours, amount = "follow.late.minutes", "follow.late.hours", -left
	}
	if amount < time.Hour {
		return d.say(r, minutes, int(amount.Minutes()))
	}
	return d.say(r, hours, int(amount.Hours()))
}

func (d *Desk) list(w http.ResponseWriter, r *http.Request) {
	page := worklist{Places: places("work"), Filter: r.FormValue("show")}
	f := records.FollowUpFilter{Cursor: r.FormValue("cursor")}
	switch page.Filter {
	case "overdue":
		f.Work, f.Overdue = true, true
	case "all":
	default:
		page.Filter, f.Work = "work", true
	}
	got, err := d.store.FollowUps(r.Context(), f)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	for _, item := range got.Items {
		page.Rows = append(page.Rows, d.row(r, item))
	}
	page.Next = got.Next
	if len(page.Rows) == 0 && page.Filter == "work" {
		waiting, err := d.store.FollowUps(r.Context(), records.FollowUpFilter{State: records.FollowUpWaiting, Limit: 1})
		if err != nil {
			d.fail(w, r, err)
			return
		}
		page.Waiting = len(waiting.Items) > 0
	}
	d.pages.Render(w, r, http.StatusOK, "followup/index", page)
}

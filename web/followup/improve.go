package followup

import (
	"net/http"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

type improvementsPage struct {
	Places  []place
	All     bool
	Items   []improvement
	Next    string
	Owners  []records.User
	Soonest string
}

type improvement struct {
	records.Improvement
	Steps           []records.ImprovementStep
	OwnerName, Left string
	Late, Own       bool
}

func (d *Desk) improvements(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	page := improvementsPage{Places: places("improve"), All: r.FormValue("show") == "all", Soonest: d.opt.Now().In(v.Zone).AddDate(0, 0, 1).Format(time.DateOnly)}
	got, err := d.store.Improvements(ctx, records.ImprovementFilter{Active: !page.All, Cursor: r.FormValue("cursor"), Limit: 20})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	users, err := d.store.Users(ctx)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	names := map[string]string{}
	for _, u := range users {
		names[u.Login] = u.Name
		if !u.Disabled {
			page.Owners = append(page.Owners, u)
		}
	}
	for _, i := range got.Items {
		_, steps, err := d.store.Improvement(ctx, i.ID)
		if err != nil {
			d.fail(w, r, err)
			return
		}
		left := i.DueAt.Sub(d.opt.Now())
		page.Items = append(page.Items, improvement{
			Improvement: i, Steps: steps, OwnerName: names[i.Owner], Left: d.span(r, left), Late: left < 0, Own: v.Login == i.Owner || v.Login == i.Engineer,
		})
	}
	page.Next = got.Next
	d.pages.Render(w, r, http.StatusOK, "followup/improvements", page)
}

// improve plans, finishes or checks an improvement.
func (d *Desk) improve(w http.ResponseWriter, r *http.Request) {
	ctx, v, id := r.Context(), ui.VisitorOf(r.Context()), r.PathValue("id")
	var err error
	switch r.PathValue("deed") {
	case "plan":
		due, bad := time.ParseInLocation(time.DateOnly, r.FormValue("due"), v.Zone)
		if bad == nil {
			due = due.AddDate(0, 0, 1).Add(-time.Minute) // the whole day
		}
		_, err = d.store.PlanImprovement(ctx, id, v.Login, records.ImprovementPlan{Owner: r.FormValue("owner"), Plan: r.FormValue("plan"), Due: due}, version(r))
	case "finish":
		_, err = d.store.FinishImprovement(ctx, id, v.Login, r.FormValue("result"), version(r))
	case "check":
		_, err = d.store.CheckImprovement(ctx, id, v.Login, r.FormValue("effect"), r.FormValue("good") == "yes", version(r))
	default:
		d.pages.Trouble(w, r, http.StatusNotFound, d.say(r, "follow.no.found"), d.say(r, "follow.no.found.do"))
		return
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if err := d.proveImprovement(ctx, id); err != nil {
		d.log.ErrorContext(ctx, "an improvement is not yet in its order", "improvement", id, "err", err)
	}
	d.done(w, r, "/followup/improvements")
}

package followup

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

type visitsPage struct {
	Places    []place
	Plans     []visit
	Next      string
	Visitors  []records.User
	Customers []records.Customer
	Customer  string // the one that is chosen
	Part      string // what customers were searched by
	Soonest   string
}

type visit struct {
	records.VisitPlan
	ManagerName, Left string
	Late              bool
	Live              live
}

func (d *Desk) visits(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	page := visitsPage{Places: places("visits"), Part: r.FormValue("part"), Soonest: d.opt.Now().In(v.Zone).Format(time.DateOnly)}
	got, err := d.store.VisitPlans(ctx, r.FormValue("cursor"), 50)
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
	}
	if page.Customers, err = d.store.Customers(ctx, page.Part, 50); err != nil {
		d.fail(w, r, err)
		return
	}
	engineers, err := d.store.Engineers(ctx)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	centre := ""
	for i, c := range page.Customers {
		if i == 0 || c.ID == r.FormValue("customer") {
			page.Customer, centre = c.ID, c.ServiceCentre
		}
	}
	page.Visitors = visitors(users, engineers, centre)
	for _, p := range got.Items {
		left := p.NextAt.Sub(d.opt.Now())
		one := visit{VisitPlan: p, ManagerName: names[p.Manager], Left: d.days(r, left), Late: left < 0}
		if p.Order != "" {
			one.Live = d.liveOf(records.OutVisit, p.Order)
		}
		page.Plans = append(page.Plans, one)
	}
	page.Next = got.Next
	d.pages.Render(w, r, http.StatusOK, "followup/visits", page)
}

// visitors are the service managers, whose visits these are, in the order in which they come into question for a customer of a service
// centre: who works there, who works for every one, the others, and last those who keep the system.
func visitors(users []records.User, engineers []records.Engineer, centre string) []records.User {
	at := map[string]string{}
	for _, e := range engineers {
		at[e.Login] = e.Centre
	}
	rank := func(u records.User) int {
		its, serves := at[u.Login]
		switch {
		case serves && its != "" && its == centre:
			return 0
		case serves && its == "":
			return 1
		case u.Is(records.RoleAdministrator):
			return 3
		}
		return 2
	}
	var all []records.User
	for _, u := range users {
		if u.Is(records.RoleSupervisor) && !u.Disabled {
			all = append(all, u)
		}
	}
	slices.SortStableFunc(all, func(a, b records.User) int { return cmp.Compare(rank(a), rank(b)) })
	return all
}

func (d *Desk) days(r *http.Request, left time.Duration) string {
	if left < 0 {
		return d.say(r, "follow.late.days", int(-left.Hours()/24)+1)
	}
	return d.say(r, "follow.left.days", int(left.Hours()/24))
}

func (d *Desk) planVisit(w http.ResponseWriter, r *http.Request) {
	v := ui.VisitorOf(r.Context())
	months, err := strconv.Atoi(r.FormValue("months"))
	if err != nil {
		months = 0 // said to be missing
	}
	next, err := time.ParseInLocation(time.DateOnly, r.FormValue("next"), v.Zone)
	if err != nil {
		next = time.Time{}
	}
	if _, err := d.store.SetVisitPlan(r.Context(), v.Login, records.VisitPlan{
		CustomerID: r.FormValue("customer"), Months: months, Manager: r.FormValue("manager"), NextAt: next, Reason: r.FormValue("reason"),
	}); err != nil {
		d.fail(w, r, err)
		return
	}
	d.done(w, r, "/followup/visits")
}

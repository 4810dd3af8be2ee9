package dispatch

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"time"

	"hotline/records"
	"hotline/records/document"
	"hotline/web/ui"
)

// dayPage is an engineer's day, for the eye and for the printer.
type dayPage struct {
	Engineer        records.Engineer
	Engineers       []records.Engineer
	Centre          string
	Day, Prev, Next string
	At              time.Time
	Visits          []records.Order
	Sheet           document.DaySheet
}

func (d *Dispatch) daySheet(w http.ResponseWriter, r *http.Request) {
	p, ok := d.dayOf(w, r)
	if !ok {
		return
	}
	d.opt.Pages.Render(w, r, http.StatusOK, "dispatch/day", p)
}

func (d *Dispatch) daySheetPDF(w http.ResponseWriter, r *http.Request) {
	p, ok := d.dayOf(w, r)
	if !ok {
		return
	}
	v := ui.VisitorOf(r.Context())
	var b bytes.Buffer
	if err := p.Sheet.PDF(&b, document.Options{Lang: v.Lang, Company: d.opt.Company, Hotline: d.opt.Hotline, Zone: v.Zone}); err != nil {
		d.fail(w, r, fmt.Errorf("day sheet: %w", err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": "day-" + p.Engineer.Login + "-" + p.Day + ".pdf"}))
	h.Set("Cache-Control", "private, no-store")
	_, _ = w.Write(b.Bytes())
}

// dayOf reads an engineer's day. Engineers see their own; that customers' numbers were shown is in the audit log.
func (d *Dispatch) dayOf(w http.ResponseWriter, r *http.Request) (dayPage, bool) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	arranges := v.Has(records.RoleDispatcher) || v.Has(records.RoleSupervisor)
	var p dayPage
	var err error
	if arranges {
		if p.Engineers, err = d.opt.Records.Engineers(ctx); err != nil {
			d.fail(w, r, err)
			return p, false
		}
	}
	login := v.Login
	if arranges {
		if login = r.FormValue("engineer"); login == "" && len(p.Engineers) > 0 {
			login = p.Engineers[0].Login
		}
	}
	if p.Engineer, err = d.opt.Records.Engineer(ctx, login); err != nil {
		d.fail(w, r, err)
		return p, false
	}
	now := d.opt.Now().In(v.Zone)
	at, err := time.ParseInLocation(time.DateOnly, r.FormValue("day"), v.Zone)
	if err != nil {
		at = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, v.Zone)
	}
	p.At, p.Day, p.Prev, p.Next = at, at.Format(time.DateOnly), at.AddDate(0, 0, -1).Format(time.DateOnly), at.AddDate(0, 0, 1).Format(time.DateOnly)
	if p.Visits, err = d.plannedBetween(ctx, at, at.AddDate(0, 0, 1), login); err == nil {
		slices.SortFunc(p.Visits, func(a, b records.Order) int { return a.PlannedFrom.Compare(b.PlannedFrom) })
		err = d.opt.Records.Audit(ctx, records.AuditEntry{By: v.Login, Action: "day.printed", Object: login, Data: fmt.Sprintf("%s, %d visits", p.Day, len(p.Visits))})
	}
	if err != nil {
		d.fail(w, r, err)
		return p, false
	}
	p.Centre = d.titleOf(d.opt.Centres, p.Engineer.Centre, v.Lang)
	p.Sheet = document.DaySheet{Engineer: p.Engineer.Name, Centre: p.Centre, Day: at, Issued: now}
	for _, o := range p.Visits {
		p.Sheet.Visits = append(p.Sheet.Visits, document.Visit{
			Order: o.Number, Kind: d.kindName(ctx, o.Kind), PlannedFrom: o.PlannedFrom, PlannedTo: o.PlannedTo, PromisedFrom: o.PromisedFrom,
			PromisedTo: o.PromisedTo, Customer: o.CustomerName, Contact: o.ContactName, Phone: o.ContactNumber, Address: o.Place(),
			Product: d.titleOf(d.opt.Products, o.Product, v.Lang), Subject: o.Subject, Remark: o.Situation,
		})
	}
	return p, true
}

func (d *Dispatch) kindName(ctx context.Context, kind string) string {
	lang := ui.VisitorOf(ctx).Lang
	if key := "dispatch.kind." + kind; d.opt.Pages.Knows(key) {
		return d.opt.Pages.Say(lang, key)
	}
	return kind
}

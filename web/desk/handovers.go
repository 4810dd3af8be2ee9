package desk

import (
	"context"
	"errors"
	"net/http"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// handOverList is the page of hand-overs.
type handOverList struct {
	Places  places
	ToMe    []offer
	ByMe    []offer
	Ended   []offer // by me, in the last days
	Trouble []missing
	At      string // the hand-over that the trouble is about
	Reason  string
	Queues  []Choice
}

type offer struct {
	records.HandOver
	Subject  string
	Customer string
	FromName string
	ToTitle  string
	ByName   string
	Due      string // until it goes back by itself
	Decline  bool   // this visitor's no counts
}

// endedShown is how long one's own offers are shown after they ended.
const endedShown = 3 * 24 * time.Hour

// offersFor lists the hand-overs that a visitor could accept: by name, to any agent of a queue, or to the managers.
func (d *Desk) offersFor(ctx context.Context, v ui.Visitor) ([]records.HandOver, error) {
	all, err := d.store.HandOvers(ctx, "")
	var out []records.HandOver
	for _, h := range all {
		if h.From == v.Login {
			continue
		}
		switch h.ToKind {
		case records.ToAgent:
			if h.ToName != v.Login {
				continue
			}
		case records.ToQueue:
			if view, ok := d.opt.Presence.View(v.Login); ok && !has(view.Queues, h.ToName) {
				continue
			}
		case records.ToManager:
			if !v.Has(records.RoleSupervisor) {
				continue
			}
		}
		out = append(out, h)
	}
	return out, err
}

func has(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

func (d *Desk) handOvers(w http.ResponseWriter, r *http.Request) {
	d.showHandOvers(w, r, http.StatusOK, func(*handOverList) {})
}

func (d *Desk) showHandOvers(w http.ResponseWriter, r *http.Request, status int, change func(*handOverList)) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	var list handOverList
	err := func() (err error) {
		if list.Places, err = d.places(r, "handovers"); err != nil {
			return err
		}
		names, err := d.names(r)
		if err != nil {
			return err
		}
		toMe, err := d.offersFor(ctx, v)
		if err != nil {
			return err
		}
		if list.ToMe, err = d.told(r, toMe, names); err != nil {
			return err
		}
		mine, err := d.store.HandOvers(ctx, v.Login)
		if err != nil {
			return err
		}
		var byMe []records.HandOver
		for _, h := range mine {
			if h.From == v.Login {
				byMe = append(byMe, h)
			}
		}
		if list.ByMe, err = d.told(r, byMe, names); err != nil {
			return err
		}
		ended, err := d.store.HandOversEnded(ctx, v.Login, d.now().Add(-endedShown))
		if err != nil {
			return err
		}
		list.Ended, err = d.told(r, ended, names)
		return err
	}()
	if err != nil {
		d.fail(w, r, err)
		return
	}
	change(&list)
	if r.Header.Get("HX-Request") == "true" {
		d.pages.Fragment(w, r, status, "desk/handovers", list)
		return
	}
	d.pages.Render(w, r, status, "desk/handovers", list)
}

// told adds to hand-overs what people know them by.
func (d *Desk) told(r *http.Request, all []records.HandOver, names map[string]string) ([]offer, error) {
	v := ui.VisitorOf(r.Context())
	out := make([]offer, 0, len(all))
	for _, h := range all {
		c, err := d.store.Case(r.Context(), h.Case)
		if err != nil {
			return nil, err
		}
		o := offer{HandOver: h, Subject: c.Subject, Customer: c.CustomerName, FromName: names[h.From], ByName: names[h.EndedBy]}
		if o.Customer == "" {
			o.Customer = c.ContactName
		}
		switch h.ToKind {
		case records.ToAgent:
			o.ToTitle = names[h.ToName]
		case records.ToQueue:
			o.ToTitle = title(d.opt.Queues, h.ToName, v.Lang)
		case records.ToManager:
			o.ToTitle = d.say(r, "ui.role.supervisor")
		}
		if !h.Expires.IsZero() && h.Outcome == "" {
			o.Due = d.until(r, h.Expires)
		}
		o.Decline = v.Has(records.RoleSupervisor) || h.ToKind == records.ToAgent && h.ToName == v.Login
		out = append(out, o)
	}
	return out, nil
}

// answerHandOver accepts, returns with a reason, or withdraws.
func (d *Desk) answerHandOver(w http.ResponseWriter, r *http.Request) {
	ctx, v, id := r.Context(), ui.VisitorOf(r.Context()), r.PathValue("id")
	var c records.Case
	var err error
	switch r.PathValue("answer") {
	case "accept":
		if c, err = d.store.AcceptHandOver(ctx, id, v.Login); err == nil {
			w.Header().Set("HX-Redirect", "/desk?case="+c.Number) // it is theirs now: go on with it
			w.WriteHeader(http.StatusNoContent)
			return
		}
	case "return":
		_, err = d.store.DeclineHandOver(ctx, id, v.Login, r.FormValue("reason"))
	case "withdraw":
		_, err = d.store.WithdrawHandOver(ctx, id, v.Login)
	default:
		d.pages.Trouble(w, r, http.StatusNotFound, d.say(r, "work.trouble.notfound"), d.say(r, "work.trouble.notfound.do"))
		return
	}
	if p, ok := errors.AsType[*records.Problem](err); ok && errors.Is(err, records.ErrIncomplete) {
		wrong := d.missingWords(r, p.Fields)
		d.showHandOvers(w, r, http.StatusUnprocessableEntity, func(l *handOverList) { l.Trouble, l.At, l.Reason = wrong, id, r.FormValue("reason") })
		return
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.showHandOvers(w, r, http.StatusOK, func(*handOverList) {})
}

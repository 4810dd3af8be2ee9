package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// callbackList is the page of customers to be called.
type callbackList struct {
	Places   places
	CallsOut bool // the hotline may call customers itself
	Rows     []callback
}

type callback struct {
	records.CallbackRequest
	Subject, Customer string
	QueueTitle        string
	Shown             string // the number: whole once it is this agent's to call
	Mine              bool   // promised or taken by this agent
	Due               string
	Late              bool
}

// callsBack lists the open requests that an agent answers for: their own promises, what they took, and what nobody has taken yet
// from a queue that they serve. Those promised come first, by time; then those who have waited longest.
func (d *Desk) callsBack(ctx context.Context, v ui.Visitor) ([]records.CallbackRequest, error) {
	var out []records.CallbackRequest
	view, known := d.opt.Presence.View(v.Login)
	for _, state := range []string{"taken", "open"} {
		page, err := d.store.Callbacks(ctx, records.CallbackFilter{State: state, Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, c := range page.Items {
			served := c.Queue == "" || !known || has(view.Queues, c.Queue)
			if c.Login == v.Login || c.Login == "" && state == "open" && served {
				out = append(out, c)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b records.CallbackRequest) int {
		return cmp.Or(when(a).Compare(when(b)), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// when a customer expects the call: at the promised time, or since they asked.
func when(c records.CallbackRequest) time.Time {
	if c.Due.IsZero() {
		return c.RequestedAt
	}
	return c.Due
}

func (d *Desk) callbacks(w http.ResponseWriter, r *http.Request) { d.showCallbacks(w, r) }

func (d *Desk) showCallbacks(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	var list callbackList
	var err error
	if list.Places, err = d.places(r, "callbacks"); err != nil {
		d.fail(w, r, err)
		return
	}
	list.CallsOut = d.opt.CallsOut
	all, err := d.callsBack(ctx, v)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	for _, c := range all {
		row := callback{CallbackRequest: c, Mine: c.Login == v.Login, QueueTitle: title(d.opt.Queues, c.Queue, v.Lang), Shown: ui.MaskNumber(c.Number)}
		if row.Mine {
			row.Shown = c.Number
		}
		if !c.Due.IsZero() {
			row.Due, row.Late = d.until(r, c.Due), c.Due.Before(d.now())
		}
		if c.Case != "" {
			k, err := d.store.Case(ctx, c.Case)
			if err != nil {
				d.fail(w, r, err)
				return
			}
			row.Subject, row.Customer = k.Subject, k.CustomerName
			if k.ContactName != "" {
				row.Customer = k.ContactName
			}
		}
		list.Rows = append(list.Rows, row)
	}
	if r.Header.Get("HX-Request") == "true" {
		d.pages.Fragment(w, r, http.StatusOK, "desk/callbacks", list)
		return
	}
	d.pages.Render(w, r, http.StatusOK, "desk/callbacks", list)
}

// answerCallback takes a request, says that the customer was reached, or that they were not.
func (d *Desk) answerCallback(w http.ResponseWriter, r *http.Request) {
	ctx, v, id := r.Context(), ui.VisitorOf(r.Context()), r.PathValue("id")
	version, err := strconv.ParseInt(r.FormValue("version"), 10, 64)
	if err != nil {
		version = 0
	}
	result := r.FormValue("result")
	switch r.PathValue("answer") {
	case "take":
		_, err = d.store.TakeCallback(ctx, id, v.Login, version)
	case "done":
		_, err = d.store.FinishCallback(ctx, id, v.Login, result, version)
	case "missed":
		_, err = d.store.DropCallback(ctx, id, result, version)
	default:
		d.pages.Trouble(w, r, http.StatusNotFound, d.say(r, "work.trouble.notfound"), d.say(r, "work.trouble.notfound.do"))
		return
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.showCallbacks(w, r)
}

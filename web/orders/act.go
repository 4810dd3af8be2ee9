package orders

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"hotline/records"
	"hotline/web/ui"
)

func staff(r *http.Request) records.Actor {
	return records.Actor{Login: ui.VisitorOf(r.Context()).Login}
}

func seen(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// step completes, waives or overrides a step.
func (p *Pages) step(w http.ResponseWriter, r *http.Request) {
	id, step, reason := r.PathValue("id"), r.PathValue("step"), r.PostFormValue("reason")
	p.act(w, r, step, "", func(ctx context.Context) (err error) {
		switch r.PostFormValue("do") {
		case "waive":
			_, err = p.opt.Records.WaiveStep(ctx, staff(r), id, step, reason, seen(r))
		case "override":
			_, err = p.opt.Records.OverrideStep(ctx, staff(r), id, step, reason, seen(r))
		default:
			_, err = p.opt.Records.CompleteStep(ctx, staff(r), id, step, seen(r))
		}
		return err
	})
}

// command does something to an order as a whole.
func (p *Pages) command(w http.ResponseWriter, r *http.Request) {
	id, reason, all := r.PathValue("id"), r.PostFormValue("reason"), p.opt.Records
	reasoned := map[string]func(context.Context, records.Actor, string, string, int64) (records.Order, error){
		"assign": all.AssignOrder, "unassign": all.UnassignOrder, "pause": all.PauseOrder, "continue": all.ContinueOrder,
		"finish": all.FinishOrder, "cancel": all.CancelOrder,
		"resume": func(ctx context.Context, by records.Actor, order, _ string, version int64) (records.Order, error) {
			return all.ResumeOrder(ctx, by, order, version)
		},
	}
	do, ok := reasoned[r.PostFormValue("do")]
	if !ok {
		p.trouble(w, r, http.StatusBadRequest, "orders.trouble.unknown")
		return
	}
	p.act(w, r, "", "", func(ctx context.Context) error {
		_, err := do(ctx, staff(r), id, reason, seen(r))
		return err
	})
}

// act does something for somebody who may read the order, then shows the order again, at the step. What was refused is said
// where it was tried.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, step, need string, do func(context.Context) error) {
	f, ok := p.readable(w, r)
	if !ok {
		return
	}
	err := do(r.Context())
	if err == nil {
		place := "/orders/" + url.PathEscape(f.Order.Number)
		if step != "" {
			place += "#step-" + url.PathEscape(step)
		}
		http.Redirect(w, r, place, http.StatusSeeOther)
		return
	}
	var refusal *records.Problem
	if !errors.As(err, &refusal) {
		p.failed(w, r, "an order cannot be changed", err)
		return
	}
	if f, ok = p.readable(w, r); !ok { // as it is now
		return
	}
	status := http.StatusUnprocessableEntity
	switch {
	case errors.Is(err, records.ErrConflict):
		status = http.StatusConflict
	case errors.Is(err, records.ErrForbidden):
		status = http.StatusForbidden
	}
	p.render(w, r, status, f, p.refused(r, refusal, step, need))
}

// refused words a refusal in the visitor's language.
func (p *Pages) refused(r *http.Request, refusal *records.Problem, step, need string) *trouble {
	v := ui.VisitorOf(r.Context())
	t := &trouble{Step: step, Need: need}
	for _, x := range refusal.Lacks {
		t.What = append(t.What, x.What.In(v.Lang))
	}
	if len(t.What) > 0 {
		return t
	}
	if key := "orders.refused." + refusal.Code; p.opt.Pages.Knows(key) {
		t.What = append(t.What, p.opt.Pages.Say(v.Lang, key))
		return t
	}
	t.What = append(t.What, p.opt.Pages.Refusals(v.Lang, refusal.What, refusal.Do))
	return t
}

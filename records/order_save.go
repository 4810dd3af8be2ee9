package records

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"hotline/records/procedure"
)

// OrderChange is a change of an order that is durable.
type OrderChange struct {
	Order, Number, Case, Kind, Engineer string
	What                                string // opened, assigned, unassigned, planned, evidence, completed, waived, overridden, paused, resumed, continued, done, cancelled, data, people
	Step                                string
	By                                  string // login, "customer" or "system"
	State                               procedure.State
}

// OnOrder calls f after every change of an order, once it is durable, one after another. f must not block: it belongs to
// who made the change. Only this process's changes are heard.
func (s *Store) OnOrder(f func(OrderChange)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orderChanges = append(s.orderChanges, f)
}

func (t *txn) changed(o Order, what, step string, a acting) {
	t.seen(o.Case)
	t.orders = append(t.orders, OrderChange{
		Order: o.ID, Number: o.Number, Case: o.Case, Kind: o.Kind, Engineer: o.Engineer, What: what, Step: step, By: a.name, State: o.State,
	})
}

// save writes what apply changed: steps, state, clocks, verdicts, and does the effects.
func (r *runningOrder) save(ctx context.Context, t *txn, what, step string) error {
	o := &r.order
	for code, s := range r.progress.Settled {
		if _, had := r.before.Settled[code]; !had {
			s.By, s.Role = r.by.name, r.settledAs(code)
			r.progress.Settled[code] = s
			if err := t.keepSettled(ctx, o.ID, s); err != nil {
				return err
			}
			if err := t.stepClocks(ctx, r, code); err != nil {
				return err
			}
		}
	}
	if o.State.Ended() {
		o.EndedAt = t.now
	}
	for _, e := range r.effects {
		if err := r.effect(ctx, t, e); err != nil {
			return err
		}
	}
	n, err := t.exec(ctx, `UPDATE orders SET state = ?, engineer = ?, manager = ?, next = ?, promised_from = ?, promised_to = ?, planned_from = ?,
		planned_to = ?, ended_at = ?, reason = ?, result = ?, data = ?, version = version + 1 WHERE id = ? AND version = ?`,
		string(o.State), o.Engineer, o.Manager, null(o.Next), at(o.PromisedFrom), at(o.PromisedTo), at(o.PlannedFrom), at(o.PlannedTo), at(o.EndedAt),
		o.Reason, o.Result, string(o.Data), o.ID, o.Version)
	if err != nil {
		return err
	}
	if n == 0 {
		return stale("order", o.Number, o.Version, o.Version+1)
	}
	o.Version++
	if err := t.judge(ctx, *o, r.progress); err != nil {
		return err
	}
	t.changed(*o, what, step, r.by)
	if err := t.leaveVault(ctx, *o); err != nil {
		return err
	}
	return t.tellOrder(ctx, r.was, *o, r.by.name)
}

func (r *runningOrder) settledAs(code string) string {
	step, _ := r.def.Step(code)
	if r.progress.Settled[code].Outcome == procedure.Overridden {
		return procedure.Manager
	}
	return r.by.part(slices.Concat(step.By, []string{procedure.Manager}))
}

func (t *txn) keepSettled(ctx context.Context, order string, s procedure.Settled) error {
	return t.do(ctx, `INSERT INTO order_steps (order_id, step, outcome, was, settled_in, actor, role, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		order, s.Step, string(s.Outcome), string(s.Was), s.Order, s.By, s.Role, s.Reason, at(s.At))
}

// effect does what the state machine asks for.
func (r *runningOrder) effect(ctx context.Context, t *txn, e procedure.Effect) error {
	o := r.order
	switch e {
	case procedure.HoldClocks:
		return t.moveClocks(ctx, r.by, o.ID, clockHeld, o.Reason)
	case procedure.RunClocks:
		return t.moveClocks(ctx, r.by, o.ID, clockRunning, "resumed")
	case procedure.StopClocks:
		return t.moveClocks(ctx, r.by, o.ID, clockStopped, string(o.State))
	case procedure.OpenNext:
		return r.openNext(ctx, t)
	case procedure.TellOwner:
		return r.tellOwner(ctx, t)
	case procedure.TellManager:
		return t.notice(ctx, Notice{
			Kind: NoticeOrderReturned, Login: r.by.name, Case: o.Case, Detail: fmt.Sprintf("%s gave %s back: %s", r.by.name, o.Number, o.Reason),
		}, fmt.Sprintf("%s %d", o.ID, o.Version))
	case procedure.Judge: // save judges every time
	}
	return nil
}

// NoticeOrderReturned says that an engineer gave an order back.
const NoticeOrderReturned = "order-returned"

// openNext opens the follow-on order that carries what was settled.
func (r *runningOrder) openNext(ctx context.Context, t *txn) error {
	next := r.order
	next.Previous, next.Next, next.State, next.Result = r.order.ID, "", procedure.Open, ""
	next.PromisedFrom, next.PromisedTo, next.PlannedFrom, next.PlannedTo = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	next.EndedAt, next.RespondBy = time.Time{}, time.Time{} // the response was given, or missed, by the first
	if next.Engineer != "" {
		next.State = procedure.Assigned
	}
	carried := make([]procedure.Settled, 0, len(r.progress.Settled))
	for _, s := range r.progress.Settled {
		set(&s.Order, r.order.ID)
		carried = append(carried, s)
	}
	slices.SortFunc(carried, func(a, b procedure.Settled) int { return strings.Compare(a.Step, b.Step) })
	opened, err := t.insertOrder(ctx, r.by, next, r.def, carried)
	if err != nil {
		return err
	}
	r.order.Next = opened.ID
	return t.do(ctx, `INSERT INTO order_people (order_id, login, part, added_by, added_at)
		SELECT ?, login, part, added_by, added_at FROM order_people WHERE order_id = ?`, opened.ID, r.order.ID)
}

// tellOwner ends the escalation: the case goes back to its owner, who confirms the solution with the customer and closes it.
func (r *runningOrder) tellOwner(ctx context.Context, t *txn) error {
	if r.order.Escalation == "" {
		return nil
	}
	e, err := t.escalation(ctx, r.order.Escalation)
	if err != nil || !e.EndedAt.IsZero() {
		return err
	}
	ch := escalationChange{input: finishEscalation, by: r.by.name}
	if r.order.State == procedure.Cancelled {
		ch.input = declineEscalation
	}
	ch.edit = func(e *Escalation) {
		if ch.input == declineEscalation {
			e.Reason = r.order.Reason
		} else {
			e.Result = r.order.Number + ": " + r.order.Result
		}
	}
	_, err = t.moveEscalation(ctx, e, ch)
	return err
}

// what an event says happened, or the kind of a piece of evidence.
func (e Evidence) what() string {
	var body struct {
		What string `json:"what"`
	}
	if e.Kind == procedure.Event && json.Unmarshal(e.Body, &body) == nil {
		return body.What
	}
	return string(e.Kind)
}

package records

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"hotline/records/procedure"
)

// orderCommand is one action on an order.
type orderCommand struct {
	do      procedure.Action
	step    string
	reason  string
	version int64
	what    string                       // for the chain and for listeners
	more    map[string]any               // for the chain
	edit    func(t *txn, o *Order) error // changes fields that the procedure does not look at
}

func (s *Store) commandOrder(ctx context.Context, by Actor, id string, c orderCommand) (Order, error) {
	c.reason = text(c.reason)
	var f faults
	f.short("reason", c.reason, maxText)
	if err := f.problem(ErrInvalid, "order_invalid", "Mend the fields named.", "The order cannot be changed like this."); err != nil {
		return Order{}, err
	}
	var out Order
	err := s.write(ctx, string(c.do)+" order", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		r, err := t.running(ctx, a, id, c.version, c.do)
		if err != nil {
			return err
		}
		if err := r.apply(ctx, t, procedure.Input{Do: c.do, Step: c.step, Parts: a.parts, Reason: c.reason}); err != nil {
			return err
		}
		if c.edit != nil {
			if err := c.edit(t, &r.order); err != nil {
				return err
			}
		}
		if err := r.record(ctx, t, c); err != nil {
			return err
		}
		if err := r.save(ctx, t, c.what, c.step); err != nil {
			return err
		}
		out, err = t.order(ctx, r.order.ID)
		return err
	})
	return out, err
}

// record puts the action into the chain. Waivers and overrides are evidence of their own kind, and in the audit log.
func (r *runningOrder) record(ctx context.Context, t *txn, c orderCommand) error {
	kind, privileged := procedure.Event, false
	switch c.do {
	case procedure.Waive:
		kind = procedure.Waiver
	case procedure.Pass:
		kind, privileged = procedure.Override, true
	case procedure.Cancel:
		privileged = true
	default:
	}
	if privileged {
		if err := t.audit(ctx, AuditEntry{By: r.by.name, Action: "order." + string(c.do), Object: r.order.Number, Reason: c.reason, Data: c.step}); err != nil {
			return err
		}
	}
	more := map[string]any{"reason": c.reason}
	maps.Copy(more, c.more)
	if kind == procedure.Event {
		return t.event(ctx, r.by, r.order, c.what, c.step, more)
	}
	more["what"] = c.what
	body, err := json.Marshal(more)
	if err != nil {
		return err
	}
	_, err = t.chain(ctx, Evidence{
		Order: r.order.ID, Case: r.order.Case, Step: c.step, Kind: kind, Actor: r.by.name, Role: r.settledAs(c.step), Via: r.by.Via, Body: body,
	})
	return err
}

// CompleteStep settles a step that has its evidence. Errors: ErrIncomplete with Problem.Lacks when a predecessor or evidence
// is missing (I7), ErrForbidden, ErrConflict, ErrNotFound. version is the order's as seen, 0 = whatever; so for the others.
func (s *Store) CompleteStep(ctx context.Context, by Actor, order, step string, version int64) (Order, error) {
	return s.commandOrder(ctx, by, order, orderCommand{do: procedure.Complete, step: step, version: version, what: "completed"})
}

// WaiveStep settles a step that is not wanted, with a reason, where the procedure lets the actor.
func (s *Store) WaiveStep(ctx context.Context, by Actor, order, step, reason string, version int64) (Order, error) {
	return s.commandOrder(ctx, by, order, orderCommand{do: procedure.Waive, step: step, reason: reason, version: version, what: "waived"})
}

// OverrideStep lets a step pass that lacks evidence: a service manager, with a reason. It is kept and shown for ever.
func (s *Store) OverrideStep(ctx context.Context, by Actor, order, step, reason string, version int64) (Order, error) {
	return s.commandOrder(ctx, by, order, orderCommand{do: procedure.Pass, step: step, reason: reason, version: version, what: "overridden"})
}

// AssignOrder names the engineer of an order, or another one. Errors: also ErrNotFound and ErrInvalid (no engineer).
func (s *Store) AssignOrder(ctx context.Context, by Actor, order, engineer string, version int64) (Order, error) {
	return s.commandOrder(ctx, by, order, orderCommand{
		do: procedure.Assign, version: version, what: "assigned", more: map[string]any{"engineer": engineer},
		edit: func(t *txn, o *Order) error {
			u, err := t.user(ctx, engineer)
			if err != nil {
				return err
			}
			if u.Disabled || !u.Is(RoleEngineer) && !u.Is(RoleSupervisor) && !u.Is(RoleAgent) {
				return problem(ErrInvalid, "no_engineer", "Choose an engineer.", "%s does not carry out orders.", engineer)
			}
			o.Engineer = engineer
			return nil
		},
	})
}

// UnassignOrder gives an order back that was not begun, with a reason; the manager is told.
func (s *Store) UnassignOrder(ctx context.Context, by Actor, order, reason string, version int64) (Order, error) {
	return s.commandOrder(ctx, by, order, orderCommand{
		do: procedure.Unassign, reason: reason, version: version, what: "unassigned",
		edit: func(_ *txn, o *Order) error { o.Engineer, o.Reason = "", reason; return nil },
	})
}

// OrderPlan is a time promised to the customer and a time of our own plan. Zero times do not change.
type OrderPlan struct {
	PromisedFrom, PromisedTo, PlannedFrom, PlannedTo time.Time
	Reason                                           string // of a change
}

// PlanOrder sets the times of an order. Errors: also ErrInvalid.
func (s *Store) PlanOrder(ctx context.Context, by Actor, order string, p OrderPlan, version int64) (Order, error) {
	var f faults
	f.times("promised", p.PromisedFrom, p.PromisedTo)
	f.times("planned", p.PlannedFrom, p.PlannedTo)
	if err := f.problem(ErrInvalid, "order_invalid", "Mend the fields named.", "The order cannot be planned like this."); err != nil {
		return Order{}, err
	}
	more := map[string]any{}
	for name, x := range map[string]time.Time{
		"promised_from": p.PromisedFrom, "promised_to": p.PromisedTo, "planned_from": p.PlannedFrom, "planned_to": p.PlannedTo,
	} {
		if !x.IsZero() {
			more[name] = x.UTC()
		}
	}
	return s.commandOrder(ctx, by, order, orderCommand{
		do: procedure.Plan, reason: p.Reason, version: version, what: "planned", more: more,
		edit: func(_ *txn, o *Order) error {
			if !p.PromisedFrom.IsZero() {
				o.PromisedFrom, o.PromisedTo = p.PromisedFrom, p.PromisedTo
			}
			if !p.PlannedFrom.IsZero() {
				o.PlannedFrom, o.PlannedTo = p.PlannedFrom, p.PlannedTo
			}
			return nil
		},
	})
}

// PauseOrder stops the clocks until ResumeOrder; reason says what is waited for.
func (s *Store) PauseOrder(ctx context.Context, by Actor, order, reason string, version int64) (Order, error) {
	return s.commandOrder(ctx, by, order, orderCommand{
		do: procedure.Pause, reason: reason, version: version, what: "paused",
		edit: func(_ *txn, o *Order) error { o.Reason = reason; return nil },
	})
}

// ResumeOrder lets a paused order and its clocks run on.
func (s *Store) ResumeOrder(ctx context.Context, by Actor, order string, version int64) (Order, error) {
	return s.commandOrder(ctx, by, order, orderCommand{do: procedure.Resume, version: version, what: "resumed"})
}

// ContinueOrder ends an order that was done in part and opens the next one (Order.Next), which carries the case, the
// engineer and every settled step that need not be done at each visit.
func (s *Store) ContinueOrder(ctx context.Context, by Actor, order, reason string, version int64) (Order, error) {
	return s.commandOrder(ctx, by, order, orderCommand{
		do: procedure.Continue, reason: reason, version: version, what: "continued",
		edit: func(_ *txn, o *Order) error { o.Reason = reason; return nil },
	})
}

// FinishOrder ends an order that has everything, and its escalation: the owner of the case has it back, to confirm with the
// customer. result says what was done. Errors: ErrIncomplete with Problem.Lacks.
func (s *Store) FinishOrder(ctx context.Context, by Actor, order, result string, version int64) (Order, error) {
	return s.commandOrder(ctx, by, order, orderCommand{
		do: procedure.Finish, version: version, what: "done", more: map[string]any{"result": text(result)},
		edit: func(_ *txn, o *Order) error { o.Result = text(result); return nil },
	})
}

// CancelOrder gives an order up: a service manager, with a reason. Its escalation goes back as declined.
func (s *Store) CancelOrder(ctx context.Context, by Actor, order, reason string, version int64) (Order, error) {
	return s.commandOrder(ctx, by, order, orderCommand{
		do: procedure.Cancel, reason: reason, version: version, what: "cancelled",
		edit: func(_ *txn, o *Order) error { o.Reason = reason; return nil },
	})
}

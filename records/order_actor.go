package records

import (
	"context"
	"slices"

	"hotline/records/procedure"
)

// Actor is who does something to an order: somebody of the staff (Login), a customer by a link, a key or a signature
// (Customer, with the login of who holds the device, if anybody does), or this server (zero: By(ctx), else "system").
type Actor struct {
	Login    string // of staff; roles are looked up in the records
	Customer string // name of the customer's person who acts
	Via      string // procedure.ViaLink, ViaKey, …; ViaDesk for staff when empty
}

// acting is an actor with the parts he may play.
type acting struct {
	Actor
	name  string // what stands in the records
	parts []string
}

// part is the part under which something is recorded: the first that fits.
func (a acting) part(allowed []string) string {
	for _, p := range a.parts {
		if slices.Contains(allowed, p) {
			return p
		}
	}
	if len(a.parts) == 0 {
		return ""
	}
	return a.parts[0]
}

func (a acting) is(part string) bool { return slices.Contains(a.parts, part) }

// acting looks up what an actor may do. A disabled or unknown user may do nothing. Errors: ErrForbidden.
func (c conn) acting(ctx context.Context, by Actor) (acting, error) {
	a := acting{Actor: by, name: by.Login}
	if a.name == "" {
		a.name = actor(ctx)
	}
	if by.Customer != "" {
		a.parts = append(a.parts, procedure.Customer)
		if by.Login == "" {
			a.name = "customer"
			return a, nil
		}
	}
	if a.name == "system" {
		set(&a.Via, procedure.ViaSystem)
		a.parts = append(a.parts, procedure.System)
		return a, nil
	}
	set(&a.Via, procedure.ViaDesk)
	u, err := c.user(ctx, a.name)
	if err != nil || u.Disabled {
		return a, problem(ErrForbidden, "not_staff", "Log in again.", "%q may not work on orders.", a.name)
	}
	a.parts = append(a.parts, PartsOf(u.Roles)...)
	return a, nil
}

// PartsOf gives the parts that people of these roles play in procedures.
func PartsOf(roles []string) []string {
	var parts []string
	for _, role := range roles {
		switch role {
		case RoleSupervisor:
			parts = append(parts, procedure.Manager)
		case RoleEngineer:
			parts = append(parts, procedure.Engineer)
		case RoleDispatcher:
			parts = append(parts, procedure.Dispatcher)
		case RoleAgent:
			parts = append(parts, procedure.Agent)
		}
	}
	return parts
}

// mayWork says who may do what to an order: managers and this server everything, dispatchers all but the steps themselves,
// engineers on their own orders and those they take part in, the owner of the case evidence and steps of hers, a customer
// evidence. The parts that a step asks for are the procedure's business.
func (t *txn) mayWork(ctx context.Context, a acting, o Order, do procedure.Action) error {
	if a.is(procedure.Manager) || a.is(procedure.System) {
		return nil
	}
	steps := []procedure.Action{procedure.Add, procedure.Complete, procedure.Waive, procedure.Pass}
	// A customer acts by a link, by keys, or by calling the hotline; who signs on an engineer's device does so at that engineer's order.
	if a.is(procedure.Customer) && do == procedure.Add && (a.Login == "" || a.Via == procedure.ViaHotline) {
		return nil
	}
	if a.is(procedure.Dispatcher) {
		return nil
	}
	taking := o.Engineer == a.name
	if !taking {
		var n int
		if err := t.get(ctx, &n, `SELECT COUNT(*) FROM order_people WHERE order_id = ? AND login = ?`, o.ID, a.name); err != nil {
			return err
		}
		taking = n > 0
	}
	if taking && do != procedure.Assign {
		return nil
	}
	if a.is(procedure.Agent) && o.CaseOwner == a.name && slices.Contains(steps, do) {
		return nil
	}
	return problem(ErrForbidden, "order_not_yours", "Ask dispatch or the service manager.", "The order %s is not yours.", o.Number)
}

// mayOpen says who may open an order: managers, dispatchers and this server any; the owner of a case, and the engineer of an
// order of it, one for that case (a joint consultation, a follow-up).
func (t *txn) mayOpen(ctx context.Context, a acting, in OpenOrder) error {
	if a.is(procedure.Manager) || a.is(procedure.Dispatcher) || a.is(procedure.System) {
		return nil
	}
	var n int
	if err := t.get(ctx, &n, `SELECT COUNT(*) FROM cases s WHERE s.number = ? AND (s.owner = ? OR EXISTS
		(SELECT 1 FROM orders o WHERE o.case_number = s.number AND o.engineer = ? AND o.ended_at IS NULL))`, in.Case, a.name, a.name); err != nil {
		return err
	}
	if n == 0 {
		return problem(ErrForbidden, "order_not_yours", "Ask dispatch or the service manager.", "You may not open this order.")
	}
	return nil
}

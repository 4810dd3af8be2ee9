package records

import (
	"context"
	"encoding/json"

	"hotline/records/procedure"
)

// mustBeRemote refuses orders of another kind, ended ones, and a step whose predecessors are open.
func (r *runningOrder) mustBeRemote(step string) error {
	if r.order.Kind != remoteKind || step == "" {
		return problem(ErrInvalid, "not_remote", "Open the order of the remote service.", "%s is no remote service.", r.order.Number)
	}
	if r.order.State.Ended() {
		return problem(ErrConflict, "order_state", "Load it again and see how it stands.", "The order %s is %s.", r.order.Number, r.order.State)
	}
	var before []procedure.Lack
	for _, s := range r.progress.Before(step) {
		before = append(before, procedure.Lack{
			Code: "predecessor", Step: s.Code, What: procedure.Text{ZH: "先完成“" + s.Name.ZH + "”", EN: s.Name.EN + " comes first"},
		})
	}
	if len(before) > 0 {
		return refusedBy(r.order, procedure.Add, before)
	}
	return nil
}

// measured adds what this server saw, for whom it saw it, to the evidence of an order that still runs; of an ended one it is an event.
func (t *txn) measured(ctx context.Context, by Actor, o Order, step, need string, fact map[string]any) error {
	now, err := t.order(ctx, o.ID)
	if err != nil {
		return err
	}
	by.Via = procedure.ViaSystem
	if now.State.Ended() {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		return t.event(ctx, a, now, step+"."+need, step, fact)
	}
	body, err := json.Marshal(fact)
	if err != nil {
		return err
	}
	_, err = t.addEvidence(ctx, by, EvidenceInput{Order: o.ID, Step: step, Need: need, Kind: procedure.Fact, Body: body})
	return err
}

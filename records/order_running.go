package records

import (
	"context"
	"slices"

	"hotline/records/procedure"
)

// runningOrder is an order with its progress, while a transaction changes it.
type runningOrder struct {
	order    Order
	was      Order // as it was loaded
	def      procedure.Definition
	progress procedure.Progress
	before   procedure.Progress
	effects  []procedure.Effect
	by       acting
}

// running loads an order for a change: the version that was seen, the right to do it.
func (t *txn) running(ctx context.Context, a acting, id string, version int64, do procedure.Action) (*runningOrder, error) {
	o, err := t.order(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := t.mayWork(ctx, a, o, do); err != nil {
		return nil, err
	}
	if version != 0 && version != o.Version {
		return nil, t.staleOrder(ctx, o, version)
	}
	p, err := t.progress(ctx, o)
	if err != nil {
		return nil, err
	}
	return &runningOrder{order: o, was: o, def: p.Def, progress: p, before: p, by: a}, nil
}

// staleOrder says what others did since.
func (t *txn) staleOrder(ctx context.Context, o Order, seen int64) error {
	var last evidenceRow
	if _, err := t.find(ctx, &last, selectEvidence+` WHERE e.order_id = ? ORDER BY e.seq DESC LIMIT 1`, o.ID); err != nil {
		return err
	}
	return problem(ErrConflict, "changed_meanwhile", "Load it again and repeat what you did.",
		"The order %s was changed by somebody else: you saw version %d, now it is %d (last: %s by %s, step %q).",
		o.Number, seen, o.Version, last.evidence().what(), last.Actor, last.Step)
}

// progress puts together where an order stands.
func (c conn) settledSteps(ctx context.Context, order string) ([]procedure.Settled, error) {
	var rows []struct {
		Step    string `db:"step"`
		Outcome string `db:"outcome"`
		Was     string `db:"was"`
		In      string `db:"settled_in"`
		Actor   string `db:"actor"`
		Role    string `db:"role"`
		Reason  string `db:"reason"`
		At      stamp  `db:"at"`
	}
	err := c.list(ctx, &rows, `SELECT step, outcome, was, settled_in, actor, role, reason, at FROM order_steps WHERE order_id = ? ORDER BY at, step`, order)
	out := make([]procedure.Settled, 0, len(rows))
	for _, r := range rows {
		out = append(out, procedure.Settled{
			Step: r.Step, Outcome: procedure.Outcome(r.Outcome), Was: procedure.Outcome(r.Was), Order: r.In, By: r.Actor, Role: r.Role,
			Reason: r.Reason, At: r.At.time(),
		})
	}
	return out, err
}

func (t *txn) progress(ctx context.Context, o Order) (procedure.Progress, error) {
	return t.s.progress(ctx, t.conn, o)
}

func (s *Store) progress(ctx context.Context, c conn, o Order) (procedure.Progress, error) {
	def, err := s.definition(ctx, c, o.Procedure, o.ProcedureVersion)
	if err != nil {
		return procedure.Progress{}, err
	}
	p := procedure.Progress{Def: def, State: o.State, Settled: map[string]procedure.Settled{}}
	settled, err := c.settledSteps(ctx, o.ID)
	if err != nil {
		return p, err
	}
	orders := []any{o.ID}
	for _, x := range settled {
		p.Settled[x.Step] = x
		if x.Order != "" && !slices.Contains(orders, any(x.Order)) {
			orders = append(orders, x.Order)
		}
	}
	for _, id := range orders {
		pieces, err := c.pieces(ctx, id)
		if err != nil {
			return p, err
		}
		for _, piece := range pieces {
			if id == o.ID || p.Settled[piece.Step].Order == id {
				p.Pieces = append(p.Pieces, piece)
			}
		}
	}
	return p, nil
}

func (c conn) pieces(ctx context.Context, order any) ([]procedure.Piece, error) {
	var rows []struct {
		evidenceRow
		Media string `db:"media"`
	}
	err := c.list(ctx, &rows, `SELECT e.step, e.need, e.kind, e.actor, e.via, e.body, COALESCE(e.file, '') AS file, e.at, COALESCE(f.media, '') AS media
		FROM evidence e LEFT JOIN files f ON f.id = e.file WHERE e.order_id = ? AND e.kind <> ? ORDER BY e.seq`, order, string(procedure.Event))
	out := make([]procedure.Piece, 0, len(rows))
	for _, r := range rows {
		e := r.evidence()
		out = append(out, procedure.Piece{
			Step: e.Step, Need: e.Need, Kind: e.Kind, Actor: e.Actor, Via: e.Via, Body: e.Body, File: e.File, Media: r.Media, At: e.At,
		})
	}
	return out, err
}

// apply asks the procedure. A refusal lists everything that is missing, in both languages.
func (r *runningOrder) apply(_ context.Context, t *txn, in procedure.Input) error {
	next, effects, missing := r.progress.Apply(in, t.now)
	if len(missing) > 0 {
		return refusedBy(r.order, in.Do, missing)
	}
	r.progress, r.effects = next, effects
	r.order.State = next.State
	return nil
}

func refusedBy(o Order, do procedure.Action, missing []procedure.Lack) error {
	refused := func(kind error, code, say string) *Problem {
		return problem(kind, code, say, "Order %s: %q is not possible.", o.Number, string(do))
	}
	p := refused(ErrIncomplete, "order_incomplete", "Add what is missing.")
	switch missing[0].Code {
	case "state":
		p = refused(ErrConflict, "order_state", "Load it again and see how it stands.")
	case "settled":
		p = refused(ErrConflict, "step_settled", "Load it again and see how it stands.")
	case "no_step", "no_need", "wrong_kind", "wrong_channel", "not_a_picture", "field_wrong", "waiver_not_allowed":
		p = refused(ErrInvalid, "evidence_invalid", "Look at what the step asks for.")
	case "not_yours", "manager_only", "not_waivable":
		p = refused(ErrForbidden, "order_not_allowed", "Ask who may.")
	}
	p.Lacks = missing
	for _, m := range missing {
		name := m.Step
		if m.Need != "" {
			name += "." + m.Need
		}
		p.Fields = append(p.Fields, Field{Name: name, Code: m.Code, What: m.What.EN, Do: p.Do})
	}
	return p
}

package records

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Swept counts what a sweep found past its time.
type Swept struct {
	Escalations  int // nobody accepted: gone up to the manager
	HandOvers    int // nobody accepted: returned to the owner
	Callbacks    int // not called in time: the manager is told
	FollowUps    int // customers not asked in time
	Lapsed       int // links to the survey that nobody answered
	Draws        int // days whose sample was drawn
	Improvements int // not done in time
	Visits       int // regular visits that have come due
}

// sweepBatch bounds one transaction, so that a long outage does not end in one that blocks everything else.
const sweepBatch = 100

// SweepOverdue does what time alone decides (I2, I5): escalations that nobody accepted go up to the service manager,
// hand-overs that nobody accepted return to the owner, promised callbacks that were not made are told. Owners never change
// by it. Any node may sweep at any time; everything happens once.
func (s *Store) SweepOverdue(ctx context.Context, now time.Time) (Swept, error) {
	var total Swept
	for _, part := range []struct {
		count *int
		sweep func(*txn, context.Context, time.Time) (int, error)
	}{
		{&total.Escalations, (*txn).sweepEscalations},
		{&total.HandOvers, (*txn).sweepHandOvers},
		{&total.Callbacks, (*txn).sweepCallbacks},
		{&total.Draws, (*txn).sweepDraws},
		{&total.FollowUps, (*txn).sweepFollowUps},
		{&total.Lapsed, (*txn).sweepLinked},
		{&total.Improvements, (*txn).sweepImprovements},
		{&total.Visits, (*txn).sweepVisits},
	} {
		for {
			n := 0
			err := s.write(ctx, "sweep", func(t *txn) (err error) {
				n, err = part.sweep(t, ctx, now)
				return err
			})
			*part.count += n
			if err != nil {
				return total, err
			}
			if n < sweepBatch {
				break
			}
		}
	}
	return total, nil
}

func (t *txn) sweepEscalations(ctx context.Context, now time.Time) (int, error) {
	var rows []escalationRow
	if err := t.list(ctx, &rows, selectEscalation+` WHERE e.state = ? AND e.respond_by <= ? ORDER BY e.respond_by, e.id LIMIT ?`,
		string(EscalationOpen), at(now), sweepBatch); err != nil {
		return 0, err
	}
	for _, r := range rows {
		if _, err := t.moveEscalation(ctx, r.escalation(), escalationChange{input: expireEscalation, by: t.by}); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

func (t *txn) sweepHandOvers(ctx context.Context, now time.Time) (int, error) {
	var rows []handOverRow
	if err := t.list(ctx, &rows, `SELECT * FROM handovers WHERE outcome = '' AND expires_at <= ? ORDER BY expires_at, id LIMIT ?`,
		at(now), sweepBatch); err != nil {
		return 0, err
	}
	for _, r := range rows {
		c, err := t.caseByNumber(ctx, r.Case)
		if err != nil {
			return 0, err
		}
		if _, err := t.moveOwner(ctx, c, ownerChange{
			input: giveBack, actor: t.by, call: r.Call, reason: HandOverExpired, outcome: HandOverExpired,
		}); err != nil {
			return 0, errors.Join(fmt.Errorf("hand-over %s", r.ID), err)
		}
	}
	return len(rows), nil
}

func (t *txn) sweepCallbacks(ctx context.Context, now time.Time) (int, error) {
	var rows []callbackRow
	if err := t.list(ctx, &rows, `SELECT b.* FROM callbacks b WHERE b.state = 'open' AND b.due_at <= ?
		AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.once = ? || ' ' || b.id || ' ' || b.due_at)
		ORDER BY b.due_at, b.id LIMIT ?`, at(now), NoticeCallback, sweepBatch); err != nil {
		return 0, err
	}
	for _, r := range rows {
		c := r.callback()
		if err := t.notice(ctx, Notice{
			Kind: NoticeCallback, Login: c.Login, Case: c.Case, Call: c.Call,
			Detail: fmt.Sprintf("The call to %s promised for %s was not made.", c.Number, c.Due.In(t.s.opt.Zone).Format(time.DateTime)),
		}, fmt.Sprintf("%s %d", c.ID, int64(r.Due))); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

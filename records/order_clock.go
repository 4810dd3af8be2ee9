package records

import (
	"context"
	"slices"
	"time"

	"hotline/records/procedure"
)

func (t *txn) startClock(ctx context.Context, a acting, n NewClock) error {
	if n.From.IsZero() {
		n.From = t.now
	}
	return t.do(ctx, `INSERT INTO clock_segments (subject, clock, seq, from_at, state, within, calendar, reason, actor)
		VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)`, n.Subject, n.Clock, at(n.From), clockRunning, n.Within.Microseconds(), n.Calendar, text(n.Reason), a.name)
}

// segment ends the last segment of a clock with another one.
func (t *txn) segment(ctx context.Context, a acting, last segmentRow, state, reason string) error {
	from := t.now
	if last.From.time().After(from) { // the clock of this machine was set back
		from = last.From.time()
	}
	return t.do(ctx, `INSERT INTO clock_segments (subject, clock, seq, from_at, state, within, calendar, reason, actor)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, last.Subject, last.Clock, last.Seq+1, at(from), state, last.Within, last.Calendar, text(reason), a.name)
}

// startClocks starts the clocks of a procedure that run from a step ("" for the opening).
func (t *txn) startClocks(ctx context.Context, a acting, o Order, p procedure.Progress, from string) error {
	for _, s := range p.Def.Steps {
		if _, settled := p.Settled[s.Code]; s.Clock == "" || s.From != from || settled {
			continue
		}
		if from == "" && o.Previous != "" {
			if carried, err := t.carryClock(ctx, a, o, s); carried || err != nil {
				if err != nil {
					return err
				}
				continue
			}
		}
		n := NewClock{Subject: o.ID, Clock: s.Clock, From: t.now, Within: s.Within, Calendar: s.Calendar, Reason: "opened"}
		if n.Calendar == centreCalendar {
			n.Calendar = t.s.calendarName(o.Centre)
		}
		if from != "" {
			n.Reason = from
		}
		if s.Within == 0 {
			if o.RespondBy.IsZero() {
				continue // nothing was agreed
			}
			if o.Escalation != "" { // the customer waits since then
				e, err := t.escalation(ctx, o.Escalation)
				if err != nil {
					return err
				}
				n.From = e.RaisedAt
			}
			n.Within = max(t.s.calendar(n.Calendar).Between(n.From, o.RespondBy), 0)
		}
		if err := t.startClock(ctx, a, n); err != nil {
			return err
		}
	}
	return nil
}

// carryClock lets a clock run on in a follow-on order when the order before ended without what it measures: neither its time
// nor its pauses are lost. The span between, in which nobody waits, is none: both happen in one transaction.
func (t *txn) carryClock(ctx context.Context, a acting, o Order, s procedure.Step) (bool, error) {
	rows, err := t.segments(ctx, o.Previous, s.Clock)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	var settled int
	if err := t.get(ctx, &settled, `SELECT COUNT(*) FROM order_steps WHERE order_id = ? AND step = ?`, o.Previous, s.Code); err != nil || settled > 0 {
		return false, err
	}
	rows = slices.DeleteFunc(rows, func(r segmentRow) bool { return r.State == clockStopped })
	for _, r := range rows {
		if err := t.do(ctx, `INSERT INTO clock_segments (subject, clock, seq, from_at, state, within, calendar, reason, actor)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, o.ID, r.Clock, r.Seq, r.From, r.State, r.Within, r.Calendar, r.Reason, r.Actor); err != nil {
			return false, err
		}
	}
	last := rows[len(rows)-1]
	if last.Subject = o.ID; last.State == clockHeld {
		err = t.segment(ctx, a, last, clockRunning, "continued")
	}
	return true, err
}

// stepClocks stops the clock that a settled step keeps, and starts those that run from it.
func (t *txn) stepClocks(ctx context.Context, r *runningOrder, code string) error {
	if step, ok := r.def.Step(code); ok && step.Clock != "" {
		rows, err := t.segments(ctx, r.order.ID, step.Clock)
		if err != nil {
			return err
		}
		if len(rows) > 0 && rows[len(rows)-1].State != clockStopped {
			if err := t.segment(ctx, r.by, rows[len(rows)-1], clockStopped, code); err != nil {
				return err
			}
		}
	}
	return t.startClocks(ctx, r.by, r.order, r.progress, code)
}

// moveClocks holds, runs or stops every clock of an order that is not in that state.
func (t *txn) moveClocks(ctx context.Context, a acting, order, state, reason string) error {
	clocks, err := t.s.clocks(ctx, t.conn, order)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if c.State == state || c.State == clockStopped {
			continue
		}
		rows, err := t.segments(ctx, order, c.Clock)
		if err != nil {
			return err
		}
		if err := t.segment(ctx, a, rows[len(rows)-1], state, reason); err != nil {
			return err
		}
	}
	return nil
}

// judge keeps the verdicts of an order's rules, for the quality report.
func (t *txn) judge(ctx context.Context, o Order, p procedure.Progress) error {
	verdict, err := t.s.clockVerdicts(ctx, t.conn, o, p)
	if err != nil {
		return err
	}
	clocks, err := t.s.clocks(ctx, t.conn, o.ID)
	if err != nil {
		return err
	}
	for _, r := range p.Def.Rules {
		if err := t.do(ctx, `INSERT INTO rule_verdicts (order_id, rule, verdict, missing_from) VALUES (?, ?, ?, ?)
			ON CONFLICT (order_id, rule) DO UPDATE SET verdict = excluded.verdict, missing_from = excluded.missing_from`,
			o.ID, r.Code, string(p.Judge(r, verdict)), at(missingFrom(r, clocks))); err != nil {
			return err
		}
	}
	return nil
}

// missingFrom is when a rule becomes missing by time alone: as soon as one of its clocks runs out.
func missingFrom(r procedure.Rule, clocks []Clock) time.Time {
	var first time.Time
	for _, proof := range r.Proof {
		for _, c := range clocks {
			if proof.Clock == c.Clock && !c.LateAt.IsZero() && (first.IsZero() || c.LateAt.Before(first)) {
				first = c.LateAt
			}
		}
	}
	return first
}

// clockVerdicts tells how the clocks of an order stand, for rules. Of a clock that it does not have, the order that it
// continues speaks. A clock that was never started had nothing agreed: when its step is settled, nothing was missed. A clock
// whose step was not settled when the order ended was not kept.
func (s *Store) clockVerdicts(ctx context.Context, c conn, o Order, p procedure.Progress) (procedure.ClockVerdict, error) {
	clocks, err := s.clocks(ctx, c, o.ID)
	if err != nil {
		return nil, err
	}
	own := len(clocks)
	for previous := o.Previous; previous != ""; {
		before, err := s.clocks(ctx, c, previous)
		if err != nil {
			return nil, err
		}
		clocks = append(clocks, before...)
		if err := c.get(ctx, &previous, `SELECT COALESCE(previous, '') FROM orders WHERE id = ?`, previous); err != nil {
			return nil, err
		}
	}
	return func(name string) procedure.Verdict {
		step, _ := p.Def.ClockStep(name)
		_, settled := p.Settled[step.Code]
		for i, clock := range clocks {
			if clock.Clock != name {
				continue
			}
			if clock.Verdict == procedure.Proven && i < own && !settled {
				return procedure.Missing
			}
			return clock.Verdict
		}
		if settled {
			return procedure.Proven
		}
		return procedure.Pending
	}, nil
}

package queue

import (
	"context"
	"errors"
	"time"
)

// The methods of Board: what each asks, and what the ledger learns from the answer.

type none struct{}

// drives says that the ledger has the call as this node's, so the shared board must know it.
func (f *Failover) drives(call string) bool {
	f.local.mu.Lock()
	defer f.local.mu.Unlock()
	c := f.local.t.calls[call]
	return c != nil && c.node == f.local.opt.Node
}

// gone is the lost check of a step on one call. A call that another node took over is no loss: the ledger forgets it.
func gone[T any](f *Failover, call string) func(T, error) bool {
	return func(_ T, err error) bool {
		if errors.Is(err, ErrFenced) {
			f.local.teach(func(r *round) { r.loseCall(call) })
		}
		return errors.Is(err, ErrUnknown) && f.drives(call)
	}
}

// Enqueue implements Board.
func (f *Failover) Enqueue(ctx context.Context, w Waiting) (Enqueued, error) {
	return step(ctx, f, func(ctx context.Context, b Board) (Enqueued, error) { return b.Enqueue(ctx, w) },
		func(r *round, e Enqueued) { r.learnEnqueued(w, e) }, nil)
}

// Ready implements Board.
func (f *Failover) Ready(ctx context.Context, a Idle) ([]Match, error) {
	return step(ctx, f, func(ctx context.Context, b Board) ([]Match, error) { return b.Ready(ctx, a) },
		func(r *round, m []Match) { r.ready(a); r.learnMatches(m) }, nil)
}

// Unready implements Board.
func (f *Failover) Unready(ctx context.Context, agent string) (string, error) {
	return step(ctx, f, func(ctx context.Context, b Board) (string, error) { return b.Unready(ctx, agent) },
		func(r *round, _ string) { r.unready(agent) }, nil)
}

// Widen implements Board.
func (f *Failover) Widen(ctx context.Context, call string, epoch int64, s Step) ([]Match, error) {
	return step(ctx, f, func(ctx context.Context, b Board) ([]Match, error) { return b.Widen(ctx, call, epoch, s) },
		func(r *round, m []Match) {
			if c := r.calls[call]; c != nil && c.epoch == epoch && c.winner == "" {
				r.apply(c, s)
				r.index(c)
			}
			r.learnMatches(m)
		}, gone[[]Match](f, call))
}

// Answer implements Board.
func (f *Failover) Answer(ctx context.Context, call, agent string, at time.Time) (Won, error) {
	return step(ctx, f, func(ctx context.Context, b Board) (Won, error) { return b.Answer(ctx, call, agent, at) },
		func(r *round, w Won) {
			if c := r.calls[call]; c != nil && c.winner == "" {
				r.release(agent, call)
				r.win(c, agent, at)
			}
			r.learnMatches(w.Matches)
		}, gone[Won](f, call))
}

// Reopen implements Board.
func (f *Failover) Reopen(ctx context.Context, call, agent string) ([]Match, error) {
	return step(ctx, f, func(ctx context.Context, b Board) ([]Match, error) { return b.Reopen(ctx, call, agent) },
		func(r *round, m []Match) {
			if c := r.calls[call]; c != nil && c.winner == agent {
				r.reopen(c)
			}
			r.learnMatches(m)
		}, gone[[]Match](f, call))
}

// Miss implements Board.
func (f *Failover) Miss(ctx context.Context, call, agent string, requeue bool) ([]Match, error) {
	return step(ctx, f, func(ctx context.Context, b Board) ([]Match, error) { return b.Miss(ctx, call, agent, requeue) },
		func(r *round, m []Match) {
			if c := r.calls[call]; c != nil && c.ringing[agent] != "" {
				r.miss(c, agent, requeue)
			}
			r.learnMatches(m)
		}, gone[[]Match](f, call))
}

// Move implements Board.
func (f *Failover) Move(ctx context.Context, call, queue string) ([]Match, error) {
	return step(ctx, f, func(ctx context.Context, b Board) ([]Match, error) { return b.Move(ctx, call, queue) },
		func(r *round, m []Match) {
			if c := r.calls[call]; c != nil {
				r.move(c, queue)
			}
			r.learnMatches(m)
		}, gone[[]Match](f, call))
}

// Leave implements Board.
func (f *Failover) Leave(ctx context.Context, call string) (Left, error) {
	return step(ctx, f, func(ctx context.Context, b Board) (Left, error) { return b.Leave(ctx, call) },
		func(r *round, l Left) {
			if c := r.calls[call]; c != nil {
				r.leave(c)
			}
			r.learnMatches(l.Matches)
		}, gone[Left](f, call))
}

// Restore implements Board: the ledger's own knowledge gives way to s.
func (f *Failover) Restore(ctx context.Context, s Standing) ([]string, error) {
	return step(ctx, f, func(ctx context.Context, b Board) ([]string, error) { return b.Restore(ctx, s) },
		func(r *round, fenced []string) { r.learnStanding(s, fenced) }, nil)
}

// Know implements Board.
func (f *Failover) Know(ctx context.Context, number string, c Caller) error {
	_, err := step(ctx, f, func(ctx context.Context, b Board) (none, error) { return none{}, b.Know(ctx, number, c) },
		func(r *round, _ none) { r.know(number, c) }, nil)
	return err
}

// Lookup implements Board.
func (f *Failover) Lookup(ctx context.Context, call string) (Known, error) {
	return step(ctx, f, func(ctx context.Context, b Board) (Known, error) { return b.Lookup(ctx, call) },
		func(*round, Known) {}, gone[Known](f, call))
}

// Calls implements Board.
func (f *Failover) Calls(ctx context.Context, switchName string) ([]string, error) {
	return step(ctx, f, func(ctx context.Context, b Board) ([]string, error) { return b.Calls(ctx, switchName) },
		func(*round, []string) {}, nil)
}

// Adopt implements Board.
func (f *Failover) Adopt(ctx context.Context, call string) (Known, error) {
	return step(ctx, f, func(ctx context.Context, b Board) (Known, error) { return b.Adopt(ctx, call) },
		func(r *round, k Known) { r.learnKnown(k) }, gone[Known](f, call))
}

// Lease implements Board. A lease that ran out may mean that the shared board was emptied: it is written anew.
func (f *Failover) Lease(ctx context.Context, ttl time.Duration) (Leased, error) {
	if ttl <= 0 {
		ttl = f.local.opt.LeaseTTL
	}
	f.mu.RLock()
	turn := f.turn
	f.mu.RUnlock()
	l, err := step(ctx, f, func(ctx context.Context, b Board) (Leased, error) { return b.Lease(ctx, ttl) },
		func(r *round, l Leased) {
			for _, k := range l.Orphans {
				r.learnKnown(k)
			}
			r.learnMatches(l.Matches)
			r.nodes.put(r.node, millis(r.now())+ttl.Milliseconds())
		}, nil)
	if err == nil && l.Lost {
		f.degrade(turn, "this node's lease on the shared board was gone")
	}
	return l, err
}

// Arm implements Board.
func (f *Failover) Arm(ctx context.Context, call string, epoch int64, due []Due) error {
	_, err := step(ctx, f, func(ctx context.Context, b Board) (none, error) { return none{}, b.Arm(ctx, call, epoch, due) },
		func(r *round, _ none) {
			if c := r.calls[call]; c != nil && c.epoch == epoch {
				r.arm(c, due)
			}
		}, gone[none](f, call))
	return err
}

// Due implements Board.
func (f *Failover) Due(ctx context.Context, now time.Time, max int) ([]Deadline, error) {
	return step(ctx, f, func(ctx context.Context, b Board) ([]Deadline, error) { return b.Due(ctx, now, max) },
		func(*round, []Deadline) {}, nil)
}

// Fire implements Board.
func (f *Failover) Fire(ctx context.Context, d Deadline) (bool, error) {
	return step(ctx, f, func(ctx context.Context, b Board) (bool, error) { return b.Fire(ctx, d) },
		func(r *round, fired bool) {
			if c := r.calls[d.Call]; c != nil && c.epoch == d.Epoch && fired {
				delete(c.deadlines, d.Kind)
				r.index(c)
			}
		}, nil)
}

// Holds is the shared board's word; alone, every step is decided in memory at once, and there is nothing to run ahead of.
func (f *Failover) Holds(since time.Time) bool {
	h, ok := f.shared.(holder)
	return ok && f.Mode() == ModeShared && h.Holds(since)
}

// Wakes gives the shared board's mailbox bell.
func (f *Failover) Wakes(ctx context.Context) (bell <-chan struct{}, wait func()) {
	if w, ok := f.shared.(waker); ok {
		return w.Wakes(ctx)
	}
	return nil, func() {}
}

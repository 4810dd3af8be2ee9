package queue

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// LocalBoard is a Board in memory: the degraded mode of a node whose Redis is gone, the board of an installation without
// Redis, and what the Redis scripts are checked against. It is safe for concurrent use.
type LocalBoard struct {
	opt      BoardOptions
	mu       *sync.Mutex
	t        *table
	leased   bool
	commands atomic.Int64
}

var _ Board = (*LocalBoard)(nil)

// NewLocalBoard gives an empty board.
func NewLocalBoard(opt BoardOptions) *LocalBoard {
	opt = opt.withDefaults()
	return &LocalBoard{opt: opt, mu: new(sync.Mutex), t: newTable(opt.Now)}
}

// Beside gives another node's view of the same board, as two controllers see one Redis.
func (b *LocalBoard) Beside(node string) *LocalBoard {
	opt := b.opt
	opt.Node = node
	return &LocalBoard{opt: opt, mu: b.mu, t: b.t}
}

// Mode is ModeLocal.
func (b *LocalBoard) Mode() string { return ModeLocal }

// Commands counts the steps taken, as RedisBoard counts commands.
func (b *LocalBoard) Commands() int64 { return b.commands.Load() }

// step begins one atomic step; the caller must call the second result to end it.
func (b *LocalBoard) step(ctx context.Context) (*round, func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	b.commands.Add(1)
	b.mu.Lock()
	return &round{table: b.t, node: b.opt.Node}, b.mu.Unlock, nil
}

// Enqueue implements Board.
func (b *LocalBoard) Enqueue(ctx context.Context, w Waiting) (Enqueued, error) {
	if err := w.check(); err != nil {
		return Enqueued{}, err
	}
	r, done, err := b.step(ctx)
	if err != nil {
		return Enqueued{}, err
	}
	defer done()
	if c := r.calls[w.Call]; c != nil {
		return c.enqueued(r.place(c), c.matches()), nil
	}
	if w.MaxWaiting > 0 && r.line.size(w.Queue) >= w.MaxWaiting {
		return Enqueued{}, ErrFull
	}
	r.epoch++
	c := r.add(w, r.callers[w.Number], r.epoch)
	r.begin(c)
	r.adopt(c, w.Ringing)
	r.index(c)
	r.fill(c, false)
	place := 0
	if len(c.ringing) == 0 {
		place = r.place(c)
	}
	return c.enqueued(place, r.matches), nil
}

// Ready implements Board.
func (b *LocalBoard) Ready(ctx context.Context, i Idle) ([]Match, error) {
	if err := named("agent", i.Agent); err != nil {
		return nil, err
	}
	r, done, err := b.step(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if a := r.ready(i); a.claim == "" {
		r.offer(a, true)
	}
	return r.matches, nil
}

// Unready implements Board.
func (b *LocalBoard) Unready(ctx context.Context, agent string) (string, error) {
	r, done, err := b.step(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return r.unready(agent), nil
}

// Widen implements Board.
func (b *LocalBoard) Widen(ctx context.Context, call string, epoch int64, s Step) ([]Match, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	r, done, err := b.step(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	c, err := r.driven(b.opt.Node, call)
	if err != nil {
		return nil, err
	}
	if c.epoch != epoch || c.winner != "" {
		return nil, nil
	}
	r.apply(c, s)
	r.index(c)
	r.fill(c, true)
	return r.matches, nil
}

// Answer implements Board.
func (b *LocalBoard) Answer(ctx context.Context, call, agent string, at time.Time) (Won, error) {
	if err := named("agent", agent); err != nil {
		return Won{}, err
	}
	r, done, err := b.step(ctx)
	if err != nil {
		return Won{}, err
	}
	defer done()
	c, err := r.driven(b.opt.Node, call)
	if err != nil {
		return Won{}, err
	}
	if c.winner == agent {
		return Won{Winner: agent}, nil
	}
	if c.winner != "" {
		return Won{Winner: c.winner}, ErrTaken
	}
	if a := r.agents[agent]; a != nil && a.claim != "" && a.claim != call {
		return Won{}, ErrBusy
	}
	losers, freed := r.win(c, agent, at)
	r.offerAll(freed)
	return Won{Winner: agent, Losers: losers, Matches: r.matches}, nil
}

// Reopen implements Board.
func (b *LocalBoard) Reopen(ctx context.Context, call, agent string) ([]Match, error) {
	r, done, err := b.step(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	c, err := r.driven(b.opt.Node, call)
	if err != nil {
		return nil, err
	}
	if c.winner == "" {
		return nil, nil
	}
	if c.winner != agent {
		return nil, ErrTaken
	}
	r.reopen(c)
	r.fill(c, false)
	return r.matches, nil
}

// Miss implements Board.
func (b *LocalBoard) Miss(ctx context.Context, call, agent string, requeue bool) ([]Match, error) {
	r, done, err := b.step(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	c, err := r.driven(b.opt.Node, call)
	if err != nil {
		return nil, err
	}
	if c.ringing[agent] == "" {
		return nil, nil
	}
	a := r.miss(c, agent, requeue)
	r.fill(c, false)
	if a != nil && a.claim == "" {
		r.offer(a, false)
	}
	return r.matches, nil
}

// Move implements Board. An answered call is not moved: ErrTaken.
func (b *LocalBoard) Move(ctx context.Context, call, queue string) ([]Match, error) {
	if err := named("other queue", queue); err != nil {
		return nil, err
	}
	r, done, err := b.step(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	c, err := r.driven(b.opt.Node, call)
	if err != nil {
		return nil, err
	}
	if c.winner != "" {
		return nil, ErrTaken
	}
	r.move(c, queue)
	r.fill(c, false)
	return r.matches, nil
}

// Leave implements Board.
func (b *LocalBoard) Leave(ctx context.Context, call string) (Left, error) {
	r, done, err := b.step(ctx)
	if err != nil {
		return Left{}, err
	}
	defer done()
	c, err := r.driven(b.opt.Node, call)
	if err != nil {
		return Left{}, err
	}
	names, freed := r.leave(c)
	r.offerAll(freed)
	return Left{Freed: names, Matches: r.matches}, nil
}

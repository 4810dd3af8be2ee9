package queue

import (
	"context"
	"errors"
	"time"
)

// The methods of Board that are one script each: what goes in and what comes out. redis.go talks to the server.

// Enqueue implements Board.
func (b *RedisBoard) Enqueue(ctx context.Context, w Waiting) (Enqueued, error) {
	if err := w.check(); err != nil {
		return Enqueued{}, err
	}
	r, err := b.run(ctx, "enqueue", w.args(b.opt.Node)...)
	if err != nil {
		return Enqueued{}, err
	}
	return r.enqueued(w.Call), nil
}

// Ready implements Board.
func (b *RedisBoard) Ready(ctx context.Context, a Idle) ([]Match, error) {
	if err := named("agent", a.Agent); err != nil {
		return nil, err
	}
	r, err := b.run(ctx, "ready", a.args()...)
	if err != nil || r.text(0) != "plain" {
		return b.matches(r, err)
	}
	return []Match{{Agent: a.Agent, Call: r.text(1), Epoch: r.number(2), Why: r.text(3)}}, nil
}

// Unready implements Board.
func (b *RedisBoard) Unready(ctx context.Context, agent string) (string, error) {
	r, err := b.run(ctx, "unready", agent)
	if err != nil {
		return "", err
	}
	return r.text(1), nil
}

// Widen implements Board.
func (b *RedisBoard) Widen(ctx context.Context, call string, epoch int64, s Step) ([]Match, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return b.matches(b.run(ctx, "widen", call, epoch, s.Who, s.More, s.Team))
}

// Answer implements Board.
func (b *RedisBoard) Answer(ctx context.Context, call, agent string, at time.Time) (Won, error) {
	if err := named("agent", agent); err != nil {
		return Won{}, err
	}
	r, err := b.run(ctx, "answer", call, agent, millis(at))
	if errors.Is(err, ErrTaken) {
		return Won{Winner: r.text(1)}, err
	}
	if err != nil {
		return Won{}, err
	}
	return Won{Winner: r.text(1), Losers: r.names(2), Matches: r.matches(3)}, nil
}

// Reopen implements Board.
func (b *RedisBoard) Reopen(ctx context.Context, call, agent string) ([]Match, error) {
	return b.matches(b.run(ctx, "reopen", call, agent))
}

// Miss implements Board.
func (b *RedisBoard) Miss(ctx context.Context, call, agent string, requeue bool) ([]Match, error) {
	return b.matches(b.run(ctx, "miss", call, agent, flag(requeue)))
}

// Move implements Board.
func (b *RedisBoard) Move(ctx context.Context, call, queue string) ([]Match, error) {
	if err := named("other queue", queue); err != nil {
		return nil, err
	}
	return b.matches(b.run(ctx, "move", call, queue))
}

// Leave implements Board.
func (b *RedisBoard) Leave(ctx context.Context, call string) (Left, error) {
	r, err := b.run(ctx, "leave", call)
	if err != nil {
		return Left{}, err
	}
	return Left{Freed: r.names(1), Matches: r.matches(2)}, nil
}

// Lookup implements Board.
func (b *RedisBoard) Lookup(ctx context.Context, call string) (Known, error) {
	return b.known(ctx, call, false)
}

// Adopt implements Board.
func (b *RedisBoard) Adopt(ctx context.Context, call string) (Known, error) {
	return b.known(ctx, call, true)
}

func (b *RedisBoard) known(ctx context.Context, call string, adopt bool) (Known, error) {
	r, err := b.run(ctx, "lookup", call, flag(adopt))
	if err != nil {
		return Known{}, err
	}
	return known(call, r.list(1), r.text(2)), nil
}

// Lease implements Board.
func (b *RedisBoard) Lease(ctx context.Context, ttl time.Duration) (Leased, error) {
	if ttl <= 0 {
		ttl = b.opt.LeaseTTL
	}
	asked := b.opt.Now()
	now := millis(asked)
	r, err := b.run(ctx, "lease", ttl.Milliseconds(), takeOverBatch)
	if err != nil {
		return Leased{}, err
	}
	former := r.number(1)
	b.hold.renewed(asked, b.opt.Now(), ttl, former < now)
	l := Leased{Lost: former > 0 && former < now || former == 0 && b.leased.Load(), Matches: r.matches(3)}
	b.leased.Store(true)
	for orphans := r.list(2); len(orphans) >= 3; orphans = orphans[3:] {
		l.Orphans = append(l.Orphans, known(orphans.text(0), orphans.list(1), orphans.text(2)))
	}
	return l, nil
}

// Holds says, from this node's own clock, whether its lease has lasted without a break from since until now.
func (b *RedisBoard) Holds(since time.Time) bool { return b.hold.lasts(since, b.opt.Now()) }

// Arm implements Board.
func (b *RedisBoard) Arm(ctx context.Context, call string, epoch int64, due []Due) error {
	args := []any{call, epoch}
	for _, d := range due {
		args = append(args, d.Kind, millis(d.At))
	}
	_, err := b.run(ctx, "arm", args...)
	return err
}

// Due implements Board.
func (b *RedisBoard) Due(ctx context.Context, now time.Time, max int) ([]Deadline, error) {
	r, err := b.run(ctx, "due", millis(now), max)
	if err != nil {
		return nil, err
	}
	return r.deadlines(1), nil
}

// Fire implements Board.
func (b *RedisBoard) Fire(ctx context.Context, d Deadline) (bool, error) {
	r, err := b.run(ctx, "fire", d.Call, d.Epoch, d.Kind)
	if err != nil {
		return false, err
	}
	return r.number(1) == 1, nil
}

func (b *RedisBoard) matches(r reply, err error) ([]Match, error) {
	if err != nil {
		return nil, err
	}
	return r.matches(1), nil
}

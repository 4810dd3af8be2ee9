package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jmoiron/sqlx"
)

// querier is a pool or a transaction.
type querier interface {
	sqlx.ExtContext
	Rebind(query string) string
}

// conn runs statements with ? placeholders on whatever database there is.
type conn struct{ q querier }

func (c conn) get(ctx context.Context, dst any, query string, args ...any) error {
	return sqlx.GetContext(ctx, c.q, dst, c.q.Rebind(query), args...)
}

// find is get that reports a missing row as false instead of an error.
func (c conn) find(ctx context.Context, dst any, query string, args ...any) (bool, error) {
	err := c.get(ctx, dst, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (c conn) list(ctx context.Context, dst any, query string, args ...any) error {
	return sqlx.SelectContext(ctx, c.q, dst, c.q.Rebind(query), args...)
}

func (c conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := c.q.ExecContext(ctx, c.q.Rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// do is exec for statements whose count does not matter.
func (c conn) do(ctx context.Context, query string, args ...any) error {
	_, err := c.exec(ctx, query, args...)
	return err
}

// txn is one writing transaction and what must be told to others once it is durable.
type txn struct {
	conn
	s       *Store
	now     time.Time
	by      string
	numbers map[string]struct{} // whose owners may have changed
	vaults  []string            // sessions whose data keys are to be destroyed
	fed     bool                // the escalation feed has grown
	told    map[string]struct{} // who was told something
	posted  bool                // the outbox has grown
	orders  []OrderChange
	cases   map[string]struct{} // cases of which something is to be seen that was not before

	registering string // registration whose person is looking on, and need not be told
}

func (s *Store) read() conn { return conn{q: s.r} }

// snapshot runs fn on one unchanging view of the records.
func (s *Store) snapshot(ctx context.Context, what string, fn func(conn) error) error {
	tx, err := s.r.BeginTxx(ctx, nil)
	if err != nil {
		return s.explain(what, err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return s.explain(what, fn(conn{q: tx}))
}

// write runs fn in a transaction that is durable when write returns nil. fn may run several times: a locked database is
// tried again until ctx ends or Options.BusyWait has passed. Refusals of fn (*Problem) come back as they are.
func (s *Store) write(ctx context.Context, what string, fn func(*txn) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.opt.BusyWait, ErrBusy)
	defer cancel()
	wait := s.patience()
	for attempt := 1; ; attempt++ {
		err := s.writeOnce(ctx, fn)
		if err == nil || !s.dialect.busy(err) {
			if err != nil && errors.Is(context.Cause(ctx), ErrBusy) {
				err = errors.Join(ErrBusy, err)
			}
			return s.explain(what, err)
		}
		if s.opt.OnBusy != nil {
			s.opt.OnBusy(what, attempt)
		}
		if ended := wait.next(ctx); ended != nil {
			return s.explain(what, errors.Join(ErrBusy, ended, err))
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, fn func(*txn) error) error {
	tx, err := s.w.BeginTxx(ctx, &sql.TxOptions{Isolation: s.dialect.isolation})
	if err != nil {
		return err
	}
	t := &txn{conn: conn{q: tx}, s: s, now: s.now(), by: actor(ctx), numbers: map[string]struct{}{}, told: map[string]struct{}{}, cases: map[string]struct{}{}}
	if err := fn(t); err != nil {
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			s.log.Error("roll back", "err", undo)
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.tell(t)
	s.destroyLeft(ctx, t.vaults)
	return nil
}

// tell passes on what a committed transaction changed.
func (s *Store) tell(t *txn) {
	if t.fed {
		s.feed.send()
	}
	if t.posted {
		s.outbox.send()
	}
	if len(t.numbers) == 0 && len(t.orders) == 0 && len(t.told) == 0 && len(t.cases) == 0 {
		return
	}
	s.mu.Lock()
	listeners, changes, told, cases := s.owners, s.orderChanges, s.toldChanges, s.caseChanges
	s.mu.Unlock()
	for login := range t.told {
		for _, f := range told {
			f(login)
		}
	}
	for _, change := range t.orders {
		for _, f := range changes {
			f(change)
		}
	}
	for number := range t.cases {
		for _, f := range cases {
			f(number)
		}
	}
	for number := range t.numbers {
		for _, f := range listeners {
			f(number)
		}
	}
}

// explain adds where a fault came from; refusals meant for people stay as they are.
func (s *Store) explain(what string, err error) error {
	var p *Problem
	if err == nil || errors.As(err, &p) {
		return err
	}
	return fmt.Errorf("records: %s: %w", what, err)
}

// patience is the waiting between two attempts: 2 ms doubling to 64 ms, half of it by chance, so that several waiters do
// not meet again and again.
type patience struct{ delay time.Duration }

func (s *Store) patience() *patience { return &patience{delay: 2 * time.Millisecond} }

func (p *patience) next(ctx context.Context) error {
	timer := time.NewTimer(p.delay/2 + rand.N(p.delay/2+1)) //nolint:gosec // jitter
	defer timer.Stop()
	p.delay = min(2*p.delay, 64*time.Millisecond)
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// errands writes what must not be lost and must not hold up a call: each errand is repeated until it succeeds, in order.
// What is still undone when the process dies is found again from the journal of the call, which is written the same way.
type errands struct {
	log  *slog.Logger
	mu   sync.Mutex
	list []errand
	wake chan struct{}
}

type errand struct {
	what string
	do   func(context.Context) error
}

// errandTime bounds one try of an errand.
const errandTime = 30 * time.Second

func newErrands(log *slog.Logger) *errands {
	return &errands{log: log.With("component", "errands"), wake: make(chan struct{}, 1)}
}

// send queues an errand and returns at once. do tells a passing fault by an error; what can never succeed it settles itself.
func (e *errands) send(what string, do func(context.Context) error) {
	e.mu.Lock()
	e.list = append(e.list, errand{what, do})
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

func (e *errands) backlog() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.list)
}

func (e *errands) take() (errand, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.list) == 0 {
		return errand{}, false
	}
	return e.list[0], true
}

func (e *errands) done() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = e.list[1:]
}

// Run does errands until ctx ends, then gives each that is left one more try.
func (e *errands) Run(ctx context.Context) error {
	for {
		for next, ok := e.take(); ok; next, ok = e.take() {
			_, err := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, e.try(ctx, next) },
				backoff.WithBackOff(backoff.NewExponentialBackOff()), backoff.WithMaxElapsedTime(0),
				backoff.WithNotify(func(err error, again time.Duration) {
					e.log.Warn("an errand has to be repeated", "what", next.what, "error", err, "in", again)
				}))
			if err == nil {
				e.done()
			} else if ctx.Err() != nil { // nothing else ends the trying
				e.finish()
			}
		}
		select {
		case <-ctx.Done():
			e.finish()
			return nil
		case <-e.wake:
		}
	}
}

func (e *errands) try(ctx context.Context, next errand) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), errandTime)
	defer cancel()
	return next.do(ctx)
}

func (e *errands) finish() {
	for next, ok := e.take(); ok; next, ok = e.take() {
		if err := e.try(context.Background(), next); err != nil {
			e.log.Error("an errand is left undone at the end", "what", next.what, "error", err)
		}
		e.done()
	}
}

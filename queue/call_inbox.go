package queue

import (
	"context"
	"sync"
	"sync/atomic"
)

// inbox is the only way to a call. It is unbounded, because the sender is the switch's event reader or another call and
// must never block, and counted, so that a call that does not keep up is seen.
type inbox struct {
	mu      sync.Mutex
	waiting []callInput
	signal  chan struct{}
	closed  bool
	backlog *atomic.Int64 // shared by all calls
}

func newInbox(backlog *atomic.Int64) *inbox {
	return &inbox{signal: make(chan struct{}, 1), backlog: backlog}
}

// put appends and reports whether the call will see it.
func (b *inbox) put(in callInput) bool {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return false
	}
	b.waiting = append(b.waiting, in)
	b.mu.Unlock()
	b.backlog.Add(1)
	select {
	case b.signal <- struct{}{}:
	default:
	}
	return true
}

// take waits for what has come since, in order; ok is false when ctx is over.
func (b *inbox) take(ctx context.Context) (batch []callInput, ok bool) {
	for {
		b.mu.Lock()
		batch, b.waiting = b.waiting, nil
		b.mu.Unlock()
		if len(batch) > 0 {
			b.backlog.Add(-int64(len(batch)))
			return batch, true
		}
		select {
		case <-b.signal:
		case <-ctx.Done():
			return nil, false
		}
	}
}

// close refuses further input and gives back what nobody will handle.
func (b *inbox) close() []callInput {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	left := b.waiting
	b.waiting = nil
	b.backlog.Add(-int64(len(left)))
	return left
}

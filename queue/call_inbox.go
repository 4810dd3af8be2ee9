package queue

import (
	"sync"
	"sync/atomic"
)

// inbox is the only way to a call. It is unbounded, because the sender is the switch's event reader or another call and
// must never block, and counted, so that a call that does not keep up is seen.
type inbox struct {
	mu      sync.Mutex
	waiting []callInput
	owned   bool // a goroutine handles inputs now
	closed  bool
	backlog *atomic.Int64 // shared by all calls
}

// put appends. taken: the call will see it; wake: nobody handles inputs now, the sender must start the call's goroutine.
func (b *inbox) put(in callInput) (taken, wake bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false, false
	}
	b.waiting = append(b.waiting, in)
	b.backlog.Add(1)
	wake, b.owned = !b.owned, true
	return true, wake
}

// take gives what has come since, in order. Without any, the goroutine that asks is not the owner any more.
func (b *inbox) take() []callInput {
	b.mu.Lock()
	defer b.mu.Unlock()
	batch := b.waiting
	b.waiting = nil
	b.owned = len(batch) > 0
	b.backlog.Add(-int64(len(batch)))
	return batch
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

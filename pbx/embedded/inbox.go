package embedded

import "sync"

// inbox is the only way to a call. It is unbounded, because whoever sends must never wait, and it has no goroutine while
// it is empty: who puts the first input starts the owner. So at any time at most one goroutine owns the call, and a call
// that waits for nothing but its timers costs none.
type inbox struct {
	mu      sync.Mutex
	waiting []func()
	owned   bool
}

// begin gives a new owner's inbox, which was made owned, its first input, before whatever has come in meanwhile.
func (b *inbox) begin(first func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append([]func(){first}, b.waiting...)
}

// put appends an input. wake: nobody handles inputs now, the sender must see to it.
func (b *inbox) put(input func()) (wake bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, input)
	wake, b.owned = !b.owned, true
	return wake
}

// take gives what has come since, in order. Without any, whoever asks is not the owner any more.
func (b *inbox) take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	batch := b.waiting
	b.waiting = nil
	b.owned = len(batch) > 0
	return batch
}

// serve handles inputs until there are none.
func (b *inbox) serve() {
	for batch := b.take(); len(batch) > 0; batch = b.take() {
		for _, input := range batch {
			input()
		}
	}
}

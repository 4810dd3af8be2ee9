package agent

import (
	"context"
	"hash/maphash"
	"sync"
	"time"
)

// lanes is how many agents' news can be delivered at the same time.
const lanes = 8

// courier carries news out of the room. It exists so that no change of presence ever waits for anybody outside. News of one
// agent travel in one lane, in the order of the changes. There are two: one runs to the queue at once, because a caller may
// wait for what it says; the other follows to the managers, the listeners and the log.
type courier struct {
	seed   maphash.Seed
	behind time.Duration // news wait so long for company
	lanes  [lanes]lane
}

// lane is one ordered queue. It has no bound: it holds a few closures per change, and dropping one would leave the queue
// with a wrong belief about an agent.
type lane struct {
	mu    sync.Mutex
	queue []func()
	wake  chan struct{}
}

func newCourier(behind time.Duration) *courier {
	c := &courier{seed: maphash.MakeSeed(), behind: behind}
	for i := range c.lanes {
		c.lanes[i].wake = make(chan struct{}, 1)
	}
	return c
}

// send hands over one piece of news. It never blocks.
func (c *courier) send(login string, deliver func()) {
	l := &c.lanes[maphash.String(c.seed, login)%lanes]
	l.mu.Lock()
	l.queue = append(l.queue, deliver)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run delivers until ctx ends and everything sent before is delivered.
func (c *courier) run(ctx context.Context) {
	var all sync.WaitGroup
	for i := range c.lanes {
		all.Go(func() { c.lanes[i].run(ctx, c.behind) })
	}
	all.Wait()
}

func (l *lane) run(ctx context.Context, behind time.Duration) {
	for ctx.Err() == nil {
		select {
		case <-l.wake:
			if behind > 0 {
				linger(ctx, behind)
			}
			l.deliver()
		case <-ctx.Done():
		}
	}
	for l.deliver() {
	}
}

// deliver carries out what has come so far and says whether there was anything.
func (l *lane) deliver() bool {
	l.mu.Lock()
	batch := l.queue
	l.queue = nil
	l.mu.Unlock()
	for _, carry := range batch {
		carry()
	}
	return len(batch) > 0
}

// linger lets time pass, unless ctx ends before.
func linger(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

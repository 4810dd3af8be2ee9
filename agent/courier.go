package agent

import (
	"context"
	"hash/maphash"
	"sync"
)

// lanes is how many agents' news can be delivered at the same time.
const lanes = 8

// courier carries news out of the room: to the queue, the managers, the listeners, the log. It exists so that no change
// of presence ever waits for anybody outside. News of one agent travel in one lane, in the order of the changes.
type courier struct {
	seed  maphash.Seed
	lanes [lanes]lane
}

// lane is one ordered queue. It has no bound: it holds a few closures per change, and dropping one would leave the queue
// with a wrong belief about an agent.
type lane struct {
	mu    sync.Mutex
	queue []func()
	wake  chan struct{}
}

func newCourier() *courier {
	c := &courier{seed: maphash.MakeSeed()}
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
		all.Go(func() { c.lanes[i].run(ctx) })
	}
	all.Wait()
}

func (l *lane) run(ctx context.Context) {
	for {
		l.mu.Lock()
		batch := l.queue
		l.queue = nil
		l.mu.Unlock()
		for _, deliver := range batch {
			deliver()
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-l.wake:
		case <-ctx.Done():
			// wake may have been ready too: look once more.
			l.mu.Lock()
			empty := len(l.queue) == 0
			l.mu.Unlock()
			if empty {
				return
			}
		}
	}
}

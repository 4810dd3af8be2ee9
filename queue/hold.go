package queue

import (
	"sync"
	"time"
)

// holder is a board that can tell without asking anybody whether this node still drives what it drove at since: its lease
// has not run out in between. No other node can have taken such a call for dead, so the node may act on its own judgement
// and tell the board beside it.
type holder interface {
	Holds(since time.Time) bool
}

// hold is what a node knows of its own lease. Both clocks count: the steady one stands still while a machine sleeps, the
// other one may be set.
type hold struct {
	mu    sync.Mutex
	from  time.Time // the unbroken lease is known to exist since then
	until time.Time // and to last until then
}

// renewed notes a renewal asked for at asked and confirmed at confirmed. broken: the lease was new, or had run out before.
// A third of its life is left as a margin for clocks that differ between nodes.
func (h *hold) renewed(asked, confirmed time.Time, ttl time.Duration, broken bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if broken {
		h.from = confirmed
	}
	h.until = asked.Add(ttl - ttl/3)
}

// lasts says whether the lease that exists now existed at since already.
func (h *hold) lasts(since, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.from.IsZero() && !since.Before(h.from) && now.Before(h.until) && now.Round(0).Before(h.until.Round(0))
}

package queue

import (
	"fmt"
	"time"
)

// RingRule is the three-ring rule of one hotline: the cadence of the ringback tone its callers hear, and how many rings
// an answer may take (domain.md, "Three rings, in seconds"). China (GB/T 3380): 1 s on, 4 s off, 3 rings.
type RingRule struct {
	Version string        // e.g. "three-rings/1"; stamped on every verdict
	On, Off time.Duration // one ring is On+Off; a double burst counts its own pause as part of On (UK: 1 s on, 2 s off)
	Rings   int
}

// Cycle is the time from the start of one ring to the start of the next.
func (r RingRule) Cycle() time.Duration { return r.On + r.Off }

// Budget is how long the promised rings last: an answer must come before it is over.
func (r RingRule) Budget() time.Duration { return time.Duration(r.Rings) * r.Cycle() }

// Ring says which ring sounds after waiting so long, from 1. A clock that runs a little behind counts as the first ring.
func (r RingRule) Ring(waited time.Duration) int { return int(max(waited, 0)/r.Cycle()) + 1 }

// StartOf is how long after ring 1 the given ring starts.
func (r RingRule) StartOf(ring int) time.Duration { return time.Duration(max(ring-1, 0)) * r.Cycle() }

// String names the rule with its cadence, e.g. "three-rings/1 1s+4s x3".
func (r RingRule) String() string {
	return fmt.Sprintf("%s %s+%s x%d", r.Version, r.On, r.Off, r.Rings)
}

// Answered is the verdict of a call that a human answered after waiting so long. A machine's pick-up never comes here (I6).
func (r RingRule) Answered(waited time.Duration) Verdict {
	waited = max(waited, 0)
	return Verdict{Rings: r.Ring(waited), Waited: waited, Met: waited < r.Budget(), Answered: true, Rule: r.String()}
}

// Abandoned is the verdict of a call whose caller gave up after waiting so long. Inside the first ring it is a short
// abandon, counted apart.
func (r RingRule) Abandoned(waited time.Duration) Verdict {
	waited = max(waited, 0)
	return Verdict{Rings: r.Ring(waited), Waited: waited, Short: waited < r.Cycle(), Rule: r.String()}
}

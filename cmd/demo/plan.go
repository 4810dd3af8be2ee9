package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// caller is one call that is going to come in.
type caller struct {
	at       time.Duration // after the demo's start
	number   string        // "" = hides it
	name     string
	dial     string
	patience time.Duration // gives up when nobody answered by then
	talk     time.Duration // hangs up when the agent did not by then
}

// String is one line of the plan.
func (c caller) String() string {
	return fmt.Sprintf("%9v  %-12s %-12s calls %s, waits %v, talks %v", c.at, c.number, c.name, c.dial, c.patience, c.talk)
}

// newPlan decides about every call beforehand, so that one seed gives one plan whatever the machine does. Times between callers
// are exponential with mean pace; patience is too, with a floor: nobody hangs up at once on purpose, but some do early.
func newPlan(seed uint64, n int, pace time.Duration, firm sample) []caller {
	r := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // no secret: it must be repeatable
	between := func(mean, least time.Duration) time.Duration {
		return (least + time.Duration(r.ExpFloat64()*float64(mean))).Round(10 * time.Millisecond)
	}
	plan := make([]caller, n)
	var at time.Duration
	for i := range plan {
		at += between(pace, 0)
		c := caller{at: at, patience: between(40*time.Second, 2*time.Second), talk: between(25*time.Second, 8*time.Second)}
		who := firm.Customers[r.IntN(len(firm.Customers))]
		p := who.People[r.IntN(len(who.People))]
		c.number, c.name = p.Number, p.Name
		switch r.IntN(10) {
		case 0: // hides the number
			c.number, c.name = "", ""
		case 1, 2: // nobody we know
			c.number, c.name = fmt.Sprintf("138%08d", r.IntN(100_000_000)), ""
		}
		c.dial = numbers()["service"]
		if r.IntN(4) == 0 {
			c.dial = numbers()["printing"]
		}
		plan[i] = c
	}
	return plan
}

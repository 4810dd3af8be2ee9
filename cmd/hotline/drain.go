package main

import (
	"log/slog"
	"time"

	"hotline/pbx"
)

// drainer is a switch whose calls live in this process (pbx/embedded): they end with it. Asterisk's go on without us.
type drainer interface {
	Drain()     // no new calls
	Calls() int // still up
}

// drainTime is how long a stop waits for talks to end by themselves; a second signal ends the process at once.
const drainTime = 15 * time.Second

// drain lets the calls of this process's own switches end before the process does. Agents and pages stay connected meanwhile.
func drain(lines map[string]pbx.Switch, limit time.Duration, log *slog.Logger) {
	up := func() (calls int) {
		for _, sw := range lines {
			if d, ok := sw.(drainer); ok {
				calls += d.Calls()
			}
		}
		return calls
	}
	for _, sw := range lines {
		if d, ok := sw.(drainer); ok {
			d.Drain()
		}
	}
	calls := up()
	if calls == 0 {
		return
	}
	log.Info("no new calls; waiting for those that are up to end", "calls", calls, "at_most", limit)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(limit); ; {
		select {
		case <-tick.C:
			if up() == 0 {
				return
			}
		case <-late:
			log.Warn("calls are cut by this stop", "calls", up())
			return
		}
	}
}

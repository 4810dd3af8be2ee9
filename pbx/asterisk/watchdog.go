package asterisk

import (
	"context"
	"errors"
	"strconv"
	"time"

	"hotline/pbx"
)

// The dialplan gives each caller a time-out (TIMEOUT(absolute)) after which Asterisk takes the call back and rings agents
// itself. While this driver lives it winds the time-out up again for everyone who waits; once a human talks it is off.

// watchdogInATalk is as good as none: longer than any talk. It is not 0, which Asterisk would take for none: the thread that reads the
// time-out asks first whether there is one and then, without a lock, whether it has passed. A 0 written in between has passed
// long ago, and the caller is taken out of the talk (seen once in some thousand calls on a busy switch).
const watchdogInATalk = 7 * 24 * time.Hour

// windUp sets the watchdogs that are due.
func (t *tracker) windUp(now time.Time) {
	for _, c := range t.calls {
		if c.renew.IsZero() || now.Before(c.renew) {
			continue
		}
		c.renew = time.Time{}
		if !c.left.IsZero() {
			continue
		}
		if c.state != callTalking {
			c.renew = now.Add(c.watchdog / watchdogPerRenewal)
		}
		t.do(effect{kind: setWatchdog, channel: c.channel, call: c.ID})
	}
}

// unwatch stops the watchdog of a call in which a human talks.
func (t *tracker) unwatch(c *call) {
	c.renew = time.Time{}
	if c.watchdog > 0 {
		t.do(effect{kind: setWatchdog, channel: c.channel, call: c.ID})
	}
}

// setWatchdog tells the switch what the call's watchdog is to be now. One at a time, and each asks what is wanted when
// its turn has come: a renewal that is late can never undo the stop.
func (d *Driver) setWatchdog(ctx context.Context, e effect) error {
	var gate chan struct{}
	if err := d.ask(ctx, true, func(t *tracker) error {
		if c := t.calls[e.call]; c != nil {
			gate = c.watchTurn
		}
		return nil
	}); err != nil || gate == nil {
		return err
	}
	select {
	case gate <- struct{}{}:
		defer func() { <-gate }()
	case <-ctx.Done():
		return ctx.Err()
	}
	span := time.Duration(-1)
	if err := d.ask(ctx, true, func(t *tracker) error {
		if c := t.calls[e.call]; c != nil {
			span = c.watchdog
			if c.state == callTalking {
				span = watchdogInATalk
			}
		}
		return nil
	}); err != nil || span < 0 {
		return err
	}
	err := d.rest.setVariable(ctx, e.channel, "TIMEOUT(absolute)", strconv.Itoa(int(span/time.Second)))
	if err != nil && !errors.Is(err, pbx.ErrGone) {
		err = errors.Join(err, d.note(ctx, e.call, func(c *call) { c.renew = time.Now().Add(soon) }))
	}
	return err
}

package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"hotline/pbx"
)

// Connect lets caller and an answered leg hear each other, answering the caller if nobody did yet; a leg that was
// connected before is dropped with pbx.LegHandedOver.
//
// The leg joins and the caller is answered at the same time: one after the other would cost a round trip of silence. Should
// the agent's phone die in just that moment, the caller is up and hears ringback as a tone.
func (d *Driver) Connect(ctx context.Context, call pbx.CallID, leg pbx.LegID) error {
	return fail("connect", leg, d.join(ctx, call, leg, true))
}

// Join adds an answered leg to the call and drops nobody.
func (d *Driver) Join(ctx context.Context, call pbx.CallID, leg pbx.LegID) error {
	return fail("join", leg, d.join(ctx, call, leg, false))
}

// errNotAnswered: a leg that rings cannot be connected.
var errNotAnswered = errors.New("asterisk: the phone has not answered")

// meeting is what join must know of a call.
type meeting struct {
	caller  string
	bridge  *bridge
	up      bool
	bridged bool
	held    bool
	done    bool // the leg talks already
	parked  bool // the caller is on hold and stays so

	leg  string // its channel
	home bool   // it is in the bridge already: it stood ready there
}

func (d *Driver) join(ctx context.Context, call pbx.CallID, leg pbx.LegID, drop bool) error {
	var m meeting
	var gate chan struct{}
	waits := false
	look := func(t *tracker) (err error) {
		m, gate, err = t.meeting(call, leg, drop)
		return err
	}
	// As a rule nobody else is at the call: then the turn is taken in the same step.
	err := d.ask(ctx, false, func(t *tracker) error {
		if err := look(t); err != nil {
			return err
		}
		select {
		case gate <- struct{}{}:
		default:
			waits = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	if waits {
		select {
		case gate <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer func() { <-gate }()
	if waits { // what changed meanwhile counts
		if err := d.ask(ctx, false, look); err != nil {
			return err
		}
	}
	if !m.done {
		if err := d.meet(ctx, call, m); err != nil {
			return err
		}
	}
	return d.ask(ctx, false, func(t *tracker) error { return t.connected(call, leg, drop, time.Now().UTC()) })
}

// meeting says what there is to do to bring a leg into the call, and gives the call's turn.
func (t *tracker) meeting(call pbx.CallID, leg pbx.LegID, drop bool) (m meeting, turn chan struct{}, err error) {
	c, l, err := t.liveLeg(call, leg)
	switch {
	case err != nil:
		return m, nil, err
	case l.state != legAnswered && l.state != legTalks && l.state != legHears:
		return m, nil, errNotAnswered
	case c.bridge == nil && l.alone():
		c.bridge = l.standby.bridge
	case c.bridge == nil:
		c.bridge = t.newBridge(c, time.Now())
	}
	return meeting{
		caller: c.channel, bridge: c.bridge, up: c.up, bridged: c.bridged, held: c.held || c.found,
		done:   l.state == legTalks && (c.bridged && !c.held || !drop),
		parked: c.held && !drop,
		leg:    l.channel(), home: l.atHome() && l.state == legAnswered,
	}, c.turn, nil
}

// meet brings caller and leg into the bridge, and answers the caller.
func (d *Driver) meet(ctx context.Context, call pbx.CallID, m meeting) error {
	if err := d.await(ctx, call, m.bridge); err != nil {
		return err
	}
	var who []string
	if !m.home {
		who = append(who, m.leg)
	}
	if !m.parked && (m.held || !m.bridged) {
		who = append(who, m.caller)
	}
	if len(who) == 0 {
		if m.up || m.parked {
			return nil
		}
		return d.rest.answer(ctx, m.caller)
	}
	if m.parked {
		return d.rest.addToBridge(ctx, m.bridge.id, who...)
	}
	if m.held {
		if err := d.rest.stopMusic(ctx, m.caller); err != nil {
			return err
		}
	}
	var err, up error
	if m.up {
		err = d.rest.addToBridge(ctx, m.bridge.id, who...)
	} else {
		joined := make(chan error, 1)
		go func() { joined <- d.rest.addToBridge(ctx, m.bridge.id, who...) }()
		up = d.rest.answer(ctx, m.caller) // the caller pays for every moment until then
		err = <-joined
	}
	if err != nil && up == nil {
		_ = d.ask(ctx, true, func(t *tracker) error {
			t.alone(call)
			return nil
		})
	}
	return errors.Join(err, up)
}

// await waits until the bridge is made. A bridge that could not be made is forgotten: the next attempt makes another.
func (d *Driver) await(ctx context.Context, call pbx.CallID, b *bridge) error {
	bounded, cancel := context.WithTimeout(ctx, d.opt.Timeout)
	defer cancel()
	select {
	case <-b.ready:
	case <-bounded.Done():
		return fmt.Errorf("%w: the bridge was not made in time: %w", pbx.ErrDown, bounded.Err())
	}
	if b.err == nil {
		return nil
	}
	return errors.Join(fmt.Errorf("bridge: %w", b.err), d.ask(ctx, true, func(t *tracker) error {
		if c := t.calls[call]; c != nil && c.bridge == b {
			c.bridge, c.bridged = nil, false
		}
		return nil
	}))
}

// turn waits until no other command changes who hears whom in this call.
func (d *Driver) turn(ctx context.Context, call pbx.CallID) (free func(), err error) {
	var gate chan struct{}
	if err := d.ask(ctx, false, func(t *tracker) error {
		c, err := t.alive(call)
		if err == nil {
			gate = c.turn
		}
		return err
	}); err != nil {
		return nil, err
	}
	select {
	case gate <- struct{}{}:
		return func() { <-gate }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hangUpAgain is after what time a hang-up that the switch was asked for is asked for once more.
const hangUpAgain = 2 * time.Second

// HangUp ends the call for the caller and all legs; CallEnded follows with why.
func (d *Driver) HangUp(ctx context.Context, call pbx.CallID, why pbx.EndCode) error {
	var caller string
	var before pbx.EndCode
	var asked bool
	err := d.ask(ctx, false, func(t *tracker) error {
		c := t.calls[call]
		if c == nil {
			return pbx.ErrGone
		}
		caller, before = c.channel, c.want
		if c.want == "" {
			c.want = why
		}
		now := time.Now()
		ago := now.Sub(c.hung) // below zero: the switch's clock is ahead of ours, and nothing is known
		if asked = ago >= 0 && ago < hangUpAgain; !asked {
			c.hung = now
		}
		return nil
	})
	if err != nil || asked {
		return fail("hang up", call, err)
	}
	reason := "normal"
	if why == pbx.EndRefused {
		reason = "busy" // the caller hears busy; a trunk does not try elsewhere
	}
	err = d.rest.hangUp(ctx, caller, reason)
	if err != nil && !errors.Is(err, pbx.ErrGone) {
		// It did not happen, as far as we know: whatever ends the call later is the reason then.
		_ = d.ask(ctx, true, func(t *tracker) error {
			if c := t.calls[call]; c != nil {
				c.want, c.hung = before, time.Time{}
			}
			return nil
		})
	}
	return fail("hang up", call, err)
}

func (r *rest) stopMusic(ctx context.Context, channel string) error {
	return r.do(ctx, http.MethodDelete, "moh", channelPath(channel, "/moh"), nil, nil)
}

package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"hotline/pbx"
)

// errUsurped is why a session ends whose application another controller took.
var errUsurped = errors.New("asterisk: the application was taken by another controller")

// lookAfter is how long a channel that left Stasis is given to be destroyed. Of a caller's no event tells: the application is not
// subscribed to it any more. It is not shorter, because a process that stood still works off what it missed before it sees that the
// connection is gone: the agents who come free meanwhile would be rung in vain, and count as having missed their callers.
const lookAfter = 250 * time.Millisecond

// carryOut does what the tracker wants done. What fails because the switch cannot be reached is found again by the next
// look; that something is gone already is no failure.
func (d *Driver) carryOut(ctx context.Context, e effect) {
	if e.after > 0 {
		pause(ctx, e.after)
		ctx = context.WithoutCancel(ctx) // a driver that stops meanwhile still does it
	}
	var err error
	switch e.kind {
	case hangUp:
		if !d.ended(ctx, e.channel) {
			err = d.rest.hangUp(ctx, e.channel, e.reason)
		}
	case sendBack:
		err = d.rest.do(ctx, http.MethodPost, "continue", channelPath(e.channel, "/continue"), nil, nil)
	case makeBridge:
		err = d.makeBridge(ctx, e)
	case dropBridge:
		err = d.dropBridge(ctx, e.bridge)
	case lookAt:
		err = d.lookAt(ctx, e)
	case ringback:
		err = d.ringback(ctx, e)
	case dialFar:
		err = d.dialFar(ctx, e)
	case setWatchdog:
		err = d.setWatchdog(ctx, e)
	case listenTo:
		err = d.listenTo(ctx, e)
	case makeStandby:
		err = d.makeStandby(ctx, e.standby)
	case seatStandby:
		err = d.seatStandby(ctx, e.standby)
	case nameLeg:
		err = d.rest.setVariable(ctx, e.channel, legVariable, e.reason)
	}
	if err != nil && !errors.Is(err, pbx.ErrGone) && ctx.Err() == nil {
		d.log.WarnContext(ctx, "could not be done at the switch", "what", e.kind, "channel", e.channel,
			"call", e.call, "err", err)
	}
}

// ended says that a channel's end has been seen meanwhile: there is nothing to hang up any more.
func (d *Driver) ended(ctx context.Context, channel string) (seen bool) {
	_ = d.ask(ctx, true, func(t *tracker) error {
		seen = t.ended.has(channel)
		return nil
	})
	return seen
}

// ringback lets a caller who lost their agent hear ringing, unless they are given music or another agent just now.
func (d *Driver) ringback(ctx context.Context, e effect) error {
	free, err := d.turn(ctx, e.call)
	if err != nil {
		return err
	}
	defer free()
	alone := false
	if err := d.note(ctx, e.call, func(c *call) {
		alone = !c.held
		for _, l := range c.legs {
			alone = alone && l.state != legTalks
		}
	}); err != nil || !alone {
		return err
	}
	return d.rest.do(ctx, http.MethodPost, "ring", channelPath(e.channel, "/ring"), nil, nil)
}

// makeBridge makes the call's bridge and puts the caller in, while the phone rings.
func (d *Driver) makeBridge(ctx context.Context, e effect) error {
	b := e.bridge
	b.err = d.rest.do(ctx, http.MethodPost, "bridge", bridgePath(b.id, ""), map[string]string{"type": "mixing"}, nil)
	close(b.ready)
	if b.err != nil {
		return b.err
	}
	err := d.rest.addToBridge(ctx, b.id, e.channel)
	return errors.Join(err, d.ask(ctx, true, func(t *tracker) error {
		c := t.calls[e.call]
		if c == nil || c.bridge != b {
			t.do(effect{kind: dropBridge, bridge: b})
		} else if err == nil {
			c.bridged = true
		}
		return nil
	}))
}

func (d *Driver) dropBridge(ctx context.Context, b *bridge) error {
	select {
	case <-b.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	if made := b.err == nil; made {
		return d.rest.do(ctx, http.MethodDelete, "bridge", bridgePath(b.id, ""), nil, nil)
	}
	return nil
}

// lookAt finds out whether a caller who left Stasis hung up or was taken back by the dialplan.
func (d *Driver) lookAt(ctx context.Context, e effect) error {
	pause(ctx, lookAfter)
	settled := false
	if err := d.ask(ctx, true, func(t *tracker) error {
		c := t.calls[e.call]
		settled = c == nil || c.left.IsZero()
		return nil
	}); err != nil || settled {
		return err // as a rule its end was told meanwhile
	}
	found := new(channel)
	err := d.rest.do(ctx, http.MethodGet, "channel", channelPath(e.channel, ""), nil, found)
	if errors.Is(err, pbx.ErrGone) {
		found, err = nil, nil
	}
	if err != nil {
		return err
	}
	return d.ask(ctx, true, func(t *tracker) error {
		t.looked(e.call, found)
		return nil
	})
}

func channelPath(id, rest string) string { return "/channels/" + url.PathEscape(id) + rest }

func bridgePath(id, rest string) string { return "/bridges/" + url.PathEscape(id) + rest }

func (r *rest) hangUp(ctx context.Context, channel, reason string) error {
	return r.do(ctx, http.MethodDelete, "hangup", channelPath(channel, "?reason="+reason), nil, nil)
}

func (r *rest) setVariable(ctx context.Context, channel, name, value string) error {
	return r.do(ctx, http.MethodPost, "variable", channelPath(channel, "/variable"),
		map[string]string{"variable": name, "value": value}, nil)
}

func (r *rest) addToBridge(ctx context.Context, bridge string, channels ...string) error {
	return r.do(ctx, http.MethodPost, "add", bridgePath(bridge, "/addChannel"),
		map[string]any{"channel": channels}, nil)
}

// answer answers a caller. Asterisk says 500 of one who hangs up in that moment: pbx.ErrGone, and their end is told next.
func (r *rest) answer(ctx context.Context, channel string) error {
	err := r.do(ctx, http.MethodPost, "answer", channelPath(channel, "/answer"), nil, nil)
	if status(err) == http.StatusInternalServerError {
		return fmt.Errorf("%w: %w", pbx.ErrGone, err)
	}
	return err
}

// fail names the command and its call in an error.
func fail(what string, id any, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("asterisk: %s %v: %w", what, id, err)
}

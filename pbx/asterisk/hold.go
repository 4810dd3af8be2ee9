package asterisk

import (
	"context"
	"errors"
	"net/http"

	"hotline/pbx"
)

// errNotTalking: only a connected call can be held or recorded.
var errNotTalking = errors.New("asterisk: the call is not connected")

// talk takes the call's turn and reads what hold, resume and record must know; free must be called after.
func (d *Driver) talk(ctx context.Context, id pbx.CallID) (m meeting, free func(), err error) {
	return d.meeting(ctx, id, func(c *call) bool { return c.state == callTalking && c.bridge != nil })
}

// meeting is talk with a condition of its own.
func (d *Driver) meeting(ctx context.Context, id pbx.CallID, fits func(*call) bool) (m meeting, free func(), err error) {
	free, err = d.turn(ctx, id)
	if err != nil {
		return m, nil, err
	}
	err = d.ask(ctx, false, func(t *tracker) error {
		c, err := t.alive(id)
		if err != nil {
			return err
		}
		if !fits(c) {
			return errNotTalking
		}
		m = meeting{caller: c.channel, bridge: c.bridge, up: c.up, bridged: c.bridged, held: c.held}
		return nil
	})
	if err != nil {
		free()
		return m, nil, err
	}
	return m, free, nil
}

// Hold takes the caller out of the bridge and plays music: neither side hears the other. Idempotent. A caller who was answered
// and has nobody to talk with can be held, too: found after a restart, their agent gone meanwhile.
func (d *Driver) Hold(ctx context.Context, id pbx.CallID) error {
	m, free, err := d.meeting(ctx, id, func(c *call) bool {
		return c.up && c.playing == "" && (c.state != callTalking || c.bridge != nil)
	})
	if err != nil {
		return fail("hold", id, err)
	}
	defer free()
	if m.held {
		return nil
	}
	if m.bridge != nil && m.bridged {
		err = d.rest.do(ctx, http.MethodPost, "remove", bridgePath(m.bridge.id, "/removeChannel"),
			map[string]string{"channel": m.caller}, nil)
	}
	if err == nil {
		err = d.note(ctx, id, func(c *call) { c.held, c.bridged = true, false })
	}
	if err == nil {
		err = d.rest.do(ctx, http.MethodPost, "moh", channelPath(m.caller, "/moh"), map[string]string{}, nil)
	}
	return fail("hold", id, err)
}

// Resume stops the music and brings the caller back into the bridge. Idempotent.
func (d *Driver) Resume(ctx context.Context, id pbx.CallID) error {
	m, free, err := d.talk(ctx, id)
	if err != nil {
		return fail("resume", id, err)
	}
	defer free()
	if !m.held {
		return nil
	}
	if err = d.rest.stopMusic(ctx, m.caller); err == nil && m.bridge != nil {
		err = d.rest.addToBridge(ctx, m.bridge.id, m.caller)
	}
	if err == nil {
		err = d.note(ctx, id, func(c *call) { c.held, c.bridged = false, true })
	}
	return fail("resume", id, err)
}

// note changes what is known of a call that still lives.
func (d *Driver) note(ctx context.Context, id pbx.CallID, change func(*call)) error {
	return d.ask(ctx, true, func(t *tracker) error {
		c, err := t.alive(id)
		if err == nil {
			change(c)
		}
		return err
	})
}

package asterisk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// maxRing bounds how long a phone rings: the switch's own time-out is what ends a leg when the hotline is gone.
const maxRing = 10 * time.Minute

// Ring asks the switch to ring one phone. A leg that stands ready is dialled (standby.go). Otherwise the leg's channel carries
// the leg's id and enters the application when the phone answers (ARI originate). A phone that cannot be reached is no
// error: LegEnded says so.
//
// Errors: pbx.ErrGone (the caller hung up), pbx.ErrDown (then the leg is ended if it came to be after all, and nothing
// of it is told), or a request that makes no sense.
func (d *Driver) Ring(ctx context.Context, call pbx.CallID, r pbx.Ring) error {
	of, phone, ok := r.Leg.Parse()
	if !ok || of != call || phone != r.Phone || !pbx.ValidPhone(r.Phone) {
		return fmt.Errorf("asterisk: ring: leg %q is no leg of call %q and phone %q", r.Leg, call, r.Phone)
	}
	if r.Timeout <= 0 || r.Timeout > maxRing {
		return fmt.Errorf("asterisk: ring %s: time-out %s: want more than 0, at most %s", r.Leg, r.Timeout, maxRing)
	}
	// ARI counts whole seconds.
	seconds := (r.Timeout + time.Second - 1) / time.Second
	r.Timeout = seconds * time.Second
	var now ringing
	err := d.ask(ctx, false, func(t *tracker) (err error) {
		now, err = t.ring(call, r, time.Now())
		return err
	})
	if err != nil {
		return fail("ring", r.Leg, err)
	}
	if now.ready {
		if err = d.dial(ctx, now, int(seconds)); status(err) == 0 {
			d.m.rings.Inc()
			d.m.ready.Inc()
			return fail("ring", r.Leg, d.rang(ctx, r.Leg, err))
		}
		// It is not there any more, or not as we thought. The other way always works.
		over := false
		if err = d.ask(ctx, true, func(t *tracker) error {
			over = t.fallBack(r.Leg, time.Now().UTC())
			return nil
		}); err != nil || over {
			return fail("ring", r.Leg, err)
		}
	}
	d.m.rings.Inc()
	err = d.rest.do(ctx, http.MethodPost, "originate", "/channels", ari.OriginateRequest{
		Endpoint: "PJSIP/" + r.Phone, Timeout: int(seconds), CallerID: callerID(r.CallerName, r.CallerID),
		App: d.opt.App, AppArgs: "leg," + string(call), ChannelID: string(r.Leg), Originator: now.caller,
	}, nil)
	return fail("ring", r.Leg, d.rang(ctx, r.Leg, err))
}

// rang tells the tracker what became of the request. It must be told even when ctx has ended.
func (d *Driver) rang(ctx context.Context, leg pbx.LegID, sent error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.opt.Timeout)
	defer cancel()
	result := sent
	told := d.ask(ctx, true, func(t *tracker) error {
		switch {
		case sent == nil:
			t.rung(leg)
		case status(sent) == http.StatusInternalServerError:
			// "Allocation failed": no contact, no such account, or PJSIP refused.
			t.unreached(leg, time.Now().UTC())
			result = nil
		default:
			if t.notRung(leg, status(sent) != 0) {
				result = nil
			}
		}
		return nil
	})
	if result == nil {
		return told
	}
	if status(result) == http.StatusConflict { // our id twice: not a call that is gone
		return fmt.Errorf("leg exists already: %s", result.Error())
	}
	return result
}

// callerID writes a name and a number the way Asterisk reads them; CleanName and CleanNumber leave nothing in them that
// could end the quotes.
func callerID(name, number string) string {
	name, number = pbx.CleanName(name), pbx.CleanNumber(number)
	switch {
	case name == "" && number == "":
		return ""
	case number == "":
		return `"` + name + `" <anonymous>`
	case name == "":
		return "<" + number + ">"
	}
	return `"` + name + `" <` + number + ">"
}

// Release ends one leg, ringing or answered; LegEnded follows with why.
func (d *Driver) Release(ctx context.Context, call pbx.CallID, leg pbx.LegID, why pbx.LegEnd) error {
	var channel, reason string
	var wait bool
	err := d.ask(ctx, false, func(t *tracker) (err error) {
		channel, reason, wait, err = t.release(call, leg, why)
		return err
	})
	if err != nil {
		return fail("release", leg, err)
	}
	err = d.rest.hangUp(ctx, channel, reason)
	if wait && errors.Is(err, pbx.ErrGone) {
		return nil // not there yet: ended as soon as it is
	}
	return fail("release", leg, err)
}

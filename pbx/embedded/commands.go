package embedded

import (
	"context"
	"fmt"
	"time"

	"hotline/pbx"
)

const (
	maxRing   = 10 * time.Minute // bounds how long a phone rings
	mostPause = 40 * time.Second // bounds every command: longer than any transaction
)

// ask has the call's owner do something and waits for its word. It comes back earlier with pbx.ErrGone when the call ends
// meanwhile, and with ctx's error.
func (s *Switch) ask(ctx context.Context, what string, id pbx.CallID, act func(c *call, done func(error))) error {
	c := s.find(id)
	if c == nil {
		return gone(what, id)
	}
	result := make(chan error, 1)
	c.post(func() {
		act(c, func(err error) {
			select {
			case result <- err:
			default:
			}
		})
	})
	bound := time.NewTimer(mostPause)
	defer bound.Stop()
	select {
	case err := <-result:
		return err
	case <-c.over:
	case <-ctx.Done():
		return fmt.Errorf("embedded: %s %s: %w", what, id, ctx.Err())
	case <-bound.C:
		return fmt.Errorf("embedded: %s %s: %w", what, id, errNoAnswer)
	}
	select {
	case err := <-result: // both came together
		return err
	default:
		return gone(what, id)
	}
}

// Ring rings one phone, all its contacts at once. A phone that cannot be reached is no error: LegEnded says so.
//
// Errors: pbx.ErrGone; pbx.Unsupported when the phone's only contacts speak another kind of voice than the caller, browser
// or desk phone: ringing it would end in a one-sided talk; or a request that makes no sense.
func (s *Switch) Ring(ctx context.Context, id pbx.CallID, r pbx.Ring) error {
	of, phone, valid := r.Leg.Parse()
	if !valid || of != id || phone != r.Phone || !pbx.ValidPhone(r.Phone) {
		return fmt.Errorf("embedded: ring: leg %q is no leg of call %q and phone %q", r.Leg, id, r.Phone)
	}
	if r.Timeout <= 0 || r.Timeout > maxRing {
		return fmt.Errorf("embedded: ring %s: time-out %s: want more than 0, at most %s", r.Leg, r.Timeout, maxRing)
	}
	return s.ask(ctx, "ring", id, func(c *call, done func(error)) {
		if c.state == callEnded {
			done(gone("ring", id))
			return
		}
		contacts, unfit := s.phones.reach(r.Phone, c.media())
		if unfit {
			done(fmt.Errorf("embedded: ring %s: %w", r.Leg, cannotTalk(c.media())))
			return
		}
		done(c.ring(r, contacts))
	})
}

// Connect lets caller and an answered leg talk. It answers the caller if nobody did yet, with the phone's SDP; a caller who is
// up gets it by re-INVITE, and a leg connected before is dropped with pbx.LegHandedOver.
func (s *Switch) Connect(ctx context.Context, id pbx.CallID, leg pbx.LegID) error {
	return s.ask(ctx, "connect", id, func(c *call, done func(error)) { c.connect(leg, done) })
}

// Release ends one leg, ringing or answered; LegEnded follows with why.
func (s *Switch) Release(ctx context.Context, id pbx.CallID, leg pbx.LegID, why pbx.LegEnd) error {
	return s.ask(ctx, "release", id, func(c *call, done func(error)) { done(c.releaseLeg(leg, why)) })
}

// Hold silences caller and agent by re-INVITE. There is no music: nothing here makes sound.
func (s *Switch) Hold(ctx context.Context, id pbx.CallID) error {
	return s.ask(ctx, "hold", id, func(c *call, done func(error)) { c.hold(done) })
}

// Resume brings the talk back.
func (s *Switch) Resume(ctx context.Context, id pbx.CallID) error {
	return s.ask(ctx, "resume", id, func(c *call, done func(error)) { c.resume(done) })
}

// HangUp ends the call for the caller and all legs; CallEnded follows with why. A caller who was not answered hears busy
// (EndRefused: 486) or is told that nobody is free (480).
func (s *Switch) HangUp(ctx context.Context, id pbx.CallID, why pbx.EndCode) error {
	return s.ask(ctx, "hang up", id, func(c *call, done func(error)) {
		if c.state == callEnded {
			done(gone("hang up", id))
			return
		}
		done(nil) // before the call is over: who asked must not take its end for somebody else's
		c.end(pbx.EndReason{Code: why, Cause: causeNormal}, "command")
	})
}

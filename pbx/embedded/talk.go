package embedded

import (
	"errors"
	"fmt"

	"github.com/emiago/sipgo/sip"

	"hotline/pbx"
)

// Why a command cannot be done now.
var (
	errNotAnswered = errors.New("embedded: the phone has not answered")
	errNotTalking  = errors.New("embedded: the call is not connected")
)

func gone(what string, id any) error { return fmt.Errorf("embedded: %s %v: %w", what, id, pbx.ErrGone) }

// connect lets caller and leg hear each other. done is told once.
func (c *call) connect(id pbx.LegID, done func(error)) {
	c.exclusive(func(free func()) {
		finish := func(err error) {
			free()
			done(err)
		}
		l := c.legs[id]
		switch {
		case c.state == callEnded || l == nil:
			finish(gone("connect", id))
		case l.state == legTalks && c.talk == l:
			c.resumeNow(finish)
		case l.state != legAnswered:
			finish(errNotAnswered)
		case c.state == callWaiting:
			c.answerCaller(l, finish)
		default:
			c.bringTogether(l, finish)
		}
	})
}

// answerCaller gives the held INVITE the phone's SDP. When the caller made no offer, the phone did, and the caller's ACK
// brings the answer.
func (c *call) answerCaller(l *leg, done func(error)) {
	timer := c.caller.timer.accepted(c.invite.request)
	res := c.caller.answerTo(c.invite, ok, timer...)
	sdp := l.party.heard
	setSDP(res, c.caller.origin.sign(sdp))
	c.caller.said = sdp
	c.caller.uas = unacked{tx: c.invite, seq: c.invite.request.CSeq().SeqNo}
	c.joined(l)
	if l.offer == nil {
		c.invite.respond(res)
		c.caller.timer.start(c.caller)
		done(nil)
		return
	}
	c.caller.uas.answer = func(answer []byte) { // with nil when the caller is lost before
		c.ackOffer(l, answer)
		if len(answer) == 0 {
			done(gone("connect", l.id))
			if !c.caller.over {
				c.end(pbx.EndReason{Code: pbx.EndSwitchFault}, "the caller's phone made neither offer nor answer")
			}
			return
		}
		done(nil)
	}
	c.invite.respond(res)
	c.caller.timer.start(c.caller)
}

// ackOffer completes the phone's offer with the caller's answer.
func (c *call) ackOffer(l *leg, answer []byte) {
	if l.offer == nil || l.state == legEnded {
		return
	}
	l.offer = nil
	if len(answer) == 0 {
		answer = refusalOf(l.party.heard)
	}
	l.party.ackOf(l.pickUp.tx, l.pickUp.tx.request.CSeq().SeqNo, l.party.remoteTag, answer)
}

// bringTogether connects an answered leg to a caller who is up: the phone's offer goes to the caller by re-INVITE, the
// caller's answer back to the phone (RFC 3725 §4.1). A phone that has no offer open, because it was rung with the caller's
// first one, is asked for a new one.
func (c *call) bringTogether(l *leg, done func(error)) {
	if l.offer != nil {
		c.offerCaller(l, l.offer, func(answer []byte) { c.ackOffer(l, answer) }, done)
		return
	}
	l.party.reinvite(nil, func(offer []byte, ack func([]byte), err error) {
		if err != nil {
			c.cannotMeet(l, err, done)
			return
		}
		c.offerCaller(l, offer, ack, done)
	})
}

func (c *call) offerCaller(l *leg, offer []byte, ack func(answer []byte), done func(error)) {
	c.caller.reinvite(offer, func(answer []byte, _ func([]byte), err error) {
		if err != nil {
			ack(refusalOf(offer))
			c.cannotMeet(l, err, done)
			return
		}
		ack(answer)
		if c.state == callEnded || l.state != legAnswered {
			c.comeBack()
			done(gone("connect", l.id))
			return
		}
		c.joined(l)
		done(nil)
	})
}

// comeBack mends what a leg that died in the middle left: the caller's phone holds its SDP now.
func (c *call) comeBack() {
	switch c.state {
	case callAlone:
		c.park()
	case callTalking:
		c.exclusive(func(free func()) {
			if c.state != callTalking {
				free()
				return
			}
			c.meetAgain(func(err error) {
				if err != nil {
					c.log.Warn("the talk could not be brought back", "err", err)
				}
				free()
			})
		})
	}
}

// cannotMeet ends a leg that could not be connected; the caller stays as they were.
func (c *call) cannotMeet(l *leg, err error, done func(error)) {
	if errors.Is(err, errPartyOver) || c.state == callEnded {
		done(gone("connect", l.id))
		return
	}
	c.log.Warn("a leg could not be connected", "leg", l.id, "err", err)
	c.endLeg(l, pbx.LegFault, err.Error())
	done(fmt.Errorf("embedded: connect %s: %w", l.id, err))
}

// joined: caller and leg have each other's SDP. Whoever talked before is handed over.
func (c *call) joined(l *leg) {
	old := c.talk
	if !c.move(callJoined) {
		return
	}
	c.talk, c.held, c.human = l, false, true
	c.moveLeg(l, legJoined)
	if old != nil && old != l {
		c.endLeg(old, pbx.LegHandedOver, "")
	}
}

// park tells the caller's phone that nobody is there now. What comes of it matters little: the next connect says anew.
func (c *call) park() {
	c.exclusive(func(free func()) {
		if c.state != callAlone {
			free()
			return
		}
		c.caller.reinvite(offerOf(c.caller.said, inactive), func(_ []byte, _ func([]byte), err error) {
			if err != nil && !errors.Is(err, errPartyOver) {
				c.log.Info("the caller could not be put on hold", "err", err)
			}
			free()
		})
	})
}

// hold silences both sides.
func (c *call) hold(done func(error)) {
	c.exclusive(func(free func()) {
		finish := func(err error) {
			free()
			done(err)
		}
		switch {
		case c.state == callEnded:
			finish(gone("hold", c.ID))
		case c.state != callTalking:
			finish(errNotTalking)
		case c.held:
			finish(nil)
		default:
			l := c.talk
			c.caller.reinvite(offerOf(c.caller.said, inactive), func(_ []byte, _ func([]byte), err error) {
				if err != nil {
					finish(c.notDone("hold", err))
					return
				}
				c.held = true
				l.party.reinvite(offerOf(l.party.said, inactive), func(_ []byte, _ func([]byte), err error) {
					finish(c.notDone("hold", err))
				})
			})
		}
	})
}

// resume brings the talk back.
func (c *call) resume(done func(error)) {
	c.exclusive(func(free func()) {
		finish := func(err error) {
			free()
			done(err)
		}
		switch {
		case c.state == callEnded:
			finish(gone("resume", c.ID))
		case c.state != callTalking:
			finish(errNotTalking)
		default:
			c.resumeNow(finish)
		}
	})
}

func (c *call) resumeNow(done func(error)) {
	if !c.held {
		done(nil)
		return
	}
	c.meetAgain(done)
}

// meetAgain offers each side the other's voice: the caller the phone's, then the phone what the caller answers, and,
// should the phone have moved meanwhile, the caller once more (RFC 3725 §4.2, which ends because it tries once).
func (c *call) meetAgain(done func(error)) {
	l := c.talk
	offered := offerOf(l.party.heard, sendRecv)
	c.caller.reinvite(offered, func(answer []byte, _ func([]byte), err error) {
		if err != nil {
			done(c.notDone("resume", err))
			return
		}
		l.party.reinvite(offerOf(answer, sendRecv), func(back []byte, _ func([]byte), err error) {
			if err != nil {
				done(c.notDone("resume", err))
				return
			}
			c.held = false
			if sameTransport(offered, back) {
				done(nil)
				return
			}
			c.caller.reinvite(offerOf(back, sendRecv), func(_ []byte, _ func([]byte), err error) {
				done(c.notDone("resume", err))
			})
		})
	})
}

func (c *call) notDone(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case c.state == callEnded || errors.Is(err, errPartyOver):
		return gone(what, c.ID)
	}
	return fmt.Errorf("embedded: %s %s: %w", what, c.ID, err)
}

// releaseLeg ends one leg on command.
func (c *call) releaseLeg(id pbx.LegID, why pbx.LegEnd) error {
	l := c.legs[id]
	if l == nil || c.state == callEnded {
		return gone("release", id)
	}
	c.endLeg(l, why, "")
	return nil
}

// relayed answers are passed on with their own code; a side that does not answer is a time-out for the other.
func relayed(err error) status {
	var r refused
	if errors.As(err, &r) && r.code >= 300 {
		return status(r)
	}
	return status{sip.StatusTemporarilyUnavailable, "The other side does not answer"}
}

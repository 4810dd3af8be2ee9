package pbxtest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// handleRequest answers what comes in. It runs on the phone's one reading goroutine.
func (p *Phone) handleRequest(r *sip.Request, at time.Time) {
	if r.CallID() == nil || r.CSeq() == nil || r.From() == nil || r.To() == nil || r.Via() == nil {
		return
	}
	p.mu.Lock()
	call, dead := p.calls[r.CallID().Value()], p.behaviour.Dead
	p.mu.Unlock()
	switch {
	case r.Method == sip.INVITE && call == nil:
		p.ring(r, at)
	case dead:
	case r.Method == sip.INVITE && r.To().Params.Has("tag"):
		call.media.follow(r.Body())
		p.send(p.response(r, 200, "OK", "", call.media.answer()))
	case r.Method == sip.INVITE:
		call.repeat()
	case r.Method == sip.ACK:
		if call != nil {
			call.acknowledged(r, at)
		}
	case r.Method == sip.CANCEL && call != nil:
		p.send(p.response(r, 200, "OK", call.localTag, ""))
		call.cancelled(r, at)
	case r.Method == sip.BYE && call != nil:
		p.send(p.response(r, 200, "OK", "", ""))
		call.mark(MarkBye, at)
		call.finish(PhoneEnd{Code: sip.StatusOK, Cause: causeOf(r)}, at)
	case r.Method == sip.BYE || r.Method == sip.CANCEL:
		p.send(p.response(r, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist", token(), ""))
	default: // OPTIONS, UPDATE, INFO, NOTIFY
		p.send(p.response(r, 200, "OK", token(), ""))
	}
}

// ring takes a new call in.
func (p *Phone) ring(r *sip.Request, at time.Time) {
	p.mu.Lock()
	b := p.behaviour
	p.mu.Unlock()
	c := p.newCall(r.CallID().Value(), true)
	c.Invite = r
	c.media.follow(r.Body())
	c.refuse = b.AnswerCancelled
	to := *r.To()
	to.Params = to.Params.Clone()
	to.Params.Add("tag", c.localTag)
	c.dialog = dialog{local: to.Value(), remote: r.From().Value(), target: "sip:" + p.server.String()}
	if contact := r.Contact(); contact != nil {
		c.dialog.target = contact.Address.String()
	}
	c.mark(MarkInvite, at)
	if !b.Dead {
		c.respond(100, "Trying", "")
		p.running.Go(func() { c.behave(b) })
	}
	select {
	case p.inbox <- c:
	default:
		p.tb.Logf("phone %s: more calls than anybody asked for", p.options.User)
	}
}

// behave plays the part that Behaviour describes.
func (c *PhoneCall) behave(b Behaviour) {
	if !b.Silent {
		if !c.pause(time.Until(c.At(MarkInvite).Add(b.RingAfter))) {
			return
		}
		c.Ring()
	}
	if !b.Answer && b.Decline == 0 {
		return
	}
	if !c.pause(time.Until(c.At(MarkInvite).Add(b.AnswerAfter))) {
		return
	}
	if b.Barrier != nil {
		select {
		case <-b.Barrier:
		case <-c.marks[MarkEnded]:
			return
		case <-c.phone.ctx.Done():
			return
		}
	}
	if b.Decline != 0 {
		c.Decline(b.Decline)
		return
	}
	c.Answer()
	if b.HangUpAfter == 0 || c.Wait(c.phone.ctx, MarkUp) != nil || !c.pause(b.HangUpAfter) {
		return
	}
	ctx, cancel := context.WithTimeout(c.phone.ctx, 10*time.Second)
	defer cancel()
	if err := c.HangUp(ctx); err != nil && c.phone.ctx.Err() == nil {
		c.phone.tb.Logf("%v", err)
	}
}

// pause reports whether d passed before the call ended.
func (c *PhoneCall) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.marks[MarkEnded]:
	case <-c.phone.ctx.Done():
	}
	return false
}

// respond answers the INVITE, once finally.
func (c *PhoneCall) respond(code int, reason, body string) bool {
	c.mu.Lock()
	if c.final {
		c.mu.Unlock()
		return false
	}
	c.final = code >= 200
	c.last = c.phone.response(c.Invite, code, reason, c.localTag, body)
	text := c.last
	c.mu.Unlock()
	c.phone.send(text)
	return true
}

// repeat answers an INVITE that came again as before.
func (c *PhoneCall) repeat() {
	c.mu.Lock()
	text := c.last
	c.mu.Unlock()
	if text != "" {
		c.phone.send(text)
	}
}

// Ring says that the phone rings (180).
func (c *PhoneCall) Ring() {
	if c.respond(180, "Ringing", "") {
		c.mark(MarkRinging, time.Now())
	}
}

// Answer picks up (200). WaitAnswered tells when the call is up. It does nothing when the call is decided already.
func (c *PhoneCall) Answer() {
	if !c.respond(200, "OK", c.media.sdp("sendrecv")) {
		return
	}
	c.mark(MarkAnswered, time.Now())
	c.phone.running.Go(c.repeatUntilUp)
}

// repeatUntilUp sends the 200 again until it is acknowledged (RFC 3261 §13.3.1.4).
func (c *PhoneCall) repeatUntilUp() {
	for wait, total := sip.T1, time.Duration(0); total < 64*sip.T1; wait = min(2*wait, sip.T2) {
		total += wait
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
			c.repeat()
		case <-c.marks[MarkUp]:
			timer.Stop()
			return
		case <-c.marks[MarkEnded]:
			timer.Stop()
			return
		case <-c.phone.ctx.Done():
			timer.Stop()
			return
		}
	}
}

// Decline refuses the call: 603 for the decline key, 486 for a busy phone, 480 …
func (c *PhoneCall) Decline(code int) {
	if c.respond(code, "Declined By Test", "") {
		c.finish(PhoneEnd{Here: true, Code: code}, time.Now())
	}
}

func (c *PhoneCall) acknowledged(r *sip.Request, at time.Time) {
	if !c.Passed(MarkAnswered) {
		return // of a refusal
	}
	c.media.follow(r.Body()) // the answer, when our 200 made the offer
	if c.mark(MarkUp, at) {
		c.media.talk()
	}
}

func (c *PhoneCall) cancelled(r *sip.Request, at time.Time) {
	c.mark(MarkCancelled, at)
	if c.refuse {
		c.Answer()
		return
	}
	if c.respond(sip.StatusRequestTerminated, "Request Terminated", "") {
		c.finish(PhoneEnd{Code: sip.StatusRequestTerminated, Cause: causeOf(r)}, at)
	}
}

// causeOf reads the Q.850 cause of a Reason header (RFC 3326).
func causeOf(m sip.Message) int {
	for _, h := range m.GetHeaders("Reason") {
		value := strings.ReplaceAll(h.Value(), " ", "")
		if _, rest, ok := strings.Cut(value, "Q.850;cause="); ok {
			var cause int
			if _, err := fmt.Sscanf(rest, "%d", &cause); err == nil {
				return cause
			}
		}
	}
	return 0
}

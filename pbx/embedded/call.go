package embedded

import (
	"log/slog"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"

	"hotline/pbx"
)

// call is a caller's call. Everything in it belongs to its owner, the goroutine that serves the inbox; only post may be
// called by others.
type call struct {
	pbx.Call
	s       *Switch
	log     *slog.Logger
	inbox   inbox
	source  netip.Addr
	arrival arrivalID

	state  callState
	caller *party
	invite *serverTx // the caller's INVITE
	legs   map[pbx.LegID]*leg
	rung   map[pbx.LegID]struct{} // every leg there ever was
	talk   *leg                   // with whom the caller talks; nil unless state is callTalking
	held   bool                   // by Hold
	human  bool                   // somebody has talked

	busy    bool // a job that changes who hears whom is under way
	jobs    []func(done func())
	over    chan struct{} // closed when the call has ended: whoever waits for a job stops
	alarms  map[*alarm]struct{}
	watched map[*link]bool
}

const (
	repeatRinging = time.Minute      // RFC 3261 §13.3.1.1: a proxy gives an INVITE up after three without news
	longestWait   = 2 * time.Hour    // unanswered; queues end it long before
	longestCall   = 24 * time.Hour   // of any kind: the last resort of a leak
	connectWithin = 20 * time.Second // an agent picked up and nobody connected them: something is broken
)

// post hands an input to the owner.
func (c *call) post(input func()) {
	if c.inbox.put(input) {
		c.s.spawn(c.inbox.serve)
	}
}

// after hands an input to the owner when d has passed. stop is good until then; the call's end stops it as well.
func (c *call) after(d time.Duration, input func()) (stop func()) {
	if c.state == callEnded {
		return func() {}
	}
	a := &alarm{}
	c.alarms[a] = struct{}{}
	a.set(d, func() {
		c.post(func() {
			if _, live := c.alarms[a]; live {
				delete(c.alarms, a)
				input()
			}
		})
	})
	return func() {
		a.stop()
		delete(c.alarms, a)
	}
}

// arrive tells the caller's coming. Its INVITE is held at 180 since Ring1.
func (c *call) arrive() {
	if c.state == callEnded {
		return
	}
	arrived := c.Call
	c.tell(pbx.Event{Kind: pbx.CallArrived, At: c.Ring1, Arrival: &arrived})
	c.ringOn()
	c.after(longestWait, func() {
		if c.state == callWaiting {
			c.end(pbx.EndReason{Code: pbx.EndSwitchFault}, "waited too long")
		}
	})
	c.after(longestCall, func() { c.end(pbx.EndReason{Code: pbx.EndSwitchFault}, "longest call") })
}

// ringOn says "ringing" once a minute while the caller waits.
func (c *call) ringOn() {
	c.after(repeatRinging, func() {
		if c.state == callWaiting {
			c.invite.respond(c.caller.answerTo(c.invite, ringing))
			c.ringOn()
		}
	})
}

func (c *call) tell(e pbx.Event) {
	e.Call = c.ID
	if e.At.IsZero() {
		e.At = time.Now().UTC()
	}
	c.s.tell(e)
}

// move takes the caller through its table.
func (c *call) move(in callInput) bool {
	next, ok := callMove{c.state, in}.next()
	if !ok {
		c.s.m.surprise("caller " + string(in) + " when " + string(c.state))
		return false
	}
	c.state = next
	return true
}

// exclusive runs a job when no other one is under way in this call. It must call done exactly once, whatever happens.
func (c *call) exclusive(job func(done func())) {
	if c.busy {
		c.jobs = append(c.jobs, job)
		return
	}
	c.busy = true
	job(func() {
		c.busy = false
		if len(c.jobs) > 0 {
			next := c.jobs[0]
			c.jobs = c.jobs[1:]
			c.exclusive(next)
		}
	})
}

// abandoned is the caller's CANCEL.
func (c *call) abandoned() {
	if c.state != callWaiting {
		return // the 200 was faster: what follows is ACK and BYE
	}
	c.hungUp(time.Now().UTC())
}

// hungUp ends the call as the caller wished: by CANCEL, BYE, or a closed connection.
func (c *call) hungUp(at time.Time) {
	end := pbx.EndReason{Code: pbx.EndByCaller, Cause: causeNormal}
	if !c.human && !c.pickedUp() {
		end = pbx.EndReason{Code: pbx.EndAbandoned, Cause: causeNormal, Ring: ringAt(c.Ring1, at, c.s.opt.RingCycle(c.DID))}
	}
	c.end(end, "caller")
}

// pickedUp: a human answered and waits to be connected.
func (c *call) pickedUp() bool {
	for _, l := range c.legs {
		if l.state == legAnswered {
			return true
		}
	}
	return false
}

// end ends the call once: told, the caller's side ended if it is not yet, and every leg.
func (c *call) end(why pbx.EndReason, detail string) {
	if !c.move(callOver) {
		return
	}
	at := time.Now().UTC()
	c.log.Info("call ended", "end", why.Code, "ring", why.Ring, "detail", detail)
	c.s.m.ended(why.Code)
	c.tell(pbx.Event{Kind: pbx.CallEnded, At: at, End: why, Detail: detail})
	for a := range c.alarms {
		a.stop()
	}
	clear(c.alarms)
	if c.invite.pending() {
		c.refuse(why.Code)
		c.caller.finish()
	} else {
		c.caller.bye(reasonOf(why.Code))
	}
	for _, l := range sorted(c.legs) {
		gone := pbx.LegCancelled
		if l.state == legAnswered || l.state == legTalks {
			gone = pbx.LegCallerGone
		}
		c.endLeg(l, gone, "")
	}
	c.talk = nil
	for l := range c.watched {
		l.forget(c)
	}
	close(c.over)
	c.s.bury(c)
}

// shutDown ends the call with the process.
func (c *call) shutDown() {
	why := pbx.EndSwitchFault
	if c.human {
		why = pbx.EndBySystem
	}
	c.end(pbx.EndReason{Code: why, Cause: causeNormal}, "the switch shuts down")
}

// media is the kind of voice the caller speaks.
func (c *call) media() media {
	if kind := mediaOf(c.caller.heard); kind != unknownMedia {
		return kind
	}
	return mediaVia(c.caller.flow)
}

// refuse gives the held INVITE its final answer.
func (c *call) refuse(why pbx.EndCode) {
	st, extra := refusalFor(why)
	c.invite.respond(c.caller.answerTo(c.invite, st, extra...))
}

// refusalFor says to a caller who was not answered why (RFC 3261 §21.4, RFC 3326).
func refusalFor(why pbx.EndCode) (status, []sip.Header) {
	switch why {
	case pbx.EndAbandoned, pbx.EndByCaller:
		return terminated, nil
	case pbx.EndRefused:
		return busyHere, []sip.Header{sip.NewHeader("Reason", `Q.850;cause=17;text="all agents are busy"`)}
	case pbx.EndSwitchFault:
		return overloaded, []sip.Header{sip.NewHeader("Retry-After", retryAfter)}
	}
	return unavailable, []sip.Header{sip.NewHeader("Reason", `Q.850;cause=19;text="no agent is free"`)}
}

// reasonOf is the Reason header of a BYE (RFC 3326).
func reasonOf(why pbx.EndCode) string {
	if why == pbx.EndSwitchFault {
		return `Q.850;cause=41;text="temporary failure"`
	}
	return "Q.850;cause=16"
}

// flowGone: a connection is closed. Whoever hung on it is lost at once.
func (c *call) flowGone(f flow) {
	if c.caller.flow == f {
		c.lost(c.caller, errFlowClosed)
	}
	for _, l := range sorted(c.legs) {
		c.legFlowGone(l, f)
	}
}

// lost: a side does not answer any more. It is hung up all the same: it may come back and must not find itself in a call.
func (c *call) lost(p *party, why error) {
	if open(p.flow) {
		p.bye(`SIP;cause=408;text="no answer"`)
	}
	p.finish()
	if c.state == callEnded {
		return
	}
	if p == c.caller {
		c.log.Info("the caller's line is lost", "why", why)
		c.hungUp(time.Now().UTC())
		return
	}
	if p.leg.state != legEnded {
		c.endLeg(p.leg, pbx.LegUnreachable, "the phone's connection is lost")
		c.s.phones.suspect(p.leg.phone, p.flow)
	}
}

// watch has the call told when the flow closes.
func (c *call) watch(f flow) {
	l, isLink := f.(*link)
	if !isLink || c.watched[l] || c.state == callEnded {
		return
	}
	c.watched[l] = true
	if !l.watch(c) {
		c.post(func() { c.flowGone(f) }) // closed already
	}
}

package asterisk

import (
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// started takes StasisStart: a caller arrives, or an agent has picked up.
func (t *tracker) started(ch channel, args []string, at time.Time) {
	if _, ok := parseOf(snoopPrefix, ch.ID); ok {
		t.snoopStarted(ch.ID)
		return
	}
	if _, _, ok := t.outOf(ch.ID); ok {
		t.outStarted(ch.ID, at)
		return
	}
	if _, ok := t.standsReady(ch.ID); ok {
		t.standbyStarted(ch.ID)
		return
	}
	if _, _, ok := t.ours(ch.ID); ok {
		if l := t.legOf(ch.ID); l != nil {
			t.legStarts(l, at)
			return
		}
		t.surprise("leg unknown")
		if !t.ended.has(ch.ID) {
			t.do(effect{kind: hangUp, channel: ch.ID, reason: "normal"})
		}
		return
	}
	switch {
	case t.ended.has(ch.ID) || t.callOf(ch.ID) != nil:
		t.surprise("caller twice")
	case !isCaller(args):
		// Somebody else's dialplan put it here. It is no call of the hotline: its dialplan goes on.
		t.surprise("stranger")
		t.do(effect{kind: sendBack, channel: ch.ID})
	default:
		c := t.admit(ch, args, at)
		arrived := c.Call
		t.tell(pbx.Event{Kind: pbx.CallArrived, At: at, Call: c.ID, Arrival: &arrived})
	}
}

// admit makes the record of a caller, from its event or from a list.
func (t *tracker) admit(ch channel, args []string, at time.Time) *call {
	if time.Time(ch.CreationTime).IsZero() {
		ch.CreationTime = ari.DateTime(at)
	}
	c := &call{
		channel: ch.ID, state: callWaiting, up: ch.State == "Up",
		legs: map[pbx.LegID]*leg{}, turn: make(chan struct{}, 1), watchTurn: make(chan struct{}, 1),
	}
	c.Call, c.watchdog = arrival(t.name, ch, args)
	c.plain = c.Caller != "" && c.Caller == ch.Caller.Number && c.CallerName == ch.Caller.Name
	if c.watchdog > 0 {
		c.renew = t.read.Add(c.watchdog / watchdogPerRenewal)
	}
	t.calls[c.ID] = c
	return c
}

func (t *tracker) legStarts(l *leg, at time.Time) {
	if l.want != "" || l.silent || !l.call.left.IsZero() {
		// It picked up while being cancelled, or after the caller had left: that stands.
		t.surprise("answered while cancelled")
		t.do(effect{kind: hangUp, channel: l.channel(), reason: "normal"})
		return
	}
	if !l.up.IsZero() {
		at = l.up
	}
	t.move(l, legStarted, at)
}

// move takes a leg through its table and tells what the table says. End is told by legEnds.
func (t *tracker) move(l *leg, in legInput, at time.Time) bool {
	next, tell, ok := legMove{l.state, in}.next()
	if !ok {
		t.surprise("leg " + string(in) + " when " + string(l.state))
		return false
	}
	l.state = next
	if tell != "" && tell != pbx.LegEnded && !l.silent {
		l.told = true
		t.tell(pbx.Event{Kind: tell, At: at, Call: l.call.ID, Leg: l.id, Phone: l.phone})
	}
	return true
}

func (t *tracker) stateChanged(channel, state string, at time.Time) {
	if l := t.legOf(channel); l != nil {
		switch state {
		case "Ringing":
			if l.want == "" && t.move(l, legRang, at) && l.call.bridge == nil && !l.alone() {
				l.call.bridge = t.newBridge(l.call, at) // there is time now: who picks up finds the caller in it
			}
		case "Up":
			if l.up.IsZero() {
				l.up = at
			}
			if l.standby != nil { // in Stasis all the time: no StasisStart tells of the pick-up
				t.legStarts(l, at)
			}
		}
		return
	}
	if o, far, ok := t.outOf(channel); ok {
		if o != nil {
			t.outChanged(o, far, state, at)
		}
		return
	}
	if c := t.callOf(channel); c != nil && state == "Up" {
		c.up = true
	}
}

// stasisEnded: the caller hung up (destruction follows within ms) or the watchdog took the call back. Only a look tells.
func (t *tracker) stasisEnded(channel string, at time.Time) {
	c := t.callOf(channel)
	if c == nil || !c.left.IsZero() {
		return // of a leg, or told already
	}
	c.left = at
	t.do(effect{kind: lookAt, channel: channel, call: c.ID})
}

// leftUnseen: the caller's channel is up, but not in Stasis any more, and nobody said so.
func (t *tracker) leftUnseen(c *call, at time.Time) {
	c.left = time.Time{}
	t.stasisEnded(c.channel, at)
}

// looked is the answer to lookAt: found is nil when the channel is gone.
func (t *tracker) looked(id pbx.CallID, found *channel) {
	c := t.calls[id]
	if c == nil || c.left.IsZero() {
		return
	}
	in := callGone
	if found != nil {
		if _, here := found.args(t.app); here {
			c.left = time.Time{} // it came back, or never left
			return
		}
		in = callTaken
	}
	t.callEnds(c, in, 0, c.left)
}

func (t *tracker) destroyed(channel string, cause int, at time.Time) {
	if l := t.legOf(channel); l != nil {
		why := t.whyLeg(l, cause, at)
		// One that registered anew since it picked up is another life of the phone (a browser page loaded anew).
		died := l.want == "" && (why == pbx.LegFault || why == pbx.LegUnreachable || why == pbx.LegUnheard)
		if l.picked() && died && !t.fresh[l.phone].After(l.up) {
			t.distrust(l.phone, at)
		}
		t.legEnds(l, why, at)
		return
	}
	if c := t.callOf(channel); c != nil {
		t.callEnds(c, callGone, cause, at)
		return
	}
	if t.standbyGone(channel) {
		return
	}
	if _, ok := parseOf(snoopPrefix, channel); ok {
		t.snoopGone(channel)
		return
	}
	if t.ended.has(channel) {
		t.surprise("ended twice")
	}
	t.ended.bury(channel)
	if o, far, _ := t.outOf(channel); o != nil {
		t.outDestroyed(o, far, cause, at)
	}
}

// callEnds ends a call: told once, and everything that belonged to it is ended too.
func (t *tracker) callEnds(c *call, in callInput, cause int, at time.Time) {
	if _, ok := (callMove{c.state, in}).next(); !ok {
		t.surprise("caller " + string(in) + " when " + string(c.state))
		return
	}
	t.tell(pbx.Event{Kind: pbx.CallEnded, At: at, Call: c.ID, End: t.whyCall(c, in, cause, at)})
	t.bury(c)
}

// bury forgets a call whose end is told, and ends what hung on it.
func (t *tracker) bury(c *call) {
	delete(t.calls, c.ID)
	t.ended.bury(c.channel)
	for _, l := range sorted(c.legs) {
		if l.want == "" {
			l.want = pbx.LegCancelled
			if l.picked() {
				l.want = pbx.LegCallerGone
			}
		}
		t.do(effect{kind: hangUp, channel: l.channel(), reason: "normal"})
	}
	if c.bridge != nil {
		t.do(effect{kind: dropBridge, bridge: c.bridge})
	}
}

// whyCall is the typed reason of a call's end.
func (t *tracker) whyCall(c *call, in callInput, cause int, at time.Time) pbx.EndReason {
	switch {
	case in == callTaken:
		return pbx.EndReason{Code: pbx.EndToDialplan}
	case c.want != "":
		return pbx.EndReason{Code: c.want, Cause: cause, Ring: t.abandonedIn(c, c.want, at)}
	case c.human():
		return pbx.EndReason{Code: pbx.EndByCaller, Cause: cause}
	}
	return pbx.EndReason{Code: pbx.EndAbandoned, Cause: cause, Ring: t.abandonedIn(c, pbx.EndAbandoned, at)}
}

func (t *tracker) abandonedIn(c *call, code pbx.EndCode, at time.Time) int {
	if code != pbx.EndAbandoned {
		return 0
	}
	return ringAt(c.Ring1, at, t.cycle(c.DID))
}

// human: somebody has talked, or has picked up and is about to.
func (c *call) human() bool {
	if c.state == callTalking {
		return true
	}
	for _, l := range c.legs {
		if l.state == legAnswered && l.want == "" {
			return true
		}
	}
	return false
}

func (t *tracker) whyLeg(l *leg, cause int, at time.Time) pbx.LegEnd {
	if l.want != "" {
		return l.want
	}
	busy := false
	for _, other := range t.legs {
		if other != l && other.phone == l.phone && other.picked() {
			busy = true
		}
	}
	if l.voice.none && cause == causeUnavailable {
		return pbx.LegUnheard // the switch's own time-out came first
	}
	return legEndOf(cause, l.picked(), busy, !l.until.IsZero() && !at.Before(l.until.Add(-ringOutGrace)))
}

// picked: a human picked the phone up.
func (l *leg) picked() bool {
	return l.state == legAnswered || l.state == legTalks || l.state == legHears
}

// legEnds ends a leg: told once. When the last agent hung up and no other phone is in play, the call is over as well;
// when the agent's phone was lost, the caller stays and hears ringing: the queue finds another human.
func (t *tracker) legEnds(l *leg, why pbx.LegEnd, at time.Time) {
	talked, picked := l.state == legTalks, l.state == legAnswered || l.state == legTalks
	if !t.move(l, legGone, at) {
		return
	}
	t.deafen(l)
	delete(t.legs, l.id)
	delete(l.call.legs, l.id)
	t.leave(l, at)
	if !l.silent {
		t.tell(pbx.Event{Kind: pbx.LegEnded, At: at, Call: l.call.ID, Leg: l.id, Phone: l.phone, LegEnd: why})
	}
	c := l.call
	if t.calls[c.ID] == nil || !c.up || c.want != "" {
		return
	}
	others := false
	for _, other := range c.legs {
		switch {
		case other.state == legTalks && other.want == "":
			return // the caller still talks with somebody
		case other.state == legHears:
			// hears the talk, is no part of it
		case other.want == "" && !other.silent:
			others = true
		}
	}
	if talked && why == pbx.LegHungUp && !others {
		c.want, c.hung = pbx.EndByAgent, at
		t.do(effect{kind: hangUp, channel: c.channel, reason: "normal", after: precedence})
		return
	}
	if picked {
		t.alone(c.ID)
	}
}

// alone: an answered caller has lost whom they were to talk with. They hear ringing until another one is found.
func (t *tracker) alone(id pbx.CallID) {
	c := t.calls[id]
	if c == nil || c.want != "" || c.playing != "" || c.held {
		return
	}
	c.up = true
	t.do(effect{kind: ringback, channel: c.channel, call: id})
}

func (t *tracker) holdKey(channel string, held bool, at time.Time) {
	l := t.legOf(channel)
	if l == nil || l.held == held {
		return
	}
	l.held = held
	kind := pbx.CallResumed
	if held {
		kind = pbx.CallHeld
	}
	t.tell(pbx.Event{Kind: kind, At: at, Call: l.call.ID, Leg: l.id, Phone: l.phone})
}

func (t *tracker) digit(channel, digit string, at time.Time) {
	if o, far, _ := t.outOf(channel); o != nil && far && digit != "" {
		t.tell(pbx.Event{Kind: pbx.Digit, At: at, Call: o.id, Digit: digit})
	}
	if c := t.callOf(channel); c != nil && digit != "" {
		t.tell(pbx.Event{Kind: pbx.Digit, At: at, Call: c.ID, Digit: digit})
	}
}

func (t *tracker) playEnded(id string, at time.Time) {
	callID, ok := parsePlay(id)
	if o := t.outs[callID]; ok && o != nil && o.playing == id {
		o.playing = ""
		t.tell(pbx.Event{Kind: pbx.PlayEnded, At: at, Call: o.id})
		return
	}
	c := t.calls[callID]
	if !ok || c == nil || c.playing != id {
		t.surprise("play ended")
		return
	}
	c.playing = ""
	t.tell(pbx.Event{Kind: pbx.PlayEnded, At: at, Call: c.ID})
}

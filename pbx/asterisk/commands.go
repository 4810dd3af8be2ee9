package asterisk

import (
	"fmt"
	"strconv"
	"time"

	"hotline/pbx"
)

// This file is what commands do to the tracker; each runs in the owner's goroutine. Who sends the REST calls is in
// ring.go, connect.go and hold.go.

// alive finds a call that has not ended.
func (t *tracker) alive(id pbx.CallID) (*call, error) {
	if c := t.calls[id]; c != nil && c.want == "" {
		return c, nil
	}
	return nil, fmt.Errorf("call %s: %w", id, pbx.ErrGone)
}

// liveLeg finds a leg of a call, neither ended nor being ended.
func (t *tracker) liveLeg(id pbx.CallID, leg pbx.LegID) (*call, *leg, error) {
	c, err := t.alive(id)
	if err != nil {
		return nil, nil, err
	}
	l := t.legs[leg]
	if l == nil || l.call != c || l.want != "" || l.silent {
		return nil, nil, fmt.Errorf("leg %s: %w", leg, pbx.ErrGone)
	}
	return c, l, nil
}

// ringing is what Ring must know.
type ringing struct {
	caller  string // the caller's channel
	channel string // the leg's
	ready   bool   // it stands ready, and is only to be dialled
}

// ring notes a leg before it is asked for, so that no event of it can come before its owner.
func (t *tracker) ring(id pbx.CallID, r pbx.Ring, now time.Time) (ringing, error) {
	c, err := t.alive(id)
	if err != nil {
		return ringing{}, err
	}
	if t.legs[r.Leg] != nil || t.ended.has(string(r.Leg)) {
		return ringing{}, fmt.Errorf("leg %s was rung before", r.Leg)
	}
	l := &leg{id: r.Leg, call: c, phone: r.Phone, state: legAsked, until: now.Add(r.Timeout)}
	l.standby = t.takeStandby(c, r)
	if l.standby != nil {
		t.stood[l.standby.channel] = l
	}
	t.legs[l.id], c.legs[l.id] = l, l
	return ringing{caller: c.channel, channel: l.channel(), ready: l.standby != nil}, nil
}

// rung: the switch took the request. It has not sent it to the phone yet: nothing more is asked of it until the phone says
// that it rings.
func (t *tracker) rung(id pbx.LegID) {
	l := t.legs[id]
	if l == nil {
		return // it has ended meanwhile, and that was told
	}
	l.accepted = true
	if l.standby != nil {
		t.do(effect{kind: nameLeg, channel: l.channel(), reason: string(id), call: l.call.ID, after: precedence})
	}
	if l.want != "" { // released while the request was under way
		t.do(effect{kind: hangUp, channel: l.channel(), reason: "normal"})
	}
}

// unique ends a name that is never given twice: now keeps apart the names of one process from those of the next.
func (t *tracker) unique(now time.Time) string {
	t.bridges++
	return strconv.FormatInt(now.UnixMilli(), 36) + "." + strconv.Itoa(t.bridges)
}

// newBridge names a bridge and has it made.
func (t *tracker) newBridge(c *call, now time.Time) *bridge {
	b := &bridge{id: bridgeID(c.ID, t.unique(now)), ready: make(chan struct{})}
	t.do(effect{kind: makeBridge, channel: c.channel, bridge: b, call: c.ID})
	return b
}

// unreached: the switch could not make a channel to the phone. The leg was accepted, and has ended.
func (t *tracker) unreached(id pbx.LegID, at time.Time) {
	if l := t.legs[id]; l != nil {
		why := pbx.LegUnreachable
		if t.phones[l.phone] {
			why = pbx.LegFault
		}
		if l.want != "" {
			why = l.want
		}
		t.legEnds(l, why, at)
	}
}

// notRung: Ring fails. It reports whether the leg had shown signs of life before, in which case Ring did not fail.
func (t *tracker) notRung(id pbx.LegID, certain bool) (lives bool) {
	l := t.legs[id]
	if l == nil {
		return t.ended.has(string(id))
	}
	if l.told {
		l.accepted = true
		return true
	}
	l.silent, l.accepted = true, true
	l.want = pbx.LegFault
	if certain && l.standby == nil { // one that stood ready is there all the same
		delete(t.legs, id)
		delete(l.call.legs, id)
		return false
	}
	t.do(effect{kind: hangUp, channel: l.channel(), reason: "normal"})
	return false
}

// connected: caller and leg hear each other. drop ends the others, who are handed over.
func (t *tracker) connected(id pbx.CallID, leg pbx.LegID, drop bool, at time.Time) error {
	c, l, err := t.liveLeg(id, leg)
	if err != nil {
		return err
	}
	if next, ok := (callMove{c.state, callJoined}).next(); ok {
		c.state = next
	}
	if drop || !c.held { // who joins while the caller is parked leaves them parked
		c.up, c.bridged, c.held, c.found = true, true, false, false
	}
	if l.state != legTalks {
		t.move(l, legJoined, at)
	}
	t.unwatch(c)
	if l.joined = !drop; drop {
		t.deafen(l)
		if c.talker != l.id {
			t.hearTalk(c, l, at)
		}
		c.talker = l.id
	}
	for _, other := range sorted(c.legs) {
		if drop && other != l && other.state == legTalks && other.want == "" && !other.joined {
			other.want = pbx.LegHandedOver
			t.do(effect{kind: hangUp, channel: other.channel(), reason: "normal"})
		}
	}
	return nil
}

// release notes why a leg is to end. wait says that its channel may not exist yet: rung ends it then.
func (t *tracker) release(id pbx.CallID, leg pbx.LegID, why pbx.LegEnd) (channel, reason string, wait bool, err error) {
	l := t.legs[leg]
	if l == nil || l.call.ID != id || l.silent {
		return "", "", false, fmt.Errorf("leg %s: %w", leg, pbx.ErrGone)
	}
	if l.want == "" {
		l.want = why
	}
	if why == pbx.LegCancelled && l.call.human() {
		return l.channel(), "answered_elsewhere", !l.accepted, nil // RFC 3326: the phone lists no missed call
	}
	return l.channel(), "normal", !l.accepted, nil
}

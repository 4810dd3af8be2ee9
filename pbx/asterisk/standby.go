package asterisk

import (
	"strings"
	"time"

	"hotline/pbx"
)

// A leg can stand ready before its call has come: its channel is in Stasis and alone in a bridge of its own, no INVITE has been
// sent (ARI create; the channel's state is Down). Ring then only dials it, and Connect brings the caller into that bridge (ADR 20).
//
// It is a short cut for the plain case, a first phone for a caller who waits: any other leg is originated. It is made for the phones
// named by Prepare and no more, since each costs Asterisk a thread. The caller comes in only after the pick-up: two phones that ring
// must not share a bridge with a caller, or both would be heard if they were picked up together.
//
// Channel and bridge have the same id, "standby~<switch>~<phone>~<unique>". It does not name a call: whose leg it became is written on
// the channel soon after it was dialled.

// standby is a leg that stands ready, or is just being made so.
type standby struct {
	phone   string
	channel string
	bridge  *bridge
	begun   bool // the switch was, or is being, asked for it
	ready   bool // in its bridge: it can be dialled
}

const (
	standbyPrefix = "standby~"
	standbyArg    = "standby"
	legVariable   = "HOTLINE_LEG" // configs/asterisk, ari.conf, channelvars: listed with the channel

	// standbyAfter is how long after its cause a leg is made ready: callers go first, and a registration that comes in
	// several events makes one.
	standbyAfter = 100 * time.Millisecond
)

// standsReady gives the phone of a channel, or the bridge of one, that this switch's hotline made to stand ready.
func (t *tracker) standsReady(id string) (phone string, ok bool) {
	rest, ok := strings.CutPrefix(id, standbyPrefix+t.name+"~")
	if !ok {
		return "", false
	}
	phone, _, ok = strings.Cut(rest, "~")
	return phone, ok && pbx.ValidPhone(phone)
}

// channel is the id of the leg's channel.
func (l *leg) channel() string {
	if l.standby != nil {
		return l.standby.channel
	}
	return string(l.id)
}

// atHome: the call's bridge is the one in which the leg stood.
func (l *leg) atHome() bool { return l.standby != nil && l.call.bridge == l.standby.bridge }

// alone: the leg stood ready, and no other phone is in play: the caller can meet it where it stood.
func (l *leg) alone() bool { return l.standby != nil && len(l.call.legs) == 1 }

// prepare sets for which phones a leg shall stand ready.
func (t *tracker) prepare(phones []string, now time.Time) {
	clear(t.wanted)
	for _, phone := range phones {
		t.wanted[phone] = true
	}
	for _, s := range sorted(t.standbys) {
		if !t.wanted[s.phone] {
			t.dismiss(s)
		}
	}
	t.standAll(now)
}

// standAll makes what is wanted and missing.
func (t *tracker) standAll(now time.Time) {
	for _, phone := range sorted(keysOf(t.wanted)) {
		t.stand(phone, now)
	}
}

// stand has a leg made for a phone that is free and lacks one.
func (t *tracker) stand(phone string, now time.Time) {
	if !t.wanted[phone] || t.standbys[phone] != nil || !t.usable(phone) {
		return
	}
	for _, l := range t.legs {
		if l.phone == phone {
			return
		}
	}
	id := standbyPrefix + t.name + "~" + phone + "~" + t.unique(now)
	s := &standby{phone: phone, channel: id, bridge: &bridge{id: id, ready: make(chan struct{})}}
	t.standbys[phone] = s
	t.do(effect{kind: makeStandby, standby: s, after: standbyAfter})
}

// dismiss ends a leg that stands ready.
func (t *tracker) dismiss(s *standby) {
	if !s.begun {
		delete(t.standbys, s.phone)
		return
	}
	t.forgetStandby(s)
	t.do(effect{kind: hangUp, channel: s.channel, reason: "normal"})
}

// dismissAt is dismiss for whatever stands ready for a phone.
func (t *tracker) dismissAt(phone string) {
	if s := t.standbys[phone]; s != nil {
		t.dismiss(s)
	}
}

func (t *tracker) forgetStandby(s *standby) {
	if t.standbys[s.phone] == s {
		delete(t.standbys, s.phone)
	}
	t.do(effect{kind: dropBridge, bridge: s.bridge})
}

// renewStandby: the phone registered anew, or its account changed. What was made before would ring where it was then.
func (t *tracker) renewStandby(phone string, now time.Time) {
	t.dismissAt(phone)
	t.stand(phone, now)
}

// standing finds who stands ready by channel or bridge.
func (t *tracker) standing(id string) *standby {
	phone, _ := t.standsReady(id)
	if s := t.standbys[phone]; s != nil && s.channel == id {
		return s
	}
	return nil
}

// standbyStarted: its channel is in Stasis, and can be put into its bridge.
func (t *tracker) standbyStarted(channel string) {
	s := t.standing(channel)
	switch {
	case s != nil && !s.ready:
		t.do(effect{kind: seatStandby, standby: s})
	case s == nil && t.stood[channel] == nil && !t.ended.has(channel):
		t.do(effect{kind: hangUp, channel: channel, reason: "normal"}) // dismissed meanwhile, or of a process before
	}
}

// standbyGone: its channel has ended undialled. It is made again by the next look.
func (t *tracker) standbyGone(channel string) bool {
	s := t.standing(channel)
	if s != nil {
		t.ended.bury(channel)
		t.forgetStandby(s)
	}
	return s != nil
}

// takeStandby gives the leg that stands ready for the phone, if this ring is the plain case; one that cannot be used is ended, because
// the phone is about to ring.
func (t *tracker) takeStandby(c *call, r pbx.Ring) *standby {
	s := t.standbys[r.Phone]
	if s == nil {
		return nil
	}
	// dial shows the phone what the network said of the caller, as it is.
	plain := c.plain && r.CallerID == c.Caller && r.CallerName == c.CallerName
	if !s.ready || !plain || c.state != callWaiting || c.up || c.bridge != nil || len(c.legs) > 0 {
		t.dismiss(s)
		return nil
	}
	delete(t.standbys, s.phone)
	return s
}

// fallBack makes a leg that could not be dialled one that is to be originated. It returns true when it is to ring no more.
func (t *tracker) fallBack(id pbx.LegID, at time.Time) (over bool) {
	l := t.legs[id]
	if l == nil {
		return true // its end was told
	}
	if l.want != "" {
		t.legEnds(l, l.want, at)
		return true
	}
	s := l.standby
	delete(t.stood, s.channel)
	l.standby = nil
	t.dismiss(s)
	return false
}

// leave forgets the channel of a leg that has ended.
func (t *tracker) leave(l *leg, at time.Time) {
	t.ended.bury(string(l.id))
	if s := l.standby; s != nil {
		delete(t.stood, s.channel)
		t.ended.bury(s.channel)
		if !l.atHome() {
			t.do(effect{kind: dropBridge, bridge: s.bridge})
		}
	}
	t.stand(l.phone, at)
}

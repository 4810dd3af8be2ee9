package asterisk

import (
	"time"

	"hotline/pbx"
)

// enough looks in a row that agree make a fact: one snapshot can show a ghost, or miss what is just being made.
const enough = 2

// look compares a snapshot, taken some time after the last, with what is known, and mends what two in a row agree on:
// ends nobody told, callers nobody announced, legs and bridges that belong to nothing. healed names what was mended.
func (t *tracker) look(s snapshot, at time.Time) (healed []string) {
	v := t.view(s)
	t.engage(v, at)
	t.trustAgain(at)
	amiss := map[string]int{}
	strike := func(id string) bool {
		amiss[id] = t.strikes[id] + 1
		return amiss[id] >= enough
	}
	for _, l := range sorted(t.legs) {
		if _, up := v.channels[l.channel()]; !up && (l.accepted || l.silent) && strike(l.channel()) {
			t.legEnds(l, t.missedLeg(l, at), at)
			healed = append(healed, "leg end")
		}
	}
	for _, c := range sorted(t.calls) {
		if _, up := v.channels[c.channel]; !up && strike(c.channel) {
			t.lost(c, pbx.EndUnknown, at)
			healed = append(healed, "call end")
		}
	}
	for _, s := range sorted(t.standbys) {
		if _, up := v.channels[s.channel]; !up && s.ready && strike(s.channel) {
			t.forgetStandby(s)
			healed = append(healed, "standby")
		}
	}
	healed = append(healed, t.outsFound(v, at, strike)...)
	for _, ch := range s.Channels {
		if t.ended.has(ch.ID) {
			continue // a ghost
		}
		if _, _, ok := t.outOf(ch.ID); ok {
			continue
		}
		if s := t.standing(ch.ID); s != nil {
			if !s.ready && strike(ch.ID) {
				t.dismiss(s)
				healed = append(healed, "standby")
			}
			continue
		}
		_, stood := t.standsReady(ch.ID)
		if _, _, ok := t.ours(ch.ID); ok || stood {
			l := t.legOf(ch.ID)
			_, here := ch.args(t.app)
			if (l == nil || l.silent || l.want != "" || t.calls[l.call.ID] == nil) && strike(ch.ID) {
				t.do(effect{kind: hangUp, channel: ch.ID, reason: "normal"})
				healed = append(healed, "half-call")
			} else if l != nil && l.picksUp() && ch.State == "Up" && here && strike(ch.ID) {
				t.legStarts(l, at)
				healed = append(healed, "answer")
			}
			continue
		}
		if _, ok := parseOf(snoopPrefix, ch.ID); ok {
			if t.straySnoop(ch.ID) && strike(ch.ID) {
				t.do(effect{kind: hangUp, channel: ch.ID, reason: "normal"})
				healed = append(healed, "snoop")
			}
			continue
		}
		args, here := ch.args(t.app)
		c := t.callOf(ch.ID)
		switch {
		case here && isCaller(args) && c == nil && strike(ch.ID):
			t.adopt(ch, args, v, at)
			healed = append(healed, "arrival")
		case c != nil && !here && c.want == "" && strike(ch.ID):
			t.leftUnseen(c, at)
			healed = append(healed, "taken back")
		case c != nil && c.want != "" && strike(ch.ID):
			t.do(effect{kind: hangUp, channel: ch.ID, reason: "normal"})
			healed = append(healed, "hang-up")
		}
	}
	for _, b := range s.Bridges {
		if t.strayHome(b.ID) && strike(b.ID) {
			t.do(effect{kind: dropBridge, bridge: madeBridge(b.ID)})
			healed = append(healed, "standby's bridge")
		}
		if t.strayEar(b.ID) && strike(b.ID) {
			t.do(effect{kind: dropBridge, bridge: madeBridge(b.ID)})
			healed = append(healed, "ear")
		}
		if id, ok := parseOutBridge(b.ID); ok && id.Switch() == t.name {
			if o := t.outs[id]; (o == nil || o.bridge == nil || o.bridge.id != b.ID) && strike(b.ID) {
				t.do(effect{kind: dropBridge, bridge: madeBridge(b.ID)})
				healed = append(healed, "bridge out")
			}
		}
		id, ok := parseBridge(b.ID)
		if !ok || id.Switch() != t.name {
			continue
		}
		c := t.calls[id]
		if (c == nil || c.bridge == nil || c.bridge.id != b.ID) && strike(b.ID) {
			t.do(effect{kind: dropBridge, bridge: madeBridge(b.ID)})
			healed = append(healed, "bridge")
		}
	}
	t.strikes = amiss
	t.standAll(at)
	return healed
}

// picksUp: as far as is known the phone rings, or is about to.
func (l *leg) picksUp() bool {
	return (l.state == legAsked || l.state == legRings) && l.want == "" && !l.silent
}

// answerMissed says that a phone was picked up a while ago and is not in Stasis yet, as far as was told: it is, and a caller waits.
func (t *tracker) answerMissed(now time.Time) bool {
	for _, l := range t.legs {
		if l.picksUp() && !l.up.IsZero() && now.Sub(l.up) > soon && now.Sub(l.up) < 10*soon {
			return true
		}
	}
	return false
}

// madeBridge is a bridge that exists.
func madeBridge(id string) *bridge {
	b := &bridge{id: id, ready: make(chan struct{})}
	close(b.ready)
	return b
}

package asterisk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/pbx"
)

// sync takes the snapshot with which a connection begins. Told, in this order: SwitchUp; the ends of what ended while
// nobody looked; CallAdopted for calls not known; what known legs did meanwhile; the phones; SwitchSynced.
//
// What is there but belongs to nothing (half-calls, bridges of gone calls) is only noted: look acts on the second sight.
func (t *tracker) sync(s snapshot, at time.Time) {
	t.tell(pbx.Event{Kind: pbx.SwitchUp, At: at})
	if t.startup != "" && t.startup != s.Startup {
		t.restarted(at)
	}
	t.startup = s.Startup
	clear(t.strikes)
	v := t.view(s)
	t.engaged, t.taken = v.engaged, v.taken

	for _, l := range sorted(t.legs) {
		if _, up := v.channels[l.channel()]; !up && l.accepted {
			t.legEnds(l, t.missedLeg(l, at), at)
		}
	}
	for _, s := range sorted(t.standbys) {
		if _, up := v.channels[s.channel]; !up && s.ready {
			t.forgetStandby(s)
		}
	}
	for _, c := range sorted(t.calls) {
		ch, up := v.channels[c.channel]
		if !up {
			t.lost(c, pbx.EndUnknown, at)
		} else if _, here := ch.args(t.app); !here {
			t.leftUnseen(c, at) // while we stood still or were cut off
		}
	}
	for _, ch := range s.Channels {
		args, here := ch.args(t.app)
		_, _, isLeg := t.ours(ch.ID)
		_, _, isOut := parseOut(ch.ID)
		if isLeg || isOut || !here || !isCaller(args) || t.ended.has(ch.ID) {
			continue
		}
		if c := t.callOf(ch.ID); c == nil || v.strangers(t, c) {
			t.adopt(ch, args, v, at)
		} else {
			t.catchUp(c, ch, v, at)
		}
	}
	t.outsFound(v, at, func(string) bool { return true })
	t.reachAll(s.Endpoints, at)
	t.standAll(at)
	live := make([]pbx.CallID, 0, len(t.calls))
	for _, c := range sorted(t.calls) {
		live = append(live, c.ID)
	}
	for _, o := range sorted(t.outs) {
		live = append(live, o.id)
	}
	t.tell(pbx.Event{Kind: pbx.SwitchSynced, At: at, Calls: live})
}

// restarted: every channel of before is lost. Their ids are not: Asterisk names a channel by the second and a count from
// 0, so that one started again within the second uses an id once more, for another caller.
func (t *tracker) restarted(at time.Time) {
	for _, l := range sorted(t.legs) {
		if l.accepted {
			t.legEnds(l, t.missedLeg(l, at), at)
		}
	}
	for _, c := range sorted(t.calls) {
		t.lost(c, pbx.EndSwitchFault, at)
	}
	for _, o := range sorted(t.outs) {
		t.endOut(o, pbx.OutFault, "", at)
	}
	clear(t.standbys)
	clear(t.stood)
	t.ended = graves{}
}

// view is a snapshot, made easy to ask.
type view struct {
	channels   map[string]channel
	legs       map[pbx.CallID][]channel       // agents' legs by their call
	bridges    map[pbx.CallID]string          // the call's bridge: with the caller, else with anybody, else any
	members    map[pbx.CallID]map[string]bool // channels in it
	stood      map[string]pbx.LegID           // by channel: whose leg it is that stood ready
	ears       map[pbx.LegID]foundEar
	engaged    map[string]bool          // phones in calls that are none of ours
	outs       map[pbx.CallID][]channel // channels of calls out
	outBridges map[pbx.CallID]string
	taken      bool // the dialplan serves callers by itself
}

func (t *tracker) view(s snapshot) view {
	v := view{
		channels: map[string]channel{}, legs: map[pbx.CallID][]channel{},
		bridges: map[pbx.CallID]string{}, members: map[pbx.CallID]map[string]bool{}, stood: map[string]pbx.LegID{}, ears: map[pbx.LegID]foundEar{},
		engaged: map[string]bool{}, outs: map[pbx.CallID][]channel{}, outBridges: map[pbx.CallID]string{},
	}
	t.meetings(s, v)
	for _, ch := range s.Channels {
		v.channels[ch.ID] = ch
		if id, _, ok := t.ours(ch.ID); ok {
			v.legs[id] = append(v.legs[id], ch)
		} else if _, ok := t.standsReady(ch.ID); ok {
			if id, _, ok := v.stood[ch.ID].Parse(); ok {
				v.legs[id] = append(v.legs[id], ch)
			}
		} else if id, _, ok := parseOut(ch.ID); ok && id.Switch() == t.name {
			v.outs[id] = append(v.outs[id], ch)
		} else if phone, ok := ch.phone(); ok {
			v.engaged[phone] = true
		}
		v.taken = v.taken || ch.Dialplan.Context == fallbackContext
	}
	for _, b := range s.Bridges {
		if leg, ok := parseOf(earPrefix, b.ID); ok {
			e := foundEar{bridge: b.ID, members: map[string]bool{}}
			for _, member := range b.ChannelIDs {
				e.members[member] = true
			}
			if old := v.ears[leg]; len(old.members) <= len(e.members) {
				v.ears[leg] = e
			}
		}
		if id, ok := parseOutBridge(b.ID); ok && id.Switch() == t.name {
			v.outBridges[id] = b.ID
		}
	}
	for id := range v.legs {
		slices.SortFunc(v.legs[id], func(a, b channel) int { return strings.Compare(a.ID, b.ID) })
	}
	return v
}

// foundEar is a bridge in which a leg hears a talk.
type foundEar struct {
	bridge  string
	members map[string]bool
}

// strangers: somebody else (who had the application meanwhile) let an agent into this call whom we did not ring. Then
// what we knew of the call is void, and it is adopted as it stands.
func (v view) strangers(t *tracker, c *call) bool {
	for _, ch := range v.legs[c.ID] {
		if t.legOf(ch.ID) == nil && ch.State == "Up" && !t.ended.has(ch.ID) {
			return true
		}
	}
	return false
}

// adopt takes over a call that is up, with its legs as they stand.
func (t *tracker) adopt(ch channel, args []string, v view, at time.Time) {
	if old := t.callOf(ch.ID); old != nil {
		for _, l := range old.legs {
			delete(t.legs, l.id)
			delete(t.stood, l.channel())
		}
	}
	c := t.admit(ch, args, at)
	if c.watchdog > 0 {
		c.renew = at // what it was last set to, and when, is not known: the process that did may have died before it was stopped
	}
	if id, ok := v.bridges[c.ID]; ok {
		c.bridge = madeBridge(id)
		c.bridged = v.members[c.ID][c.channel]
	}
	var legs []pbx.Leg
	for _, found := range v.legs[c.ID] {
		l := t.found(c, found, v)
		legs = append(legs, pbx.Leg{ID: l.id, Phone: l.phone, State: pbx.LegState(shown(l.state))})
	}
	if c.state == callTalking {
		c.held = !c.bridged
		c.foundTalker()
		if l := c.legs[c.talker]; l != nil {
			t.hearTalk(c, l, at)
		}
	} else if c.up {
		c.state, c.found = callAnnounced, true
	}
	if c.bridge != nil && c.state != callTalking && !c.bridged && t.isHome(c.bridge.id) {
		c.bridge = nil // of a phone that rings; another one may ring, too
	}
	adopted := c.Call
	t.tell(pbx.Event{Kind: pbx.CallAdopted, At: at, Call: c.ID, Arrival: &adopted, Legs: legs})
}

// found makes the record of a leg that is up.
func (t *tracker) found(c *call, ch channel, v view) *leg {
	_, phone, _ := t.ours(ch.ID)
	l := &leg{id: pbx.LegID(ch.ID), call: c, phone: phone, state: legAsked, accepted: true, told: true}
	if phone, ok := t.standsReady(ch.ID); ok {
		t.foundStood(l, v.stood[ch.ID], phone, ch.ID)
	}
	switch {
	case ch.State == "Up" && v.members[c.ID][ch.ID] && c.up:
		l.state = legTalks
		c.state = callTalking
	case ch.State == "Up":
		l.state = legAnswered
		t.foundEar(l, v)
	case ch.State == "Ringing":
		l.state = legRings
	}
	t.legs[l.id] = l
	c.legs[l.id] = l
	return l
}

// foundTalker tells the talker from who joined later: legs are numbered in the order in which they were rung.
func (c *call) foundTalker() {
	for _, l := range sorted(c.legs) {
		if l.state != legTalks {
			continue
		}
		if first := c.legs[c.talker]; first == nil || l.number() < first.number() {
			c.talker = l.id
		}
	}
	for _, l := range c.legs {
		l.joined = l.state == legTalks && l.id != c.talker
	}
}

// number is which of the call's legs it is; 0 when its id does not say.
func (l *leg) number() int {
	n, err := strconv.Atoi(string(l.id[strings.LastIndexByte(string(l.id), '~')+1:]))
	if err != nil {
		return 0
	}
	return n
}

// shown: for the hotline a leg whose phone has said nothing yet rings.
func shown(s legState) legState {
	if s == legAsked {
		return legRings
	}
	return s
}

// catchUp tells what a known call and its legs did while nobody looked.
func (t *tracker) catchUp(c *call, ch channel, v view, at time.Time) {
	c.up = c.up || ch.State == "Up"
	c.left = time.Time{}
	if c.watchdog > 0 {
		c.renew = at
	}
	for _, found := range v.legs[c.ID] {
		l := t.legOf(found.ID)
		if l == nil || l.silent || l.want != "" {
			continue // look ends it
		}
		switch found.State {
		case "Ringing":
			if l.state == legAsked {
				t.move(l, legRang, at)
			}
		case "Up":
			if l.state == legAsked || l.state == legRings {
				t.legStarts(l, at)
			}
		}
	}
}

// missedLeg is why a leg ended that was not seen ending.
func (t *tracker) missedLeg(l *leg, at time.Time) pbx.LegEnd {
	switch {
	case l.want != "":
		return l.want
	case (l.state == legAsked || l.state == legRings) && !l.until.IsZero() && !at.Before(l.until):
		return pbx.LegNoAnswer
	}
	return pbx.LegFault
}

// lost ends a call that was not seen ending.
func (t *tracker) lost(c *call, code pbx.EndCode, at time.Time) {
	if c.want != "" {
		code = c.want
	}
	t.tell(pbx.Event{Kind: pbx.CallEnded, At: at, Call: c.ID, End: pbx.EndReason{Code: code}})
	for _, l := range sorted(c.legs) {
		if l.want == "" && code == pbx.EndSwitchFault {
			l.want = pbx.LegFault
		}
	}
	t.bury(c)
}

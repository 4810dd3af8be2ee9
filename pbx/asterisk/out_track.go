package asterisk

import (
	"strings"
	"time"

	"hotline/pbx"
)

// out is a call out. Its channels are "out~<call>~<phone>" for the agent and "out~<call>~0" for the number (no phone is called
// so); its bridge is "out~<call>~<unique>". Whose they are is read off them, after a crash as well.
type out struct {
	id       pbx.CallID
	phone    string // "" when a machine talks
	state    outState
	near     bool       // the agent's channel was made
	far      bool       // the number's channel was made
	rang     bool       // the network said that the number rings
	want     pbx.OutEnd // EndOut was asked for
	bridge   *bridge    // once the number is dialled
	ring     string     // what the number's channel is dialled with, see dialFar
	nearTill time.Time  // when the switch stops ringing the agent
	farTill  time.Time  // when it stops ringing the number
	plays    int        // playbacks so far
	playing  string     // the last one
}

// outChannelPrefix begins the ids of channels and bridges of calls out.
const outChannelPrefix = "out~"

// farSide stands in the place of a phone.
const farSide = "0"

// outArg is the first argument of Stasis() for them.
const outArg = "out"

func (o *out) nearID() string { return outChannelPrefix + string(o.id) + "~" + o.phone }

func (o *out) farID() string { return outChannelPrefix + string(o.id) + "~" + farSide }

// parseOut gives the call and the phone of a channel of a call out; phone is "" for the number's side.
func parseOut(channel string) (call pbx.CallID, phone string, ok bool) {
	rest, ok := strings.CutPrefix(channel, outChannelPrefix)
	if !ok {
		return "", "", false
	}
	id, phone, ok := strings.Cut(rest, "~")
	if !ok || !pbx.OutIDPattern.MatchString(id) || phone != farSide && !pbx.ValidPhone(phone) {
		return "", "", false
	}
	return pbx.CallID(id), strings.TrimPrefix(phone, farSide), true
}

// parseOutBridge gives the call of the bridge of a call out.
func parseOutBridge(id string) (pbx.CallID, bool) {
	rest, ok := strings.CutPrefix(id, outChannelPrefix)
	call, _, _ := strings.Cut(rest, "~")
	return pbx.CallID(call), ok && pbx.OutIDPattern.MatchString(call)
}

// outOf finds the call out of a channel; far says which side. theirs is false for a channel that is no call out of this switch.
func (t *tracker) outOf(channel string) (o *out, far, theirs bool) {
	id, phone, ok := parseOut(channel)
	if !ok || id.Switch() != t.name {
		return nil, false, false
	}
	return t.outs[id], phone == "", true
}

// moveOut takes a call out through its table and tells what the table says; its end is told by endOut.
func (t *tracker) moveOut(o *out, in outInput, at time.Time) bool {
	next, tell, ok := outMove{o.state, in}.next()
	if !ok || in == outRang && o.rang {
		t.surprise("out " + string(in) + " when " + string(o.state))
		return false
	}
	o.state = next
	o.rang = o.rang || in == outRang
	if tell != "" && tell != pbx.OutEnded {
		t.tell(pbx.Event{Kind: tell, At: at, Call: o.id, Phone: o.phone})
	}
	return true
}

// outStarted takes StasisStart: the agent picked up, or the number's channel is there to be dialled.
func (t *tracker) outStarted(channel string, at time.Time) {
	o, far, _ := t.outOf(channel)
	switch {
	case o == nil:
		t.surprise("out unknown")
		if !t.ended.has(channel) {
			t.do(effect{kind: hangUp, channel: channel, reason: "normal"})
		}
	case !far:
		t.moveOut(o, outPicked, at)
	case o.state == outReaches && o.ring != "":
		t.do(effect{kind: dialFar, channel: channel, bridge: o.bridge, call: o.id, reason: o.ring})
		o.ring = ""
	}
}

func (t *tracker) outChanged(o *out, far bool, state string, at time.Time) {
	switch {
	case !far:
	case state == "Ringing" && !o.rang:
		t.moveOut(o, outRang, at)
	case state == "Up" && o.state == outReaches:
		t.moveOut(o, outUp, at)
	}
}

// outDestroyed ends a call out when either side is gone.
func (t *tracker) outDestroyed(o *out, far bool, cause int, at time.Time) {
	late := func(till time.Time) bool { return !till.IsZero() && !at.Before(till.Add(-ringOutGrace)) }
	talked := o.state == outTalks
	switch {
	case o.want != "":
		t.endOut(o, o.want, "", at)
	case far && talked:
		why := pbx.OutByCustomer
		if legEndOf(cause, true, false, false) == pbx.LegFault {
			why = pbx.OutFault
		}
		t.endOut(o, why, "", at)
	case far:
		t.endOut(o, outEndOf(cause, o.rang, late(o.farTill)), "", at)
	case o.state == outCalls:
		t.endOut(o, pbx.OutAgentAway, legEndOf(cause, false, false, late(o.nearTill)), at)
	case talked:
		t.endOut(o, pbx.OutByAgent, "", at)
	default:
		t.endOut(o, pbx.OutCancelled, "", at)
	}
}

// endOut tells the end and ends what is left.
func (t *tracker) endOut(o *out, why pbx.OutEnd, leg pbx.LegEnd, at time.Time) {
	if !t.moveOut(o, outGone, at) {
		return
	}
	delete(t.outs, o.id)
	t.outsOver.bury(string(o.id))
	t.tell(pbx.Event{Kind: pbx.OutEnded, At: at, Call: o.id, Phone: o.phone, OutEnd: why, LegEnd: leg})
	if o.near && o.phone != "" {
		t.do(effect{kind: hangUp, channel: o.nearID(), reason: "normal"})
	}
	if o.far {
		t.do(effect{kind: hangUp, channel: o.farID(), reason: "normal"})
	}
	if o.bridge != nil {
		t.do(effect{kind: dropBridge, bridge: o.bridge})
	}
}

// outsFound compares the calls out with what the switch shows. sure is asked before anything is ended or taken for real on
// the word of one snapshot alone: channel or call in question.
func (t *tracker) outsFound(v view, at time.Time, sure func(string) bool) (healed []string) {
	for _, o := range sorted(t.outs) {
		_, near := v.channels[o.nearID()]
		ch, far := v.channels[o.farID()]
		if (o.phone != "" && o.near && !near || o.far && !far) && sure(string(o.id)) {
			t.endOut(o, t.missedOut(o), "", at)
			healed = append(healed, "call out end")
			continue
		}
		if o.phone != "" && near && v.channels[o.nearID()].State == "Up" && o.state == outCalls {
			t.moveOut(o, outPicked, at)
		}
		if far {
			t.outChanged(o, true, ch.State, at)
		}
	}
	for _, id := range sorted(keysOfCalls(v.outs)) {
		if t.outs[id] != nil || !sure(string(id)) {
			continue
		}
		if t.outsOver.has(string(id)) {
			for _, ch := range v.outs[id] {
				if !t.ended.has(ch.ID) {
					t.do(effect{kind: hangUp, channel: ch.ID, reason: "normal"})
					healed = append(healed, "half-call out")
				}
			}
			continue
		}
		t.adoptOut(id, v, at)
		healed = append(healed, "call out")
	}
	return healed
}

func (t *tracker) missedOut(o *out) pbx.OutEnd {
	if o.want != "" {
		return o.want
	}
	return pbx.OutUnknown
}

// adoptOut takes over a call out that another process began.
func (t *tracker) adoptOut(id pbx.CallID, v view, at time.Time) {
	o := &out{id: id, state: outCalls}
	farUp, nearUp := false, false
	for _, ch := range v.outs[id] {
		if _, phone, _ := parseOut(ch.ID); phone != "" {
			o.phone, o.near, nearUp = phone, true, ch.State == "Up"
		} else {
			o.far, farUp = true, ch.State == "Up"
		}
	}
	if b := v.outBridges[id]; b != "" {
		o.bridge = madeBridge(b)
	}
	switch {
	case farUp:
		o.state = outTalks
	case o.far:
		o.state = outReaches
	case nearUp:
		o.state = outReady
	}
	t.outs[id] = o
	t.tell(pbx.Event{Kind: pbx.OutFound, At: at, Call: id, Phone: o.phone, Detail: string(o.state)})
}

// keysOfCalls maps each key to itself, for sorted.
func keysOfCalls[V any](m map[pbx.CallID]V) map[pbx.CallID]pbx.CallID {
	keys := make(map[pbx.CallID]pbx.CallID, len(m))
	for key := range m {
		keys[key] = key
	}
	return keys
}

package asterisk

import (
	"slices"
	"testing"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// phoneNews gives what was told of phones, "up login" or "down login", and forgets it.
func (b *bench) phoneNews() (told []string) {
	events, _, _ := b.take()
	for _, e := range events {
		switch e.Kind {
		case pbx.PhoneUp:
			told = append(told, "up "+e.Phone)
		case pbx.PhoneDown:
			told = append(told, "down "+e.Phone)
		}
	}
	return told
}

func registered(logins ...string) (list []ari.EndpointData) {
	for _, login := range logins {
		list = append(list, ari.EndpointData{Technology: "PJSIP", Resource: login, State: online})
	}
	return list
}

// byItself is a channel of a call that the dialplan serves by itself.
func byItself(id, name, context string) channel {
	c := channel{ID: id, Name: name, State: "Up"}
	c.Dialplan.Context, c.Dialplan.App = context, "Dial"
	return c
}

// TestAPhoneInAForeignCallIsNotReachable shows the phones that the dialplan rings for itself: down while it does, up after.
func TestAPhoneInAForeignCallIsNotReachable(t *testing.T) {
	b := newBench()
	caller, leg := byItself("asterisk-7.0", "PJSIP/trunk-carrier-00000001", fallbackContext), byItself("asterisk-7.1", "PJSIP/li-00000002", "agents")
	steps := []struct {
		what      string
		channels  []channel
		want      []string
		unsettled bool
	}{
		{"one talks without us", []channel{caller, leg}, []string{"down li"}, true},
		{"it goes on", []channel{caller, leg}, nil, true},
		{"the phone is free, the caller is not", []channel{caller}, []string{"up li"}, true},
		{"all is over", nil, nil, false},
		{"our own leg", []channel{byItself(string(pbx.NewLegID(lineC, "wang", 1)), "PJSIP/wang-00000003", "agents")}, nil, false},
	}
	b.sync(snapshot{Endpoints: registered("li", "wang")}, b.now)
	if got := b.phoneNews(); !slices.Equal(got, []string{"up li", "up wang"}) {
		t.Fatalf("told %v", got)
	}
	for _, step := range steps {
		b.look(snapshot{Channels: step.channels}, b.now)
		if got := b.phoneNews(); !slices.Equal(got, step.want) || b.unsettled() != step.unsettled {
			t.Errorf("%s: told %v, unsettled %v", step.what, got, b.unsettled())
		}
	}
	b.sync(snapshot{Channels: []channel{caller, leg}, Endpoints: registered("li", "wang")}, b.now)
	if got := b.phoneNews(); !slices.Equal(got, []string{"up wang", "down li"}) {
		t.Errorf("after a new connection told %v", got)
	}
}

// TestAPhoneThatDiedInATalkIsDistrusted: down before its leg's end is told, up again when it registers or the switch had
// the time to find out.
func TestAPhoneThatDiedInATalkIsDistrusted(t *testing.T) {
	for _, end := range []struct {
		cause int
		want  []string
	}{{causeUnavailable, []string{"down li"}}, {causeNoResponse, []string{"down li"}}, {causeNormal, nil}} {
		b := newBench()
		b.sync(snapshot{Endpoints: registered("li")}, b.now)
		b.phoneNews()
		id := pbx.NewLegID(lineC, "li", 1)
		c := &call{Call: pbx.Call{ID: lineC}, channel: line, state: callTalking, legs: map[pbx.LegID]*leg{}}
		l := &leg{id: id, call: c, phone: "li", state: legTalks, accepted: true, told: true}
		b.calls[lineC], b.legs[id], c.legs[id] = c, l, l
		b.destroyed(string(id), end.cause, b.now)
		if got := b.phoneNews(); !slices.Equal(got, end.want) {
			t.Errorf("cause %d: told %v, want %v", end.cause, got, end.want)
			continue
		}
		if end.want == nil {
			continue
		}
		b.look(snapshot{}, b.now.Add(distrusted))
		if got := b.phoneNews(); got != nil {
			t.Errorf("trusted too soon: %v", got)
		}
		b.look(snapshot{}, b.now.Add(distrusted+time.Second))
		if got := b.phoneNews(); !slices.Equal(got, []string{"up li"}) || b.unsettled() {
			t.Errorf("trusted again: told %v", got)
		}
		b.distrust("li", b.now)
		b.endpoint(registered("li")[0], b.now)
		if got := b.phoneNews(); !slices.Equal(got, []string{"down li", "up li"}) {
			t.Errorf("after it registered anew: told %v", got)
		}
	}
}

// TestAnAnswerNobodyToldOfIsFound: the phone said that it was picked up, and Asterisk's word that its leg waits for us was lost. Two
// looks in a row find it; a leg that is just being picked up is not looked for, nor one that was given up.
func TestAnAnswerNobodyToldOfIsFound(t *testing.T) {
	b := newBench()
	b.feed("start " + line)
	leg := b.rings("li")
	b.feed("ringing "+string(leg), "up "+string(leg))
	b.take()
	up := channel{ID: string(leg), State: "Up"}
	up.Dialplan.App, up.Dialplan.Data = "Stasis", "hotline,leg"
	at := b.legs[leg].up
	for after, want := range map[time.Duration]bool{0: false, soon: false, soon + 1: true, 10 * soon: false} {
		if b.answerMissed(at.Add(after)) != want {
			t.Errorf("missed after %v: want %v", after, want)
		}
	}
	caller := byItself(line, "PJSIP/trunk-carrier-00000001", "hotline-in")
	caller.Dialplan.App, caller.Dialplan.Data = "Stasis", "hotline,in,4001,0,20"
	seen := snapshot{Channels: []channel{caller, up}}
	b.look(seen, b.now)
	check(t, b.told())
	if healed := b.look(seen, b.now); !slices.Equal(healed, []string{"answer"}) {
		t.Errorf("healed %v", healed)
	}
	check(t, b.told(), "leg.answered li")
	if b.answerMissed(at.Add(2 * soon)) {
		t.Error("it is still missed")
	}
}

// TestACallerTakenBackUnseenIsLookedAt: the dialplan took a caller back while we stood still or were cut off.
func TestACallerTakenBackUnseenIsLookedAt(t *testing.T) {
	b := newBench()
	b.feed("start " + line)
	b.take()
	taken := byItself(line, "PJSIP/trunk-carrier-00000001", fallbackContext)
	b.sync(snapshot{Channels: []channel{taken}}, b.now)
	_, effects, _ := b.take()
	if !slices.ContainsFunc(effects, func(e effect) bool { return e.kind == lookAt && e.call == lineC }) {
		t.Fatalf("the caller is not looked at: %+v", effects)
	}
	b.looked(lineC, &taken)
	events, _, _ := b.take()
	if len(events) != 1 || events[0].Kind != pbx.CallEnded || events[0].End.Code != pbx.EndToDialplan {
		t.Errorf("told %+v", events)
	}
}

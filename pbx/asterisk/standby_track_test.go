package asterisk

import (
	"slices"
	"testing"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// stands has a leg stand ready for a phone that is online.
func (b *bench) stands(phones ...string) {
	for _, phone := range phones {
		b.endpoint(ari.EndpointData{Technology: "PJSIP", Resource: phone, State: online}, b.now)
	}
	b.prepare(phones, b.now)
	for _, phone := range phones {
		s := b.standbys[phone]
		s.begun, s.ready = true, true
	}
	b.take()
}

// ringsPlainly rings a phone for a caller whose number needs no cleaning.
func (b *bench) ringsPlainly(t *testing.T, phone string, n int) (ringing, *leg) {
	t.Helper()
	id := pbx.NewLegID(lineC, phone, n)
	now, err := b.ring(lineC, pbx.Ring{Leg: id, Phone: phone, CallerID: "13800138000", Timeout: 20 * time.Second}, b.now)
	if err != nil {
		t.Fatal(err)
	}
	b.rung(id)
	return now, b.legs[id]
}

// does names what is to be done at the switch, and forgets it.
func (b *bench) does() (kinds []effectKind) {
	_, effects, _ := b.take()
	for _, e := range effects {
		kinds = append(kinds, e.kind)
	}
	return kinds
}

// TestStandingReady is the way of a leg that stood ready, and the ways out of it.
func TestStandingReady(t *testing.T) {
	t.Run("the plain case", func(t *testing.T) {
		b := newBench()
		b.feed("start " + line)
		b.stands("li")
		now, l := b.ringsPlainly(t, "li", 1)
		if !now.ready || now.channel != l.channel() || b.standbys["li"] != nil {
			t.Fatalf("rung as %+v", now)
		}
		if got := b.does(); !slices.Equal(got, []effectKind{nameLeg}) {
			t.Errorf("when it is dialled: %v", got)
		}
		b.apply(b.event("ringing", l.channel()), b.now)
		if got := b.does(); got != nil {
			t.Errorf("when it rings: %v", got)
		}
		check(t, b.feed("up "+l.channel(), "up "+l.channel()), "leg.answered li")
		m, _, err := b.meeting(lineC, l.id, true)
		if err != nil || !m.home || m.bridge != l.standby.bridge || m.bridged {
			t.Errorf("what is left for Connect: %+v, %v", m, err)
		}
		check(t, b.feed("gone "+l.channel(), "gone "+l.channel()), "leg.ended li hung-up")
	})
	t.Run("a second phone", func(t *testing.T) {
		b := newBench()
		b.feed("start " + line)
		b.stands("li", "wang")
		_, l := b.ringsPlainly(t, "li", 1)
		b.apply(b.event("ringing", l.channel()), b.now)
		b.does()
		now, second := b.ringsPlainly(t, "wang", 2)
		if now.ready {
			t.Errorf("the second phone is rung as %+v", now)
		}
		if b.standbys["wang"] != nil {
			t.Error("what stood ready for a phone that rings is still there")
		}
		b.does()
		b.apply(b.event("ringing", second.channel()), b.now)
		if got := b.does(); !slices.Equal(got, []effectKind{makeBridge}) {
			t.Errorf("when the second one rings: %v", got)
		}
		b.feed("up " + l.channel())
		if m, _, err := b.meeting(lineC, l.id, true); err != nil || m.home {
			t.Errorf("the caller meets the first one where it stood: %+v, %v", m, err)
		}
	})
	t.Run("two phones at once", func(t *testing.T) {
		b := newBench()
		b.feed("start " + line)
		b.stands("li")
		_, l := b.ringsPlainly(t, "li", 1)
		b.ringsPlainly(t, "wang", 2)
		b.does()
		b.apply(b.event("ringing", l.channel()), b.now)
		if got := b.does(); !slices.Equal(got, []effectKind{makeBridge}) || l.atHome() {
			t.Errorf("the caller waits where one of two rings: %v", got)
		}
	})
	t.Run("not what the network said", func(t *testing.T) {
		b := newBench()
		b.feed("start " + line)
		b.stands("li")
		id := pbx.NewLegID(lineC, "li", 1)
		now, err := b.ring(lineC, pbx.Ring{Leg: id, Phone: "li", CallerID: "10010", Timeout: time.Second}, b.now)
		if err != nil || now.ready || now.channel != string(id) {
			t.Errorf("rung as %+v, %v", now, err)
		}
	})
	t.Run("released before it could be dialled", func(t *testing.T) {
		b := newBench()
		b.feed("start " + line)
		b.stands("li")
		id := pbx.NewLegID(lineC, "li", 1)
		if _, err := b.ring(lineC, pbx.Ring{Leg: id, Phone: "li", CallerID: "13800138000", Timeout: time.Second}, b.now); err != nil {
			t.Fatal(err)
		}
		if _, _, wait, err := b.release(lineC, id, pbx.LegDeclined); err != nil || !wait {
			t.Fatal(wait, err)
		}
		if !b.fallBack(id, b.now) {
			t.Error("a leg that was released is rung another way")
		}
		check(t, b.told(), "leg.ended li declined")
	})
	t.Run("registered anew", func(t *testing.T) {
		b := newBench()
		b.stands("li")
		before := b.standbys["li"]
		b.endpoint(ari.EndpointData{Technology: "PJSIP", Resource: "li", State: online}, b.now)
		if got := b.does(); !slices.Equal(got, []effectKind{dropBridge, hangUp, makeStandby}) || b.standbys["li"] == before {
			t.Errorf("done: %v", got)
		}
	})
	t.Run("held, and handed over before", func(t *testing.T) {
		b := newBench()
		caller, second := inStasis(line), channel{ID: string(pbx.NewLegID(lineC, "wang", 2)), State: "Up"}
		caller.State = "Up"
		b.sync(snapshot{
			Channels: []channel{caller, second},
			Bridges:  []ari.BridgeData{{ID: "standby~a~li~gone.1", ChannelIDs: []string{second.ID}}}, // the first leg's, who is gone
		}, b.now)
		if c := b.calls[lineC]; c.state != callTalking || !c.held || c.talker != pbx.LegID(second.ID) || c.bridge == nil {
			t.Errorf("adopted as %+v", c)
		}
	})
	t.Run("of a process before", func(t *testing.T) {
		b := newBench()
		b.sync(snapshot{Startup: "x"}, b.now)
		b.does()
		stray := channel{ID: "standby~a~li~old.1", Name: "PJSIP/li-1", State: "Down"}
		stray.Dialplan.App, stray.Dialplan.Data = "Stasis", "hotline,"+standbyArg
		s := snapshot{Startup: "x", Channels: []channel{stray}, Bridges: []ari.BridgeData{{ID: stray.ID, ChannelIDs: []string{stray.ID}}}}
		b.look(s, b.now)
		if got := b.does(); got != nil {
			t.Errorf("done at first sight: %v", got)
		}
		b.look(s, b.now)
		if got := b.does(); !slices.Equal(got, []effectKind{hangUp, dropBridge}) {
			t.Errorf("done: %v", got)
		}
	})
}

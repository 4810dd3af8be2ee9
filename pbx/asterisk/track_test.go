package asterisk

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// bench drives a tracker by hand.
type bench struct {
	*tracker
	now time.Time
}

func newBench() *bench {
	return &bench{
		newTracker("a", "hotline", func(string) time.Duration { return 5 * time.Second }, noVoice),
		time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC),
	}
}

const (
	line  = "asterisk-1.0"
	lineC = pbx.CallID("a-" + line)
)

func (b *bench) head(kind string) ari.EventData {
	return ari.EventData{Type: kind, Application: "hotline", Timestamp: ari.DateTime(b.now)}
}

func (b *bench) event(kind, channel string) ari.Event {
	data := ari.ChannelData{ID: channel, State: "Ring", Caller: &ari.CallerID{Number: "13800138000"}}
	switch kind {
	case "start":
		args := []string{"leg", string(lineC)}
		if !strings.HasPrefix(channel, "leg~") {
			args = []string{"in", "4001", fmt.Sprint(b.now.UnixMilli()), "20"}
		}
		return &ari.StasisStart{EventData: b.head("StasisStart"), Channel: data, Args: args}
	case "end":
		return &ari.StasisEnd{EventData: b.head("StasisEnd"), Channel: data}
	case "ringing", "up":
		data.State = map[string]string{"ringing": "Ringing", "up": "Up"}[kind]
		return &ari.ChannelStateChange{EventData: b.head("ChannelStateChange"), Channel: data}
	case "hold":
		return &ari.ChannelHold{EventData: b.head("ChannelHold"), Channel: data}
	case "unhold":
		return &ari.ChannelUnhold{EventData: b.head("ChannelUnhold"), Channel: data}
	case "digit":
		return &ari.ChannelDtmfReceived{EventData: b.head("ChannelDtmfReceived"), Channel: data, Digit: "5"}
	case "played":
		return &ari.PlaybackFinished{EventData: b.head("PlaybackFinished"), Playback: ari.PlaybackData{ID: playID(lineC, 1)}}
	}
	return &ari.ChannelDestroyed{EventData: b.head("ChannelDestroyed"), Channel: data, Cause: 16}
}

// feed applies "kind channel" lines and gives what was told, "kind leg reason".
func (b *bench) feed(steps ...string) (told []string) {
	for _, step := range steps {
		kind, channel, _ := strings.Cut(step, " ")
		b.now = b.now.Add(time.Second)
		b.apply(b.event(kind, channel), b.now)
	}
	return b.told()
}

func (b *bench) told() (told []string) {
	events, _, _ := b.take()
	for _, e := range events {
		told = append(told, strings.TrimSpace(fmt.Sprint(e.Kind, " ", e.Phone, " ", e.End.Code, e.LegEnd)))
	}
	return told
}

func (b *bench) rings(phone string) pbx.LegID {
	leg := pbx.NewLegID(lineC, phone, 1)
	if _, err := b.ring(lineC, pbx.Ring{Leg: leg, Phone: phone, Timeout: 20 * time.Second}, b.now); err != nil {
		panic(err)
	}
	b.rung(leg)
	return leg
}

func check(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("told %q\nwant %q", got, want)
	}
}

// TestDisorder: events twice, out of order, and missing.
func TestDisorder(t *testing.T) {
	leg := string(pbx.NewLegID(lineC, "li", 1))
	t.Run("twice", func(t *testing.T) {
		b := newBench()
		check(t, b.feed("start "+line, "start "+line), "call.arrived")
		b.rings("li")
		check(t, b.feed("ringing "+leg, "ringing "+leg, "up "+leg, "up "+leg, "start "+leg, "start "+leg),
			"leg.ringing li", "leg.answered li")
		check(t, b.feed("gone "+leg, "gone "+leg, "gone "+line, "gone "+line), "leg.ended li hung-up", "call.ended  abandoned")
		check(t, b.feed("start "+line, "start "+leg, "ringing "+leg, "up "+line))
	})
	t.Run("ringing after the answer", func(t *testing.T) {
		b := newBench()
		b.feed("start " + line)
		b.rings("li")
		check(t, b.feed("start "+leg, "ringing "+leg), "leg.answered li")
	})
	t.Run("the end before the beginning", func(t *testing.T) {
		b := newBench()
		check(t, b.feed("gone "+line, "start "+line))
	})
	t.Run("picked up after the caller had left", func(t *testing.T) {
		b := newBench()
		b.feed("start " + line)
		b.rings("li")
		check(t, b.feed("ringing "+leg, "end "+line, "up "+leg, "start "+leg), "leg.ringing li")
		b.looked(lineC, nil)
		check(t, b.told(), "call.ended  abandoned")
	})
	t.Run("end of a leg before Ring returns", func(t *testing.T) {
		b := newBench()
		b.feed("start " + line)
		id := pbx.NewLegID(lineC, "li", 1)
		_, err := b.ring(lineC, pbx.Ring{Leg: id, Phone: "li", Timeout: 20 * time.Second}, b.now)
		if err != nil {
			t.Fatal(err)
		}
		check(t, b.feed("gone "+leg), "leg.ended li fault")
		b.rung(id)
		if !b.notRung(id, true) {
			t.Error("Ring may not fail for a leg whose end was told")
		}
		check(t, b.told())
	})
	t.Run("missing ends are found by the second look", func(t *testing.T) {
		b := newBench()
		b.feed("start " + line)
		b.rings("li")
		b.look(snapshot{}, b.now)
		check(t, b.told())
		b.look(snapshot{}, b.now)
		check(t, b.told(), "leg.ended li fault", "call.ended  unknown")
	})
	t.Run("one ghost look changes nothing", func(t *testing.T) {
		b := newBench()
		b.feed("start " + line)
		here := snapshot{Channels: []channel{inStasis(line)}}
		for range 3 {
			b.look(snapshot{}, b.now)
			b.look(here, b.now)
		}
		check(t, b.told())
	})
	t.Run("a missing beginning is found by the second look", func(t *testing.T) {
		b := newBench()
		here := snapshot{Channels: []channel{inStasis(line)}}
		b.look(here, b.now)
		check(t, b.told())
		b.look(here, b.now)
		check(t, b.told(), "call.adopted")
		check(t, b.feed("start "+line))
	})
}

// inStasis is a caller's channel as listed.
func inStasis(id string) channel {
	ch := channel{ID: id, State: "Ring", CreationTime: ari.DateTime(time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC))}
	ch.Dialplan.App, ch.Dialplan.Data = "Stasis", "hotline,in,4001,1795363200000,20"
	return ch
}

// TestSilentLeg: when Ring fails without certainty, nothing of the leg is told, and whatever comes of it is ended.
func TestSilentLeg(t *testing.T) {
	b := newBench()
	b.feed("start " + line)
	id := pbx.NewLegID(lineC, "li", 1)
	if _, err := b.ring(lineC, pbx.Ring{Leg: id, Phone: "li", Timeout: time.Second}, b.now); err != nil {
		t.Fatal(err)
	}
	if b.notRung(id, false) {
		t.Fatal("the leg lives")
	}
	b.take()
	b.apply(b.event("start", string(id)), b.now)
	events, effects, _ := b.take()
	if len(events) != 0 || len(effects) != 1 || effects[0].kind != hangUp {
		t.Errorf("told %v, to do %v", events, effects)
	}
	check(t, b.feed("gone "+string(id)))
}

// TestFirstThingsFirst: a bridge is made when the phone rings, not while the switch is still busy with ringing it; and the
// next caller's way to the agent goes before the end of the call that is over.
func TestFirstThingsFirst(t *testing.T) {
	b := newBench()
	b.feed("start " + line)
	leg := string(b.rings("li"))
	if _, effects, _ := b.take(); len(effects) != 0 {
		t.Errorf("to do before the phone rings: %+v", effects)
	}
	kinds := func(step string) (done []effectKind, later []bool) {
		b.apply(b.event(strings.Fields(step)[0], strings.Fields(step)[1]), b.now)
		_, effects, _ := b.take()
		for _, e := range effects {
			done, later = append(done, e.kind), append(later, e.after > 0)
		}
		return done, later
	}
	if done, later := kinds("ringing " + leg); !slices.Equal(done, []effectKind{makeBridge}) || later[0] {
		t.Errorf("to do when it rings: %v %v", done, later)
	}
	if done, _ := kinds("ringing " + leg); len(done) != 0 {
		t.Errorf("to do when it says so again: %v", done)
	}
	b.feed("start " + leg)
	if err := b.connected(lineC, pbx.LegID(leg), true, b.now); err != nil {
		t.Fatal(err)
	}
	b.take()
	if done, later := kinds("gone " + leg); !slices.Equal(done, []effectKind{hangUp}) || !later[0] {
		t.Errorf("to do when the agent has hung up: %v %v", done, later)
	}
}

// TestDialplanOrHangUp: StasisEnd alone says nothing; the look after it does.
func TestDialplanOrHangUp(t *testing.T) {
	away := inStasis(line)
	away.Dialplan.App = "Dial"
	here := inStasis(line)
	for _, test := range []struct {
		name  string
		found *channel
		want  []string
	}{
		{"gone", nil, []string{"call.ended  abandoned"}},
		{"elsewhere", &away, []string{"call.ended  dialplan"}},
		{"still here", &here, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench()
			b.feed("start " + line)
			b.apply(b.event("end", line), b.now)
			_, effects, _ := b.take()
			if len(effects) != 1 || effects[0].kind != lookAt {
				t.Fatalf("to do %v", effects)
			}
			b.looked(lineC, test.found)
			check(t, b.told(), test.want...)
		})
	}
}

// TestSyncOrder: what sync tells comes in the documented order.
func TestSyncOrder(t *testing.T) {
	b := newBench()
	b.feed("start asterisk-9.9")
	b.phones["old"] = true
	b.sync(snapshot{
		Startup: "x", Channels: []channel{inStasis(line)},
		Endpoints: []ari.EndpointData{
			{Technology: "PJSIP", Resource: "li", State: "online"},
			{Technology: "PJSIP", Resource: "wang", State: "offline"},
			{Technology: "PJSIP", Resource: "trunk-carrier", State: "online"},
			{Technology: "IAX2", Resource: "li2", State: "online"},
		},
	}, b.now)
	check(t, b.told(), "switch.up", "call.ended  unknown", "call.adopted", "phone.up li", "phone.down old", "switch.synced")
	b.sync(snapshot{Startup: "y"}, b.now)
	check(t, b.told(), "switch.up", "call.ended  fault", "phone.down li", "switch.synced")
}

// TestStrangersLeg: a call into which another controller let an agent meanwhile is adopted as it stands.
func TestStrangersLeg(t *testing.T) {
	b := newBench()
	b.feed("start " + line)
	other := pbx.NewLegID(lineC, "wang", 7)
	caller := inStasis(line)
	caller.State = "Up"
	b.sync(snapshot{
		Channels: []channel{caller, {ID: string(other), State: "Up"}},
		Bridges:  []ari.BridgeData{{ID: bridgeID(lineC, "z"), ChannelIDs: []string{line, string(other)}}},
	}, b.now)
	check(t, b.told(), "switch.up", "call.adopted", "switch.synced")
	if c := b.calls[lineC]; c.state != callTalking || c.held || b.legs[other].state != legTalks {
		t.Errorf("adopted as %+v", c)
	}
}

// TestRestartReusesIDs: a switch that started again counts its channels anew; the id of an ended call is a new caller.
func TestRestartReusesIDs(t *testing.T) {
	b := newBench()
	b.sync(snapshot{Startup: "x"}, b.now)
	b.feed("start "+line, "gone "+line)
	check(t, b.feed("start "+line))
	b.sync(snapshot{Startup: "y"}, b.now)
	b.take()
	check(t, b.feed("start "+line), "call.arrived")
}

package asterisk

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/CyCoreSystems/ari/v5"
	"pgregory.net/rapid"

	"hotline/pbx"
)

// TestWalk throws events, commands and snapshots at a tracker, in any order, repeated and missing. It holds: no panic, at
// most one end a call and leg, nothing told after an end or of what was never told, and when the switch is found empty
// everything has ended.
func TestWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBench()
		w := &watch{calls: map[pbx.CallID]bool{}, legs: map[pbx.LegID]bool{}}
		lines := []string{line, "asterisk-1.1"}
		phones := []string{"li", "wang"}
		kinds := []string{"start", "end", "ringing", "up", "hold", "unhold", "digit", "played", "gone"}
		var channels []string
		for _, l := range lines {
			channels = append(channels, l)
			for _, p := range phones {
				channels = append(channels, string(pbx.NewLegID(pbx.NewCallID("a", l), p, 1)))
			}
		}
		steps := rapid.IntRange(1, 60).Draw(t, "steps")
		for range steps {
			b.now = b.now.Add(time.Duration(rapid.IntRange(0, 9000).Draw(t, "ms")) * time.Millisecond)
			ch := rapid.SampledFrom(channels).Draw(t, "channel")
			call := pbx.NewCallID("a", rapid.SampledFrom(lines).Draw(t, "line"))
			phone := rapid.SampledFrom(phones).Draw(t, "phone")
			leg := pbx.NewLegID(call, phone, 1)
			all := append(slices.Clone(channels), b.madeReady()...)
			switch rapid.IntRange(0, 18).Draw(t, "what") {
			case 0:
				r := pbx.Ring{Leg: leg, Phone: phone, Timeout: 10 * time.Second}
				if rapid.Bool().Draw(t, "plain") {
					r.CallerID = "13800138000"
				}
				if now, err := b.ring(call, r, b.now); err == nil {
					if now.ready && rapid.Bool().Draw(t, "refused") {
						b.fallBack(leg, b.now)
					}
					switch rapid.IntRange(0, 3).Draw(t, "answer") {
					case 0:
						b.unreached(leg, b.now)
					case 1:
						b.notRung(leg, rapid.Bool().Draw(t, "certain"))
					default:
						b.rung(leg)
					}
				}
			case 1:
				_ = b.connected(call, leg, rapid.Bool().Draw(t, "drop"), b.now)
			case 2:
				_, _, _, _ = b.release(call, leg, pbx.LegCancelled)
			case 3:
				if c := b.calls[call]; c != nil {
					c.want = pbx.EndBySystem
				}
			case 4:
				s := drawSnapshot(t, all)
				w.reborn = b.startup != "" && b.startup != s.Startup
				b.sync(s, b.now)
			case 5:
				b.look(drawSnapshot(t, all), b.now)
			case 6:
				b.looked(call, nil)
			case 7:
				b.windUp(b.now)
			case 8:
				b.prepare(rapid.SliceOfDistinct(rapid.SampledFrom(phones), rapid.ID).Draw(t, "next"), b.now)
			case 9:
				state := rapid.SampledFrom([]string{"online", "online", "offline"}).Draw(t, "state")
				b.endpoint(ari.EndpointData{Technology: "PJSIP", Resource: phone, State: state}, b.now)
			case 10, 11:
				if s := b.standbys[phone]; s != nil {
					s.begun = true
					b.standbyStarted(s.channel)
					s.ready = rapid.Bool().Draw(t, "seated")
				}
			case 12:
				b.apply(b.event(rapid.SampledFrom(kinds).Draw(t, "kind"), rapid.SampledFrom(all).Draw(t, "any")), b.now)
			default:
				b.apply(b.event(rapid.SampledFrom(kinds).Draw(t, "kind"), ch), b.now)
			}
			w.see(t, b)
			b.holds(t)
		}
		w.reborn = b.startup != ""
		b.sync(snapshot{Startup: "last"}, b.now)
		for range enough {
			b.look(snapshot{}, b.now)
		}
		w.see(t, b)
		for id, live := range w.calls {
			if live {
				t.Fatalf("call %s never ended", id)
			}
		}
		for id, live := range w.legs {
			if live && b.legs[id] == nil {
				t.Fatalf("leg %s never ended", id)
			}
		}
		if len(b.calls) != 0 {
			t.Fatalf("%d calls on an empty switch", len(b.calls))
		}
	})
}

// madeReady names the channels of legs that stand ready, and of those that did.
func (b *bench) madeReady() (channels []string) {
	for _, s := range sorted(b.standbys) {
		channels = append(channels, s.channel)
	}
	for _, l := range sorted(b.stood) {
		channels = append(channels, l.standby.channel)
	}
	return append(channels, "standby~a~li~gone")
}

// holds checks what must be true of legs that stand ready at any time.
func (b *bench) holds(t *rapid.T) {
	for channel, l := range b.stood {
		if l.standby == nil || l.standby.channel != channel || b.legs[l.id] != l {
			t.Fatalf("%s is noted as a leg's that is not: %+v", channel, l)
		}
	}
	for _, l := range b.legs {
		if l.standby != nil && b.stood[l.standby.channel] != l {
			t.Fatalf("leg %s is not found by its channel", l.id)
		}
	}
	for phone, s := range b.standbys {
		if s.phone != phone || !b.wanted[phone] || b.stood[s.channel] != nil {
			t.Fatalf("%+v stands ready for %s", s, phone)
		}
	}
	for _, l := range b.legs {
		if l.atHome() && !l.picked() && l.number() != 0 { // 0: adopted; a drawn snapshot shows what no switch would
			t.Fatalf("the caller is in the bridge of %s, which rings", l.id)
		}
	}
}

// watch checks what is told: true while it lives, false when it has ended.
type watch struct {
	calls map[pbx.CallID]bool
	legs  map[pbx.LegID]bool
	// reborn: the switch started again in this step, and may use ids once more.
	reborn bool
}

func (w *watch) see(t *rapid.T, b *bench) {
	events, _, _ := b.take()
	for _, e := range events {
		live, known := w.calls[e.Call]
		switch e.Kind {
		case pbx.CallArrived:
			if known {
				t.Fatalf("arrived twice: %s", e.Call)
			}
			w.calls[e.Call] = true
		case pbx.CallAdopted:
			if known && !live && !w.reborn {
				t.Fatalf("adopted after its end: %s", e.Call)
			}
			w.calls[e.Call] = true
			for _, leg := range e.Legs {
				w.legs[leg.ID] = true
			}
		case pbx.CallEnded:
			if !live {
				t.Fatalf("ended twice, or never came: %s", e.Call)
			}
			w.calls[e.Call] = false
			if e.End.Code == "" {
				t.Fatal("an end without a reason")
			}
		case pbx.LegRinging, pbx.LegAnswered, pbx.LegEnded:
			if live, known := w.legs[e.Leg]; known && !live {
				t.Fatalf("%s after the end of %s", e.Kind, e.Leg)
			}
			w.legs[e.Leg] = e.Kind != pbx.LegEnded
			if e.Kind == pbx.LegEnded && e.LegEnd == "" {
				t.Fatal("an end without a reason")
			}
		}
	}
	if w.reborn {
		maps.DeleteFunc(w.calls, func(_ pbx.CallID, live bool) bool { return !live })
		maps.DeleteFunc(w.legs, func(_ pbx.LegID, live bool) bool { return !live })
		w.reborn = false
	}
}

// drawSnapshot is any list of the channels, right or wrong.
func drawSnapshot(t *rapid.T, channels []string) snapshot {
	s := snapshot{Startup: fmt.Sprint(rapid.IntRange(0, 1).Draw(t, "startup"))}
	for _, id := range channels {
		if !rapid.Bool().Draw(t, "listed") {
			continue
		}
		ch := channel{ID: id, State: rapid.SampledFrom([]string{"Down", "Ring", "Ringing", "Up"}).Draw(t, "state")}
		if strings.HasPrefix(id, standbyPrefix) {
			in := []string{id}
			if rapid.Bool().Draw(t, "bridged") {
				in = append(in, rapid.SampledFrom(channels).Draw(t, "with"))
			}
			s.Bridges = append(s.Bridges, ari.BridgeData{ID: id, ChannelIDs: in})
			ch.Dialplan.App, ch.Dialplan.Data = "Stasis", "hotline,"+standbyArg
		} else if call, _, ok := pbx.LegID(id).Parse(); ok {
			if rapid.Bool().Draw(t, "bridged") {
				s.Bridges = append(s.Bridges, ari.BridgeData{ID: bridgeID(call, "x"), ChannelIDs: []string{id, call.Channel()}})
			}
		} else {
			ch = inStasis(id)
		}
		s.Channels = append(s.Channels, ch)
	}
	return s
}

// FuzzDecode: no frame makes the driver panic, and whatever is told is whole.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"type":"StasisStart","application":"hotline","timestamp":"2026-11-22T16:00:00.000+0000","args":["in","4001","1","2"],"channel":{"id":"x-1.2","state":"Ring","caller":{"name":"","number":""},"creationtime":"2026-11-22T16:00:00.000+0000"}}`,
		`{"type":"ChannelDestroyed","cause":16,"channel":{"id":"x-1.2"}}`,
		`{"type":"StasisStart","channel":null}`, `{"type":"StasisStart","args":"in"}`, `{"type":"Nonsense"}`, `{}`, `[]`, `null`, `"`, ``,
		`{"type":"ContactStatusChange","endpoint":{"technology":"PJSIP","resource":"li","state":"online"}}`,
		`{"type":"PlaybackFinished","playback":{"id":"play~a-x-1.2~1"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := New(Options{Name: "a", URL: "http://127.0.20.9:1/ari", User: "u", Password: "p"})
		if err != nil {
			t.Fatal(err)
		}
		o := newOwner(d, func(e pbx.Event) {
			if e.Kind == "" || e.Switch != "a" || e.At.IsZero() {
				t.Errorf("told %+v", e)
			}
		})
		o.session = &session{stop: func() {}}
		o.t.sync(snapshot{}, time.Unix(1, 0))
		events, _, _ := o.t.take()
		if len(events) == 0 {
			t.Fatal("sync tells nothing")
		}
		event, err := ari.DecodeEvent(data)
		if err == nil && event != nil && event.GetType() != "ApplicationReplaced" {
			o.t.apply(event, time.Unix(1, 0))
			events, _, _ = o.t.take()
			for _, e := range events {
				o.sink(e)
			}
		}
	})
}

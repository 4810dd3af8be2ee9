package asterisk

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/pbx"
)

// TestWalkOut throws events, commands and snapshots at calls out, in any order, repeated and missing. It holds: at most one end
// a call, nothing told after it, the number is dialled only after the agent picked up, nobody but a number's own channel
// answers for it, and when the switch is found empty everything has ended.
func TestWalkOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBench()
		calls := []pbx.CallID{"a-out.1", "a-out.2"}
		var channels []string
		for _, id := range calls {
			o := out{id: id, phone: "li"}
			channels = append(channels, o.nearID(), o.farID())
		}
		live, over, picked := map[pbx.CallID]bool{}, map[pbx.CallID]bool{}, map[pbx.CallID]bool{}
		see := func() {
			events, effects, _ := b.take()
			for _, e := range events {
				if over[e.Call] {
					t.Fatalf("%s after the end", e.Kind)
				}
				switch e.Kind {
				case pbx.OutPhone:
					picked[e.Call] = true
				case pbx.OutFound:
					live[e.Call], picked[e.Call] = true, e.Detail != string(outCalls)
				case pbx.OutEnded:
					over[e.Call] = true
					if e.OutEnd == "" || !live[e.Call] {
						t.Fatalf("ended: %+v", e)
					}
				case pbx.CallArrived, pbx.CallEnded, pbx.CallAdopted:
					t.Fatalf("taken for a caller's call: %+v", e)
				}
			}
			for _, e := range effects {
				if e.kind == dialFar && !picked[e.call] {
					t.Fatalf("dialled before the agent picked up: %+v", e)
				}
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			b.now = b.now.Add(time.Duration(rapid.IntRange(0, 9000).Draw(t, "ms")) * time.Millisecond)
			id := rapid.SampledFrom(calls).Draw(t, "call")
			o := b.outs[id]
			switch rapid.IntRange(0, 8).Draw(t, "what") {
			case 0:
				if o == nil && !b.outsOver.has(string(id)) {
					b.outs[id] = &out{id: id, phone: "li", state: outCalls, near: rapid.Bool().Draw(t, "made")}
					live[id] = true
				}
			case 1:
				if o != nil && o.state == outReady {
					b.moveOut(o, outSent, b.now)
					o.far, o.ring = true, "30"
				}
			case 2:
				if o != nil {
					b.endOut(o, pbx.OutBySystem, "", b.now)
				}
			case 3:
				b.sync(drawSnapshot(t, channels), b.now)
			case 4:
				b.look(drawSnapshot(t, channels), b.now)
			default:
				kind := rapid.SampledFrom([]string{"start", "end", "ringing", "up", "digit", "gone"}).Draw(t, "kind")
				e := b.event(kind, rapid.SampledFrom(channels).Draw(t, "channel"))
				b.apply(e, b.now)
			}
			see()
		}
		for _, o := range b.outs {
			o.near = true // by now the switch has said what became of the request
		}
		b.sync(snapshot{Startup: "last"}, b.now)
		see()
		if len(b.outs) != 0 {
			t.Fatalf("%d calls out on an empty switch", len(b.outs))
		}
	})
}

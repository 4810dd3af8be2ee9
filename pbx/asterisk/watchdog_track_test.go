package asterisk

import (
	"slices"
	"testing"
	"time"

	"github.com/CyCoreSystems/ari/v5"

	"hotline/pbx"
)

// winds says what windUp does at a moment.
func (b *bench) winds(at time.Time) (does []effectKind) {
	b.take()
	b.windUp(at)
	_, effects, _ := b.take()
	for _, e := range effects {
		does = append(does, e.kind)
	}
	return does
}

// TestTheWatchdogGoesByOurClock: the switch's clock is an hour ahead. The watchdog is wound up in time all the same.
func TestTheWatchdogGoesByOurClock(t *testing.T) {
	b := newBench()
	arrives := b.event("start", line).(*ari.StasisStart)
	arrives.Timestamp = ari.DateTime(b.now.Add(time.Hour))
	b.apply(arrives, b.now)
	watchdog := b.calls[lineC].watchdog
	if watchdog <= 0 {
		t.Fatal("no watchdog")
	}
	if does := b.winds(b.now.Add(watchdog / 10)); len(does) != 0 {
		t.Errorf("too early: %v", does)
	}
	for at := watchdog / 2; at < 3*watchdog; at += watchdog / 2 {
		if does := b.winds(b.now.Add(at)); !slices.Equal(does, []effectKind{setWatchdog}) {
			t.Errorf("after %s: %v", at, does)
		}
	}
}

// TestTheWatchdogOfATalkThatIsFound: whether the process before stopped the watchdog of a talk is not known. It is stopped, once, when
// the talk is found and when a connection comes back.
func TestTheWatchdogOfATalkThatIsFound(t *testing.T) {
	caller := inStasis(line)
	caller.State = "Up"
	leg := pbx.NewLegID(lineC, "wang", 7)
	talk := snapshot{
		Channels: []channel{caller, {ID: string(leg), State: "Up"}},
		Bridges:  []ari.BridgeData{{ID: bridgeID(lineC, "z"), ChannelIDs: []string{line, string(leg)}}},
	}
	b := newBench()
	for _, what := range []string{"found", "found again"} {
		b.sync(talk, b.now)
		if c := b.calls[lineC]; c == nil || c.state != callTalking {
			t.Fatalf("%s: %+v", what, c)
		}
		if does := b.winds(b.now); !slices.Equal(does, []effectKind{setWatchdog}) {
			t.Errorf("%s: %v", what, does)
		}
		if does := b.winds(b.now.Add(time.Hour)); len(does) != 0 {
			t.Errorf("%s, an hour later: %v", what, does)
		}
	}
}

package queue

import (
	"bytes"
	"cmp"
	stdflag "flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

var update = stdflag.Bool("update", false, "write the diagrams anew")

const callDiagram = "../docs/diagrams/call.md"

// drawCall draws the table of a call as a page for people.
func drawCall(table callTable) string {
	order := []callState{
		stateArriving, stateWaiting, stateAnnouncing, stateMachine, stateConnecting, stateTalking, stateHanding, stateSwapping,
		stateEnding, stateEnded,
	}
	var b strings.Builder
	b.WriteString("# The life of a call\n\nMade from the table in `queue/call_state.go` by `go test ./queue -run Diagram -update`. What is not shown moves nothing.\n\n")
	b.WriteString("```mermaid\nstateDiagram-v2\n    [*] --> arriving\n")
	for _, from := range order {
		edges := map[callState][]string{}
		for in, r := range table[from] {
			if r.next != from {
				edges[r.next] = append(edges[r.next], string(in))
			}
		}
		for _, to := range order {
			if ins := edges[to]; len(ins) > 0 {
				slices.Sort(ins)
				fmt.Fprintf(&b, "    %s --> %s: %s\n", from, to, strings.Join(ins, " / "))
			}
		}
	}
	b.WriteString("    ended --> [*]\n```\n")
	for _, from := range order {
		if len(table[from]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n| input | next | effects |\n|---|---|---|\n", from)
		for _, in := range slices.SortedFunc(maps.Keys(table[from]), func(a, b inputKind) int { return cmp.Compare(a, b) }) {
			r := table[from][in]
			var names []string
			for _, e := range r.effects {
				names = append(names, e.name)
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", in, r.next, cmp.Or(strings.Join(names, ", "), "–"))
		}
	}
	drawGuest(&b, newGuestTable())
	return b.String()
}

// drawGuest draws the table of a guest.
func drawGuest(b *strings.Builder, table guestTable) {
	b.WriteString("\n# A guest in a call\n\nAn expert whom the talker asked in, or a service manager who listens: `queue/guest_state.go`.\n")
	for _, from := range []guestState{guestRings, guestJoins, guestIn} {
		fmt.Fprintf(b, "\n## %s\n\n| input | next | effect |\n|---|---|---|\n", from)
		for _, in := range slices.SortedFunc(maps.Keys(table[from]), func(a, b inputKind) int { return cmp.Compare(a, b) }) {
			fmt.Fprintf(b, "| %s | %s | %s |\n", in, table[from][in].next, table[from][in].name)
		}
	}
}

func TestDiagramIsTheTable(t *testing.T) {
	drawn := []byte(drawCall(newCallTable()))
	if *update {
		if err := os.MkdirAll("../docs/diagrams", 0o755); err != nil { //nolint:gosec // a public document
			t.Fatal(err)
		}
		if err := os.WriteFile(callDiagram, drawn, 0o644); err != nil { //nolint:gosec // a public document
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(callDiagram)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, drawn) {
		t.Errorf("%s is not the table; run: go test ./queue -run Diagram -update", callDiagram)
	}
}

func TestEveryStateIsReachedAndLeft(t *testing.T) {
	table := newCallTable()
	reached := map[callState]bool{stateArriving: true}
	for grew := true; grew; {
		grew = false
		for from, rules := range table {
			for _, r := range rules {
				if reached[from] && !reached[r.next] {
					reached[r.next], grew = true, true
				}
			}
		}
	}
	for state, rules := range table {
		if !reached[state] {
			t.Errorf("%s is never reached", state)
		}
		if _, ends := rules[inCallEnded]; state != stateEnded && !ends {
			t.Errorf("%s does not hear that the call has ended", state)
		}
		for in, r := range rules {
			for _, e := range r.effects {
				if e.name == "" || e.do == nil {
					t.Errorf("%s, %s: an effect without name or deed", state, in)
				}
			}
		}
	}
}

// Any input at any time, right or wrong, late or twice: no panic, and the call still ends.
func TestWalkTheTableAtRandom(t *testing.T) {
	outside := []inputKind{
		inStart, inRetry, inRingFailed, inOfferOverdue, inStepDue, inMaxWaitDue, inNoAgentsDue, inRouse, inConnected, inConnectFail,
		inConnectLost, inGraceDue, inOwned, inPlayed, inPlayFailed, inPlayEnded, inMachineDue, inDigit, inHeld, inHandMatched,
		inHandOverdue, inHandDue, inSwapped, inSwapFailed, inEndSaid, inEndDue, inHold, inResume, inHangUp, inMove, inHandOver,
		inTakeBack, rawLegRinging, rawLegAnswered, rawLegEnded, rawMatch, rawDecline, rawDeadline,
	}
	ends := []string{
		legCancelled, legDeclined, legBusy, legNoAnswer, legUnreachable, legHungUp, legCallerGone, legHandedOver, "fault", "nonsense",
	}
	rapid.Check(t, func(rt *rapid.T) {
		type blow struct {
			kind            inputKind
			leg, agent, end int
			on, settle      bool
		}
		blows := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) blow {
			return blow{
				kind: rapid.SampledFrom(outside).Draw(rt, "kind"), leg: rapid.IntRange(0, 6).Draw(rt, "leg"),
				agent: rapid.IntRange(0, 2).Draw(rt, "agent"), end: rapid.IntRange(0, len(ends)-1).Draw(rt, "end"),
				on: rapid.Bool().Draw(rt, "on"), settle: rapid.Bool().Draw(rt, "settle"),
			}
		}), 1, 80).Draw(rt, "blows")
		var broken string
		synctest.Test(t, func(t *testing.T) {
			cfg := testConfig()
			cfg.Queues[0].MaxWait = 20 * time.Second
			cfg.Queues[0].Overflow = []Overflow{{When: WhenMaxWait, Do: DoMessage, Media: "sound:busy"}}
			h := newHouse(t, cfg, true)
			agents := []string{"ann", "bob", "boss"}
			h.staff(agents...)
			call := h.ringIn()
			for _, x := range blows {
				agent := agents[x.agent]
				leg := legID(call, agent, x.leg)
				if x.on { // the leg that is really there
					h.mu.Lock()
					leg = h.phones[agent]
					h.mu.Unlock()
				}
				in := callInput{
					kind: x.kind, at: time.Now(), leg: leg, agent: agent, by: agent, why: ends[x.end], n: x.leg - 3, on: x.on,
					epoch: int64(x.leg), matches: []Match{{Call: call, Agent: agent, Epoch: 1}},
					order: &order{by: agent, to: Target{Agent: agents[(x.agent+1)%3]}, queue: "billing", reply: make(chan error, 1)},
				}
				if x.kind == inHandMatched {
					in.matches[0].Call = call + handMark + "1"
				}
				h.d.send(call, in)
				if x.settle {
					synctest.Wait()
					<-time.After(time.Second)
				}
			}
			synctest.Wait()
			h.abandon(call)
			synctest.Wait()
			h.d.CallEnded(call, endUnknown, 0, time.Now())
			synctest.Wait()
			if _, lives := h.d.Call(call); lives {
				broken = "the call did not end\n" + h.diary.String()
			}
			if n := len(h.of(EventEnded)); n != 1 {
				broken = fmt.Sprintf("%d ends\n%s", n, h.diary.String())
			}
			h.stop()
			if err := <-h.done; err != nil {
				broken = err.Error()
			}
		})
		if broken != "" {
			rt.Fatal(broken)
		}
	})
}

package agent

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the generated documents")

var (
	allStates = []State{Offline, Ready, Offered, Ringing, Talking, WrapUp, Paused, Unreachable}
	allInputs = []input{
		inSignIn, inReady, inPause, inSignOut, inPhoneUp, inPhoneFound, inPhoneMoved, inPhoneDown, inOffer, inOfferElsewhere, inRing,
		inTalk, inJoin, inSummon, inTalkElsewhere, inFreed, inMiss, inLastMiss, inOver, inOverFree, inGone, inGoneFree, inStuck, inStray,
		inWrappedUp, inTimeoutSeen, inTimeoutSilent, inDeskLost,
	}
	effectNames = []string{
		"phone is up, and where", "phone is down", "wants calls", "wants to be away", "wants to sign out", "paused: missed-calls; managers told",
		"paused: desk-lost; managers told", "paused: wrapup-timeout", "desk noted lost", "managers told: case stays with its owner",
		"contradiction: managers told", "takes the call", "off the queue's lists by its claim", "back on the queue's lists by itself",
		"queue told whatever it believes", "AgentReady again", "AgentReady reaffirmed soon", "idle anew", "counts as missed",
		"missed forgotten", "counts as answered", "wrap-up time starts", "refused",
	}
)

func (e effect) String() string {
	var names []string
	for i, name := range effectNames {
		if e&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// TestTable holds the rules that every row must keep.
func TestTable(t *testing.T) {
	if refuse != 1<<(len(effectNames)-1) {
		t.Fatal("the effects' names are out of step")
	}
	table := newTable()
	for _, from := range allStates {
		for in, row := range table[from] {
			name := fmt.Sprintf("%s × %s", from, in)
			if !slices.Contains(allInputs, in) || row.next != rest && !slices.Contains(allStates, row.next) {
				t.Errorf("%s: unknown input or next state %q", name, row.next)
			}
			if row.next == Offered && from != Offered && in != inSummon && (from != Ready || row.do&claimed == 0) {
				t.Errorf("%s: only somebody ready can be offered a call that they did not ask for", name)
			}
			if row.do&refuse != 0 && (row.next != from || row.do != refuse) {
				t.Errorf("%s: a refusal moves something", name)
			}
			if row.next == Talking && from != Talking && from != Offered && from != Ringing && row.do&contradict == 0 {
				t.Errorf("%s: talking out of nowhere is not noticed", name)
			}
			if row.next.busy() && !from.busy() && row.do&take == 0 {
				t.Errorf("%s: a busy agent without a call", name)
			}
			if (row.next == Ready || row.next == Offline || row.next == Paused || row.next == Unreachable) && row.next != from {
				t.Errorf("%s: goes to %s past duty and phone", name, row.next)
			}
			if in == inTimeoutSeen || in == inTimeoutSilent {
				if row.do&tellTimeout == 0 {
					t.Errorf("%s: the manager is not told (I4)", name)
				}
			}
			if (in == inPhoneUp || in == inPhoneMoved || in == inPhoneDown) && row.do&(phoneSeen|phoneMissing) == 0 && row != nothing(from) {
				t.Errorf("%s: the phone is not noted", name)
			}
		}
		for _, in := range []input{inSignIn, inReady, inSignOut, inPhoneUp, inPhoneDown, inOffer, inTalk, inDeskLost} {
			if _, ok := table[from][in]; !ok {
				t.Errorf("%s × %s is possible in every state and missing", from, in)
			}
		}
	}
}

// nothing is the row that does nothing: the phone's news are none in Ready and Unreachable, by their meaning.
func nothing(s State) row { return row{s, 0} }

// TestTableWalk walks the table at random, alone: it stays inside, and from wherever it is the agent can get free,
// ready and off duty again.
func TestTableWalk(t *testing.T) {
	table := newTable()
	step := func(s State, d *duty, phone *bool, in input) State {
		row, ok := table[s][in]
		if !ok {
			return s
		}
		switch {
		case row.do&wantOn != 0:
			*d = dutyOn
		case row.do&wantOff != 0:
			*d = dutyOff
		case row.do&(wantAway|lostPause) != 0, row.do&(missPause|timePause) != 0 && *d == dutyOn:
			*d = dutyAway
		}
		*phone = (*phone || row.do&phoneSeen != 0) && row.do&phoneMissing == 0
		if row.next == rest {
			return settle(*d, *phone)
		}
		return row.next
	}
	rapid.Check(t, func(rt *rapid.T) {
		s, d, phone := Offline, dutyOff, false
		for _, in := range rapid.SliceOfN(rapid.SampledFrom(allInputs), 40, 60).Draw(rt, "inputs") {
			s = step(s, &d, &phone, in)
			if !slices.Contains(allStates, s) {
				rt.Fatalf("walked to %q", s)
			}
			if s == Ready && (!phone || d != dutyOn) {
				rt.Fatalf("ready with duty %s, phone %v", d, phone)
			}
			if !s.busy() && s != settle(d, phone) {
				rt.Fatalf("%s, but duty %s and phone %v", s, d, phone)
			}
		}
		for _, in := range []input{inStuck, inOver, inWrappedUp, inReady, inPhoneUp} {
			s = step(s, &d, &phone, in)
		}
		if s != Ready {
			rt.Fatalf("cannot get ready any more: %s", s)
		}
		if s = step(s, &d, &phone, inSignOut); s != Offline {
			rt.Fatalf("cannot sign out any more: %s", s)
		}
	})
}

// TestDiagram keeps docs/diagrams/presence.md equal to the table; -update writes it.
func TestDiagram(t *testing.T) {
	path := filepath.Join("..", "docs", "diagrams", "presence.md")
	want := diagram(newTable())
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/diagrams/presence.md does not show the table: go test ./agent -run TestDiagram -update")
	}
}

func diagram(table table) string {
	var b strings.Builder
	b.WriteString("# Presence of an agent\n\nGenerated from the table in `agent/state.go` by its test (`-update`); do not edit.\n\n" +
		"`rest` is where duty and phone put an agent without a call. Inputs that move nobody are only in the tables below.\n\n" +
		"```mermaid\nstateDiagram-v2\n    state rest <<choice>>\n    [*] --> offline\n")
	for _, from := range allStates {
		for _, to := range append([]State{rest}, allStates...) {
			var labels []string
			for _, in := range allInputs {
				if row, ok := table[from][in]; ok && row.next == to && to != from {
					labels = append(labels, string(in))
				}
			}
			if labels != nil {
				fmt.Fprintf(&b, "    %s --> %s: %s\n", from, to, strings.Join(labels, ", "))
			}
		}
	}
	for _, d := range []duty{dutyOff, dutyAway, dutyOn} {
		label := "duty " + string(d)
		if d == dutyOn {
			fmt.Fprintf(&b, "    rest --> %s: %s, phone down\n", settle(d, false), label)
			label += ", phone up"
		}
		fmt.Fprintf(&b, "    rest --> %s: %s\n", settle(d, true), label)
	}
	b.WriteString("```\n")
	for _, from := range allStates {
		fmt.Fprintf(&b, "\n## %s\n\n| input | next | effects |\n|---|---|---|\n", from)
		for _, in := range allInputs {
			if row, ok := table[from][in]; ok {
				fmt.Fprintf(&b, "| %s | %s | %s |\n", in, row.next, row.do)
			}
		}
	}
	b.WriteString("\nAny other input is unexpected in that state: it is logged and moves nothing.\n")
	return b.String()
}

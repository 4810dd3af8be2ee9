package asterisk

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/diagrams/asterisk.md anew")

var (
	callStates = []callState{callWaiting, callAnnounced, callTalking, callEnd}
	callInputs = []callInput{callPlayed, callJoined, callLeft, callTaken, callGone}
	legStates  = []legState{legAsked, legRings, legAnswered, legTalks, legEnd}
	legInputs  = []legInput{legRang, legStarted, legJoined, legGone}
)

// TestDiagram keeps the picture equal to the tables.
func TestDiagram(t *testing.T) {
	var b strings.Builder
	b.WriteString("# A call and its legs on Asterisk\n\nMade from the tables in pbx/asterisk/states.go by `go test ./pbx/asterisk -run TestDiagram -update`.\n" +
		"What is not drawn changes nothing.\n\n## The caller\n\n```mermaid\nstateDiagram-v2\n  [*] --> waiting: arrived\n")
	for _, at := range callStates {
		for _, in := range callInputs {
			if next, ok := (callMove{at, in}).next(); ok && next != at {
				fmt.Fprintf(&b, "  %s --> %s: %s\n", at, strings.Replace(string(next), "ended", "[*]", 1), in)
			}
		}
	}
	b.WriteString("```\n\n## An agent's leg\n\n```mermaid\nstateDiagram-v2\n  [*] --> asked: Ring\n")
	for _, at := range legStates {
		for _, in := range legInputs {
			next, tell, ok := legMove{at, in}.next()
			if !ok {
				continue
			}
			label := string(in)
			if tell != "" {
				label += " / " + string(tell)
			}
			fmt.Fprintf(&b, "  %s --> %s: %s\n", at, strings.Replace(string(next), "ended", "[*]", 1), label)
		}
	}
	b.WriteString("```\n\n## A call out\n\n```mermaid\nstateDiagram-v2\n  [*] --> calling: Dial\n")
	for _, at := range []outState{outCalls, outReady, outReaches, outTalks} {
		for _, in := range []outInput{outPicked, outSent, outRang, outUp, outGone} {
			if next, _, ok := (outMove{at, in}).next(); ok {
				fmt.Fprintf(&b, "  %s --> %s: %s\n", at, strings.Replace(string(next), "ended", "[*]", 1), in)
			}
		}
	}
	b.WriteString("```\n")
	path := filepath.Join("..", "..", "docs", "diagrams", "asterisk.md")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != b.String() {
		t.Errorf("%s differs from the tables: run the test with -update", path)
	}
}

// TestTables: every end is final, every state can end, and nothing goes backwards.
func TestTables(t *testing.T) {
	for _, at := range legStates {
		next, _, ok := legMove{at, legGone}.next()
		if at == legEnd && ok || at != legEnd && next != legEnd {
			t.Errorf("leg %s gone: %s %v", at, next, ok)
		}
		for _, in := range legInputs {
			if at == legEnd {
				if _, _, ok := (legMove{at, in}).next(); ok {
					t.Errorf("a leg that ended takes %s", in)
				}
			}
		}
	}
	for _, at := range callStates {
		for _, in := range []callInput{callGone, callTaken} {
			next, ok := callMove{at, in}.next()
			if at == callEnd && ok || at != callEnd && next != callEnd {
				t.Errorf("caller %s %s: %s %v", at, in, next, ok)
			}
		}
	}
}

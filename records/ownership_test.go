package records

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the diagrams in docs/diagrams")

// TestDiagrams keeps docs/diagrams equal to the tables.
func TestDiagrams(t *testing.T) {
	for name, diagram := range map[string]string{
		ownership.name:          ownership.mermaid(),
		escalationMachine.name:  escalationMachine.mermaid(),
		callbackMachine.name:    callbackMachine.mermaid(),
		seatMachine.name:        seatMachine.mermaid(),
		lecturerMachine.name:    lecturerMachine.mermaid(),
		paperMachine.name:       paperMachine.mermaid(),
		vaultMachine.name:       vaultMachine.mermaid(),
		articleMachine.name:     articleMachine.mermaid(),
		followUpMachine.name:    followUpMachine.mermaid(),
		improvementMachine.name: improvementMachine.mermaid(),
	} {
		want := "# " + name + "\n\nMade from the table in package records by `go test ./records -run Diagrams -update`.\n\n```mermaid\n" + diagram + "```\n"
		path := filepath.Join("..", "docs", "diagrams", name+".md")
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
			t.Errorf("%s does not show the table; run with -update", path)
		}
	}
}

// TestOwnershipTable walks the table at random and keeps what I1 and I2 say about it.
func TestOwnershipTable(t *testing.T) {
	inputs := []ownerInput{claim, join, offer, accept, giveBack, override, work, finish, "nonsense"}
	rapid.Check(t, func(t *rapid.T) {
		state, owner, pending, receiver := unowned, "", false, ""
		for _, input := range rapid.SliceOfN(rapid.SampledFrom(inputs), 1, 40).Draw(t, "inputs") {
			mv, ok := ownership.step(state, input)
			if !ok {
				continue // an unexpected input changes nothing
			}
			before := owner
			for _, e := range mv.do {
				switch e {
				case setOwner:
					owner = string(input) + receiver
				case setOffer:
					pending, receiver = true, "r"
				case endOffer:
					pending, receiver = false, ""
				case tellOwner:
				}
			}
			if owner != before && input != claim && input != accept && input != override {
				t.Fatalf("%s in %s changed the owner (I2)", input, state)
			}
			if state = mv.next; state == unowned || owner == "" {
				t.Fatalf("%s left the case without an owner (I1)", input)
			}
			if pending != (state == offered) {
				t.Fatalf("%s left an offer behind in %s", input, state)
			}
		}
	})
}

// TestTablesAreComplete: every state that can be reached has a row, and every one but the last ones can be left.
func TestTablesAreComplete(t *testing.T) {
	complete(t, ownership, closed)
	complete(t, escalationMachine, EscalationDeclined, EscalationDone)
	complete(t, callbackMachine, callbackDone, callbackCancelled)
}

func complete[S, I, E ~string](t *testing.T, m machine[S, I, E], last ...S) {
	t.Helper()
	seen, todo := map[S]bool{m.start: true}, []S{m.start}
	ends := 0
	for len(todo) > 0 {
		state := todo[0]
		todo = todo[1:]
		row, ok := m.table[state]
		if !ok {
			t.Errorf("%s: no row for %s", m.name, state)
		}
		if len(row) == 0 {
			ends++
		}
		for _, mv := range row {
			if !seen[mv.next] {
				seen[mv.next] = true
				todo = append(todo, mv.next)
			}
		}
	}
	if len(seen) != len(m.table) || ends != len(last) {
		t.Errorf("%s: %d states reached of %d, %d of them final, want %d", m.name, len(seen), len(m.table), ends, len(last))
	}
}

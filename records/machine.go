package records

import (
	"fmt"
	"slices"
	"strings"
)

// machine is a state machine as a table: what an input does in a state. What is not in the table does not happen.
type machine[S, I, E ~string] struct {
	name  string
	start S
	table map[S]map[I]move[S, E]
}

// move is where an input leads and what must be done in the same transaction.
type move[S, E ~string] struct {
	next S
	do   []E
}

// step looks an input up. ok is false when it is not foreseen: then nothing changes, and the caller says so.
func (m machine[S, I, E]) step(state S, input I) (move[S, E], bool) {
	mv, ok := m.table[state][input]
	return mv, ok
}

// mermaid draws the table, for docs/diagrams.
func (m machine[S, I, E]) mermaid() string {
	var b strings.Builder
	fmt.Fprintf(&b, "stateDiagram-v2\n    direction LR\n    [*] --> %s\n", m.start)
	for _, state := range sorted(m.table) {
		for _, input := range sorted(m.table[state]) {
			mv := m.table[state][input]
			label := string(input)
			if len(mv.do) > 0 {
				var effects []string
				for _, e := range mv.do {
					effects = append(effects, string(e))
				}
				label += " / " + strings.Join(effects, ", ")
			}
			fmt.Fprintf(&b, "    %s --> %s: %s\n", state, mv.next, label)
		}
		if len(m.table[state]) == 0 {
			fmt.Fprintf(&b, "    %s --> [*]\n", state)
		}
	}
	return b.String()
}

func sorted[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

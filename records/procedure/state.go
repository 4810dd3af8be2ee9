package procedure

import (
	"fmt"
	"slices"
	"strings"
)

// State is where an order stands.
type State string

const (
	// Open was opened and belongs to nobody yet. Assigning it or working on it moves it on.
	Open State = "open"
	// Assigned has an engineer who has not begun. The first evidence or step begins it.
	Assigned State = "assigned"
	// Running is being worked on: evidence comes in, steps are settled.
	Running State = "running"
	// Paused waits for something that is named in the reason; its clocks stand still.
	Paused State = "paused"
	// Done has all its steps and deliverables.
	Done State = "done"
	// Continued was done in part; a follow-on order carries the open steps.
	Continued State = "continued"
	// Cancelled was given up by a manager, with a reason.
	Cancelled State = "cancelled"
)

// Ended reports whether nothing more can happen.
func (s State) Ended() bool { return s == Done || s == Continued || s == Cancelled }

// Action is what can be done to an order.
type Action string

// The actions.
const (
	Assign   Action = "assign"   // name its engineer, or another one
	Unassign Action = "unassign" // give it back, with a reason
	Plan     Action = "plan"     // promise a time to the customer, or change the internal plan
	Add      Action = "evidence" // add evidence to a step
	Complete Action = "complete" // settle a step that has its evidence
	Waive    Action = "waive"    // settle a step that is not wanted, with a reason
	Pass     Action = "override" // a manager settles a step that lacks evidence, with a reason
	Pause    Action = "pause"    // with what is waited for
	Resume   Action = "resume"
	Continue Action = "continue" // end it in part, with a follow-on order
	Finish   Action = "finish"   // end it whole
	Cancel   Action = "cancel"   // end it without result: a manager, with a reason
)

// Effect is what must be done together with an action, in the same transaction.
type Effect string

// The effects.
const (
	HoldClocks  Effect = "hold clocks"
	RunClocks   Effect = "run clocks"
	StopClocks  Effect = "stop clocks"
	OpenNext    Effect = "open next order"
	TellOwner   Effect = "tell case owner" // and finish the escalation: the owner confirms with the customer
	TellManager Effect = "tell manager"
	Judge       Effect = "judge rules" // no rule stays pending
)

// Move is where an action leads.
type Move struct {
	Next State
	Do   []Effect
}

// Table is the state machine of an order. What is not in it does not happen.
func Table() map[State]map[Action]Move {
	ending := func(m map[Action]Move) map[Action]Move {
		m[Cancel] = Move{Cancelled, []Effect{StopClocks, Judge, TellOwner}}
		m[Continue] = Move{Continued, []Effect{StopClocks, OpenNext}}
		return m
	}
	working := func(m map[Action]Move) map[Action]Move {
		for _, a := range []Action{Add, Complete, Waive, Pass} {
			m[a] = Move{Next: Running}
		}
		m[Pause] = Move{Paused, []Effect{HoldClocks}}
		m[Finish] = Move{Done, []Effect{StopClocks, Judge, TellOwner}}
		return ending(m)
	}
	return map[State]map[Action]Move{
		Open:     working(map[Action]Move{Assign: {Next: Assigned}, Plan: {Next: Open}}),
		Assigned: working(map[Action]Move{Assign: {Next: Assigned}, Plan: {Next: Assigned}, Unassign: {Open, []Effect{TellManager}}}),
		Running:  working(map[Action]Move{Assign: {Next: Running}, Plan: {Next: Running}}),
		Paused: ending(map[Action]Move{
			Assign: {Next: Paused}, Plan: {Next: Paused}, Add: {Next: Paused}, // what comes in meanwhile is kept
			Resume: {Running, []Effect{RunClocks}},
		}),
		Done: {}, Continued: {}, Cancelled: {},
	}
}

// Diagram draws the table (Mermaid), for docs/diagrams.
func Diagram() string {
	var b strings.Builder
	fmt.Fprintf(&b, "stateDiagram-v2\n    direction LR\n    [*] --> %s\n", Open)
	table := Table()
	for _, state := range keys(table) {
		arrows := map[string][]string{}
		for _, action := range keys(table[state]) {
			mv := table[state][action]
			to := string(mv.Next)
			for _, e := range mv.Do {
				to += " / " + string(e)
			}
			arrows[to] = append(arrows[to], string(action))
		}
		for _, to := range keys(arrows) {
			next, effects, _ := strings.Cut(to, " / ")
			label := strings.Join(arrows[to], ", ")
			if effects != "" {
				label += " / " + strings.ReplaceAll(effects, " / ", ", ")
			}
			fmt.Fprintf(&b, "    %s --> %s: %s\n", state, next, label)
		}
		if len(table[state]) == 0 {
			fmt.Fprintf(&b, "    %s --> [*]\n", state)
		}
	}
	return b.String()
}

func keys[K ~string, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Package agent knows who can take a call: presence, skills, the desk session, the screen pop, wrap-up.
package agent

import "time"

// State is where an agent stands. The table in state.go says what moves it.
type State string

// The states of presence.
const (
	Offline     State = "offline"     // no desk session and not signed in by API or phone
	Ready       State = "ready"       // can be offered a call: signed in, phone reachable at one switch at least, not in a call
	Offered     State = "offered"     // claimed for a call; the pop is on the desk, the phone about to ring
	Ringing     State = "ringing"     // the phone said that it rings
	Talking     State = "talking"     // connected with a caller
	WrapUp      State = "wrapup"      // after the call, until a permitted outcome (I4) or the time-out
	Paused      State = "paused"      // with a reason from the list
	Unreachable State = "unreachable" // wants calls, but the phone is not registered anywhere
)

// Profile is what is known of an agent beforehand. It comes from records and configuration.
type Profile struct {
	Login   string
	Name    string
	Team    string
	Queues  []Skill // queues the agent serves
	Manager bool    // service manager: rings only at the ladder's manager step
}

// Skill is a level in a queue, 1 (best) … 9.
type Skill struct {
	Queue string
	Level int
}

// View is an agent's presence as shown.
type View struct {
	Login   string    `json:"login"`
	Name    string    `json:"name"`
	Team    string    `json:"team"`
	State   State     `json:"state"`
	Since   time.Time `json:"since"`
	Reason  string    `json:"reason,omitempty"` // pause reason, or why unreachable
	Call    string    `json:"call,omitempty"`
	PhoneUp bool      `json:"phone_up"`
	// PhoneLacks names the switches at which the phone is not registered, or which are not connected, while it is at another:
	// no call of theirs is offered. In order; shared, and not to be changed.
	PhoneLacks []string  `json:"phone_lacks,omitempty"`
	DeskOpen   bool      `json:"desk_open"`
	Missed     int       `json:"missed"`   // in a row
	Answered   int       `json:"answered"` // today
	WrapUpEnd  time.Time `json:"wrapup_end,omitzero"`
	// IdleSince is the idle time that counts when the longest-idle agent is chosen; see the idle rule in state.go.
	IdleSince time.Time `json:"idle_since,omitzero"`
	// Pending is Paused or Offline when the agent asked for it in a call or wrap-up: it comes true afterwards.
	Pending       State  `json:"pending,omitempty"`
	PendingReason string `json:"pending_reason,omitempty"`
	// Version grows with every change of this agent and stays below 2^53, also across restarts (see copier).
	Version int64    `json:"version"`
	Queues  []string `json:"queues"`
}

// Queueing is what presence needs of the queue. Both methods are called in order for one agent, from goroutines of
// Roster.Run, never with a lock held: they may block for a moment and may call back into the Roster. A repeated
// AgentReady with the same since is a reaffirmation and must be harmless, also for an agent whom the queue has claimed.
type Queueing interface {
	// AgentReady says that the agent can be offered calls, but those of the switches that lacks names, in order; since is the
	// idle time that counts.
	AgentReady(login string, since time.Time, lacks ...string)
	// AgentGone says that the agent cannot be offered calls any more.
	AgentGone(login string)
}

// Managers is told what a service manager must know. Called like Queueing: in order for one agent, without locks.
type Managers interface {
	// Notice kinds: "missed-calls" (paused after N misses), "wrapup-timeout", "desk-lost", "phone-unheard", "contradiction".
	Notice(kind, login, call, detail string)
}

// Push is one message for one agent's desk. Kinds: "pop", "card", "withdrawn", "talk", "owned", "over" from outside;
// "state" (Data is a View) and "replaced" (the desk was opened elsewhere; this one ends) from the Roster itself.
type Push struct {
	ID   string    `json:"id"`
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
	Call string    `json:"call,omitempty"`
	Data any       `json:"data,omitempty"`
}

package agent

import (
	"strings"
	"time"
)

// Offered claims the agent for a call and is the last gate before the phone rings: true only for an agent who is Ready,
// or who has this very offer already. It works in memory only and takes microseconds.
func (r *Roster) Offered(login, call string) bool {
	return r.input(login, event{kind: inOffer, by: "queue", call: call})
}

// Summoned claims the agent for a call at their own word, e.g. a service manager who wants to hear a talk: also when they are
// paused, signed out or without a registered phone, but not from another call or its wrap-up. Afterwards they stand where they
// stood. Like Offered otherwise.
func (r *Roster) Summoned(login, call string) bool {
	return r.input(login, event{kind: inSummon, by: login, call: call})
}

// RingingNow says that the agent's phone itself reports ringing.
func (r *Roster) RingingNow(login, call string) {
	r.input(login, event{kind: inRing, by: "switch", call: call})
}

// Talking says that agent and caller are connected since at, the human answer. The switch is the truth about calls: it
// is believed in every state, and told to managers as a contradiction where it should not have been possible.
func (r *Roster) Talking(login, call string, at time.Time) {
	r.input(login, event{kind: inTalk, by: "switch", call: call, at: at})
}

// Withdrawn ends an offer without a talk. Outcomes: "lost" and "abandoned" (the queue has put the agent back on its
// idle lists itself, with the idle time as it was); "missed", "declined", "unreachable", "busy", "fault", "returned" (it
// has not: AgentReady follows, with the idle time starting anew). pause: once too often, the agent is paused with
// ReasonMissedCalls and the managers are told. The queue must have finished its own bookkeeping before.
func (r *Roster) Withdrawn(login, call, outcome string, pause bool) {
	kind := inMiss
	switch {
	case outcome == "lost" || outcome == "abandoned":
		kind = inFreed
	case pause:
		kind = inLastMiss
	}
	r.input(login, event{kind: kind, by: "queue", call: call, reason: outcome})
}

// CallOver ends the agent's part of a call: wrap-up begins, or the agent is free at once if the queue gives it no time.
// at is when it ended, shown as View.Since; the wrap-up's time runs from now, by our clock.
func (r *Roster) CallOver(login, call, queue string, at time.Time) {
	r.input(login, event{kind: inOver, by: "switch", call: call, queue: queue, at: at})
}

// Joined says that the agent hears a call of which somebody else is the talker: an expert who was asked in, a supervisor who
// listens. It follows an offer and counts as no answer.
func (r *Roster) Joined(login, call string, at time.Time) {
	r.input(login, event{kind: inJoin, by: "switch", call: call, at: at})
}

// CallLeft ends the agent's part of a call with nothing left to wrap up: they were not the talker, or their phone died in the
// talk and the caller is kept for them.
func (r *Roster) CallLeft(login, call, queue string, at time.Time) {
	r.input(login, event{kind: inOver, by: "switch", call: call, queue: queue, at: at, free: true})
}

// CallUnheard ends the agent's part of a call in which no voice ever came from their phone, so that nobody talked: nothing is left to
// wrap up, and no other caller is to meet that silence. The agent is paused with ReasonUnheard until ready, unless they want to be away
// already, and the managers are told.
func (r *Roster) CallUnheard(login, call, queue string, at time.Time) {
	s := r.seat(login)
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.call == call && s.duty == dutyOn {
		r.apply(s, event{kind: inPause, by: "switch", reason: ReasonUnheard})
		r.notice("phone-unheard", login, call, "no voice came from the phone in a call; paused")
	}
	r.apply(s, event{kind: inOver, by: "switch", call: call, queue: queue, at: at, free: true})
}

// CallsSynced says which calls live on a switch, as listed at the instant at of our clock. Agents in calls of that
// switch ("<switch>-…") that are not among them come free: their end was never heard of. Calls that came to an agent
// after at are spared.
func (r *Roster) CallsSynced(switchName string, live []string, at time.Time) {
	is := make(map[string]bool, len(live))
	for _, call := range live {
		is[call] = true
	}
	for _, s := range r.seats.Load().order {
		s.mu.Lock()
		busy := s.state == Offered || s.state == Ringing || s.state == Talking
		if busy && strings.HasPrefix(s.call, switchName+"-") && !is[s.call] && !s.taken.After(at) {
			r.apply(s, event{kind: inGone, by: "switch", call: s.call, reason: "the switch does not carry the call"})
		}
		s.mu.Unlock()
	}
}

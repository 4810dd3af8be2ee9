package queue

import "slices"

// shownCall is what a live call looks like on a wallboard: by the events alone, so that a replay of the day looks the same.
type shownCall struct {
	did, number, name string
	ringing           []string // agents whose phones ring, in the order in which they were rung
	held              bool
	handTo            string
	caseNumber        string
	verdict           *Verdict
}

// arrivedAs reads who calls from the event that begins a call's life.
func arrivedAs(e Event) shownCall {
	return shownCall{did: e.Data["did"], number: e.Data["number"], name: e.Data["name"]}
}

func (s *shownCall) apply(e Event) {
	if e.Verdict != nil && s.verdict == nil {
		s.verdict = e.Verdict
	}
	switch e.Kind {
	case EventOffered:
		// A manager who will listen is no phone that rings for the caller; agents may not even know.
		if e.Data["why"] != AsMonitor && !slices.Contains(s.ringing, e.Agent) {
			s.ringing = append(slices.Clone(s.ringing), e.Agent)
		}
	case EventDeclined, EventMissed, EventUnreached, EventLost:
		s.silent(e.Agent)
	case EventAnswered, EventHandTaken:
		s.silent(e.Agent)
		s.held, s.handTo = false, ""
	case EventExpert:
		if e.Data["state"] != "asked" {
			s.silent(e.Agent)
		}
	case EventReopened:
		s.silent(e.Agent)
		s.held = false
	case EventHeld:
		s.held = true
	case EventResumed:
		s.held = false
	case EventHandOver:
		s.handTo = e.Data["to"]
	case EventHandBack:
		s.handTo = ""
	case EventOwned:
		s.caseNumber = e.Data["case"]
	}
}

func (s *shownCall) silent(agent string) {
	s.ringing = slices.DeleteFunc(slices.Clone(s.ringing), func(login string) bool { return login == agent })
}

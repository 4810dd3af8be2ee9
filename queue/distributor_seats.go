package queue

import (
	"sync"
	"time"
)

// Agent is what the queue must know of an agent to match them. Levels name the queues they serve; Manager makes them a
// service manager, who rings only at a manager step.
type Agent struct {
	Login, Team string
	Queues      []Level
	Manager     bool
}

// seat is one agent's place: what presence said last, and whether their phone is taken.
type seat struct {
	profile  Agent
	known    bool
	ready    bool
	since    time.Time
	lacks    []string // switches where their phone is missing, as presence said last; replaced, never changed
	settling bool     // a goroutine tells the board; it looks again before it goes
	stale    bool

	missed   int // rang out in a row
	answered int // today
	day      int
	offered  time.Time

	line   string  // the leg that has the phone
	kept   string  // the call that waits for this agent to come back
	parked []Match // matched while the phone was still busy with a leg that is being stopped
}

// seats are all agents. A match can reach another call before the phone of the agent has stopped ringing for the one that
// lost them; the line keeps the second offer back until then, so that it never meets a busy phone or a desk that still
// shows the first.
type seats struct {
	mu    sync.Mutex
	all   map[string]*seat
	lines map[string]string // leg → agent
}

func newSeats() *seats { return &seats{all: map[string]*seat{}, lines: map[string]string{}} }

func (s *seats) of(login string) *seat {
	a := s.all[login]
	if a == nil {
		a = &seat{}
		s.all[login] = a
	}
	return a
}

// take gives the agent's phone to a leg. If another leg has it, the match is kept and comes back when it is free.
func (s *seats) take(login, leg string, m *Match) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.of(login)
	if a.line != "" && a.line != leg {
		if m != nil {
			a.parked = append(a.parked, *m)
		}
		return false
	}
	a.line = leg
	s.lines[leg] = login
	return true
}

// free gives the phone back and returns the matches that waited for it.
func (s *seats) free(leg string) []Match {
	s.mu.Lock()
	defer s.mu.Unlock()
	login, ok := s.lines[leg]
	if !ok {
		return nil
	}
	delete(s.lines, leg)
	a := s.of(login)
	if a.line != leg {
		return nil
	}
	a.line = ""
	parked := a.parked
	a.parked = nil
	return parked
}

// keep notes that a call waits for an agent to come back; unkeep ends it, keptFor names the call.
func (s *seats) keep(login, call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of(login).kept = call
}

func (s *seats) unkeep(login, call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.all[login]; a != nil && a.kept == call {
		a.kept = ""
	}
}

func (s *seats) keptFor(login string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.all[login]; a != nil {
		return a.kept
	}
	return ""
}

// rung notes that the agent was offered a call.
func (s *seats) rung(login string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of(login).offered = at
}

// missedOne counts a miss and says whether it was one too many in a row; the count then starts anew.
func (s *seats) missedOne(login string, limit int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.of(login)
	a.missed++
	if limit <= 0 || a.missed < limit {
		return false
	}
	a.missed = 0
	return true
}

// answeredOne ends the row of misses and counts the answer for the strategy fewest_calls.
func (s *seats) answeredOne(login string, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.of(login)
	a.missed = 0
	if day := at.YearDay(); a.day != day {
		a.day, a.answered = day, 0
	}
	a.answered++
}

// knows says whether somebody takes calls here.
func (s *seats) knows(login string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.all[login]
	return ok && a.known
}

// profiles lists all known agents.
func (s *seats) profiles() []Agent {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Agent
	for _, a := range s.all {
		if a.known {
			all = append(all, a.profile)
		}
	}
	return all
}

// idle is what the board is told of a ready agent.
func (a *seat) idle(plan plan, today int) Idle {
	i := Idle{Agent: a.profile.Login, Team: a.profile.Team, Since: a.since, Last: a.offered, Lacks: a.lacks}
	if a.day == today {
		i.Calls = a.answered
	}
	for _, l := range a.profile.Queues {
		if l.Strategy == "" {
			l.Strategy = plan.queues[l.Queue].Strategy
		}
		l.Manager = l.Manager || a.profile.Manager
		i.Queues = append(i.Queues, l)
	}
	return i
}

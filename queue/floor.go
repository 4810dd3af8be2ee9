package queue

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Floor is the state behind the live numbers: who applies to it the events that come after it, by the rules of Numbers.Apply,
// knows at each moment what Numbers would say. A wallboard starts from it.
type Floor struct {
	Now    time.Time    `json:"now"`
	First  time.Time    `json:"first,omitzero"` // of the events seen
	Days   []int64      `json:"days"`           // Unix seconds at which days begin in the configured zone: yesterday to a week ahead
	Queues []FloorQueue `json:"queues"`         // in the order of the configuration
	Agents []FloorAgent `json:"agents"`         // by login
	Calls  []FloorCall  `json:"calls"`          // that are up, the longest waiting first
}

// FloorQueue is a queue's rules and counts.
type FloorQueue struct {
	Queue    string   `json:"queue"`
	Rings    int      `json:"rings"` // within which a human must answer
	CycleMS  int64    `json:"cycle_ms"`
	Handling float64  `json:"handling_s"`   // assumed while nothing is measured
	Target   float64  `json:"staff_target"` // P(answered within the rings) that staffing aims at
	Day      int64    `json:"day"`          // Unix seconds at which the day of Today began
	Today    Tally    `json:"today"`
	Minutes  []SpanOf `json:"minutes"` // Unix minutes of the last half hour in which something happened
	Trend    []SpanOf `json:"trend"`   // steps of five minutes (Unix time ÷ 300) of the last two hours
}

// SpanOf is what happened in one minute or one step of a trend.
type SpanOf struct {
	At    int64 `json:"at"`
	Tally Tally `json:"tally"`
}

// FloorAgent is an agent as the events tell.
type FloorAgent struct {
	Login     string       `json:"login"`
	Team      string       `json:"team,omitempty"`
	Manager   bool         `json:"manager,omitempty"`
	Queues    []FloorLevel `json:"queues"`
	State     string       `json:"state"` // "" until something was heard
	Since     time.Time    `json:"since,omitzero"`
	Reason    string       `json:"reason,omitempty"`
	Call      string       `json:"call,omitempty"`
	Lacks     string       `json:"lacks,omitempty"` // switches where their phone is missing, while it is at another
	LastQueue string       `json:"last_queue,omitempty"`
	Day       int64        `json:"day"`
	Today     Tally        `json:"today"`
}

// FloorLevel says that an agent serves a queue.
type FloorLevel struct {
	Queue   string `json:"queue"`
	Level   int    `json:"level"`
	Manager bool   `json:"manager,omitempty"`
}

// FloorCall is a call that is up.
type FloorCall struct {
	ID      string    `json:"id"`
	Queue   string    `json:"queue"`
	DID     string    `json:"did,omitempty"`
	Number  string    `json:"number,omitempty"`
	Name    string    `json:"name,omitempty"`
	Ring1   time.Time `json:"ring1"`
	Waiting bool      `json:"waiting,omitempty"`
	Decided bool      `json:"decided,omitempty"` // its outcome is counted
	Agent   string    `json:"agent,omitempty"`   // who talks
	Since   time.Time `json:"since,omitzero"`    // they talk since
	Ringing []string  `json:"ringing,omitempty"`
	Held    bool      `json:"held,omitempty"`
	HandTo  string    `json:"hand_to,omitempty"`
	Case    string    `json:"case,omitempty"`
	Verdict *Verdict  `json:"verdict,omitempty"`
}

// Floor gives the state behind the numbers as of now.
func (n *Numbers) Floor(now time.Time) Floor {
	n.mu.Lock()
	defer n.mu.Unlock()
	f := Floor{
		Now: now, First: n.first, Days: daysAround(now, n.zone),
		Queues: make([]FloorQueue, 0, len(n.plan.order)), Agents: make([]FloorAgent, 0, len(n.agents)), Calls: make([]FloorCall, 0, len(n.calls)),
	}
	for _, name := range n.plan.order {
		f.Queues = append(f.Queues, n.floorQueue(name, now))
	}
	for _, login := range slices.Sorted(maps.Keys(n.agents)) {
		f.Agents = append(f.Agents, n.agents[login].floor(login))
	}
	for id, c := range n.calls {
		f.Calls = append(f.Calls, c.floor(id))
	}
	slices.SortFunc(f.Calls, func(a, b FloorCall) int { return cmp.Or(a.Ring1.Compare(b.Ring1), cmp.Compare(a.ID, b.ID)) })
	return f
}

func (n *Numbers) floorQueue(name string, now time.Time) FloorQueue {
	s, rule, cfg := n.queues[name], n.plan.rules[name], n.plan.queues[name]
	q := FloorQueue{
		Queue: name, Rings: rule.Rings, CycleMS: rule.Cycle().Milliseconds(), Handling: cfg.HandlingTime.Seconds(), Target: cfg.StaffTarget,
		Day: s.day, Today: s.today.tally(), Minutes: []SpanOf{}, Trend: []SpanOf{},
	}
	minute, step := now.Unix()/60, now.Unix()/trendSeconds
	for i := range s.minutes {
		if m := &s.minutes[i]; m.minute > minute-windowMinutes {
			q.Minutes = append(q.Minutes, SpanOf{m.minute, m.counts.tally()})
		}
	}
	for i := range s.trend.steps {
		if m := &s.trend.steps[i]; m.step > step-trendSteps {
			q.Trend = append(q.Trend, SpanOf{m.step, m.counts.tally()})
		}
	}
	byTime := func(a, b SpanOf) int { return cmp.Compare(a.At, b.At) }
	slices.SortFunc(q.Minutes, byTime)
	slices.SortFunc(q.Trend, byTime)
	return q
}

func (a *agentTally) floor(login string) FloorAgent {
	f := FloorAgent{
		Login: login, Team: a.profile.Team, Manager: a.profile.Manager, Queues: make([]FloorLevel, 0, len(a.profile.Queues)),
		State: a.state, Since: a.since, Reason: a.reason, Call: a.call, Lacks: a.lacks, LastQueue: a.lastQueue, Day: a.spans.day, Today: a.spans.today.tally(),
	}
	for _, l := range a.profile.Queues {
		f.Queues = append(f.Queues, FloorLevel{Queue: l.Queue, Level: l.Level, Manager: l.Manager})
	}
	return f
}

func (c *callTally) floor(id string) FloorCall {
	s := c.shown
	f := FloorCall{
		ID: id, Queue: c.queue, DID: s.did, Number: s.number, Name: s.name, Ring1: c.ring1, Waiting: c.waiting, Decided: c.decided,
		Agent: c.agent, Ringing: s.ringing, Held: s.held, HandTo: s.handTo, Case: s.caseNumber, Verdict: s.verdict,
	}
	if c.agent != "" {
		f.Since = c.talkSince
	}
	return f
}

// daysAround lists when days begin: from yesterday to a week ahead, so that who counts on does not need the zone's rules.
func daysAround(now time.Time, zone *time.Location) []int64 {
	y, m, d := now.In(zone).Date()
	days := make([]int64, 0, 9)
	for i := -1; i < 8; i++ {
		days = append(days, time.Date(y, m, d+i, 0, 0, 0, 0, zone).Unix())
	}
	return days
}

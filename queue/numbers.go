package queue

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"
)

// Numbers are the live numbers, computed from events alone: fed with the journal of the day they say the same again. They
// are safe for concurrent use.
type Numbers struct {
	mu     sync.Mutex
	plan   plan
	zone   *time.Location
	first  time.Time // of the events seen: the windows are not older
	queues map[string]*spans
	agents map[string]*agentTally
	calls  map[string]*callTally
}

// agentTally is an agent as the events tell.
type agentTally struct {
	profile   Agent
	state     string
	since     time.Time
	reason    string // of the state
	call      string // that the state is about
	lacks     string // switches where the phone is missing, while it is at another
	lastQueue string // wrap-up counts for the queue that was talked in last
	spans     spans
}

// callTally is a live call as the events tell.
type callTally struct {
	queue     string
	on        string // switch
	ring1     time.Time
	waiting   bool
	decided   bool
	agent     string // who talks
	talkSince time.Time
	shown     shownCall
}

// NewNumbers gives numbers that have seen nothing.
func NewNumbers(cfg Config) *Numbers {
	cfg = cfg.withDefaults()
	n := &Numbers{
		plan: newPlan(cfg), zone: cfg.Zone, queues: map[string]*spans{}, agents: map[string]*agentTally{}, calls: map[string]*callTally{},
	}
	for _, q := range cfg.Queues {
		n.queues[q.Name] = &spans{trend: &trend{}}
	}
	return n
}

// SetAgents says who serves which queue.
func (n *Numbers) SetAgents(agents []Agent) {
	n.mu.Lock()
	defer n.mu.Unlock()
	known := map[string]bool{}
	for _, a := range agents {
		n.agent(a.Login).profile = a
		known[a.Login] = true
	}
	for login, a := range n.agents {
		if !known[login] {
			a.profile = Agent{}
		}
	}
}

func (n *Numbers) agent(login string) *agentTally {
	a := n.agents[login]
	if a == nil {
		a = &agentTally{}
		n.agents[login] = a
	}
	return a
}

// SignedIn counts the agents of a queue who are not offline, managers included: somebody may come for the caller.
func (n *Numbers) SignedIn(queue string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	signedIn := 0
	for _, a := range n.agents {
		if a.serves(queue) && a.state != "" && a.state != presenceOffline {
			signedIn++
		}
	}
	return signedIn
}

// unended lists the calls of a switch that began before a time and have not ended, with their queues.
func (n *Numbers) unended(switchName string, before time.Time) map[string]string {
	n.mu.Lock()
	defer n.mu.Unlock()
	open := map[string]string{}
	for id, c := range n.calls {
		if c.on == switchName && c.ring1.Before(before) {
			open[id] = c.queue
		}
	}
	return open
}

// The states of presence as the events name them.
const (
	presenceOffline     = "offline"
	presencePaused      = "paused"
	presenceUnreachable = "unreachable"
	presenceTalking     = "talking"
	presenceWrapUp      = "wrapup"
)

func (a *agentTally) serves(queue string) bool {
	return slices.ContainsFunc(a.profile.Queues, func(l Level) bool { return l.Queue == queue })
}

// manages says that the agent only rings by the manager step of a queue and so is no staff of it.
func (a *agentTally) manages(queue string) bool {
	return a.profile.Manager || slices.ContainsFunc(a.profile.Queues, func(l Level) bool { return l.Queue == queue && l.Manager })
}

func staffed(state string) bool {
	return state != "" && state != presenceOffline && state != presencePaused && state != presenceUnreachable
}

// Queues gives the numbers of all queues as of now, in the order of the configuration.
func (n *Numbers) Queues(now time.Time) []QueueNumbers {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := make([]QueueNumbers, 0, len(n.plan.order))
	for _, name := range n.plan.order {
		all = append(all, n.queueNow(name, now))
	}
	return all
}

func (n *Numbers) queueNow(name string, now time.Time) QueueNumbers {
	today, last := n.queues[name].read(now, n.zone)
	q := QueueNumbers{Queue: name, Agents: map[string]int{}, Today: today.window(), Last30: last.window()}
	for _, c := range n.calls {
		switch {
		case c.queue != name:
		case c.agent != "":
			q.Talking++
		case c.waiting:
			q.Waiting++
			q.LongestWait = max(q.LongestWait, now.Sub(c.ring1).Seconds())
		}
	}
	rule, cfg := n.plan.rules[name], n.plan.queues[name]
	if q.Waiting > 0 {
		q.LongestRing = rule.Ring(time.Duration(q.LongestWait * float64(time.Second)))
	}
	var busyToday, staffToday, busyLast, staffLast time.Duration
	for _, a := range n.agents {
		if !a.serves(name) {
			continue
		}
		q.Agents[cmp.Or(a.state, presenceOffline)]++
		if staffed(a.state) && !a.manages(name) {
			q.Staffed++
		}
		t, l := a.read(now, n.zone)
		busyToday, staffToday, busyLast, staffLast = busyToday+t.busy, staffToday+t.staffed, busyLast+l.busy, staffLast+l.staffed
	}
	q.Today.Occupancy, q.Last30.Occupancy = shareOfTime(busyToday, staffToday), shareOfTime(busyLast, staffLast)
	handling := cfg.HandlingTime
	if last.handled > 0 {
		handling = (last.talked + last.wrapped) / time.Duration(last.handled)
	}
	if span := n.observed(now); span > 0 {
		q.Load = float64(last.offered) / span.Seconds() * handling.Seconds()
	}
	q.Needed = AgentsNeeded(q.Load, handling, rule.Budget(), cfg.StaffTarget)
	q.Missing = max(q.Needed-q.Staffed, 0)
	return q
}

// observed is how much of the sliding window the numbers have seen; after a start at least five minutes are assumed, so
// that the first call does not look like a storm.
func (n *Numbers) observed(now time.Time) time.Duration {
	if n.first.IsZero() {
		return 0
	}
	return min(max(now.Sub(n.first), 5*time.Minute), windowMinutes*time.Minute)
}

// Agents gives the numbers of all agents as of now, by login.
func (n *Numbers) Agents(now time.Time) []AgentNumbers {
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []AgentNumbers
	for _, login := range slices.Sorted(maps.Keys(n.agents)) {
		a := n.agents[login]
		today, last := a.read(now, n.zone)
		all = append(all, AgentNumbers{
			Login: login, State: cmp.Or(a.state, presenceOffline), Since: a.since, Today: today.agentWindow(), Last30: last.agentWindow(),
		})
	}
	return all
}

// read gives the agent's windows with the state that still lasts counted up to now.
func (a *agentTally) read(now time.Time, zone *time.Location) (today, last counts) {
	today, last = a.spans.read(now, zone)
	if a.since.Before(now) {
		a.count(&today, now.Sub(later(a.since, time.Unix(dayOf(now, zone), 0))))
		a.count(&last, now.Sub(later(a.since, windowStart(now))))
	}
	return today, last
}

// count books a stretch of the present state.
func (a *agentTally) count(c *counts, part time.Duration) {
	if !staffed(a.state) {
		return
	}
	c.staffed += part
	switch a.state {
	case presenceTalking:
		c.busy += part
	case presenceWrapUp:
		c.busy += part
		c.wrapped += part
	}
}

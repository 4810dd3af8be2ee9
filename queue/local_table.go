package queue

import (
	"slices"
	"time"
)

// table is the state behind the boards in memory: the same calls, agents and lists that RedisBoard keeps in keys. It has no lock.
type table struct {
	now     func() time.Time
	epoch   int64 // the last fencing number given
	calls   map[string]*standing
	agents  map[string]*worker         // idle, ringing and talking; everybody else is absent
	teams   map[string]map[string]bool // team → its agents, idle or not
	callers map[string]Caller
	ringAll map[string]bool // queues whose strategy is ring_all

	line         rankings // queue → calls that wait, ringing or not
	want         rankings // queue → calls that want an agent, those that ring nobody first
	wantManagers rankings // queue → calls that want a manager
	idle         rankings // queue → idle agents, best first
	managers     rankings // queue → idle managers
	kept         rankings // agent → waiting calls that are kept for them
	own          rankings // agent → waiting calls of callers whose open case they own
	due          rankings // node → its calls, by the next deadline
	switches     rankings // switch → its calls
	nodes        *ranking // by the end of the lease
	mail         map[string][]Match
	wake         map[string]chan struct{}
}

// standing is a call on the board.
type standing struct {
	Waiting
	node         string
	epoch        int64
	caller       Caller
	score        int64
	agents       int // agents wanted
	managers     int // managers wanted
	team         string
	everyone     bool
	ringing      map[string]string // agent → why
	mailed       map[string]bool   // of ringing, while a letter about it is under way
	missed       map[string]bool
	winner       string
	answeredAt   time.Time
	deadlines    map[string]time.Time
	ringManagers int // of ringing, claimed as managers
}

// ring and miss make their maps when they are needed: most calls that wait ring nobody, and few were missed.
func (c *standing) ring(agent, why string) {
	if c.ringing == nil {
		c.ringing = map[string]string{}
	}
	c.ringing[agent] = why
}

func (c *standing) miss(agent string) {
	if c.missed == nil {
		c.missed = map[string]bool{}
	}
	c.missed[agent] = true
}

// worker is an agent on the board.
type worker struct {
	Idle
	claim   string // the call that rings or talks; "" = idle
	talking bool
	after   string // what the agent said while ringing: afterReady, afterGone, ""
}

const (
	afterReady = "ready"
	afterGone  = "gone"

	whyOwner    = "owner"
	whyTeam     = "team"
	whyEveryone = "everyone"
	whyManager  = "manager"
	whyAdopted  = "adopted"
	whyReturn   = "return" // their own talk with this caller broke off
)

func newTable(now func() time.Time) *table {
	return &table{
		now: now, calls: map[string]*standing{}, agents: map[string]*worker{}, teams: map[string]map[string]bool{}, callers: map[string]Caller{}, ringAll: map[string]bool{},
		line: rankings{}, want: rankings{}, wantManagers: rankings{}, idle: rankings{}, managers: rankings{},
		kept: rankings{}, own: rankings{}, due: rankings{}, switches: rankings{}, nodes: newRanking(), mail: map[string][]Match{}, wake: map[string]chan struct{}{},
	}
}

// driven finds a call that node drives.
func (t *table) driven(node, call string) (*standing, error) {
	c := t.calls[call]
	if c == nil {
		return nil, ErrUnknown
	}
	if c.node != node {
		return nil, ErrFenced
	}
	return c, nil
}

// index puts the call into, or out of, the lists that its state asks for.
func (t *table) index(c *standing) {
	waiting := c.winner == ""
	set := func(list rankings, name string, member bool, score int64) {
		if member {
			list.put(name, c.Call, score)
		} else {
			list.drop(name, c.Call)
		}
	}
	score := c.score
	if len(c.ringing) > 0 {
		score += served
	}
	set(t.line, c.Queue, waiting, c.score)
	set(t.want, c.Queue, waiting && len(c.ringing)-c.ringManagers < c.agents, score)
	set(t.wantManagers, c.Queue, waiting && c.ringManagers < c.managers, score)
	for _, owner := range c.caller.Owners {
		set(t.own, owner, waiting && c.agents+c.managers > 0, c.score)
	}
	if c.Keep != "" {
		set(t.kept, c.Keep, waiting, c.score)
	}
	next := never
	if waiting {
		for _, at := range c.deadlines {
			next = min(next, millis(at))
		}
	}
	t.due.put(c.node, c.Call, next)
}

// unindex takes the call out of all lists.
func (t *table) unindex(c *standing) {
	t.line.drop(c.Queue, c.Call)
	t.want.drop(c.Queue, c.Call)
	t.wantManagers.drop(c.Queue, c.Call)
	for _, owner := range c.caller.Owners {
		t.own.drop(owner, c.Call)
	}
	t.kept.drop(c.Keep, c.Call)
	t.due.drop(c.node, c.Call)
}

// list puts an idle agent on the lists of all their queues; unlist takes them off.
func (t *table) list(a *worker) {
	for _, l := range a.Queues {
		score := agentScore(l, a.Since, a.Last, a.Calls)
		if l.Manager {
			t.managers.put(l.Queue, a.Agent, score)
			continue
		}
		t.idle.put(l.Queue, a.Agent, score)
	}
}

func (t *table) unlist(a *worker) {
	for _, l := range a.Queues {
		t.idle.drop(l.Queue, a.Agent)
		t.managers.drop(l.Queue, a.Agent)
	}
}

// profile gives an agent what they are now; forgetAgent takes them off the board.
func (t *table) profile(a *worker, i Idle) {
	t.leaveTeam(a)
	i.Queues, i.Lacks = slices.Clone(i.Queues), slices.Clone(i.Lacks)
	a.Idle = i
	if i.Team == "" {
		return
	}
	if t.teams[i.Team] == nil {
		t.teams[i.Team] = map[string]bool{}
	}
	t.teams[i.Team][i.Agent] = true
}

func (t *table) forgetAgent(a *worker) {
	t.leaveTeam(a)
	delete(t.agents, a.Agent)
}

func (t *table) leaveTeam(a *worker) {
	if delete(t.teams[a.Team], a.Agent); len(t.teams[a.Team]) == 0 {
		delete(t.teams, a.Team)
	}
}

// free ends an agent's part in a call. It says whether the agent is idle now.
func (t *table) free(a *worker, requeue bool) bool {
	if a.after != "" {
		requeue = a.after == afterReady
	}
	a.claim, a.talking, a.after = "", false, ""
	if !requeue {
		t.forgetAgent(a)
		return false
	}
	t.list(a)
	return true
}

// apply adds a ladder step's wishes to the call's.
func (t *table) apply(c *standing, s Step) {
	if s.Who != "" {
		t.open(c)
	}
	switch s.Who {
	case StepTeam:
		c.team = s.Team
		if c.team == "" {
			c.team = c.caller.Team
		}
		c.agents = more(c.agents, s.More)
	case StepBest:
		n := s.More
		if t.ringAll[c.Queue] {
			n = 0
		}
		c.agents = more(c.agents, n)
	case StepEveryone:
		c.everyone = true
		c.agents = more(c.agents, s.More)
	case StepManager:
		c.managers = more(c.managers, s.More)
	}
}

// open ends that a call is kept for one agent: whoever serves its queue may have it.
func (t *table) open(c *standing) {
	t.kept.drop(c.Keep, c.Call)
	c.Keep = ""
}

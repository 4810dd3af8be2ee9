package queue

import "time"

// Config is what the Distributor needs to know beforehand. It is checked where it is loaded; New fills what is zero with
// the defaults named here.
type Config struct {
	Node     string // this controller's name on the board
	Hotlines []HotlineConfig
	Queues   []QueueConfig
	Zone     *time.Location   // where "today" begins; default time.Local
	Now      func() time.Time // default time.Now

	TellNobodyOfMonitors bool // agents are not told that a service manager listens; the journal says it all the same

	CallsPerNumber int // calls of one number that nobody answered yet; further ones are refused; 0 = no limit

	BoardTimeout time.Duration // one step on the board; default 500 ms (a Failover needs 200 ms to turn to memory)
	PhoneTimeout time.Duration // one request to the switch; default 5 s
	MessageLimit time.Duration // longest announcement; default 2 min, then the call is ended all the same
}

// HotlineConfig is one number that customers dial.
type HotlineConfig struct {
	Name  string
	DIDs  []string
	Queue string
	Rule  RingRule // default three-rings/1, 1 s on, 4 s off, 3 rings
}

// QueueConfig is one queue of callers.
type QueueConfig struct {
	Name         string
	Strategy     string        // longest_idle (default), ring_all, fewest_calls, round_robin
	Priority     int           // 0…99, added to the caller's own
	Ladder       []Step        // by ring; default DefaultLadder
	RingNoAnswer time.Duration // how long one phone rings; default 20 s
	MissedPause  int           // misses in a row until the agent is paused; 0 = never
	MaxWait      time.Duration // 0 = no limit
	MaxWaiting   int           // 0 = no limit
	NoAgents     time.Duration // nobody signed in for so long since ring 1; 0 = no overflow for that
	Overflow     []Overflow
	ReturnTime   time.Duration // how long a call whose agent's phone died in the talk is kept for that agent; 0 = not at all
	HandOverTime time.Duration // how long a hand-over out of this queue may stay unaccepted; default 30 s

	HandlingTime time.Duration // talk and wrap-up assumed while nothing is measured yet; default 180 s
	StaffTarget  float64       // P(answered within the ring budget) that staffing aims at; default 0.99
}

// Overflow is one rule: what to do with a caller when the queue cannot serve them.
type Overflow struct {
	When  string // WhenMaxWait, WhenNoAgents, WhenFull
	Do    string // DoQueue, DoManager, DoCallback, DoMessage
	Queue string // DoQueue
	Media string // DoCallback, DoMessage: "sound:…" or "tone:…"
}

// When an overflow rule acts and what it does.
const (
	WhenMaxWait  = "max_wait"
	WhenNoAgents = "no_agents"
	WhenFull     = "queue_full"

	DoQueue    = "queue"    // another queue, with the clock the caller has
	DoManager  = "manager"  // the service managers' phones ring too
	DoCallback = "callback" // a machine takes the request to be called back, says Media, ends the call
	DoMessage  = "message"  // a machine says Media, ends the call
)

// DefaultLadder rings the owner or the best agent at ring 1, the next best two at ring 2, and at ring 3 everyone ready
// and the service manager (architecture.md, "The way of a call").
func DefaultLadder() []Step {
	return []Step{
		{Ring: 1, More: 1, Who: StepBest},
		{Ring: 2, More: 2, Who: StepBest},
		{Ring: 3, Who: StepEveryone},
		{Ring: 3, Who: StepManager},
	}
}

func (c Config) withDefaults() Config {
	c.Now = orElse(c.Now == nil, time.Now, c.Now)
	c.Zone = orElse(c.Zone == nil, time.Local, c.Zone)
	c.BoardTimeout = orElse(c.BoardTimeout == 0, 500*time.Millisecond, c.BoardTimeout)
	c.PhoneTimeout = orElse(c.PhoneTimeout == 0, 5*time.Second, c.PhoneTimeout)
	c.MessageLimit = orElse(c.MessageLimit == 0, 2*time.Minute, c.MessageLimit)
	hotlines := make([]HotlineConfig, len(c.Hotlines))
	for i, h := range c.Hotlines {
		if h.Rule.Cycle() == 0 {
			h.Rule.On, h.Rule.Off = time.Second, 4*time.Second
		}
		h.Rule.Rings = orElse(h.Rule.Rings == 0, 3, h.Rule.Rings)
		h.Rule.Version = orElse(h.Rule.Version == "", "three-rings/1", h.Rule.Version)
		hotlines[i] = h
	}
	queues := make([]QueueConfig, len(c.Queues))
	for i, q := range c.Queues {
		q.Strategy = orElse(q.Strategy == "", "longest_idle", q.Strategy)
		q.RingNoAnswer = orElse(q.RingNoAnswer == 0, 20*time.Second, q.RingNoAnswer)
		q.HandOverTime = orElse(q.HandOverTime == 0, 30*time.Second, q.HandOverTime)
		q.HandlingTime = orElse(q.HandlingTime == 0, 180*time.Second, q.HandlingTime)
		q.StaffTarget = orElse(q.StaffTarget == 0, 0.99, q.StaffTarget)
		if len(q.Ladder) == 0 {
			q.Ladder = DefaultLadder()
		}
		queues[i] = q
	}
	c.Hotlines, c.Queues = hotlines, queues
	return c
}

func orElse[T any](missing bool, fallback, value T) T {
	if missing {
		return fallback
	}
	return value
}

// plan is Config by name: which hotline a DID is, which rules a queue has. It never changes while calls are up.
type plan struct {
	byDID  map[string]HotlineConfig
	queues map[string]QueueConfig
	order  []string            // queues as configured
	rules  map[string]RingRule // by queue: the rule of the hotline that feeds it, for live numbers
}

func newPlan(c Config) plan {
	p := plan{byDID: map[string]HotlineConfig{}, queues: map[string]QueueConfig{}, rules: map[string]RingRule{}}
	for _, q := range c.Queues {
		p.queues[q.Name] = q
		p.order = append(p.order, q.Name)
		p.rules[q.Name] = RingRule{Version: "three-rings/1", On: time.Second, Off: 4 * time.Second, Rings: 3}
	}
	for _, h := range c.Hotlines {
		for _, did := range h.DIDs {
			p.byDID[did] = h
		}
		p.rules[h.Queue] = h.Rule
	}
	return p
}

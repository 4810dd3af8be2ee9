package configs

import "time"

// Queue is calls that wait for the same kind of help.
type Queue struct {
	Name             string        `yaml:"name"`
	Title            Text          `yaml:"title"`
	Language         string        `yaml:"language"` // in which machines speak to its callers: zh, en; "" = zh
	Skill            string        `yaml:"skill"`    // agents with it serve the queue, at their level
	Strategy         Strategy      `yaml:"strategy"` // order among agents of one level
	Priority         int           `yaml:"priority"` // 0…99, higher first; the caller's own is added
	Ladder           []LadderStep  `yaml:"ladder"`
	RingNoAnswer     time.Duration `yaml:"ring_no_answer"`     // one phone rings at most this long
	MissedCallsPause int           `yaml:"missed_calls_pause"` // misses in a row that pause an agent; 0 = never
	MaxWait          time.Duration `yaml:"max_wait"`           // 0 = no limit
	MaxWaiting       int           `yaml:"max_waiting"`        // 0 = no limit
	NoAgents         time.Duration `yaml:"no_agents"`          // nobody signed in at all for this long
	Overflow         []Overflow    `yaml:"overflow"`
	WrapUpLimit      time.Duration `yaml:"wrapup_limit"`  // 0 = free at once; the case stays open until wrapped up
	HandOverTime     time.Duration `yaml:"handover_time"` // a hand-over not accepted by then goes back (I2)
	ReturnTime       time.Duration `yaml:"return_time"`   // a call whose agent's phone died in the talk is kept for that agent; 0 = not
	HandlingTime     time.Duration `yaml:"handling_time"` // talk and wrap-up assumed for staffing until some are measured
	StaffTarget      int           `yaml:"staff_target"`  // per cent of calls that staffing aims to answer within the rings
}

// Strategy orders the agents of one skill level.
type Strategy string

// The strategies.
const (
	LongestIdle Strategy = "longest_idle"
	RingAll     Strategy = "ring_all"
	FewestCalls Strategy = "fewest_calls" // answered today
	RoundRobin  Strategy = "round_robin"
)

// LadderStep adds phones at the start of a ring; those that ring already go on ringing.
type LadderStep struct {
	Ring     int    `yaml:"ring"`
	RingMore int    `yaml:"ring_more"` // 0 = all there are
	Who      Who    `yaml:"who"`
	Team     string `yaml:"team"` // with who: team; "" = the team of the caller's owner
}

// Who is rung by a ladder step.
type Who string

// Whom a ladder step rings.
const (
	WhoBest     Who = "best"     // the owner of the caller's open case if free, else the best by strategy
	WhoTeam     Who = "team"     // a team first, then the best
	WhoEveryone Who = "everyone" // everybody ready in the queue
	WhoManager  Who = "manager"  // the service managers
)

// Overflow says what happens when a queue cannot help. The first rule that fits is taken.
type Overflow struct {
	When  When   `yaml:"when"`
	Do    Do     `yaml:"do"`
	Queue string `yaml:"queue"` // with do: queue
	Media string `yaml:"media"` // with do: callback and do: message; "sound:…" or "tone:…"
}

// When is the occasion of an overflow.
type When string

// The occasions.
const (
	WhenMaxWait   When = "max_wait"
	WhenNoAgents  When = "no_agents"
	WhenQueueFull When = "queue_full"
)

// Do is what an overflow does.
type Do string

// What an overflow can do.
const (
	DoQueue    Do = "queue"    // go on in another queue, with the clock the call has
	DoManager  Do = "manager"  // ring the service managers
	DoCallback Do = "callback" // take a callback request, say so, end the call
	DoMessage  Do = "message"  // play a message, end the call
)

// Package queue keeps the promise "answered within three rings": waiting calls, matching, offers, the ring ladder, the clock.
package queue

import (
	"context"
	"errors"
	"time"
)

// Board is what is happening now, shared by all nodes: waiting calls, ready agents, offers, claims, deadlines, leases.
// Every method is one atomic step and one round trip. Two boards keep one contract and pass one conformance suite: Redis
// (RedisBoard) and memory (LocalBoard), which is the degraded mode of a node whose Redis is gone and the oracle of the tests.
//
// A call is matched only with agents whose phones can ring at its switch (Idle.Lacks); a claim that stands is not touched by a
// change of that.
//
// A Match is a claim: call and agent belong to each other until Answer, Miss, Leave or Unready, or until the lease of the
// node that drives the call runs out. The boards keep times to the millisecond. Matches for calls that another node drives do not come back from the method: they
// are put into that node's mailbox (Mail) in the same step.
type Board interface {
	// Enqueue adds a call and matches it at once. The same call again is a no-op that returns its present matches.
	Enqueue(ctx context.Context, w Waiting) (Enqueued, error)
	// Ready puts an agent on the idle lists and matches: owner's callers first, then priority, then earliest deadline.
	// An agent who rings keeps the claim and joins the idle lists when it ends, however it ends; an agent who won a call
	// that still lives is free at once (the call was handed over). Where the agent can be reached counts from now on, also when
	// the claim of another switch ends.
	Ready(ctx context.Context, a Idle) ([]Match, error)
	// Unready takes an agent off the idle lists. An agent who rings keeps the claim (the call decides), which claimed
	// names, and does not come back to the lists when it ends.
	Unready(ctx context.Context, agent string) (claimed string, err error)
	// Widen claims up to step.More further agents for a call, not touching who already rings. A stale epoch is a no-op.
	// What cannot be claimed now stays wanted: an agent who comes ready later joins, after the calls that ring nobody.
	// When nobody at all rings afterwards, agents who missed this call are rung again.
	Widen(ctx context.Context, call string, epoch int64, step Step) ([]Match, error)
	// Answer makes agent the winner if there is none yet, takes the call off the waiting list, disarms its deadlines, puts
	// the losers back on the idle lists with the idle time they had, and matches them. ErrTaken names the winner. An agent
	// without a claim may answer too (a late pick-up, an adopted leg) unless another call has them: ErrBusy.
	Answer(ctx context.Context, call, agent string, at time.Time) (Won, error)
	// Reopen undoes Answer: the winner's leg died before media was up. The call waits again with its original clock.
	Reopen(ctx context.Context, call, agent string) ([]Match, error)
	// Miss ends one agent's claim without an answer. Requeue puts the agent back on the idle lists (a loser, a switch
	// fault); without it the agent stays off them until Ready (declined, rang out, unreachable). Frees are matched.
	Miss(ctx context.Context, call, agent string, requeue bool) ([]Match, error)
	// Move puts a waiting call into another queue with the clock it has (overflow, supervisor).
	Move(ctx context.Context, call, queue string) ([]Match, error)
	// Leave removes the call, wherever it stands. Agents that rang go back to the idle lists and are matched.
	Leave(ctx context.Context, call string) (Left, error)

	// Lookup gives what the board knows of a call, for adoption. ErrUnknown when it knows nothing.
	Lookup(ctx context.Context, call string) (Known, error)
	// Calls lists the calls of one switch, for reconciliation after SwitchSynced.
	Calls(ctx context.Context, switchName string) ([]string, error)
	// Adopt makes this node the driver of a call and bumps its epoch (fencing): the former driver gets ErrFenced.
	Adopt(ctx context.Context, call string) (Known, error)

	// Restore writes what this node knows over what the board holds of it, after the board was lost or was without this
	// node for a while: this node's other calls leave, agents of this node stand as given. Calls that another node took
	// over meanwhile stay with it and are named. What then matches goes to the mailboxes, this node's too. It is the one
	// method that is several steps on Redis.
	Restore(ctx context.Context, s Standing) (fenced []string, err error)

	// Know tells whom a caller belongs to; Forget with an empty Caller. It is a projection of the records.
	Know(ctx context.Context, number string, c Caller) error

	// Lease renews this node's life until now+ttl, returns claims of dead nodes (Orphan) that this node took over, and
	// drains this node's mailbox.
	Lease(ctx context.Context, ttl time.Duration) (Leased, error)
	// Arm adds deadlines to a waiting call, replacing those of the same kind (after Move, Adopt). A stale epoch is a no-op.
	Arm(ctx context.Context, call string, epoch int64, due []Due) error
	// Due lists deadlines of this node's waiting calls that are due by now, for the sweep; at most max calls are looked
	// at. Fire says whether (call, epoch, kind) may fire now, once, and takes it off: a node that dies between Due and
	// Fire loses nothing.
	Due(ctx context.Context, now time.Time, max int) ([]Deadline, error)
	Fire(ctx context.Context, d Deadline) (bool, error)
}

// ErrTaken says that somebody else answered first; Won.Winner names them.
var ErrTaken = errors.New("queue: the call is already taken")

// ErrUnknown says that the board does not know the call: it ended, or the board was lost.
var ErrUnknown = errors.New("queue: unknown call")

// ErrFenced says that another node drives the call now: whatever this node still hears of it is no longer its business.
var ErrFenced = errors.New("queue: another node drives the call")

// ErrBusy says that the agent who answered belongs to another live call.
var ErrBusy = errors.New("queue: the agent belongs to another call")

// ErrUnsupported says that the call's switch cannot do it at all; trying again is of no use.
var ErrUnsupported = errors.New("queue: not supported by this switch")

// ErrFull says that the queue holds as many calls as it may; the call was not enqueued.
var ErrFull = errors.New("queue: the queue is full")

// Waiting is a call to enqueue.
type Waiting struct {
	Call, Switch, Queue string
	Number              string    // caller in E.164, "" when unknown: looks up owner and priority in the same step
	Ring1               time.Time // the clock starts here
	Budget              time.Duration
	Priority            int      // 0…99 of the queue; the caller's own is added
	MaxWaiting          int      // 0 = no limit
	First               Step     // the first ladder step, done at once
	Deadlines           []Due    // armed in the same step
	Ringing             []string // agents whose phones ring for it already (a call found on the switch, unknown here): claimed as they are
	Token               string

	// Keep names the one agent who may be matched with the call: their talk broke off. First is not done then. The agent gets
	// it before any other call, as soon as they are ready, also when they missed it. The first Widen that rings somebody, or
	// an Answer, ends it.
	Keep string
}

// Due is a deadline relative to nothing: an absolute instant and what for.
type Due struct {
	At   time.Time
	Kind string // "step:<n>", "max-wait", "budget", …
}

// Deadline is an armed instant of one call. It fires at most once for (Call, Epoch, Kind).
type Deadline struct {
	Call  string
	Epoch int64
	Kind  string
	At    time.Time
}

// Step is one rung of the ladder: at the start of ring Ring, More further phones ring (0 = all there are). The zero Step
// rings nobody.
type Step struct {
	Ring int
	More int
	Who  string // StepBest, StepTeam, StepEveryone, StepManager
	Team string // with StepTeam, filled from the owner's team when empty
}

// Whom a ladder step rings.
const (
	StepBest     = "best"     // the owner of the caller's open case if free, else the queue's best by strategy
	StepTeam     = "team"     // the owner's team first, then best
	StepEveryone = "everyone" // everybody ready in the queue
	StepManager  = "manager"  // the service managers of the queue
)

// The strategies by which a queue chooses among its idle agents; the best skill level goes before each of them.
const (
	StrategyLongestIdle = "longest_idle"
	StrategyRingAll     = "ring_all"     // StepBest rings everybody ready
	StrategyFewestCalls = "fewest_calls" // then longest idle
	StrategyRoundRobin  = "round_robin"  // least recently offered
)

// Idle is an agent who can take a call.
type Idle struct {
	Agent  string
	Team   string
	Since  time.Time // idle since
	Queues []Level   // every queue the agent serves
	Calls  int       // answered today, for fewest calls
	Last   time.Time // last offered, for round robin

	// Lacks names, in order, the switches where the agent's phone cannot ring: no call of theirs is matched with the agent. It names
	// those and not the ones where the phone is, because most agents lack none: who can be reached everywhere, and whoever works
	// behind a single switch, has nothing of it on the board, and matching them asks nothing more.
	Lacks []string
}

// Level is an agent's skill level in a queue, 1 (best) … 9. Manager marks a service manager who only rings by StepManager,
// or as the owner of the caller's open case (I3 of domain.md goes before).
type Level struct {
	Queue    string
	Level    int
	Strategy string // longest_idle, ring_all, fewest_calls, round_robin
	Manager  bool
}

// Match is a claim of an agent for a call.
type Match struct {
	Call, Agent string
	Epoch       int64
	Why         string // "owner", "skill 2", "team", "everyone", "manager", "adopted", "return": shown on the pop, kept in the journal
}

// Caller is what the board keeps of a known number.
type Caller struct {
	Owners   []string // owners of open cases, most recent first
	Team     string
	Priority int // VIP, severity: added to the queue's
}

// Enqueued is the result of Enqueue.
type Enqueued struct {
	Epoch   int64
	Caller  Caller
	Place   int // calls ahead in the queue; 0 when a phone rings at once
	Matches []Match
}

// Won is the result of Answer.
type Won struct {
	Winner  string
	Losers  []string
	Matches []Match // what the freed losers got
}

// Left is the result of Leave.
type Left struct {
	Freed   []string
	Matches []Match
}

// Known is what the board holds of a call.
type Known struct {
	Call, Switch, Queue, Number string
	Node                        string
	Ring1                       time.Time
	Epoch                       int64
	Winner                      string
	AnsweredAt                  time.Time
	Ringing                     []string // agents claimed now
	Missed                      []string // agents who missed or declined this call
	Deadlines                   []Deadline
	Caller                      Caller
	Token                       string // Waiting.Token, opaque
	Keep                        string // Waiting.Keep, while it counts
	rest                        rest
}

// rest is what only the boards need of a known call, to write it anew.
type rest struct {
	score            int64
	agents, managers int // wanted
	team             string
	everyone         bool
	why              map[string]string // of Ringing
}

// Standing is all that a node knows of a board: the calls it drives, its agents, callers.
type Standing struct {
	Calls   []Known
	Agents  []Placed
	Callers map[string]Caller
}

// Placed is an agent and where they stand.
type Placed struct {
	Idle
	Call    string // rings or talks; "" = idle
	Talking bool
	after   string
}

// Leased is the result of Lease.
type Leased struct {
	Orphans []Known // calls of dead nodes, now this node's
	Matches []Match // mailbox
	Lost    bool    // this node's own lease had run out: others may have taken its calls
}

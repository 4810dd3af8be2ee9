package queue

import (
	"context"
	"time"
)

// Call is a caller who wants a human.
type Call struct {
	ID, Switch, DID string
	Number          string // E.164, "" when anonymous
	Shown           string // what the agent's phone shows
	Name            string
	Arrived, Ring1  time.Time
}

// Found is a call that the switch already carries when this node meets it (Distributor.Adopt).
type Found struct {
	Call
	Legs []FoundLeg
}

// FoundLeg is one agent's leg of a found call. State is "ringing", "answered", "connected" (talks with the caller, as talker
// or expert) or "monitoring" (hears the talk).
type FoundLeg struct{ ID, Agent, State string }

// Phones is what the queue needs of the telephone switch. All calls are bounded in time and safe in any order; errors for
// calls and legs that are gone are ErrUnknown.
type Phones interface {
	Ring(ctx context.Context, r RingRequest) error
	Connect(ctx context.Context, call, leg string) error
	Release(ctx context.Context, call, leg, why string) error // why: a leg end, see LegEnded
	HangUp(ctx context.Context, call, why string) error
}

// Voice is what overflow and hold need of the switch.
type Voice interface {
	Play(ctx context.Context, call, media string) error
	Hold(ctx context.Context, call string) error
	Resume(ctx context.Context, call string) error
}

// RingRequest asks for one phone to ring.
type RingRequest struct {
	Call, Leg, Agent     string
	CallerID, CallerName string
	Timeout              time.Duration
}

// Desks is told what concerns one agent. None of its methods may block: the call goes on at once.
type Desks interface {
	// Offer marks the agent offered and pushes the screen pop; false: the agent cannot take it any more.
	Offer(o Offer) bool
	// Withdraw ends an offer without this agent talking.
	Withdraw(w Withdrawal)
	// Talk says that the agent and the caller hear each other.
	Talk(t Talk)
	// Over says that the agent's part is over: wrap-up begins.
	Over(o Over)
	// Tell pushes word of a call to somebody in it: "expert" (agent, state, reason, at) to the talker, "monitored" (by, mode,
	// since; mode "" = over) to the talker, "handover" (by, note, until; outcome when it came to nothing) to an expert who is
	// asked to take the call over, "unkept" (reason, at) to whom a caller was kept for after their talk broke off: they come
	// back (reason "answered") or do not.
	Tell(agent, call, kind string, data map[string]any)
}

// Reach is asked before any phone is rung, if the desks have it: the board may not have heard yet that a phone is gone from a switch,
// and an agent whom somebody names is not chosen by it at all. It must not block.
type Reach interface {
	// Reaches says whether the agent's phone can ring for calls of the switch, as far as is known.
	Reaches(agent, switchName string) bool
}

// Offer is one agent being rung for one call.
type Offer struct {
	Call    Call
	Queue   string
	Agent   string
	Leg     string
	Why     string
	Ring    int       // ring that sounds now
	By      time.Time // end of the ring budget
	Cycle   time.Duration
	Caller  Caller
	HandBy  string // hand-over: offered by this agent; "" for a waiting call
	Subject string // hand-over: note
}

// Withdrawal outcomes: "lost" (somebody else answered: Winner, Ring), "abandoned", "missed" (rang out), "declined",
// "unreachable", "busy", "fault", "returned" (hand-over not accepted in time).
type Withdrawal struct {
	Call, Agent, Outcome, Winner string
	Ring                         int
	Pause                        bool // missed once too often: pause with reason "missed calls"
}

// Talk is a connected call.
type Talk struct {
	Call    Call
	Queue   string
	Agent   string
	At      time.Time // human answer
	Verdict Verdict
	Adopted bool
	As      string // "" the talker, AsExpert, AsMonitor
}

// Over is the end of an agent's part.
type Over struct {
	Call, Queue, Agent, End string
	At                      time.Time
	Talked                  time.Duration
	HandedTo                string // accepted hand-over
	// Free: no wrap-up is owed. The talk broke off and the call is kept for the agent until ReturnBy, or the agent was not
	// the one who talks with the caller (an expert, a supervisor who listens).
	Free     bool
	Unheard  bool // no voice ever came from their phone: nobody talked, and they take no call before they say ready
	ReturnBy time.Time
	Adopted  bool // found out after a restart: presence may know already
	As       string
}

// Verdict is the three-ring verdict, fixed at the human answer or the abandon and never edited afterwards (I6).
type Verdict struct {
	Rings    int           // rings heard, from 1
	Waited   time.Duration // ring 1 to human answer or abandon
	Met      bool          // answered before the fourth ring would start
	Answered bool
	Short    bool   // abandoned inside the first ring
	Rule     string // version of the rule, e.g. "three-rings/1 1s+4s x3"
}

// Book is what must never be lost. Write and Finish never block. Own is durable when it returns; the distributor calls
// it beside the audio path and repeats it until it succeeds.
type Book interface {
	Write(e Event)
	Own(ctx context.Context, call Call, queue, agent string, at time.Time) (Owned, error)
}

// Owned is the case that an answered call belongs to.
type Owned struct {
	Case  string // number
	Owner string // may be somebody else when the caller had an open case
	New   bool
}

// Event is one thing that happened to a call or an agent in a queue: the only source of journal, live numbers and live
// views. Kinds are the constants below.
type Event struct {
	Kind  string            `json:"kind"`
	At    time.Time         `json:"at"`
	Call  string            `json:"call,omitempty"`
	Queue string            `json:"queue,omitempty"`
	Agent string            `json:"agent,omitempty"`
	Data  map[string]string `json:"data,omitempty"`
	// Verdict is set on EventAnswered and EventAbandoned.
	Verdict *Verdict `json:"verdict,omitempty"`
}

// The kinds of Event.
const (
	EventArrived   = "arrived"   // did, number, name, switch, setup_ms (INVITE to ring 1)
	EventQueued    = "queued"    // place, priority, owner
	EventOffered   = "offered"   // why, ring, leg
	EventRinging   = "ringing"   // the phone said so
	EventDeclined  = "declined"  // ring, reason, note
	EventMissed    = "missed"    // ring; rang out
	EventUnreached = "unreached" // busy, unreachable, fault: outcome
	EventLost      = "lost"      // winner
	EventWidened   = "widened"   // ring, step, added
	EventAnswered  = "answered"  // winner; Verdict
	EventConnected = "connected" // gap_ms: answer to audio path
	EventReopened  = "reopened"  // the winner's leg died: reason; talked when that was in the talk
	EventKept      = "kept"      // the talk broke off and the call is kept for its agent: until, reason
	EventUnkept    = "unkept"    // it is kept no longer: reason (answered, time, declined, missed, away, moved, …)
	EventOwned     = "owned"     // case, owner, new
	EventHeld      = "held"
	EventResumed   = "resumed"
	EventUnheard   = "unheard"   // no voice ever came from the caller's side in the talk
	EventHandOver  = "handover"  // to, note
	EventHandTaken = "handtaken" // to, from; forced, reason: a service manager took it over
	EventHandBack  = "handback"  // to, outcome
	EventTakeOver  = "takeover"  // a service manager takes the talk over: from, reason; EventHandTaken follows, forced
	EventExpert    = "expert"    // of the expert: state (asked, in, missed, off, left, talks), by, note, reason
	EventMonitored = "monitored" // of the service manager: state (asked, listen, whisper, barge, missed, off, left, talks), talker, mode
	EventOverflow  = "overflow"  // when, do, to
	EventAbandoned = "abandoned" // ring; Verdict
	EventMachine   = "machine"   // a machine answered: media
	EventCallback  = "callback"  // number, name, did; said=false: the switch could not say so
	EventEnded     = "ended"     // end, talk_ms
	EventAdopted   = "adopted"   // state
	EventRefused   = "refused"   // reason: unknown-number, too-many-calls, queue-full
	EventSkills    = "skills"    // of an agent: skills ("erp 2→1"), by, reason
	EventPresence  = "presence"  // from, to, reason, by
	EventReach     = "reach"     // of an agent: lacks, the switches where their phone is missing while it is at another ("bj1 sh1"; "" none)
	EventDegraded  = "degraded"  // the board changed: mode "local" or "shared"
	EventAlarm     = "alarm"     // what, detail
)

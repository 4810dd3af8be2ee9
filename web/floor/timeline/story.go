// Package timeline turns the journal of one call into a picture: a lane each for the caller, the switch and everybody who was rung,
// the rings as ticks, offers and talks as bars, the verdict as a flag. The picture is an SVG whose colours and patterns come from
// the page's style sheet.
package timeline

import (
	"encoding/json"
	"time"

	"hotline/queue"
	"hotline/records"
)

// Story is what happened on a call, as it is drawn.
type Story struct {
	From, To time.Time // of the picture
	Ring1    time.Time
	Cycle    time.Duration // one ring
	Rings    int           // within which a human must answer
	Live     bool          // the call is up: To is now
	Queue    string
	Lanes    []Lane
	Bars     []Bar
	Marks    []Mark
	Verdict  *queue.Verdict
	Decided  time.Time // of the human answer or the abandon; zero while there is no verdict
	End      string    // how the call ended, "" while it is up
	Entries  []Entry
}

// Lane is one horizontal line of the picture.
type Lane struct {
	Kind  LaneKind
	Agent string // login
}

// LaneKind says whose lane it is.
type LaneKind string

// The lanes, from above.
const (
	CallerLane LaneKind = "caller"
	SwitchLane LaneKind = "switch"
	AgentLane  LaneKind = "agent"
)

// Bar is something that lasted.
type Bar struct {
	Lane     int
	Kind     BarKind
	From, To time.Time
	Ended    bool
	Outcome  string // of an offer, see the constants; of a talk: why it ended
	Why      string // why it was offered, or the reason of a decline
	HandOver bool   // an offer of a hand-over
}

// BarKind says what lasted.
type BarKind string

// The kinds of bars.
const (
	WaitBar  BarKind = "wait"  // the caller hears ringback
	OfferBar BarKind = "offer" // an agent's phone rings
	TalkBar  BarKind = "talk"  // caller and agent hear each other
	HoldBar  BarKind = "hold"  // the caller hears music
	GuestBar BarKind = "guest" // an expert or a service manager takes part
)

// How an offer ended.
const (
	Accepted  = "accepted"
	Declined  = "declined"
	Cancelled = "cancelled" // somebody else answered, or the caller gave up
	RangOut   = "rangout"
	Unreached = "unreached" // busy, unreachable, a fault
)

// Mark is something that happened at one instant.
type Mark struct {
	Lane int
	Kind string // kind of the event
	At   time.Time
	Data map[string]string
}

// Entry is one line of the journal, as the table shows it.
type Entry struct {
	Seq   int64
	After time.Duration // since ring 1
	At    time.Time
	Kind  string
	Agent string
	Data  map[string]string
	V     *queue.Verdict
}

// Rule is the promise that a call is held to.
type Rule struct {
	Cycle time.Duration
	Rings int
}

// Read tells the story of a call out of its journal, which is in order. Entries that are no events of the queue are passed over. now
// ends the picture of a call that is up.
func Read(journal []records.JournalEntry, rule Rule, now time.Time) Story {
	r := reader{now: now, story: Story{Cycle: rule.Cycle, Rings: rule.Rings, Live: true, Lanes: []Lane{{Kind: CallerLane}, {Kind: SwitchLane}}}}
	for _, entry := range journal {
		var e queue.Event
		if err := json.Unmarshal(entry.Data, &e); err != nil || e.Kind == "" {
			continue
		}
		e.At = entry.At
		r.event(e)
		r.story.Entries = append(r.story.Entries, Entry{Seq: entry.Seq, At: e.At, Kind: e.Kind, Agent: e.Agent, Data: e.Data, V: e.Verdict})
	}
	return r.done()
}

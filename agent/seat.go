package agent

import (
	"sync"
	"sync/atomic"
	"time"
)

// seat is one agent's presence and desk. One lock guards everything in it; it is held for memory work only, never while
// anybody outside the package is called, so Offered is a matter of microseconds whatever the rest of the house does.
//
// Locks are taken in the order seat, then one of alarms, courier lane, copier.
type seat struct {
	login string

	mu      sync.Mutex
	profile Profile
	queues  []string // of the profile, shared read-only with every View
	retired bool     // the profile was removed; the seat goes when it is Offline

	state  State
	since  time.Time
	duty   duty
	reason string // of dutyAway

	phoneUp bool
	lacks   []string  // switches where the phone is missing, in order; replaced, never changed
	moved   bool      // lacks changed, and nobody was told
	told    []string  // lacks as the queue was told last
	phoneAt time.Time // of the last event on the phone, by the switch's clock
	awaited bool      // restored, and nothing heard of the phone yet

	call   string    // the one call, in Offered, Ringing, Talking and WrapUp
	taken  time.Time // when it became this agent's
	queue  string    // where it came from, known from its end on
	past   string    // the call before, whose late events are strays
	claim  bool      // the call came by an offer: the queue's board holds the agent for it
	listed bool      // the queue believes that the agent can be offered calls

	idle      time.Time // idle since
	reaffirm  time.Time // when AgentReady is repeated
	offerEnd  time.Time // when an offer without an end is given up
	missed    int
	answered  int
	day       int // the day that answered counts, see dayOf
	wrapUpEnd time.Time
	wrapLimit time.Time  // wrap-ups cannot be extended beyond
	wrapped   bool       // the wrap-up was finished while still talking
	active    time.Time  // a human last did something at the desk
	touched   bool       // something but the phone moved the seat: a restore comes too late
	deskLost  bool       // noted in a call, decided at rest
	desk      deskState  // sessions, pushes
	count     int64      // changes since start, the low part of the version
	alarm     alarmEntry // the seat's place in the alarm heap, guarded by its lock
	dirty     bool       // waits for the copier, guarded by the copier's lock
	shown     atomic.Pointer[shown]
}

// shown is what others see of a seat, replaced as a whole on each change so that 10,000 agents are listed without locks.
type shown struct {
	view View
	day  int
}

// settle gives the state of an agent without a call: the rule on top of state.go.
func settle(d duty, phoneUp bool) State {
	switch {
	case d == dutyOff:
		return Offline
	case d == dutyAway:
		return Paused
	case !phoneUp:
		return Unreachable
	default:
		return Ready
	}
}

// busy reports whether the agent has a call or its wrap-up.
func (s State) busy() bool { return s == Offered || s == Ringing || s == Talking || s == WrapUp }

// snapshot makes the view. Called with the lock held.
func (s *seat) snapshot(version int64) *shown {
	v := View{
		Login: s.login, Name: s.profile.Name, Team: s.profile.Team,
		State: s.state, Since: s.since, Call: s.call,
		PhoneUp: s.phoneUp, PhoneLacks: s.lacks, DeskOpen: len(s.desk.tabs) > 0,
		Missed: s.missed, Answered: s.answered,
		Version: version, Queues: s.queues,
	}
	switch s.state {
	case Paused:
		v.Reason = s.reason
	case Unreachable:
		v.Reason = "phone-down"
	case Ready:
		v.IdleSince = s.idle
	case WrapUp:
		v.WrapUpEnd = s.wrapUpEnd
	}
	if s.state.busy() {
		switch s.duty {
		case dutyAway:
			v.Pending, v.PendingReason = Paused, s.reason
		case dutyOff:
			v.Pending = Offline
		}
	}
	return &shown{view: v, day: s.day}
}

// on gives the view as of a day: nobody answered anything yet on a day that just began.
func (v *shown) on(day int) View {
	view := v.view
	if v.day != day {
		view.Answered = 0
	}
	return view
}

// dayOf numbers days of the calendar so that equal means the same day.
func dayOf(t time.Time) int { return t.Year()*1000 + t.YearDay() }

// sane believes an event's own time unless it is missing or lies ahead of our clock.
func sane(at, now time.Time) time.Time {
	if at.IsZero() || at.After(now) {
		return now
	}
	return at
}

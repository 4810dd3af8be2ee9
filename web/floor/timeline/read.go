package timeline

import (
	"time"

	"hotline/queue"
)

// reader goes through the events of a call.
type reader struct {
	story Story
	now   time.Time
	last  time.Time
}

func (r *reader) event(e queue.Event) {
	s := &r.story
	if s.From.IsZero() {
		s.From, s.Ring1 = e.At, e.At
		if ring1, err := time.Parse(time.RFC3339Nano, e.Data["ring1"]); err == nil {
			s.From, s.Ring1 = ring1, ring1
		}
	}
	if e.At.After(r.last) {
		r.last = e.At
	}
	if e.Queue != "" {
		s.Queue = e.Queue
	}
	if e.Verdict != nil && s.Verdict == nil {
		s.Verdict, s.Decided = e.Verdict, s.Ring1.Add(e.Verdict.Waited)
	}
	switch e.Kind {
	case queue.EventArrived:
		r.open(Bar{Lane: 0, Kind: WaitBar, From: s.Ring1})
	case queue.EventOffered:
		r.open(Bar{Lane: r.lane(e.Agent), Kind: OfferBar, From: e.At, Why: e.Data["why"], HandOver: e.Data["why"] == "handover"})
	case queue.EventDeclined:
		r.endOffer(e, Declined, e.Data["reason"])
	case queue.EventMissed:
		r.endOffer(e, RangOut, "")
	case queue.EventLost:
		r.endOffer(e, Cancelled, e.Data["winner"])
	case queue.EventUnreached:
		outcome := Unreached
		if e.Data["outcome"] == "returned" || e.Data["outcome"] == "abandoned" {
			outcome = Cancelled
		}
		r.endOffer(e, outcome, e.Data["outcome"])
	case queue.EventAnswered, queue.EventHandTaken:
		r.endOffer(e, Accepted, "")
		r.endAll(e.At, "", WaitBar, TalkBar, HoldBar)
		r.open(Bar{Lane: r.lane(e.Agent), Kind: TalkBar, From: e.At})
	case queue.EventAdopted:
		r.adopted(e)
	case queue.EventReopened:
		r.endAll(e.At, "broken", TalkBar, HoldBar)
		r.open(Bar{Lane: 0, Kind: WaitBar, From: e.At})
	case queue.EventHeld:
		r.open(Bar{Lane: 0, Kind: HoldBar, From: e.At})
	case queue.EventResumed:
		r.endAll(e.At, "", HoldBar)
	case queue.EventAbandoned, queue.EventMachine:
		r.endAll(e.At, "", WaitBar)
	case queue.EventExpert, queue.EventMonitored:
		r.guest(e)
	case queue.EventEnded:
		s.Live, s.End, s.To = false, e.Data["end"], e.At
	}
	r.mark(e)
}

// mark notes what has no length. Offers, holds and talks are bars and need no mark of their own.
func (r *reader) mark(e queue.Event) {
	lane := 1
	switch e.Kind {
	case queue.EventHandOver, queue.EventHandTaken, queue.EventHandBack, queue.EventRinging, queue.EventOwned:
		if e.Agent != "" {
			lane = r.lane(e.Agent)
		}
	case queue.EventAbandoned:
		lane = 0
	case queue.EventArrived, queue.EventQueued, queue.EventOverflow, queue.EventWidened, queue.EventMachine, queue.EventCallback, queue.EventAdopted,
		queue.EventReopened, queue.EventRefused, queue.EventEnded, queue.EventKept, queue.EventUnkept, queue.EventTakeOver, queue.EventUnheard:
	default:
		return
	}
	r.story.Marks = append(r.story.Marks, Mark{Lane: lane, Kind: e.Kind, At: e.At, Data: e.Data})
}

// guest follows an expert or a service manager: their phone rings, they take part in some way, they leave.
func (r *reader) guest(e queue.Event) {
	lane, state := r.lane(e.Agent), e.Data["state"]
	leave := func() {
		for i := range r.story.Bars {
			if b := &r.story.Bars[i]; b.Kind == GuestBar && b.Lane == lane && !b.Ended {
				b.Ended, b.To = true, e.At
			}
		}
	}
	switch state {
	case "asked":
		if r.rings(lane) {
			return // the offer said so already
		}
		r.open(Bar{Lane: lane, Kind: OfferBar, From: e.At, Why: e.Kind})
	case "missed":
		r.endOffer(e, RangOut, "")
	case "off", "left", "talks":
		r.endOffer(e, Cancelled, "")
		leave()
	default: // in, or the way in which a manager takes part
		r.endOffer(e, Accepted, "")
		leave()
		r.open(Bar{Lane: lane, Kind: GuestBar, From: e.At, Why: state})
	}
}

// rings says whether an offer is open in a lane.
func (r *reader) rings(lane int) bool {
	for _, b := range r.story.Bars {
		if b.Kind == OfferBar && b.Lane == lane && !b.Ended {
			return true
		}
	}
	return false
}

// adopted: found on the switch by a controller that had not known it.
func (r *reader) adopted(e queue.Event) {
	if e.Data["state"] == "talking" {
		r.endAll(e.At, "", WaitBar)
		if e.Agent != "" && !r.has(TalkBar) {
			r.open(Bar{Lane: r.lane(e.Agent), Kind: TalkBar, From: e.At})
		}
		return
	}
	if !r.has(WaitBar) {
		r.open(Bar{Lane: 0, Kind: WaitBar, From: e.At})
	}
}

// lane gives the lane of an agent, a new one below the others when they had none.
func (r *reader) lane(agent string) int {
	for i, l := range r.story.Lanes {
		if l.Kind == AgentLane && l.Agent == agent {
			return i
		}
	}
	r.story.Lanes = append(r.story.Lanes, Lane{Kind: AgentLane, Agent: agent})
	return len(r.story.Lanes) - 1
}

func (r *reader) open(b Bar) { r.story.Bars = append(r.story.Bars, b) }

func (r *reader) has(kind BarKind) bool {
	for _, b := range r.story.Bars {
		if b.Kind == kind && !b.Ended {
			return true
		}
	}
	return false
}

// endOffer ends the offer that an agent has.
func (r *reader) endOffer(e queue.Event, outcome, why string) {
	lane := r.lane(e.Agent)
	for i := range r.story.Bars {
		b := &r.story.Bars[i]
		if b.Kind == OfferBar && b.Lane == lane && !b.Ended {
			b.Ended, b.To, b.Outcome = true, e.At, outcome
			if why != "" {
				b.Why = why
			}
		}
	}
}

func (r *reader) endAll(at time.Time, outcome string, kinds ...BarKind) {
	for i := range r.story.Bars {
		b := &r.story.Bars[i]
		for _, kind := range kinds {
			if b.Kind == kind && !b.Ended {
				b.Ended, b.To, b.Outcome = true, at, outcome
			}
		}
	}
}

// done closes what is open: at the end of the call, or now.
func (r *reader) done() Story {
	s := &r.story
	if s.From.IsZero() { // nothing is known of the call
		s.From, s.Ring1 = r.now, r.now
	}
	if s.Live {
		s.To = r.now
		if r.last.After(s.To) {
			s.To = r.last
		}
	}
	for i := range s.Bars {
		b := &s.Bars[i]
		if b.Ended {
			continue
		}
		b.To = s.To
		if !s.Live && b.Kind == OfferBar {
			b.Outcome = Cancelled // the caller gave up, or the call ended
		}
		b.Ended = !s.Live
	}
	if s.To.Before(s.From) {
		s.To = s.From
	}
	for i := range s.Entries {
		s.Entries[i].After = s.Entries[i].At.Sub(s.Ring1)
	}
	return *s
}

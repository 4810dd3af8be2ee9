package pbxtest

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"hotline/pbx"
)

// EventLog keeps every event of a switch, and lets a test wait for one. Sink is its pbx.Sink.
type EventLog struct {
	mu     sync.Mutex
	events []pbx.Event
	more   chan struct{} // closed and replaced at each event
}

// NewEventLog makes an empty log.
func NewEventLog() *EventLog { return &EventLog{more: make(chan struct{})} }

// Sink takes an event.
func (l *EventLog) Sink(e pbx.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
	close(l.more)
	l.more = make(chan struct{})
}

// Len is how many events there are.
func (l *EventLog) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.events)
}

// All gives a copy of the events, in order.
func (l *EventLog) All() []pbx.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]pbx.Event(nil), l.events...)
}

// Wait gives the first event that fits, past ones included, or ctx's error.
func (l *EventLog) Wait(ctx context.Context, fits func(pbx.Event) bool) (pbx.Event, error) {
	return l.WaitFrom(ctx, 0, fits)
}

// WaitFrom is Wait without the first n events.
func (l *EventLog) WaitFrom(ctx context.Context, n int, fits func(pbx.Event) bool) (pbx.Event, error) {
	for {
		l.mu.Lock()
		events, more := l.events, l.more
		l.mu.Unlock()
		for ; n < len(events); n++ {
			if fits(events[n]) {
				return events[n], nil
			}
		}
		select {
		case <-more:
		case <-ctx.Done():
			return pbx.Event{}, ctx.Err()
		}
	}
}

// String lists the events for a failing test.
func (l *EventLog) String() string {
	var b strings.Builder
	for _, e := range l.All() {
		fmt.Fprintf(&b, "%s %-14s", e.At.Format("15:04:05.000"), e.Kind)
		for _, part := range []string{string(e.Call), string(e.Leg), e.Phone, string(e.End.Code), string(e.LegEnd), e.Digit, e.Detail} {
			if part != "" {
				b.WriteString(" " + part)
			}
		}
		if e.End.Ring != 0 {
			fmt.Fprintf(&b, " ring %d", e.End.Ring)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Check names everything in the events that no switch may do: something told of a call or leg before it began or after
// it ended, or an end told twice.
func (l *EventLog) Check() (faults []string) {
	type life struct{ begun, ringing, answered, ended bool }
	calls, legs := map[pbx.CallID]*life{}, map[pbx.LegID]*life{}
	fault := func(e pbx.Event, what string) {
		faults = append(faults, fmt.Sprintf("%s %s %s: %s", e.Kind, e.Call, e.Leg, what))
	}
	for _, e := range l.All() {
		c := calls[e.Call]
		switch e.Kind {
		case pbx.CallArrived, pbx.CallAdopted:
			if c != nil {
				fault(e, "the call came before")
			}
			if e.Arrival == nil || e.Arrival.ID != e.Call || e.Arrival.Ring1.IsZero() {
				fault(e, "without its arrival")
			}
			calls[e.Call] = &life{begun: true}
			for _, leg := range e.Legs {
				legs[leg.ID] = &life{begun: true, ringing: true, answered: leg.State != pbx.LegIsRinging}
			}
		case pbx.CallEnded:
			switch {
			case c == nil:
				fault(e, "the call never came")
			case c.ended:
				fault(e, "the call ended before")
			default:
				c.ended = true
			}
		case pbx.LegRinging, pbx.LegAnswered, pbx.LegEnded:
			leg := legs[e.Leg]
			if leg == nil {
				leg = &life{begun: true}
				legs[e.Leg] = leg
			}
			again := e.Kind == pbx.LegRinging && (leg.ringing || leg.answered) || e.Kind == pbx.LegAnswered && leg.answered
			if leg.ended || again {
				fault(e, "told before, or after its end")
			}
			leg.ringing = leg.ringing || e.Kind == pbx.LegRinging
			leg.answered = leg.answered || e.Kind == pbx.LegAnswered
			leg.ended = leg.ended || e.Kind == pbx.LegEnded
		case pbx.Digit, pbx.PlayEnded, pbx.CallHeld, pbx.CallResumed:
			if e.Call.Out() {
				break // its life is told by other words
			}
			if c == nil || c.ended {
				fault(e, "of no live call")
			}
		}
		if e.Switch == "" || e.At.IsZero() {
			fault(e, "without switch or time")
		}
	}
	return faults
}

package agent

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// alarms wakes seats at their next instant of interest: the end of a wrap-up, a silent desk, an offer without an end, a
// reaffirmation. A seat has one entry; it may ring early, the seat then looks and sets it again.
type alarms struct {
	mu   sync.Mutex
	heap alarmHeap
	wake chan struct{}
}

// alarmEntry is a seat's place in the heap; place is index+1, 0 means not in it.
type alarmEntry struct {
	at    time.Time
	place int
}

func newAlarms() *alarms { return &alarms{wake: make(chan struct{}, 1)} }

// set moves the seat's alarm to at; the zero time switches it off.
func (a *alarms) set(s *seat, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case at.Equal(s.alarm.at):
		return
	case at.IsZero():
		heap.Remove(&a.heap, s.alarm.place-1)
		s.alarm.at = at
		return
	case s.alarm.place == 0:
		s.alarm.at = at
		heap.Push(&a.heap, s)
	default:
		s.alarm.at = at
		heap.Fix(&a.heap, s.alarm.place-1)
	}
	if s.alarm.place == 1 {
		select {
		case a.wake <- struct{}{}:
		default:
		}
	}
}

// run calls ring for each seat whose alarm is due, from this goroutine, until ctx ends.
func (a *alarms) run(ctx context.Context, ring func(*seat)) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		s, wait := a.next(time.Now())
		if s != nil {
			ring(s)
			continue
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		case <-timer.C:
		}
	}
}

// next takes out a due seat, or tells how long to wait for the first.
func (a *alarms) next(now time.Time) (*seat, time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.heap) == 0 {
		return nil, time.Hour
	}
	first := a.heap[0]
	if wait := first.alarm.at.Sub(now); wait > 0 {
		return nil, wait
	}
	heap.Pop(&a.heap)
	first.alarm.at = time.Time{}
	return first, 0
}

// alarmHeap is the heap.Interface of seats by instant.
type alarmHeap []*seat

func (h alarmHeap) Len() int           { return len(h) }
func (h alarmHeap) Less(i, j int) bool { return h[i].alarm.at.Before(h[j].alarm.at) }
func (h alarmHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].alarm.place, h[j].alarm.place = i+1, j+1
}

// Push is for package heap.
func (h *alarmHeap) Push(x any) {
	s := x.(*seat)
	*h = append(*h, s)
	s.alarm.place = len(*h)
}

// Pop is for package heap.
func (h *alarmHeap) Pop() any {
	last := len(*h) - 1
	s := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	s.alarm.place = 0
	return s
}

// nextAlarm is the earliest instant at which time alone moves the seat, or the zero time. Called with the lock held.
func (s *seat) nextAlarm(deskTimeout time.Duration) time.Time {
	var first time.Time
	at := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	at(s.wrapUpEnd)
	at(s.offerEnd)
	if s.state == Ready {
		at(s.reaffirm)
	}
	if s.desk.watched {
		if len(s.desk.tabs) == 0 {
			at(s.desk.seen.Add(deskTimeout))
		}
		for _, tab := range s.desk.tabs {
			at(tab.seen.Add(deskTimeout))
		}
	}
	return first
}

// onAlarm does what is due at a seat.
func (r *Roster) onAlarm(s *seat) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	due := func(t time.Time) bool { return !t.IsZero() && !now.Before(t) }
	r.checkDesk(s, now)
	if due(s.wrapUpEnd) {
		kind := inTimeoutSilent
		if len(s.desk.tabs) > 0 && s.active.After(s.since) {
			kind = inTimeoutSeen
		}
		r.apply(s, event{kind: kind, by: "clock", call: s.call})
	}
	if due(s.offerEnd) {
		r.apply(s, event{kind: inStuck, by: "clock", call: s.call, reason: "the offer got no end"})
	}
	if s.state == Ready && due(s.reaffirm) {
		s.reaffirm = now.Add(r.opt.Reaffirm)
		r.announce(s)
	}
	r.alarms.set(s, s.nextAlarm(r.opt.DeskTimeout))
}

package queue

import "time"

// counts is what happened in one span of time, in a queue or with an agent. Spans add up.
type counts struct {
	offered, answered, met, abandoned, short   int
	abandonedInTime, callbacks, callbackInTime int
	machine, lost, flowOut, refused            int
	missed, declined                           int
	byRing                                     [ringsCounted]int
	waited, talked, wrapped                    time.Duration
	busy, staffed                              time.Duration
	handled                                    int
}

// ringsCounted is how many rings abandons are told apart by; the last one holds all later rings, too.
const ringsCounted = 8

func (c *counts) add(o *counts) {
	c.offered += o.offered
	c.answered += o.answered
	c.met += o.met
	c.abandoned += o.abandoned
	c.short += o.short
	c.abandonedInTime += o.abandonedInTime
	c.callbacks += o.callbacks
	c.callbackInTime += o.callbackInTime
	c.machine += o.machine
	c.lost += o.lost
	c.flowOut += o.flowOut
	c.refused += o.refused
	c.missed += o.missed
	c.declined += o.declined
	for i := range c.byRing {
		c.byRing[i] += o.byRing[i]
	}
	c.waited += o.waited
	c.talked += o.talked
	c.wrapped += o.wrapped
	c.busy += o.busy
	c.staffed += o.staffed
	c.handled += o.handled
}

// windowMinutes is the length of the sliding window.
const windowMinutes = 30

// spans are the two windows that are kept: today, from midnight in the configured zone, and the last 30 minutes in steps
// of one. They depend on the times of the events alone, so a replay gives the same numbers.
type spans struct {
	day     int64 // start of the day that today counts, Unix seconds
	today   counts
	minutes [windowMinutes]struct {
		minute int64
		counts counts
	}
	trend *trend // nil: not kept
}

func dayOf(t time.Time, zone *time.Location) int64 {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone).Unix()
}

// note counts something at t. What is older than a window is not counted in it.
func (s *spans) note(t time.Time, zone *time.Location, count func(*counts)) {
	s.noteDay(dayOf(t, zone), count)
	s.noteMinute(t.Unix()/60, count)
	if s.trend != nil {
		s.trend.note(t.Unix()/trendSeconds, count)
	}
}

func (s *spans) noteDay(day int64, count func(*counts)) {
	if day > s.day {
		s.day, s.today = day, counts{}
	}
	if day == s.day {
		count(&s.today)
	}
}

func (s *spans) noteMinute(minute int64, count func(*counts)) {
	slot := &s.minutes[minute%windowMinutes]
	if minute > slot.minute {
		slot.minute, slot.counts = minute, counts{}
	}
	if minute == slot.minute {
		count(&slot.counts)
	}
}

// spread counts a stretch of time, each part where it belongs.
func (s *spans) spread(from, to time.Time, zone *time.Location, count func(*counts, time.Duration)) {
	day := dayOf(to, zone)
	if part := to.Sub(later(from, time.Unix(day, 0))); part > 0 {
		s.noteDay(day, func(c *counts) { count(c, part) })
	}
	for at := later(from, windowStart(to)); at.Before(to); {
		next := at.Truncate(time.Minute).Add(time.Minute)
		if next.After(to) {
			next = to
		}
		part := next.Sub(at)
		s.noteMinute(at.Unix()/60, func(c *counts) { count(c, part) })
		at = next
	}
}

// windowStart is the first instant of the sliding window as of now.
func windowStart(now time.Time) time.Time { return time.Unix((now.Unix()/60-windowMinutes+1)*60, 0) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// read gives today and the last 30 minutes as of now.
func (s *spans) read(now time.Time, zone *time.Location) (today, last counts) {
	if s.day == dayOf(now, zone) {
		today = s.today
	}
	minute := now.Unix() / 60
	for i := range s.minutes {
		if m := &s.minutes[i]; m.minute > minute-windowMinutes && m.minute <= minute {
			last.add(&m.counts)
		}
	}
	return today, last
}

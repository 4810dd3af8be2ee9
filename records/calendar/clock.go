package calendar

import (
	"fmt"
	"time"
)

// Segment is a stretch of a clock's life under one state and one agreement. Segments are only appended; what a clock
// has used and when it runs out is always derived from all of them.
type Segment struct {
	From     time.Time
	To       time.Time // zero: it lasts
	Runs     bool      // false: paused, nothing is used
	Calendar *Calendar // nil: around the clock
	Limit    time.Duration
	Reason   string // why it began: "opened", "waits for the customer", "agreement changed"
}

func (s Segment) calendar() *Calendar {
	if s.Calendar == nil {
		return Always()
	}
	return s.Calendar
}

// Clock is a promised time: its segments, each beginning where the one before it ends. The limit of the last segment counts
// for the whole clock; the time used before it stays used, measured by the calendar of its own segment.
type Clock []Segment

// Check reports segments out of order, with a gap, or open before the last.
func (c Clock) Check() error {
	for i, s := range c {
		if i > 0 && !c[i-1].To.Equal(s.From) {
			return fmt.Errorf("segment %d begins at %v, but the one before it ends at %v", i+1, s.From, c[i-1].To)
		}
		if s.To.IsZero() && i < len(c)-1 {
			return fmt.Errorf("segment %d is still open, but another follows it", i+1)
		}
		if !s.To.IsZero() && s.To.Before(s.From) {
			return fmt.Errorf("segment %d ends before it begins", i+1)
		}
	}
	return nil
}

// Limit is the time allowed now.
func (c Clock) Limit() time.Duration {
	if len(c) == 0 {
		return 0
	}
	return c[len(c)-1].Limit
}

// Used is the working time that the running segments took until now.
func (c Clock) Used(now time.Time) time.Duration {
	var used time.Duration
	for _, s := range c {
		to := s.To
		if to.IsZero() || to.After(now) {
			to = now
		}
		if s.Runs {
			used += s.calendar().Between(s.From, to)
		}
	}
	return used
}

// Left is what may still be used; negative: by how much it is exceeded.
func (c Clock) Left(now time.Time) time.Duration { return c.Limit() - c.Used(now) }

// Deadline is the instant at which the limit is used up. False: it is not, as things stand, because the clock is paused or
// has ended in time.
func (c Clock) Deadline() (time.Time, bool) {
	left := c.Limit()
	for _, s := range c {
		if !s.Runs {
			continue
		}
		if !s.To.IsZero() {
			if used := s.calendar().Between(s.From, s.To); used < left {
				left -= used
				continue
			}
		}
		at := s.calendar().Add(s.From, left)
		return at, !at.IsZero()
	}
	return time.Time{}, false
}

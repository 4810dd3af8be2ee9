package calendar_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/records/calendar"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func drawIntervals(t *rapid.T, what string) []calendar.Interval {
	var out []calendar.Interval
	from := 0
	for i := range rapid.IntRange(0, 4).Draw(t, what) {
		from += rapid.IntRange(0, 300).Draw(t, fmt.Sprint(what, " gap", i))
		to := from + rapid.IntRange(1, 400).Draw(t, fmt.Sprint(what, " length", i))
		if to > 24*60 {
			break
		}
		out = append(out, calendar.Interval{From: from, To: to})
		from = to
	}
	return out
}

func drawCalendar(t *rapid.T) *calendar.Calendar {
	zones := []string{"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo", "Asia/Kolkata", "UTC"}
	z, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	var week [7][]calendar.Interval
	for d := range week {
		week[d] = drawIntervals(t, time.Weekday(d).String())
	}
	if rapid.Bool().Draw(t, "full monday") {
		week[1] = []calendar.Interval{{From: 0, To: 24 * 60}}
	} else {
		week[1] = []calendar.Interval{{From: 9 * 60, To: 18 * 60}}
	}
	c, err := calendar.New("drawn", z, week, drawIntervals(t, "makeup"))
	if err != nil {
		t.Fatal(err)
	}
	days := map[calendar.Date]calendar.Override{}
	for i := range rapid.IntRange(0, 20).Draw(t, "overrides") {
		d := calendar.DateOf(epoch).Add(rapid.IntRange(0, 400).Draw(t, fmt.Sprint("day", i)))
		days[d] = calendar.Override{Off: rapid.Bool().Draw(t, fmt.Sprint("off", i)), Hours: drawIntervals(t, fmt.Sprint("hours", i))}
	}
	if c, err = c.With(days); err != nil {
		t.Fatal(err)
	}
	return c
}

func drawInstant(t *rapid.T, what string) time.Time {
	return epoch.Add(time.Duration(rapid.Int64Range(0, int64(370*24*time.Hour)).Draw(t, what)))
}

func drawDuration(t *rapid.T, what string, most time.Duration) time.Duration {
	return time.Duration(rapid.Int64Range(1, int64(most)).Draw(t, what))
}

// TestAddAndBetweenAreInverse: the deadline after d of work has d of work before it, and no earlier instant has.
func TestAddAndBetweenAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from, d := drawCalendar(t), drawInstant(t, "from"), drawDuration(t, "work", 100*time.Hour)
		at := c.Add(from, d)
		if got := c.Between(from, at); got != d {
			t.Fatalf("%v + %v = %v, but %v of work lies between", from, d, at, got)
		}
		if got := c.Between(from, at.Add(-1)); got != d-1 {
			t.Fatalf("%v + %v = %v, but a nanosecond before it there was %v already", from, d, at, got)
		}
		part := drawDuration(t, "part", d)
		if got := c.Add(c.Add(from, part), d-part); !got.Equal(at) {
			t.Fatalf("%v in two parts ends at %v, in one at %v", d, got, at)
		}
	})
}

// TestBetweenAdds: work is as long in two pieces as in one, and never longer than the time that passed.
func TestBetweenAdds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from := drawCalendar(t), drawInstant(t, "from")
		first, second := drawDuration(t, "first", 40*24*time.Hour), drawDuration(t, "second", 40*24*time.Hour)
		middle, to := from.Add(first), from.Add(first+second)
		a, b, whole := c.Between(from, middle), c.Between(middle, to), c.Between(from, to)
		if a+b != whole || whole > first+second {
			t.Fatalf("%v + %v of %v", a, b, whole)
		}
	})
}

// TestNoPauseAndNoChangeLosesTime: whatever a clock's segments, each instant of working time under a running segment is used once,
// the deadline is where the limit is used up, and looking back from any later instant gives the same.
func TestNoPauseAndNoChangeLosesTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calendars := []*calendar.Calendar{drawCalendar(t), drawCalendar(t), nil}
		var clock calendar.Clock
		from := drawInstant(t, "opened")
		n := rapid.IntRange(1, 6).Draw(t, "segments")
		for i := range n {
			s := calendar.Segment{
				From: from, Runs: rapid.Bool().Draw(t, fmt.Sprint("runs", i)),
				Calendar: calendars[rapid.IntRange(0, 2).Draw(t, fmt.Sprint("calendar", i))],
				Limit:    drawDuration(t, fmt.Sprint("limit", i), 60*time.Hour),
			}
			if i < n-1 {
				s.To = from.Add(drawDuration(t, fmt.Sprint("lasts", i), 5*24*time.Hour))
				from = s.To
			}
			clock = append(clock, s)
		}
		if err := clock.Check(); err != nil {
			t.Fatal(err)
		}
		at := clock[0].From.Add(drawDuration(t, "looked at", 40*24*time.Hour))
		var used time.Duration // counted apart: each segment by itself
		for _, s := range clock {
			end := s.To
			if end.IsZero() || end.After(at) {
				end = at
			}
			if !s.Runs || !end.After(s.From) {
				continue
			}
			if s.Calendar == nil {
				used += end.Sub(s.From)
			} else {
				used += s.Calendar.Between(s.From, end)
			}
		}
		if got := clock.Used(at); got != used {
			t.Fatalf("used %v, counted %v", got, used)
		}
		deadline, runs := clock.Deadline()
		switch {
		case runs:
			if got := clock.Left(deadline); got != 0 {
				t.Fatalf("at the deadline %v is left", got)
			}
			if deadline.After(clock[0].From) && clock.Left(deadline.Add(-1)) != 1 {
				t.Fatalf("a nanosecond before the deadline %v is left", clock.Left(deadline.Add(-1)))
			}
		case clock[n-1].Runs:
			t.Fatal("a running clock has no deadline")
		case clock.Left(clock[n-1].From.AddDate(1, 0, 0)) <= 0:
			t.Fatal("a paused clock that is used up has no deadline")
		}
		// A change that changes nothing moves nothing: split the last segment in two.
		cut := clock[n-1].From.Add(drawDuration(t, "cut", 24*time.Hour))
		split := append(calendar.Clock{}, clock...)
		split[n-1].To = cut
		again := clock[n-1]
		again.From = cut
		split = append(split, again)
		if other, still := split.Deadline(); still != runs || !other.Equal(deadline) {
			t.Fatalf("a change that changes nothing moved the deadline from %v to %v", deadline, other)
		}
	})
}

func TestSegmentsOutOfOrder(t *testing.T) {
	at := func(h int) time.Time { return epoch.Add(time.Duration(h) * time.Hour) }
	for name, clock := range map[string]calendar.Clock{
		"gap":       {{From: at(0), To: at(1)}, {From: at(2)}},
		"two open":  {{From: at(0)}, {From: time.Time{}}},
		"backwards": {{From: at(2), To: at(1)}},
	} {
		if clock.Check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

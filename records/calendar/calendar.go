package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Override says of one dated day that it is off, or that it works; it wins over the weekday's rule.
type Override struct {
	Off      bool
	Hours    []Interval // of a working day; none: Calendar.Usual
	Name     string     // 国庆节
	Source   string     // where it was read: a file's name or an address, "" when typed in
	Imported time.Time
}

// Calendar is when a place works. It is read-only once it is in use.
type Calendar struct {
	Name   string
	Zone   *time.Location
	Week   [7][]Interval // by time.Weekday: Sunday first
	Makeup []Interval    // hours of a dated working day that names none; none: those of the first weekday that works, from Monday
	Days   map[Date]Override
	Dated  bool // the public days of every year must be imported: Missing warns when they are not
}

// New gives a calendar whose intervals are in order. zone nil is UTC. Errors: intervals that overlap or leave the day; no
// weekday works.
func New(name string, zone *time.Location, week [7][]Interval, makeup []Interval) (*Calendar, error) {
	c := &Calendar{Name: name, Zone: zone, Days: map[Date]Override{}}
	if zone == nil {
		c.Zone = time.UTC
	}
	works := false
	var err error
	for day, hours := range week {
		if c.Week[day], err = tidy(hours); err != nil {
			return nil, fmt.Errorf("calendar %s, %v: %w", name, time.Weekday(day), err)
		}
		works = works || len(hours) > 0
	}
	if !works {
		return nil, fmt.Errorf("calendar %s: no weekday works, so no deadline could ever come", name)
	}
	if c.Makeup, err = tidy(makeup); err != nil {
		return nil, fmt.Errorf("calendar %s, makeup: %w", name, err)
	}
	return c, nil
}

// Always is a calendar that works around the clock.
func Always() *Calendar {
	c := &Calendar{Name: "always", Zone: time.UTC, Days: map[Date]Override{}}
	for day := range c.Week {
		c.Week[day] = []Interval{{0, dayMinutes}}
	}
	return c
}

// With gives a copy of the calendar that has other dated days. Errors: hours that overlap or leave the day.
func (c *Calendar) With(days map[Date]Override) (*Calendar, error) {
	out := *c
	out.Days = make(map[Date]Override, len(days))
	for date, day := range days {
		hours, err := tidy(day.Hours)
		if err != nil {
			return nil, fmt.Errorf("calendar %s, %v: %w", c.Name, date, err)
		}
		day.Hours = hours
		out.Days[date] = day
	}
	return &out, nil
}

// Usual are the hours of a dated working day that names none of its own.
func (c *Calendar) Usual() []Interval {
	if len(c.Makeup) > 0 {
		return c.Makeup
	}
	for i := range 7 {
		if hours := c.Week[(int(time.Monday)+i)%7]; len(hours) > 0 {
			return hours
		}
	}
	return nil
}

// Hours are the intervals in which the day works, in order; none: it is off.
func (c *Calendar) Hours(d Date) []Interval {
	day, dated := c.Days[d]
	switch {
	case !dated:
		return c.Week[d.Weekday()]
	case day.Off:
		return nil
	case len(day.Hours) > 0:
		return day.Hours
	}
	return c.Usual()
}

// Working reports whether the calendar works at the instant.
func (c *Calendar) Working(t time.Time) bool {
	works := false
	c.each(t, func(from, to time.Time) bool {
		works = !t.Before(from) && t.Before(to)
		return from.After(t) || works
	})
	return works
}

// Missing are the years whose public days have to be imported and are not: the running year, and from November on, when
// they have been published, the next one. None for a calendar that is not Dated.
func (c *Calendar) Missing(now time.Time) []int {
	if !c.Dated {
		return nil
	}
	today := DateOf(now.In(c.Zone))
	years := []int{today.Year}
	if today.Month >= time.November {
		years = append(years, today.Year+1)
	}
	return slices.DeleteFunc(years, func(year int) bool {
		for date := range c.Days {
			if date.Year == year {
				return true
			}
		}
		return false
	})
}

// Dates are the overridden days in order.
func (c *Calendar) Dates() []Date {
	var out []Date
	for d := range c.Days {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b Date) int { return cmp.Compare(a.String(), b.String()) })
	return out
}

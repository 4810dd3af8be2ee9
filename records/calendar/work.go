package calendar

import "time"

// searchDays bounds how far Add looks for working time: a hundred years of days.
const searchDays = 36525

// each calls f with the working stretches from the day before t's on, in order and never overlapping, until f says stop.
// The day before is looked at because the end of summer time at midnight shows a day's last hour twice.
func (c *Calendar) each(t time.Time, f func(from, to time.Time) (stop bool)) {
	day := DateOf(t.In(c.Zone)).Add(-1)
	for range searchDays {
		for _, in := range c.Hours(day) {
			from, to := day.In(c.Zone, in.From), day.In(c.Zone, in.To)
			if from.Before(to) && f(from, to) {
				return
			}
		}
		day = day.Add(1)
	}
}

// Add gives the first instant at which d of working time has passed since from: the end of a working stretch, not the
// beginning of the next. d ≤ 0 gives from. The zero time means that the calendar has not so much working time in a
// hundred years.
func (c *Calendar) Add(from time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return from
	}
	var at time.Time
	c.each(from, func(open, shut time.Time) bool {
		if !shut.After(from) {
			return false
		}
		if open.Before(from) {
			open = from
		}
		if stretch := shut.Sub(open); stretch < d {
			d -= stretch
			return false
		}
		at = open.Add(d)
		return true
	})
	return at.In(from.Location())
}

// Between gives the working time between two instants, and 0 when to is not after from.
func (c *Calendar) Between(from, to time.Time) time.Duration {
	var sum time.Duration
	if !to.After(from) {
		return 0
	}
	c.each(from, func(open, shut time.Time) bool {
		if !open.Before(to) {
			return true
		}
		if open.Before(from) {
			open = from
		}
		if shut.After(to) {
			shut = to
		}
		sum += max(shut.Sub(open), 0)
		return false
	})
	return sum
}

package records

import "time"

// The periods of a digest, in the zone of the records. A week begins on Monday (ISO 8601).
const (
	DigestDay   = "day"
	DigestWeek  = "week"
	DigestMonth = "month"
)

// digestSpan is one period: from ≤ t < to.
type digestSpan struct {
	period   string
	from, to time.Time
}

// spanOf gives the period that contains an instant. Errors: ErrInvalid.
func (s *Store) spanOf(period string, in time.Time) (digestSpan, error) {
	local := in.In(s.opt.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, s.opt.Zone)
	switch period {
	case DigestDay:
		return digestSpan{period, day, day.AddDate(0, 0, 1)}, nil
	case DigestWeek:
		monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
		return digestSpan{period, monday, monday.AddDate(0, 0, 7)}, nil
	case DigestMonth:
		first := time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, s.opt.Zone)
		return digestSpan{period, first, first.AddDate(0, 1, 0)}, nil
	}
	return digestSpan{}, problem(ErrInvalid, "digest_period", "Use day, week or month.", "There is no period %q.", period)
}

// back gives the period that lies so many before. A day may have 23 or 25 hours, a month 28 to 31 days.
func (d digestSpan) back(n int) digestSpan {
	move := func(t time.Time) time.Time {
		switch d.period {
		case DigestDay:
			return t.AddDate(0, 0, -n)
		case DigestWeek:
			return t.AddDate(0, 0, -7*n)
		}
		return t.AddDate(0, -n, 0)
	}
	return digestSpan{d.period, move(d.from), move(d.to)}
}

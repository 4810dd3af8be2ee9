package ui

import (
	"fmt"
	"time"
)

// clock is the time of day, to the second, in the visitor's zone.
func clock(v Visitor, at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return at.In(v.Zone).Format("15:04:05")
}

// hour is the time of day to the minute, in the visitor's zone: for appointments.
func hour(v Visitor, at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return at.In(v.Zone).Format("15:04")
}

// datetime is date and time, to the minute, in the visitor's zone.
func datetime(v Visitor, at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return at.In(v.Zone).Format("2006-01-02 15:04")
}

// span is from when to when, in the visitor's zone; the day is said once when it is the same.
func span(v Visitor, from, to time.Time) string {
	end := datetime(v, to)
	if from.In(v.Zone).Format(time.DateOnly) == to.In(v.Zone).Format(time.DateOnly) {
		end = hour(v, to)
	}
	return datetime(v, from) + " – " + end
}

// duration says how long something took: "0:06", "12:05", "1:02:03". Negative ones count as their size, with a minus.
func duration(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "−", -d
	}
	s := int64(d / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%s%d:%02d", sign, s/60, s%60)
	}
	return fmt.Sprintf("%s%d:%02d:%02d", sign, s/3600, s/60%60, s%60)
}

// ago says how long ago something was, in words.
func (p *Pages) ago(v Visitor, at, now time.Time) string {
	d := now.Sub(at)
	switch {
	case at.IsZero():
		return "–"
	case d < 0:
		return datetime(v, at)
	case d < time.Minute:
		return p.Say(v.Lang, "ui.ago.seconds", int(d/time.Second))
	case d < time.Hour:
		return p.Say(v.Lang, "ui.ago.minutes", int(d/time.Minute))
	case d < 24*time.Hour:
		return p.Say(v.Lang, "ui.ago.hours", int(d/time.Hour))
	case d < 30*24*time.Hour:
		return p.Say(v.Lang, "ui.ago.days", int(d/(24*time.Hour)))
	}
	return datetime(v, at)
}

// number shows a telephone number: whole to supervisors, masked to others. A page that has decided by a finer rule (agents see the
// number of their own call) prints it without this function.
func number(v Visitor, n string) string {
	if v.Has("supervisor") {
		return n
	}
	return MaskNumber(n)
}

package calendar

import (
	"fmt"
	"time"
)

// Date is a day of the civil calendar, without a zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf gives the day that t falls on in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads 2006-01-02 or 20060102 (RFC 5545 §3.3.4).
func ParseDate(text string) (Date, error) {
	layout := time.DateOnly
	if len(text) == len("20060102") {
		layout = "20060102"
	}
	t, err := time.Parse(layout, text)
	if err != nil {
		return Date{}, fmt.Errorf("%q is no date like 2026-01-31", text)
	}
	return DateOf(t), nil
}

// String writes 2006-01-02.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText and UnmarshalText let a date be a key or a value of JSON.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

// Weekday of the day.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Add gives the day n days later; n may be negative.
func (d Date) Add(n int) Date { return DateOf(d.utc().AddDate(0, 0, n)) }

// Before reports whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.utc().Before(e.utc()) }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// In gives the instant at which the wall clock of the zone first shows the minute of this day; 1440 is the day's end. Where
// the clocks are put forward over that minute, it is the instant of the change; where they are put back over it, the first
// of the two. So the intervals of a day never overlap, and those of two days meet.
func (d Date) In(zone *time.Location, minute int) time.Time {
	wall := time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, time.UTC)
	t := time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, zone)
	start, end := t.ZoneBounds()
	_, offset := t.Zone()
	switch shown := t.Add(time.Duration(offset) * time.Second).UTC(); {
	case shown.After(wall):
		return start // time.Date took the offset before the change, and landed after it
	case shown.Before(wall):
		return end // it took the offset after the change, and landed before it
	}
	if !start.IsZero() {
		_, before := start.Add(-1).Zone()
		if first := t.Add(-time.Duration(before-offset) * time.Second); before > offset && first.Before(start) {
			return first
		}
	}
	return t
}

package calendar_test

import (
	"testing"
	"time"

	"hotline/records/calendar"
)

func zone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return z
}

// TestSummerTime: around the clock a day has 23, 24 or 25 hours, and a night shift is as long as it really was.
func TestSummerTime(t *testing.T) {
	for _, test := range []struct {
		zone, day string
		night     calendar.Interval
		whole     time.Duration
		worked    time.Duration
	}{
		{"Europe/Berlin", "2026-03-29", calendar.Interval{From: 0, To: 6 * 60}, 23 * time.Hour, 5 * time.Hour},
		{"Europe/Berlin", "2026-10-25", calendar.Interval{From: 0, To: 6 * 60}, 25 * time.Hour, 7 * time.Hour},
		{"Europe/Berlin", "2026-03-29", calendar.Interval{From: 150, To: 6 * 60}, 23 * time.Hour, 3 * time.Hour}, // begins at 02:30, which there was not
		{"Australia/Lord_Howe", "2026-10-04", calendar.Interval{From: 0, To: 6 * 60}, 23*time.Hour + 30*time.Minute, 5*time.Hour + 30*time.Minute},
		{"America/Havana", "2026-11-01", calendar.Interval{From: 0, To: 6 * 60}, 25 * time.Hour, 7 * time.Hour},
		{"Pacific/Apia", "2011-12-30", calendar.Interval{From: 0, To: 6 * 60}, 0, 0}, // a day that there was not
		{"Asia/Shanghai", "2026-03-29", calendar.Interval{From: 0, To: 6 * 60}, 24 * time.Hour, 6 * time.Hour},
	} {
		z := zone(t, test.zone)
		day, err := calendar.ParseDate(test.day)
		if err != nil {
			t.Fatal(err)
		}
		from, to := day.In(z, 0), day.In(z, 24*60)
		for what, week := range map[string]struct {
			in   calendar.Interval
			want time.Duration
		}{"whole day": {calendar.Interval{From: 0, To: 24 * 60}, test.whole}, "night": {test.night, test.worked}} {
			var rules [7][]calendar.Interval
			for d := range rules {
				rules[d] = []calendar.Interval{week.in}
			}
			c, err := calendar.New("x", z, rules, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Between(from, to); got != week.want {
				t.Errorf("%s of %s in %s: %v of work, want %v", what, test.day, test.zone, got, week.want)
			}
		}
	}
}

// TestMidnightTwice: where the hour before midnight comes twice, work that runs to midnight is counted once, and whole.
func TestMidnightTwice(t *testing.T) {
	z := zone(t, "America/Asuncion") // until 2024 the clocks went from 24:00 back to 23:00
	var week [7][]calendar.Interval
	for d := range week {
		week[d] = []calendar.Interval{{From: 0, To: 24 * 60}}
	}
	c, err := calendar.New("x", z, week, nil)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2023, 3, 24, 0, 0, 0, 0, z)
	for at := from; at.Before(from.AddDate(0, 0, 4)); at = at.Add(10 * time.Minute) {
		if got, want := c.Between(from, at), at.Sub(from); got != want {
			t.Fatalf("from %v to %v: %v of work, want %v", from, at, got, want)
		}
	}
}

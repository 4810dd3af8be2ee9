package calendar_test

import (
	"os"
	"testing"
	"time"

	"hotline/records/calendar"
)

// china is the calendar that ships, read from its file.
func china(tb testing.TB) *calendar.Calendar {
	tb.Helper()
	text, err := os.ReadFile("../../configs/calendars/china.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	_, c, err := calendar.Parse("china.yaml", text)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func moment(tb testing.TB, c *calendar.Calendar, text string) time.Time {
	tb.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", text, c.Zone)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestDeadlines(t *testing.T) {
	c := china(t) // 09:00-12:00, 13:30-18:00: 7.5 hours a day
	for _, test := range []struct {
		why, from string
		d         time.Duration
		want      string
	}{
		{"inside an interval", "2026-11-24 09:30", 2 * time.Hour, "2026-11-24 11:30"},
		{"over lunch", "2026-11-24 11:00", 2 * time.Hour, "2026-11-24 14:30"},
		{"exactly until the end", "2026-11-24 13:30", 4*time.Hour + 30*time.Minute, "2026-11-24 18:00"},
		{"over night", "2026-11-24 17:00", 2 * time.Hour, "2026-11-25 10:00"},
		{"from before work", "2026-11-24 06:00", time.Hour, "2026-11-24 10:00"},
		{"over a weekend", "2026-11-20 17:00", 2 * time.Hour, "2026-11-23 10:00"},
		{"over the National Day week into a make-up Saturday", "2026-09-30 17:00", 2*time.Hour + 15*time.Hour, "2026-10-10 10:00"},
		{"a Sunday that works", "2026-09-19 12:00", time.Hour, "2026-09-20 10:00"},
		{"nothing", "2026-10-03 03:00", 0, "2026-10-03 03:00"},
		{"less than nothing", "2026-10-03 03:00", -time.Hour, "2026-10-03 03:00"},
	} {
		if got := c.Add(moment(t, c, test.from), test.d); !got.Equal(moment(t, c, test.want)) {
			t.Errorf("%s: %s + %v = %v, want %s", test.why, test.from, test.d, got, test.want)
		}
	}
}

func TestWorkingTimeBetween(t *testing.T) {
	c := china(t)
	for _, test := range []struct {
		from, to string
		want     time.Duration
	}{
		{"2026-11-24 00:00", "2026-11-25 00:00", 7*time.Hour + 30*time.Minute},
		{"2026-11-24 12:00", "2026-11-24 13:30", 0},
		{"2026-11-24 11:00", "2026-11-24 14:00", 90 * time.Minute},
		{"2026-10-01 00:00", "2026-10-08 00:00", 0},
		{"2026-10-10 00:00", "2026-10-11 00:00", 7*time.Hour + 30*time.Minute},
		{"2026-11-24 14:00", "2026-11-24 11:00", 0},
	} {
		if got := c.Between(moment(t, c, test.from), moment(t, c, test.to)); got != test.want {
			t.Errorf("between %s and %s: %v, want %v", test.from, test.to, got, test.want)
		}
	}
	if !c.Working(moment(t, c, "2026-10-10 09:00")) || c.Working(moment(t, c, "2026-10-10 12:00")) || c.Working(moment(t, c, "2026-10-17 10:00")) {
		t.Error("a make-up Saturday works from 09:00 until 12:00, a usual one does not")
	}
}

func TestMissingYears(t *testing.T) {
	c := china(t)
	for _, test := range []struct {
		now  string
		want int
	}{{"2026-10-31 12:00", 0}, {"2026-11-01 00:00", 2027}, {"2027-01-01 00:00", 2027}} {
		missing := c.Missing(moment(t, c, test.now))
		if test.want == 0 && len(missing) != 0 || test.want != 0 && (len(missing) != 1 || missing[0] != test.want) {
			t.Errorf("at %s the years %v are missing, want %d", test.now, missing, test.want)
		}
	}
	if years := calendar.Always().Missing(time.Now()); years != nil {
		t.Errorf("around the clock no year is missing, not %v", years)
	}
}

func TestRefusedCalendars(t *testing.T) {
	var none, twice [7][]calendar.Interval
	twice[1] = []calendar.Interval{{From: 60, To: 120}, {From: 90, To: 180}}
	for name, week := range map[string][7][]calendar.Interval{"no weekday works": none, "overlap": twice} {
		if _, err := calendar.New("x", nil, week, nil); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for _, text := range []string{"", "9:00-12:00", "09:00", "12:00-09:00", "22:00-06:00", "09:00-24:01", "09:60-10:00", "-1:00-02:00", "09:00-12:00-13:00"} {
		if in, err := calendar.ParseInterval(text); err == nil {
			t.Errorf("interval %q is read as %v", text, in)
		}
	}
}

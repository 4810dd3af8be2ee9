package floor

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hotline/records"
)

// filter is what the form above the list of calls says. A caller's number never stands in an address: the form is posted.
type filter struct {
	Day     string // 2026-11-22; "": all
	Queue   string
	Agent   string
	Number  string
	Outcome string // answered, abandoned, other
	Met     string // yes, no
	Short   string // only, without
	Ring    int    // 1 to 8
	Numbers bool   // in full: supervisors only, kept in the audit log
	Cursor  string
}

// readFilter reads the form. What cannot be one of the choices counts as not chosen.
func readFilter(r *http.Request) filter {
	one := func(name string, of ...string) string {
		v := strings.TrimSpace(r.FormValue(name))
		for _, choice := range of {
			if v == choice {
				return v
			}
		}
		if len(of) > 0 || len(v) > 64 {
			return ""
		}
		return v
	}
	f := filter{
		Day: one("day"), Queue: one("queue"), Agent: one("agent"),
		Outcome: one("outcome", records.OutcomeAnswered, records.OutcomeAbandoned, records.OutcomeOther),
		Met:     one("met", "yes", "no"), Short: one("short", "only", "without"), Numbers: r.FormValue("numbers") == "full",
	}
	if r.Method == http.MethodPost {
		f.Number = one("number")
	}
	if c := r.FormValue("cursor"); len(c) <= 400 {
		f.Cursor = c
	}
	if n, err := strconv.Atoi(r.FormValue("ring")); err == nil && n > 0 && n <= records.LastRing {
		f.Ring = n
	}
	if _, err := time.Parse(time.DateOnly, f.Day); err != nil {
		f.Day = ""
	}
	return f
}

// records gives the filter in the words of the records; a day is one of the zone.
func (f filter) records(zone *time.Location, limit int) records.CallFilter {
	out := records.CallFilter{Queue: f.Queue, Agent: f.Agent, Number: f.Number, Outcome: f.Outcome, Ring: f.Ring, Cursor: f.Cursor, Limit: limit}
	if f.Met != "" {
		met := f.Met == "yes"
		out.Met = &met
	}
	if f.Short != "" {
		short := f.Short == "only"
		out.Short = &short
	}
	if day, err := time.ParseInLocation(time.DateOnly, f.Day, zone); err == nil {
		out.From, out.To = day, time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)
	}
	return out
}

// narrow says that calls without a verdict may not fit.
func (f filter) narrow() bool {
	return f.Number != "" || f.Outcome != "" || f.Met != "" || f.Short != "" || f.Ring != 0 || f.Day != "" || f.Cursor != ""
}

// address is the list's address with all of the filter that may stand in one.
func (f filter) address() string {
	q := url.Values{}
	for name, v := range map[string]string{
		"day": f.Day, "queue": f.Queue, "agent": f.Agent, "outcome": f.Outcome, "met": f.Met, "short": f.Short,
	} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if f.Ring > 0 {
		q.Set("ring", strconv.Itoa(f.Ring))
	}
	if len(q) == 0 {
		return "/calls"
	}
	return "/calls?" + q.Encode()
}

// describe says for the audit log what was listed; of a number only that there was one.
func (f filter) describe() string {
	text := strings.TrimPrefix(f.address(), "/calls")
	if f.Number != "" {
		text += " number=given"
	}
	if f.Numbers {
		text += " numbers=full"
	}
	return strings.TrimSpace(strings.TrimPrefix(text, "?"))
}

package dispatch

import (
	"slices"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/calendar"
)

// TestProposal: skill, place, free time, load and acquaintance count, each with its reason; who cannot come is last.
func TestProposal(t *testing.T) {
	c := chinaCalendar(t)
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, c.Zone)
	planned := func(login string, from time.Time, hours int) records.Order {
		return records.Order{ID: login + from.String(), Number: "S-" + login, Engineer: login, PlannedFrom: from, PlannedTo: from.Add(time.Duration(hours) * time.Hour)}
	}
	engineer := func(login, centre string, products map[string]int) records.Engineer {
		return records.Engineer{Login: login, Name: login, Centre: centre, Products: products}
	}
	s := situation{
		Engineers: []records.Engineer{
			engineer("absent", "nanjing", map[string]int{"system": 1}), engineer("busy", "nanjing", map[string]int{"system": 1}),
			engineer("far", "guangzhou", map[string]int{"system": 1}), engineer("fit", "nanjing", map[string]int{"system": 2}),
			engineer("known", "nanjing", map[string]int{"system": 2}), engineer("loaded", "nanjing", map[string]int{"system": 2}),
			engineer("unskilled", "nanjing", nil),
		},
		Planned: []records.Order{
			planned("busy", at.Add(-time.Hour), 2), planned("loaded", at.AddDate(0, 0, 1), 8), planned("loaded", at.AddDate(0, 0, 2), 8), planned("fit", at.AddDate(0, 0, 3), 2),
		},
		Absences: []records.Absence{{Login: "absent", From: at.Add(-time.Hour), To: at.Add(time.Hour), Reason: "请假"}},
		Calendar: func(string) *calendar.Calendar { return c },
		WeekFrom: at.AddDate(0, 0, -1), WeekTo: at.AddDate(0, 0, 6),
	}
	got := propose(wanted{Order: "x", Product: "system", Centre: "nanjing", From: at, To: at.Add(2 * time.Hour), Known: []string{"known"}}, s)
	var order []string
	for _, one := range got {
		order = append(order, one.Login)
	}
	if !slices.Equal(order, []string{"known", "fit", "loaded", "far", "unskilled", "busy", "absent"}) {
		t.Errorf("proposed %v", order)
	}
	why := func(login, key string) bool {
		i := slices.IndexFunc(got, func(c candidate) bool { return c.Login == login })
		return slices.ContainsFunc(got[i].Reasons, func(r reason) bool { return r.Key == key })
	}
	for login, key := range map[string]string{"known": "last", "fit": "skill", "loaded": "load", "far": "elsewhere", "unskilled": "noskill", "busy": "busy", "absent": "absent"} {
		if !why(login, key) {
			t.Errorf("%s is proposed without the reason %q", login, key)
		}
	}
	if !got[0].Best || got[1].Best || !got[5].Blocked || !got[6].Blocked {
		t.Errorf("best and blocked: %+v", got)
	}
	night := propose(wanted{Product: "system", From: at.Add(10 * time.Hour), To: at.Add(12 * time.Hour)}, s)
	if !slices.ContainsFunc(night[0].Reasons, func(r reason) bool { return r.Key == "offhours" }) {
		t.Errorf("at night: %+v", night[0].Reasons)
	}
	for _, one := range propose(wanted{Order: "busy" + at.Add(-time.Hour).String(), From: at, To: at.Add(time.Hour)}, s) {
		if one.Login == "busy" && one.Blocked {
			t.Error("an order stands in its own way")
		}
	}
}

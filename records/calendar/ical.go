package calendar

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// specialDay is the property by which Apple's and many public calendars of China tell days off from make-up working days.
const specialDay ics.ComponentProperty = "X-APPLE-SPECIAL-DAY"

// maxEventDays is how long one event of an imported calendar may last.
const maxEventDays = 60

// readICal takes the all-day events of an iCalendar file. An event is a day off unless its special-day property, its category
// or its title says that the day works.
func (in *Import) readICal(text []byte) {
	file, err := ics.ParseCalendar(bytes.NewReader(text))
	if err != nil {
		in.bad("calendar", err.Error(), "export the calendar again as .ics")
		return
	}
	for _, p := range file.CalendarProperties {
		if p.IANAToken == string(ics.PropertyXWRCalName) && p.Value != "" {
			in.Source = p.Value
		}
	}
	for i, e := range file.Events() {
		in.readEvent(fmt.Sprintf("event %d", i+1), e)
	}
}

func (in *Import) readEvent(where string, e *ics.VEvent) {
	title := property(e, ics.ComponentPropertySummary)
	if title != "" {
		where += " (" + title + ")"
	}
	if strings.EqualFold(property(e, ics.ComponentPropertyStatus), "CANCELLED") {
		return
	}
	if property(e, ics.ComponentPropertyRrule) != "" {
		in.bad(where, "repeats by a rule", "export the calendar with each day written out: public days move")
		return
	}
	start, err := ParseDate(property(e, ics.ComponentPropertyDtStart))
	if err != nil {
		in.bad(where, "does not begin on a day (DTSTART;VALUE=DATE)", "keep only all-day events")
		return
	}
	end := start.Add(1) // RFC 5545 §3.6.1: without DTEND an all-day event lasts one day
	if text := property(e, ics.ComponentPropertyDtEnd); text != "" {
		if end, err = ParseDate(text); err != nil || end.Before(start) {
			in.bad(where, "does not end on a day after its beginning (DTEND)", "mend the event in the calendar")
			return
		}
		if end == start { // written by programs that take DTEND as the last day
			end = start.Add(1)
		}
	}
	if start.Add(maxEventDays).Before(end) {
		in.bad(where, fmt.Sprintf("lasts more than %d days", maxEventDays), "split it, or leave it out")
		return
	}
	off := !works(e, title)
	for d := start; d.Before(end); d = d.Add(1) {
		in.take(where, Day{Date: d, Off: off, Name: title})
	}
}

func works(e *ics.VEvent, title string) bool {
	switch strings.ToUpper(property(e, specialDay)) {
	case "ALTERNATE-WORKDAY":
		return true
	case "WORK-HOLIDAY":
		return false
	}
	text := strings.ToLower(title + " " + property(e, ics.ComponentPropertyCategories))
	return slices.ContainsFunc([]string{"补班", "上班", "调班", "补休上班", "working day", "workday"}, func(word string) bool {
		return strings.Contains(text, word)
	}) || strings.HasSuffix(strings.TrimRight(title, "）)] "), "班")
}

func property(e *ics.VEvent, name ics.ComponentProperty) string {
	if p := e.GetProperty(name); p != nil {
		return strings.TrimSpace(p.Value)
	}
	return ""
}

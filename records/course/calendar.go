package course

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Appointment is one session as it stands in somebody's calendar.
type Appointment struct {
	ID       string // never changes: a changed session replaces its entry
	Change   int    // grows with every change (RFC 5545 §3.8.7.4, SEQUENCE)
	Title    string
	About    string
	Place    string
	URL      string // page of the class; "" for none
	From, To time.Time
	Off      bool // does not take place: calendars strike it out
	Changed  time.Time
}

// Entries writes an iCalendar file (RFC 5545) that publishes appointments. The same data give the same bytes.
func Entries(product string, all []Appointment) []byte {
	cal := ics.NewCalendarFor(product)
	cal.SetMethod(ics.MethodPublish)
	for _, a := range all {
		e := cal.AddEvent(a.ID)
		e.SetDtStampTime(a.Changed.UTC())
		e.SetLastModifiedAt(a.Changed.UTC())
		e.SetSequence(a.Change)
		e.SetStartAt(a.From.UTC())
		e.SetEndAt(a.To.UTC())
		e.SetSummary(clean(a.Title))
		if a.About != "" {
			e.SetDescription(clean(a.About))
		}
		e.SetLocation(clean(a.Place))
		if a.URL != "" {
			e.SetURL(a.URL)
		}
		status := ics.ObjectStatusConfirmed
		if a.Off {
			status = ics.ObjectStatusCancelled
		}
		e.SetStatus(status)
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows))
}

// clean leaves no carriage return: the library escapes line feeds alone, and some readers take either for the end of a line.
func clean(s string) string { return strings.ReplaceAll(s, "\r", "") }

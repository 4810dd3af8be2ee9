package course_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"hotline/records/course"
)

func TestEntriesAreReadBack(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 12, 5, 9, 30, 0, 0, time.FixedZone("", 8*3600))
	want := course.Appointment{
		ID: "01J@hotline", Change: 3, Title: "数据备份; 恢复, 实战", About: "第一行\n第二行\\完 " + strings.Repeat("很长", 60), Place: "北京市海淀区\r\nBEGIN:VEVENT 3 层", URL: "https://example.org/j/1?a=b",
		From: from, To: from.Add(3 * time.Hour), Off: true, Changed: from.Add(-time.Hour),
	}
	file := course.Entries("-//Hotline//zh", []course.Appointment{want, {ID: "2", From: from, To: from, Changed: from}})
	if !bytes.Equal(file, course.Entries("-//Hotline//zh", []course.Appointment{want, {ID: "2", From: from, To: from, Changed: from}})) {
		t.Error("the same data give other bytes")
	}
	for line := range bytes.SplitSeq(bytes.TrimSuffix(file, []byte("\r\n")), []byte("\r\n")) {
		if len(line) > 75 || bytes.ContainsAny(line, "\r\n") {
			t.Errorf("line of %d octets (RFC 5545 §3.1): %q", len(line), line)
		}
	}
	cal, err := ics.ParseCalendar(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	if len(cal.Events()) != 2 {
		t.Fatalf("%d entries", len(cal.Events()))
	}
	e := cal.Events()[0]
	at, err := e.GetStartAt()
	if err != nil || !at.Equal(want.From) {
		t.Errorf("begins %v, %v", at, err)
	}
	until, err := e.GetEndAt()
	if err != nil || !until.Equal(want.To) {
		t.Errorf("ends %v, %v", until, err)
	}
	for property, value := range map[ics.ComponentProperty]string{
		ics.ComponentPropertySummary: want.Title, ics.ComponentPropertyDescription: want.About, ics.ComponentPropertyUniqueId: want.ID,
		ics.ComponentPropertySequence: "3", ics.ComponentPropertyStatus: "CANCELLED", ics.ComponentPropertyUrl: want.URL,
	} {
		if got := e.GetProperty(property); got == nil || got.Value != value {
			t.Errorf("%s: %v, want %q", property, got, value)
		}
	}
}

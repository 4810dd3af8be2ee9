package calendar_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/records/calendar"
)

func TestImports(t *testing.T) {
	for _, test := range []struct{ file, format, source, days string }{
		{"cn-2026-autumn.json", "holiday-cn", "https://example.cn/notice-2026", "2026-09-20 works 国庆节|2026-10-01 off 国庆节|2026-10-02 off 国庆节|2026-10-10 works 国庆节"},
		{"own.json", "json", "Works council, plan of 2026", "2026-12-24 works [08:00-12:00] Christmas Eve|2026-12-25 off Christmas Day"},
		{"cn.ics", "ical", "节假日", "2026-09-20 works 国庆节 补班|2026-10-01 off 国庆节（休）|2026-10-02 off 国庆节（休）|2026-10-03 off 国庆节（休）|2026-10-04 off 国庆节（休）|" +
			"2026-10-05 off 国庆节（休）|2026-10-06 off 国庆节（休）|2026-10-07 off 国庆节（休）|2026-10-10 works 国庆节（班）"},
	} {
		text, err := os.ReadFile(filepath.Join("testdata", test.file))
		if err != nil {
			t.Fatal(err)
		}
		in := calendar.ReadDays(test.file, text)
		var days []string
		for _, d := range in.Days {
			word := "works"
			if d.Off {
				word = "off"
			}
			if len(d.Hours) > 0 {
				word += fmt.Sprint(" ", d.Hours)
			}
			days = append(days, fmt.Sprint(d.Date, " ", word, " ", d.Name))
		}
		if got := strings.Join(days, "|"); got != test.days || in.Format != test.format || in.Source != test.source || len(in.Troubles) > 0 {
			t.Errorf("%s: %s from %q\n got %s\nwant %s\ntroubles %v", test.file, in.Format, in.Source, got, test.days, in.Troubles)
		}
	}
}

func TestRefusedImports(t *testing.T) {
	event := func(lines string) string {
		return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n" + lines + "END:VEVENT\r\nEND:VCALENDAR\r\n"
	}
	for name, test := range map[string]struct{ text, want string }{
		"neither":       {"date;off\n", "neither iCalendar nor JSON"},
		"empty":         {"{}", "no day"},
		"unknown key":   {`{"days": [{"date": "2026-01-01", "of": true}]}`, "unknown field"},
		"bad date":      {`{"days": [{"date": "2026-02-30", "off": true}]}`, "no date"},
		"both":          {`{"days": [{"date": "2026-01-01", "off": true, "work": ["09:00-12:00"]}]}`, "keep one"},
		"overlap":       {`{"days": [{"date": "2026-01-01", "work": ["09:00-12:00", "11:00-13:00"]}]}`, "overlaps"},
		"contradiction": {`{"days": [{"date": "2026-01-01", "off": true}, {"date": "2026-01-01"}]}`, "off and to work"},
		"no isOffDay":   {`{"year": 2026, "days": [{"date": "2026-01-01", "name": "元旦"}]}`, "isOffDay"},
		"more behind":   {`{"days": [{"date": "2026-01-01", "off": true}]} {}`, "behind the end"},
		"a rule":        {event("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:New Year\r\n"), "repeats"},
		"an hour":       {event("DTSTART:20260101T090000Z\r\nSUMMARY:Meeting\r\n"), "does not begin on a day"},
		"backwards":     {event("DTSTART;VALUE=DATE:20260105\r\nDTEND;VALUE=DATE:20260101\r\n"), "after its beginning"},
		"a year long":   {event("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20270101\r\n"), "more than 60 days"},
		"cut off":       {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260101\r\n", "calendar"},
		"too large":     {"{" + strings.Repeat(" ", 1<<20) + "}", "larger"},
	} {
		in := calendar.ReadDays("file", []byte(test.text))
		var all []string
		for _, trouble := range in.Troubles {
			all = append(all, trouble.Error())
		}
		if !strings.Contains(strings.Join(all, "\n"), test.want) {
			t.Errorf("%s: the troubles are %q, want one with %q", name, all, test.want)
		}
	}
}

func TestPreview(t *testing.T) {
	c := china(t)
	date := func(text string) calendar.Date {
		d, err := calendar.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	changes := c.Preview([]calendar.Day{
		{Date: date("2026-10-01"), Off: true, Name: "国庆节"},
		{Date: date("2026-10-10"), Off: true, Name: "国庆节"},
		{Date: date("2027-01-01"), Off: true, Name: "元旦"},
	})
	if !changes[0].Same || changes[1].Same || changes[2].Same {
		t.Errorf("same: %v %v %v, want only the first", changes[0].Same, changes[1].Same, changes[2].Same)
	}
	if changes[1].Before.Off || !changes[1].Dated || changes[2].Dated || changes[2].Before.Off {
		t.Errorf("before: %+v, %+v; want a make-up day and a usual Friday", changes[1].Before, changes[2].Before)
	}
}

func TestCalendarFiles(t *testing.T) {
	files, err := filepath.Glob("../../configs/calendars/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no calendars ship: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := calendar.Parse(filepath.Base(file), text); err != nil {
			t.Error(err)
		}
	}
	good := "name: x\ntitle: {zh: 甲, en: X}\nzone: Asia/Shanghai\nweek: {monday: ['09:00-12:00']}\n"
	for name, test := range map[string]struct{ text, want string }{
		"unknown key": {good + "holidays: []\n", "holidays"},
		"weekday":     {strings.Replace(good, "monday", "mon", 1), "week.mon"},
		"zone":        {strings.Replace(good, "Asia/Shanghai", "China", 1), "zone"},
		"no title":    {strings.Replace(good, "zh: 甲, ", "", 1), "title.zh"},
		"interval":    {strings.Replace(good, "09:00-12:00", "12:00-09:00", 1), "ends before"},
		"twice":       {good + "days:\n- {date: 2026-01-01, off: true}\n- {date: 2026-01-01}\n", "twice"},
		"both":        {good + "days:\n- {date: 2026-01-01, off: true, work: ['09:00-10:00']}\n", "keep one"},
		"no week":     {"name: x\ntitle: {zh: 甲, en: X}\nzone: UTC\n", "no weekday works"},
	} {
		if _, _, err := calendar.Parse("x.yaml", []byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// FuzzReadDays: no file may panic, and what is taken can be used.
func FuzzReadDays(f *testing.F) {
	for _, name := range []string{"cn-2026-autumn.json", "own.json", "cn.ics"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in := calendar.ReadDays("file", text)
		if len(in.Troubles) > 0 {
			return
		}
		days := map[calendar.Date]calendar.Override{}
		for _, d := range in.Days {
			days[d.Date] = calendar.Override{Off: d.Off, Hours: d.Hours}
		}
		if _, err := calendar.Always().With(days); err != nil || len(days) != len(in.Days) || len(days) == 0 {
			t.Fatalf("%d days of %d: %v", len(days), len(in.Days), err)
		}
	})
}

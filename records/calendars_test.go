package records_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/calendar"
)

// weekdays is a calendar of Mondays to Fridays, 09:00 to 17:00 in UTC.
func weekdays(t testing.TB, name string) *calendar.Calendar {
	t.Helper()
	var week [7][]calendar.Interval
	for d := 1; d <= 5; d++ {
		week[d] = []calendar.Interval{{From: 9 * 60, To: 17 * 60}}
	}
	c, err := calendar.New(name, time.UTC, week, nil)
	must(t, err)
	c.Dated = true
	return c
}

func date(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	must(t, err)
	return d
}

// testCalendars: imported days win over the weekday, the later import over the earlier, and each keeps its source.
func testCalendars(t *testing.T, open opener) {
	clk := newClock()
	s := open(t).open(t, clk.set, func(o *records.Options) {
		o.Calendars = records.Calendars{
			All: []*calendar.Calendar{weekdays(t, "china"), weekdays(t, "south")}, Default: "china",
			Of: func(centre string) string { return map[string]string{"广州": "south"}[centre] },
		}
	})
	ctx := records.By(t.Context(), "deng")
	friday := time.Date(2026, 10, 9, 16, 0, 0, 0, time.UTC)
	due := func(centre string) string {
		t.Helper()
		return get[*calendar.Calendar](t)(s.CalendarOf(ctx, centre)).Add(friday, 2*time.Hour).Format("01-02 15:04")
	}
	equal(t, "before the import", due(""), "10-12 10:00")
	first := get[records.CalendarImport](t)(s.ImportDays(ctx, records.NewDays{
		Calendar: "china", Format: "holiday-cn", Source: "https://example.cn/notice", File: `C:\2026.json`, SHA256: strings.Repeat("ab", 32),
		Days: []calendar.Day{{Date: date(t, "2026-10-10"), Name: "国庆节"}, {Date: date(t, "2026-10-12"), Off: true}},
	}))
	equal(t, "import", first.By+" "+first.File, "deng 2026.json")
	equal(t, "a make-up Saturday", due(""), "10-10 10:00")
	equal(t, "another calendar", due("广州"), "10-12 10:00")
	clk.advance(time.Hour)
	get[records.CalendarImport](t)(s.ImportDays(ctx, records.NewDays{
		Calendar: "china", Format: "hand", Source: "the works council",
		Days: []calendar.Day{{Date: date(t, "2026-10-10"), Hours: []calendar.Interval{{From: 600, To: 660}, {From: 720, To: 1000}}}},
	}))
	equal(t, "hours of its own", due(""), "10-10 11:00")
	day := get[*calendar.Calendar](t)(s.Calendar(ctx, "china")).Days[date(t, "2026-10-10")]
	equal(t, "source", day.Source, "the works council")
	equal(t, "imported", day.Imported, clk.now())
	clk.advance(time.Hour)
	get[records.CalendarImport](t)(s.ImportDays(ctx, records.NewDays{
		Calendar: "china", Format: "hand", Source: "a mistake", Days: []calendar.Day{{Date: date(t, "2026-10-10"), Usual: true}},
	}))
	equal(t, "as usual again, and the Monday off", due(""), "10-13 10:00")

	page := get[records.Page[records.CalendarImport]](t)(s.CalendarImports(ctx, "china", "", 2))
	equal(t, "newest first", page.Items[0].Source+"|"+page.Items[1].Source, "a mistake|the works council")
	rest := get[records.Page[records.CalendarImport]](t)(s.CalendarImports(ctx, "china", page.Next, 2))
	equal(t, "the first", rest.Items[0].ID, first.ID)
	log := get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Action: "calendar.import"}))
	equal(t, "audited", len(log.Items), 3)

	good := records.NewDays{Calendar: "china", Format: "json", Source: "x", Days: []calendar.Day{{Date: date(t, "2027-01-01"), Off: true}}}
	for name, spoil := range map[string]func(*records.NewDays){
		"no source": func(n *records.NewDays) { n.Source = " " },
		"no days":   func(n *records.NewDays) { n.Days = nil },
		"format":    func(n *records.NewDays) { n.Format = "xml" },
		"sum":       func(n *records.NewDays) { n.SHA256 = "ab" },
		"twice":     func(n *records.NewDays) { n.Days = append(n.Days, n.Days[0]) },
		"both": func(n *records.NewDays) {
			n.Days = []calendar.Day{{Date: date(t, "2027-01-01"), Off: true, Usual: true}}
		},
	} {
		bad := good
		spoil(&bad)
		_, err := s.ImportDays(ctx, bad)
		if refused(t, err, records.ErrInvalid); t.Failed() {
			t.Fatal(name)
		}
	}
	good.Calendar = "nowhere"
	_, err := s.ImportDays(ctx, good)
	refused(t, err, records.ErrNotFound)
	_, err = s.Calendar(ctx, "nowhere")
	refused(t, err, records.ErrNotFound)
}

// TestImportedDaysAreGuarded: nobody edits them behind the records' back.
func TestImportedDaysAreGuarded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hotline.db")
	s := openAt(t, path, func(o *records.Options) {
		o.Calendars = records.Calendars{All: []*calendar.Calendar{weekdays(t, "china")}, Default: "china"}
	})
	get[records.CalendarImport](t)(s.ImportDays(t.Context(), records.NewDays{
		Calendar: "china", Format: "hand", Source: "x", Days: []calendar.Day{{Date: date(t, "2027-01-01"), Off: true}},
	}))
	db, err := sql.Open("sqlite3", "file:"+path)
	must(t, err)
	defer db.Close()
	for _, statement := range []string{
		"UPDATE calendar_days SET kind = 'works'", "DELETE FROM calendar_days", "UPDATE calendar_imports SET source = ''", "DELETE FROM calendar_imports",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "never") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

package records

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"hotline/records/calendar"
)

// Calendars says which calendars there are and who works by which.
type Calendars struct {
	All     []*calendar.Calendar       // the operator's weekday rules and dated days; those imported later win
	Default string                     // for a centre that names none
	Of      func(centre string) string // optional: the calendar of a service centre, "" = Default
}

// CalendarImport is one import of dated days: where they are from, and who brought them.
type CalendarImport struct {
	ID       string    `db:"id"          json:"id"`
	Calendar string    `db:"calendar"    json:"calendar"`
	Format   string    `db:"format"      json:"format"` // ical, json, holiday-cn, hand
	Source   string    `db:"source"      json:"source"`
	File     string    `db:"file"        json:"file,omitempty"`
	SHA256   string    `db:"sha256"      json:"sha256,omitempty"` // of the file, hex
	Days     int       `db:"days"        json:"days"`
	By       string    `db:"imported_by" json:"by"`
	At       time.Time `db:"-"           json:"at"`
}

type calendarImportRow struct {
	CalendarImport
	At stamp `db:"imported_at"`
}

// NewDays are dated days to keep.
type NewDays struct {
	Calendar, Format, Source, File, SHA256 string
	Days                                   []calendar.Day
}

// maxDays bounds one import: five years of days.
const maxDays = 5 * 366

// Calendar gives a calendar with all dated days that were imported. Errors: ErrNotFound.
func (s *Store) Calendar(ctx context.Context, name string) (*calendar.Calendar, error) {
	base := s.calendarBase(name)
	if base == nil {
		return nil, notFound("calendar", name)
	}
	c, err := s.read().imported(ctx, base)
	return c, s.explain("calendar", err)
}

// CalendarOf gives the calendar by which a service centre works; around the clock where the operator has none at all.
func (s *Store) CalendarOf(ctx context.Context, centre string) (*calendar.Calendar, error) {
	name := s.calendarName(centre)
	if name == "" {
		return calendar.Always(), nil
	}
	return s.Calendar(ctx, name)
}

// centreCalendar, as the calendar of a procedure's step, means that of the order's service centre.
const centreCalendar = "centre"

func (s *Store) calendarName(centre string) string {
	if of := s.opt.Calendars.Of; of != nil && of(centre) != "" {
		return of(centre)
	}
	return s.opt.Calendars.Default
}

// calendarFresh is how long days that another process imported may go unnoticed by clocks.
const calendarFresh = time.Minute

// calendarCache keeps the calendars by which clocks are counted: a list of orders asks for them hundreds of times.
type calendarCache struct {
	mu sync.Mutex
	of map[string]cachedCalendar // guarded by mu
}

type cachedCalendar struct {
	*calendar.Calendar
	until time.Time
}

// working gives a calendar for counting, nil for an unknown one.
func (s *Store) working(name string) *calendar.Calendar {
	s.calendars.mu.Lock()
	defer s.calendars.mu.Unlock()
	now := time.Now() // of the cache, not of what is counted
	if have, ok := s.calendars.of[name]; ok && now.Before(have.until) {
		return have.Calendar
	}
	base := s.calendarBase(name)
	if base == nil {
		return nil
	}
	c, err := s.read().imported(context.Background(), base)
	if err != nil {
		s.log.Error("imported days cannot be read; the operator's own days count", "calendar", name, "err", err)
		return base
	}
	if s.calendars.of == nil {
		s.calendars.of = map[string]cachedCalendar{}
	}
	s.calendars.of[name] = cachedCalendar{c, now.Add(calendarFresh)}
	return c
}

func (c *calendarCache) forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.of, name)
}

// CalendarNames are those of all calendars, in the operator's order.
func (s *Store) CalendarNames() []string {
	names := make([]string, len(s.opt.Calendars.All))
	for i, c := range s.opt.Calendars.All {
		names[i] = c.Name
	}
	return names
}

func (s *Store) calendarBase(name string) *calendar.Calendar {
	for _, c := range s.opt.Calendars.All {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// imported lays the imported days over those of the operator's file.
func (c conn) imported(ctx context.Context, base *calendar.Calendar) (*calendar.Calendar, error) {
	var rows []struct {
		Day    string `db:"day"`
		Kind   string `db:"kind"`
		Hours  string `db:"hours"`
		Name   string `db:"name"`
		Source string `db:"source"`
		At     stamp  `db:"imported_at"`
	}
	err := c.list(ctx, &rows, `SELECT d.day, d.kind, d.hours, d.name, i.source, i.imported_at
		FROM calendar_days d JOIN calendar_imports i ON i.id = d.import_id WHERE d.calendar = ? ORDER BY d.day, d.import_id`, base.Name)
	if err != nil || len(rows) == 0 {
		return base, err
	}
	days := map[calendar.Date]calendar.Override{}
	for date, day := range base.Days {
		days[date] = day
	}
	for _, r := range rows {
		date, err := calendar.ParseDate(r.Day)
		if err != nil {
			return nil, err
		}
		if r.Kind == "usual" {
			delete(days, date)
			continue
		}
		day := calendar.Override{Off: r.Kind == "off", Name: r.Name, Source: r.Source, Imported: r.At.time()}
		for _, text := range strings.Fields(r.Hours) {
			in, err := calendar.ParseInterval(text)
			if err != nil {
				return nil, err
			}
			day.Hours = append(day.Hours, in)
		}
		days[date] = day
	}
	return base.With(days)
}

// ImportDays keeps dated days of a calendar, recorded in the audit log; they count from now on, and win over what was imported
// before. Errors: ErrNotFound (calendar), ErrInvalid.
func (s *Store) ImportDays(ctx context.Context, n NewDays) (CalendarImport, error) {
	if s.calendarBase(n.Calendar) == nil {
		return CalendarImport{}, notFound("calendar", n.Calendar)
	}
	n.Source, n.File = line(n.Source), fileName(n.File)
	var f faults
	f.required("source", n.Source, maxText, "The source is missing.", "Say where the days are from.")
	if !slices.Contains([]string{"ical", "json", "holiday-cn", "hand"}, n.Format) {
		f.add("format", "unknown", "Use ical, json, holiday-cn or hand.", "There is no format %q.", n.Format)
	}
	if raw, err := hex.DecodeString(n.SHA256); err != nil || len(raw) != 32 && len(raw) != 0 {
		f.add("sha256", "pattern", "Give 64 hexadecimal digits.", "%q is no SHA-256.", n.SHA256)
	}
	if len(n.Days) == 0 || len(n.Days) > maxDays {
		f.add("days", "range", "Import one year at a time.", "%d days cannot be imported at once.", len(n.Days))
	}
	seen := map[calendar.Date]bool{}
	for i, d := range n.Days {
		name := fmt.Sprintf("days[%d]", i)
		if err := d.Check(); err != nil {
			f.add(name, "contradiction", "Mend the day.", "%v.", err)
		}
		if seen[d.Date] {
			f.add(name, "twice", "Keep one of the two.", "%v stands here twice.", d.Date)
		}
		seen[d.Date] = true
		f.short(name+".name", line(d.Name), maxLine)
	}
	if err := f.problem(ErrInvalid, "days_invalid", "Mend the days named.", "The days cannot be imported like this."); err != nil {
		return CalendarImport{}, err
	}
	var out CalendarImport
	err := s.write(ctx, "import days", func(t *txn) error {
		out = CalendarImport{
			ID: newID(t.now), Calendar: n.Calendar, Format: n.Format, Source: n.Source, File: n.File, SHA256: n.SHA256,
			Days: len(n.Days), By: t.by, At: t.now,
		}
		if err := t.do(ctx, `INSERT INTO calendar_imports (id, calendar, format, source, file, sha256, days, imported_by, imported_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, out.ID, out.Calendar, out.Format, out.Source, out.File, out.SHA256, out.Days, out.By, at(out.At)); err != nil {
			return err
		}
		for _, d := range n.Days {
			if err := t.do(ctx, `INSERT INTO calendar_days (calendar, day, import_id, kind, hours, name) VALUES (?, ?, ?, ?, ?, ?)`,
				n.Calendar, d.Date.String(), out.ID, kindOfDay(d), hoursText(d.Hours), line(d.Name)); err != nil {
				return err
			}
		}
		return t.audit(ctx, AuditEntry{Action: "calendar.import", Object: n.Calendar, Data: fmt.Sprintf("%d days, %s, %s", len(n.Days), n.Source, n.SHA256)})
	})
	s.calendars.forget(n.Calendar)
	return out, err
}

func kindOfDay(d calendar.Day) string {
	switch {
	case d.Off:
		return "off"
	case d.Usual:
		return "usual"
	}
	return "works"
}

func hoursText(hours []calendar.Interval) string {
	words := make([]string, len(hours))
	for i, in := range hours {
		words[i] = in.String()
	}
	return strings.Join(words, " ")
}

// CalendarImports lists a calendar's imports, newest first. Errors: ErrInvalid (cursor).
func (s *Store) CalendarImports(ctx context.Context, name, from string, limit int) (Page[CalendarImport], error) {
	after, err := parseCursor(from)
	if err != nil {
		return Page[CalendarImport]{}, err
	}
	var q query
	q.equal("calendar", name)
	q.page("imported_at", "id", after)
	limit = pageLimit(limit)
	var rows []calendarImportRow
	if err := s.read().list(ctx, &rows, q.sql(`SELECT * FROM calendar_imports`, "imported_at DESC, id DESC", limit), q.args...); err != nil {
		return Page[CalendarImport]{}, s.explain("calendar imports", err)
	}
	page := Page[CalendarImport]{Items: mapped(rows, func(r calendarImportRow) CalendarImport {
		out := r.CalendarImport
		out.At = r.At.time()
		return out
	})}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].At, rows[limit-1].ID}.String()
	}
	return page, nil
}

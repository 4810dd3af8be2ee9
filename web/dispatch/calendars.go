package dispatch

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/records"
	"hotline/records/calendar"
	"hotline/web/ui"
)

// yearPage is one calendar's year, drawn.
type yearPage struct {
	Calendars        []named
	Name, Title      string
	Zone             string
	Year, Prev, Next int
	Missing          []int
	Week             []weekRow
	Months           []month
	Imports          []records.CalendarImport
	Example          string
	Done             int // days imported just now
}

type named struct {
	Code, Title string
	Current     bool
}

// weekRow is one weekday's rule.
type weekRow struct {
	Day   int // 0 Monday … 6 Sunday
	Hours []calendar.Interval
}

// importsShown is how many imports the page lists.
const importsShown = 10

func (d *Dispatch) year(w http.ResponseWriter, r *http.Request) {
	if len(d.opt.Calendars) == 0 {
		d.trouble(w, r, http.StatusNotFound, "dispatch.trouble.calendars")
		return
	}
	name := cmp.Or(r.PathValue("name"), d.opt.Calendar, d.opt.Calendars[0].Code)
	c, err := d.opt.Records.Calendar(r.Context(), name)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	imports, err := d.opt.Records.CalendarImports(r.Context(), name, "", importsShown)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	today := calendar.DateOf(d.opt.Now().In(c.Zone))
	year, err := strconv.Atoi(r.FormValue("year"))
	if err != nil || year < 1970 || year > 2200 {
		year = today.Year
	}
	done, _ := strconv.Atoi(r.FormValue("imported"))
	p := yearPage{
		Name: name, Zone: c.Zone.String(), Year: year, Prev: year - 1, Next: year + 1, Missing: c.Missing(d.opt.Now()),
		Imports: imports.Items, Months: months(c, year, today), Done: done,
		Example: `{"source": "…", "days": [{"date": "` + strconv.Itoa(year+1) + `-01-01", "off": true, "name": "…"}]}`,
	}
	lang := ui.VisitorOf(r.Context()).Lang
	for _, one := range d.opt.Calendars {
		p.Calendars = append(p.Calendars, named{one.Code, one.Text.in(lang), one.Code == name})
		if one.Code == name {
			p.Title = one.Text.in(lang)
		}
	}
	for i := range 7 {
		p.Week = append(p.Week, weekRow{i, c.Week[(i+1)%7]})
	}
	d.opt.Pages.Render(w, r, http.StatusOK, "dispatch/year", p)
}

// previewPage shows what a file would change, before anything is kept.
type previewPage struct {
	Name, Title, File, Format, Source, SHA256 string
	Troubles                                  []calendar.Trouble
	Changes                                   []change
	New, Changed, Same                        int
}

type change struct {
	calendar.Change
	Kind, Was string // off, works, usual
	HoursText string
}

func dayKind(off bool) string {
	if off {
		return "off"
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

// importDays keeps what the form of the preview, or that of a single day, says.
func (d *Dispatch) importDays(w http.ResponseWriter, r *http.Request) {
	n := records.NewDays{
		Calendar: r.PathValue("name"), Format: r.FormValue("format"), Source: r.FormValue("source"), File: r.FormValue("file"), SHA256: r.FormValue("sha256"),
	}
	days, kinds, hours, names := r.Form["day"], r.Form["kind"], r.Form["hours"], r.Form["name"]
	if len(kinds) != len(days) || len(hours) != len(days) || len(names) != len(days) {
		d.trouble(w, r, http.StatusBadRequest, "dispatch.trouble.form")
		return
	}
	for i := range days {
		day, err := readDay(days[i], kinds[i], hours[i], names[i])
		if err != nil {
			d.trouble(w, r, http.StatusUnprocessableEntity, "dispatch.trouble.day", err.Error())
			return
		}
		if kinds[i] != "skip" {
			n.Days = append(n.Days, day)
		}
	}
	if _, err := d.opt.Records.ImportDays(r.Context(), n); err != nil {
		d.fail(w, r, err)
		return
	}
	first := slices.MinFunc(n.Days, func(a, b calendar.Day) int { return cmp.Compare(a.Date.String(), b.Date.String()) })
	d.to(w, r, fmt.Sprintf("/dispatch/calendars/%s?year=%d&imported=%d", n.Calendar, first.Date.Year, len(n.Days)))
}

// readDay reads one row of the form.
func readDay(date, kind, hours, name string) (calendar.Day, error) {
	day := calendar.Day{Off: kind == "off", Usual: kind == "usual", Name: name}
	var err error
	if day.Date, err = calendar.ParseDate(strings.TrimSpace(date)); err != nil {
		return day, err
	}
	if kind != "works" {
		return day, nil
	}
	for _, text := range strings.FieldsFunc(hours, func(c rune) bool { return strings.ContainsRune(" ,;，；、\u3000", c) }) {
		in, err := calendar.ParseInterval(text)
		if err != nil {
			return day, fmt.Errorf("%v: %w", day.Date, err)
		}
		day.Hours = append(day.Hours, in)
	}
	return day, day.Check()
}

// month is one month of a year's picture.
type month struct {
	Number int // 1 … 12
	Weeks  [][7]cell
}

// cell is one day; Day 0 is a place before the first or after the last.
type cell struct {
	Day               int
	Kind              string // work, rest (by the week), off, makeup, special (other hours than the weekday's)
	Date, Name, Hours string
	Today             bool
	Dated             bool
	Source            string
	Imported          time.Time
}

func months(c *calendar.Calendar, year int, today calendar.Date) []month {
	out := make([]month, 12)
	for m := range out {
		out[m].Number = m + 1
		day := calendar.Date{Year: year, Month: time.Month(m + 1), Day: 1}
		var week [7]cell
		for ; day.Month == time.Month(m+1); day = day.Add(1) {
			at := (int(day.Weekday()) + 6) % 7
			week[at] = cellOf(c, day, today)
			if at == 6 {
				out[m].Weeks = append(out[m].Weeks, week)
				week = [7]cell{}
			}
		}
		if week != [7]cell{} {
			out[m].Weeks = append(out[m].Weeks, week)
		}
	}
	return out
}

func cellOf(c *calendar.Calendar, day, today calendar.Date) cell {
	hours, usual := c.Hours(day), c.Week[day.Weekday()]
	over, dated := c.Days[day]
	out := cell{
		Day: day.Day, Date: day.String(), Name: over.Name, Hours: hoursText(hours), Today: day == today, Dated: dated,
		Source: over.Source, Imported: over.Imported, Kind: "work",
	}
	switch {
	case len(hours) == 0 && dated:
		out.Kind = "off"
	case len(hours) == 0:
		out.Kind = "rest"
	case dated && len(usual) == 0:
		out.Kind = "makeup"
	case dated && !slices.Equal(hours, usual):
		out.Kind = "special"
	}
	return out
}

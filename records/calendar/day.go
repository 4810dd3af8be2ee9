package calendar

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// Day is one dated day of an import: what Override will say of it. Without Off, Usual and Hours it works the usual hours.
type Day struct {
	Date  Date       `json:"date"            yaml:"date"`
	Off   bool       `json:"off,omitempty"   yaml:"off"`
	Usual bool       `json:"usual,omitempty" yaml:"usual"` // the weekday's rule counts again
	Hours []Interval `json:"work,omitempty"  yaml:"work"`
	Name  string     `json:"name,omitempty"  yaml:"name"`
}

// Check reports a day that says two things at once, or whose hours overlap.
func (d Day) Check() error {
	if d.Off && d.Usual || (d.Off || d.Usual) && len(d.Hours) > 0 {
		return fmt.Errorf("%v is off, as usual, or has working hours: keep one of the three", d.Date)
	}
	_, err := tidy(d.Hours)
	return err
}

// Trouble is a part of an import that was not taken: where it stands, what is wrong, and how to mend it.
type Trouble struct{ Where, What, Mend string }

func (t Trouble) Error() string { return t.Where + ": " + t.What + "; " + t.Mend }

// Import is what a file of dated days holds. Nothing is half taken: with troubles there are days to look at, none to keep.
type Import struct {
	Format   string // "ical", "json" or "holiday-cn"
	Source   string // the file's own word on where it is from, else its name
	Days     []Day  // in order, one a date
	Troubles []Trouble
}

// Years are those that have a day in the import.
func (in Import) Years() []int {
	var years []int
	for _, d := range in.Days {
		years = append(years, d.Date.Year)
	}
	slices.Sort(years)
	return slices.Compact(years)
}

// maxImport bounds a file of dated days; a year's file is 3 KiB.
const maxImport = 1 << 20

// ReadDays reads a file of dated days: iCalendar (RFC 5545), the product's own JSON, or a year file of NateScarlet/holiday-cn.
// file is its name, for messages.
func ReadDays(file string, text []byte) Import {
	in := Import{Source: file}
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	switch {
	case len(text) > maxImport:
		in.bad(file, fmt.Sprintf("is larger than %d KiB", maxImport>>10), "choose the file of one year")
	case bytes.HasPrefix(text, []byte("{")):
		in.readJSON(text)
	case bytes.HasPrefix(bytes.ToUpper(text[:min(len(text), 15)]), []byte("BEGIN:VCALENDAR")):
		in.Format = "ical"
		in.readICal(text)
	default:
		in.bad(file, "is neither iCalendar nor JSON", "export the calendar as .ics, or write JSON as the page shows it")
	}
	if len(in.Days) == 0 && len(in.Troubles) == 0 {
		in.bad(file, "has no day in it", "choose another file")
	}
	in.settle()
	return in
}

func (in *Import) bad(where, what, mend string) {
	in.Troubles = append(in.Troubles, Trouble{where, what, mend})
}

// settle puts the days in order. A date that stands twice is one day when both say the same, else a trouble.
func (in *Import) settle() {
	slices.SortStableFunc(in.Days, func(a, b Day) int { return cmp.Compare(a.Date.String(), b.Date.String()) })
	var out []Day
	for _, d := range in.Days {
		if n := len(out); n > 0 && out[n-1].Date == d.Date {
			if out[n-1].Off != d.Off || out[n-1].Usual != d.Usual || !slices.Equal(out[n-1].Hours, d.Hours) {
				in.bad(d.Date.String(), "is said to be off and to work, or to have two different hours", "keep one of the two")
			}
			continue
		}
		out = append(out, d)
	}
	in.Days = out
}

// Change is what an import would do to one day.
type Change struct {
	Day
	Weekday Override // what holds without any dated day
	Before  Override // what holds now
	Dated   bool     // a dated day is there already
	Same    bool     // and it says the same
}

// Preview shows what the import would change in the calendar.
func (c *Calendar) Preview(days []Day) []Change {
	out := make([]Change, len(days))
	for i, d := range days {
		before, dated := c.Days[d.Date]
		week := c.Week[d.Date.Weekday()]
		out[i] = Change{Day: d, Weekday: Override{Off: len(week) == 0, Hours: week}, Before: before, Dated: dated}
		if !dated {
			out[i].Before = out[i].Weekday
		}
		out[i].Same = dated != d.Usual && (d.Usual || before.Off == d.Off && slices.Equal(before.Hours, d.Hours) && before.Name == d.Name)
	}
	return out
}

package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// File is a calendar as an operator writes it: configs/calendars/*.yaml.
type File struct {
	Name  string `yaml:"name"` // what service centres and procedures name
	Title struct {
		ZH string `yaml:"zh"`
		EN string `yaml:"en"`
	} `yaml:"title"`
	Zone   string                `yaml:"zone"`   // IANA name
	Dated  bool                  `yaml:"dated"`  // warn when a year's public days are missing
	Makeup []Interval            `yaml:"makeup"` // hours of dated working days that name none
	Week   map[string][]Interval `yaml:"week"`   // monday … sunday; a day left out is off
	Source string                `yaml:"source"` // of the days below
	Days   []Day                 `yaml:"days"`
}

var errUsual = errors.New("a day as usual needs no line")

// Parse reads a calendar's file strictly: an unknown key, a day that does not exist and intervals that overlap are errors with their
// line. name is the file's, for messages.
func Parse(name string, text []byte) (File, *Calendar, error) {
	var f File
	if err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict()); err != nil {
		return f, nil, fmt.Errorf("%s: %s", name, strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	if f.Name == "" || f.Title.ZH == "" || f.Title.EN == "" {
		return f, nil, fmt.Errorf("%s: name, title.zh or title.en is missing; each is shown to people", name)
	}
	zone, err := time.LoadLocation(f.Zone)
	if err != nil || f.Zone == "" {
		return f, nil, fmt.Errorf("%s: zone %q is unknown; write an IANA name like Asia/Shanghai", name, f.Zone)
	}
	var week [7][]Interval
	for day, hours := range f.Week {
		at := weekday(day)
		if at < 0 {
			return f, nil, fmt.Errorf("%s: week.%s is no weekday; write monday … sunday", name, day)
		}
		week[at] = hours
	}
	c, err := New(f.Name, zone, week, f.Makeup)
	if err != nil {
		return f, nil, fmt.Errorf("%s: %w", name, err)
	}
	c.Dated = f.Dated
	days := map[Date]Override{}
	for i, d := range f.Days {
		if _, twice := days[d.Date]; twice {
			return f, nil, fmt.Errorf("%s: days[%d]: %v stands here twice", name, i, d.Date)
		}
		if err := d.Check(); err != nil || d.Usual {
			return f, nil, fmt.Errorf("%s: days[%d]: %v is off or works: %w", name, i, d.Date, cmp.Or(err, errUsual))
		}
		days[d.Date] = Override{Off: d.Off, Hours: d.Hours, Name: d.Name, Source: f.Source}
	}
	if c, err = c.With(days); err != nil {
		return f, nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, c, nil
}

func weekday(name string) int {
	for d := range 7 {
		if strings.EqualFold(time.Weekday(d).String(), name) {
			return d
		}
	}
	return -1
}

package calendar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ownFile is the product's own format: {"source": "…", "days": [{"date": "2026-10-10", "work": ["09:00-17:30"], "name": "国庆节"}]}.
type ownFile struct {
	Source string `json:"source"`
	Days   []Day  `json:"days"`
}

// yearFile is a year's file of NateScarlet/holiday-cn. It is by year of the notice: days of the neighbouring years can be in it.
type yearFile struct {
	Schema string   `json:"$schema"`
	ID     string   `json:"$id"`
	Year   int      `json:"year"`
	Papers []string `json:"papers"` // addresses of the notices
	Days   []struct {
		Name     string `json:"name"`
		Date     Date   `json:"date"`
		IsOffDay *bool  `json:"isOffDay"`
	} `json:"days"`
}

func (in *Import) readJSON(text []byte) {
	var kind struct {
		Year   json.RawMessage `json:"year"`
		Papers json.RawMessage `json:"papers"`
	}
	if err := json.Unmarshal(text, &kind); err == nil && (kind.Year != nil || kind.Papers != nil) {
		in.Format = "holiday-cn"
		in.readYear(text)
		return
	}
	in.Format = "json"
	var file ownFile
	if !in.strictly(text, &file) {
		return
	}
	if file.Source != "" {
		in.Source = file.Source
	}
	for i, d := range file.Days {
		where := fmt.Sprintf("days[%d]", i)
		if err := d.Check(); err != nil {
			in.bad(where, err.Error(), "mend the file")
			continue
		}
		in.take(where, d)
	}
}

func (in *Import) readYear(text []byte) {
	var file yearFile
	if !in.strictly(text, &file) {
		return
	}
	if len(file.Papers) > 0 {
		in.Source = strings.Join(file.Papers, " ")
	}
	for i, d := range file.Days {
		where := fmt.Sprintf("days[%d]", i)
		if d.IsOffDay == nil {
			in.bad(where, "does not say isOffDay", "add true or false")
			continue
		}
		in.take(where, Day{Date: d.Date, Off: *d.IsOffDay, Name: d.Name})
	}
}

// take adds a day that stands at a place of the file.
func (in *Import) take(where string, d Day) {
	if d.Date.Year < 1970 || d.Date.Year > 2200 {
		in.bad(where, "has no date between 1970 and 2200", "write it like 2026-01-31")
		return
	}
	d.Name = strings.Join(strings.Fields(d.Name), " ")
	if r := []rune(d.Name); len(r) > 100 {
		d.Name = string(r[:99]) + "…"
	}
	in.Days = append(in.Days, d)
}

func (in *Import) strictly(text []byte, into any) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil && d.More() {
		err = errors.New("something stands behind the end of the JSON")
	}
	if err != nil {
		line := 1 + bytes.Count(text[:min(int(d.InputOffset()), len(text))], []byte("\n"))
		in.bad(fmt.Sprintf("line %d", line), strings.TrimPrefix(err.Error(), "json: "), "correct the file")
	}
	return err == nil
}

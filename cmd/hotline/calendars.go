package main

import (
	"fmt"
	"io/fs"
	"os"
	"slices"

	"hotline/configs"
	"hotline/configs/calendars"
	"hotline/records"
	"hotline/records/calendar"
)

// calendarFiles are the working calendars as their files say, before public days are imported.
type calendarFiles []calendarFile

type calendarFile struct {
	calendar.File
	*calendar.Calendar
}

// readCalendars reads the files that ship, or those of calendars.dir, and checks that every calendar that is named is there.
func readCalendars(cfg configs.Config) (calendarFiles, error) {
	var dir fs.FS = calendars.Files
	where := "the calendars that ship"
	if cfg.Calendars.Dir != "" {
		dir, where = os.DirFS(cfg.Calendars.Dir), cfg.Calendars.Dir
	}
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("calendars.dir: %w", err)
	}
	if len(names) == 0 {
		return nil, configs.Problems{calendarProblem("calendars.dir", where+" has no *.yaml in it", "leave it empty for the calendars that ship")}
	}
	var all calendarFiles
	var problems configs.Problems
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("calendars.dir: %w", err)
		}
		file, c, err := calendar.Parse(name, text)
		switch {
		case err != nil:
			problems = append(problems, calendarProblem("calendars.dir", err.Error(), "correct the file"))
		case slices.ContainsFunc(all, func(f calendarFile) bool { return f.File.Name == file.Name }):
			problems = append(problems, calendarProblem("calendars.dir", name+": there is a calendar "+file.Name+" already", "give each a name of its own"))
		default:
			all = append(all, calendarFile{file, c})
		}
	}
	named := func(key, name string) {
		if name != "" && !slices.ContainsFunc(all, func(f calendarFile) bool { return f.File.Name == name }) && len(problems) == 0 {
			problems = append(problems, calendarProblem(key, "there is no calendar "+name, "name one of the files in "+where))
		}
	}
	named("calendars.default", cfg.Calendars.Default)
	for i, c := range cfg.Centres {
		named(fmt.Sprintf("service_centres[%d].calendar", i), c.Calendar)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return all, nil
}

func calendarProblem(key, what, mend string) configs.Problem {
	return configs.Problem{Source: "configuration", Key: key, What: what, Mend: mend}
}

// records is what the records count working time by.
func (f calendarFiles) records(cfg configs.Config) records.Calendars {
	of := map[string]string{}
	for _, c := range cfg.Centres {
		of[c.Name] = c.Calendar
	}
	out := records.Calendars{Default: cfg.Calendars.Default, Of: func(centre string) string { return of[centre] }}
	for _, one := range f {
		out.All = append(out.All, one.Calendar)
	}
	return out
}

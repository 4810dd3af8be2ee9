package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/configs"
)

func TestCalendarsOfTheConfiguration(t *testing.T) {
	t.Parallel()
	if all, err := readCalendars(configs.Default()); err != nil || len(all) < 2 {
		t.Fatalf("the calendars that ship: %d, %v", len(all), err)
	}
	dir := t.TempDir()
	const good = "name: site\ntitle: {zh: 现场, en: Site}\nzone: Asia/Shanghai\nweek: {monday: ['08:00-16:00']}\n"
	for _, test := range []struct {
		name  string
		files map[string]string
		set   func(*configs.Config)
		want  string
	}{
		{"own files", map[string]string{"a.yaml": good}, func(*configs.Config) {}, ""},
		{"no files", nil, func(*configs.Config) {}, "no *.yaml"},
		{"broken", map[string]string{"a.yaml": good + "weeks: 1\n"}, func(*configs.Config) {}, "weeks"},
		{"one name twice", map[string]string{"a.yaml": good, "b.yaml": good}, func(*configs.Config) {}, "already"},
		{"unknown default", map[string]string{"a.yaml": good}, func(c *configs.Config) { c.Calendars.Default = "china" }, "calendars.default"},
		{"unknown of a centre", map[string]string{"a.yaml": good}, func(c *configs.Config) {
			c.Centres = []configs.ServiceCentre{{Name: "gz", Calendar: "south"}}
		}, "service_centres[0].calendar"},
	} {
		cfg := configs.Default()
		cfg.Calendars = configs.Calendars{Dir: filepath.Join(dir, test.name), Default: "site"}
		if err := os.Mkdir(cfg.Calendars.Dir, 0o750); err != nil {
			t.Fatal(err)
		}
		for name, text := range test.files {
			if err := os.WriteFile(filepath.Join(cfg.Calendars.Dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		test.set(&cfg)
		switch _, err := readCalendars(cfg); {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// TestYearsAreWrittenForPeople: as doctor names those whose public days are missing.
func TestYearsAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	for want, list := range map[string][]int{"2027": {2027}, "2026 and 2027": {2026, 2027}} {
		if got := years(list); got != want {
			t.Errorf("%v is written %q, want %q", list, got, want)
		}
	}
}

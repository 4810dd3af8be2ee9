package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hotline/configs"
	"hotline/records"
)

// diagnoseCalendars says which year's public days have not been imported into a calendar that somebody works by: promised times
// would be counted as if nobody were off. It is a warning: calls are answered all the same.
func diagnoseCalendars(ctx context.Context, cfg configs.Config, store *records.Store, now time.Time) []diagnosis {
	centres := []string{""}
	for _, c := range cfg.Centres {
		centres = append(centres, c.Name)
	}
	var found []diagnosis
	seen := map[string]bool{}
	for _, centre := range centres {
		c, err := store.CalendarOf(ctx, centre)
		if err != nil {
			return append(found, diagnosis{part: "calendars", detail: err.Error(), mend: "check calendars and service_centres in the configuration"})
		}
		if seen[c.Name] {
			continue
		}
		seen[c.Name] = true
		missing := c.Missing(now)
		if len(missing) == 0 {
			found = append(found, diagnosis{part: "calendar " + c.Name, good: true, detail: "has the public days that are due"})
			continue
		}
		found = append(found, diagnosis{
			part: "calendar " + c.Name, good: true, detail: "the public days of " + years(missing) + " are missing",
			mend: "import them (iCalendar or JSON) on the page /dispatch/calendars",
		})
	}
	return found
}

// years lists years as people write them.
func years(list []int) string {
	words := make([]string, len(list))
	for i, y := range list {
		words[i] = strconv.Itoa(y)
	}
	return strings.Join(words, " and ")
}

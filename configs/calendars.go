package configs

import "embed"

// CalendarFiles are the working calendars that ship, calendars/*.yaml; package records/calendar reads them.
//
//go:embed calendars/*.yaml
var CalendarFiles embed.FS

package floor

import (
	"net/http"
	"time"
)

// replayDays is how many days can be chosen; the journal may hold more, which the address can name.
const replayDays = 31

// daySetup is a day that can be played again.
type daySetup struct {
	Day  string    `json:"day"` // 2026-11-22
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// replayPage is the day that is to be played.
type replayPage struct {
	Setup setup
	Day   string
	Days  []daySetup
}

func (f *Floor) replay(w http.ResponseWriter, r *http.Request) {
	now := f.opt.Now().In(f.opt.Zone)
	p := replayPage{Setup: f.setup(r)}
	for i := range replayDays {
		p.Days = append(p.Days, dayOf(now.Year(), now.Month(), now.Day()-i, f.opt.Zone))
	}
	p.Day = p.Days[0].Day
	if chosen, err := time.ParseInLocation(time.DateOnly, r.FormValue("day"), f.opt.Zone); err == nil {
		p.Day = chosen.Format(time.DateOnly)
		if chosen.Before(p.Days[replayDays-1].From) {
			p.Days = append(p.Days, dayOf(chosen.Year(), chosen.Month(), chosen.Day(), f.opt.Zone))
		}
	}
	p.Setup.Days = p.Days
	// A day is the hotline's, whoever looks at it from where: the clock of the page runs in the same zone.
	if name := f.opt.Zone.String(); name != "Local" {
		p.Setup.Zone = name
	}
	f.opt.Pages.Render(w, r, http.StatusOK, "floor/replay", p)
}

func dayOf(year int, month time.Month, day int, zone *time.Location) daySetup {
	from := time.Date(year, month, day, 0, 0, 0, 0, zone)
	return daySetup{Day: from.Format(time.DateOnly), From: from, To: time.Date(year, month, day+1, 0, 0, 0, 0, zone)}
}

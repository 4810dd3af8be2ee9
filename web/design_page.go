package web

import (
	"net/http"
	"time"

	"hotline/web/ui"
)

// designPage shows every component in every state, for those who build pages.
type designPage struct {
	Now     time.Time
	Rings   []designRing
	Colours []string
	Sizes   []int
	States  []string
}

// designRing is a ring bar that stands still. Cycle and Passed are in ms.
type designRing struct {
	Name                 string
	Cycle, Rings, Passed int
}

// mountDesign mounts /design for developers only.
func (s *Site) mountDesign(r ui.Router) {
	if !s.pages.Dev() {
		return
	}
	r.Open("GET /design", func(w http.ResponseWriter, r *http.Request) {
		s.pages.Render(w, r, http.StatusOK, "ui/design", designPage{
			Now: s.now(),
			Rings: []designRing{
				{"first", 5000, 3, 2100},
				{"second", 5000, 3, 6400},
				{"third", 5000, 3, 12900},
				{"over", 5000, 3, 19300},
				{"caller", 5000, 3, 19300},
				{"japan", 3000, 3, 7000},
				{"five", 5000, 5, 17000},
			},
			Colours: []string{
				"surface", "raised", "sunken", "ink", "ink-2", "ink-3", "line", "line-strong", "accent", "accent-soft", "ring1", "ring2", "ring3", "over",
				"ready", "ringing", "talking", "wrapup", "paused", "good", "warn", "bad",
			},
			Sizes:  []int{1, 2, 3, 4, 5, 6},
			States: []string{"ready", "ringing", "talking", "wrapup", "paused", "offline"},
		})
	})
}

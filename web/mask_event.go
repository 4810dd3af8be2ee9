package web

import (
	"maps"

	"hotline/queue"
	"hotline/web/ui"
)

// maskEvent hides the caller's number and name, and the notes of hand-overs, which are for the receiver. hides is false when there
// was nothing to hide.
func maskEvent(e queue.Event, discreet bool) (masked queue.Event, hides bool) {
	unseen := discreet && e.Kind == queue.EventPresence
	if !unseen && e.Data["forced"] == "" && e.Data["number"] == "" && e.Data["name"] == "" && e.Data["note"] == "" {
		return e, false
	}
	e.Data = maps.Clone(e.Data)
	for key, mask := range map[string]func(string) string{"number": ui.MaskNumber, "name": ui.MaskName} {
		if v, ok := e.Data[key]; ok {
			e.Data[key] = mask(v)
		}
	}
	delete(e.Data, "note")
	if e.Data["forced"] != "" {
		delete(e.Data, "reason") // why a manager took a call over
	}
	if unseen {
		delete(e.Data, "call") // it would tell who listens to what
	}
	return e, true
}

package floor

import (
	"strings"
	"time"

	"hotline/queue"
	"hotline/web/floor/timeline"
	"hotline/web/ui"
)

// entryRow is one line of the table under a picture.
type entryRow struct {
	At    time.Time
	After string // seconds since ring 1
	What  string
	Who   string
	More  string
}

// entries words the journal for the table, which says everything that the picture shows.
func (f *Floor) entries(s timeline.Story, lang string) []entryRow {
	rows := make([]entryRow, 0, len(s.Entries))
	say := func(key string, args ...any) string { return f.opt.Pages.Say(lang, key, args...) }
	for _, e := range s.Entries {
		row := entryRow{At: e.At, After: timeline.Seconds(e.After), What: say("floor.picture.event." + kindOf(e.Kind))}
		if e.Agent != "" {
			row.Who = f.name(e.Agent)
		}
		row.More = strings.Join(f.more(e, say), " · ")
		rows = append(rows, row)
	}
	return rows
}

// kindOf gives the kind if there is a text for it.
func kindOf(kind string) string {
	switch kind {
	case queue.EventArrived, queue.EventQueued, queue.EventOffered, queue.EventRinging, queue.EventDeclined, queue.EventMissed, queue.EventUnreached,
		queue.EventLost, queue.EventWidened, queue.EventAnswered, queue.EventConnected, queue.EventReopened, queue.EventOwned, queue.EventHeld,
		queue.EventResumed, queue.EventHandOver, queue.EventHandTaken, queue.EventHandBack, queue.EventOverflow, queue.EventAbandoned,
		queue.EventMachine, queue.EventCallback, queue.EventEnded, queue.EventAdopted, queue.EventRefused,
		queue.EventExpert, queue.EventMonitored, queue.EventKept, queue.EventUnkept, queue.EventTakeOver, queue.EventUnheard:
		return kind
	}
	return "other"
}

// more words what an entry holds beside kind and agent. A number stays masked here: who must see it sees it above.
func (f *Floor) more(e timeline.Entry, say func(string, ...any) string) []string {
	var out []string
	add := func(key string, args ...any) { out = append(out, say("floor.more."+key, args...)) }
	if kindOf(e.Kind) == "other" {
		add("kind", e.Kind)
	}
	if e.V != nil {
		key := "abandoned"
		switch {
		case e.V.Answered && e.V.Met:
			key = "met"
		case e.V.Answered:
			key = "late"
		}
		add(key, e.V.Rings, timeline.Seconds(e.V.Waited), e.V.Rule)
	}
	for _, name := range []string{"number", "did", "why", "ring", "reason", "winner", "to", "from", "case", "outcome", "end", "when", "do", "gap_ms", "media", "state", "mode", "talker", "by"} {
		value := e.Data[name]
		switch {
		case value == "":
			continue
		case name == "number":
			value = ui.MaskNumber(value)
		case name == "winner" && value == e.Agent:
			continue
		}
		add(name, value)
	}
	return out
}

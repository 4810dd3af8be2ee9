package web

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"hotline/queue"
	"hotline/records"
	"hotline/web/ui"
)

// floorState is what a wallboard starts from.
type floorState struct {
	Event string `json:"event" doc:"id of the last live event that is counted in: follow the stream after it"`
	queue.Floor
	Names map[string]string `json:"names" doc:"names of the agents, by login"`
}

// recordedDay is a part of the recorded events of a span of time.
type recordedDay struct {
	Items  []queue.Event `json:"items"`
	Next   string        `json:"next,omitempty"`
	Total  int           `json:"total,omitempty" doc:"entries of the whole span; told with the first page"`
	Before []queue.Event `json:"before,omitempty" doc:"with the first page: the last word on each agent before the span"`
}

func (s *Site) describeFloor() {
	handle(s, op{
		id: "read-floor", method: http.MethodGet, path: apiBase + "/floor", tag: "queues", roles: []Role{Agent, Supervisor},
		summary: "Read what a wallboard starts from",
		doc: "The state behind the live numbers between two events, numbers and names masked. Follow `GET /api/v1/events?floor=true&after=<event>` " +
			"from there: whoever counts those events by the rules of the live numbers knows at each moment what they would say.",
	}, func(_ context.Context, w *who, _ *struct{}) (*one[floorState], error) {
		return oneOf(s.floor(w), nil)
	})
	handle(s, op{
		id: "read-journal", method: http.MethodGet, path: apiBase + "/journal", tag: "calls", roles: []Role{Supervisor},
		summary: "Read the recorded events of a span of time, oldest first",
		doc:     "The events as they were sent live, numbers and names masked: a wallboard fed with them shows the day again.",
	}, s.readJournal)
}

func (s *Site) floor(w *who) floorState {
	var f floorState
	f.Floor = s.opt.Calls.Floor(func() { f.Event = s.opt.Hub.id(s.opt.Hub.now()) })
	for i := range f.Calls {
		f.Calls[i].Number, f.Calls[i].Name = ui.MaskNumber(f.Calls[i].Number), ui.MaskName(f.Calls[i].Name)
	}
	if s.opt.Discreet && !w.has(Supervisor) {
		for i := range f.Agents {
			f.Agents[i].Call = "" // it would tell who listens to what
		}
	}
	f.Names = map[string]string{}
	for _, v := range s.opt.Agents.Views() {
		f.Names[v.Login] = cmp.Or(v.Name, v.Login)
	}
	return f
}

func (s *Site) readJournal(ctx context.Context, _ *who, in *struct {
	From   time.Time `query:"from" required:"true" doc:"happened at or after"`
	To     time.Time `query:"to" required:"true" doc:"happened before; at most 48 hours after from"`
	Cursor string    `query:"cursor" maxLength:"400"`
	Limit  int       `query:"limit" minimum:"1" maximum:"5000" default:"2000"`
},
) (*one[recordedDay], error) {
	if !in.To.After(in.From) || in.To.Sub(in.From) > 48*time.Hour {
		return nil, missing("query.to", "name an instant after from, at most 48 hours later")
	}
	var day recordedDay
	if in.Cursor == "" {
		s.settle(ctx)
		var err error
		if day.Total, err = s.opt.Records.JournalCount(ctx, in.From, in.To); err != nil {
			return nil, err
		}
		before, err := s.opt.Records.LastPresence(ctx, in.From)
		if err != nil {
			return nil, err
		}
		day.Before = maskedEvents(before)
	}
	page, err := s.opt.Records.JournalBetween(ctx, records.JournalFilter{From: in.From, To: in.To, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	day.Items, day.Next = maskedEvents(page.Items), page.Next
	return oneOf(day, nil)
}

// maskedEvents gives the queue's events out of journal entries. What other writers put there counts for nothing.
func maskedEvents(entries []records.JournalEntry) []queue.Event {
	events := make([]queue.Event, 0, len(entries))
	for _, entry := range entries {
		var e queue.Event
		if err := json.Unmarshal(entry.Data, &e); err != nil || e.Kind == "" {
			continue
		}
		e.At = entry.At
		masked, _ := maskEvent(e, false)
		events = append(events, masked)
	}
	return events
}

package web

import (
	"context"
	"net/http"
	"time"

	"hotline/records"
)

// Escalations is what the API needs to know of escalations.
type Escalations interface {
	Escalation(ctx context.Context, id string) (records.Escalation, error)
	Escalations(context.Context, records.EscalationFilter) (records.Page[records.Escalation], error)
	AcceptEscalation(ctx context.Context, id, by string, version int64) (records.Escalation, error)
	DeclineEscalation(ctx context.Context, id, by, reason string, version int64) (records.Escalation, error)
	FinishEscalation(ctx context.Context, id, by, result string, version int64) (records.Escalation, error)
	Feed(ctx context.Context, after int64, limit int) ([]records.FeedEntry, error)
	FeedFrom(after int64) *records.FeedReader
}

// feed is the ordered stream of changes of escalations.
type feed struct {
	Items []records.FeedEntry `json:"items"`
	Next  int64               `json:"next" doc:"send it as after the next time"`
}

func (s *Site) describeEscalations() {
	all := s.opt.Records
	roles := []Role{Dispatcher, Supervisor}
	handle(s, op{
		id: "read-escalation-feed", method: http.MethodGet, path: apiBase + "/escalations", tag: "escalations", roles: roles,
		summary: "Read the feed of escalations, in order",
		doc: "Every change of every escalation: opened, updated, accepted, declined, overdue, done. Numbers have no gaps: who keeps *next* and " +
			"sends it as *after* misses nothing and gets everything in order. With wait, the answer comes as soon as there is " +
			"something, or empty after so many seconds.",
		patience: time.Minute + roomTime,
	}, s.readFeed)
	handle(s, op{
		id: "list-escalations", method: http.MethodGet, path: apiBase + "/escalations/list", tag: "escalations", roles: roles,
		summary: "List escalations as they stand, newest first",
	}, func(ctx context.Context, _ *who, in *struct {
		Paged
		State    string `query:"state" enum:"open,accepted,declined,overdue,done"`
		Active   bool   `query:"active" doc:"open, overdue or accepted"`
		Kind     string `query:"kind" enum:"remote,onsite"`
		Case     string `query:"case" maxLength:"64"`
		Region   string `query:"region" maxLength:"200"`
		Centre   string `query:"service_centre" maxLength:"200"`
		Accepted string `query:"accepted_by" maxLength:"64"`
	},
	) (*one[records.Page[records.Escalation]], error) {
		return oneOf(all.Escalations(ctx, records.EscalationFilter{
			State: in.State, Active: in.Active, Kind: in.Kind, Case: in.Case, Region: in.Region, Centre: in.Centre,
			Accepted: in.Accepted, Cursor: in.Cursor, Limit: in.Limit,
		}))
	})
	handle(s, op{
		id: "get-escalation", method: http.MethodGet, path: apiBase + "/escalations/{id}", tag: "escalations",
		roles: []Role{Dispatcher, Supervisor, Agent}, summary: "Read an escalation",
		doc:   "An agent reads those of the cases that they own or that they raised.",
		codes: []string{codeNotFound, codeForbidden},
	}, func(ctx context.Context, w *who, in *ByID) (*one[records.Escalation], error) {
		e, err := all.Escalation(ctx, in.ID)
		if err == nil && !w.any(roles) && e.CaseOwner != w.Login && e.RaisedBy != w.Login {
			err = problem(codeForbidden, "This escalation belongs to somebody else's case.")
		}
		return oneOf(e, err)
	})
	handle(s, op{
		id: "accept-escalation", method: http.MethodPost, path: apiBase + "/escalations/{id}/accept", tag: "escalations", roles: roles,
		summary: "Accept an escalation: you will serve it", codes: []string{codeNotFound, codeConflict},
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Body struct {
			Version int64 `json:"version,omitempty" minimum:"0" doc:"the version that you saw"`
		}
	},
	) (*one[records.Escalation], error) {
		return oneOf(all.AcceptEscalation(ctx, in.ID, w.Login, in.Body.Version))
	})
	handle(s, op{
		id: "decline-escalation", method: http.MethodPost, path: apiBase + "/escalations/{id}/decline", tag: "escalations", roles: roles,
		summary: "Decline an escalation", doc: "The owner of the case and the service manager learn why; the case stays with its owner.",
		codes: []string{codeNotFound, codeConflict},
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Body struct {
			Reason  string `json:"reason" minLength:"1" maxLength:"10000"`
			Version int64  `json:"version,omitempty" minimum:"0"`
		}
	},
	) (*one[records.Escalation], error) {
		return oneOf(all.DeclineEscalation(ctx, in.ID, w.Login, in.Body.Reason, in.Body.Version))
	})
	handle(s, op{
		id: "finish-escalation", method: http.MethodPost, path: apiBase + "/escalations/{id}/done", tag: "escalations", roles: roles,
		summary: "Say that service is done", doc: "The case goes back to its owner's desk to be confirmed with the customer.",
		codes: []string{codeNotFound, codeConflict},
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Body struct {
			Result  string `json:"result" minLength:"1" maxLength:"10000" doc:"what was done"`
			Version int64  `json:"version,omitempty" minimum:"0"`
		}
	},
	) (*one[records.Escalation], error) {
		return oneOf(all.FinishEscalation(ctx, in.ID, w.Login, in.Body.Result, in.Body.Version))
	})
}

type feedInput struct {
	After int64 `query:"after" default:"0" minimum:"0" doc:"next of the answer before; from the beginning when left out"`
	Limit int   `query:"limit" default:"100" minimum:"1" maximum:"500"`
	Wait  int   `query:"wait" default:"0" minimum:"0" maximum:"60" doc:"seconds to wait for something new"`
}

func (s *Site) readFeed(ctx context.Context, _ *who, in *feedInput) (*one[feed], error) {
	items, err := s.opt.Records.Feed(ctx, in.After, in.Limit)
	if err == nil && len(items) == 0 && in.Wait > 0 {
		items, err = s.awaitFeed(ctx, in)
	}
	if err != nil {
		return nil, err
	}
	out := feed{Items: items, Next: in.After}
	if n := len(items); n > 0 {
		out.Next = items[n-1].Seq
	} else {
		out.Items = []records.FeedEntry{}
	}
	return oneOf(out, nil)
}

// awaitFeed waits for something new, for the time asked, or until this node drains.
func (s *Site) awaitFeed(ctx context.Context, in *feedInput) ([]records.FeedEntry, error) {
	wait, cancel := context.WithTimeout(ctx, time.Duration(in.Wait)*time.Second)
	defer cancel()
	go func() {
		select {
		case <-s.stop:
			cancel()
		case <-wait.Done():
		}
	}()
	items, err := s.opt.Records.FeedFrom(in.After).Next(wait, in.Limit)
	if err != nil && wait.Err() != nil && ctx.Err() == nil {
		return nil, nil // nothing came
	}
	return items, err
}

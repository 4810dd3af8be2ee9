package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"hotline/queue"
	"hotline/records"
	"hotline/web/ui"
)

// CallBook is what the API needs to know of calls that were recorded.
type CallBook interface {
	Call(ctx context.Context, call string) (records.CallRow, error)
	Calls(context.Context, records.CallFilter) (records.Page[records.CallRow], error)
	Timeline(ctx context.Context, call string) ([]records.JournalEntry, error)
	WrapUp(context.Context, records.WrapUpInput) (records.WrapUpResult, error)
	SplitCall(ctx context.Context, call, by string) (records.OwnedCase, error)
	Journal() *records.Journal
	JournalBetween(context.Context, records.JournalFilter) (records.Page[records.JournalEntry], error)
	JournalCount(ctx context.Context, from, to time.Time) (int, error)
	LastPresence(ctx context.Context, before time.Time) ([]records.JournalEntry, error)
}

// callItem is a call as recorded, with its present state while it is up.
type callItem struct {
	records.CallRow
	Live *queue.CallView `json:"live,omitempty" doc:"the call as it stands now on this node"`
}

type callFilter struct {
	Paged
	Live    bool      `query:"live" doc:"only calls that are up now"`
	Queue   string    `query:"queue" maxLength:"64"`
	Agent   string    `query:"agent" maxLength:"64" doc:"who answered"`
	Case    string    `query:"case" maxLength:"64"`
	End     string    `query:"end" maxLength:"32" doc:"abandoned, caller, agent, …"`
	Met     string    `query:"met" enum:"true,false" doc:"answered within three rings"`
	Outcome string    `query:"outcome" enum:"answered,abandoned,other" doc:"a human answered, the caller gave up, or neither"`
	Short   string    `query:"short" enum:"true,false" doc:"abandoned inside the first ring"`
	Ring    int       `query:"ring" minimum:"1" maximum:"8" doc:"rings heard when the verdict fell; 8: eight or more"`
	From    time.Time `query:"from" doc:"arrived at or after"`
	To      time.Time `query:"to" doc:"arrived before"`
	Numbers string    `query:"numbers" enum:"masked,full" default:"masked" doc:"full: supervisors only, kept in the audit log"`
}

func (f *callFilter) records() records.CallFilter {
	out := records.CallFilter{
		Queue: f.Queue, Agent: f.Agent, Case: f.Case, End: f.End, From: f.From, To: f.To, Cursor: f.Cursor, Limit: f.Limit,
		Outcome: f.Outcome, Ring: f.Ring,
	}
	if f.Short != "" {
		short := f.Short == "true"
		out.Short = &short
	}
	if f.Met != "" {
		met := f.Met == "true"
		out.Met = &met
	}
	return out
}

// newest says that the list begins with the calls that are up and have no verdict yet: the first page, not narrowed by
// what only a recorded call has.
func (f *callFilter) newest() bool {
	return f.Cursor == "" && f.Case == "" && f.End == "" && f.Met == "" && f.Outcome == "" && f.Short == "" && f.Ring == 0 &&
		f.From.IsZero() && f.To.IsZero()
}

func (s *Site) describeCalls() {
	roles := []Role{Agent, Supervisor}
	handle(s, op{
		id: "list-calls", method: http.MethodGet, path: apiBase + "/calls", tag: "calls", roles: roles,
		summary: "List calls, newest first",
		doc: "The first page begins with the calls that are up on this node. A supervisor sees all, an agent their own and those waiting in " +
			"their queues. Callers' numbers and names are masked except in one's own calls.",
	}, s.listCalls)
	handle(s, op{
		id: "get-call", method: http.MethodGet, path: apiBase + "/calls/{id}", tag: "calls", roles: roles,
		summary: "Read a call", doc: "A supervisor's look at somebody else's call is kept in the audit log.",
		codes: []string{codeNotFound, codeForbidden},
	}, func(ctx context.Context, w *who, in *ByID) (*one[callItem], error) {
		return oneOf(s.callFor(ctx, w, in.ID))
	})
	handle(s, op{
		id: "get-timeline", method: http.MethodGet, path: apiBase + "/calls/{id}/timeline", tag: "calls", roles: roles,
		summary: "Read what happened on a call",
		doc: "The append-only journal: who was rung when and why, who declined, who answered. Each entry carries the hash of the one before; " +
			"`hotline verify` checks them all.",
		codes: []string{codeNotFound, codeForbidden},
	}, func(ctx context.Context, w *who, in *ByID) (*list[records.JournalEntry], error) {
		if _, err := s.callFor(ctx, w, in.ID); err != nil {
			return nil, err
		}
		s.settle(ctx)
		line, err := s.opt.Records.Timeline(ctx, in.ID)
		return listOf(s.untold(w, line), err)
	})
	handle(s, op{
		id: "split-call", method: http.MethodPost, path: apiBase + "/calls/{id}/split", tag: "calls", roles: []Role{Agent},
		summary: "Give a call a case of its own", doc: "For a caller with an open case who calls about something else.",
		codes: []string{codeNotFound, codeForbidden},
	}, func(ctx context.Context, w *who, in *ByID) (*one[records.OwnedCase], error) {
		return oneOf(s.opt.Records.SplitCall(ctx, in.ID, w.Login))
	})
}

// settle waits a moment for the journal to be written, so that a timeline shows what just happened. When the database is
// locked it shows what is there.
func (s *Site) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
	defer cancel()
	if err := s.opt.Records.Journal().Flush(ctx); err != nil {
		s.log.DebugContext(ctx, "timeline read before the journal was written", "err", err)
	}
}

func (s *Site) listCalls(ctx context.Context, w *who, in *callFilter) (*one[records.Page[callItem]], error) {
	full := in.Numbers == "full"
	if full && !w.has(Supervisor) {
		return nil, problem(codeForbidden, "Full numbers in lists are shown to supervisors only.")
	}
	page := records.Page[callItem]{Items: []callItem{}}
	shown := map[string]bool{}
	if in.Live || in.newest() {
		for _, live := range s.opt.Calls.Calls() {
			if !s.sees(w, &live) || in.Queue != "" && live.Queue != in.Queue || in.Agent != "" && live.Agent != in.Agent {
				continue
			}
			item, err := s.callNow(ctx, *s.discreet(w, &live))
			if err != nil {
				return nil, err
			}
			page.Items, shown[live.ID] = append(page.Items, item), true
		}
	}
	if !in.Live {
		filter := in.records()
		if !w.has(Supervisor) {
			filter.Agent = w.Login
		}
		rows, err := s.opt.Records.Calls(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, row := range rows.Items {
			if !shown[row.Call] {
				item := s.withLive(row)
				item.Live = s.discreet(w, item.Live)
				page.Items = append(page.Items, item)
			}
		}
		page.Next = rows.Next
	}
	if full {
		if err := s.opt.Records.Audit(ctx, records.AuditEntry{By: w.Login, Action: "calls.numbers-listed", Object: in.Queue}); err != nil {
			return nil, err
		}
		return oneOf(page, nil)
	}
	for i := range page.Items {
		if !own(w, &page.Items[i]) {
			page.Items[i].mask()
		}
	}
	return oneOf(page, nil)
}

// callFor gives one call to somebody who may see it. An agent sees a waiting call of their queues masked.
func (s *Site) callFor(ctx context.Context, w *who, id string) (callItem, error) {
	item, err := s.call(ctx, id)
	if err != nil {
		return item, err
	}
	item.Live = s.discreet(w, item.Live)
	switch {
	case own(w, &item):
	case w.has(Supervisor):
		if item.Number != "" {
			err = s.opt.Records.Audit(ctx, records.AuditEntry{By: w.Login, Action: "call.read", Object: id})
		}
	case item.Live != nil && s.sees(w, item.Live):
		item.mask()
	default:
		// Who helped on the call without answering it still owns or sees its case.
		c, caseErr := s.opt.Records.CaseOfCall(ctx, id)
		if caseErr != nil || c.Owner != w.Login {
			return callItem{}, problem(codeForbidden, "This call is not yours.")
		}
	}
	return item, err
}

func (s *Site) call(ctx context.Context, id string) (callItem, error) {
	if live, ok := s.opt.Calls.Call(id); ok {
		return s.callNow(ctx, live)
	}
	row, err := s.opt.Records.Call(ctx, id)
	if errors.Is(err, records.ErrNotFound) {
		s.settle(ctx) // it may have ended this moment, its row still on the way
		row, err = s.opt.Records.Call(ctx, id)
	}
	return callItem{CallRow: row}, err
}

// callNow joins a live call with what is recorded of it; before the verdict nothing is.
func (s *Site) callNow(ctx context.Context, live queue.CallView) (callItem, error) {
	row, err := s.opt.Records.Call(ctx, live.ID)
	if errors.Is(err, records.ErrNotFound) {
		row, err = records.CallRow{
			Call: live.ID, Switch: live.Switch, DID: live.DID, Queue: live.Queue, Number: live.Caller, Name: live.Name,
			Arrived: live.Arrived, Ring1: live.Ring1, Agent: live.Agent, Case: live.Case,
		}, nil
	}
	return callItem{CallRow: row, Live: &live}, err
}

func (s *Site) withLive(row records.CallRow) callItem {
	item := callItem{CallRow: row}
	if live, ok := s.opt.Calls.Call(row.Call); ok {
		item.Live = &live
	}
	return item
}

// sees says whether somebody may know that a call is there: supervisors, who is in it, and the agents of its queue.
func (s *Site) sees(w *who, live *queue.CallView) bool {
	return w.has(Supervisor) || live.Agent == w.Login || live.Expert == w.Login || slices.Contains(live.Ringing, w.Login) ||
		slices.Contains(s.queuesOf(w.Login), live.Queue)
}

// own says that the call is or was the user's: they answered it, talk on it, or are being rung for it.
func own(w *who, item *callItem) bool {
	return item.Agent == w.Login ||
		item.Live != nil && (item.Live.Agent == w.Login || item.Live.Expert == w.Login || slices.Contains(item.Live.Ringing, w.Login))
}

func (c *callItem) mask() {
	c.Number, c.Name = ui.MaskNumber(c.Number), ui.MaskName(c.Name)
	if c.Live != nil {
		live := *c.Live
		live.Number, live.Caller, live.Name = ui.MaskNumber(live.Number), ui.MaskNumber(live.Caller), ui.MaskName(live.Name)
		c.Live = &live
	}
}

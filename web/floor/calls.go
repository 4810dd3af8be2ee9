package floor

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"hotline/queue"
	"hotline/records"
	"hotline/web/floor/timeline"
	"hotline/web/ui"
)

// callsPage is the list of calls.
type callsPage struct {
	Filter  filter
	Queues  []queueSetup
	Agents  []records.User // whom a supervisor can choose; a chosen one who is none of them stays
	Rings   []int
	Rows    []callRow
	Next    string
	Address string
	Full    bool // numbers are shown in full
}

// callRow is one line of the list.
type callRow struct {
	ID, Queue, Number, Name, Agent, Case string
	Arrived, Ring1                       time.Time
	Answered, Decided, Met, Short, Live  bool
	State                                string // of a call that is up: "waiting", "talking", …
	Outcome                              string // answered, late, abandoned, short, other
	AgentName                            string
	Rings, Promised                      int
	WaitedMS, CycleMS                    int64
	Talked                               time.Duration
	End                                  string
}

// pageOf is how many calls one page shows.
const pageOf = 50

func (f *Floor) listCalls(w http.ResponseWriter, r *http.Request) {
	v := ui.VisitorOf(r.Context())
	in := readFilter(r)
	if !v.Has(supervisorRole) {
		in.Agent, in.Numbers = v.Login, false
	}
	if in.Numbers {
		if err := f.audited(r, "calls.numbers-listed", in.Queue, in.describe()); err != nil {
			f.failed(w, r, "a list of numbers cannot be kept in the audit log", err)
			return
		}
	}
	p := callsPage{Filter: in, Queues: f.setup(r).Queues, Address: in.address(), Full: in.Numbers}
	if v.Has(supervisorRole) {
		users, err := f.opt.Records.Users(r.Context())
		if err != nil {
			f.failed(w, r, "people cannot be read", err)
			return
		}
		p.Agents = slices.DeleteFunc(users, func(u records.User) bool { return !u.Is(agentRole) && u.Login != in.Agent })
	}
	for ring := 1; ring <= records.LastRing; ring++ {
		p.Rings = append(p.Rings, ring)
	}
	page, err := f.opt.Records.Calls(r.Context(), in.records(f.opt.Zone, pageOf))
	if errors.Is(err, records.ErrInvalid) {
		f.trouble(w, r, http.StatusUnprocessableEntity, "floor.trouble.cursor")
		return
	}
	if err != nil {
		f.failed(w, r, "calls cannot be listed", err)
		return
	}
	shown := map[string]bool{}
	if !in.narrow() && v.Has(supervisorRole) {
		for _, live := range slices.Backward(f.opt.Calls.Calls()) {
			if (in.Queue == "" || in.Queue == live.Queue) && (in.Agent == "" || in.Agent == live.Agent) {
				p.Rows, shown[live.ID] = append(p.Rows, f.liveRow(live, in.Numbers, v)), true
			}
		}
	}
	for _, row := range page.Items {
		if !shown[row.Call] {
			p.Rows = append(p.Rows, f.row(row, in.Numbers, v))
		}
	}
	p.Next = page.Next
	if r.Header.Get("HX-Request") == "true" {
		if in.Cursor != "" {
			f.opt.Pages.Fragment(w, r, http.StatusOK, "floor/calls#rows", p)
			return
		}
		w.Header().Set("HX-Push-Url", p.Address)
		f.opt.Pages.Fragment(w, r, http.StatusOK, "floor/calls#list", p)
		return
	}
	f.opt.Pages.Render(w, r, http.StatusOK, "floor/calls", p)
}

// row shows a recorded call, masked unless it was the visitor's own or full numbers were asked for.
func (f *Floor) row(c records.CallRow, full bool, v ui.Visitor) callRow {
	rule, _ := timeline.ParseRule(c.Rule)
	out := callRow{
		ID: c.Call, Queue: f.title(c.Queue, v.Lang), Number: c.Number, Name: c.Name, Agent: c.Agent, Case: c.Case, Arrived: c.Arrived, Ring1: c.Ring1,
		Answered: c.Answered, Decided: c.Rule != "", Met: c.Met, Short: c.Short, Rings: c.Rings, WaitedMS: c.WaitedMS, End: c.End,
		CycleMS: rule.Cycle.Milliseconds(), Promised: rule.Rings, Outcome: outcomeOf(c),
	}
	if c.Agent != "" {
		out.AgentName = f.name(c.Agent)
	}
	if c.Answered && !c.Ended.IsZero() {
		out.Talked = c.Ended.Sub(c.AnsweredAt)
	}
	if live, ok := f.opt.Calls.Call(c.Call); ok {
		out.Live, out.State = true, live.State
	}
	if !full && c.Agent != v.Login {
		out.Number, out.Name = ui.MaskNumber(c.Number), ui.MaskName(c.Name)
	}
	return out
}

func (f *Floor) liveRow(c queue.CallView, full bool, v ui.Visitor) callRow {
	out := callRow{
		ID: c.ID, Queue: f.title(c.Queue, v.Lang), Number: c.Number, Name: c.Name, Agent: c.Agent, Case: c.Case, Arrived: c.Arrived, Ring1: c.Ring1,
		Live: true, State: c.State, CycleMS: c.CycleMS, Promised: 3,
	}
	if c.Agent != "" {
		out.AgentName = f.name(c.Agent)
	}
	if c.CycleMS > 0 {
		out.Promised = int(c.By.Sub(c.Ring1).Milliseconds() / c.CycleMS)
	}
	if c.Verdict != nil {
		out.Decided, out.Answered, out.Met, out.Rings, out.WaitedMS = true, c.Verdict.Answered, c.Verdict.Met, c.Verdict.Rings, c.Verdict.Waited.Milliseconds()
	}
	if !full && c.Agent != v.Login {
		out.Number, out.Name = ui.MaskNumber(c.Number), ui.MaskName(c.Name)
	}
	return out
}

func outcomeOf(c records.CallRow) string {
	switch {
	case c.Rule == "":
		return "other"
	case c.Answered && c.Met:
		return "answered"
	case c.Answered:
		return "late"
	case c.Short:
		return "short"
	}
	return "abandoned"
}

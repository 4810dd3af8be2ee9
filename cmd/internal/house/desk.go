package house

import (
	"time"

	"hotline/pbx/pbxtest"
)

// Push is one message to an agent's desk.
type Push[T any] struct {
	ID   string `json:"id"`
	Call string `json:"call"`
	Data T      `json:"data"`
}

// Case is what GET /api/v1/cases/{number} tells of a case.
type Case struct {
	Number  string    `json:"number"`
	Owner   string    `json:"owner"`
	State   string    `json:"state"`
	Version int64     `json:"version"`
	Closed  time.Time `json:"closed_at"`
	History []Move    `json:"history"`
}

// Move is one entry of a case's history of ownership.
type Move struct {
	Input    string `json:"input"`
	OldOwner string `json:"old_owner"`
	NewOwner string `json:"new_owner"`
	By       string `json:"by"`
	Reason   string `json:"reason"`
	Call     string `json:"call"`
}

// Case reads one case.
func (h *House) Case(number string) Case {
	h.tb.Helper()
	var c Case
	h.Get("/api/v1/cases/"+number, &c)
	return c
}

// CaseOf waits until a call has its case, and reads it.
func (h *House) CaseOf(call string) Case {
	h.tb.Helper()
	var number string
	h.Eventually("the call has its case", func() bool {
		number = h.Call(call).Case
		return number != ""
	})
	return h.Case(number)
}

// LiveFrom is the newest call of a number that is still up.
func (h *House) LiveFrom(number string) CallView {
	h.tb.Helper()
	var found CallView
	h.Eventually("the call of "+number+" is known", func() bool {
		var reply struct {
			Items []CallView `json:"items"`
		}
		h.Get("/api/v1/calls?live=true&limit=200&numbers=full", &reply)
		for _, c := range reply.Items {
			if c.Number == number {
				found = c
				return true
			}
		}
		return false
	})
	return found
}

// Answer picks up and waits until both hear each other.
func (h *House) Answer(caller, leg *pbxtest.PhoneCall) {
	h.tb.Helper()
	leg.Answer()
	h.Wait("the caller is answered", caller.WaitAnswered)
	h.Talk(caller, leg)
}

// Timeline is the journal of a call: its kinds in order, and the events themselves.
func (h *House) Timeline(call string) (kinds []string, events []Entry) {
	h.tb.Helper()
	events = h.Journal(call)
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds, events
}

// Journal is the events of a call's journal.
func (h *House) Journal(call string) []Entry {
	h.tb.Helper()
	var reply struct {
		Items []struct {
			Data Entry `json:"data"`
		} `json:"items"`
	}
	h.Get("/api/v1/calls/"+call+"/timeline", &reply)
	events := make([]Entry, len(reply.Items))
	for i, item := range reply.Items {
		events[i] = item.Data
	}
	return events
}

// Entry is one event of a call's journal.
type Entry struct {
	Kind    string            `json:"kind"`
	At      time.Time         `json:"at"`
	Queue   string            `json:"queue"`
	Agent   string            `json:"agent"`
	Data    map[string]string `json:"data"`
	Verdict *struct {
		Rings    int
		Waited   time.Duration
		Met      bool
		Answered bool
		Short    bool
		Rule     string
	} `json:"verdict"`
}

// Notice is something that the service managers were told.
type Notice struct {
	Kind   string `json:"kind"`
	Login  string `json:"login"`
	Call   string `json:"call"`
	Case   string `json:"case"`
	Detail string `json:"detail"`
}

// Notices lists what the service managers were told of one kind.
func (h *House) Notices(kind string) []Notice {
	h.tb.Helper()
	var reply struct {
		Items []Notice `json:"items"`
	}
	h.Get("/api/v1/notices?kind="+kind, &reply)
	return reply.Items
}

package web

import (
	"context"
	"net/http"

	"hotline/queue"
)

// Switchboard is what the API needs of package queue.
type Switchboard interface {
	Calls() []queue.CallView
	Call(id string) (queue.CallView, bool)
	Queues() []queue.QueueView
	Agents() []queue.AgentNumbers
	// Floor gives what a wallboard starts from. mark is called at the instant between two events at which that is true.
	Floor(mark func()) queue.Floor
	Commander
}

// Commander does what people order for a call.
type Commander interface {
	HandOver(ctx context.Context, call, from string, to queue.Target, note string) error
	TakeBack(ctx context.Context, call, from string) error
	Hold(ctx context.Context, call, agent string) error
	Resume(ctx context.Context, call, agent string) error
	HangUp(ctx context.Context, call, by string) error
	Decline(ctx context.Context, call, agent, reason, note string) error
	MoveTo(ctx context.Context, call, queue, by string) error
	Accept(ctx context.Context, call, agent string) error
	Invite(ctx context.Context, call, by, agent, note string) error
	LetExpertGo(ctx context.Context, call, by string) error
	PhoneLost(ctx context.Context, call, agent string) error
	Monitor(ctx context.Context, call, by, mode string) error
	SetMonitor(ctx context.Context, call, by, mode string) error
	StopMonitor(ctx context.Context, call, by string) error
	TakeOver(ctx context.Context, call, by, reason string) error
	AgentAway(login, why string)
	Note(e queue.Event)
}

// Title is a name for people in both languages.
type Title struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// titledQueue is a queue with the name that people know.
type titledQueue struct {
	queue.QueueView
	Title *Title `json:"title,omitempty" doc:"as configured"`
}

func (s *Site) titled(q queue.QueueView) titledQueue {
	if title, ok := s.opt.QueueTitles[q.Queue]; ok {
		return titledQueue{q, &title}
	}
	return titledQueue{q, nil}
}

func (s *Site) describeQueues() {
	handle(s, op{
		id: "list-queues", method: http.MethodGet, path: apiBase + "/queues", tag: "queues", roles: []Role{Agent, Supervisor, Dispatcher, Administrator},
		summary: "List queues with their live numbers",
		doc: "Waiting calls, the longest wait and its ring, what was answered within three rings today and in the last 30 minutes " +
			"(strict, and without short abandons), abandons by ring, agents by state, agents missing now by Erlang C.",
	}, func(_ context.Context, _ *who, _ *struct{}) (*list[titledQueue], error) {
		var all []titledQueue
		for _, q := range s.opt.Calls.Queues() {
			all = append(all, s.titled(q))
		}
		return listOf(all, nil)
	})
	handle(s, op{
		id: "get-queue", method: http.MethodGet, path: apiBase + "/queues/{name}", tag: "queues", roles: []Role{Agent, Supervisor, Dispatcher, Administrator},
		summary: "Read one queue's live numbers", codes: []string{codeNotFound},
	}, func(_ context.Context, _ *who, in *struct {
		Name string `path:"name" maxLength:"64"`
	},
	) (*one[titledQueue], error) {
		for _, q := range s.opt.Calls.Queues() {
			if q.Queue == in.Name {
				return oneOf(s.titled(q), nil)
			}
		}
		return nil, problem(codeNotFound, "There is no such queue.")
	})
	handle(s, op{
		id: "list-agent-numbers", method: http.MethodGet, path: apiBase + "/numbers/agents", tag: "queues", roles: []Role{Agent, Supervisor},
		summary: "List what agents did today and in the last 30 minutes", doc: "A supervisor sees everybody, an agent themself.",
	}, func(_ context.Context, w *who, _ *struct{}) (*list[queue.AgentNumbers], error) {
		all := s.opt.Calls.Agents()
		if w.has(Supervisor) {
			return listOf(all, nil)
		}
		var mine []queue.AgentNumbers
		for _, a := range all {
			if a.Login == w.Login {
				mine = append(mine, a)
			}
		}
		return listOf(mine, nil)
	})
}

func queueStatus(code string) int {
	switch code {
	case queue.RefusedUnknownCall, queue.RefusedUnknownAgent, queue.RefusedUnknownQueue:
		return http.StatusNotFound
	case queue.RefusedNotYours:
		return http.StatusForbidden
	case queue.RefusedSwitch:
		return http.StatusBadGateway
	case queue.RefusedUnsupported:
		return http.StatusNotImplemented
	case queue.RefusedInvalid:
		return http.StatusUnprocessableEntity
	case queue.RefusedBoard:
		return http.StatusServiceUnavailable
	}
	return http.StatusConflict
}

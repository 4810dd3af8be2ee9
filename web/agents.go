package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"hotline/agent"
	"hotline/records"
)

// Presence is what the API needs of package agent beside the desk.
type Presence interface {
	View(login string) (agent.View, bool)
	Views() []agent.View
	PauseReasons() []string
	Ready(login, by string) error
	Pause(login, reason, by string) error
	SignOut(login, by string) error
	WrappedUp(login, call string) error
	ExtendWrapUp(login, call string, by time.Duration) (time.Time, error)
	Desking
}

type stateInput struct {
	ByLogin
	Body struct {
		State  string `json:"state" enum:"ready,paused,offline" doc:"what the agent wants; in a call it comes true afterwards"`
		Reason string `json:"reason,omitempty" maxLength:"64" doc:"for paused: one of the pause reasons that GET /me lists"`
		Note   string `json:"note,omitempty" maxLength:"200" doc:"why a supervisor does it for somebody else; kept in the audit log"`
	}
}

// extended says how long the wrap-up may last now.
type extended struct {
	Until time.Time `json:"until"`
}

// pauseReasons are the codes that an agent may pause for, with the operator's words where there are any.
func (s *Site) pauseReasons() []Reason {
	codes := s.opt.Agents.PauseReasons()
	reasons := make([]Reason, len(codes))
	for i, code := range codes {
		reasons[i] = Reason{Code: code}
		if known := slices.IndexFunc(s.opt.PauseReasons, func(r Reason) bool { return r.Code == code }); known >= 0 {
			reasons[i] = s.opt.PauseReasons[known]
		}
	}
	return reasons
}

func (s *Site) describeAgents() {
	handle(s, op{
		id: "list-agents", method: http.MethodGet, path: apiBase + "/agents", tag: "queues", roles: []Role{Agent, Supervisor, Dispatcher, Administrator},
		summary: "List everybody who can take calls, and where they stand",
	}, func(_ context.Context, w *who, _ *struct{}) (*list[agent.View], error) {
		views := s.opt.Agents.Views()
		for i := range views {
			views[i] = s.unseen(w, views[i])
		}
		return listOf(views, nil)
	})
	handle(s, op{
		id: "get-agent", method: http.MethodGet, path: apiBase + "/agents/{login}", tag: "queues", roles: []Role{Agent, Supervisor, Dispatcher, Administrator},
		summary: "Tell where one agent stands", codes: []string{codeNotFound},
	}, func(_ context.Context, w *who, in *ByLogin) (*one[agent.View], error) {
		v, err := s.presence(in.Login)
		return oneOf(s.unseen(w, v), err)
	})
	handle(s, op{
		id: "set-agent-state", method: http.MethodPost, path: apiBase + "/agents/{login}/state", tag: "queues",
		roles: []Role{Agent, Supervisor}, summary: "Be ready, pause or sign out",
		doc: "An agent for themself; a supervisor for anybody, which is kept in the audit log with the note or the pause reason. " +
			"The phone's registration and the calls move an agent too; a wrap-up ends only by its outcome.",
		codes: []string{codeNotFound, codeConflict},
	}, s.setState)
	s.describeSkills()
	handle(s, op{
		id: "extend-wrap-up", method: http.MethodPost, path: apiBase + "/calls/{id}/wrapup/extend", tag: "calls",
		roles: []Role{Agent}, summary: "Ask for more time to wrap up", codes: []string{codeNotFound, codeConflict},
	}, func(_ context.Context, w *who, in *struct {
		ByID
		Body struct {
			Seconds int `json:"seconds,omitempty" minimum:"1" maximum:"3600" doc:"60 when left out"`
		}
	},
	) (*one[extended], error) {
		until, err := s.opt.Agents.ExtendWrapUp(w.Login, in.ID, time.Duration(cmp.Or(in.Body.Seconds, 60))*time.Second)
		return oneOf(extended{until}, err)
	})
}

func (s *Site) presence(login string) (agent.View, error) {
	v, ok := s.opt.Agents.View(login)
	if !ok {
		return v, problem(codeNotFound, "There is no such agent.")
	}
	return v, nil
}

func (s *Site) setState(ctx context.Context, w *who, in *stateInput) (*one[agent.View], error) {
	b := in.Body
	if in.Login != w.Login {
		if !w.has(Supervisor) {
			return nil, problem(codeForbidden, "Only a supervisor changes the state of somebody else.")
		}
		why := cmp.Or(b.Note, b.Reason)
		if why == "" {
			return nil, missing("body.note", "say why you do this for somebody else")
		}
		if _, err := s.presence(in.Login); err != nil {
			return nil, err
		}
		// Written first: what is not in the audit log does not happen.
		if err := s.opt.Records.Audit(ctx, records.AuditEntry{
			By: w.Login, Action: "agent." + b.State, Object: in.Login, Reason: why, Data: b.Reason,
		}); err != nil {
			return nil, err
		}
	}
	var err error
	switch b.State {
	case "ready":
		err = s.opt.Agents.Ready(in.Login, w.Login)
	case "paused":
		err = s.opt.Agents.Pause(in.Login, b.Reason, w.Login)
	case "offline":
		err = s.opt.Agents.SignOut(in.Login, w.Login)
	}
	if err != nil {
		return nil, err
	}
	if b.State != "ready" { // also when it comes true only after the ringing: a caller who is kept for them need not wait
		s.opt.Calls.AgentAway(in.Login, b.State)
	}
	return oneOf(s.presence(in.Login))
}

// missing is the problem of one field that the schema cannot require by itself.
func missing(field, what string) *Problem {
	p := problem(codeInvalid, "A field is missing.")
	p.Fields = []Field{{Name: field, What: what}}
	return p
}

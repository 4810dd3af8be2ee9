package web

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
)

// What people order for a talk that more than two take part in, and for the skills of those who take calls.

type expertInput struct {
	ByID
	Body struct {
		Agent string `json:"agent" minLength:"1" maxLength:"64" doc:"login of the expert"`
		Note  string `json:"note,omitempty" maxLength:"2000" doc:"what the expert must know; shown on their pop"`
	}
}

type monitorInput struct {
	ByID
	Body struct {
		Mode string `json:"mode" enum:"listen,whisper,barge" doc:"listen: nobody hears you; whisper: the agent does; barge: all do"`
	}
}

type reasonInput struct {
	ByID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"kept in the audit log, the call's journal and the case"`
	}
}

func (s *Site) describeParties() {
	calls := s.opt.Calls
	talk := []string{codeNotFound, codeForbidden, codeConflict, codeSwitch, codeUnavailable, codeUnsupported}
	handle(s, op{
		id: "ask-expert", method: http.MethodPost, path: apiBase + "/calls/{id}/expert", tag: "calls", roles: []Role{Agent, Supervisor},
		summary: "Ask an expert into a talk",
		doc: "Answers when the expert's phone is being rung; when they pick up all three hear each other. You stay the talker, and the case " +
			"stays with its owner. The caller's hang-up ends the call for all, and so does yours, unless the expert accepted a hand-over before.",
		codes: talk,
	}, func(ctx context.Context, w *who, in *expertInput) (*struct{}, error) {
		talker, err := s.actFor(ctx, w, in.ID, "expert", in.Body.Note)
		if err != nil {
			return nil, err
		}
		return nil, calls.Invite(ctx, in.ID, talker, in.Body.Agent, in.Body.Note)
	})
	handle(s, op{
		id: "let-expert-go", method: http.MethodDelete, path: apiBase + "/calls/{id}/expert", tag: "calls", roles: []Role{Agent, Supervisor},
		summary: "Let the expert go", doc: "By the talker, by the expert, or by a supervisor, which is kept in the audit log.", codes: talk,
	}, func(ctx context.Context, w *who, in *ByID) (*struct{}, error) {
		by := w.Login
		if live, ok := calls.Call(in.ID); !ok || live.Expert != w.Login {
			var err error
			if by, err = s.actFor(ctx, w, in.ID, "expert-off", ""); err != nil {
				return nil, err
			}
		}
		return nil, calls.LetExpertGo(ctx, in.ID, by)
	})
	handle(s, op{
		id: "accept-call", method: http.MethodPost, path: apiBase + "/calls/{id}/accept", tag: "calls", roles: []Role{Agent, Supervisor},
		summary: "Take over the talk you were asked into as an expert",
		doc:     "Accepts the hand-over that the talker offered you. Everybody else accepts one by picking up the phone that rings.", codes: talk,
	}, func(ctx context.Context, w *who, in *ByID) (*struct{}, error) {
		return nil, calls.Accept(ctx, in.ID, w.Login)
	})
	handle(s, op{
		id: "lose-phone", method: http.MethodPost, path: apiBase + "/calls/{id}/phone-lost", tag: "calls", roles: []Role{Agent},
		summary: "Say that your phone is not in your talk any more",
		doc: "For a browser phone whose page was loaded anew: the caller is kept for you with music, and your phone rings for them as soon as it is " +
			"registered (return_time of the queue). Without it the switch finds out by seconds of silence.",
		codes: talk,
	}, func(ctx context.Context, w *who, in *ByID) (*struct{}, error) {
		return nil, calls.PhoneLost(ctx, in.ID, w.Login)
	})
	s.describeMonitor(talk)
}

func (s *Site) describeMonitor(codes []string) {
	calls, path, roles := s.opt.Calls, apiBase+"/calls/{id}/monitor", []Role{Supervisor}
	note := " Kept in the audit log and in the call's journal; the agent's desk shows it unless configured otherwise."
	order := func(id, method, summary, doc, action string, do func(context.Context, string, string, string) error) {
		handle(s, op{
			id: id, method: method, path: path, tag: "supervision", roles: roles, summary: summary, doc: doc + note, codes: codes,
		}, func(ctx context.Context, w *who, in *monitorInput) (*struct{}, error) {
			if err := s.audited(ctx, w, action, in.ID, "", in.Body.Mode); err != nil {
				return nil, err
			}
			return nil, do(ctx, in.ID, w.Login, in.Body.Mode)
		})
	}
	order("monitor-call", http.MethodPost, "Listen to a talk", "Your own phone rings; when you pick up you hear the talk.", "call.monitor", calls.Monitor)
	order("change-monitor", http.MethodPatch, "Change how you hear a talk", "In place: your phone stays up.", "call.monitor", calls.SetMonitor)
	handle(s, op{
		id: "stop-monitor", method: http.MethodDelete, path: path, tag: "supervision", roles: roles, summary: "Stop listening",
		doc: "Hanging up does the same." + note, codes: codes,
	}, func(ctx context.Context, w *who, in *ByID) (*struct{}, error) {
		if err := s.audited(ctx, w, "call.monitor-stop", in.ID, "", ""); err != nil {
			return nil, err
		}
		return nil, calls.StopMonitor(ctx, in.ID, w.Login)
	})
	handle(s, op{
		id: "take-call-over", method: http.MethodPost, path: apiBase + "/calls/{id}/takeover", tag: "supervision", roles: roles,
		summary: "Take a talk over",
		doc: "At once if you listen already; else your phone rings first. The former talker wraps up. A case that is theirs becomes yours by a manager's " +
			"override with the reason (rule I2); one that is somebody else's stays theirs.",
		codes: codes,
	}, func(ctx context.Context, w *who, in *reasonInput) (*struct{}, error) {
		if err := s.audited(ctx, w, "call.takeover", in.ID, in.Body.Reason, ""); err != nil {
			return nil, err
		}
		return nil, calls.TakeOver(ctx, in.ID, w.Login, in.Body.Reason)
	})
}

// discreet takes out of a call what its agents are not told: who listens, if the operator decided so.
func (s *Site) discreet(w *who, live *queue.CallView) *queue.CallView {
	if live == nil || live.Monitor == nil || !s.opt.Discreet || w.has(Supervisor) {
		return live
	}
	less := *live
	less.Monitor = nil
	return &less
}

// untold takes the same out of a timeline: the manager's part, and the ringing of their phone.
func (s *Site) untold(w *who, line []records.JournalEntry) []records.JournalEntry {
	if !s.opt.Discreet || w.has(Supervisor) {
		return line
	}
	hidden := map[string]bool{}
	leg := func(e records.JournalEntry) string {
		var said queue.Event
		if json.Unmarshal(e.Data, &said) != nil {
			return ""
		}
		return said.Data["leg"]
	}
	for _, e := range line {
		if e.Kind == queue.EventMonitored {
			hidden[leg(e)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(line), func(e records.JournalEntry) bool {
		return e.Kind == queue.EventMonitored || e.Kind != queue.EventEnded && hidden[leg(e)]
	})
}

// unseen takes out of somebody else's presence in which call they are: a manager in a call that is not theirs listens.
func (s *Site) unseen(w *who, v agent.View) agent.View {
	if s.opt.Discreet && !w.has(Supervisor) && v.Login != w.Login {
		v.Call = ""
	}
	return v
}

package web

import (
	"cmp"
	"context"
	"net/http"

	"hotline/queue"
	"hotline/records"
)

type handOverBody struct {
	Agent   string `json:"agent,omitempty" maxLength:"64" doc:"login of a colleague"`
	Queue   string `json:"queue,omitempty" maxLength:"64" doc:"or any agent of a queue"`
	Manager bool   `json:"manager,omitempty" doc:"or the service manager"`
	Note    string `json:"note,omitempty" maxLength:"2000" doc:"what the receiver must know"`
}

func (b handOverBody) target() (queue.Target, error) {
	t := queue.Target{Agent: b.Agent, Queue: b.Queue, Manager: b.Manager}
	named := 0
	for _, is := range []bool{b.Agent != "", b.Queue != "", b.Manager} {
		if is {
			named++
		}
	}
	if named != 1 {
		return t, missing("body", "name exactly one of agent, queue and manager")
	}
	return t, nil
}

func (s *Site) describeCommands() {
	calls := s.opt.Calls
	s.command("hold", "Hold the caller with music", calls.Hold)
	s.command("resume", "Bring the caller back", calls.Resume)
	s.command("hangup", "End the call", calls.HangUp)
	s.command("takeback", "Take back a hand-over that nobody accepted yet", calls.TakeBack)

	roles := []Role{Agent, Supervisor}
	handle(s, op{
		id: "hand-call-over", method: http.MethodPost, path: apiBase + "/calls/{id}/handover", tag: "calls", roles: roles,
		summary: "Offer a call in progress to somebody else",
		doc: "Answers when they are being rung. You keep talking, and the case stays with its owner, until they accept by picking up; " +
			"not accepted in time the call stays with you (rule I2).",
		codes: []string{codeNotFound, codeForbidden, codeConflict, codeSwitch, codeUnavailable},
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Body handOverBody
	},
	) (*struct{}, error) {
		to, err := in.Body.target()
		if err != nil {
			return nil, err
		}
		talker, err := s.actFor(ctx, w, in.ID, "handover", in.Body.Note)
		if err != nil {
			return nil, err
		}
		return nil, calls.HandOver(ctx, in.ID, talker, to, in.Body.Note)
	})
	handle(s, op{
		id: "decline-call", method: http.MethodPost, path: apiBase + "/calls/{id}/decline", tag: "calls", roles: []Role{Agent},
		summary: "Decline a call that rings for you",
		doc:     "Also a hand-over or an invitation. The reason is one of the codes that GET /me lists; reason and note stand in the call's journal.",
		codes:   []string{codeNotFound, codeConflict},
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Body struct {
			Reason string `json:"reason" minLength:"1" maxLength:"64" doc:"code of the reason"`
			Note   string `json:"note,omitempty" maxLength:"500" doc:"in your own words"`
		}
	},
	) (*struct{}, error) {
		if !s.opt.mayDecline(in.Body.Reason) {
			return nil, missing("body.reason", "choose one of the reasons that GET /me lists")
		}
		return nil, calls.Decline(ctx, in.ID, w.Login, in.Body.Reason, in.Body.Note)
	})
	handle(s, op{
		id: "move-call", method: http.MethodPost, path: apiBase + "/calls/{id}/move", tag: "calls", roles: []Role{Supervisor},
		summary: "Put a waiting call into another queue", doc: "It keeps the clock it has.",
		codes: []string{codeNotFound, codeConflict, codeUnavailable},
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Body struct {
			Queue string `json:"queue" minLength:"1" maxLength:"64"`
		}
	},
	) (*struct{}, error) {
		if err := s.audited(ctx, w, "call.move", in.ID, "", in.Body.Queue); err != nil {
			return nil, err
		}
		return nil, calls.MoveTo(ctx, in.ID, in.Body.Queue, w.Login)
	})
	s.describeParties()
	s.describeWrapUp()
}

// command describes an order to a call that needs nothing but the call.
func (s *Site) command(name, summary string, do func(ctx context.Context, call, agent string) error) {
	handle(s, op{
		id: name + "-call", method: http.MethodPost, path: apiBase + "/calls/{id}/" + name, tag: "calls", roles: []Role{Agent, Supervisor},
		summary: summary, doc: "An agent for the call they are in; a supervisor for any, which is kept in the audit log.",
		codes: []string{codeNotFound, codeForbidden, codeConflict, codeSwitch, codeUnavailable},
	}, func(ctx context.Context, w *who, in *ByID) (*struct{}, error) {
		talker, err := s.actFor(ctx, w, in.ID, name, "")
		if err != nil {
			return nil, err
		}
		return nil, do(ctx, in.ID, talker)
	})
}

// actFor decides in whose name an order is given: the agent's own, or, for a supervisor, that of who talks. The latter is in the
// audit log before it is done.
func (s *Site) actFor(ctx context.Context, w *who, id, what, why string) (talker string, err error) {
	live, ok := s.opt.Calls.Call(id)
	switch {
	case !ok:
		return "", problem(codeNotFound, "This call is not up on this node.")
	case live.Agent == w.Login:
		return w.Login, nil
	case !w.has(Supervisor):
		return "", problem(codeForbidden, "You are not in this call.")
	}
	return cmp.Or(live.Agent, w.Login), s.audited(ctx, w, "call."+what, id, why, live.Agent)
}

// audited writes the audit log; what cannot be written there must not be done.
func (s *Site) audited(ctx context.Context, w *who, action, object, reason, data string) error {
	return s.opt.Records.Audit(ctx, records.AuditEntry{By: w.Login, Action: action, Object: object, Reason: reason, Data: data})
}

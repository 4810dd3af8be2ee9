package web

import (
	"context"
	"net/http"
	"time"

	"hotline/records"
)

// wrapUpBody mirrors records.WrapUpInput without what the session and the address say. No field is required here: records
// names everything that is missing at once, in words for people (rule I4).
type wrapUpBody struct {
	Case        string `json:"case,omitempty" maxLength:"64" doc:"refused unless it is the case of the call"`
	Outcome     string `json:"outcome,omitempty" maxLength:"32" doc:"solved, remote, onsite, referred or callback"`
	Version     int64  `json:"version,omitempty" minimum:"0" doc:"the version of the case that you saw"`
	Subject     string `json:"subject,omitempty" maxLength:"200"`
	Description string `json:"description,omitempty" maxLength:"10000"`
	Product     string `json:"product,omitempty" maxLength:"200"`
	Category    string `json:"category,omitempty" maxLength:"200"`
	Severity    string `json:"severity,omitempty" maxLength:"32" doc:"low, normal, high or critical"`

	Solved     *solvedBody     `json:"solved,omitempty" doc:"with solved"`
	Escalation *escalationBody `json:"escalation,omitempty" doc:"with remote and onsite"`
	Referral   *referralBody   `json:"referral,omitempty" doc:"with referred"`
	Callback   *callbackBody   `json:"callback,omitempty" doc:"with callback"`
}

type solvedBody struct {
	Solution  string `json:"solution,omitempty" maxLength:"10000"`
	Confirmed bool   `json:"confirmed,omitempty" doc:"the customer said so"`
}

type escalationBody struct {
	Situation string `json:"situation,omitempty" maxLength:"10000" doc:"the actual situation"`
	Contact   struct {
		ID        string `json:"id,omitempty" maxLength:"64" doc:"that of the case when left out"`
		Name      string `json:"name,omitempty" maxLength:"200"`
		Number    string `json:"number,omitempty" maxLength:"40"`
		Confirmed bool   `json:"confirmed,omitempty" doc:"name and number were read to the customer and confirmed"`
	} `json:"contact,omitempty"`
	Told struct {
		Means     string    `json:"means,omitempty" maxLength:"10000" doc:"by what: remote tool, visit, …"`
		At        time.Time `json:"at,omitzero" doc:"when"`
		Procedure string    `json:"procedure,omitempty" maxLength:"10000" doc:"how it goes"`
	} `json:"told,omitempty" doc:"what the customer was told"`
	Region    string    `json:"region,omitempty" maxLength:"200"`
	Centre    string    `json:"service_centre,omitempty" maxLength:"200"`
	RespondBy time.Time `json:"respond_by,omitzero" doc:"by the agreed response time when left out"`
}

type referralBody struct {
	Department string    `json:"department,omitempty" maxLength:"200"`
	AcceptedBy string    `json:"accepted_by,omitempty" maxLength:"200" doc:"who accepted there"`
	AcceptedAt time.Time `json:"accepted_at,omitzero"`
}

type callbackBody struct {
	At     time.Time `json:"at,omitzero" doc:"the promised time"`
	Number string    `json:"number,omitempty" maxLength:"40" doc:"the number that the case came from when left out"`
}

func (b wrapUpBody) input() records.WrapUpInput {
	in := records.WrapUpInput{
		Case: b.Case, Outcome: b.Outcome, Version: b.Version, Subject: b.Subject, Description: b.Description,
		Product: b.Product, Category: b.Category, Severity: b.Severity,
	}
	if s := b.Solved; s != nil {
		in.Solved = &records.SolvedFacts{Solution: s.Solution, Confirmed: s.Confirmed}
	}
	if e := b.Escalation; e != nil {
		in.Escalation = &records.EscalationFacts{
			Situation: e.Situation, Region: e.Region, Centre: e.Centre, RespondBy: e.RespondBy,
			Contact: records.EscalatedTo{ID: e.Contact.ID, Name: e.Contact.Name, Number: e.Contact.Number, Confirmed: e.Contact.Confirmed},
			Told:    records.ToldToCustomer{Means: e.Told.Means, At: e.Told.At, Procedure: e.Told.Procedure},
		}
	}
	if r := b.Referral; r != nil {
		in.Referral = &records.ReferralFacts{Department: r.Department, AcceptedBy: r.AcceptedBy, AcceptedAt: r.AcceptedAt}
	}
	if c := b.Callback; c != nil {
		in.Callback = &records.CallbackFacts{At: c.At, Number: c.Number}
	}
	return in
}

func (s *Site) describeWrapUp() {
	roles := []Role{Agent, Supervisor}
	doc := "It ends in one of: solved and confirmed by the customer; remote or onsite, after contact data were confirmed and the customer was told " +
		"means, time and procedure; referred to a department that accepted, whose service order is opened when it has one; a call back promised with a time (rule I4). What is missing is " +
		"listed whole. The same again gives the same answer."
	handle(s, op{
		id: "wrap-up-call", method: http.MethodPost, path: apiBase + "/calls/{id}/wrapup", tag: "calls", roles: roles,
		summary: "Finish the work on a call", doc: "By who talked on the call, the owner of its case, or a supervisor. " + doc,
		codes: []string{codeNotFound, codeForbidden, codeConflict},
	}, func(ctx context.Context, w *who, in *struct {
		ByID
		Body wrapUpBody
	},
	) (*one[records.WrapUpResult], error) {
		input := in.Body.input()
		input.Call, input.By = in.ID, w.Login
		out, err := s.opt.Records.WrapUp(ctx, input)
		if err != nil {
			return nil, err
		}
		s.wrappedUp(ctx, w, in.ID)
		return oneOf(out, nil)
	})
	handle(s, op{
		id: "finish-case", method: http.MethodPost, path: apiBase + "/cases/{number}/wrapup", tag: "cases", roles: roles,
		summary: "Finish a case without a call", doc: "By its owner or a supervisor. " + doc,
		codes: []string{codeNotFound, codeForbidden, codeConflict},
	}, func(ctx context.Context, w *who, in *struct {
		ByNumber
		Body wrapUpBody
	},
	) (*one[records.WrapUpResult], error) {
		input := in.Body.input()
		input.Case, input.By = in.Number, w.Login
		return oneOf(s.opt.Records.WrapUp(ctx, input))
	})
}

// wrappedUp frees whoever wraps this call up: usually who sent it, but a supervisor may have done it for them.
func (s *Site) wrappedUp(ctx context.Context, w *who, call string) {
	free := func(login string) {
		if err := s.opt.Agents.WrappedUp(login, call); err != nil {
			s.log.WarnContext(ctx, "wrapped up, but the agent was not freed", "login", login, "call", call, "err", err)
		}
	}
	if v, ok := s.opt.Agents.View(w.Login); ok && (v.Call == call || v.Call == "") {
		free(w.Login)
		return
	}
	for _, v := range s.opt.Agents.Views() {
		if v.Call == call {
			free(v.Login)
		}
	}
}

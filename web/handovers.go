package web

import (
	"context"
	"net/http"
	"time"

	"hotline/records"
)

type offerBody struct {
	Kind    string `json:"kind" enum:"agent,queue,manager" doc:"a person, any agent of a queue, or any service manager"`
	Name    string `json:"name,omitempty" maxLength:"200" doc:"login or queue"`
	Note    string `json:"note,omitempty" maxLength:"10000" doc:"what the receiver must know"`
	Call    string `json:"call,omitempty" maxLength:"128" doc:"the live call that goes along"`
	Minutes int    `json:"minutes,omitempty" minimum:"0" maximum:"10080" doc:"it comes back after so long unaccepted; 0: it stays offered"`
	Version int64  `json:"version,omitempty" minimum:"0" doc:"the version of the case that you saw"`
}

func (s *Site) describeHandOvers() {
	cases := s.opt.Records
	roles := []Role{Agent, Supervisor}
	handle(s, op{
		id: "list-handovers", method: http.MethodGet, path: apiBase + "/handovers", tag: "cases", roles: roles,
		summary: "List hand-overs that wait for an answer",
		doc:     "Those offered by or to oneself; a supervisor sees all with all=true.",
	}, func(ctx context.Context, w *who, in *struct {
		All bool `query:"all" doc:"supervisors only"`
	},
	) (*list[records.HandOver], error) {
		login := w.Login
		if in.All {
			if !w.has(Supervisor) {
				return nil, problem(codeForbidden, "All hand-overs are shown to supervisors only.")
			}
			login = ""
		}
		return listOf(cases.HandOvers(ctx, login))
	})
	handle(s, op{
		id: "offer-handover", method: http.MethodPost, path: apiBase + "/cases/{number}/handovers", tag: "cases", roles: roles,
		summary: "Offer one's case to somebody else", doc: "The owner stays the owner until the receiver accepts (rule I2).",
		status: http.StatusCreated, codes: []string{codeNotFound, codeForbidden, codeConflict},
	}, func(ctx context.Context, w *who, in *struct {
		ByNumber
		Body offerBody
	},
	) (*one[records.HandOver], error) {
		b := in.Body
		offer := records.HandOverOffer{
			Case: in.Number, Call: b.Call, From: w.Login, To: records.Target{Kind: b.Kind, Name: b.Name},
			Note: b.Note, Version: b.Version,
		}
		if b.Minutes > 0 {
			offer.Expires = s.now().Add(time.Duration(b.Minutes) * time.Minute)
		}
		return oneOf(cases.OfferHandOver(ctx, offer))
	})
	handle(s, op{
		id: "accept-handover", method: http.MethodPost, path: apiBase + "/handovers/{id}/accept", tag: "cases", roles: roles,
		summary: "Accept a hand-over and own the case", codes: []string{codeNotFound, codeForbidden, codeConflict},
	}, func(ctx context.Context, w *who, in *ByID) (*one[records.Case], error) {
		return oneOf(cases.AcceptHandOver(ctx, in.ID, w.Login))
	})
	handle(s, op{
		id: "return-handover", method: http.MethodPost, path: apiBase + "/handovers/{id}/return", tag: "cases", roles: roles,
		summary: "Decline a hand-over, or withdraw one's own offer", doc: "The case stays with its owner.",
		codes: []string{codeNotFound, codeForbidden, codeConflict},
	}, s.returnHandOver)
	handle(s, op{
		id: "override-owner", method: http.MethodPost, path: apiBase + "/cases/{number}/owner", tag: "cases",
		roles: []Role{Supervisor}, summary: "Give a case to somebody without their acceptance",
		doc:   "A service manager's decision, with a reason; both stay in the case's history and in the audit log (rule I2).",
		codes: []string{codeNotFound, codeConflict},
	}, func(ctx context.Context, w *who, in *struct {
		ByNumber
		Body struct {
			To      string `json:"to" minLength:"1" maxLength:"64" doc:"login of the new owner"`
			Reason  string `json:"reason" minLength:"1" maxLength:"10000"`
			Version int64  `json:"version,omitempty" minimum:"0" doc:"the version of the case that you saw"`
		}
	},
	) (*one[records.Case], error) {
		return oneOf(cases.OverrideOwner(ctx, records.OwnerOverride{
			Case: in.Number, To: in.Body.To, By: w.Login, Reason: in.Body.Reason, Version: in.Body.Version,
		}))
	})
}

// returnHandOver lets the receiver decline and the owner withdraw; a queue's or the managers' offer is declined by a supervisor
// only, because one agent's no does not speak for the others.
func (s *Site) returnHandOver(ctx context.Context, w *who, in *ByID) (*one[records.Case], error) {
	h, err := s.opt.Records.HandOver(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	outcome := records.HandOverDeclined
	switch {
	case h.From == w.Login:
		outcome = records.HandOverWithdrawn
	case h.ToKind == records.ToAgent && h.ToName == w.Login, w.has(Supervisor):
	default:
		return nil, problem(codeForbidden, "This hand-over is not offered to you.")
	}
	return oneOf(s.opt.Records.ReturnHandOver(ctx, in.ID, w.Login, outcome))
}

package web

import (
	"context"
	"net/http"

	"hotline/records"
	"hotline/web/ui"
)

// Supervision is what the API needs to know of notices and callback requests.
type Supervision interface {
	Notices(context.Context, records.NoticeFilter) (records.Page[records.Notice], error)
	SeeNotice(ctx context.Context, id, by string) (records.Notice, error)
	Callbacks(context.Context, records.CallbackFilter) (records.Page[records.CallbackRequest], error)
	AddCallback(context.Context, records.CallbackRequest) (records.CallbackRequest, error)
	TakeCallback(ctx context.Context, id, by string, version int64) (records.CallbackRequest, error)
	DropCallback(ctx context.Context, id, result string, version int64) (records.CallbackRequest, error)
	FinishCallback(ctx context.Context, id, by, result string, version int64) (records.CallbackRequest, error)
	CancelCallback(ctx context.Context, id, by, result string, version int64) (records.CallbackRequest, error)
	Webhooks(context.Context) ([]records.WebhookState, error)
}

// Records is everything that the API needs of package records.
type Records interface {
	Sessions
	Users
	People
	Cases
	CallBook
	Escalations
	Orders
	Supervision
}

type resultBody struct {
	Result  string `json:"result,omitempty" maxLength:"2000" doc:"what came of it"`
	Version int64  `json:"version,omitempty" minimum:"0" doc:"the version that you saw"`
}

func (s *Site) describeNotices() {
	all := s.opt.Records
	handle(s, op{
		id: "list-notices", method: http.MethodGet, path: apiBase + "/notices", tag: "supervision", roles: []Role{Supervisor},
		summary: "List what service managers must know, newest first",
		doc:     "Wrap-ups that ran out of time, agents paused for missed calls, escalations nobody accepted, calls back not made.",
	}, func(ctx context.Context, _ *who, in *struct {
		Paged
		Unseen bool   `query:"unseen" doc:"only those that no manager has seen"`
		Kind   string `query:"kind" maxLength:"64"`
	},
	) (*one[records.Page[records.Notice]], error) {
		page, err := all.Notices(ctx, records.NoticeFilter{Unseen: in.Unseen, Kind: in.Kind, Cursor: in.Cursor, Limit: in.Limit})
		for i, n := range page.Items {
			page.Items[i].Detail = s.pages.Report(s.apiLanguage(visitOf(ctx).request), n.Detail)
		}
		return oneOf(page, err)
	})
	handle(s, op{
		id: "see-notice", method: http.MethodPost, path: apiBase + "/notices/{id}/seen", tag: "supervision", roles: []Role{Supervisor},
		summary: "Say that you have seen a notice", codes: []string{codeNotFound},
	}, func(ctx context.Context, w *who, in *ByID) (*one[records.Notice], error) {
		seen, err := all.SeeNotice(ctx, in.ID, w.Login)
		seen.Detail = s.pages.Report(s.apiLanguage(visitOf(ctx).request), seen.Detail)
		return oneOf(seen, err)
	})
	handle(s, op{
		id: "list-webhooks", method: http.MethodGet, path: apiBase + "/webhooks", tag: "administration",
		roles: []Role{Administrator, Supervisor}, summary: "Tell how far the webhooks have come",
	}, func(ctx context.Context, _ *who, _ *struct{}) (*list[records.WebhookState], error) {
		return listOf(all.Webhooks(ctx))
	})
	s.describeCallbacks()
}

func (s *Site) describeCallbacks() {
	all := s.opt.Records
	roles := []Role{Agent, Supervisor}
	handle(s, op{
		id: "list-callbacks", method: http.MethodGet, path: apiBase + "/callbacks", tag: "supervision", roles: roles,
		summary: "List customers who are to be called, newest first",
		doc:     "Numbers are masked; taking a callback tells the number to who will call.",
	}, func(ctx context.Context, w *who, in *struct {
		Paged
		State string `query:"state" enum:"open,taken,done,cancelled"`
		Queue string `query:"queue" maxLength:"64"`
		Case  string `query:"case" maxLength:"64"`
	},
	) (*one[records.Page[records.CallbackRequest]], error) {
		page, err := all.Callbacks(ctx, records.CallbackFilter{
			State: in.State, Queue: in.Queue, Case: in.Case, Cursor: in.Cursor, Limit: in.Limit,
		})
		for i, c := range page.Items {
			if c.Login != w.Login {
				page.Items[i].Number = ui.MaskNumber(c.Number)
			}
		}
		return oneOf(page, err)
	})
	handle(s, op{
		id: "add-callback", method: http.MethodPost, path: apiBase + "/callbacks", tag: "supervision", roles: roles,
		summary: "Record that a customer wants to be called", doc: "Whoever asks twice for the same queue waits once.",
		status: http.StatusCreated,
	}, func(ctx context.Context, w *who, in *struct {
		Body struct {
			Number string `json:"number" minLength:"2" maxLength:"40"`
			Queue  string `json:"queue,omitempty" maxLength:"64"`
			Case   string `json:"case,omitempty" maxLength:"64"`
		}
	},
	) (*one[records.CallbackRequest], error) {
		return oneOf(all.AddCallback(ctx, records.CallbackRequest{
			Number: in.Body.Number, Queue: in.Body.Queue, Case: in.Body.Case, Login: w.Login,
		}))
	})
	for _, change := range []struct {
		name, summary string
		do            func(ctx context.Context, id, by, result string, version int64) (records.CallbackRequest, error)
	}{
		{"take", "Say that you are calling the customer now", func(ctx context.Context, id, by, _ string, version int64) (records.CallbackRequest, error) {
			return all.TakeCallback(ctx, id, by, version)
		}},
		{"drop", "Say that the customer was not reached: somebody tries again", func(ctx context.Context, id, _, result string, version int64) (records.CallbackRequest, error) {
			return all.DropCallback(ctx, id, result, version)
		}},
		{"done", "Say that the customer was called", all.FinishCallback},
		{"cancel", "Say that the customer need not be called", all.CancelCallback},
	} {
		handle(s, op{
			id: change.name + "-callback", method: http.MethodPost, path: apiBase + "/callbacks/{id}/" + change.name, tag: "supervision",
			roles: roles, summary: change.summary, codes: []string{codeNotFound, codeConflict},
		}, func(ctx context.Context, w *who, in *struct {
			ByID
			Body resultBody
		},
		) (*one[records.CallbackRequest], error) {
			return oneOf(change.do(ctx, in.ID, w.Login, in.Body.Result, in.Body.Version))
		})
	}
}

package web

import (
	"context"
	"net/http"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// Cases is what the API needs to know of cases and who owns them.
type Cases interface {
	Case(ctx context.Context, number string) (records.Case, error)
	CaseOfCall(ctx context.Context, call string) (records.Case, error)
	Cases(context.Context, records.CaseFilter) (records.Page[records.Case], error)
	CreateCase(context.Context, records.NewCase) (records.Case, error)
	UpdateCase(ctx context.Context, number string, c records.CaseChange) (records.Case, error)
	AddNote(ctx context.Context, number, by, text string) (records.Note, error)
	Notes(ctx context.Context, number string) ([]records.Note, error)
	OwnershipHistory(ctx context.Context, number string) ([]records.OwnershipEntry, error)
	OfferHandOver(context.Context, records.HandOverOffer) (records.HandOver, error)
	AcceptHandOver(ctx context.Context, id, by string) (records.Case, error)
	ReturnHandOver(ctx context.Context, id, by, outcome string) (records.Case, error)
	HandOver(ctx context.Context, id string) (records.HandOver, error)
	HandOvers(ctx context.Context, login string) ([]records.HandOver, error)
	OverrideOwner(context.Context, records.OwnerOverride) (records.Case, error)
}

// ByNumber is the input of operations on one case.
type ByNumber struct {
	Number string `path:"number" maxLength:"64" example:"C-20261122-0001"`
}

type caseFilter struct {
	Paged
	State    string    `query:"state" enum:"open,escalated,callback,referred,solved"`
	Open     bool      `query:"open" doc:"only cases that are not closed"`
	Owner    string    `query:"owner" maxLength:"64"`
	Customer string    `query:"customer" maxLength:"64" doc:"id"`
	Contact  string    `query:"contact" maxLength:"64" doc:"id"`
	Text     string    `query:"text" maxLength:"200" doc:"in number, subject or description"`
	From     time.Time `query:"from" doc:"opened at or after"`
	To       time.Time `query:"to" doc:"opened before"`
}

type newCaseBody struct {
	Caller      string `json:"caller,omitempty" maxLength:"40" doc:"telephone number of the customer"`
	ContactID   string `json:"contact_id,omitempty" maxLength:"64"`
	CustomerID  string `json:"customer_id,omitempty" maxLength:"64" doc:"that of the contact when left out"`
	Subject     string `json:"subject" minLength:"1" maxLength:"200"`
	Description string `json:"description,omitempty" maxLength:"10000"`
	Product     string `json:"product,omitempty" maxLength:"200"`
	Category    string `json:"category,omitempty" maxLength:"200"`
	Severity    string `json:"severity,omitempty" enum:"low,normal,high,critical"`
}

type caseChangeBody struct {
	ContactID   *string `json:"contact_id,omitempty" maxLength:"64"`
	CustomerID  *string `json:"customer_id,omitempty" maxLength:"64"`
	Subject     *string `json:"subject,omitempty" maxLength:"200"`
	Description *string `json:"description,omitempty" maxLength:"10000"`
	Product     *string `json:"product,omitempty" maxLength:"200"`
	Category    *string `json:"category,omitempty" maxLength:"200"`
	Severity    *string `json:"severity,omitempty" enum:"low,normal,high,critical"`
	Version     int64   `json:"version" minimum:"1" doc:"the version that you saw"`
}

// wholeCase is a case with what belongs to it.
type wholeCase struct {
	records.Case
	Notes   []records.Note           `json:"notes" doc:"oldest first"`
	History []records.OwnershipEntry `json:"history" doc:"every change of owner and every offer, oldest first"`
}

func (s *Site) describeCases() {
	cases := s.opt.Records
	write, read := []Role{Agent, Supervisor}, []Role{Agent, Supervisor, Dispatcher}
	handle(s, op{
		id: "list-cases", method: http.MethodGet, path: apiBase + "/cases", tag: "cases", roles: read,
		summary: "List cases, newest first", doc: "Callers' numbers are masked except in one's own cases.",
	}, func(ctx context.Context, w *who, in *caseFilter) (*one[records.Page[records.Case]], error) {
		page, err := cases.Cases(ctx, records.CaseFilter{
			State: in.State, Open: in.Open, Owner: in.Owner, Customer: in.Customer, Contact: in.Contact, Text: in.Text,
			From: in.From, To: in.To, Cursor: in.Cursor, Limit: in.Limit,
		})
		for i, c := range page.Items {
			if c.Owner != w.Login {
				page.Items[i].Caller = ui.MaskNumber(c.Caller)
			}
		}
		return oneOf(page, err)
	})
	handle(s, op{
		id: "get-case", method: http.MethodGet, path: apiBase + "/cases/{number}", tag: "cases", roles: read,
		summary: "Read a case with its notes and the history of its owner", codes: []string{codeNotFound},
		doc: "The caller's number is whole for the owner of the case; for service managers and dispatchers, for an agent who owns another open " +
			"case of the customer and for who is on its call, which the audit log says; for others it is masked.",
	}, s.getCase)
	handle(s, op{
		id: "create-case", method: http.MethodPost, path: apiBase + "/cases", tag: "cases", roles: write,
		summary: "Open a case without a call", doc: "You own it. Cases of calls are opened by answering.",
		status: http.StatusCreated, codes: []string{codeNotFound},
	}, func(ctx context.Context, w *who, in *struct{ Body newCaseBody }) (*one[records.Case], error) {
		b := in.Body
		return oneOf(cases.CreateCase(ctx, records.NewCase{
			Owner: w.Login, Caller: b.Caller, ContactID: b.ContactID, CustomerID: b.CustomerID, Subject: b.Subject,
			Description: b.Description, Product: b.Product, Category: b.Category, Severity: b.Severity,
		}))
	})
	handle(s, op{
		id: "change-case", method: http.MethodPatch, path: apiBase + "/cases/{number}", tag: "cases", roles: write,
		summary: "Change what a case is about",
		doc: "What is left out stays. Owner and state change by hand-over and wrap-up only. The caller's number is masked in the answer except in " +
			"one's own cases.",
		codes: []string{codeNotFound, codeConflict},
	}, func(ctx context.Context, w *who, in *struct {
		ByNumber
		Body caseChangeBody
	},
	) (*one[records.Case], error) {
		b := in.Body
		c, err := cases.UpdateCase(ctx, in.Number, records.CaseChange{
			By: w.Login, Version: b.Version, ContactID: b.ContactID, CustomerID: b.CustomerID, Subject: b.Subject,
			Description: b.Description, Product: b.Product, Category: b.Category, Severity: b.Severity,
		})
		if c.Owner != w.Login {
			c.Caller = ui.MaskNumber(c.Caller)
		}
		return oneOf(c, err)
	})
	handle(s, op{
		id: "add-note", method: http.MethodPost, path: apiBase + "/cases/{number}/notes", tag: "cases", roles: read,
		summary: "Add a note to a case", status: http.StatusCreated, codes: []string{codeNotFound},
	}, func(ctx context.Context, w *who, in *struct {
		ByNumber
		Body struct {
			Text string `json:"text" minLength:"1" maxLength:"10000"`
		}
	},
	) (*one[records.Note], error) {
		return oneOf(cases.AddNote(ctx, in.Number, w.Login, in.Body.Text))
	})
}

func (s *Site) getCase(ctx context.Context, w *who, in *ByNumber) (*one[wholeCase], error) {
	c, err := s.opt.Records.Case(ctx, in.Number)
	if err != nil {
		return nil, err
	}
	if c, err = s.discreetCase(ctx, w, c); err != nil {
		return nil, err
	}
	whole := wholeCase{Case: c}
	if whole.Notes, err = s.opt.Records.Notes(ctx, in.Number); err != nil {
		return nil, err
	}
	if whole.History, err = s.opt.Records.OwnershipHistory(ctx, in.Number); err != nil {
		return nil, err
	}
	return oneOf(whole, nil)
}

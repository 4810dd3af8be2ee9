package records

import (
	"time"
)

// The outcomes in which a wrap-up may end (I4). Nothing else does.
const (
	OutcomeSolved   = "solved"   // and confirmed by the customer
	OutcomeRemote   = "remote"   // escalated to remote service
	OutcomeOnsite   = "onsite"   // escalated to onsite service
	OutcomeReferred = "referred" // accepted by another department
	OutcomeCallback = "callback" // a call back is promised, with a time
)

// WrapUpInput ends the work on a call, or on a case without a call.
type WrapUpInput struct {
	Call    string    `json:"call,omitempty"` // "" when a case is ended without a call: then Case
	Case    string    `json:"case,omitempty"` // "" = the case of Call
	By      string    `json:"by"`
	Outcome string    `json:"outcome"`
	At      time.Time `json:"at,omitzero"`       // zero = now
	Version int64     `json:"version,omitempty"` // version of the case that was seen; 0 = whatever it is now

	// What the case is about; empty keeps what is known.
	Subject     string `json:"subject,omitempty"`
	Description string `json:"description,omitempty"`
	Product     string `json:"product,omitempty"`
	Category    string `json:"category,omitempty"`
	Severity    string `json:"severity,omitempty"`

	Solved     *SolvedFacts     `json:"solved,omitempty"`     // with OutcomeSolved
	Escalation *EscalationFacts `json:"escalation,omitempty"` // with OutcomeRemote and OutcomeOnsite
	Referral   *ReferralFacts   `json:"referral,omitempty"`   // with OutcomeReferred
	Callback   *CallbackFacts   `json:"callback,omitempty"`   // with OutcomeCallback
}

// SolvedFacts say how a problem was solved.
type SolvedFacts struct {
	Solution  string `json:"solution"`
	Confirmed bool   `json:"confirmed"` // the customer said so
}

// EscalationFacts are what dispatch needs, and what the customer was told (hotline procedure, steps 5 and 6).
type EscalationFacts struct {
	Situation string         `json:"situation"` // the actual situation, as recorded
	Contact   EscalatedTo    `json:"contact"`
	Told      ToldToCustomer `json:"told"`
	Region    string         `json:"region,omitempty"`         // "" = the customer's
	Centre    string         `json:"service_centre,omitempty"` // "" = the customer's
	RespondBy time.Time      `json:"respond_by,omitzero"`      // zero = Options.RespondWithin from now
}

// EscalatedTo is the person whom service will get in touch with.
type EscalatedTo struct {
	ID        string `json:"id,omitempty"` // contact, "" = that of the case
	Name      string `json:"name"`
	Number    string `json:"number"`
	Confirmed bool   `json:"confirmed"` // the engineer confirmed both with the customer once more
}

// ToldToCustomer is what the customer was told about how service goes on.
type ToldToCustomer struct {
	Means     string    `json:"means"`     // by what: remote tool, visit, …
	At        time.Time `json:"at"`        // when
	Procedure string    `json:"procedure"` // how it goes
}

// ReferralFacts say who took the enquiry over.
type ReferralFacts struct {
	Department string    `json:"department"`
	AcceptedBy string    `json:"accepted_by"`
	AcceptedAt time.Time `json:"accepted_at"`
}

// CallbackFacts are a promise to call back.
type CallbackFacts struct {
	At     time.Time `json:"at"`
	Number string    `json:"number,omitempty"` // "" = the number the case came from
}

// WrapUpResult is what a wrap-up did.
type WrapUpResult struct {
	Case       Case   `json:"case"`
	Outcome    string `json:"outcome"`
	Escalation string `json:"escalation,omitempty"` // id
	Callback   string `json:"callback,omitempty"`   // id
	Order      string `json:"order,omitempty"`      // number of the service order that a referral opened
}

// leeway allows for clocks that differ, and for the seconds a person needs to press the key.
const leeway = 5 * time.Minute

// Validate checks a wrap-up against I4, cleans its texts and drops the facts of other outcomes. region is that of telephone numbers. It returns one
// ErrIncomplete that names every field that is missing or not acceptable, or nil.
func (in *WrapUpInput) Validate(now time.Time, region string) error {
	var f faults
	f.missing(in.Call != "" || in.Case != "", "call", "Neither call nor case is named.", "Name the call.")
	f.missing(in.By != "", "by", "Who wraps up is missing.", "Log in.")
	in.Subject, in.Product, in.Category, in.Description = line(in.Subject), line(in.Product), line(in.Category), text(in.Description)
	f.short("subject", in.Subject, maxLine)
	f.short("product", in.Product, maxLine)
	f.short("category", in.Category, maxLine)
	f.short("description", in.Description, maxText)
	if in.Severity != "" {
		f.severity(in.Severity)
	}
	given := *in
	in.Solved, in.Escalation, in.Referral, in.Callback = nil, nil, nil, nil
	switch in.Outcome {
	case OutcomeSolved:
		in.Solved = facts(given.Solved)
		in.Solved.check(&f)
	case OutcomeRemote, OutcomeOnsite:
		in.Escalation = facts(given.Escalation)
		in.Escalation.check(&f, now, region)
	case OutcomeReferred:
		in.Referral = facts(given.Referral)
		in.Referral.check(&f, now)
	case OutcomeCallback:
		in.Callback = facts(given.Callback)
		in.Callback.check(&f, now, region)
	case "":
		f.add("outcome", "missing", "Choose solved, remote, onsite, referred or callback.", "How the call ended is missing.")
	default:
		f.add("outcome", "unknown", "Choose solved, remote, onsite, referred or callback.", "A call cannot end as %q.", in.Outcome)
	}
	return f.problem(ErrIncomplete, "wrapup_incomplete", "Fill in the fields named.", "The call cannot be wrapped up like this.")
}

// facts gives a copy to clean, so that the caller's own stay as they are; nothing given is nothing filled in.
func facts[T any](given *T) *T {
	var own T
	if given != nil {
		own = *given
	}
	return &own
}

func (s *SolvedFacts) check(f *faults) {
	s.Solution = text(s.Solution)
	f.required("solved.solution", s.Solution, maxText, "What solved the problem is missing.", "Describe the solution.")
	f.missing(s.Confirmed, "solved.confirmed", "The customer has not confirmed that the problem is solved.",
		"Ask the customer; if they do not confirm, choose another outcome.")
}

func (e *EscalationFacts) check(f *faults, now time.Time, region string) {
	e.Situation, e.Region, e.Centre = text(e.Situation), line(e.Region), line(e.Centre)
	e.Contact.Name, e.Told.Means, e.Told.Procedure = line(e.Contact.Name), text(e.Told.Means), text(e.Told.Procedure)
	f.required("escalation.situation", e.Situation, maxText, "The actual situation is missing.", "Describe what was found.")
	f.required("escalation.contact.name", e.Contact.Name, maxLine, "Whom service gets in touch with is missing.", "Enter the name.")
	f.number("escalation.contact.number", &e.Contact.Number, region)
	f.missing(e.Contact.Confirmed, "escalation.contact.confirmed", "The contact data were not confirmed.",
		"Read name and number to the customer and let them confirm.")
	f.required("escalation.told.means", e.Told.Means, maxText, "By what means service goes on was not told.", "Tell the customer and note it.")
	f.missing(!e.Told.At.IsZero(), "escalation.told.at", "When service goes on was not told.", "Tell the customer a time and note it.")
	if !e.Told.At.IsZero() {
		f.future("escalation.told.at", e.Told.At, now)
	}
	f.required("escalation.told.procedure", e.Told.Procedure, maxText, "How service goes on was not told.", "Tell the customer and note it.")
	f.short("escalation.region", e.Region, maxLine)
	f.short("escalation.service_centre", e.Centre, maxLine)
	if !e.RespondBy.IsZero() {
		f.future("escalation.respond_by", e.RespondBy, now)
	}
}

func (r *ReferralFacts) check(f *faults, now time.Time) {
	r.Department, r.AcceptedBy = line(r.Department), line(r.AcceptedBy)
	f.required("referral.department", r.Department, maxLine, "The department is missing.", "Name it.")
	f.required("referral.accepted_by", r.AcceptedBy, maxLine, "Who accepted there is missing.", "Get somebody to accept, and name them.")
	f.missing(!r.AcceptedAt.IsZero(), "referral.accepted_at", "When they accepted is missing.", "Note the time.")
	if r.AcceptedAt.After(now.Add(leeway)) {
		f.add("referral.accepted_at", "future", "Refer it when it has been accepted.", "The acceptance lies in the future.")
	}
	if y := r.AcceptedAt.Year(); !r.AcceptedAt.IsZero() && (y < 2000 || y > 9999) {
		f.add("referral.accepted_at", "range", "Check the year.", "The year %d cannot be right.", y)
	}
}

func (c *CallbackFacts) check(f *faults, now time.Time, region string) {
	f.missing(!c.At.IsZero(), "callback.at", "When the customer will be called is missing.", "Agree a time with the customer.")
	if !c.At.IsZero() {
		f.future("callback.at", c.At, now)
	}
	if c.Number != "" {
		f.number("callback.number", &c.Number, region)
	}
}

// number normalises *raw or adds a fault.
func (f *faults) number(name string, raw *string, region string) {
	if line(*raw) == "" {
		f.add(name, "missing", "Enter the telephone number.", "The telephone number is missing.")
		return
	}
	e164, ok := Normalise(*raw, region)
	if !ok {
		f.add(name, "not_a_number", "Enter it with area code.", "%q is not a telephone number.", line(*raw))
		return
	}
	*raw = e164
}

// future adds a fault for an instant that is over, or so far away that it must be a slip.
func (f *faults) future(name string, when, now time.Time) {
	switch {
	case !when.After(now):
		f.add(name, "past", "Give a time to come.", "%s is over.", when.UTC().Format(time.RFC3339))
	case when.After(now.AddDate(2, 0, 0)):
		f.add(name, "far", "Check the date.", "%s is more than two years away.", when.UTC().Format(time.RFC3339))
	}
}

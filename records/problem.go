package records

import (
	"errors"
	"fmt"
	"strings"

	"hotline/records/procedure"
)

// The kinds of refusal. Every *Problem matches exactly one of them with errors.Is.
var (
	ErrNotFound    = errors.New("records: not found")
	ErrOwned       = errors.New("records: owned by somebody else")              // I1: a second agent claims the same call
	ErrConflict    = errors.New("records: changed meanwhile")                   // stale version, or not possible in this state
	ErrIncomplete  = errors.New("records: required facts are missing")          // I4; Fields lists every one
	ErrInvalid     = errors.New("records: not acceptable")                      // malformed input
	ErrForbidden   = errors.New("records: not allowed")                         // this person may not do it
	ErrExists      = errors.New("records: exists already")                      // login taken
	ErrCredentials = errors.New("records: login or password is wrong")          // says no more than that
	ErrLocked      = errors.New("records: account is locked")                   // too many wrong passwords
	ErrExpired     = errors.New("records: session has ended")                   // expired, revoked, or its user is disabled
	ErrBusy        = errors.New("records: the database is locked by another")   // try again later; nothing was written
	ErrClosed      = errors.New("records: the store is closed")                 // after Close
	ErrBroken      = errors.New("records: a journal chain does not hold")       // Report.Err
	ErrUndelivered = errors.New("records: the webhook's receiver did not take") // Webhook, wrapped with the reason
)

// Problem is a refusal that can be shown to a person: a stable code, one sentence what is wrong, one what to do.
type Problem struct {
	Code   string           `json:"code"`
	What   string           `json:"what"`
	Do     string           `json:"do"`
	Fields []Field          `json:"fields,omitempty"` // with ErrIncomplete and ErrInvalid: every field at fault
	Lacks  []procedure.Lack `json:"lacks,omitempty"`  // what an order lacks, in both languages; Fields says the same in English
	kind   error
}

// Field is one input that is missing or not acceptable.
type Field struct {
	Name string `json:"name"` // JSON path, e.g. "told.means"
	Code string `json:"code"` // "missing", "too_long", "past", "unknown", …
	What string `json:"what"`
	Do   string `json:"do"`
}

// Error gives both sentences and the fields.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", p.Code, p.What)
	for _, f := range p.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Name, f.What)
	}
	if p.Do != "" {
		fmt.Fprintf(&b, " (%s)", p.Do)
	}
	return b.String()
}

// Unwrap gives the kind, so that errors.Is(err, ErrOwned) works.
func (p *Problem) Unwrap() error { return p.kind }

func problem(kind error, code, do, what string, args ...any) *Problem {
	return &Problem{Code: code, What: fmt.Sprintf(what, args...), Do: do, kind: kind}
}

func notFound(thing, id string) *Problem {
	return problem(ErrNotFound, thing+"_not_found", "Check the number or search for it.", "There is no %s %q.", thing, id)
}

func stale(thing, id string, want, have int64) *Problem {
	return problem(ErrConflict, "changed_meanwhile", "Load it again and repeat what you did.",
		"The %s %s was changed by somebody else: you saw version %d, now it is %d.", thing, id, want, have)
}

// faults collects what is wrong with an input, so that a person sees all of it at once.
type faults []Field

func (f *faults) add(name, code, do, what string, args ...any) {
	*f = append(*f, Field{Name: name, Code: code, What: fmt.Sprintf(what, args...), Do: do})
}

// missing adds a fault unless present.
func (f *faults) missing(present bool, name, what, do string) {
	if !present {
		f.add(name, "missing", do, "%s", what)
	}
}

func (f faults) problem(kind error, code, do, what string) error {
	if len(f) == 0 {
		return nil
	}
	p := problem(kind, code, do, "%s", what)
	p.Fields = f
	return p
}

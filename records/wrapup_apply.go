package records

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// WrapUp ends the work on a call in one of the permitted outcomes (I4), in one transaction: facts, state of the case,
// escalation or promise. Solved and referred close the case; the others leave it open with its owner. A call is wrapped up
// once: the same outcome by the same person again returns the first result.
// Errors: ErrIncomplete, ErrNotFound, ErrForbidden (by did not talk on the call), ErrConflict.
func (s *Store) WrapUp(ctx context.Context, in WrapUpInput) (WrapUpResult, error) {
	if err := s.valid(&in); err != nil {
		return WrapUpResult{}, err
	}
	var out WrapUpResult
	err := s.write(ctx, "wrap up", func(t *txn) (err error) {
		out, err = t.wrapUp(ctx, in)
		return err
	})
	return out, err
}

// valid is Validate, and whether the department of a referral is one that is there: a referral must end with somebody (I4). No list
// of departments takes any name.
func (s *Store) valid(in *WrapUpInput) error {
	wrong := in.Validate(s.now(), s.opt.Region)
	known := s.opt.Departments
	if in.Referral == nil || in.Referral.Department == "" || len(known) == 0 || slices.Contains(known, in.Referral.Department) {
		return wrong
	}
	var f faults
	f.add("referral.department", "unknown", "Choose one of: "+strings.Join(known, ", ")+".", "There is no department %q.", in.Referral.Department)
	if p, ok := errors.AsType[*Problem](wrong); ok {
		p.Fields = append(p.Fields, f...)
		return wrong
	}
	return f.problem(ErrIncomplete, "wrapup_incomplete", "Fill in the fields named.", "The call cannot be wrapped up like this.")
}

func (t *txn) wrapUp(ctx context.Context, in WrapUpInput) (WrapUpResult, error) {
	if in.Call != "" {
		number, err := t.caseNumberOfCall(ctx, in.Call)
		if err != nil {
			return WrapUpResult{}, err
		}
		if in.Case != "" && in.Case != number {
			return WrapUpResult{}, problem(ErrConflict, "call_of_other_case", "Load the call again.",
				"The call belongs to the case %s, not to %s.", number, in.Case)
		}
		in.Case = number
		if done, found, err := t.wrappedUp(ctx, in); found || err != nil {
			return done, err
		}
	}
	c, err := t.caseByNumber(ctx, in.Case)
	if err != nil {
		return WrapUpResult{}, err
	}
	if err := t.mayWrapUp(ctx, c, in); err != nil {
		return WrapUpResult{}, err
	}
	if err := caseFaults(in, c).problem(ErrIncomplete, "wrapup_incomplete", "Fill in the fields named.",
		"The call cannot be wrapped up like this."); err != nil {
		return WrapUpResult{}, err
	}
	if in.Version != 0 && in.Version != c.Version {
		return WrapUpResult{}, stale("case", c.Number, in.Version, c.Version)
	}
	if c.ownerState() != closed {
		if c, err = t.saveFacts(ctx, in.about(c)); err != nil {
			return WrapUpResult{}, err
		}
	}
	out := WrapUpResult{Outcome: in.Outcome}
	input, state, promise, when := work, "", "", time.Time{}
	switch in.Outcome {
	case OutcomeSolved:
		input, state = finish, CaseSolved
	case OutcomeReferred:
		input, state = finish, CaseReferred
		promise = in.Referral.Department + ": " + in.Referral.AcceptedBy
		if out.Order, err = t.refer(ctx, c, in); err != nil {
			return WrapUpResult{}, err
		}
	case OutcomeRemote, OutcomeOnsite:
		state = CaseEscalated
		e, err := t.escalate(ctx, c, in)
		if err != nil {
			return WrapUpResult{}, err
		}
		out.Escalation, promise, when = e.ID, in.Escalation.Told.Means, in.Escalation.Told.At
	case OutcomeCallback:
		state = CaseCallback
		cb, err := t.promiseCallback(ctx, c, in)
		if err != nil {
			return WrapUpResult{}, err
		}
		out.Callback, promise, when = cb.ID, "call "+cb.Number, in.Callback.At
	}
	if out.Case, err = t.endWork(ctx, c, in, input, state, promise, when); err != nil {
		return WrapUpResult{}, err
	}
	if err := t.fileWrapUp(ctx, in, out); err != nil {
		return WrapUpResult{}, err
	}
	if in.Outcome == OutcomeSolved {
		if err := t.indexSolved(ctx, in.Case); err != nil {
			return WrapUpResult{}, err
		}
		if err := t.enterFollowUp(ctx, out.Case, in.By); err != nil {
			return WrapUpResult{}, err
		}
	}
	return out, t.wipeDraft(ctx, in.By, in.Case)
}

// endWork moves the ownership and then the state, in this order because a closed case takes no more changes.
func (t *txn) endWork(ctx context.Context, c Case, in WrapUpInput, input ownerInput, state, promise string, when time.Time) (Case, error) {
	c, err := t.moveOwner(ctx, c, ownerChange{input: input, actor: in.By, call: in.Call, reason: in.Outcome})
	if err != nil {
		return c, err
	}
	var closedAt stamp
	if input == finish {
		closedAt = at(t.now)
		if err := t.cancelCallbacks(ctx, c.Number, in.Outcome); err != nil {
			return c, err
		}
	}
	t.seen(c.Number)
	if err := t.do(ctx, `UPDATE cases SET state = ?, promise = ?, promised_at = ?, closed_at = ? WHERE number = ?`,
		state, promise, at(when), closedAt, c.Number); err != nil {
		return c, err
	}
	if in.Solved != nil {
		if _, err := t.addNote(ctx, c.Number, in.By, in.Solved.Solution); err != nil {
			return c, err
		}
	}
	return t.caseByNumber(ctx, c.Number)
}

func (t *txn) fileWrapUp(ctx context.Context, in WrapUpInput, out WrapUpResult) error {
	facts, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("facts: %w", err)
	}
	when := in.At
	if when.IsZero() {
		when = t.now
	}
	return t.do(ctx, `INSERT INTO wrapups (id, call, case_number, ended_by, outcome, at, escalation, callback, opened, facts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, newID(t.now), in.Call, in.Case, in.By, in.Outcome, at(when), out.Escalation, out.Callback,
		out.Order, string(facts))
}

// wrappedUp answers a repeated wrap-up of a call.
func (t *txn) wrappedUp(ctx context.Context, in WrapUpInput) (WrapUpResult, bool, error) {
	var row struct {
		By         string `db:"ended_by"`
		Outcome    string `db:"outcome"`
		Escalation string `db:"escalation"`
		Callback   string `db:"callback"`
		Opened     string `db:"opened"`
	}
	found, err := t.find(ctx, &row, `SELECT ended_by, outcome, escalation, callback, opened FROM wrapups WHERE call = ?`, in.Call)
	if err != nil || !found {
		return WrapUpResult{}, false, err
	}
	if row.By != in.By || row.Outcome != in.Outcome {
		return WrapUpResult{}, true, problem(ErrConflict, "wrapped_up", "Change the case itself if something is wrong.",
			"%s wrapped this call up as %s already.", row.By, row.Outcome)
	}
	c, err := t.caseByNumber(ctx, in.Case)
	return WrapUpResult{Case: c, Outcome: row.Outcome, Escalation: row.Escalation, Callback: row.Callback, Order: row.Opened}, true, err
}

// mayWrapUp: who talked on the call, who owns the case, or a service manager.
func (t *txn) mayWrapUp(ctx context.Context, c Case, in WrapUpInput) error {
	if in.By == c.Owner {
		return nil
	}
	if in.Call != "" {
		if talks, err := t.talksOn(ctx, in.Call, in.By); err != nil || talks {
			return err
		}
	}
	var manager int
	found, err := t.find(ctx, &manager, `SELECT 1 FROM user_roles r JOIN users u ON u.login = r.login
		WHERE r.login = ? AND r.role = ? AND u.disabled = FALSE`, in.By, RoleSupervisor)
	if err != nil || found {
		return err
	}
	return problem(ErrForbidden, "not_on_call", "Leave it to the owner or to who talked to the customer.",
		"%s neither owns %s nor talked on the call.", in.By, c.Number)
}

// about lays what the wrap-up says over what is known of the case.
func (in WrapUpInput) about(c Case) Case {
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&c.Subject, in.Subject},
		{&c.Description, in.Description},
		{&c.Product, in.Product},
		{&c.Category, in.Category},
		{&c.Severity, in.Severity},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if in.Escalation != nil && in.Escalation.Contact.ID != "" && c.ContactID == "" {
		c.ContactID = in.Escalation.Contact.ID
	}
	return c
}

// WrapUpTimedOut says that an agent let the time for wrapping up pass: the case stays open with its owner, and the service
// manager is told, once (I4). A call that is wrapped up already, or that nobody answered, needs no notice.
func (s *Store) WrapUpTimedOut(ctx context.Context, call, login string) error {
	return s.write(ctx, "wrap-up timed out", func(t *txn) error {
		var done int
		if found, err := t.find(ctx, &done, `SELECT 1 FROM wrapups WHERE call = ?`, call); err != nil || found {
			return err
		}
		var number string
		if found, err := t.find(ctx, &number, `SELECT case_number FROM case_calls WHERE call = ?`, call); err != nil || !found {
			return err
		}
		c, err := t.caseByNumber(ctx, number)
		if err != nil {
			return err
		}
		return t.notice(ctx, Notice{
			Kind: NoticeWrapUp, Login: login, Call: call, Case: number,
			Detail: fmt.Sprintf("%s did not wrap the call up; %s stays with %s.", login, number, c.OwnerName),
		}, call)
	})
}

package records

import (
	"context"
	"fmt"
	"time"
)

// escalate raises an escalation for a case, or brings the one of the same kind up to date that is under way already: a
// customer who calls again does not get two engineers.
func (t *txn) escalate(ctx context.Context, c Case, in WrapUpInput) (Escalation, error) {
	f, kind := *in.Escalation, KindRemote
	if in.Outcome == OutcomeOnsite {
		kind = KindOnsite
	}
	contact := f.Contact.ID
	set(&contact, c.ContactID)
	if contact != "" {
		if _, err := t.contact(ctx, contact); err != nil {
			return Escalation{}, err
		}
	}
	if err := t.fillPlace(ctx, c, &f); err != nil {
		return Escalation{}, err
	}
	var row escalationRow
	active, err := t.find(ctx, &row, selectEscalation+` WHERE e.case_number = ? AND e.kind = ? AND e.ended_at IS NULL`, c.Number, kind)
	if err != nil {
		return Escalation{}, err
	}
	if active {
		return t.moveEscalation(ctx, row.escalation(), escalationChange{input: updateEscalation, by: in.By, edit: func(e *Escalation) {
			e.ContactName, e.ContactNumber, e.Situation = f.Contact.Name, f.Contact.Number, f.Situation
			e.ToldMeans, e.ToldAt, e.ToldProcedure = f.Told.Means, f.Told.At, f.Told.Procedure
		}})
	}
	respondBy := f.RespondBy
	if respondBy.IsZero() {
		respondBy = t.s.calendar(t.s.calendarName(f.Centre)).Add(t.now, t.s.opt.RespondWithin[kind])
	}
	id := newID(t.now)
	if err := t.do(ctx, `INSERT INTO escalations (id, kind, case_number, customer_id, contact_id, contact_name, contact_number,
		situation, told_means, told_at, told_procedure, region, service_centre, respond_by, state, raised_by, raised_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, kind, c.Number, null(c.CustomerID), null(contact), f.Contact.Name,
		f.Contact.Number, f.Situation, f.Told.Means, at(f.Told.At), f.Told.Procedure, f.Region, f.Centre, at(respondBy),
		string(escalationMachine.start), in.By, at(t.now)); err != nil {
		return Escalation{}, err
	}
	return t.feedEscalation(ctx, id, "opened", in.By)
}

// fillPlace takes region and service centre from the customer where the wrap-up names none, and then the centre that serves
// the region.
func (t *txn) fillPlace(ctx context.Context, c Case, f *EscalationFacts) error {
	if c.CustomerID != "" {
		customer, err := t.customer(ctx, c.CustomerID)
		if err != nil {
			return err
		}
		if f.Region == "" || f.Region == customer.Region { // the customer's centre serves the customer's place, not another
			set(&f.Centre, customer.ServiceCentre)
		}
		set(&f.Region, customer.Region)
	}
	if t.s.opt.CentreOf != nil {
		set(&f.Centre, t.s.opt.CentreOf(f.Region))
	}
	return nil
}

// escalationChange is one input with what it carries.
type escalationChange struct {
	input   escalationInput
	by      string
	note    string // for the manager
	version int64
	edit    func(*Escalation)
}

// moveEscalation applies one input: table, compare-and-set, effects, feed.
func (t *txn) moveEscalation(ctx context.Context, e Escalation, ch escalationChange) (Escalation, error) {
	if ch.version != 0 && ch.version != e.Version {
		return e, stale("escalation", e.ID, ch.version, e.Version)
	}
	mv, ok := escalationMachine.step(e.State, ch.input)
	if !ok {
		t.s.log.Info("escalation input without effect", "escalation", e.ID, "case", e.Case, "state", string(e.State), "input", string(ch.input))
		return e, problem(ErrConflict, "escalation_state", "Load it again and see how it stands.",
			"The escalation is %s; %q is not possible now.", e.State, string(ch.input))
	}
	seen := e.Version
	if ch.edit != nil {
		ch.edit(&e)
	}
	e.State = mv.next
	if len(escalationMachine.table[mv.next]) == 0 {
		e.EndedAt = t.now
	}
	n, err := t.exec(ctx, `UPDATE escalations SET state = ?, contact_name = ?, contact_number = ?, situation = ?, told_means = ?,
		told_at = ?, told_procedure = ?, accepted_by = ?, accepted_at = ?, reason = ?, result = ?, ended_at = ?, version = version + 1
		WHERE id = ? AND version = ?`, string(e.State), e.ContactName, e.ContactNumber, e.Situation, e.ToldMeans, at(e.ToldAt),
		e.ToldProcedure, e.AcceptedBy, at(e.AcceptedAt), e.Reason, e.Result, at(e.EndedAt), e.ID, seen)
	if err != nil {
		return e, err
	}
	if n == 0 {
		return e, stale("escalation", e.ID, seen, seen+1)
	}
	for _, effect := range mv.do {
		switch effect {
		case tellManager:
			err = t.tellManager(ctx, e, ch)
		case reopenCase:
			err = t.returnToOwner(ctx, e, ch)
		}
		if err != nil {
			return e, err
		}
	}
	return t.feedEscalation(ctx, e.ID, ch.input.feedChange(), ch.by)
}

func (t *txn) tellManager(ctx context.Context, e Escalation, ch escalationChange) error {
	n := Notice{
		Kind: NoticeDeclined, Login: e.CaseOwner, Case: e.Case,
		Detail: fmt.Sprintf("%s declined the %s service of %s: %s", ch.by, e.Kind, e.Case, e.Reason),
	}
	if ch.input == expireEscalation {
		n.Kind = NoticeOverdue
		n.Detail = fmt.Sprintf("Nobody accepted the %s service of %s by %s; the case stays with %s.", e.Kind, e.Case,
			e.RespondBy.In(t.s.opt.Zone).Format(time.DateTime), e.CaseOwner)
	}
	return t.notice(ctx, n, e.ID)
}

// returnToOwner puts the case back on its owner's desk, unless other service for it is under way or it was closed.
func (t *txn) returnToOwner(ctx context.Context, e Escalation, ch escalationChange) error {
	var others int
	if err := t.get(ctx, &others, `SELECT COUNT(*) FROM escalations WHERE case_number = ? AND ended_at IS NULL`, e.Case); err != nil {
		return err
	}
	c, err := t.caseByNumber(ctx, e.Case)
	if err != nil {
		return err
	}
	if _, err := t.addNote(ctx, e.Case, ch.by, e.endNote(ch)); err != nil {
		return err
	}
	if others > 0 || c.State != CaseEscalated {
		return nil
	}
	return t.do(ctx, `UPDATE cases SET state = ?, promise = '', promised_at = NULL, updated_at = ?, version = version + 1
		WHERE number = ?`, CaseOpen, at(t.now), e.Case)
}

// endNote is what is noted in the case when its service ends. Pages know these four sentences and say them in the reader's language.
func (e Escalation) endNote(ch escalationChange) string {
	onsite, done := e.Kind == KindOnsite, ch.input == finishEscalation
	switch {
	case onsite && done:
		return fmt.Sprintf("onsite service done by %s: %s", ch.by, e.Result)
	case onsite:
		return fmt.Sprintf("onsite service declined by %s: %s", ch.by, e.Reason)
	case done:
		return fmt.Sprintf("remote service done by %s: %s", ch.by, e.Result)
	}
	return fmt.Sprintf("remote service declined by %s: %s", ch.by, e.Reason)
}

// AcceptEscalation says that by will serve it. version is the one seen, 0 = whatever. Errors: ErrNotFound, ErrConflict
// (somebody else was faster, or it has ended).
func (s *Store) AcceptEscalation(ctx context.Context, id, by string, version int64) (Escalation, error) {
	return s.changeEscalation(ctx, id, escalationChange{input: acceptEscalation, by: by, version: version})
}

// DeclineEscalation refuses it with a reason; the owner of the case and the manager learn why. Errors: ErrIncomplete (no
// reason), ErrNotFound, ErrConflict.
func (s *Store) DeclineEscalation(ctx context.Context, id, by, reason string, version int64) (Escalation, error) {
	return s.changeEscalation(ctx, id, escalationChange{input: declineEscalation, by: by, note: reason, version: version})
}

// FinishEscalation says that service is done and what it did. Errors: ErrIncomplete (no result), ErrNotFound, ErrConflict.
func (s *Store) FinishEscalation(ctx context.Context, id, by, result string, version int64) (Escalation, error) {
	return s.changeEscalation(ctx, id, escalationChange{input: finishEscalation, by: by, note: result, version: version})
}

func (s *Store) changeEscalation(ctx context.Context, id string, ch escalationChange) (Escalation, error) {
	ch.note = text(ch.note)
	var f faults
	if ch.input != acceptEscalation {
		f.required("note", ch.note, maxText, "The reason or result is missing.", "Say why, or what was done.")
	}
	f.missing(ch.by != "", "by", "Who does it is missing.", "Log in.")
	if err := f.problem(ErrIncomplete, "escalation_incomplete", "Fill in the fields named.", "The escalation cannot be changed like this."); err != nil {
		return Escalation{}, err
	}
	var out Escalation
	err := s.write(ctx, string(ch.input)+" escalation", func(t *txn) error {
		e, err := t.escalation(ctx, id)
		if err != nil {
			return err
		}
		ch.edit = func(e *Escalation) {
			switch ch.input {
			case acceptEscalation:
				e.AcceptedBy, e.AcceptedAt = ch.by, t.now
			case declineEscalation:
				e.Reason = ch.note
			case finishEscalation:
				e.Result = ch.note
			default:
			}
		}
		out, err = t.moveEscalation(ctx, e, ch)
		return err
	})
	return out, err
}

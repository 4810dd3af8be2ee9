package records

import (
	"context"
	"time"
)

// What a call out may be for.
const (
	OutFollowUp = "followup" // Ref: id of a follow-up
	OutCallback = "callback" // Ref: id of a callback
	OutVisit    = "visit"    // Ref: number of the order of a regular visit
)

// How a call out can end beside the words of the telephone (pbx.OutEnd).
const (
	OutEndBarred  = "barred"  // the number may not be called
	OutEndEngaged = "engaged" // the agent was in another call
)

// OutCall is a call that the hotline made, or tried to make.
type OutCall struct {
	Call       string    `db:"call"        json:"call"`
	Purpose    string    `db:"purpose"     json:"purpose"`
	Ref        string    `db:"ref"         json:"ref"`
	Number     string    `db:"number"      json:"-"`
	Case       string    `db:"case_number" json:"case,omitempty"`
	Login      string    `db:"login"       json:"login"`
	Machine    bool      `db:"machine"     json:"machine,omitempty"`
	BegunAt    time.Time `db:"-"           json:"begun_at"`
	AnsweredAt time.Time `db:"-"           json:"answered_at,omitzero"`
	Recording  string    `db:"recording"   json:"recording,omitempty"`
	EndedAt    time.Time `db:"-"           json:"ended_at,omitzero"`
	Outcome    string    `db:"outcome"     json:"outcome,omitempty"`
}

type outCallRow struct {
	OutCall
	BegunAt    stamp `db:"begun_at"`
	AnsweredAt stamp `db:"answered_at"`
	EndedAt    stamp `db:"ended_at"`
}

func (r outCallRow) outCall() OutCall {
	c := r.OutCall
	c.BegunAt, c.AnsweredAt, c.EndedAt = r.BegunAt.time(), r.AnsweredAt.time(), r.EndedAt.time()
	return c
}

// NewOutCall asks for leave to make one call.
type NewOutCall struct {
	Call, Purpose, Ref string
	Login              string
	Machine            bool
}

// OutLeave is the leave: whom to call, and by which name the agent's phone shows them.
type OutLeave struct {
	Number string // E.164
	Name   string
	Case   string
	Lang   string // "zh" or "en": in which a machine speaks
}

// BeginOutCall gives leave for one call, or refuses it. The number comes from the records, never from who asks; only what stands
// on a list in this moment may be called; nobody surveys their own work; and no two call the same customer at once. The
// attempt is on record and in the audit log when it returns.
// Errors: ErrNotFound, ErrForbidden, ErrConflict (not on the list now, not yet due again, being called), ErrInvalid (no number).
func (s *Store) BeginOutCall(ctx context.Context, in NewOutCall) (OutLeave, error) {
	var leave OutLeave
	err := s.write(ctx, "begin call out", func(t *txn) (err error) {
		if leave, err = t.leave(ctx, in); err != nil {
			return err
		}
		number, ok := Normalise(leave.Number, t.s.opt.Region)
		if !ok {
			return problem(ErrInvalid, "out_number", "Correct the contact's telephone number first.", "There is no telephone number that can be called.")
		}
		leave.Number = number
		if leave.Lang, err = t.language(ctx, in, leave.Case); err != nil {
			return err
		}
		var live string
		if found, err := t.find(ctx, &live, `SELECT login FROM out_calls WHERE purpose = ? AND ref = ? AND ended_at IS NULL`, in.Purpose, in.Ref); err != nil {
			return err
		} else if found {
			return problem(ErrConflict, "out_live", "Wait until that call has ended.", "%s is calling this customer now.", live)
		}
		if err := t.do(ctx, `INSERT INTO out_calls (call, purpose, ref, number, case_number, login, machine, begun_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			in.Call, in.Purpose, in.Ref, leave.Number, leave.Case, in.Login, in.Machine, at(t.now)); err != nil {
			return err
		}
		return t.audit(ctx, AuditEntry{By: in.Login, Action: "call.out", Object: in.Purpose + " " + in.Ref, Data: in.Call})
	})
	return leave, err
}

// language is that of the person who is followed up, else that of the queue on which the case came in.
func (t *txn) language(ctx context.Context, in NewOutCall, number string) (string, error) {
	var known struct {
		Language string `db:"language"`
		Queue    string `db:"queue"`
	}
	if in.Purpose == OutFollowUp && number != "" {
		if _, err := t.find(ctx, &known, `SELECT COALESCE((SELECT k.language FROM followups f JOIN contacts k ON k.id = f.contact_id WHERE f.case_number = s.number), '') AS language,
			COALESCE((SELECT q.queue FROM case_calls q WHERE q.case_number = s.number ORDER BY q.answered_at LIMIT 1), '') AS queue FROM cases s WHERE s.number = ?`, number); err != nil {
			return "", err
		}
	}
	if known.Language == "" && t.s.opt.LanguageOf != nil {
		known.Language = t.s.opt.LanguageOf(known.Queue)
	}
	set(&known.Language, "zh")
	return known.Language, nil
}

// CheckOutCall says whether a call that was given leave is still to be made. Errors as BeginOutCall.
func (s *Store) CheckOutCall(ctx context.Context, call string) error {
	err := s.snapshot(ctx, "check call out", func(c conn) error {
		out, err := c.outCall(ctx, call)
		if err != nil {
			return err
		}
		if !out.EndedAt.IsZero() {
			return problem(ErrConflict, "out_ended", "Start a new call.", "The call has ended.")
		}
		t := &txn{conn: c, s: s, now: s.now()}
		_, err = t.leave(ctx, NewOutCall{Call: call, Purpose: out.Purpose, Ref: out.Ref, Login: out.Login, Machine: out.Machine})
		return err
	})
	return err
}

// leave reads only, so that it can be asked twice.
func (t *txn) leave(ctx context.Context, in NewOutCall) (OutLeave, error) {
	user, err := t.user(ctx, in.Login)
	if err != nil {
		return OutLeave{}, err
	}
	if user.Disabled {
		return OutLeave{}, problem(ErrForbidden, "user_disabled", "Ask the administrator.", "The account is disabled.")
	}
	manager := user.Is(RoleSupervisor)
	switch in.Purpose {
	case OutFollowUp:
		return t.leaveFollowUp(ctx, in, manager)
	case OutCallback:
		return t.leaveCallback(ctx, in, user.Is(RoleAgent))
	case OutVisit:
		return t.leaveVisit(ctx, in, manager)
	}
	return OutLeave{}, problem(ErrInvalid, "out_purpose", "Call from a worklist.", "There is no list %q.", in.Purpose)
}

func notManager() error {
	return problem(ErrForbidden, "not_manager", "Ask a service manager.", "Only a service manager may do this.")
}

func (t *txn) leaveFollowUp(ctx context.Context, in NewOutCall, manager bool) (OutLeave, error) {
	if !manager {
		return OutLeave{}, notManager()
	}
	f, err := t.followUp(ctx, in.Ref)
	if err != nil {
		return OutLeave{}, err
	}
	if f.State != FollowUpDue && f.State != FollowUpLinked {
		return OutLeave{}, problem(ErrConflict, "out_not_due", "Choose one from the worklist.", "This customer is not on the worklist now.")
	}
	if !in.Machine { // a machine rates nobody
		if err := f.notOwnWork(in.Login); err != nil {
			return OutLeave{}, err
		}
	}
	if f.NextAt.After(t.now) {
		return OutLeave{}, problem(ErrConflict, "out_too_soon", "Call again at that time.",
			"The customer was called a short while ago; the next attempt is due at %s.", f.NextAt.In(t.s.opt.Zone).Format(time.DateTime))
	}
	if f.State == FollowUpDue && f.Attempts >= MaxAttempts {
		return OutLeave{}, problem(ErrConflict, "out_tries", "Send the customer a link to the survey.",
			"The customer was called %d times; the rule asks for no more.", f.Attempts)
	}
	name := f.ContactName
	set(&name, f.CustomerName)
	return OutLeave{Number: f.Number, Name: name, Case: f.Case}, nil
}

func (t *txn) leaveCallback(ctx context.Context, in NewOutCall, agent bool) (OutLeave, error) {
	if !agent || in.Machine {
		return OutLeave{}, problem(ErrForbidden, "not_agent", "Ask an agent.", "Only an agent calls customers back.")
	}
	var row callbackRow
	found, err := t.find(ctx, &row, `SELECT * FROM callbacks WHERE id = ?`, in.Ref)
	if err != nil {
		return OutLeave{}, err
	}
	if !found {
		return OutLeave{}, notFound("callback", in.Ref)
	}
	if state := callbackState(row.State); state != callbackTaken && state != callbackOpen || row.Login != "" && row.Login != in.Login {
		return OutLeave{}, problem(ErrConflict, "out_not_due", "Choose one from your calls back.", "This call back is done, or somebody else's.")
	}
	return OutLeave{Number: row.Number, Name: row.Number, Case: row.Case}, nil
}

func (t *txn) leaveVisit(ctx context.Context, in NewOutCall, manager bool) (OutLeave, error) {
	if !manager || in.Machine {
		return OutLeave{}, notManager()
	}
	o, err := t.order(ctx, in.Ref)
	if err != nil {
		return OutLeave{}, err
	}
	if o.Kind != visitProcedure || o.State.Ended() {
		return OutLeave{}, problem(ErrConflict, "out_not_due", "Choose one from the worklist.", "This visit is not to be arranged now.")
	}
	return OutLeave{Number: o.ContactNumber, Name: o.ContactName}, nil
}

func (c conn) outCall(ctx context.Context, call string) (OutCall, error) {
	var row outCallRow
	found, err := c.find(ctx, &row, `SELECT * FROM out_calls WHERE call = ?`, call)
	if err == nil && !found {
		err = notFound("call", call)
	}
	return row.outCall(), err
}

// OutCall gives one call out. Errors: ErrNotFound.
func (s *Store) OutCall(ctx context.Context, call string) (OutCall, error) {
	out, err := s.read().outCall(ctx, call)
	return out, s.explain("call out", err)
}

// OutCalls lists the calls made for one thing, in order.
func (s *Store) OutCalls(ctx context.Context, purpose, ref string) ([]OutCall, error) {
	var rows []outCallRow
	err := s.read().list(ctx, &rows, `SELECT * FROM out_calls WHERE purpose = ? AND ref = ? ORDER BY begun_at, call`, purpose, ref)
	return mapped(rows, outCallRow.outCall), s.explain("calls out", err)
}

// LiveOutCalls lists the calls out whose end nobody has told: to be compared with the switch after a start.
func (s *Store) LiveOutCalls(ctx context.Context) ([]OutCall, error) {
	var rows []outCallRow
	err := s.read().list(ctx, &rows, `SELECT * FROM out_calls WHERE ended_at IS NULL ORDER BY begun_at, call`)
	return mapped(rows, outCallRow.outCall), s.explain("live calls out", err)
}

// AnswerOutCall notes that somebody picked up, and the recording's name. Again changes nothing.
func (s *Store) AnswerOutCall(ctx context.Context, call string, when time.Time, recording string) error {
	return s.write(ctx, "answer call out", func(t *txn) error {
		return t.do(ctx, `UPDATE out_calls SET answered_at = ?, recording = ? WHERE call = ? AND answered_at IS NULL AND ended_at IS NULL`,
			at(when), line(recording), call)
	})
}

// KeyOutCall keeps what a customer pressed for a question. The same question again keeps both; the first counts.
func (s *Store) KeyOutCall(ctx context.Context, call, question, answer string, when time.Time) error {
	return s.write(ctx, "key of call out", func(t *txn) error {
		return t.do(ctx, `INSERT INTO out_call_keys (call, seq, question, answer, at)
			VALUES (?, (SELECT COUNT(*) + 1 FROM out_call_keys WHERE call = ?), ?, ?, ?)`, call, call, line(question), line(answer), at(when))
	})
}

// spoken are the ends of calls that reached somebody, or found that the number is of no use: attempts. The others say nothing of
// the customer.
func spoken(outcome string) bool {
	switch outcome {
	case "busy", "no-answer", "refused", "wrong", "agent", "customer", "system":
		return true
	}
	return false
}

// EndOutCall notes how a call ended, once; the first word stands. An attempt moves the follow-up on: the next one lies in another
// part of the day. What a machine was told becomes a survey.
func (s *Store) EndOutCall(ctx context.Context, call, outcome string, when time.Time) error {
	return s.write(ctx, "end call out", func(t *txn) error {
		c, err := t.outCall(ctx, call)
		if err != nil || !c.EndedAt.IsZero() {
			return err
		}
		if err := t.do(ctx, `UPDATE out_calls SET ended_at = ?, outcome = ? WHERE call = ?`, at(when), line(outcome), call); err != nil {
			return err
		}
		if c.Purpose != OutFollowUp || !spoken(outcome) {
			return nil
		}
		f, err := t.followUp(ctx, c.Ref)
		if err != nil {
			return err
		}
		if f.State == FollowUpDue || f.State == FollowUpLinked {
			if f, err = t.moveFollowUp(ctx, f, tryFollowUp, func(f *FollowUp) {
				f.Attempts++
				f.NextAt = NextAttempt(when, t.s.opt.Zone)
			}); err != nil {
				return err
			}
		}
		if c.Machine && !c.AnsweredAt.IsZero() {
			c.EndedAt = when
			return t.keysToSurvey(ctx, c, f)
		}
		return nil
	})
}

// keysToSurvey makes a survey of what was pressed. Without consent, or without one rating, there is none.
func (t *txn) keysToSurvey(ctx context.Context, c OutCall, f FollowUp) error {
	var keys []struct {
		Question string `db:"question"`
		Answer   string `db:"answer"`
	}
	if err := t.list(ctx, &keys, `SELECT question, answer FROM out_call_keys WHERE call = ? ORDER BY seq`, c.Call); err != nil {
		return err
	}
	answers, consent := map[string]string{}, ""
	for _, k := range keys {
		switch {
		case k.Question == "consent":
			set(&consent, k.Answer)
		case answers[k.Question] == "":
			answers[k.Question] = k.Answer
		}
	}
	if consent == "no" && f.State != FollowUpDone {
		_, err := t.moveFollowUp(ctx, f, closeFollowUp, func(f *FollowUp) { f.Outcome = "declined" })
		return err
	}
	if consent != "yes" || len(answers) == 0 {
		return nil
	}
	_, err := t.addSurvey(ctx, NewSurvey{
		FollowUp: f.ID, Channel: SurveyKeys, Who: f.ContactName, KeyedBy: KeyedByCustomer, AnsweredAt: c.EndedAt, Answers: answers, Partial: true,
		Recording: c.Recording, Call: c.Call,
	})
	return err
}

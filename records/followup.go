package records

import (
	"context"
	"fmt"
	"time"
)

// FollowUpWithin is the time in which a customer is called after the solution (domain description §4, step 1): plain hours.
const FollowUpWithin = 48 * time.Hour

// KindHotline is the kind of service of a case that was solved on the phone; the others are KindRemote and KindOnsite.
const KindHotline = "hotline"

// FollowUp is the follow-up of one solved case. What the draw is made from (case, engineer, centre, kind, solved) never changes.
type FollowUp struct {
	ID           string        `db:"id"            json:"id"`
	Case         string        `db:"case_number"   json:"case"`
	Day          string        `db:"day"           json:"day"` // of its draw
	CustomerID   string        `db:"customer_id"   json:"customer_id,omitempty"`
	CustomerName string        `db:"customer_name" json:"customer_name,omitempty"`
	ContactID    string        `db:"contact_id"    json:"contact_id,omitempty"`
	ContactName  string        `db:"contact_name"  json:"contact_name,omitempty"`
	ContactEmail string        `db:"contact_email" json:"-"`
	Number       string        `db:"number"        json:"-"`
	Subject      string        `db:"subject"       json:"subject"`
	Owner        string        `db:"owner"         json:"owner"`
	Engineer     string        `db:"engineer"      json:"engineer"`
	EngineerName string        `db:"engineer_name" json:"engineer_name"`
	Centre       string        `db:"centre"        json:"centre"`
	Kind         string        `db:"kind"          json:"kind"`
	Product      string        `db:"product"       json:"product"`
	SolvedAt     time.Time     `db:"-"             json:"solved_at"`
	DueAt        time.Time     `db:"-"             json:"due_at"`
	State        FollowUpState `db:"state"         json:"state"`
	Overdue      bool          `db:"overdue"       json:"overdue"`
	Attempts     int           `db:"attempts"      json:"attempts"`
	NextAt       time.Time     `db:"-"             json:"next_at,omitzero"` // not to be called before
	Order        string        `db:"order_number"  json:"order,omitempty"`
	Outcome      string        `db:"outcome"       json:"outcome,omitempty"`
	EndedAt      time.Time     `db:"-"             json:"ended_at,omitzero"`
	Version      int64         `db:"version"       json:"version"`
}

type followUpRow struct {
	FollowUp
	SolvedAt stamp `db:"solved_at"`
	DueAt    stamp `db:"due_at"`
	NextAt   stamp `db:"next_at"`
	EndedAt  stamp `db:"ended_at"`
}

func (r followUpRow) followUp() FollowUp {
	f := r.FollowUp
	f.SolvedAt, f.DueAt, f.NextAt, f.EndedAt = r.SolvedAt.time(), r.DueAt.time(), r.NextAt.time(), r.EndedAt.time()
	return f
}

const selectFollowUp = `SELECT f.id, f.case_number, f.day, COALESCE(f.customer_id, '') AS customer_id, COALESCE(c.name, '') AS customer_name,
	COALESCE(f.contact_id, '') AS contact_id, COALESCE(k.name, '') AS contact_name, COALESCE(k.email, '') AS contact_email, f.number,
	s.subject, s.owner, f.engineer, COALESCE(u.name, f.engineer) AS engineer_name, f.centre, f.kind, f.product, f.solved_at, f.due_at, f.state,
	f.overdue, f.attempts, f.next_at, f.order_number, f.outcome, f.ended_at, f.version
	FROM followups f JOIN cases s ON s.number = f.case_number LEFT JOIN customers c ON c.id = f.customer_id
	LEFT JOIN contacts k ON k.id = f.contact_id LEFT JOIN users u ON u.login = f.engineer`

// FollowUp gives one follow-up by its id or by its case's number. Errors: ErrNotFound.
func (s *Store) FollowUp(ctx context.Context, id string) (FollowUp, error) {
	f, err := s.read().followUp(ctx, id)
	return f, s.explain("follow-up", err)
}

func (c conn) followUp(ctx context.Context, id string) (FollowUp, error) {
	var row followUpRow
	found, err := c.find(ctx, &row, selectFollowUp+` WHERE f.id = ? OR f.case_number = ?`, id, id)
	if err == nil && !found {
		err = notFound("followup", id)
	}
	return row.followUp(), err
}

// FollowUpFilter narrows FollowUps.
type FollowUpFilter struct {
	State    FollowUpState
	Work     bool // due or linked: what is still to be done
	Overdue  bool
	Engineer string
	Kind     string
	Cursor   string
	Limit    int
}

// FollowUps lists follow-ups, those due first at the top. Errors: ErrInvalid (cursor).
func (s *Store) FollowUps(ctx context.Context, f FollowUpFilter) (Page[FollowUp], error) {
	after := cursor{}
	if f.Cursor != "" {
		var err error
		if after, err = parseCursor(f.Cursor); err != nil {
			return Page[FollowUp]{}, err
		}
	}
	var q query
	q.equal("f.state", string(f.State))
	if f.Work {
		q.and("f.state IN ('due', 'linked')")
	}
	if f.Overdue {
		q.and("f.overdue")
	}
	q.equal("f.engineer", f.Engineer)
	q.equal("f.kind", f.Kind)
	q.and("(f.due_at, f.id) > (?, ?)", int64(after.at), after.key)
	limit := pageLimit(f.Limit)
	var rows []followUpRow
	if err := s.read().list(ctx, &rows, q.sql(selectFollowUp, "f.due_at, f.id", limit), q.args...); err != nil {
		return Page[FollowUp]{}, s.explain("follow-ups", err)
	}
	page := Page[FollowUp]{Items: mapped(rows, followUpRow.followUp)}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].DueAt, rows[limit-1].ID}.String()
	}
	return page, nil
}

// enterFollowUp puts a case that was just solved into the 48-hour clock, once.
func (t *txn) enterFollowUp(ctx context.Context, c Case, by string) error {
	day := t.now.In(t.s.opt.Zone).Format(time.DateOnly)
	if err := t.commitDraw(ctx, day); err != nil {
		return err
	}
	engineer, kind, centre := by, KindHotline, ""
	var served struct {
		ID       string `db:"id"`
		Kind     string `db:"kind"`
		Centre   string `db:"service_centre"`
		Accepted string `db:"accepted_by"`
		Engineer string `db:"engineer"`
	}
	found, err := t.find(ctx, &served, `SELECT e.id, e.kind, e.service_centre, e.accepted_by, COALESCE((SELECT o.engineer FROM orders o
		WHERE o.escalation = e.id AND o.state = 'done' AND o.engineer <> '' ORDER BY o.ended_at DESC LIMIT 1), '') AS engineer
		FROM escalations e WHERE e.case_number = ? AND e.state = 'done' ORDER BY e.ended_at DESC, e.id DESC LIMIT 1`, c.Number)
	if err != nil {
		return err
	}
	if found {
		kind, centre = served.Kind, served.Centre
		engineer = served.Engineer
		set(&engineer, served.Accepted)
		set(&engineer, by)
	}
	if centre == "" && c.CustomerID != "" {
		customer, err := t.customer(ctx, c.CustomerID)
		if err != nil {
			return err
		}
		centre = customer.ServiceCentre
	}
	number := c.Caller
	if c.ContactID != "" {
		contact, err := t.contact(ctx, c.ContactID)
		if err != nil {
			return err
		}
		if number == "" && len(contact.Numbers) > 0 {
			number = contact.Numbers[0].Number
		}
	}
	return t.do(ctx, `INSERT INTO followups (id, case_number, day, customer_id, contact_id, number, engineer, centre, kind, product,
		solved_at, due_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (case_number) DO NOTHING`,
		newID(t.now), c.Number, day, null(c.CustomerID), null(c.ContactID), number, engineer, centre, kind, c.Product,
		at(t.now), at(t.now.Add(FollowUpWithin)), string(followUpMachine.start))
}

// moveFollowUp applies one input: table, compare-and-set.
func (t *txn) moveFollowUp(ctx context.Context, f FollowUp, in followUpInput, change func(*FollowUp)) (FollowUp, error) {
	t.seen(f.Case)
	mv, ok := followUpMachine.step(f.State, in)
	if !ok {
		return f, problem(ErrConflict, "followup_state", "Load it again and see how it stands.",
			"The follow-up is %s; %q is not possible now.", f.State, string(in))
	}
	seen := f.Version
	f.State = mv.next
	if change != nil {
		change(&f)
	}
	f.Version++
	if f.EndedAt.IsZero() && (f.State == FollowUpDone || f.State == FollowUpUnreached) {
		f.EndedAt = t.now
	}
	n, err := t.exec(ctx, `UPDATE followups SET state = ?, overdue = ?, attempts = ?, next_at = ?, order_number = ?, outcome = ?,
		ended_at = ?, number = ?, version = ? WHERE id = ? AND version = ?`, string(f.State), f.Overdue, f.Attempts, at(f.NextAt), f.Order,
		f.Outcome, at(f.EndedAt), f.Number, f.Version, f.ID, seen)
	if err == nil && n == 0 {
		err = stale("followup", f.ID, seen, seen+1)
	}
	return f, err
}

// notOwnWork refuses whoever solved the case or owns it: nobody rates their own work (domain description §4).
func (f FollowUp) notOwnWork(login string) error {
	if login != "" && (login == f.Engineer || login == f.Owner) {
		return problem(ErrForbidden, "own_work", "Ask another service manager.", "The case %s is your own work: nobody rates their own work.", f.Case)
	}
	return nil
}

// LinkFollowUp notes that the customer was sent a link to the survey. Errors: ErrNotFound, ErrConflict.
func (s *Store) LinkFollowUp(ctx context.Context, id, by, note string, version int64) (FollowUp, error) {
	return s.changeFollowUp(ctx, id, by, version, linkFollowUp, note)
}

// CloseFollowUp gives a follow-up up, with a reason: the customer does not want to answer, cannot be reached. It is in the audit
// log. Errors: ErrNotFound, ErrConflict, ErrIncomplete (reason), ErrForbidden (own work).
func (s *Store) CloseFollowUp(ctx context.Context, id, by, reason string, version int64) (FollowUp, error) {
	if text(reason) == "" {
		return FollowUp{}, problem(ErrIncomplete, "reason_missing", "Say why there is no answer.", "A follow-up ends without an answer only for a reason.")
	}
	return s.changeFollowUp(ctx, id, by, version, closeFollowUp, reason)
}

func (s *Store) changeFollowUp(ctx context.Context, id, by string, version int64, in followUpInput, note string) (FollowUp, error) {
	var out FollowUp
	err := s.write(ctx, string(in)+" follow-up", func(t *txn) error {
		f, err := t.followUp(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && version != f.Version {
			return stale("followup", f.ID, version, f.Version)
		}
		if err := f.notOwnWork(by); err != nil {
			return err
		}
		if out, err = t.moveFollowUp(ctx, f, in, func(f *FollowUp) { f.Outcome = clip(text(note), maxText) }); err != nil {
			return err
		}
		if in == linkFollowUp {
			if err := t.do(ctx, `UPDATE followups SET linked_at = ? WHERE id = ?`, at(t.now), f.ID); err != nil {
				return err
			}
		}
		return t.audit(ctx, AuditEntry{By: by, Action: "followup." + string(in), Object: f.Case, Reason: note})
	})
	return out, err
}

// sweepLinked puts follow-ups back on the worklist whose link nobody answered: one more call is asked for.
func (t *txn) sweepLinked(ctx context.Context, now time.Time) (int, error) {
	var rows []followUpRow
	if err := t.list(ctx, &rows, selectFollowUp+` WHERE f.state = 'linked' AND f.linked_at <= ? ORDER BY f.linked_at, f.id LIMIT ?`,
		at(now.Add(-LinkAnswered)), sweepBatch); err != nil {
		return 0, err
	}
	for _, r := range rows {
		f, err := t.moveFollowUp(ctx, r.followUp(), lapseFollowUp, func(f *FollowUp) {
			f.Attempts, f.NextAt = min(f.Attempts, MaxAttempts-1), time.Time{}
		})
		if err != nil {
			return 0, err
		}
		if err := t.audit(ctx, AuditEntry{By: t.by, Action: "followup." + string(lapseFollowUp), Object: f.Case}); err != nil {
			return 0, err
		}
		if err := t.notice(ctx, Notice{
			Kind: NoticeFollowUp, Login: f.Engineer, Case: f.Case, Detail: fmt.Sprintf("The customer of %s did not answer behind the link: call once more.", f.Case),
		}, fmt.Sprintf("%s lapsed %d", f.ID, f.Version)); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// sweepFollowUps tells the managers of follow-ups that were not done in time.
func (t *txn) sweepFollowUps(ctx context.Context, now time.Time) (int, error) {
	var rows []followUpRow
	if err := t.list(ctx, &rows, selectFollowUp+` WHERE f.state IN ('due', 'linked') AND NOT f.overdue AND f.due_at <= ?
		ORDER BY f.due_at, f.id LIMIT ?`, at(now), sweepBatch); err != nil {
		return 0, err
	}
	for _, r := range rows {
		f := r.followUp()
		if err := t.do(ctx, `UPDATE followups SET overdue = ?, version = version + 1 WHERE id = ?`, true, f.ID); err != nil {
			return 0, err
		}
		if err := t.notice(ctx, Notice{
			Kind: NoticeFollowUp, Login: f.Engineer, Case: f.Case,
			Detail: fmt.Sprintf("The customer of %s was to be asked by %s and was not.", f.Case, f.DueAt.In(t.s.opt.Zone).Format(time.DateTime)),
		}, f.ID); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

package records

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hotline/records/instrument"
)

// ImprovementState is where the work on a low score stands.
type ImprovementState string

const (
	// ImprovementOpen has no plan yet.
	ImprovementOpen ImprovementState = "open"
	// ImprovementPlanned has an owner, a plan and a date.
	ImprovementPlanned ImprovementState = "planned"
	// ImprovementDone was carried out; its effect is to be checked by somebody else.
	ImprovementDone ImprovementState = "done"
	// ImprovementClosed had its effect checked and found good.
	ImprovementClosed ImprovementState = "closed"
)

type improvementInput string

const (
	planImprovement   improvementInput = "plan"
	finishImprovement improvementInput = "finish"
	confirmEffect     improvementInput = "effective"
	denyEffect        improvementInput = "ineffective" // back to a new plan
)

var improvementMachine = machine[ImprovementState, improvementInput, noEffect]{
	name: "improvement", start: ImprovementOpen,
	table: map[ImprovementState]map[improvementInput]move[ImprovementState, noEffect]{
		ImprovementOpen:    {planImprovement: {ImprovementPlanned, nil}},
		ImprovementPlanned: {planImprovement: {ImprovementPlanned, nil}, finishImprovement: {ImprovementDone, nil}},
		ImprovementDone:    {confirmEffect: {ImprovementClosed, nil}, denyEffect: {ImprovementOpen, nil}},
		ImprovementClosed:  {},
	},
}

// improvementPlanWithin is the time to make a plan.
const improvementPlanWithin = 3 * 24 * time.Hour

// effectCheckedWithin is the time after which somebody else says whether it helped: it needs some to show.
const effectCheckedWithin = 14 * 24 * time.Hour

// Improvement is the work that a low score leads to (domain description §4: improvement plan, its execution supervised).
type Improvement struct {
	ID           string           `db:"id"            json:"id"`
	Survey       string           `db:"survey"        json:"survey"` // series
	FollowUp     string           `db:"followup"      json:"followup,omitempty"`
	Case         string           `db:"case_number"   json:"case,omitempty"`
	CustomerID   string           `db:"customer_id"   json:"customer_id,omitempty"`
	CustomerName string           `db:"customer_name" json:"customer_name,omitempty"`
	Engineer     string           `db:"engineer"      json:"engineer,omitempty"`
	Speed        int              `db:"speed"         json:"speed"`
	Quality      int              `db:"quality"       json:"quality"`
	Complaint    string           `db:"complaint"     json:"complaint"` // in the customer's words
	Owner        string           `db:"owner"         json:"owner,omitempty"`
	Plan         string           `db:"plan"          json:"plan,omitempty"`
	DueAt        time.Time        `db:"-"             json:"due_at"`
	State        ImprovementState `db:"state"         json:"state"`
	Result       string           `db:"result"        json:"result,omitempty"`
	Effect       string           `db:"effect"        json:"effect,omitempty"`
	CheckedBy    string           `db:"checked_by"    json:"checked_by,omitempty"`
	Overdue      bool             `db:"overdue"       json:"overdue"`
	CreatedAt    time.Time        `db:"-"             json:"created_at"`
	EndedAt      time.Time        `db:"-"             json:"ended_at,omitzero"`
	Version      int64            `db:"version"       json:"version"`
}

type improvementRow struct {
	Improvement
	DueAt     stamp `db:"due_at"`
	CreatedAt stamp `db:"created_at"`
	EndedAt   stamp `db:"ended_at"`
}

func (r improvementRow) improvement() Improvement {
	i := r.Improvement
	i.DueAt, i.CreatedAt, i.EndedAt = r.DueAt.time(), r.CreatedAt.time(), r.EndedAt.time()
	return i
}

const selectImprovement = `SELECT i.id, i.survey, i.followup, i.case_number, COALESCE(i.customer_id, '') AS customer_id,
	COALESCE(c.name, '') AS customer_name, i.engineer, s.speed, s.quality, i.complaint, i.owner, i.plan, i.due_at, i.state, i.result, i.effect, i.checked_by,
	i.overdue, i.created_at, i.ended_at, i.version FROM improvements i JOIN surveys s ON s.id = i.survey LEFT JOIN customers c ON c.id = i.customer_id`

// ImprovementStep is one entry of an improvement's history.
type ImprovementStep struct {
	At    Moment `db:"at"    json:"at"`
	By    string `db:"actor" json:"by"`
	Input string `db:"input" json:"input"`
	Note  string `db:"note"  json:"note,omitempty"`
}

// openImprovement opens an item for a low score, once for each survey.
func (t *txn) openImprovement(ctx context.Context, f FollowUp, v Survey) error {
	var known string
	if found, err := t.find(ctx, &known, `SELECT id FROM improvements WHERE survey = ?`, v.Series); found || err != nil {
		return err
	}
	var said []string
	for _, q := range t.s.opt.Form.Questions {
		if answer := v.Answers[q.Code]; q.Kind == instrument.Written && answer != "" {
			said = append(said, answer)
		}
	}
	id := newID(t.now)
	if err := t.do(ctx, `INSERT INTO improvements (id, survey, followup, case_number, customer_id, engineer, complaint, due_at, state, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, v.Series, v.FollowUp, v.Case, null(v.CustomerID), f.Engineer, strings.Join(said, "\n"),
		at(t.now.Add(improvementPlanWithin)), string(improvementMachine.start), at(t.now)); err != nil {
		return err
	}
	if err := t.logImprovement(ctx, id, v.KeyedBy, "opened", ""); err != nil {
		return err
	}
	return t.notice(ctx, Notice{
		Kind: NoticeLowScore, Login: f.Engineer, Case: v.Case,
		Detail: fmt.Sprintf("The customer of %s rated speed %d, quality %d.", v.Case, v.Speed, v.Quality),
	}, id)
}

func (t *txn) logImprovement(ctx context.Context, id, by, input, note string) error {
	return t.do(ctx, `INSERT INTO improvement_log (improvement, seq, at, actor, input, note)
		VALUES (?, (SELECT COUNT(*) + 1 FROM improvement_log WHERE improvement = ?), ?, ?, ?, ?)`, id, id, at(t.now), by, input, text(note))
}

// ImprovementPlan is who does what until when.
type ImprovementPlan struct {
	Owner string // login
	Plan  string
	Due   time.Time
}

// PlanImprovement gives an improvement its owner, plan and date, or changes them. Errors: ErrForbidden (no service manager),
// ErrIncomplete, ErrConflict, ErrNotFound.
func (s *Store) PlanImprovement(ctx context.Context, id, by string, p ImprovementPlan, version int64) (Improvement, error) {
	p.Plan = text(p.Plan)
	return s.moveImprovement(ctx, id, by, planImprovement, p.Plan, version, func(t *txn, i *Improvement) error {
		var f faults
		f.missing(p.Owner != "", "owner", "The owner is missing.", "Choose who carries the plan out.")
		f.required("plan", p.Plan, maxText, "The plan is missing.", "Write what will be done.")
		f.missing(p.Due.After(t.now), "due", "The date is missing or past.", "Choose a date to come.")
		if err := f.problem(ErrIncomplete, "improvement_incomplete", "Fill in the fields named.", "The plan is not complete."); err != nil {
			return err
		}
		if _, err := t.colleague(ctx, p.Owner); err != nil {
			return err
		}
		i.Owner, i.Plan, i.DueAt, i.Overdue = p.Owner, p.Plan, p.Due.UTC(), false
		return nil
	})
}

// FinishImprovement says what was done; the owner or a service manager says it. Errors as PlanImprovement.
func (s *Store) FinishImprovement(ctx context.Context, id, by, result string, version int64) (Improvement, error) {
	result = text(result)
	return s.moveImprovement(ctx, id, by, finishImprovement, result, version, func(t *txn, i *Improvement) error {
		var f faults
		f.required("result", result, maxText, "What was done is missing.", "Write what was done.")
		i.Result, i.DueAt, i.Overdue = result, t.now.Add(effectCheckedWithin), false
		return f.problem(ErrIncomplete, "improvement_incomplete", "Fill in the fields named.", "Say what was done.")
	})
}

// CheckImprovement says whether it had an effect, and how that is known. A service manager checks who did not carry it out.
// Errors as PlanImprovement.
func (s *Store) CheckImprovement(ctx context.Context, id, by, effect string, good bool, version int64) (Improvement, error) {
	effect = text(effect)
	input := denyEffect
	if good {
		input = confirmEffect
	}
	return s.moveImprovement(ctx, id, by, input, effect, version, func(t *txn, i *Improvement) error {
		var f faults
		f.required("effect", effect, maxText, "How the effect was checked is missing.", "Write how you know.")
		if err := f.problem(ErrIncomplete, "improvement_incomplete", "Fill in the fields named.", "Say how the effect was checked."); err != nil {
			return err
		}
		if by == i.Owner || by == i.Engineer {
			return problem(ErrForbidden, "own_work", "Ask another service manager.", "Nobody checks the effect of their own work.")
		}
		i.Effect, i.CheckedBy = effect, by
		if !good {
			i.DueAt, i.Overdue = t.now.Add(improvementPlanWithin), false
		}
		return nil
	})
}

func (s *Store) moveImprovement(ctx context.Context, id, by string, in improvementInput, note string, version int64,
	change func(*txn, *Improvement) error,
) (Improvement, error) {
	var out Improvement
	err := s.write(ctx, string(in)+" improvement", func(t *txn) error {
		i, err := t.improvement(ctx, id)
		if err != nil {
			return err
		}
		user, err := t.user(ctx, by)
		if err != nil {
			return err
		}
		if !user.Is(RoleSupervisor) && (in != finishImprovement || by != i.Owner) {
			return notManager()
		}
		if version != 0 && version != i.Version {
			return stale("improvement", id, version, i.Version)
		}
		mv, ok := improvementMachine.step(i.State, in)
		if !ok {
			return problem(ErrConflict, "improvement_state", "Load it again and see how it stands.",
				"The improvement is %s; %q is not possible now.", i.State, string(in))
		}
		if err := change(t, &i); err != nil {
			return err
		}
		i.State = mv.next
		if i.State == ImprovementClosed {
			i.EndedAt = t.now
		}
		i.Version++
		if err := t.do(ctx, `UPDATE improvements SET owner = ?, plan = ?, due_at = ?, state = ?, result = ?, effect = ?, checked_by = ?,
			overdue = ?, ended_at = ?, version = ? WHERE id = ?`, i.Owner, i.Plan, at(i.DueAt), string(i.State), i.Result, i.Effect, i.CheckedBy,
			i.Overdue, at(i.EndedAt), i.Version, i.ID); err != nil {
			return err
		}
		out = i
		return t.logImprovement(ctx, id, by, string(in), note)
	})
	return out, err
}

func (c conn) improvement(ctx context.Context, id string) (Improvement, error) {
	var row improvementRow
	found, err := c.find(ctx, &row, selectImprovement+` WHERE i.id = ?`, id)
	if err == nil && !found {
		err = notFound("improvement", id)
	}
	return row.improvement(), err
}

// Improvement gives one improvement and its history. Errors: ErrNotFound.
func (s *Store) Improvement(ctx context.Context, id string) (Improvement, []ImprovementStep, error) {
	i, err := s.read().improvement(ctx, id)
	if err != nil {
		return i, nil, s.explain("improvement", err)
	}
	steps := []ImprovementStep{}
	err = s.read().list(ctx, &steps, `SELECT at, actor, input, note FROM improvement_log WHERE improvement = ? ORDER BY seq`, id)
	return i, steps, s.explain("improvement", err)
}

// ImprovementFilter narrows Improvements.
type ImprovementFilter struct {
	Active bool // not closed
	Owner  string
	Cursor string
	Limit  int
}

// Improvements lists improvements, newest first. Errors: ErrInvalid (cursor).
func (s *Store) Improvements(ctx context.Context, f ImprovementFilter) (Page[Improvement], error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return Page[Improvement]{}, err
	}
	var q query
	if f.Active {
		q.and("i.ended_at IS NULL")
	}
	q.equal("i.owner", f.Owner)
	q.page("i.created_at", "i.id", after)
	limit := pageLimit(f.Limit)
	var rows []improvementRow
	if err := s.read().list(ctx, &rows, q.sql(selectImprovement, "i.created_at DESC, i.id DESC", limit), q.args...); err != nil {
		return Page[Improvement]{}, s.explain("improvements", err)
	}
	page := Page[Improvement]{Items: mapped(rows, improvementRow.improvement)}
	if len(rows) == limit {
		page.Next = cursor{rows[limit-1].CreatedAt, rows[limit-1].ID}.String()
	}
	return page, nil
}

// sweepImprovements tells the managers what is not planned, not done, or not checked for its effect in time.
func (t *txn) sweepImprovements(ctx context.Context, now time.Time) (int, error) {
	var rows []improvementRow
	if err := t.list(ctx, &rows, selectImprovement+` WHERE i.state IN ('open', 'planned', 'done') AND NOT i.overdue AND i.due_at <= ?
		ORDER BY i.due_at, i.id LIMIT ?`, at(now), sweepBatch); err != nil {
		return 0, err
	}
	for _, r := range rows {
		if err := t.do(ctx, `UPDATE improvements SET overdue = ?, version = version + 1 WHERE id = ?`, true, r.ID); err != nil {
			return 0, err
		}
		if err := t.logImprovement(ctx, r.ID, t.by, "overdue", ""); err != nil {
			return 0, err
		}
		if err := t.notice(ctx, Notice{
			Kind: NoticeImprovement, Login: r.Owner, Case: r.Case,
			Detail: fmt.Sprintf("The improvement after %s was to be %s by %s.", r.Case,
				map[ImprovementState]string{ImprovementOpen: "planned", ImprovementPlanned: "done", ImprovementDone: "checked for its effect"}[r.State],
				r.DueAt.time().In(t.s.opt.Zone).Format(time.DateTime)),
		}, fmt.Sprintf("%s %d", r.ID, int64(r.DueAt))); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

package records

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hotline/records/course"
	"hotline/records/procedure"
)

// ClassPlan is what an organiser says about a class. Goals can change until the class is published.
type ClassPlan struct {
	Title, About, Audience string
	Frontier, FrontierBy   string // what of the frontier of the field is covered, and who says so
	NoFrontier             string // instead: why the manager does without, kept as waiver
	Goals                  []string
	Seats                  int
	ClosesAt               time.Time // registration ends; zero: with the last session
}

const (
	maxSeats = 5000
	maxGoals = 20
)

func (p *ClassPlan) clean() error {
	for _, s := range []*string{&p.Title, &p.FrontierBy} {
		*s = line(*s)
	}
	for _, s := range []*string{&p.About, &p.Audience, &p.Frontier, &p.NoFrontier} {
		*s = text(*s)
	}
	var goals []string
	for _, g := range p.Goals {
		if g = line(g); g != "" {
			goals = append(goals, g)
		}
	}
	p.Goals = goals
	var f faults
	f.required("title", p.Title, maxLine, "The class has no title.", "Name it.")
	f.short("about", p.About, maxText)
	f.short("audience", p.Audience, 1000)
	f.short("frontier", p.Frontier, 2000)
	f.short("frontier_by", p.FrontierBy, maxLine)
	f.short("no_frontier", p.NoFrontier, 2000)
	if p.Seats < 1 || p.Seats > maxSeats {
		f.add("seats", "range", "Write a number of seats.", "A class has 1 to %d seats.", maxSeats)
	}
	if len(p.Goals) > maxGoals {
		f.add("goals", "too_many", "Join some.", "A class has at most %d goals.", maxGoals)
	}
	for i, g := range p.Goals {
		f.short(fmt.Sprintf("goals[%d]", i), g, 300)
	}
	return f.problem(ErrInvalid, "class_invalid", "Mend the fields named.", "The class cannot be kept like this.")
}

func (p ClassPlan) goals() []course.Goal {
	out := make([]course.Goal, len(p.Goals))
	for i, g := range p.Goals {
		out[i] = course.Goal{Code: fmt.Sprintf("g%d", i+1), Text: g}
	}
	return out
}

// OpenClass opens the order of a class. It is not published yet. Errors: ErrInvalid, ErrForbidden (no manager).
func (s *Store) OpenClass(ctx context.Context, by Actor, p ClassPlan) (Class, error) {
	if err := p.clean(); err != nil {
		return Class{}, err
	}
	var out Class
	err := s.write(ctx, "open class", func(t *txn) error {
		if _, err := t.manages(ctx, by); err != nil {
			return err
		}
		o, err := t.openOrder(ctx, by, OpenOrder{Procedure: ProcedureClass, Subject: p.Title, Manager: by.Login})
		if err != nil {
			return err
		}
		if err := t.insertClass(ctx, o, p); err != nil {
			return err
		}
		out, err = t.class(ctx, "k.id = ?", o.ID)
		return err
	})
	return out, err
}

func (t *txn) insertClass(ctx context.Context, o Order, p ClassPlan) error {
	goals, err := json.Marshal(p.goals())
	if err != nil {
		return err
	}
	return t.do(ctx, `INSERT INTO classes (id, door, title, about, audience, frontier, frontier_by, goals, seats, closes_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, o.ID, strings.ToLower(rand.Text()), p.Title, p.About, p.Audience, p.Frontier, p.FrontierBy,
		string(goals), p.Seats, at(p.ClosesAt))
}

// manages refuses everybody who is no service manager: classes are theirs.
func (t *txn) manages(ctx context.Context, by Actor) (acting, error) {
	a, err := t.acting(ctx, by)
	if err != nil {
		return a, err
	}
	if !a.is(procedure.Manager) {
		return a, problem(ErrForbidden, "manager_only", "Ask the service manager.", "Only a service manager does this.")
	}
	return a, nil
}

// changingClass loads a class that has not ended for a change by a manager; version 0 is whatever.
func (t *txn) changingClass(ctx context.Context, by Actor, id string, version int64) (Class, acting, error) {
	a, err := t.manages(ctx, by)
	if err != nil {
		return Class{}, a, err
	}
	c, err := t.class(ctx, "k.id = ? OR o.number = ?", id, id)
	switch {
	case err != nil:
		return c, a, err
	case c.State.Ended():
		return c, a, problem(ErrConflict, "class_ended", "Look at its order.", "The class has ended.")
	case version != 0 && version != c.Version:
		return c, a, stale("class", c.Number, version, c.Version)
	}
	return c, a, nil
}

// ChangeClass changes what was said about a class. After it was published, goals and audience stay as they were; fewer seats
// than are taken are refused, more go to those who wait. Errors: ErrNotFound, ErrForbidden, ErrInvalid, ErrConflict.
func (s *Store) ChangeClass(ctx context.Context, by Actor, id string, p ClassPlan, version int64) (Class, error) {
	if err := p.clean(); err != nil {
		return Class{}, err
	}
	var out Class
	err := s.write(ctx, "change class", func(t *txn) error {
		c, a, err := t.changingClass(ctx, by, id, version)
		if err != nil {
			return err
		}
		goals := p.goals()
		if !c.PublishedAt.IsZero() {
			goals, p.Audience = c.Goals, c.Audience
		}
		if p.Seats < c.Taken {
			return problem(ErrConflict, "seats_taken", "Take people off the list first.", "%d seats are taken.", c.Taken)
		}
		kept, err := json.Marshal(goals)
		if err != nil {
			return err
		}
		if err := t.do(ctx, `UPDATE classes SET title = ?, about = ?, audience = ?, frontier = ?, frontier_by = ?, goals = ?, seats = ?, closes_at = ?,
			version = version + 1 WHERE id = ?`, p.Title, p.About, p.Audience, p.Frontier, p.FrontierBy, string(kept), p.Seats, at(p.ClosesAt), c.ID); err != nil {
			return err
		}
		if err := t.fillClass(ctx, c.ID, a); err != nil {
			return err
		}
		out, err = t.class(ctx, "k.id = ?", c.ID)
		return err
	})
	return out, err
}

// PublishClass publishes a class with its goals and audience, and settles that step. What it covers of the frontier of the
// field is stated by somebody, or waived with a reason. Errors: ErrIncomplete, and those of ChangeClass.
func (s *Store) PublishClass(ctx context.Context, by Actor, id string, waived string, version int64) (Class, error) {
	waived = text(waived)
	var out Class
	err := s.write(ctx, "publish class", func(t *txn) error {
		c, a, err := t.changingClass(ctx, by, id, version)
		if err != nil {
			return err
		}
		if !c.PublishedAt.IsZero() {
			return problem(ErrConflict, "class_published", "Go on with the next step.", "The class is published already.")
		}
		var f faults
		f.missing(len(c.Goals) > 0, "goals", "The class has no goal.", "Say what participants can do afterwards.")
		f.missing(c.Audience != "", "audience", "The class has no audience.", "Say whom it is for.")
		f.missing(waived != "" || c.Frontier != "" && c.FrontierBy != "", "frontier", "Nobody says what it covers of the frontier of the field.",
			"Say what and who says so, or give the reason to do without.")
		if err := f.problem(ErrIncomplete, "class_incomplete", "Add what is missing.", "The class cannot be published."); err != nil {
			return err
		}
		lines := make([]string, len(c.Goals))
		for i, g := range c.Goals {
			lines[i] = fmt.Sprintf("%d. %s", i+1, g.Text)
		}
		pieces := []piece{
			{"goals", procedure.Written, map[string]any{"text": strings.Join(lines, "\n")}, ""},
			{"audience", procedure.Written, map[string]any{"text": c.Audience}, ""},
			{"frontier", procedure.Fact, map[string]any{"covered": c.Frontier, "stated_by": c.FrontierBy}, ""},
		}
		if waived != "" {
			pieces[2] = piece{"frontier", procedure.Waiver, map[string]any{"who": a.name, "reason": waived}, ""}
		}
		if err := t.do(ctx, `UPDATE classes SET published_at = ?, published_by = ?, version = version + 1 WHERE id = ?`, at(t.now), a.name, c.ID); err != nil {
			return err
		}
		if err := t.settleWith(ctx, by, c.ID, "publish", pieces...); err != nil {
			return err
		}
		out, err = t.class(ctx, "k.id = ?", c.ID)
		return err
	})
	return out, err
}

// piece is evidence that a command makes from what the records hold.
type piece struct {
	need string
	kind procedure.EvidenceKind
	body map[string]any
	file string
}

// settleWith adds evidence to a step and completes it, in the transaction of the command that made it.
func (t *txn) settleWith(ctx context.Context, by Actor, order, step string, pieces ...piece) error {
	for _, p := range pieces {
		body, err := json.Marshal(p.body)
		if err != nil {
			return err
		}
		if _, err := t.addEvidence(ctx, by, EvidenceInput{Order: order, Step: step, Need: p.need, Kind: p.kind, Body: body, File: p.file}); err != nil {
			return err
		}
	}
	return t.completeStep(ctx, by, order, step)
}

func (t *txn) completeStep(ctx context.Context, by Actor, order, step string) error {
	a, err := t.acting(ctx, by)
	if err != nil {
		return err
	}
	c := orderCommand{do: procedure.Complete, step: step, what: "completed"}
	r, err := t.running(ctx, a, order, 0, c.do)
	if err != nil {
		return err
	}
	if err := r.apply(ctx, t, procedure.Input{Do: c.do, Step: step, Parts: a.parts}); err != nil {
		return err
	}
	if err := r.record(ctx, t, c); err != nil {
		return err
	}
	return r.save(ctx, t, c.what, step)
}

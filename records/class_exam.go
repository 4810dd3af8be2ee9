package records

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hotline/records/course"
	"hotline/records/procedure"
)

// SaveExam keeps the questions of a class until the exam is opened. Errors: ErrNotFound, ErrForbidden, ErrConflict (opened
// already), ErrInvalid.
func (s *Store) SaveExam(ctx context.Context, by Actor, class string, e course.Exam) error {
	if len(e.Questions) > course.MaxQuestions {
		return problem(ErrInvalid, "exam_invalid", "Take some out.", "An exam has at most %d questions.", course.MaxQuestions)
	}
	kept, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("records: exam: %w", err)
	}
	return s.write(ctx, "save exam", func(t *txn) error {
		c, _, err := t.changingClass(ctx, by, class, 0)
		if err != nil {
			return err
		}
		if !c.ExamOpened.IsZero() {
			return problem(ErrConflict, "exam_opened", "Go on with the exam.", "The exam is open: its questions stay as they are.")
		}
		return t.do(ctx, `UPDATE classes SET exam = ?, version = version + 1 WHERE id = ?`, string(kept), c.ID)
	})
}

// OpenExam fixes the questions and lets those who attended answer. Every goal of the class must be examined.
// Errors: ErrIncomplete with Problem.Lacks, and those of SaveExam.
func (s *Store) OpenExam(ctx context.Context, by Actor, class string) error {
	return s.write(ctx, "open exam", func(t *txn) error {
		c, _, err := t.changingClass(ctx, by, class, 0)
		if err != nil {
			return err
		}
		if !c.ExamOpened.IsZero() {
			return problem(ErrConflict, "exam_opened", "Go on with the exam.", "The exam is open already.")
		}
		if bad := c.Exam.Check(c.Goals); len(bad) > 0 {
			p := problem(ErrIncomplete, "exam_incomplete", "Correct the questions.", "The exam cannot be held.")
			for _, b := range bad {
				p.Lacks = append(p.Lacks, procedure.Lack{Code: "exam", Step: "exam", Need: b.Question, What: procedure.Text{ZH: b.ZH, EN: b.EN}})
			}
			return p
		}
		return t.do(ctx, `UPDATE classes SET exam_opened = ?, version = version + 1 WHERE id = ?`, at(t.now), c.ID)
	})
}

// ExamPaper is what one person handed in, with the points that lecturers gave and the result.
type ExamPaper struct {
	Registration string         `json:"registration"`
	Name         string         `json:"name"`
	Organisation string         `json:"organisation"`
	Answers      course.Answers `json:"answers"`
	SHA256       string         `json:"sha256"` // of the answers as they were handed in
	Via          string         `json:"via"`
	By           string         `json:"by"` // login of who keyed it in from paper; "customer" when the person answered
	At           time.Time      `json:"at"`
	Marks        map[string]int `json:"marks,omitempty"`
	Result       course.Result  `json:"result"`
}

// HandIn takes a person's answers, once: by the person who attended, or keyed in by a manager from paper. Errors: ErrNotFound, ErrForbidden,
// ErrConflict (not open, not attended, handed in already).
func (s *Store) HandIn(ctx context.Context, by Actor, registration string, answers course.Answers) (ExamPaper, error) {
	var out ExamPaper
	err := s.write(ctx, "hand in", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		if a.Customer == "" { // a paper that is keyed in
			if _, err := t.manages(ctx, by); err != nil {
				return err
			}
		}
		r, err := t.registration(ctx, registration)
		if err != nil {
			return err
		}
		c, err := t.class(ctx, "k.id = ?", r.Class)
		if err != nil {
			return err
		}
		if c.ExamOpened.IsZero() || !c.ExamClosed.IsZero() || c.State.Ended() {
			return problem(ErrConflict, "exam_not_open", "Ask the organiser.", "The exam is not open.")
		}
		all, err := t.attendances(ctx, c.ID)
		if err != nil {
			return err
		}
		if !present(all)[r.ID] {
			return problem(ErrConflict, "not_attended", "Check in first.", "Only who attended takes the exam.")
		}
		var n int
		if err := t.get(ctx, &n, `SELECT COUNT(*) FROM class_papers WHERE registration = ?`, r.ID); err != nil {
			return err
		}
		if n > 0 {
			return problem(ErrConflict, "handed_in", "Wait for the result.", "The exam was handed in already.")
		}
		kept, err := json.Marshal(c.Exam.Clean(answers))
		if err != nil {
			return err
		}
		if err := t.do(ctx, `INSERT INTO class_papers (registration, answers, sha256, via, actor, at) VALUES (?, ?, ?, ?, ?, ?)`,
			r.ID, string(kept), digest(kept), a.Via, a.name, at(t.now)); err != nil {
			return err
		}
		papers, err := t.examPapers(ctx, c, r.ID)
		if err == nil {
			out = papers[0]
		}
		return err
	})
	return out, err
}

// ExamPapers gives what was handed in for a class, with results, in the order of registering.
func (s *Store) ExamPapers(ctx context.Context, class string) ([]ExamPaper, error) {
	var out []ExamPaper
	err := s.snapshot(ctx, "exam", func(c conn) error {
		k, err := c.class(ctx, "k.id = ? OR o.number = ?", class, class)
		if err != nil {
			return err
		}
		out, err = c.examPapers(ctx, k, "")
		return err
	})
	return out, err
}

// examPapers reads papers and marks them; registration "" for all.
func (c conn) examPapers(ctx context.Context, k Class, registration string) ([]ExamPaper, error) {
	var rows []struct {
		Registration string `db:"registration"`
		Name         string `db:"name"`
		Organisation string `db:"organisation"`
		Answers      string `db:"answers"`
		SHA256       string `db:"sha256"`
		Via          string `db:"via"`
		By           string `db:"actor"`
		At           stamp  `db:"at"`
	}
	if err := c.list(ctx, &rows, `SELECT p.registration, r.name, r.organisation, p.answers, p.sha256, p.via, p.actor, p.at FROM class_papers p
		JOIN class_registrations r ON r.id = p.registration WHERE r.class_id = ? AND (? = '' OR r.id = ?) ORDER BY r.place`, k.ID, registration, registration); err != nil {
		return nil, err
	}
	var given []struct {
		Registration string `db:"registration"`
		Question     string `db:"question"`
		Points       int    `db:"points"`
	}
	if err := c.list(ctx, &given, `SELECT m.registration, m.question, m.points FROM class_marks m JOIN class_registrations r ON r.id = m.registration
		WHERE r.class_id = ? ORDER BY m.seq`, k.ID); err != nil {
		return nil, err
	}
	marks := map[string]map[string]int{}
	for _, g := range given {
		if marks[g.Registration] == nil {
			marks[g.Registration] = map[string]int{}
		}
		marks[g.Registration][g.Question] = g.Points // the last one counts
	}
	out := make([]ExamPaper, 0, len(rows))
	for _, r := range rows {
		p := ExamPaper{
			Registration: r.Registration, Name: r.Name, Organisation: r.Organisation, SHA256: r.SHA256, Via: r.Via, By: r.By, At: r.At.time(), Marks: marks[r.Registration],
		}
		if err := json.Unmarshal([]byte(r.Answers), &p.Answers); err != nil {
			return nil, fmt.Errorf("exam of %s: %w", r.Registration, err)
		}
		p.Result = k.Exam.Mark(p.Answers, p.Marks)
		out = append(out, p)
	}
	return out, nil
}

// MarkAnswer gives points for a written answer; again is a correction, which needs a reason and is kept beside the first.
// Errors: ErrNotFound, ErrInvalid, ErrIncomplete (reason), ErrConflict (exam closed), ErrForbidden.
func (s *Store) MarkAnswer(ctx context.Context, by Actor, registration, question string, points int, reason string) error {
	reason = line(clip(reason, maxLine))
	return s.write(ctx, "mark answer", func(t *txn) error {
		a, err := t.manages(ctx, by)
		if err != nil {
			return err
		}
		r, err := t.registration(ctx, registration)
		if err != nil {
			return err
		}
		c, err := t.class(ctx, "k.id = ?", r.Class)
		if err != nil {
			return err
		}
		if !c.ExamClosed.IsZero() || c.State.Ended() {
			return problem(ErrConflict, "exam_closed", "The result stands.", "The exam is closed.")
		}
		known := false
		for _, q := range c.Exam.Questions {
			if q.Code == question && q.Kind == course.Written {
				if points < 0 || points > q.Points {
					return problem(ErrInvalid, "points_range", "Correct the points.", "The question gives 0 to %d points.", q.Points)
				}
				known = true
			}
		}
		if !known {
			return notFound("question", question)
		}
		var seq int64
		if err := t.get(ctx, &seq, `SELECT COALESCE(MAX(seq), 0) + 1 FROM class_marks WHERE registration = ? AND question = ?`, r.ID, question); err != nil {
			return err
		}
		if seq > 1 && reason == "" {
			return problem(ErrIncomplete, "reason_missing", "Say why.", "A correction needs a reason.")
		}
		return t.do(ctx, `INSERT INTO class_marks (registration, question, seq, points, reason, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			r.ID, question, seq, points, reason, a.name, at(t.now))
	})
}

// CloseExam ends the exam and settles that step: everything handed in is marked, measured goal by goal. Errors: as
// CountParticipants.
func (s *Store) CloseExam(ctx context.Context, by Actor, class string) error {
	return s.write(ctx, "close exam", func(t *txn) error {
		c, _, err := t.changingClass(ctx, by, class, 0)
		if err != nil {
			return err
		}
		papers, err := t.examPapers(ctx, c, "")
		if err != nil {
			return err
		}
		if c.ExamOpened.IsZero() || len(papers) == 0 {
			return lacking("exam", "还没有人交卷", "nobody has handed anything in")
		}
		passed, results := 0, make([]course.Result, 0, len(papers))
		for _, p := range papers {
			if len(p.Result.Open) > 0 {
				return lacking("exam", p.Name+"的答卷尚未批改完", "the exam of "+p.Name+" is not marked yet")
			}
			if p.Result.Passed {
				passed++
			}
			results = append(results, p.Result)
		}
		var goals, reached []string
		for i, g := range c.Exam.Measure(c.Goals, results) {
			goals = append(goals, fmt.Sprintf("%d. %s", i+1, g.Text))
			reached = append(reached, fmt.Sprintf("%d. %d%% (%d/%d)", i+1, g.Score.Percent(), g.Reached, g.Of))
		}
		if err := t.do(ctx, `UPDATE classes SET exam_closed = ?, version = version + 1 WHERE id = ?`, at(t.now), c.ID); err != nil {
			return err
		}
		return t.settleWith(ctx, by, c.ID, "exam", piece{"result", procedure.Fact, map[string]any{
			"examined": len(papers), "passed": passed, "pass_mark": c.Exam.Pass, "goals": strings.Join(goals, "\n"), "reached": strings.Join(reached, "\n"),
		}, ""})
	})
}

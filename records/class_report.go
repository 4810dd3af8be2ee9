package records

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hotline/records/course"
	"hotline/records/document"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
)

// SurveyOfClass is the questionnaire that participants fill in after a class.
const SurveyOfClass = "class_survey"

// CloseSurvey settles the satisfaction survey of a class: somebody answered it. Errors: as CountParticipants.
func (s *Store) CloseSurvey(ctx context.Context, by Actor, class string) error {
	k, err := s.Class(ctx, class)
	if err != nil {
		return err
	}
	sheets, err := s.Sheets(ctx, k.ID, SurveyOfClass)
	if err != nil {
		return err
	}
	ratings, answers := ratings(sheets, "zh-Hans")
	return s.write(ctx, "close survey", func(t *txn) error {
		c, _, err := t.changingClass(ctx, by, class, 0)
		if err != nil {
			return err
		}
		sum, n := 0.0, 0
		for _, r := range ratings {
			sum, n = sum+r.Mean*float64(r.Answers), n+r.Answers
		}
		if n == 0 {
			return lacking("survey", "还没有人填写满意度调查", "nobody has answered the survey")
		}
		return t.settleWith(ctx, by, c.ID, "survey", piece{"survey", procedure.Fact, map[string]any{"answers": answers, "average": sum / float64(n)}, ""})
	})
}

// ratings gives the mean of each scale over the sheets that were handed in, and how many there are.
func ratings(sheets []Sheet, lang string) ([]document.Rating, int) {
	var answers []questionnaire.Answers
	for _, sh := range sheets {
		if !sh.DoneAt.IsZero() {
			answers = append(answers, sh.Answers)
		}
	}
	var out []document.Rating
	if len(sheets) > 0 {
		for _, q := range sheets[0].Def.Questions() {
			if q.Kind == questionnaire.Scale {
				mean, n := q.Mean(answers)
				out = append(out, document.Rating{Text: q.Text.In(lang), Mean: mean, Of: questionnaire.ScaleTop, Answers: n})
			}
		}
	}
	return out, len(answers)
}

// ClassReport is the 《培训总结报告》 of a class as far as it got. Its figures come from the records; summary and improve are the
// organiser's words.
func (s *Store) ClassReport(ctx context.Context, class, summary, improve, lang string) (document.TrainingReport, error) {
	var m document.TrainingReport
	k, err := s.Class(ctx, class)
	if err != nil {
		return m, err
	}
	lessons, err := s.Lessons(ctx, k.ID)
	if err != nil {
		return m, err
	}
	lecturers, err := s.Lecturers(ctx, k.ID)
	if err != nil {
		return m, err
	}
	people, err := s.Registrations(ctx, k.ID)
	if err != nil {
		return m, err
	}
	papers, err := s.ExamPapers(ctx, k.ID)
	if err != nil {
		return m, err
	}
	attended, err := s.Attendances(ctx, k.ID)
	if err != nil {
		return m, err
	}
	sheets, err := s.Sheets(ctx, k.ID, SurveyOfClass)
	if err != nil {
		return m, err
	}
	m = document.TrainingReport{
		Number: k.Number, Class: k.Title, Audience: k.Audience, From: k.From, To: k.To, PassMark: fmt.Sprintf("%d %%", k.Exam.Pass),
		Summary: text(summary), Improve: text(improve), Issued: s.now(),
	}
	m.Survey, _ = ratings(sheets, lang)
	classCourse(&m, lessons, lecturers)
	m.Goals, m.Scores = measured(k, papers, lang)
	came := present(attended)
	results := map[string]ExamPaper{}
	for _, p := range papers {
		results[p.Registration] = p
		m.Examined++
		if p.Result.Passed {
			m.Passed++
		}
	}
	for _, r := range people {
		if r.State == SeatCancelled {
			continue
		}
		m.Registered++
		if r.State == SeatConfirmed {
			m.Confirmed++
		}
		row := document.Participant{Name: r.Name, Customer: r.Organisation, Attended: came[r.ID]}
		if row.Attended {
			m.Attended++
		}
		if p, ok := results[r.ID]; ok {
			row.Mark, row.Passed = fmt.Sprintf("%d / %d", p.Result.Whole.Points, p.Result.Whole.Of), p.Result.Passed
		}
		if r.State.Seated() {
			m.Participants = append(m.Participants, row)
		}
	}
	return m, nil
}

// measured gives the goals with the share of right answers, and how many participants reached which part of the points.
func measured(k Class, papers []ExamPaper, lang string) ([]document.Goal, document.Bars) {
	results := make([]course.Result, 0, len(papers))
	counts := make([]float64, 5)
	for _, p := range papers {
		results = append(results, p.Result)
		counts[min(p.Result.Whole.Percent()/20, 4)]++
	}
	var goals []document.Goal
	for _, g := range k.Exam.Measure(k.Goals, results) {
		share := 0.0
		if g.Score.Of > 0 {
			share = float64(g.Score.Points) * 100 / float64(g.Score.Of)
		}
		goals = append(goals, document.Goal{Text: g.Text, Percent: share, Reached: g.Met(k.Exam.Pass)})
	}
	if len(papers) == 0 {
		return goals, document.Bars{}
	}
	say := func(zh, en string) string { return procedure.Text{ZH: zh, EN: en}.In(lang) }
	return goals, document.Bars{
		Title: say("成绩分布", "Distribution of marks"), Unit: say("人", "people"),
		Labels: []string{"0–19 %", "20–39 %", "40–59 %", "60–79 %", "80–100 %"}, Series: []document.Series{{Name: say("人数", "People"), Values: counts}},
	}
}

// FileClassReport typesets the report, issues it, and settles the last step: the class ends. Errors: ErrIncomplete (summary,
// steps that are not settled), ErrForbidden, ErrConflict.
func (s *Store) FileClassReport(ctx context.Context, by Actor, class, summary, improve string, o document.Options) (Issued, error) {
	var f faults
	f.missing(text(summary) != "", "summary", "The summary is missing.", "Say in some sentences what went well.")
	if err := f.problem(ErrIncomplete, "report_incomplete", "Add what is missing.", "The report is not complete."); err != nil {
		return Issued{}, err
	}
	file, err := s.Order(ctx, class)
	if err != nil {
		return Issued{}, err
	}
	for _, st := range file.Steps {
		if st.Step.Code != "report" && st.Settled == nil {
			return Issued{}, lacking(st.Step.Code, "先完成“"+st.Step.Name.ZH+"”", st.Step.Name.EN+" comes first")
		}
	}
	m, err := s.ClassReport(ctx, class, summary, improve, o.Lang)
	if err != nil {
		return Issued{}, err
	}
	report := m.Report(o)
	pdf, _, err := report.Bytes(o)
	if err != nil {
		return Issued{}, fmt.Errorf("records: class report: %w", err)
	}
	issued, err := s.IssueDocument(ctx, by, Issued{Number: m.Number, Kind: "training_report", Hash: report.Hash(), Order: file.Order.ID}, m.Number+".pdf", bytes.NewReader(pdf))
	if err != nil {
		return Issued{}, err
	}
	err = s.write(ctx, "file class report", func(t *txn) error {
		if _, err := t.manages(ctx, by); err != nil {
			return err
		}
		return t.settleWith(ctx, by, file.Order.ID, "report", piece{"report", procedure.Document, map[string]any{"template": "training_report"}, issued.File})
	})
	if err != nil {
		return issued, err
	}
	_, err = s.FinishOrder(ctx, by, file.Order.ID, clip(text(summary), maxLine), 0)
	return issued, err
}

// classCourse fills in where and by whom the class was taught.
func classCourse(m *document.TrainingReport, lessons []Lesson, lecturers []Lecturer) {
	var places, names []string
	for _, l := range lecturers {
		if l.State == LecturerConfirmed {
			names = append(names, l.Name)
			m.Lecturers = append(m.Lecturers, document.Lecturer{Name: l.Name, From: l.Organisation, Outside: l.Outside})
		}
	}
	for _, x := range lessons {
		if x.Off {
			continue
		}
		m.Sessions = append(m.Sessions, document.Session{From: x.From, To: x.To, Topic: x.Course, Lecturer: strings.Join(names, "、")})
		if !slices.Contains(places, x.Place) {
			places = append(places, x.Place)
		}
	}
	m.Place = strings.Join(places, "；")
}

// AppointmentsOf gives the sessions of a class as calendar entries. page is the address that they point to.
func (s *Store) AppointmentsOf(ctx context.Context, class, page string) ([]course.Appointment, error) {
	k, err := s.Class(ctx, class)
	if err != nil {
		return nil, err
	}
	lessons, err := s.Lessons(ctx, k.ID)
	if err != nil {
		return nil, err
	}
	var out []course.Appointment
	for _, x := range lessons {
		out = append(out, course.Appointment{
			ID: x.ID + "@hotline", Change: int(x.Version) - 1, Title: k.Title + " · " + x.Course, About: strings.TrimSpace(k.About), Place: x.Place, URL: page,
			From: x.From, To: x.To, Off: x.Off || k.State == procedure.Cancelled, Changed: maxTime(x.Changed, k.PublishedAt),
		})
	}
	return out, nil
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

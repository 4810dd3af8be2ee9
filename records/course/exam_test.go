package course_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hotline/records/course"
)

func goals() []course.Goal {
	return []course.Goal{{Code: "g1", Text: "会备份"}, {Code: "g2", Text: "会恢复"}}
}

func exam() course.Exam {
	return course.Exam{Pass: 60, Questions: []course.Question{
		{Code: "q1", Goal: "g1", Kind: course.Single, Text: "备份多久一次？", Options: []string{"每天", "每年"}, Right: []int{0}, Points: 4},
		{Code: "q2", Goal: "g1", Kind: course.Multiple, Text: "哪些要备份？", Options: []string{"数据库", "附件", "屏保"}, Right: []int{0, 1}, Points: 6},
		{Code: "q3", Goal: "g2", Kind: course.Written, Text: "说明恢复步骤。", Points: 10},
	}}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	all := course.Answers{"q1": {Chosen: []int{0}}, "q2": {Chosen: []int{1, 0, 1}}, "q3": {Text: "先停服务"}}
	for name, test := range map[string]struct {
		answers course.Answers
		marks   map[string]int
		want    string
	}{
		"all right":               {all, map[string]int{"q3": 10}, "20/20 g1 10/10 g2 10/10 open [] passed true"},
		"waits for a lecturer":    {all, nil, "10/20 g1 10/10 g2 0/10 open [q3] passed false"},
		"a goal is not reached":   {all, map[string]int{"q3": 5}, "15/20 g1 10/10 g2 5/10 open [] passed false"},
		"exactly the mark":        {course.Answers{"q2": {Chosen: []int{0, 1}}, "q3": {Text: "x"}}, map[string]int{"q3": 6}, "12/20 g1 6/10 g2 6/10 open [] passed true"},
		"a part of several":       {course.Answers{"q2": {Chosen: []int{0}}}, nil, "0/20 g1 0/10 g2 0/10 open [] passed false"},
		"one too many":            {course.Answers{"q2": {Chosen: []int{0, 1, 2}}}, nil, "0/20 g1 0/10 g2 0/10 open [] passed false"},
		"more points than exist":  {all, map[string]int{"q3": 99}, "20/20 g1 10/10 g2 10/10 open [] passed true"},
		"points for what is void": {course.Answers{}, map[string]int{"q3": 10}, "0/20 g1 0/10 g2 0/10 open [] passed false"},
	} {
		r := exam().Mark(test.answers, test.marks)
		got := fmt.Sprintf("%d/%d g1 %d/%d g2 %d/%d open %v passed %v", r.Whole.Points, r.Whole.Of, r.Goals["g1"].Points, r.Goals["g1"].Of,
			r.Goals["g2"].Points, r.Goals["g2"].Of, r.Open, r.Passed)
		if got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	if (course.Score{Points: 599, Of: 1000}).Percent() != 59 || (course.Score{Points: 599, Of: 1000}).Reaches(60) {
		t.Error("59.9 % pass 60 %")
	}
}

func TestAnExamThatProvesNothing(t *testing.T) {
	t.Parallel()
	if faults := exam().Check(goals()); len(faults) > 0 {
		t.Errorf("a good exam: %v", faults)
	}
	for name, spoil := range map[string]func(*course.Exam){
		"没有考题":      func(e *course.Exam) { e.Questions = e.Questions[:2] }, // a goal without a question
		"合格线":       func(e *course.Exam) { e.Pass = 0 },
		"1 到 100 道": func(e *course.Exam) { e.Questions = nil },
		"题号":        func(e *course.Exam) { e.Questions[1].Code = "q1" },
		"没有对应的培训目标": func(e *course.Exam) { e.Questions[0].Goal = "g9" },
		"题目为空":      func(e *course.Exam) { e.Questions[0].Text = "" },
		"分值":        func(e *course.Exam) { e.Questions[0].Points = 0 },
		"题型不明":      func(e *course.Exam) { e.Questions[0].Kind = "guess" },
		"2 到 10 个":  func(e *course.Exam) { e.Questions[0].Options = []string{"每天"} },
		"选项为空":      func(e *course.Exam) { e.Questions[0].Options = []string{"每天", "每天"} },
		"不在选项中":     func(e *course.Exam) { e.Questions[0].Right = []int{2} },
		"有且只有一个":    func(e *course.Exam) { e.Questions[0].Right = []int{0, 1} },
		"至少一个":      func(e *course.Exam) { e.Questions[1].Right = nil },
	} {
		e := exam()
		spoil(&e)
		faults := e.Check(goals())
		if !slices.ContainsFunc(faults, func(f course.Fault) bool { return strings.Contains(f.ZH, name) && f.EN != "" }) {
			t.Errorf("%s: not told in %v", name, faults)
		}
	}
}

// TestMarkingIsFair: for any exam and any answers, points never exceed what there is, goals add up to the whole, order and
// repetition of what was chosen do not matter, one more right answer never costs points, and who passes has passed each goal.
func TestMarkingIsFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := course.Exam{Pass: rapid.IntRange(1, 100).Draw(t, "pass")}
		answers, marks := course.Answers{}, map[string]int{}
		for i := range rapid.IntRange(1, 12).Draw(t, "questions") {
			q := course.Question{
				Code: fmt.Sprint("q", i), Goal: rapid.SampledFrom([]string{"g1", "g2"}).Draw(t, "goal"), Text: "?", Points: rapid.IntRange(1, 100).Draw(t, "points"),
				Kind: rapid.SampledFrom([]string{course.Single, course.Multiple, course.Written}).Draw(t, "kind"),
			}
			if q.Kind != course.Written {
				n := rapid.IntRange(2, 10).Draw(t, "options")
				for o := range n {
					q.Options = append(q.Options, fmt.Sprint(o))
				}
				q.Right = rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 1, n, rapid.ID[int]).Draw(t, "right")
				if q.Kind == course.Single {
					q.Right = q.Right[:1]
				}
			}
			e.Questions = append(e.Questions, q)
			answers[q.Code] = course.Answer{Chosen: rapid.SliceOfN(rapid.IntRange(-1, 11), 0, 12).Draw(t, "chosen"), Text: rapid.SampledFrom([]string{"", "x"}).Draw(t, "text")}
			if rapid.Bool().Draw(t, "marked") {
				marks[q.Code] = rapid.IntRange(-10, 200).Draw(t, "mark")
			}
		}
		r := e.Mark(answers, marks)
		sum := 0
		for code, s := range r.Goals {
			sum += s.Points
			if r.Passed && !s.Reaches(e.Pass) {
				t.Fatalf("passed without goal %s", code)
			}
		}
		if sum != r.Whole.Points || r.Whole.Of != e.Total() || r.Whole.Points < 0 || r.Whole.Points > r.Whole.Of || r.Passed && len(r.Open) > 0 {
			t.Fatalf("%+v", r)
		}
		if again := e.Mark(e.Clean(answers), marks); again.Whole != r.Whole || again.Passed != r.Passed {
			t.Fatalf("cleaned, order and repetition: %+v, was %+v", again, r)
		}
		better := rapid.SampledFrom(e.Questions).Draw(t, "better")
		answers[better.Code] = course.Answer{Chosen: better.Right, Text: "x"}
		marks[better.Code] = better.Points
		if up := e.Mark(answers, marks); up.Whole.Points < r.Whole.Points || r.Passed && !up.Passed {
			t.Fatalf("a right answer cost points: %+v, was %+v", up, r)
		}
		for _, q := range e.Questions {
			answers[q.Code], marks[q.Code] = course.Answer{Chosen: q.Right, Text: "x"}, q.Points
		}
		if whole := e.Mark(answers, marks); !whole.Passed || whole.Whole.Percent() != 100 {
			t.Fatalf("everything right: %+v", whole)
		}
	})
}

func TestTheClassIsMeasuredByItsGoals(t *testing.T) {
	t.Parallel()
	e := exam()
	good := e.Mark(course.Answers{"q1": {Chosen: []int{0}}, "q2": {Chosen: []int{0, 1}}, "q3": {Text: "x"}}, map[string]int{"q3": 4})
	poor := e.Mark(course.Answers{"q1": {Chosen: []int{0}}}, nil)
	got := e.Measure(goals(), []course.Result{good, poor})
	want := "g1 14/20 1 of 2 true; g2 4/20 0 of 2 false; "
	var s strings.Builder
	for _, g := range got {
		fmt.Fprintf(&s, "%s %d/%d %d of %d %v; ", g.Code, g.Score.Points, g.Score.Of, g.Reached, g.Of, g.Met(e.Pass))
	}
	if s.String() != want {
		t.Errorf("%s, want %s", s.String(), want)
	}
}

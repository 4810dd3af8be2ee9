package classes

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hotline/records"
	"hotline/records/course"
	"hotline/records/procedure"
)

// questionForm is one question in the organiser's form. Options are one a line; a star before it says that it is right.
type questionForm struct {
	Number              int
	Goal, Kind, Text    string
	Options             string
	Points              string
	Blank               bool
	Choices             []choice // as participants see it
	Code                string
	Given               string // of a participant
	PointsOf, PointsHad int
}

type choice struct {
	Index  int
	Text   string
	Right  bool
	Chosen bool
}

// blanks are the empty questions that the form offers beside those there are.
const blanks = 2

func questionForms(e course.Exam, editable bool) []questionForm {
	var out []questionForm
	for i, q := range e.Questions {
		f := questionForm{Number: i + 1, Goal: q.Goal, Kind: q.Kind, Text: q.Text, Points: strconv.Itoa(q.Points), Code: q.Code}
		for j, o := range q.Options {
			right := slices.Contains(q.Right, j)
			f.Choices = append(f.Choices, choice{Index: j, Text: o, Right: right})
			if right {
				f.Options += "* "
			}
			f.Options += o + "\n"
		}
		out = append(out, f)
	}
	if editable {
		for range blanks {
			out = append(out, questionForm{Number: len(out) + 1, Kind: course.Single, Points: "10", Blank: true})
		}
	}
	return out
}

// examOf reads the organiser's form. A question without text is left out.
func examOf(r *http.Request, k records.Class) course.Exam {
	at := func(name string, i int) string {
		if v := r.PostForm[name]; i < len(v) {
			return strings.TrimSpace(v[i])
		}
		return ""
	}
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			return 0 // told by the exam's check
		}
		return n
	}
	e := course.Exam{Pass: number(strings.TrimSpace(r.PostFormValue("pass")))}
	for i := range r.PostForm["text"] {
		q := course.Question{Code: fmt.Sprintf("q%d", len(e.Questions)+1), Goal: at("goal", i), Kind: at("kind", i), Text: at("text", i), Points: number(at("points", i))}
		if q.Text == "" {
			continue
		}
		for line := range strings.SplitSeq(at("options", i), "\n") {
			line = strings.TrimSpace(line)
			text, right := strings.CutPrefix(line, "*")
			if text = strings.TrimSpace(text); text == "" || q.Kind == course.Written {
				continue
			}
			if right {
				q.Right = append(q.Right, len(q.Options))
			}
			q.Options = append(q.Options, text)
		}
		e.Questions = append(e.Questions, q)
	}
	if len(k.Goals) == 0 {
		e.Questions = nil
	}
	return e
}

// answersOf reads what a participant chose and wrote.
func answersOf(e course.Exam, form url.Values) course.Answers {
	out := course.Answers{}
	for _, q := range e.Questions {
		var a course.Answer
		for _, s := range form["a."+q.Code] {
			if q.Kind == course.Written {
				a.Text = s
			} else if i, err := strconv.Atoi(s); err == nil {
				a.Chosen = append(a.Chosen, i)
			}
		}
		out[q.Code] = a
	}
	return out
}

// paperRow is one paper as the organiser sees it.
type paperRow struct {
	records.ExamPaper
	Percent int
	Keyed   string         // who keyed it in from paper; "" when the person answered
	Written []questionForm // with the text given and the points, for marking
}

func newPaperRow(k records.Class, p records.ExamPaper) paperRow {
	row := paperRow{ExamPaper: p, Percent: p.Result.Whole.Percent()}
	if p.Via != procedure.ViaLink {
		row.Keyed = p.By
	}
	for i, q := range k.Exam.Questions {
		if q.Kind != course.Written || p.Answers[q.Code].Text == "" {
			continue
		}
		f := questionForm{Number: i + 1, Code: q.Code, Text: q.Text, Given: p.Answers[q.Code].Text, PointsOf: q.Points, PointsHad: -1}
		if n, marked := p.Marks[q.Code]; marked {
			f.PointsHad = n
		}
		row.Written = append(row.Written, f)
	}
	return row
}

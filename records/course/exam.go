// Package course is what an open class measures: questions, marks, and how far each goal of the class was reached (domain
// description §5: "strict examination against the goals"); and the calendar entries of its sessions. It is pure: no SQL, no
// clock of its own.
package course

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The kinds of question.
const (
	Single   = "single"   // exactly one option is right
	Multiple = "multiple" // all right options and no other; a part of them gives nothing
	Written  = "text"     // a lecturer gives the points
)

// The bounds of an exam. They keep what people hand in, and what a page shows, finite.
const (
	MaxQuestions = 100
	MaxOptions   = 10
	MaxPoints    = 100   // of one question
	maxAsked     = 1000  // runes of a question
	maxOption    = 300   // runes of an option
	maxWritten   = 10000 // runes of a written answer
)

// Goal is something that participants can do after the class.
type Goal struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Question asks for one goal.
type Question struct {
	Code    string   `json:"code"`
	Goal    string   `json:"goal"` // code of the goal that it examines
	Kind    string   `json:"kind"`
	Text    string   `json:"text"`
	Options []string `json:"options,omitempty"` // of single and multiple
	Right   []int    `json:"right,omitempty"`   // indexes of the right options, from 0
	Points  int      `json:"points"`
}

// Exam is the examination of one class.
type Exam struct {
	Questions []Question `json:"questions"`
	Pass      int        `json:"pass"` // per cent that are needed, in the whole and for each goal
}

// Fault is something that keeps an exam from being held, in both languages.
type Fault struct {
	Question string // code; "" for the exam as a whole
	ZH, EN   string
}

// Check says what keeps the exam from being held. Every goal needs a question: an exam that leaves a goal out proves nothing
// about it.
func (e Exam) Check(goals []Goal) []Fault {
	var out []Fault
	bad := func(q, zh, en string) { out = append(out, Fault{q, zh, en}) }
	if e.Pass < 1 || e.Pass > 100 {
		bad("", "合格线应在 1 到 100 之间", "the pass mark must be from 1 to 100 per cent")
	}
	if n := len(e.Questions); n == 0 || n > MaxQuestions {
		bad("", fmt.Sprintf("题目应有 1 到 %d 道", MaxQuestions), fmt.Sprintf("it needs 1 to %d questions", MaxQuestions))
	}
	codes, asked := map[string]bool{}, map[string]bool{}
	for _, q := range e.Questions {
		if q.Code == "" || codes[q.Code] {
			bad(q.Code, "题号重复或为空", "the code is empty or stands twice")
		}
		codes[q.Code], asked[q.Goal] = true, true
		if !slices.ContainsFunc(goals, func(g Goal) bool { return g.Code == q.Goal }) {
			bad(q.Code, "没有对应的培训目标", "it examines no goal of the class")
		}
		q.check(bad)
	}
	for _, g := range goals {
		if !asked[g.Code] {
			bad("", "目标“"+g.Text+"”没有考题", "no question examines the goal “"+g.Text+"”")
		}
	}
	return out
}

func (q Question) check(bad func(q, zh, en string)) {
	if n := utf8.RuneCountInString(q.Text); n == 0 || n > maxAsked {
		bad(q.Code, "题目为空或过长", "the question is empty or too long")
	}
	if q.Points < 1 || q.Points > MaxPoints {
		bad(q.Code, fmt.Sprintf("分值应在 1 到 %d 之间", MaxPoints), fmt.Sprintf("its points must be from 1 to %d", MaxPoints))
	}
	switch q.Kind {
	case Written:
		return
	case Single, Multiple:
	default:
		bad(q.Code, "题型不明", "it is of no known kind")
		return
	}
	if n := len(q.Options); n < 2 || n > MaxOptions {
		bad(q.Code, fmt.Sprintf("选项应有 2 到 %d 个", MaxOptions), fmt.Sprintf("it needs 2 to %d options", MaxOptions))
	}
	for i, o := range q.Options {
		if n := utf8.RuneCountInString(o); n == 0 || n > maxOption || slices.Index(q.Options, o) < i {
			bad(q.Code, "选项为空、过长或重复", "an option is empty, too long, or stands twice")
			break
		}
	}
	right := normal(q.Right, len(q.Options))
	switch {
	case len(right) != len(q.Right):
		bad(q.Code, "正确答案重复或不在选项中", "a right answer is named twice or is no option")
	case len(right) == 0, q.Kind == Single && len(right) != 1:
		bad(q.Code, "单选题须有且只有一个正确答案，多选题至少一个", "a single choice needs exactly one right answer, a multiple choice at least one")
	}
}

// Total gives the points of the whole exam.
func (e Exam) Total() int {
	sum := 0
	for _, q := range e.Questions {
		sum += q.Points
	}
	return sum
}

// Answer is what somebody answered to one question: options chosen, or text.
type Answer struct {
	Chosen []int  `json:"chosen,omitempty"`
	Text   string `json:"text,omitempty"`
}

// Answers are what one participant handed in, by question.
type Answers map[string]Answer

// Clean keeps what belongs to the exam: known questions, options that there are, each once and in order, bounded text.
func (e Exam) Clean(a Answers) Answers {
	out := Answers{}
	for _, q := range e.Questions {
		given, ok := a[q.Code]
		if !ok {
			continue
		}
		switch text := strings.TrimSpace(given.Text); {
		case q.Kind == Written && text != "":
			if r := []rune(text); len(r) > maxWritten {
				text = string(r[:maxWritten])
			}
			out[q.Code] = Answer{Text: text}
		case q.Kind != Written:
			if chosen := normal(given.Chosen, len(q.Options)); len(chosen) > 0 {
				out[q.Code] = Answer{Chosen: chosen}
			}
		}
	}
	return out
}

// normal sorts indexes, drops repetitions and what is no index.
func normal(chosen []int, options int) []int {
	out := slices.Clone(chosen)
	slices.Sort(out)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(i int) bool { return i < 0 || i >= options })
}

// Package sheets shows questionnaires as forms: to staff, and to customers behind a link. The template "sheets/_form" draws one.
package sheets

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
	"hotline/web/customer"
	"hotline/web/ui"
)

// Form is a questionnaire as the template shows it.
type Form struct {
	Name, Intro string
	Seq         int64
	Sections    []section
}

type section struct {
	Name      string
	Questions []question
}

type question struct {
	Code, Kind, Text, Hint, Unit, Low, High, Value, Fault string
	Optional                                              bool
	Options                                               []option
	Columns                                               []string
	Rows                                                  [][]cell
}

type option struct {
	Code, Text string
	Chosen     bool
}

type cell struct{ Name, Column, Value string }

// spare are the empty rows that a table shows beside what is filled in.
const spare = 3

// New makes the form of a definition with what is filled in; lacks are shown at their questions.
func New(d questionnaire.Definition, a questionnaire.Answers, seq int64, lacks []procedure.Lack, lang string) Form {
	faults := map[string]string{}
	for _, l := range lacks {
		faults[l.Need] = l.What.In(lang)
	}
	f := Form{Name: d.Name.In(lang), Intro: d.Intro.In(lang), Seq: seq}
	for _, s := range d.Sections {
		out := section{Name: s.Name.In(lang)}
		for _, q := range s.Questions {
			out.Questions = append(out.Questions, show(q, a, faults[q.Code], lang))
		}
		f.Sections = append(f.Sections, out)
	}
	return f
}

func show(q questionnaire.Question, a questionnaire.Answers, fault, lang string) question {
	out := question{
		Code: q.Code, Kind: q.Kind, Text: q.Text.In(lang), Hint: q.Hint.In(lang), Unit: q.Unit.In(lang), Low: q.Low.In(lang), High: q.High.In(lang),
		Fault: fault, Optional: q.Optional,
	}
	switch v := a[q.Code].(type) {
	case string:
		out.Value = v
	case float64:
		out.Value = strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		out.Value = strconv.FormatBool(v)
	}
	for _, o := range q.Options {
		out.Options = append(out.Options, option{o.Code, o.Text.In(lang), q.Chosen(a, o.Code)})
	}
	if q.Kind == questionnaire.Scale {
		for i := range questionnaire.ScaleTop {
			n := strconv.Itoa(i + 1)
			out.Options = append(out.Options, option{n, n, out.Value == n})
		}
	}
	for _, c := range q.Columns {
		out.Columns = append(out.Columns, c.Text.In(lang))
	}
	if q.Kind == questionnaire.Table {
		rows := q.Rows(a)
		for i := range len(rows) + spare {
			var row []cell
			for j, c := range q.Columns {
				x := cell{Name: "q." + q.Code + "." + c.Code, Column: c.Text.In(lang)}
				if i < len(rows) && j < len(rows[i]) {
					x.Value = rows[i][j]
				}
				row = append(row, x)
			}
			out.Rows = append(out.Rows, row)
		}
	}
	return out
}

// Records is what a customer's questionnaire needs of the records. *records.Store has it.
type Records interface {
	Sheet(ctx context.Context, id string) (records.Sheet, error)
	AnswerSheet(ctx context.Context, by records.Actor, id string, answers questionnaire.Answers, done bool, seq int64) (records.Sheet, error)
}

// Subject is what a link's Data hold when it is for a questionnaire.
type Subject struct {
	Sheet string `json:"sheet"`
}

// Link is the purpose of filling in a questionnaire behind a link; links that name none go to Else.
type Link struct {
	Records Records
	Say     customer.Say
	Else    customer.Purpose // optional
}

func (l Link) sheet(v customer.Visit) string {
	var s Subject
	if len(v.Link.Data) == 0 || json.Unmarshal(v.Link.Data, &s) != nil {
		return ""
	}
	return s.Sheet
}

// errNoSheet: a link was made for neither a questionnaire nor anything else.
var errNoSheet = errors.New("sheets: the link names no questionnaire")

// Page shows the questionnaire with what is filled in already.
func (l Link) Page(ctx context.Context, v customer.Visit) (string, any, error) {
	id := l.sheet(v)
	if id == "" {
		if l.Else == nil {
			return "", nil, errNoSheet
		}
		return l.Else.Page(ctx, v)
	}
	sh, err := l.Records.Sheet(ctx, id)
	if err != nil {
		return "", nil, err
	}
	var lacks []procedure.Lack
	if sh.Seq > 0 && sh.DoneAt.IsZero() { // it was sent before and something was missing: say what
		for _, x := range sh.Def.Check(sh.Answers) {
			lacks = append(lacks, procedure.Lack{Need: x.Question, What: procedure.Text(x.What)})
		}
	}
	return "sheets/customer", New(sh.Def, sh.Answers, sh.Seq, lacks, v.Lang), nil
}

// Act keeps what was typed, and hands it in when everything is there. What is missing is said on the page that comes back,
// and nothing typed is lost.
func (l Link) Act(ctx context.Context, v customer.Visit, form url.Values) (customer.Done, error) {
	id := l.sheet(v)
	if id == "" {
		if l.Else == nil {
			return customer.Done{}, errNoSheet
		}
		return l.Else.Act(ctx, v, form)
	}
	sh, err := l.Records.Sheet(ctx, id)
	if err != nil {
		return customer.Done{}, err
	}
	by := records.Actor{Customer: v.Link.Name, Via: procedure.ViaLink}
	answers := sh.Def.Form(form)
	if len(sh.Def.Check(answers)) > 0 {
		if _, err := l.Records.AnswerSheet(ctx, by, id, answers, false, -1); err != nil {
			return customer.Done{}, err
		}
		return customer.Done{}, customer.Trouble("sheets.incomplete")
	}
	if _, err := l.Records.AnswerSheet(ctx, by, id, answers, true, -1); err != nil {
		return customer.Done{}, err
	}
	return customer.Done{Title: l.Say(v.Lang, "sheets.done"), Text: l.Say(v.Lang, "sheets.done.text"), Detail: "handed in"}, nil
}

// Told gives the sentences of a refusal in the visitor's language: what is missing, or the text "refused."+code, or the refusal's
// own words. ok is false for an error that is no refusal.
func Told(pages *ui.Pages, lang string, err error) (lines []string, ok bool) {
	p, ok := errors.AsType[*records.Problem](err)
	if !ok {
		return nil, false
	}
	for _, l := range p.Lacks {
		lines = append(lines, l.What.In(lang))
	}
	for _, f := range p.Fields {
		if key := "sheets.fault." + f.Name; len(p.Lacks) == 0 && pages.Knows(key) {
			lines = append(lines, pages.Say(lang, key))
		} else if len(p.Lacks) == 0 {
			lines = append(lines, pages.Refusals(lang, f.What, f.Do))
		}
	}
	if len(lines) > 0 {
		return lines, true
	}
	if key := "sheets.refused." + p.Code; pages.Knows(key) {
		return []string{pages.Say(lang, key)}, true
	}
	return []string{pages.Refusals(lang, p.What, p.Do)}, true
}

package questionnaire

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The bounds of answers, in runes and rows.
const (
	maxLine = 500
	maxLong = 20000
	maxRows = 200
)

// Answers are what was filled in, by question: string, float64, bool, []string or [][]string, see the kinds.
type Answers map[string]any

// Lack is one question that is not answered as it must be, in both languages.
type Lack struct {
	Question string `json:"question"`
	What     Text   `json:"what"`
}

// Read takes answers from JSON and keeps what belongs to the questionnaire. Errors: it is no JSON object.
func (d Definition) Read(body []byte) (Answers, error) {
	var raw map[string]any
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, fmt.Errorf("questionnaire: answers: %w", err)
	}
	out := Answers{}
	for _, q := range d.Questions() {
		if v := q.clean(raw[q.Code]); v != nil {
			out[q.Code] = v
		}
	}
	return out, nil
}

// Form takes answers from the fields of a web form: "q.CODE"; the cells of a table are "q.CODE.COLUMN", each once a row.
func (d Definition) Form(values map[string][]string) Answers {
	out := Answers{}
	for _, q := range d.Questions() {
		given := values["q."+q.Code]
		var v any
		switch {
		case q.Kind == Table:
			v = q.rows(values)
		case q.Kind == Many:
			list := make([]any, len(given))
			for i, s := range given {
				list[i] = s
			}
			v = list
		case len(given) == 0 || strings.TrimSpace(given[0]) == "":
			continue
		case q.Kind == Number || q.Kind == Scale:
			n, err := strconv.ParseFloat(strings.TrimSpace(given[0]), 64)
			if err != nil {
				n = math.NaN()
			}
			v = n
		case q.Kind == Yes:
			v = given[0] == "true"
		default:
			v = given[0]
		}
		if v = q.clean(v); v != nil {
			out[q.Code] = v
		}
	}
	return out
}

func (q Question) rows(values map[string][]string) any {
	var rows []any
	for i := range maxRows {
		row, there := make([]any, len(q.Columns)), false
		for j, col := range q.Columns {
			row[j] = ""
			if cells := values["q."+q.Code+"."+col.Code]; i < len(cells) {
				row[j], there = cells[i], true
			}
		}
		if !there {
			break
		}
		rows = append(rows, row)
	}
	return rows
}

// clean brings a value into the form of its kind; nil for nothing. What is wrong stays, for Check to name.
func (q Question) clean(v any) any {
	switch v := v.(type) {
	case string:
		if v = strings.TrimSpace(plain(v)); v != "" {
			return v
		}
	case bool:
		return v
	case float64:
		return v
	case []any:
		if q.Kind == Table {
			return table(v, len(q.Columns))
		}
		var codes []string
		for _, o := range q.Options { // in their order, each once
			if slices.Contains(v, any(o.Code)) {
				codes = append(codes, o.Code)
			}
		}
		if len(codes) > 0 {
			return codes
		}
	}
	return nil
}

// table keeps rows in which something stands.
func table(v []any, columns int) any {
	var rows [][]string
	for _, r := range v {
		cells, ok := r.([]any)
		if !ok {
			continue
		}
		row, empty := make([]string, columns), true
		for i := range min(len(cells), columns) {
			if s, ok := cells[i].(string); ok {
				row[i] = strings.TrimSpace(plain(s))
				empty = empty && row[i] == ""
			}
		}
		if !empty {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return rows
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
}

// Check says what keeps answers from being complete.
func (d Definition) Check(a Answers) []Lack {
	var out []Lack
	for _, q := range d.Questions() {
		v, there := a[q.Code]
		if !there {
			if !q.Optional {
				out = append(out, Lack{q.Code, Text{"未填写“" + q.Text.ZH + "”", "“" + q.Text.EN + "” is not answered"}})
			}
			continue
		}
		if wrong := q.wrong(v); wrong != (Text{}) {
			out = append(out, Lack{q.Code, Text{"“" + q.Text.ZH + "”" + wrong.ZH, "“" + q.Text.EN + "” " + wrong.EN}})
		}
	}
	return out
}

func (q Question) wrong(v any) Text {
	switch q.Kind {
	case Number, Scale:
		return q.badNumber(v)
	case Yes:
		if _, ok := v.(bool); !ok {
			return Text{"应为是或否", "must be yes or no"}
		}
	case Many:
		if _, ok := v.([]string); !ok {
			return Text{"应从选项中选择", "must be chosen from the options"}
		}
	case Table:
		rows, ok := v.([][]string)
		if !ok {
			return Text{"应为表格", "must be a table"}
		}
		return badRows(rows)
	default:
		s, ok := v.(string)
		if !ok {
			return Text{"应为文字", "must be text"}
		}
		return q.badText(s)
	}
	return Text{}
}

func (q Question) badText(s string) Text {
	limit := maxLine
	switch q.Kind {
	case Long:
		limit = maxLong
	case One:
		if !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Code == s }) {
			return Text{"应从选项中选择", "must be one of the options"}
		}
	case Date:
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return Text{"应为日期，如 2026-11-22", "must be a day such as 2026-11-22"}
		}
	case Line:
		if strings.Contains(s, "\n") {
			return Text{"只能填写一行", "must be one line"}
		}
	}
	if utf8.RuneCountInString(s) > limit {
		return Text{fmt.Sprintf("最多 %d 字", limit), fmt.Sprintf("has more than %d characters", limit)}
	}
	return Text{}
}

func (q Question) badNumber(v any) Text {
	n, ok := v.(float64)
	low, high := math.Inf(-1), math.Inf(1)
	if q.Min != nil {
		low = *q.Min
	}
	if q.Max != nil {
		high = *q.Max
	}
	if q.Kind == Scale {
		low, high = 1, ScaleTop
		ok = ok && n == math.Trunc(n)
	}
	switch {
	case !ok || math.IsNaN(n) || math.IsInf(n, 0):
		return Text{"应为数字", "must be a number"}
	case n < low:
		return Text{fmt.Sprintf("不能小于 %g", low), fmt.Sprintf("must not be less than %g", low)}
	case n > high:
		return Text{fmt.Sprintf("不能大于 %g", high), fmt.Sprintf("must not be more than %g", high)}
	}
	return Text{}
}

func badRows(rows [][]string) Text {
	if len(rows) > maxRows {
		return Text{fmt.Sprintf("最多 %d 行", maxRows), fmt.Sprintf("has more than %d rows", maxRows)}
	}
	for _, row := range rows {
		for _, cell := range row {
			if utf8.RuneCountInString(cell) > maxLine {
				return Text{fmt.Sprintf("每格最多 %d 字", maxLine), fmt.Sprintf("has a cell of more than %d characters", maxLine)}
			}
		}
	}
	return Text{}
}

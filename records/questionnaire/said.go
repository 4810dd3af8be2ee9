package questionnaire

import (
	"slices"
	"strconv"
	"strings"
)

// Said gives an answer in words, as a report prints it; "" for none. Tables are for Rows.
func (q Question) Said(a Answers, lang string) string {
	switch v := a[q.Code].(type) {
	case string:
		if q.Kind == One {
			return q.option(v, lang)
		}
		return v
	case bool:
		return map[bool]Text{true: {"是", "yes"}, false: {"否", "no"}}[v].In(lang)
	case float64:
		s := strconv.FormatFloat(v, 'f', -1, 64)
		if q.Kind == Scale {
			return s + " / " + strconv.Itoa(ScaleTop)
		}
		if unit := q.Unit.In(lang); unit != "" {
			s += " " + unit
		}
		return s
	case []string:
		words := make([]string, len(v))
		for i, code := range v {
			words[i] = q.option(code, lang)
		}
		if lang == "en" {
			return strings.Join(words, ", ")
		}
		return strings.Join(words, "、")
	}
	return ""
}

func (q Question) option(code, lang string) string {
	for _, o := range q.Options {
		if o.Code == code {
			return o.Text.In(lang)
		}
	}
	return code
}

// Rows gives the rows of a table; nil for other kinds.
func (q Question) Rows(a Answers) [][]string {
	rows, _ := a[q.Code].([][]string)
	return rows
}

// Chosen says whether an option is chosen.
func (q Question) Chosen(a Answers, code string) bool {
	switch v := a[q.Code].(type) {
	case string:
		return v == code
	case []string:
		return slices.Contains(v, code)
	}
	return false
}

// Mean gives the mean of a scale over several sheets, and how many answered it.
func (q Question) Mean(sheets []Answers) (mean float64, answered int) {
	sum := 0.0
	for _, a := range sheets {
		if n, ok := a[q.Code].(float64); ok {
			sum += n
			answered++
		}
	}
	if answered == 0 {
		return 0, 0
	}
	return sum / float64(answered), answered
}

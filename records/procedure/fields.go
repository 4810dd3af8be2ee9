package procedure

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The types of fields.
const (
	TypeText   = "text"
	TypeNumber = "number"
	TypeTime   = "time"
	TypeChoice = "choice"
	TypeYes    = "yes"
)

// checkFields compares the values of a fact with what the need asks for.
func (n Need) checkFields(at *lacks, body json.RawMessage) {
	var values map[string]any
	if err := json.Unmarshal(body, &values); err != nil {
		values = nil
	}
	for _, f := range n.Fields {
		v, there := values[f.Code]
		if text, is := v.(string); !there || v == nil || is && strings.TrimSpace(text) == "" {
			if !f.Optional {
				at.add("field_missing", "缺少“"+f.Name.ZH+"”", f.Name.EN+" is missing")
			}
			continue
		}
		if zh, en := f.wrong(v); en != "" {
			at.add("field_wrong", f.Name.ZH+"："+zh, f.Name.EN+": "+en)
		}
	}
}

// wrong says in both languages what is wrong with a value; nothing when it is right.
func (f Field) wrong(v any) (zh, en string) {
	switch f.Type {
	case TypeNumber:
		x, ok := v.(float64)
		switch {
		case !ok:
			return "应为数字", "must be a number"
		case f.Min != nil && x < *f.Min:
			return fmt.Sprintf("不能小于 %g", *f.Min), fmt.Sprintf("must not be less than %g", *f.Min)
		case f.Max != nil && x > *f.Max:
			return fmt.Sprintf("不能大于 %g", *f.Max), fmt.Sprintf("must not be more than %g", *f.Max)
		}
	case TypeYes:
		if _, ok := v.(bool); !ok {
			return "应为是或否", "must be yes or no"
		}
	case TypeTime:
		s, ok := v.(string)
		if !ok {
			return "应为时间", "must be a time"
		}
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return "应为时间", "must be a time (RFC 3339)"
		}
	case TypeChoice:
		s, ok := v.(string)
		if !ok || !f.offers(s) {
			return "不在可选项内", "is not one of the choices"
		}
	default:
		if _, ok := v.(string); !ok {
			return "应为文字", "must be text"
		}
	}
	return "", ""
}

func (f Field) offers(code string) bool {
	for _, c := range f.Choices {
		if c.Code == code {
			return true
		}
	}
	return false
}

// plain writes a JSON value as Must is written.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return ""
}

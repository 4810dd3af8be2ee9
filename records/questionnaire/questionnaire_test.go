package questionnaire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"hotline/records/questionnaire"
)

const source = `# every kind of question
questionnaire: all
version: 3
name: {zh: 全部, en: All}
by: [staff, customer]
sections:
  - name: {zh: 一, en: One}
    questions:
      - {code: line, kind: line, text: {zh: 一行, en: Line}}
      - {code: long, kind: long, optional: true, text: {zh: 长文, en: Long}}
      - {code: number, kind: number, min: 1, max: 9.5, unit: {zh: 台, en: machines}, text: {zh: 数, en: Number}}
      - {code: yes, kind: yes, text: {zh: 是否, en: Yes}}
  - name: {zh: 二, en: Two}
    questions:
      - {code: one, kind: one, text: {zh: 单选, en: One}, options: [{code: a, text: {zh: 甲, en: A}}, {code: b, text: {zh: 乙, en: B}}]}
      - {code: many, kind: many, text: {zh: 多选, en: Many}, options: [{code: a, text: {zh: 甲, en: A}}, {code: b, text: {zh: 乙, en: B}}]}
      - {code: scale, kind: scale, text: {zh: 评分, en: Scale}}
      - {code: day, kind: date, text: {zh: 日期, en: Day}}
      - {code: table, kind: table, text: {zh: 表, en: Table}, columns: [{code: x, text: {zh: 横, en: X}}, {code: y, text: {zh: 纵, en: Y}}]}
`

func definition(t testing.TB) questionnaire.Definition {
	t.Helper()
	d, err := questionnaire.Parse("all.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func filled() map[string][]string {
	return map[string][]string{
		"q.line": {" 北京 "}, "q.number": {"2.5"}, "q.yes": {"false"}, "q.one": {"b"}, "q.many": {"b", "a", "b", "z"}, "q.scale": {"4"}, "q.day": {"2026-11-22"},
		"q.table.x": {"1", "", "3"}, "q.table.y": {"一", "", ""}, "other": {"x"},
	}
}

func TestASheetIsFilled(t *testing.T) {
	t.Parallel()
	d := definition(t)
	a := d.Form(filled())
	if lacks := d.Check(a); len(lacks) > 0 {
		t.Errorf("%v", lacks)
	}
	var said []string
	for _, q := range d.Questions() {
		said = append(said, q.Said(a, "zh-Hans")+fmt.Sprint(q.Rows(a)))
	}
	if got, want := strings.Join(said, "|"), "北京[]|[]|2.5 台[]|否[]|乙[]|甲、乙[]|4 / 5[]|2026-11-22[]|[[1 一] [3 ]]"; got != want {
		t.Errorf("said %s, want %s", got, want)
	}
	body, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.Read(body)
	if err != nil || !reflect.DeepEqual(again, a) {
		t.Errorf("kept and read: %v, %v; was %v", again, err, a)
	}
	if _, err := d.Read([]byte("[")); err == nil {
		t.Error("read what is no JSON")
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	d := definition(t)
	var missing []string
	for _, l := range d.Check(questionnaire.Answers{}) {
		missing = append(missing, l.Question)
	}
	if got := strings.Join(missing, " "); got != "line number yes one many scale day table" {
		t.Errorf("missing: %s", got)
	}
	for field, values := range map[string][]string{
		"q.line": {strings.Repeat("长", 501)}, "q.long": {strings.Repeat("长", 20001)}, "q.number": {"10"}, "q.one": {"z"}, "q.scale": {"2.5"}, "q.day": {"22.11.2026"},
		"q.table.x": {strings.Repeat("长", 501)},
	} {
		form := filled()
		form[field] = values
		code := strings.Split(field, ".")[1]
		lacks := d.Check(d.Form(form))
		if len(lacks) != 1 || lacks[0].Question != code || lacks[0].What.ZH == "" || lacks[0].What.EN == "" {
			t.Errorf("%s: %v", field, lacks)
		}
	}
	for _, n := range []string{"x", "NaN", "Inf", "0"} {
		form := filled()
		form["q.number"] = []string{n}
		if len(d.Check(d.Form(form))) != 1 {
			t.Errorf("number %q passes", n)
		}
	}
}

func TestMistakesAreNamedWithTheirLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, new, want string }{
		"unknown key":      {"version: 3", "version: 3\nvresion: 4", "all.yaml:4"},
		"one language":     {"{zh: 一行, en: Line}", "{zh: 一行}", "all.yaml:9: sections[0].questions[0].text: is not there in both languages"},
		"code twice":       {"code: long", "code: line", "all.yaml:10: sections[0].questions[1].code: \"line\" stands twice"},
		"bad code":         {"code: long", "code: Long", "is no code"},
		"kind":             {"kind: yes", "kind: maybe", "all.yaml:12: sections[0].questions[3].kind: \"maybe\" is no kind of question"},
		"options too many": {"kind: scale", "kind: one", "sections[1].questions[2].options: does not fit"},
		"bounds":           {"min: 1, max: 9.5", "min: 10, max: 9.5", "is more than max"},
		"bound of a text":  {"kind: yes,", "kind: yes, min: 1,", "has a bound, but is no number"},
		"version":          {"version: 3", "version: 0", "all.yaml:3: version: is not 1 or more"},
		"who":              {"customer]", "robot]", "\"robot\" fills no questionnaire"},
		"broken":           {"[{code: a", "[{{code: a", "all.yaml:"},
	} {
		_, err := questionnaire.Parse("all.yaml", []byte(strings.Replace(source, test.old, test.new, 1)))
		var mistakes questionnaire.Mistakes
		if !errors.As(err, &mistakes) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
	two := fstest.MapFS{"a.yaml": {Data: []byte(source)}, "b.yaml": {Data: []byte(source)}}
	if _, err := questionnaire.ParseAll(two); err == nil || !strings.Contains(err.Error(), "a.yaml already") {
		t.Errorf("two files for one: %v", err)
	}
}

func TestMean(t *testing.T) {
	t.Parallel()
	q, _ := definition(t).Question("scale")
	mean, n := q.Mean([]questionnaire.Answers{{"scale": 5.0}, {"scale": 2.0}, {}})
	if mean != 3.5 || n != 2 {
		t.Errorf("%v of %d", mean, n)
	}
}

// TestNothingIsKeptThatIsNotAsked: whatever a form sends, what is kept passes the check or is named by it, fits in JSON, and
// comes back the same.
func TestNothingIsKeptThatIsNotAsked(t *testing.T) {
	t.Parallel()
	d := definition(t)
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.MapOf(rapid.SampledFrom([]string{"q.line", "q.number", "q.yes", "q.one", "q.many", "q.scale", "q.day", "q.table.x", "q.table.y", "q.none", "x"}),
			rapid.SliceOfN(rapid.String(), 0, 5)).Draw(t, "form")
		a := d.Form(form)
		for code := range a {
			if _, ok := d.Question(code); !ok {
				t.Fatalf("kept %q", code)
			}
		}
		if len(d.Check(a)) > 0 {
			return // told, and not kept
		}
		body, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		again, err := d.Read(body)
		if err != nil || !reflect.DeepEqual(again, a) {
			t.Fatalf("%v, %v; was %v", again, err, a)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(source))
	f.Add([]byte("questionnaire: x\nsections: [{}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := questionnaire.Parse("f.yaml", data)
		if err == nil && (d.Code == "" || d.Digest == "" || len(d.Questions()) == 0 || slices.ContainsFunc(d.Questions(), func(q questionnaire.Question) bool { return q.Text.ZH == "" || q.Text.EN == "" })) {
			t.Errorf("taken: %+v", d)
		}
	})
}

// Package questionnaire is what is asked of customers, and written down by consultants, as data: a Definition is one version of
// a list of questions in both languages, read strictly from YAML. Check says what is missing or wrong in a sheet of answers. The
// package is pure: no SQL, no clock.
//
// Surveys of a customer's systems, solutions, requirement reports and test reports are all filled in this way (domain
// description §5 to §7): what they must hold stands in a file that the operator can change, and a sheet keeps the version it
// was begun with.
package questionnaire

// Text is what people read, in both languages. Neither is empty where a text is required.
type Text struct {
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en" yaml:"en"`
}

// In gives the text in a language, "en" or anything else for Chinese.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ZH
}

// Definition is one version of a questionnaire.
type Definition struct {
	Code     string    `json:"code"           yaml:"questionnaire"`
	Version  int       `json:"version"        yaml:"version"`
	Name     Text      `json:"name"           yaml:"name"`
	Intro    Text      `json:"intro,omitzero" yaml:"intro"` // shown above the questions
	By       []string  `json:"by"             yaml:"by"`    // who may fill it: staff, customer
	Sections []Section `json:"sections"       yaml:"sections"`

	Digest string `json:"digest" yaml:"-"` // SHA-256 of the file, hex
	Source []byte `json:"-"      yaml:"-"` // the file
}

// Who may fill a questionnaire.
const (
	Staff    = "staff"
	Customer = "customer"
)

// Section groups questions.
type Section struct {
	Name      Text       `json:"name"      yaml:"name"`
	Questions []Question `json:"questions" yaml:"questions"`
}

// Question is one of them.
type Question struct {
	Code     string   `json:"code"               yaml:"code"`
	Kind     string   `json:"kind"               yaml:"kind"`
	Text     Text     `json:"text"               yaml:"text"`
	Hint     Text     `json:"hint,omitzero"      yaml:"hint"`
	Unit     Text     `json:"unit,omitzero"      yaml:"unit"` // of a number
	Min      *float64 `json:"min,omitempty"      yaml:"min"`  // of a number
	Max      *float64 `json:"max,omitempty"      yaml:"max"`
	Options  []Option `json:"options,omitempty"  yaml:"options"`  // of one and many
	Columns  []Option `json:"columns,omitempty"  yaml:"columns"`  // of a table
	Optional bool     `json:"optional,omitempty" yaml:"optional"` // may stay empty
	Low      Text     `json:"low,omitzero"       yaml:"low"`      // what 1 means, of a scale
	High     Text     `json:"high,omitzero"      yaml:"high"`     // what 5 means
}

// Option is one of several answers, or a column.
type Option struct {
	Code string `json:"code" yaml:"code"`
	Text Text   `json:"text" yaml:"text"`
}

// The kinds of question, and the JSON of an answer.
const (
	Line   = "line"   // one line of text: string
	Long   = "long"   // several lines: string
	Number = "number" // number
	Yes    = "yes"    // yes or no: boolean
	One    = "one"    // one of the options: its code
	Many   = "many"   // any of the options: codes
	Scale  = "scale"  // 1 (worst) to ScaleTop: number
	Table  = "table"  // rows of text by column: list of lists, in the order of the columns
	Date   = "date"   // a day: string as 2026-11-22
)

// ScaleTop is the best answer on a scale.
const ScaleTop = 5

// kinds are all of them.
func kinds() []string { return []string{Line, Long, Number, Yes, One, Many, Scale, Table, Date} }

// Question finds a question.
func (d Definition) Question(code string) (Question, bool) {
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			if q.Code == code {
				return q, true
			}
		}
	}
	return Question{}, false
}

// Questions gives all questions in order.
func (d Definition) Questions() []Question {
	var all []Question
	for _, s := range d.Sections {
		all = append(all, s.Questions...)
	}
	return all
}

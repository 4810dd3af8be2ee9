// Package instrument is the satisfaction survey as data: questions with their words, answered the same way by whatever channel.
package instrument

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// Text is something that customers and staff read.
type Text struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// In gives the text in a language: "en" or Chinese.
func (t Text) In(lang string) string {
	if strings.HasPrefix(lang, "en") {
		return t.EN
	}
	return t.ZH
}

// The kinds of question.
const (
	Rating  = "rating"  // 1 to 5; by phone one key
	Written = "written" // free text; not asked by phone keys
)

// The questions that every form must ask: the domain description rates speed and quality (§4, step 2).
const (
	Speed   = "speed"
	Quality = "quality"
)

// Question is one question of a form.
type Question struct {
	Code   string `yaml:"code"`
	Kind   string `yaml:"kind"`
	Text   Text   `yaml:"text"`
	Low    Text   `yaml:"low"`    // what 1 means
	High   Text   `yaml:"high"`   // what 5 means
	Prompt string `yaml:"prompt"` // name of the sound by which a machine asks; "" is not asked by phone
}

// Form is a survey's questions. A form that was used is never changed: a new wording is a new version.
type Form struct {
	Code      string     `yaml:"form"`
	Version   int        `yaml:"version"`
	Name      Text       `yaml:"name"`
	Intro     Text       `yaml:"intro"`
	Questions []Question `yaml:"questions"`
	Digest    string     `yaml:"-"` // SHA-256 of the source, hex
	Source    string     `yaml:"-"`
}

var codePattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// Parse reads one form, strictly. The error says what to mend.
func Parse(name string, source []byte) (Form, error) {
	var f Form
	if err := yaml.UnmarshalWithOptions(source, &f, yaml.Strict()); err != nil {
		return Form{}, fmt.Errorf("%s: %w", name, err)
	}
	sum := sha256.Sum256(source)
	f.Digest, f.Source = hex.EncodeToString(sum[:]), string(source)
	return f, f.check(name)
}

func (f Form) check(name string) error {
	bad := func(what string, args ...any) error { return fmt.Errorf("%s: "+what, append([]any{name}, args...)...) }
	both := func(t Text) bool { return t.ZH != "" && t.EN != "" }
	switch {
	case !codePattern.MatchString(f.Code) || f.Version < 1:
		return bad("form and version are needed; write e.g. form: satisfaction, version: 1")
	case !both(f.Name) || !both(f.Intro):
		return bad("name and intro are needed in zh and en")
	}
	known := map[string]string{}
	for _, q := range f.Questions {
		switch {
		case !codePattern.MatchString(q.Code) || known[q.Code] != "":
			return bad("question code %q: want small letters, digits and _, each code once", q.Code)
		case q.Kind != Rating && q.Kind != Written:
			return bad("question %s: kind %q; write rating or written", q.Code, q.Kind)
		case !both(q.Text):
			return bad("question %s: text is needed in zh and en", q.Code)
		case q.Kind == Rating && (!both(q.Low) || !both(q.High)):
			return bad("question %s: say in zh and en what 1 (low) and 5 (high) mean", q.Code)
		case q.Kind == Written && q.Prompt != "":
			return bad("question %s: written answers cannot be given by keys; remove prompt", q.Code)
		}
		known[q.Code] = q.Kind
	}
	for _, must := range []string{Speed, Quality} {
		if known[must] != Rating {
			return bad("the rating %q is missing: speed and quality are rated in every survey", must)
		}
	}
	return nil
}

// maxWritten is how much of a written answer is kept, in runes.
const maxWritten = 2000

// Fault is an answer that is missing or none.
type Fault struct{ Question, Code string } // Code: "missing", "range", "too_long", "unknown"

// Check says what is wrong with answers. partial allows questions without an answer.
func (f Form) Check(answers map[string]string, partial bool) []Fault {
	var faults []Fault
	known := map[string]bool{}
	for _, q := range f.Questions {
		known[q.Code] = true
		answer := strings.TrimSpace(answers[q.Code])
		switch {
		case answer == "":
			if q.Kind == Rating && !partial {
				faults = append(faults, Fault{q.Code, "missing"})
			}
		case q.Kind == Rating:
			if n, err := strconv.Atoi(answer); err != nil || n < 1 || n > 5 {
				faults = append(faults, Fault{q.Code, "range"})
			}
		case utf8.RuneCountInString(answer) > maxWritten:
			faults = append(faults, Fault{q.Code, "too_long"})
		}
	}
	for code := range answers {
		if !known[code] {
			faults = append(faults, Fault{code, "unknown"})
		}
	}
	return faults
}

// Score is the rating that was given to a question, 0 for none.
func Score(answers map[string]string, question string) int {
	n, err := strconv.Atoi(strings.TrimSpace(answers[question]))
	if err != nil || n < 1 || n > 5 {
		return 0
	}
	return n
}

// Package procedure describes how a service is carried out, step by step, and decides what may happen to an order next.
//
// A Definition is data, written in YAML: steps with the evidence each needs, deliverables, quality rules (domain
// description §1 to §7). Progress is one running order as far as its procedure is concerned; Apply is the only way on, and
// refuses a step before its predecessors or without its evidence (I7). The package is pure: no SQL, no clock, no goroutine.
package procedure

import "time"

// Text is what people read, in both languages. Neither is empty.
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

// Definition is one version of one procedure.
type Definition struct {
	Code         string        `json:"code"                   yaml:"procedure"`
	Version      int           `json:"version"                yaml:"version"`
	Scope        string        `json:"scope,omitempty"        yaml:"scope"` // "order", or "case" for the hotline itself, which has no orders
	Name         Text          `json:"name"                   yaml:"name"`
	Steps        []Step        `json:"steps"                  yaml:"steps"`
	Deliverables []Deliverable `json:"deliverables,omitempty" yaml:"deliverables"`
	Rules        []Rule        `json:"rules"                  yaml:"rules"`

	Digest string `json:"digest" yaml:"-"` // SHA-256 of the file, hex
	Source []byte `json:"-"      yaml:"-"` // the file
}

// ScopeOrder and ScopeCase say what a definition is about.
const (
	ScopeOrder = "order"
	ScopeCase  = "case"
)

// Step is one step of a procedure.
type Step struct {
	Code  string   `json:"code"            yaml:"code"`
	Name  Text     `json:"name"            yaml:"name"`
	Hint  Text     `json:"hint,omitzero"   yaml:"hint"`
	By    []string `json:"by"              yaml:"by"`    // who may do it: engineer, manager, dispatcher, agent, customer
	After []string `json:"after"           yaml:"after"` // predecessors; the step before when none is named, [] for none
	Needs []Need   `json:"needs,omitempty" yaml:"needs"`
	// Clock is the promise that settling this step keeps: it runs From a step ("" when the order is opened) for Within. With
	// no Within the order brings the time that was agreed (Order.RespondBy).
	Clock    string        `json:"clock,omitempty"    yaml:"clock"`
	Within   time.Duration `json:"within,omitempty"   yaml:"within"`
	From     string        `json:"from,omitempty"     yaml:"from"`
	Calendar string        `json:"calendar,omitempty" yaml:"calendar"` // "" counts every hour; "centre": that of the order's service centre
	Waive    []string      `json:"waive,omitempty"    yaml:"waive"`    // who may waive it, with a reason; nobody when empty
	Optional bool          `json:"optional,omitempty" yaml:"optional"` // the order may be finished without it
	// EachVisit: a follow-on order does it again; other settled steps are carried over.
	EachVisit bool `json:"each_visit,omitempty" yaml:"each_visit"`
}

// Need is one piece of evidence that a step requires.
type Need struct {
	Code     string       `json:"code"                yaml:"code"`
	Kind     EvidenceKind `json:"kind"                yaml:"kind"`
	Name     Text         `json:"name"                yaml:"name"`
	By       []string     `json:"by,omitempty"        yaml:"by"`        // who may bring it; whoever may add evidence when empty. This server always
	Via      []string     `json:"via,omitempty"       yaml:"via"`       // channels of a confirmation or a fact; any when empty. [system]: this server measured it, nobody types it
	Fields   []Field      `json:"fields,omitempty"    yaml:"fields"`    // of a fact
	Min      int          `json:"min"                 yaml:"min"`       // how many; 1 when not given
	Distinct bool         `json:"distinct,omitempty"  yaml:"distinct"`  // each piece by somebody else
	OrWaiver bool         `json:"or_waiver,omitempty" yaml:"or_waiver"` // or the customer's recorded waiver, with who and why
	Optional bool         `json:"optional,omitempty"  yaml:"optional"`  // welcome, but the step does not wait for it
	Document string       `json:"document,omitempty"  yaml:"document"`  // of a document: which template it is made from
}

// Field is one measured or stated value of a fact.
type Field struct {
	Code     string   `json:"code"               yaml:"code"`
	Name     Text     `json:"name"               yaml:"name"`
	Type     string   `json:"type"               yaml:"type"` // text, number, time (RFC 3339), choice, yes (true or false)
	Unit     string   `json:"unit,omitempty"     yaml:"unit"` // of a number, e.g. "ms", "GB", "%"
	Choices  []Choice `json:"choices,omitempty"  yaml:"choices"`
	Optional bool     `json:"optional,omitempty" yaml:"optional"`
	Min      *float64 `json:"min,omitempty"      yaml:"min"` // of a number
	Max      *float64 `json:"max,omitempty"      yaml:"max"`
	Must     string   `json:"must,omitempty"     yaml:"must"` // the only value that proves the need, e.g. "closed"
}

// Choice is one value of a field that has a list of them.
type Choice struct {
	Code string `json:"code" yaml:"code"`
	Name Text   `json:"name" yaml:"name"`
}

// Deliverable is a result that a procedure must produce.
type Deliverable struct {
	Code      string `json:"code"                yaml:"code"`
	Name      Text   `json:"name"                yaml:"name"`
	Document  string `json:"document,omitempty"  yaml:"document"`  // template code, when it is a document
	Evidence  Ref    `json:"evidence"            yaml:"evidence"`  // the evidence that it is there
	Confirmed Ref    `json:"confirmed,omitempty" yaml:"confirmed"` // the evidence that the customer confirmed it
}

// Rule is a quality rule. It is proven when every proof is.
type Rule struct {
	Code  string  `json:"code"  yaml:"code"`
	Name  Text    `json:"name"  yaml:"name"`
	Proof []Proof `json:"proof" yaml:"proof"`
}

// Proof is one thing that proves a rule: exactly one of its fields is set.
type Proof struct {
	Step        string `json:"step,omitempty"        yaml:"step"`        // was settled
	Evidence    Ref    `json:"evidence,omitempty"    yaml:"evidence"`    // is there
	Clock       string `json:"clock,omitempty"       yaml:"clock"`       // was kept
	Deliverable string `json:"deliverable,omitempty" yaml:"deliverable"` // is there, and confirmed where it must be
	Fact        string `json:"fact,omitempty"        yaml:"fact"`        // of a case, found in its records (scope case)
}

// Ref names a need of a step: "step.need".
type Ref string

// Step finds a step.
func (d Definition) Step(code string) (Step, bool) {
	for _, s := range d.Steps {
		if s.Code == code {
			return s, true
		}
	}
	return Step{}, false
}

// Need finds what a Ref names.
func (d Definition) Need(r Ref) (Step, Need, bool) {
	step, need := r.split()
	s, ok := d.Step(step)
	if !ok {
		return Step{}, Need{}, false
	}
	n, ok := s.Need(need)
	return s, n, ok
}

// Need finds a need of a step.
func (s Step) Need(code string) (Need, bool) {
	for _, n := range s.Needs {
		if n.Code == code {
			return n, true
		}
	}
	return Need{}, false
}

// Deliverable finds a deliverable.
func (d Definition) Deliverable(code string) (Deliverable, bool) {
	for _, x := range d.Deliverables {
		if x.Code == code {
			return x, true
		}
	}
	return Deliverable{}, false
}

// ClockStep finds the step that keeps a clock.
func (d Definition) ClockStep(clock string) (Step, bool) {
	for _, s := range d.Steps {
		if clock != "" && s.Clock == clock {
			return s, true
		}
	}
	return Step{}, false
}

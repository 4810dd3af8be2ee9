package procedure

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// checker collects the mistakes of one file.
type checker struct {
	file     string
	lines    map[string]int // path → line
	mistakes Mistakes
}

func (c *checker) bad(n ast.Node, path, what, mend string) {
	c.mistakes = append(c.mistakes, Mistake{File: c.file, Line: line(n), Path: path, What: what, Mend: mend})
}

// wrong adds a mistake at a path, or at the nearest place above it that the file has.
func (c *checker) wrong(path, mend, what string, args ...any) {
	at := path
	for at != "" && c.lines[at] == 0 {
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
	c.mistakes = append(c.mistakes, Mistake{File: c.file, Line: max(c.lines[at], 1), Path: path, What: fmt.Sprintf(what, args...), Mend: mend})
}

// fill puts in what may be left out: scope, predecessors, counts.
func (d *Definition) fill() {
	if d.Scope == "" {
		d.Scope = ScopeOrder
	}
	for i := range d.Steps {
		s := &d.Steps[i]
		if s.After == nil && i > 0 {
			s.After = []string{d.Steps[i-1].Code}
		}
		for j := range s.Needs {
			if s.Needs[j].Min == 0 {
				s.Needs[j].Min = 1
			}
		}
	}
}

func codePattern() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`) }

func (c *checker) code(path, code string, seen map[string]bool) {
	switch {
	case !codePattern().MatchString(code):
		c.wrong(path, "use a–z, 0–9 and _, beginning with a letter", "%q cannot be a code", code)
	case seen[code]:
		c.wrong(path, "give each its own code", "%q stands here twice", code)
	}
	seen[code] = true
}

func (c *checker) text(path string, t Text) {
	if strings.TrimSpace(t.ZH) == "" {
		c.wrong(path, "write it as {zh: …, en: …}", "the Chinese text is missing")
	}
	if strings.TrimSpace(t.EN) == "" {
		c.wrong(path, "write it as {zh: …, en: …}", "the English text is missing")
	}
}

func (c *checker) among(path, value string, all ...string) {
	if !slices.Contains(all, value) {
		c.wrong(path, "one of "+strings.Join(all, ", "), "%q is not known here", value)
	}
}

func (c *checker) definition(d *Definition) {
	c.code("procedure", d.Code, map[string]bool{})
	if d.Version < 1 {
		c.wrong("version", "count from 1, and up with every change", "the version is missing or less than 1")
	}
	c.among("scope", d.Scope, ScopeOrder, ScopeCase)
	c.text("name", d.Name)
	if d.Scope == ScopeOrder && len(d.Steps) == 0 {
		c.wrong("steps", "add the steps", "a procedure without steps")
	}
	seen, clocks := map[string]bool{}, map[string]bool{}
	for i := range d.Steps {
		c.step(d, i, seen, clocks)
	}
	seen = map[string]bool{}
	for i, x := range d.Deliverables {
		path := fmt.Sprintf("deliverables[%d]", i)
		c.code(path+".code", x.Code, seen)
		c.text(path+".name", x.Name)
		c.ref(d, path+".evidence", x.Evidence)
		if x.Confirmed != "" {
			c.ref(d, path+".confirmed", x.Confirmed)
		}
	}
	seen = map[string]bool{}
	for i, r := range d.Rules {
		path := fmt.Sprintf("rules[%d]", i)
		c.code(path+".code", r.Code, seen)
		c.text(path+".name", r.Name)
		if len(r.Proof) == 0 {
			c.wrong(path+".proof", "name the step, evidence, clock or deliverable that proves it", "a rule that nothing proves")
		}
		for j, p := range r.Proof {
			c.proof(d, fmt.Sprintf("%s.proof[%d]", path, j), p)
		}
	}
}

func (c *checker) step(d *Definition, i int, seen, clocks map[string]bool) {
	s, path := d.Steps[i], fmt.Sprintf("steps[%d]", i)
	for _, after := range s.After {
		if !seen[after] { // only earlier ones: so there is no cycle
			c.wrong(path+".after", "name steps that stand before this one", "%q is not a step before %q", after, s.Code)
		}
	}
	if s.From != "" && !seen[s.From] {
		c.wrong(path+".from", "name a step that stands before this one", "%q is not a step before %q", s.From, s.Code)
	}
	c.code(path+".code", s.Code, seen)
	c.text(path+".name", s.Name)
	if s.Hint != (Text{}) {
		c.text(path+".hint", s.Hint)
	}
	if len(s.By) == 0 {
		c.wrong(path+".by", "name who does it", "nobody may do this step")
	}
	for j, by := range s.By {
		c.among(fmt.Sprintf("%s.by[%d]", path, j), by, Engineer, Manager, Dispatcher, Agent, Customer)
	}
	for j, by := range s.Waive {
		c.among(fmt.Sprintf("%s.waive[%d]", path, j), by, Engineer, Manager, Dispatcher, Agent)
	}
	if s.Clock != "" {
		c.code(path+".clock", s.Clock, clocks)
	} else if s.Within != 0 || s.From != "" || s.Calendar != "" {
		c.wrong(path, "give the clock a name: clock: …", "within, from and calendar belong to a clock")
	}
	if s.Within < 0 {
		c.wrong(path+".within", "write e.g. 48h", "a negative time")
	}
	needs := map[string]bool{}
	for j, n := range s.Needs {
		c.need(fmt.Sprintf("%s.needs[%d]", path, j), n, needs)
	}
}

func (c *checker) need(path string, n Need, seen map[string]bool) {
	c.code(path+".code", n.Code, seen)
	c.text(path+".name", n.Name)
	c.among(path+".kind", string(n.Kind), string(Confirmation), string(File), string(Photo), string(Fact), string(Written), string(Document))
	for j, by := range n.By {
		c.among(fmt.Sprintf("%s.by[%d]", path, j), by, Engineer, Manager, Dispatcher, Agent, Customer)
	}
	for j, via := range n.Via {
		c.among(fmt.Sprintf("%s.via[%d]", path, j), via, ViaLink, ViaKey, ViaSignature, ViaHotline, ViaDesk, ViaSystem)
	}
	if len(n.Via) > 0 && n.Kind != Confirmation && n.Kind != Fact {
		c.wrong(path+".via", "remove it", "only confirmations and facts have channels")
	}
	if (n.Kind == Fact) != (len(n.Fields) > 0) {
		c.wrong(path+".fields", "facts have fields, other kinds have none", "fields and kind do not fit")
	}
	if n.Min < 0 || n.Min > 100 {
		c.wrong(path+".min", "1 to 100", "%d pieces cannot be asked for", n.Min)
	}
	fields := map[string]bool{}
	for j, f := range n.Fields {
		at := fmt.Sprintf("%s.fields[%d]", path, j)
		c.code(at+".code", f.Code, fields)
		c.text(at+".name", f.Name)
		c.among(at+".type", f.Type, TypeText, TypeNumber, TypeTime, TypeChoice, TypeYes)
		if (f.Type == TypeChoice) != (len(f.Choices) > 0) {
			c.wrong(at+".choices", "a choice has choices, other types have none", "choices and type do not fit")
		}
		choices := map[string]bool{}
		for k, x := range f.Choices {
			c.code(fmt.Sprintf("%s.choices[%d].code", at, k), x.Code, choices)
			c.text(fmt.Sprintf("%s.choices[%d].name", at, k), x.Name)
		}
		if f.Type == TypeChoice && f.Must != "" && !f.offers(f.Must) {
			c.wrong(at+".must", "name one of the choices", "%q is not one of the choices", f.Must)
		}
	}
}

func (c *checker) ref(d *Definition, path string, r Ref) {
	if _, _, ok := d.Need(r); !ok {
		c.wrong(path, "write step.need", "there is no evidence %q", r)
	}
}

func (c *checker) proof(d *Definition, path string, p Proof) {
	set := 0
	for _, x := range []string{p.Step, string(p.Evidence), p.Clock, p.Deliverable, p.Fact} {
		if x != "" {
			set++
		}
	}
	if set != 1 {
		c.wrong(path, "name exactly one of step, evidence, clock, deliverable, fact", "%d proofs in one item", set)
		return
	}
	_, step := d.Step(p.Step)
	_, deliverable := d.Deliverable(p.Deliverable)
	_, clock := d.ClockStep(p.Clock)
	switch {
	case p.Step != "" && !step:
		c.wrong(path+".step", "name a step of this procedure", "there is no step %q", p.Step)
	case p.Deliverable != "" && !deliverable:
		c.wrong(path+".deliverable", "name a deliverable of this procedure", "there is no deliverable %q", p.Deliverable)
	case p.Clock != "" && !clock:
		c.wrong(path+".clock", "name a clock of a step", "there is no clock %q", p.Clock)
	case p.Evidence != "":
		c.ref(d, path+".evidence", p.Evidence)
	case p.Fact != "":
		if d.Scope != ScopeCase {
			c.wrong(path+".fact", "name a step, evidence, clock or deliverable", "facts of cases prove only rules of scope case")
		}
		c.among(path+".fact", p.Fact, FactRings, FactSolved, FactTold, FactOwned)
	}
}

// The facts of a case that prove the hotline's own rules (domain description §1). Package records finds them.
const (
	FactRings  = "three_rings"    // answered by a human within three rings
	FactSolved = "solved_by_call" // solved on the phone; excused when it was escalated with the situation described
	FactTold   = "told"           // what was not solved: contact confirmed, customer told means, time and procedure
	FactOwned  = "owned"          // one owner from the first answer on, changed only by acceptance; excused by an override
)

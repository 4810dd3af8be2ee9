package questionnaire

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxSource bounds a file, in bytes; ours need a tenth of it.
const maxSource = 128 << 10

// Mistake is one thing that is wrong with a file.
type Mistake struct {
	File string
	Line int    // from 1
	Path string // e.g. "sections[2].questions[0].kind"
	What string
	Mend string
}

// Error gives "file:line: path: what; mend".
func (m Mistake) Error() string {
	s := fmt.Sprintf("%s:%d: ", m.File, m.Line)
	if m.Path != "" {
		s += m.Path + ": "
	}
	return s + m.What + "; " + m.Mend
}

// Mistakes are all mistakes of a file, in its order. It is the error of Parse.
type Mistakes []Mistake

// Error gives one mistake a line.
func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.Error()
	}
	return strings.Join(lines, "\n")
}

// Parse reads one definition; name is for messages. Unknown keys, missing translations and codes that stand twice are mistakes.
func Parse(name string, source []byte) (d Definition, err error) {
	fault := func(line int, what, mend string) error {
		return Mistakes{{File: name, Line: max(line, 1), What: what, Mend: mend}}
	}
	if len(source) > maxSource {
		return d, fault(1, fmt.Sprintf("the file has %d bytes, at most %d are read", len(source), maxSource), "is it the right file?")
	}
	// The library has panicked on malformed input before; a broken file must end in a sentence.
	defer func() {
		if r := recover(); r != nil {
			d, err = Definition{}, fault(1, fmt.Sprintf("it cannot be read as YAML (%v)", r), "look for unbalanced quotes and brackets")
		}
	}()
	file, err := parser.ParseBytes(source, 0)
	if err != nil {
		return d, syntax(err, fault)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return d, fault(1, "it holds no questionnaire, or more than one", "write one YAML document a file")
	}
	if err := yaml.NodeToValue(file.Docs[0].Body, &d, yaml.Strict()); err != nil {
		return Definition{}, syntax(err, fault)
	}
	c := checker{file: name, body: file.Docs[0].Body}
	if c.definition(&d); len(c.mistakes) > 0 {
		return Definition{}, c.mistakes
	}
	sum := sha256.Sum256(source)
	d.Digest, d.Source = hex.EncodeToString(sum[:]), slices.Clone(source)
	return d, nil
}

func syntax(err error, fault func(int, string, string) error) error {
	var e yaml.Error
	if errors.As(err, &e) {
		line := 1
		if tk := e.GetToken(); tk != nil && tk.Position != nil {
			line = tk.Position.Line
		}
		return fault(line, e.GetMessage(), "correct the key or the value; indent with spaces, quote text that holds : # { [ or ,")
	}
	return fault(1, err.Error(), "correct the file")
}

// ParseAll reads every .yaml file of a folder. The error joins those of all files.
func ParseAll(dir fs.FS) ([]Definition, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("questionnaires: %w", err)
	}
	var all []Definition
	var wrong []error
	from := map[string]string{}
	for _, name := range names {
		source, err := fs.ReadFile(dir, name)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("questionnaires: %w", err))
			continue
		}
		d, err := Parse(name, source)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		if first, twice := from[d.Code]; twice {
			wrong = append(wrong, Mistakes{{File: name, Line: 1, Path: "questionnaire", What: fmt.Sprintf("%q stands in %s already", d.Code, first), Mend: "keep one file for it"}})
			continue
		}
		from[d.Code] = name
		all = append(all, d)
	}
	return all, errors.Join(wrong...)
}

// checker looks for what YAML cannot say.
type checker struct {
	file     string
	body     ast.Node
	mistakes Mistakes
}

var code = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func (c *checker) bad(path, what, mend string) {
	line := 1
	for at := path; at != ""; at = parent(at) { // what is missing has no line; what it belongs to has
		if p, err := yaml.PathString("$." + at); err == nil {
			if n, err := p.FilterNode(c.body); err == nil && n != nil && n.GetToken() != nil {
				line = n.GetToken().Position.Line
				break
			}
		}
	}
	c.mistakes = append(c.mistakes, Mistake{File: c.file, Line: line, Path: path, What: what, Mend: mend})
}

func parent(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }

func (c *checker) text(path string, t Text, required bool) {
	zh, en := strings.TrimSpace(t.ZH) != "", strings.TrimSpace(t.EN) != ""
	if zh != en || required && !zh {
		c.bad(path, "is not there in both languages", "write {zh: …, en: …}")
	}
}

func (c *checker) code(path, s string) {
	if !code.MatchString(s) {
		c.bad(path, strconv.Quote(s)+" is no code", "write small letters, digits and _, beginning with a letter")
	}
}

func (c *checker) definition(d *Definition) {
	c.code("questionnaire", d.Code)
	if d.Version < 1 {
		c.bad("version", "is not 1 or more", "count up with every change")
	}
	c.text("name", d.Name, true)
	c.text("intro", d.Intro, false)
	if len(d.By) == 0 {
		d.By = []string{Staff}
	}
	for i, by := range d.By {
		if by != Staff && by != Customer {
			c.bad(fmt.Sprintf("by[%d]", i), strconv.Quote(by)+" fills no questionnaire", "write staff or customer")
		}
	}
	if len(d.Sections) == 0 {
		c.bad("sections", "is empty", "ask something")
	}
	seen := map[string]bool{}
	for i, s := range d.Sections {
		at := fmt.Sprintf("sections[%d]", i)
		c.text(at+".name", s.Name, true)
		if len(s.Questions) == 0 {
			c.bad(at+".questions", "is empty", "ask something")
		}
		for j, q := range s.Questions {
			here := fmt.Sprintf("%s.questions[%d]", at, j)
			if c.question(here, q); seen[q.Code] {
				c.bad(here+".code", strconv.Quote(q.Code)+" stands twice", "give each question a code of its own")
			}
			seen[q.Code] = true
		}
	}
}

func (c *checker) question(at string, q Question) {
	c.code(at+".code", q.Code)
	c.text(at+".text", q.Text, true)
	c.text(at+".hint", q.Hint, false)
	c.text(at+".unit", q.Unit, false)
	c.text(at+".low", q.Low, false)
	c.text(at+".high", q.High, false)
	if !slices.Contains(kinds(), q.Kind) {
		c.bad(at+".kind", strconv.Quote(q.Kind)+" is no kind of question", "write one of "+strings.Join(kinds(), ", "))
	}
	c.options(at+".options", q.Options, q.Kind == One || q.Kind == Many)
	c.options(at+".columns", q.Columns, q.Kind == Table)
	if (q.Min != nil || q.Max != nil) && q.Kind != Number {
		c.bad(at, "has a bound, but is no number", "write kind: number, or leave min and max out")
	}
	if q.Min != nil && q.Max != nil && *q.Min > *q.Max {
		c.bad(at+".min", "is more than max", "swap them")
	}
}

func (c *checker) options(at string, options []Option, wanted bool) {
	if wanted != (len(options) > 0) {
		c.bad(at, "does not fit the kind of the question", "options belong to one and many, columns to table")
	}
	seen := map[string]bool{}
	for i, o := range options {
		here := fmt.Sprintf("%s[%d]", at, i)
		c.code(here+".code", o.Code)
		c.text(here+".text", o.Text, true)
		if seen[o.Code] {
			c.bad(here+".code", strconv.Quote(o.Code)+" stands twice", "give each its own code")
		}
		seen[o.Code] = true
	}
}

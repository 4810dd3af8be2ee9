package procedure

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxSource bounds a file: ours need a tenth of it.
const maxSource = 256 << 10

// maxDepth bounds brackets and indentation: the YAML library takes time that grows with the square of the depth.
const maxDepth = 20

// tooDeep gives the first line that is nested too deep, 0 when there is none.
func tooDeep(source []byte) int {
	depth := 0
	for i, text := range bytes.Split(source, []byte("\n")) {
		opened := bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{"))
		depth += opened - bytes.Count(text, []byte("]")) - bytes.Count(text, []byte("}"))
		dashes := len(text) - len(bytes.TrimLeft(text, " -\t"))
		if depth > maxDepth || dashes > 4*maxDepth || opened > 8*maxDepth || bytes.Count(text, []byte("- ")) > 4*maxDepth {
			return i + 1
		}
	}
	return 0
}

// Mistake is one thing that is wrong with a procedure's file.
type Mistake struct {
	File string
	Line int    // from 1
	Path string // e.g. "steps[2].needs[0].kind"
	What string
	Mend string
}

// Error gives "file:line: path: what; mend".
func (m Mistake) Error() string {
	s := fmt.Sprintf("%s:%d: ", m.File, m.Line)
	if m.Path != "" {
		s += m.Path + ": "
	}
	s += m.What
	if m.Mend != "" {
		s += "; " + m.Mend
	}
	return s
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

// Parse reads one definition. name is for messages. It is strict: unknown keys, references to nothing, cycles and missing
// translations are mistakes, and all of them are named at once (Mistakes).
func Parse(name string, source []byte) (d Definition, err error) {
	fault := func(line int, what, mend string) error {
		return Mistakes{{File: name, Line: max(line, 1), What: what, Mend: mend}}
	}
	if len(source) > maxSource {
		return d, fault(1, fmt.Sprintf("the file has %d bytes, at most %d are read", len(source), maxSource), "is it the right file?")
	}
	if line := tooDeep(source); line > 0 {
		return d, fault(line, fmt.Sprintf("it is nested more than %d levels deep", maxDepth), "look for unbalanced brackets")
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
		return d, fault(1, "it holds no procedure, or more than one", "write one YAML document a file")
	}
	c := checker{file: name, lines: map[string]int{}}
	c.walk(file.Docs[0].Body, reflect.TypeFor[Definition](), "")
	if len(c.mistakes) > 0 {
		return d, c.mistakes
	}
	if err := yaml.NodeToValue(file.Docs[0].Body, &d, yaml.Strict()); err != nil {
		return d, syntax(err, fault)
	}
	d.fill()
	if c.definition(&d); len(c.mistakes) > 0 {
		return Definition{}, c.mistakes
	}
	sum := sha256.Sum256(source)
	d.Digest, d.Source = hex.EncodeToString(sum[:]), append([]byte(nil), source...)
	return d, nil
}

func syntax(err error, fault func(int, string, string) error) error {
	var e yaml.Error
	if errors.As(err, &e) {
		line := 1
		if tk := e.GetToken(); tk != nil && tk.Position != nil {
			line = tk.Position.Line
		}
		return fault(line, e.GetMessage(), "indent with spaces, quote text that holds : # { [ or ,")
	}
	return fault(1, err.Error(), "")
}

// ParseAll reads every .yaml file of a folder. Two files for one procedure are a mistake. The error joins those of all files.
func ParseAll(dir fs.FS) ([]Definition, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("procedures: %w", err)
	}
	var all []Definition
	var wrong []error
	from := map[string]string{}
	for _, name := range names {
		source, err := fs.ReadFile(dir, name)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("procedures: %w", err))
			continue
		}
		d, err := Parse(name, source)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		if first, twice := from[d.Code]; twice {
			wrong = append(wrong, Mistakes{{
				File: path.Base(name), Line: 1, Path: "procedure",
				What: fmt.Sprintf("%q is described in %s already", d.Code, first), Mend: "keep one file for it",
			}})
			continue
		}
		from[d.Code] = name
		all = append(all, d)
	}
	return all, errors.Join(wrong...)
}

// walk finds keys that mean nothing, so that all of them are named, and remembers where everything stands.
func (c *checker) walk(n ast.Node, t reflect.Type, at string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch m := n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		c.bad(n, at, "uses an anchor, an alias or a tag", "write the value out")
	case ast.MapNode:
		if t.Kind() != reflect.Struct {
			c.bad(n, at, "is a section, but "+wanted(t)+" belongs here", "write "+wanted(t))
			return
		}
		known := tags(t)
		for i := m.MapRange(); i.Next(); {
			key := i.Key().String()
			full := strings.TrimPrefix(at+"."+key, ".")
			c.lines[full] = line(i.KeyValue().Key)
			field, ok := known[key]
			if !ok {
				c.bad(i.KeyValue().Key, full, "is not a known key", "known here: "+strings.Join(keys(known), ", "))
				continue
			}
			c.walk(i.Value(), field, full)
		}
	case ast.ArrayNode:
		if t.Kind() != reflect.Slice {
			c.bad(n, at, "is a list, but "+wanted(t)+" belongs here", "write "+wanted(t))
			return
		}
		for i, item := 0, m.ArrayRange(); item.Next(); i++ {
			full := fmt.Sprintf("%s[%d]", at, i)
			c.lines[full] = line(item.Value())
			c.walk(item.Value(), t.Elem(), full)
		}
	case *ast.NullNode, nil:
	default:
		if t.Kind() == reflect.Struct || t.Kind() == reflect.Slice {
			c.bad(n, at, "is a single value, but "+wanted(t)+" belongs here", "write "+wanted(t))
			return
		}
		if what, mend := unfit(n.String(), t); what != "" {
			c.bad(n, at, what, mend)
		}
	}
}

// unfit says why a value cannot be what its key asks for.
func unfit(text string, t reflect.Type) (what, mend string) {
	text = strings.Trim(text, `"'`)
	var err error
	switch {
	case t == reflect.TypeFor[time.Duration]():
		if _, err = time.ParseDuration(text); err != nil {
			return fmt.Sprintf("%q is no length of time", text), "write e.g. 30m or 48h"
		}
	case t.Kind() == reflect.Bool && text != "true" && text != "false":
		return fmt.Sprintf("%q is neither true nor false", text), "write true or false"
	case t.Kind() == reflect.Int:
		_, err = strconv.Atoi(text)
	case t.Kind() == reflect.Float64:
		_, err = strconv.ParseFloat(text, 64)
	}
	if err != nil {
		return fmt.Sprintf("%q is no number", text), "write a number"
	}
	return "", ""
}

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "a section with the keys " + strings.Join(keys(tags(t)), ", ")
	case reflect.Slice:
		return "a list"
	default:
		return "one value"
	}
}

func tags(t reflect.Type) map[string]reflect.Type {
	m := map[string]reflect.Type{}
	for f := range t.Fields() {
		if tag := f.Tag.Get("yaml"); tag != "" && tag != "-" {
			m[tag] = f.Type
		}
	}
	return m
}

func line(n ast.Node) int {
	if n == nil {
		return 1
	}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return line(m.Values[0].Key)
	}
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		return max(tk.Position.Line, 1)
	}
	return 1
}

func (r Ref) split() (step, need string) {
	step, need, _ = strings.Cut(string(r), ".")
	return step, need
}

package configs

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with a configuration: where, what, and how to mend it.
type Problem struct {
	Source string // file name, or the environment variable
	Line   int    // from 1; 0 when Source is an environment variable with a plain value
	Column int    // from 1, in characters
	Key    string // full key, e.g. "queues[0].ladder[1].ring"; "" when no key is concerned
	What   string // what is wrong
	Mend   string // what to do
}

// Error gives the problem on one line as "file:line:column: key: what; mend".
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Where())
	if p.Key != "" {
		b.WriteString(": " + p.Key)
	}
	b.WriteString(": " + p.What)
	if p.Mend != "" {
		b.WriteString("; " + p.Mend)
	}
	return b.String()
}

// Where gives "file:line:column", or the source alone when it has no lines.
func (p Problem) Where() string {
	if p.Line == 0 {
		return p.Source
	}
	return fmt.Sprintf("%s:%d:%d", p.Source, p.Line, p.Column)
}

// Problems are all problems found, in the order of the file. It is the error type of Load, Validate and ReadSecrets.
type Problems []Problem

// Error gives one problem a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// orNil makes an error of ps, which must be nil when there is no problem.
func (ps Problems) orNil() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}

// position is where a key's value came from.
type position struct {
	source       string
	line, column int
}

// places remembers where each key was set, so that checks made on values can point at lines.
type places map[string]position

// locate fills the position of every problem that has only a key: that of the key itself or, when the key was left out,
// of the nearest section around it, and of the start of the file when there is none.
func (at places) locate(ps Problems, start position) {
	for i := range ps {
		if ps[i].Source != "" {
			continue
		}
		pos, ok := at[ps[i].Key]
		for key := ps[i].Key; !ok && key != ""; {
			key = parentKey(key)
			pos, ok = at[key]
		}
		if !ok {
			pos = start
		}
		ps[i].Source, ps[i].Line, ps[i].Column = pos.source, pos.line, pos.column
	}
}

// parentKey cuts the last part: "a.b[1].c" → "a.b[1]" → "a.b" → "a" → "".
func parentKey(key string) string {
	i := strings.LastIndexAny(key, ".[")
	if i < 0 {
		return ""
	}
	return key[:i]
}

package configs

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// decoder fills a value from a YAML tree. It goes on after a problem, so that one reading reports all of them.
type decoder struct {
	source   string
	at       places
	problems Problems
}

// node puts n into v, which has key.
func (d *decoder) node(n ast.Node, v reflect.Value, key string) {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return // "key:" with nothing behind it: the default stays
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		d.bad(n, key, "uses a YAML anchor, alias or tag", "write the value out")
		return
	}
	switch {
	case v.Kind() == reflect.Struct:
		d.section(n, v, key)
	case v.Kind() == reflect.Slice:
		d.list(n, v, key)
	default:
		text, ok := scalar(n)
		if !ok {
			d.bad(n, key, "is a "+shape(n)+", but one value belongs here", "write "+wanted(v))
			return
		}
		if what := set(v, text); what != "" {
			d.bad(n, key, what, "write "+wanted(v))
		}
	}
}

// section reads a mapping into a struct: unknown and repeated keys are problems.
func (d *decoder) section(n ast.Node, v reflect.Value, key string) {
	mapping, ok := n.(ast.MapNode)
	if !ok {
		d.bad(n, key, "is a "+shape(n)+", but a section with keys belongs here", "its keys: "+strings.Join(keysOf(v.Type()), ", "))
		return
	}
	seen := map[string]position{}
	for iter := mapping.MapRange(); iter.Next(); {
		entry := iter.KeyValue()
		name, ok := scalar(entry.Key)
		if !ok || entry.Key.IsMergeKey() {
			d.bad(entry.Key, key, "has a key that is no plain word", "write the key out")
			continue
		}
		full, pos := join(key, name), d.position(entry.Key)
		if first, twice := seen[name]; twice {
			d.bad(entry.Key, full, fmt.Sprintf("stands here twice, first in line %d", first.line), "keep one of the two")
			continue
		}
		seen[name] = pos
		field := fieldOf(v, name)
		if !field.IsValid() {
			d.bad(entry.Key, full, "is not a known key", didYouMean(name, keysOf(v.Type())))
			continue
		}
		d.at[full] = pos
		d.node(entry.Value, field, full)
	}
}

// list reads a sequence into a slice. It replaces the default list; each item starts from its own defaults.
func (d *decoder) list(n ast.Node, v reflect.Value, key string) {
	sequence, ok := n.(ast.ArrayNode)
	if !ok {
		d.bad(n, key, "is a "+shape(n)+", but a list belongs here", "begin each item on its own line with \"- \"")
		return
	}
	items := reflect.MakeSlice(v.Type(), 0, 8)
	for iter := sequence.ArrayRange(); iter.Next(); {
		full := fmt.Sprintf("%s[%d]", key, items.Len())
		item := reflect.New(v.Type().Elem())
		if preset, ok := item.Interface().(withDefaults); ok {
			preset.setDefaults()
		}
		value := iter.Value()
		if _, empty := value.(*ast.NullNode); empty || value == nil {
			d.bad(n, full, "is empty", "fill the item in or remove its dash")
		} else {
			d.at[full] = d.position(value)
			d.node(value, item.Elem(), full)
		}
		items = reflect.Append(items, item.Elem())
	}
	if items.Len() == 0 {
		items = reflect.Zero(v.Type()) // "[]" equals the absent list in Default
	}
	v.Set(items)
}

func (d *decoder) bad(n ast.Node, key, what, mend string) {
	pos := d.position(n)
	d.problems = append(d.problems, Problem{Source: pos.source, Line: pos.line, Column: pos.column, Key: key, What: what, Mend: mend})
}

func (d *decoder) position(n ast.Node) position {
	// A mapping's own token is the colon of its first entry: its first key is where a reader looks.
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return d.position(m.Values[0].Key)
	}
	pos := position{source: d.source, line: 1, column: 1}
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		pos.line, pos.column = max(tk.Position.Line, 1), max(tk.Position.Column, 1)
	}
	return pos
}

// scalar gives a value's text as it was written: a number keeps its leading zeros and its +, as telephone numbers need.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode, *ast.NullNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func shape(n ast.Node) string {
	switch n.(type) {
	case ast.MapNode:
		return "section"
	case ast.ArrayNode:
		return "list"
	}
	return "single value"
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

// fieldOf gives the field whose yaml tag is name.
func fieldOf(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("yaml") == name {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}

func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i] = t.Field(i).Tag.Get("yaml")
	}
	return keys
}

// quoteShort quotes text for a message, cut to a length that a terminal shows.
func quoteShort(text string) string {
	if r := []rune(text); len(r) > 60 {
		text = string(r[:60]) + "…"
	}
	return strconv.Quote(text)
}

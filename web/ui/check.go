package ui

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"text/template/parse"
)

// escapes has html/template escape the roots, which it otherwise does when a set is first executed, and tells what it cannot escape.
func escapes(set *template.Template, page string, roots []string) error {
	for _, root := range roots {
		var unsafe *template.Error
		if err := set.ExecuteTemplate(io.Discard, root, nil); errors.As(err, &unsafe) {
			return fmt.Errorf("template %s: %w", page, err)
		}
	}
	return nil
}

// checkCall finds what a call would only miss when the page is shown.
func (p *Pages) checkCall(c call) error {
	switch c.function {
	case "t":
		if _, ok := p.texts[c.argument]; !ok {
			return fmt.Errorf("there is no text %q", c.argument)
		}
	case "word", "texts":
		if len(p.texts.under(Chinese, c.argument)) == 0 {
			return fmt.Errorf("there is no text that begins with %q", c.argument)
		}
	case "asset":
		_, err := p.assets.url(c.argument)
		return err
	case "icon":
		_, err := p.icon(c.argument)
		return err
	}
	return nil
}

// call is one use of a function of ours with a constant first argument, or of a block ("template").
type call struct{ function, argument string }

// callsIn walks a parse tree. Nodes are found by their exported fields, so that no kind of node is forgotten.
func callsIn(n parse.Node) []call {
	if n == nil || reflect.ValueOf(n).IsNil() {
		return nil
	}
	var found []call
	switch n := n.(type) {
	case *parse.TemplateNode:
		found = append(found, call{"template", n.Name})
	case *parse.CommandNode:
		if name, ok := n.Args[0].(*parse.IdentifierNode); ok && len(n.Args) > 1 {
			if text, ok := n.Args[1].(*parse.StringNode); ok {
				found = append(found, call{name.Ident, text.Text})
			}
		}
	}
	v := reflect.Indirect(reflect.ValueOf(n))
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			continue
		}
		switch f := v.Field(i).Interface().(type) {
		case []parse.Node:
			for _, child := range f {
				found = append(found, callsIn(child)...)
			}
		case []*parse.CommandNode:
			for _, child := range f {
				found = append(found, callsIn(child)...)
			}
		case parse.Node:
			found = append(found, callsIn(f)...)
		case parse.BranchNode:
			found = append(found, callsIn(&f)...)
		}
	}
	return found
}

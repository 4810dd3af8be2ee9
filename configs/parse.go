package configs

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of a file. Ours needs 1 % of the size and 6 levels; the YAML library takes time that grows with the square of
// both, and a stack that grows with the depth.
const (
	maxBytes = 256 << 10
	maxDepth = 64
	maxLine  = 10_000
)

// parse makes the tree of one YAML document. body is nil when the document is empty.
func parse(source string, text []byte) (body ast.Node, ps Problems) {
	at := func(tk *token.Token, what, mend string) Problems {
		p := Problem{Source: source, Line: 1, Column: 1, What: what, Mend: mend}
		if tk != nil && tk.Position != nil {
			p.Line, p.Column = max(tk.Position.Line, 1), max(tk.Position.Column, 1)
		}
		return Problems{p}
	}
	if len(text) > maxBytes {
		return nil, at(nil, fmt.Sprintf("is %d bytes long, at most %d are read", len(text), maxBytes), "is it the right file?")
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if p := firstBadByte(text); p != nil {
		p.Source = source
		return nil, Problems{*p}
	}
	// The library has panicked on malformed input before; a broken file must end in a sentence, not in a stack trace.
	defer func() {
		if r := recover(); r != nil {
			body, ps = nil, at(nil, fmt.Sprintf("cannot be read as YAML (%v)", r), "look for unbalanced quotes and brackets")
		}
	}()
	tokens := lexer.Tokenize(string(text))
	if tk := tooDeep(tokens); tk != nil {
		return nil, at(tk, fmt.Sprintf("is nested more than %d levels deep", maxDepth), "look for unbalanced brackets")
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			return nil, at(syntax.GetToken(), "is not YAML: "+syntax.GetMessage(), "indent with spaces, quote text that holds : # { [ or ,")
		}
		return nil, at(nil, "is not YAML: "+err.Error(), "")
	}
	if len(file.Docs) > 1 {
		return nil, at(file.Docs[1].Start, "holds a second YAML document", "keep one document a file: remove this ---")
	}
	if len(file.Docs) == 1 {
		body = file.Docs[0].Body
	}
	return body, nil
}

// tooDeep gives the token at which brackets, or dashes on one line, are nested deeper than maxDepth.
func tooDeep(tokens token.Tokens) *token.Token {
	brackets, dashes, line := 0, 0, 0
	for _, tk := range tokens {
		if tk.Position != nil && tk.Position.Line != line {
			line, dashes = tk.Position.Line, 0
		}
		switch tk.Type {
		case token.MappingStartType, token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			dashes++
		default:
		}
		if brackets > maxDepth || dashes > maxDepth || tk.Position != nil && tk.Position.Column > maxLine {
			return tk
		}
	}
	return nil
}

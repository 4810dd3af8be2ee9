package ui

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// Whatever the rooms refuse with is said in Chinese too, and nothing else is: a refusal that is new in their code fails here until it has
// its Chinese.
func TestRefusalsAreSaidInChinese(t *testing.T) {
	t.Parallel()
	worded := refusalsInGo(t)
	if len(worded) < 500 {
		t.Fatalf("only %d refusals were found; the test reads past them", len(worded))
	}
	p := newPages(t)
	foreign, known := foreignWords(t), map[string]bool{}
	for english := range p.refusals.whole {
		known[english] = true
	}
	for _, one := range p.refusals.patterns {
		known[one.english] = true
	}
	for _, english := range slices.Sorted(maps.Keys(worded)) {
		if !known[english] {
			t.Errorf("%s: %q has no Chinese in refusals/", worded[english], english)
		}
	}
	for english := range known {
		if _, used := worded[english]; !used && !foreign[english] {
			t.Errorf("nobody refuses with %q", english)
		}
	}
}

// foreignWords are those of the libraries beneath the API, which do not stand in our code.
func foreignWords(t *testing.T) map[string]bool {
	t.Helper()
	data, err := fs.ReadFile(files, "refusals/foreign.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var some map[string]string
	if err := yaml.Unmarshal(data, &some); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for english := range some {
		out[english] = true
	}
	return out
}

// A sentence is known again with its parts in it, and by its own pattern, not by that of another sentence that looks alike.
func TestRefusalsAreKnownAgain(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	han := regexp.MustCompile(`\p{Han}`)
	for _, one := range p.refusals.patterns {
		var parts []any
		want := one.chinese
		for i, v := range verb.FindAllString(one.english, -1) {
			part := any(fmt.Sprintf("X%d", i))
			if v == "%d" {
				part = 70 + i
			}
			parts = append(parts, part)
			want = strings.NewReplacer(fmt.Sprintf("{%d}", i), fmt.Sprint(part), fmt.Sprintf("{=%d}", i), fmt.Sprint(part)).Replace(want)
		}
		got := p.Refusal(Chinese, fmt.Sprintf(one.english, parts...))
		if got != want || !han.MatchString(got) {
			t.Errorf("%q is said as %q, want %q", one.english, got, want)
		}
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	for _, c := range []struct{ lang, english, want string }{
		{English, `There is no case "C-1".`, `There is no case "C-1".`},
		{Chinese, `There is no case "C-1".`, "没有这个问题单：C-1。"},
		{Chinese, `There is no case "a\"\n{0}".`, "没有这个问题单：a\"\n{0}。"},
		{Chinese, "Sign in first.", "请先登录。"},
		{Chinese, "This needs the role agent or supervisor", "This needs the role agent or supervisor"},
		{Chinese, "This needs the role dispatcher or supervisor.", "此操作需要角色：调度员或服务经理。"},
		{Chinese, `The case C-1 is offered; "override" is not possible now.`, "问题单 C-1 正在转交，现在不能“改派”。"},
		{Chinese, "expected length >= 10", "至少 10 个字符"},
		{Chinese, "Nobody has ever said this.", "Nobody has ever said this."},
		{Chinese, "", ""},
		{Chinese, strings.Repeat("x", sentenceLength+1), strings.Repeat("x", sentenceLength+1)},
	} {
		if got := p.Refusal(c.lang, c.english); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.lang, c.english, got, c.want)
		}
	}
	if got := p.Refusals(Chinese, "The agent is not signed in.", "Sign in first."); got != "坐席没有登录。请先登录。" {
		t.Errorf("two sentences: %q", got)
	}
	if got := p.Refusals(English, "The agent is not signed in.", "", "Sign in first."); got != "The agent is not signed in. Sign in first." {
		t.Errorf("two sentences: %q", got)
	}
}

// The visitor reads a refusal in their language: no page shows the English of a room as it is.
func TestPagesShowNoRefusalAsItIs(t *testing.T) {
	t.Parallel()
	english := func(e ast.Expr) bool {
		field, ok := e.(*ast.SelectorExpr)
		return ok && slices.Contains([]string{"What", "Do"}, field.Sel.Name)
	}
	at := token.NewFileSet()
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(at, name, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Trouble" && slices.ContainsFunc(n.Args, english) {
					t.Errorf("%s shows a refusal in English; use Refused", at.Position(n.Pos()))
				}
			case *ast.BinaryExpr: // what + " " + do
				if left, ok := n.X.(*ast.BinaryExpr); ok && english(left.X) && english(n.Y) && filepath.Base(name) != "rooms.go" {
					t.Errorf("%s joins a refusal in English; use Refusals", at.Position(n.Pos()))
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	for lang, want := range map[string]string{Chinese: "您不能打开这张服务单。", English: "You may not open this order."} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/orders/O-1", nil)
		p.Refused(w, r.WithContext(WithVisitor(r.Context(), Visitor{Lang: lang})), http.StatusForbidden, "You may not open this order.", "Ask dispatch or the service manager.")
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %q", lang, w.Code, w.Body, want)
		}
	}
}

// reader collects the sentences of refusals from the code of one package.
type reader struct {
	t      *testing.T
	at     *token.FileSet
	consts map[string]string
	params map[string]bool // of the function that is read: what is passed on is read where it is passed
	found  map[string]string
}

// worded says which arguments of a function are sentences of a refusal.
var worded = map[string][]int{
	"problem": {2, 3}, "add": {2, 3}, "missing": {2, 3}, "required": {3, 4}, "linkRefused": {2}, "refuse": {1, 2}, "refused": {2}, "with": {0}, "errUnsupported": {0},
}

// refusalsInGo gives all sentences with which records, agent, queue, the switch and the pages refuse, as formats, and where each stands.
func refusalsInGo(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, root := range []string{"../../records", "../../agent", "../../queue", "../../pbx", ".."} {
		err := filepath.WalkDir(root, func(dir string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			switch {
			case root == "../../records" && dir != root, d.Name() == "testdata":
				return fs.SkipDir // what is below records has words of its own, in both languages
			}
			return refusalsIn(t, dir, found)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func refusalsIn(t *testing.T, dir string, found map[string]string) error {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	r := reader{t: t, at: token.NewFileSet(), consts: map[string]string{}, found: found}
	var parsed []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(r.at, name, nil, 0)
		if err != nil {
			return err
		}
		parsed = append(parsed, file)
		ast.Inspect(file, r.keepConst)
	}
	for _, file := range parsed {
		for _, decl := range file.Decls {
			r.params = map[string]bool{}
			ast.Inspect(decl, r.read)
		}
	}
	return nil
}

func (r *reader) keepConst(n ast.Node) bool {
	if v, ok := n.(*ast.ValueSpec); ok {
		for i, name := range v.Names {
			if i < len(v.Values) {
				if text, ok := r.format(v.Values[i]); ok {
					r.consts[name.Name] = text
				}
			}
		}
	}
	return true
}

func (r *reader) read(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncType:
		for _, p := range n.Params.List {
			for _, name := range p.Names {
				r.params[name.Name] = true
			}
		}
	case *ast.CallExpr:
		r.call(n)
	case *ast.CompositeLit:
		r.literal(n)
	case *ast.AssignStmt: // p.Do = "…"
		for i, left := range n.Lhs {
			if field, ok := left.(*ast.SelectorExpr); ok && field.Sel.Name == "Do" && len(n.Lhs) == len(n.Rhs) {
				if text, ok := r.format(n.Rhs[i]); ok {
					r.keep(n, text)
				}
			}
		}
	}
	return true
}

func (r *reader) call(n *ast.CallExpr) {
	var name string
	switch f := n.Fun.(type) {
	case *ast.Ident:
		if name = f.Name; name == "add" { // of an inner function, not of faults
			return
		}
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if on, ok := f.X.(*ast.Ident); name != "with" && (!ok || on.Name != "f" && on.Name != "out") {
			return
		}
	}
	args, ok := worded[name]
	if code, is := first(n); name == "problem" && is && strings.HasPrefix(code, "code") {
		args = []int{1}
	} else if name == "missing" && len(n.Args) == 2 {
		if _, named := n.Args[0].(*ast.BasicLit); !named {
			return // of another kind, in the pages
		}
		args = []int{1}
	}
	if !ok || args[len(args)-1] >= len(n.Args) {
		return
	}
	for _, i := range args {
		text, ok := r.format(n.Args[i])
		if id, is := n.Args[i].(*ast.Ident); is && r.params[id.Name] {
			continue
		}
		if !ok {
			r.t.Errorf("%s: what %s says cannot be read from the code", r.at.Position(n.Pos()), name)
			continue
		}
		r.keep(n, text)
	}
}

func first(n *ast.CallExpr) (string, bool) {
	if len(n.Args) == 0 {
		return "", false
	}
	id, ok := n.Args[0].(*ast.Ident)
	if !ok {
		return "", false
	}
	return id.Name, true
}

// literal reads &Error{code, what, do}, &Refusal{…}, Problem{What: …, Do: …}, Unsupported{…} and kind{…}.
func (r *reader) literal(n *ast.CompositeLit) {
	name := ""
	switch t := n.Type.(type) {
	case *ast.Ident:
		name = t.Name
	case *ast.SelectorExpr:
		name = t.Sel.Name
	case *ast.ArrayType:
		if of, ok := t.Elt.(*ast.Ident); ok && of.Name == "kind" {
			for _, one := range n.Elts {
				if k, ok := one.(*ast.CompositeLit); ok {
					r.sentences(k.Elts[2:])
				}
			}
		}
	}
	if !slices.Contains([]string{"Error", "Refusal", "Problem", "Unsupported"}, name) || len(n.Elts) == 0 {
		return
	}
	if _, keyed := n.Elts[0].(*ast.KeyValueExpr); !keyed {
		r.sentences(n.Elts[1:])
		return
	}
	for _, one := range n.Elts {
		pair, ok := one.(*ast.KeyValueExpr)
		if key, is := pair.Key.(*ast.Ident); ok && is && slices.Contains([]string{"What", "Do", "Title", "Detail"}, key.Name) {
			r.sentences([]ast.Expr{pair.Value})
		}
	}
}

func (r *reader) sentences(list []ast.Expr) {
	for _, one := range list {
		if text, ok := r.format(one); ok {
			r.keep(one, text)
		}
	}
}

func (r *reader) keep(n ast.Node, text string) {
	if strings.Trim(verb.ReplaceAllString(text, ""), " .:") == "" { // what it says is somebody else's
		return
	}
	if _, there := r.found[text]; !there {
		at := r.at.Position(n.Pos())
		r.found[text] = fmt.Sprintf("%s:%d", strings.TrimLeft(at.Filename, "./"), at.Line)
	}
}

// format gives what an expression says, as a format: a literal, a constant, fmt.Sprintf, or these joined with something else.
func (r *reader) format(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		text, ok := r.consts[e.Name]
		return text, ok
	case *ast.BinaryExpr:
		left, okLeft := r.format(e.X)
		right, okRight := r.format(e.Y)
		if !okLeft {
			left = "%s"
		}
		if !okRight {
			right = "%s"
		}
		return left + right, e.Op == token.ADD && (okLeft || okRight)
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return r.format(e.Args[0])
		}
	}
	return "", false
}

package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"html/template"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// Every text is used somewhere, and every text that templates, scripts or Go code name is there. Templates are checked by New.
func TestTextsAreUsedAndThere(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	used, prefixes := map[string]string{}, map[string]string{}
	textsInTemplates(t, used, prefixes)
	textsInScripts(t, used, prefixes)
	textsInGo(t, used)
	for key, where := range used {
		if _, ok := p.texts[key]; !ok {
			t.Errorf("%s names the text %q, which is not there", where, key)
		}
	}
	for prefix, where := range prefixes {
		if len(p.texts.under(Chinese, prefix)) == 0 {
			t.Errorf("%s names texts below %q, and there are none", where, prefix)
		}
	}
	for key := range p.texts {
		_, named := used[key]
		for prefix := range prefixes {
			named = named || strings.HasPrefix(key, prefix)
		}
		if !named {
			t.Errorf("nobody uses the text %q", key)
		}
	}
}

// textsInTemplates collects {{t "key"}} and {{word "prefix." …}}. {{texts "prefix"}} only hands texts on: scripts have to name them.
func textsInTemplates(t *testing.T, used, prefixes map[string]string) {
	t.Helper()
	functions := (&plate{pages: &Pages{assets: &assets{}}}).functions()
	eachFile(t, files, "templates", ".html", func(name, source string) {
		set, err := template.New(name).Funcs(functions).Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range set.Templates() {
			if block.Tree == nil {
				continue
			}
			for _, call := range callsIn(block.Tree.Root) {
				switch call.function {
				case "t":
					used[call.argument] = name
				case "word", "wordor":
					prefixes[call.argument] = name
				}
			}
		}
	})
}

// textsInScripts collects every literal in our modules that looks like the key of a text for scripts, "area.js.…". One that ends in a
// dot, or in a template literal goes on with a value, is a prefix.
func textsInScripts(t *testing.T, used, prefixes map[string]string) {
	t.Helper()
	key := regexp.MustCompile("[\"'`]([a-z]+\\.js\\.[a-z0-9_.-]*)(\\$\\{)?")
	eachFile(t, static, "static", ".js", func(name, source string) {
		if strings.HasPrefix(name, "static/vendor/") {
			return
		}
		for _, m := range key.FindAllStringSubmatch(source, -1) {
			if m[2] != "" || strings.HasSuffix(m[1], ".") {
				prefixes[m[1]] = name
			} else {
				used[m[1]] = name
			}
		}
	})
}

func eachFile(t *testing.T, tree fs.FS, root, ext string, do func(name, source string)) {
	t.Helper()
	err := fs.WalkDir(tree, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ext) {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		if err == nil {
			do(name, string(data))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// textsInGo collects every constant string in the Go code below web that looks like the key of a text: code may carry keys about
// before it says them. A constant that ends in ".do" or a dot is joined to something, so what it may become counts as used.
func textsInGo(t *testing.T, used map[string]string) {
	t.Helper()
	areas := map[string]bool{}
	p := newPages(t)
	for key := range p.texts {
		area, _, _ := strings.Cut(key, ".")
		areas[area] = true
	}
	key := regexp.MustCompile(`^([a-z]+)\.[a-z0-9_.-]*$`)
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			s, err := strconv.Unquote(lit.Value)
			if m := key.FindStringSubmatch(s); err == nil && m != nil && areas[m[1]] {
				for there := range p.texts {
					if there == s || there == s+".do" || strings.HasSuffix(s, ".") && strings.HasPrefix(there, s) {
						used[there] = name
					}
				}
				if !strings.HasSuffix(s, ".") && !slices.Contains([]string{".go", ".html", ".css", ".js", ".svg"}, filepath.Ext(s)) {
					used[s] = name
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

func newPages(t testing.TB) *Pages {
	t.Helper()
	p, err := New(Options{Dev: true, Company: "示例公司"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSay(t *testing.T) {
	t.Parallel()
	all, err := readTexts(fstest.MapFS{"texts/a.yaml": {Data: []byte(`
a.plain: {zh: 你好, en: Hello}
a.swap: {zh: "{1}的{0}", en: "{0} of {1}"}
a.calls: {zh: "{0} 个通话", en: {one: "{0} call", other: "{0} calls"}}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang, key string
		args      []any
		want      string
	}{
		{Chinese, "a.plain", nil, "你好"},
		{English, "a.plain", nil, "Hello"},
		{"fr", "a.plain", nil, "你好"},
		{Chinese, "a.swap", []any{"颜色", "天"}, "天的颜色"},
		{English, "a.swap", []any{"{1}", "sky"}, "{1} of sky"},
		{English, "a.calls", []any{1}, "1 call"},
		{English, "a.calls", []any{0}, "0 calls"},
		{Chinese, "a.calls", []any{1}, "1 个通话"},
	} {
		if got, ok := all.say(c.lang, c.key, c.args); !ok || got != c.want {
			t.Errorf("%s %s %v says %q, want %q", c.lang, c.key, c.args, got, c.want)
		}
	}
	if got, ok := all.say(English, "a.gone", nil); ok || got != "a.gone" {
		t.Errorf("a text that is not there says %q", got)
	}
}

func TestTextsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"one language":       `a.b: {zh: 你好}`,
		"empty":              `a.b: {zh: 你好, en: ""}`,
		"other arguments":    `a.b: {zh: "{0} 个", en: "some"}`,
		"unknown language":   `a.b: {zh: 你好, en: Hello, fr: Salut}`,
		"plural, other args": `a.b: {zh: "{0}", en: {one: "{1}", other: "{0}"}}`,
		"twice":              "a.b: {zh: 你好, en: Hello}\na.b: {zh: 你好, en: Hello}",
		"not a text":         `a.b: [1, 2]`,
	} {
		if _, err := readTexts(fstest.MapFS{"texts/a.yaml": {Data: []byte(source)}}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	_, err := readTexts(fstest.MapFS{
		"texts/a.yaml": {Data: []byte(`a.b: {zh: 一, en: one}`)}, "texts/b.yaml": {Data: []byte(`a.b: {zh: 一, en: one}`)},
	})
	if err == nil {
		t.Error("the same key in two files: taken")
	}
}

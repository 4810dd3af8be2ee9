package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Whatever the hotline itself writes into notes, reasons and notices is said in Chinese too: a sentence that is new in its code fails
// here until it has its Chinese.
func TestNotesAreSaidInChinese(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	written := notesInGo(t)
	if len(written) < 40 {
		t.Fatalf("only %d notes were found; the test reads past them", len(written))
	}
	known := map[string]bool{}
	for _, some := range []sentences{p.notes, p.reports} {
		for english := range some.whole {
			known[english] = true
		}
		for _, one := range some.patterns {
			known[one.english] = true
		}
	}
	for _, english := range slices.Sorted(maps.Keys(written)) {
		if p.notes.codes[english] != "" { // a part of what is reported
			continue
		}
		if !known[english] {
			t.Errorf("%s: %q has no Chinese in notes/", written[english], english)
		}
	}
	for english := range known {
		if _, used := written[english]; !used {
			t.Errorf("nobody writes %q", english)
		}
	}
}

func TestNotesInTheLanguageOfWhoReads(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	for text, want := range map[string]string{
		"remote service done by gao: R-7: 已恢复":     "远程服务已完成（gao）：R-7: 已恢复",
		"remote service declined by gao: ":         "远程服务被退回（gao）：",
		"onsite service done by 高明: ok\nfine":      "现场服务已完成（高明）：ok\nfine",
		"took the call over: 客户要求":                 "接管了通话：客户要求",
		"The order is late; call them.":            "The order is late; call them.",
		"Rebooted while waiting for the engineer.": "Rebooted while waiting for the engineer.", // a person's words stay theirs
		"the order is done":                        "服务单已完成",
		"":                                         "",
	} {
		if got := p.Note(Chinese, text); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
		if got := p.Note(English, text); got != text {
			t.Errorf("%q is read as %q in English", text, got)
		}
	}
	for text, want := range map[string]string{
		"Nobody accepted the remote service of C-1 by 2026-11-23 10:00:00; the case stays with li.": "到 2026-11-23 10:00:00 无人受理 C-1 的远程服务；问题单仍由 li 负责。",
		"gone while talking": "状态为“进行中”时发生“通话已不存在”",
		"missed-call":        "missed-call",
		"the case C-7 was known before the commitment":                      "问题单 C-7 在承诺公布之前就已存在",
		"the commitment is not in the journal":                              "承诺不在日志中",
		"paused after an unanswered offer: missed":                          "来电未接，已置为小休：未接",
		"usurped: another controller has taken the application on switch a": "另一个控制程序接管了交换机 a 上的应用",
	} {
		if got := p.Report(Chinese, text); got != want {
			t.Errorf("%q is reported as %q, want %q", text, got, want)
		}
	}
}

// Each kind of notice has its words on the page of service managers.
func TestKindsOfNoticesHaveWords(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	script := readStatic(t, "floor/noticelist.js")
	kinds := []string{"desk-lost", "phone-unheard", "contradiction", "alarm"} // of package agent and the queue
	for _, name := range goFiles(t, "../../records") {
		for _, m := range regexp.MustCompile(`\bNotice[A-Z]\w* += "([a-z-]+)"`).FindAllStringSubmatch(source(t, name), -1) {
			kinds = append(kinds, m[1])
		}
	}
	if len(kinds) < 12 {
		t.Fatalf("only the kinds %v were found", kinds)
	}
	for _, kind := range kinds {
		if !p.Knows("floor.js.notice.kind."+kind) || !strings.Contains(script, strconv.Quote(kind)) {
			t.Errorf("a notice %q has no words, or the page does not know it", kind)
		}
	}
}

// notesInGo gives what the hotline writes where people write, too, as formats: Detail of notices, reasons and notes in the records and of
// the calls, what is reported of chains and of files of days.
func notesInGo(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, dir := range []string{"../../records", "../../records/calendar", "../../agent", "../../queue", "../../cmd/hotline", "../dispatch"} {
		r := reader{t: t, at: token.NewFileSet(), consts: map[string]string{}, found: found}
		for _, name := range goFiles(t, dir) {
			file, err := parser.ParseFile(r.at, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				r.note(n)
				return true
			})
		}
	}
	return found
}

func (r *reader) note(n ast.Node) {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Name.Name == "endNote" {
			ast.Inspect(n, func(n ast.Node) bool {
				if back, ok := n.(*ast.ReturnStmt); ok {
					r.sentences(back.Results)
				}
				return true
			})
		}
	case *ast.AssignStmt: // n.Detail = …, reason := …
		for i, left := range n.Lhs {
			name := ""
			switch left := left.(type) {
			case *ast.SelectorExpr:
				name = left.Sel.Name
			case *ast.Ident:
				name = left.Name
			}
			if i < len(n.Rhs) && (name == "Detail" || name == "Fault" || name == "reason" || name == "detail" && strings.Contains(r.at.Position(n.Pos()).Filename, "/agent/")) {
				r.wordy(n.Rhs[i])
			}
		}
	case *ast.CompositeLit:
		r.noteIn(n)
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.SelectorExpr)
		switch {
		case !ok:
		case f.Sel.Name == "notice" && len(n.Args) == 4:
			r.wordy(n.Args[3])
		case f.Sel.Name == "broken" && len(n.Args) == 2:
			r.wordy(n.Args[1])
		case f.Sel.Name == "bad" && len(n.Args) == 3:
			r.sentences(n.Args[1:])
		}
	}
}

// noteIn reads what a literal says beside what people say: reasons, notes, details, and alarms, whose kind stands before them.
func (r *reader) noteIn(n *ast.CompositeLit) {
	fields := map[string]ast.Expr{}
	for _, one := range n.Elts {
		pair, ok := one.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch key := pair.Key.(type) {
		case *ast.Ident:
			fields[key.Name] = pair.Value
		case *ast.BasicLit:
			fields[key.Value] = pair.Value
		}
	}
	if kind, alarm := fields[`"what"`], fields[`"detail"`]; kind != nil && alarm != nil {
		what, _ := r.format(kind)
		if detail, ok := r.format(alarm); ok {
			r.keep(n, what+": "+detail)
		}
	}
	for _, name := range []string{"Detail", "reason", "Reason", "Note", "Data"} {
		if fields[name] != nil {
			r.wordy(fields[name])
		}
	}
	if fields["Who"] != nil || fields["Text"] != nil { // of a piece of evidence
		if name, ok := n.Type.(*ast.SelectorExpr); ok && name.Sel.Name == "Body" && fields["Text"] != nil {
			r.wordy(fields["Text"])
		}
	}
}

// wordy keeps what has words of its own; one word alone, and name=value, are for programs.
func (r *reader) wordy(e ast.Expr) {
	text, ok := r.format(e)
	if ok && !strings.Contains(text, "=") && regexp.MustCompile(`[a-z]{2,} .*[a-z]{2,}|%[ds],? [a-z]{3,}`).MatchString(text) {
		r.keep(e, text)
	}
}

func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no code in %s: %v", dir, err)
	}
	return slices.DeleteFunc(all, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

func source(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func readStatic(t *testing.T, name string) string {
	t.Helper()
	data, err := static.ReadFile("static/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

package ui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"text/template/parse"

	"hotline/web/browser"
)

// hostileTexts are what somebody may have stored where a page shows it.
func hostileTexts() []string {
	return []string{
		`"'></title></textarea></script><script>hacked()</script><img src=x onerror=hacked()>`,
		`javascript:hacked()`,
		"` onmouseover=hacked() style=color:red x=' {{.}} ${hacked()} <!-- ]]>",
	}
}

// In every template, every place that shows data is given hostile text, with all branches taken and with none, and a real
// HTML parser reads the outcome: its elements and attributes have to be those of the same page with harmless text. The data that pages
// show comes from other packages; here the templates' own trees are rewritten, so that no page is forgotten.
func TestHostileTextStaysText(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	type sample struct {
		Name    string   `json:"name"`
		Good    string   `json:"good"`
		Hostile []string `json:"hostile"`
	}
	var samples []sample
	for _, name := range slices.Sorted(maps.Keys(p.presses)) {
		for _, taken := range []bool{true, false} {
			s := sample{Name: fmt.Sprintf("%s (branches taken: %t)", name, taken), Good: rewritten(t, p, name, "harmless", taken)}
			for _, text := range hostileTexts() {
				s.Hostile = append(s.Hostile, rewritten(t, p, name, text, taken))
			}
			samples = append(samples, s)
		}
	}
	if len(samples) < 2*8 {
		t.Fatalf("only %d pages", len(samples)/2)
	}
	// What is not escaped has to be found, or nothing was shown.
	leak := hostileTexts()[0]
	samples = append(samples,
		sample{"control 1", "<p>harmless</p>", []string{"<p>" + leak + "</p>"}},
		sample{"control 2", `<a href="harmless">`, []string{`<a href="javascript:hacked()">`}},
		sample{"control 3", "<p>", []string{`<p onclick="x">`}})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/samples" {
			_ = json.NewEncoder(w).Encode(samples)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><title>parser</title>`)
	}))
	t.Cleanup(server.Close)
	tab := browser.Start(t, browser.Options{}).Tab()
	tab.Goto(server.URL)
	var found []string
	tab.Eval(inspector, &found)
	controls := map[string]bool{}
	for _, f := range found {
		if name, _, _ := strings.Cut(f, ":"); strings.HasPrefix(name, "control") {
			controls[name] = true
			continue
		}
		t.Error(f)
	}
	if len(controls) != 3 {
		t.Errorf("the inspector finds only %v of the three controls", controls)
	}
}

// inspector parses every sample and says what is wrong with it.
const inspector = `(async () => {
	const shape = (html) => [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("*")];
	const print = (all) => all.map((e) => e.localName + "[" + [...e.attributes].map((a) => a.name).sort() + "]");
	const out = [];
	for (const s of await (await fetch("/samples")).json()) {
		const good = print(shape(s.good));
		for (const html of [s.good, ...s.hostile]) {
			const all = shape(html), now = print(all);
			const at = now.findIndex((x, i) => x !== good[i]);
			if (at >= 0 || now.length !== good.length) out.push(s.name + ": the page's shape changes at " + now[at] + " for " + all[at]?.outerHTML.slice(0, 200));
			for (const e of all) {
				const what = e.outerHTML.slice(0, 160), say = (fault) => out.push(s.name + ": " + fault + ": " + what);
				for (const a of e.attributes) {
					if (a.name.startsWith("on") || a.name === "style" || a.name.startsWith("hx-on")) say("inline code or style");
					if (/^\s*(javascript|vbscript|data:text)/i.test(a.value) && ["href", "src", "action", "formaction"].includes(a.name)) say("code as address");
				}
				if (e.localName === "style" || e.localName === "iframe" || e.localName === "object" || e.localName === "base") say("not allowed");
				if (e.localName === "script" && !e.src) {
					if (e.type !== "application/json") say("inline script");
					else try { JSON.parse(e.textContent); } catch (err) { say("a data block that is no JSON, " + err); }
				}
			}
		}
	}
	return out;
})()`

// rewritten prints a page whose data are all text, with the branches of every condition taken or not.
func rewritten(t *testing.T, p *Pages, page, text string, taken bool) string {
	t.Helper()
	pr := p.presses[page]
	pl, err := pr.make()
	if err != nil {
		t.Fatal(err)
	}
	pl.visitor = Visitor{Login: text, Name: text, Roles: []string{text}, Lang: English, Theme: text}
	if !taken {
		pl.visitor = Visitor{Lang: Chinese}
	}
	pl.set.Funcs(template.FuncMap{
		"stored": func() string { return text },
		"some":   func() []string { return []string{text} },
		"taken":  func() bool { return taken },
	})
	for _, block := range pl.set.Templates() {
		if block.Tree != nil {
			rewrite(block.Tree.Root)
		}
	}
	var b bytes.Buffer
	if err := pl.set.ExecuteTemplate(&b, pr.layout, text); err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	return b.String()
}

// rewrite puts stored text, or a list of it, or a decision, into the place of everything that depends on data.
func rewrite(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			rewrite(child)
		}
	case *parse.ActionNode:
		rewritePipe(n.Pipe, "stored")
	case *parse.TemplateNode:
		rewritePipe(n.Pipe, "stored")
	case *parse.IfNode:
		branch(&n.BranchNode, "taken")
	case *parse.WithNode:
		branch(&n.BranchNode, "stored")
	case *parse.RangeNode:
		branch(&n.BranchNode, "some")
	}
}

func branch(n *parse.BranchNode, with string) {
	rewritePipe(n.Pipe, with)
	rewrite(n.List)
	rewrite(n.ElseList)
}

// rewritePipe leaves what is the same for everybody: functions of constants. json keeps its place with other data.
func rewritePipe(p *parse.PipeNode, with string) {
	if p == nil || with == "stored" && constant(p) {
		return
	}
	call := func(name string) *parse.CommandNode {
		return &parse.CommandNode{NodeType: parse.NodeCommand, Args: []parse.Node{parse.NewIdentifier(name)}}
	}
	if first, ok := p.Cmds[0].Args[0].(*parse.IdentifierNode); ok && first.Ident == "json" && with == "stored" {
		p.Cmds = []*parse.CommandNode{call("stored"), call("json")}
		return
	}
	p.Cmds = []*parse.CommandNode{call(with)}
}

func constant(p *parse.PipeNode) bool {
	for _, cmd := range p.Cmds {
		for _, arg := range cmd.Args {
			switch arg := arg.(type) {
			case *parse.StringNode, *parse.NumberNode, *parse.BoolNode:
			case *parse.IdentifierNode:
				if !slices.Contains([]string{"t", "texts", "asset", "icon"}, arg.Ident) {
					return false
				}
			default:
				return false
			}
		}
	}
	return true
}

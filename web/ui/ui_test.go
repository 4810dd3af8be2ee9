package ui

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// tree is the smallest house of pages; over adds or replaces files.
func tree(over map[string]string) fstest.MapFS {
	all := fstest.MapFS{}
	for name, source := range map[string]string{
		"texts/a.yaml":               `{a.hello: {zh: 你好, en: Hello}, ui.trouble.broken: {zh: 坏了, en: Broken}}`,
		"icons/phone.svg":            `<path d="M0 0"/>`,
		"templates/layout/app.html":  `<title>{{template "title" .}}</title>{{block "head" .}}{{end}}<main>{{template "content" .}}</main>`,
		"templates/layout/bare.html": `bare {{template "content" .}}`,
		"templates/a/_row.html":      `{{define "a/_row"}}<i>{{.}}</i>{{end}}`,
		"templates/a/page.html":      `{{define "title"}}{{t "a.hello"}}{{end}}{{define "content"}}<p>{{.}}</p>{{template "a/_row" .}}{{end}}{{define "part"}}({{.}}){{end}}`,
	} {
		all[name] = &fstest.MapFile{Data: []byte(source)}
	}
	for name, source := range over {
		all[name] = &fstest.MapFile{Data: []byte(source)}
	}
	return all
}

func assetTree() fstest.MapFS {
	return fstest.MapFS{
		"static/a.css": {Data: []byte(strings.Repeat("a { color: red }\n", 100))},
		"static/b.js":  {Data: []byte("b")},
	}
}

func TestWhatTemplatesCannotSayIsAnErrorOfNew(t *testing.T) {
	t.Parallel()
	page := func(content string) map[string]string {
		return map[string]string{"templates/a/page.html": `{{define "title"}}x{{end}}{{define "content"}}` + content + `{{end}}`}
	}
	for name, over := range map[string]map[string]string{
		"text":             page(`{{t "a.gone"}}`),
		"text in a branch": page(`{{if .}}{{range .}}{{with .}}{{t "a.gone"}}{{end}}{{end}}{{end}}`),
		"text in else":     page(`{{if .}}{{else}}{{t "a.gone"}}{{end}}`),
		"text in a pipe":   page(`{{(printf "%s" (t "a.gone"))}}`),
		"words":            page(`{{word "gone." .}}`),
		"texts":            page(`<script type="application/json">{{texts "gone."}}</script>`),
		"asset":            page(`<a href="{{asset "gone.js"}}">x</a>`),
		"icon":             page(`{{icon "gone"}}`),
		"block":            page(`{{template "a/_gone" .}}`),
		"function":         page(`{{gone}}`),
		"unsafe place":     page(`{{if .}}<a href="{{else}}<b>{{end}}`),
		"no title":         {"templates/a/page.html": `{{define "content"}}x{{end}}`},
		"no content":       {"templates/a/page.html": `{{define "title"}}x{{end}}`},
		"no layout":        {"templates/a/page.html": `{{define "title"}}x{{end}}{{define "content"}}x{{end}}{{define "layout"}}gone{{end}}`},
		"text in a block":  {"templates/a/_row.html": `{{define "a/_row"}}{{t "a.gone"}}{{end}}`},
		"text in a layout": {"templates/layout/app.html": `{{t "a.gone"}}{{template "title" .}}{{template "content" .}}`},
	} {
		if _, err := build(Options{}, tree(over), assetTree()); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := build(Options{}, tree(nil), assetTree()); err != nil {
		t.Errorf("without fault: %v", err)
	}
}

func shown(t *testing.T, v Visitor, do func(w http.ResponseWriter, r *http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(WithVisitor(t.Context(), v), http.MethodGet, "/a", nil)
	do(w, r)
	return w
}

func TestRenderAndFragment(t *testing.T) {
	t.Parallel()
	p, err := build(Options{Log: slog.New(slog.DiscardHandler)}, tree(nil), assetTree())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		lang string
		do   func(w http.ResponseWriter, r *http.Request)
		code int
		want string
	}{
		{"page", English, func(w http.ResponseWriter, r *http.Request) { p.Render(w, r, 201, "a/page", "<b>") }, 201, "<title>Hello</title><main><p>&lt;b&gt;</p><i>&lt;b&gt;</i></main>"},
		{"Chinese", Chinese, func(w http.ResponseWriter, r *http.Request) { p.Render(w, r, 200, "a/page", 1) }, 200, "<title>你好</title><main><p>1</p><i>1</i></main>"},
		{"content", English, func(w http.ResponseWriter, r *http.Request) { p.Fragment(w, r, 200, "a/page", 1) }, 200, "<p>1</p><i>1</i>"},
		{"shared block", English, func(w http.ResponseWriter, r *http.Request) { p.Fragment(w, r, 200, "a/_row", 1) }, 200, "<i>1</i>"},
		{"block of a page", English, func(w http.ResponseWriter, r *http.Request) { p.Fragment(w, r, 200, "a/page#part", 1) }, 200, "(1)"},
		{"no such page", English, func(w http.ResponseWriter, r *http.Request) { p.Render(w, r, 200, "a/gone", 1) }, 500, "Broken\n"},
		{"no such block", English, func(w http.ResponseWriter, r *http.Request) { p.Fragment(w, r, 200, "a/_gone", 1) }, 500, "Broken\n"},
	} {
		w := shown(t, Visitor{Lang: c.lang}, c.do)
		if w.Code != c.code || w.Body.String() != c.want {
			t.Errorf("%s: %d %q, want %d %q", c.name, w.Code, w.Body, c.code, c.want)
		}
	}
}

// Plates are handed from one visitor to the next: nobody may see a page in another's language.
func TestVisitorsAtOnce(t *testing.T) {
	t.Parallel()
	p, err := build(Options{}, tree(nil), assetTree())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		lang, want := Chinese, "你好"
		if i%2 == 0 {
			lang, want = English, "Hello"
		}
		all.Go(func() {
			for range 50 {
				w := httptest.NewRecorder()
				p.Render(w, httptest.NewRequestWithContext(WithVisitor(context.Background(), Visitor{Lang: lang}), http.MethodGet, "/", nil), 200, "a/page", "x")
				if !strings.Contains(w.Body.String(), want) {
					t.Errorf("%s got %s", lang, w.Body)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestAssets(t *testing.T) {
	t.Parallel()
	p, err := build(Options{}, tree(nil), assetTree())
	if err != nil {
		t.Fatal(err)
	}
	url, err := p.assets.url("a.css")
	if err != nil {
		t.Fatal(err)
	}
	get := func(path, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		p.Static().ServeHTTP(w, r)
		return w
	}
	packed := get(url, "br, gzip;q=0.5")
	if h := packed.Header(); h.Get("Content-Encoding") != "gzip" || !strings.Contains(h.Get("Cache-Control"), "immutable") || h.Get("Vary") != "Accept-Encoding" {
		t.Errorf("packed: %v", h)
	}
	zr, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	plain := get(url, "gzip;q=0")
	if !bytes.Equal(unpacked, plain.Body.Bytes()) || plain.Header().Get("Content-Encoding") != "" {
		t.Errorf("packed and plain differ: %d and %d bytes", len(unpacked), plain.Body.Len())
	}
	if kind := plain.Header().Get("Content-Type"); kind != "text/css; charset=utf-8" {
		t.Errorf("a style sheet of type %q", kind)
	}
	if small := get(strings.Replace(url, "a.css", "b.js", 1), "gzip"); small.Header().Get("Content-Encoding") != "" || small.Body.String() != "b" {
		t.Errorf("what does not get smaller: %v", small.Header())
	}
	if other := get("/static/000000000000/a.css", ""); other.Code != 200 || strings.Contains(other.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("another version's path: %d %v", other.Code, other.Header())
	}
	for _, path := range []string{"/static/", "/static/" + p.assets.hash + "/", "/static/x/gone.css", "/static/x/../ui.go"} {
		if w := get(path, ""); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	changed := assetTree()
	changed["static/b.js"] = &fstest.MapFile{Data: []byte("c")}
	if q, err := build(Options{}, tree(nil), changed); err != nil || q.assets.hash == p.assets.hash {
		t.Errorf("another tree has the same hash (%v)", err)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	p := newPages(t)
	shanghai := time.FixedZone("CST", 8*3600)
	v := Visitor{Lang: English, Zone: shanghai}
	at := time.Date(2026, 11, 22, 20, 30, 5, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{clock(v, at), "04:30:05"},
		{datetime(v, at), "2026-11-23 04:30"},
		{datetime(v, time.Time{}), "–"},
		{duration(6 * time.Second), "0:06"},
		{duration(3723 * time.Second), "1:02:03"},
		{duration(-90 * time.Second), "−1:30"},
		{p.ago(v, at, at.Add(7*time.Second)), "7 s ago"},
		{p.ago(v, at, at.Add(time.Hour)), "1 hour ago"},
		{p.ago(v, at, at.Add(49*time.Hour)), "2 days ago"},
		{p.ago(v, at, at.Add(90*24*time.Hour)), "2026-11-23 04:30"},
		{number(Visitor{Roles: []string{"agent"}}, "13800138000"), "138****8000"},
		{number(Visitor{Roles: []string{"supervisor"}}, "13800138000"), "13800138000"},
		{LangOf("", "de, en;q=0.5"), English},
		{LangOf("en", "zh"), English},
		{LangOf("", ""), Chinese},
		{LangOf(";;;", "zh-TW"), Chinese},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

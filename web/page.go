package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/language"
)

//go:embed templates static
var files embed.FS

// page is what templates/page.html shows.
type page struct {
	Lang, Title         string
	Paragraphs          []string
	PartWord, StateWord string
	Parts               []pagePart
	Links               []pageLink
}

type pagePart struct{ Name, Class, Mark, State string }

type pageLink struct{ Href, Text string }

// words are the texts of the root page in one language.
type words struct {
	tag                          language.Tag
	title, runs, since           string
	part, state                  string
	api, health, ready           string
	up, degraded, down, operator string
}

// languages lists them, the default first.
func languages() []words {
	return []words{
		{
			tag: language.SimplifiedChinese, title: "服务热线", runs: "热线服务器正在运行，版本 %s。",
			since: "自 %s 起运行。", part: "组成部分", state: "状态", api: "接口说明（OpenAPI 3.1）",
			health: "进程是否存活", ready: "是否可以接听，缺少哪一部分", up: "正常", degraded: "降级运行", down: "不可用",
			operator: "接口错误说明见 /problems/ 之下的页面。",
		},
		{
			tag: language.English, title: "Service hotline", runs: "The hotline server is running, version %s.",
			since: "Up since %s.", part: "Part", state: "State", api: "API description (OpenAPI 3.1)",
			health: "whether the process lives", ready: "whether it can answer calls, and which part is missing",
			up: "up", degraded: "degraded", down: "down", operator: "Each API error has a page of its own under /problems/.",
		},
	}
}

// speak chooses the nearest language for a request; Chinese when it names none.
func speak(r *http.Request) words {
	all := languages()
	tags := make([]language.Tag, len(all))
	for i, w := range all {
		tags[i] = w.tag
	}
	want, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(want) == 0 {
		return all[0]
	}
	_, i, _ := language.NewMatcher(tags).Match(want...)
	return all[i]
}

// serveRoot says what runs, how its parts do and where the API is described.
func (s *Site) serveRoot(w http.ResponseWriter, r *http.Request) {
	t := speak(r)
	p := page{
		Lang: t.tag.String(), Title: t.title, PartWord: t.part, StateWord: t.state,
		Paragraphs: []string{
			fmt.Sprintf(t.runs, s.opt.Version),
			fmt.Sprintf(t.since, s.began.Format(time.DateTime+" MST")),
			t.operator,
		},
		Links: []pageLink{{specPath, t.api}, {"/healthz", t.health}, {"/readyz", t.ready}},
	}
	for _, part := range s.ready(r.Context()).Parts {
		mark, word := "●", t.up
		switch part.Standing {
		case Degraded:
			mark, word = "▲", t.degraded
		case Down:
			mark, word = "■", t.down
		}
		p.Parts = append(p.Parts, pagePart{part.Name, string(part.Standing), mark, word})
	}
	s.show(w, http.StatusOK, p)
}

// serveProblemPage explains a kind of problem: the page behind the type URI (RFC 9457 §3.1.1). The rooms behind the API have
// codes of their own, which their answers explain each time; for those the page says so.
func (s *Site) serveProblemPage(w http.ResponseWriter, r *http.Request) {
	code := r.PathValue("code")
	if k, ok := s.problems[code]; ok {
		s.show(w, http.StatusOK, page{
			Lang: "en", Title: k.title, Paragraphs: []string{fmt.Sprintf("Code %s, status %d.", k.code, k.status), k.do},
		})
		return
	}
	if len(code) > 64 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz-") != "" {
		writeProblem(w, problem(codeNotFound, "There is no problem of that name."))
		return
	}
	s.show(w, http.StatusOK, page{
		Lang: "en", Title: code,
		Paragraphs: []string{"A refusal of this code says in its detail what is wrong, and in its do what to do about it."},
	})
}

func (s *Site) show(w http.ResponseWriter, status int, p page) {
	var b bytes.Buffer
	if err := s.page.Execute(&b, p); err != nil {
		s.log.Error("page cannot be rendered", "err", err)
		writeProblem(w, problem(codeInternal, "The page cannot be shown."))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept-Language")
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func parsePage() (*template.Template, error) { return template.ParseFS(files, "templates/page.html") }

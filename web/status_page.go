package web

import (
	"net/http"
	"strings"
	"time"

	"hotline/web/ui"
)

// statusPage is what somebody sees who is not signed in: what runs, and how its parts do.
type statusPage struct {
	Version string
	Since   time.Time
	Parts   []statusPart
}

type statusPart struct{ Name, State, Mark string }

// serveRoot leads who is signed in to their work, and shows the others the state of the house.
func (s *Site) serveRoot(w http.ResponseWriter, r *http.Request) {
	if user := whoOf(r.Context()); user != nil {
		http.Redirect(w, r, s.home(r.Context(), user), http.StatusSeeOther)
		return
	}
	p := statusPage{Version: s.opt.Version, Since: s.began}
	for _, part := range s.ready(r.Context()).Parts {
		mark := "●"
		switch part.Standing {
		case Degraded:
			mark = "▲"
		case Down:
			mark = "■"
		}
		p.Parts = append(p.Parts, statusPart{part.Name, string(part.Standing), mark})
	}
	s.pages.Render(w, r, http.StatusOK, "ui/status", p)
}

// problemPage is the page behind the type URI of a problem.
type problemPage struct {
	Title, Code, Do string
	Status          int
}

// serveProblemPage explains a kind of problem: the page behind the type URI (RFC 9457 §3.1.1). The rooms behind the API have
// codes of their own, which their answers explain each time; for those the page says so.
func (s *Site) serveProblemPage(w http.ResponseWriter, r *http.Request) {
	code := r.PathValue("code")
	if k, ok := s.problems[code]; ok {
		lang := ui.VisitorOf(r.Context()).Lang
		s.pages.Render(w, r, http.StatusOK, "ui/problem", problemPage{s.pages.Refusal(lang, k.title), k.code, s.pages.Refusal(lang, k.do), k.status})
		return
	}
	if len(code) > 64 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyz-") != "" {
		s.trouble(w, r, http.StatusNotFound, "ui.trouble.notfound")
		return
	}
	s.pages.Render(w, r, http.StatusOK, "ui/problem", problemPage{
		Title: s.say(r, "ui.problem.title"), Code: code, Do: s.say(r, "ui.problem.other"),
	})
}

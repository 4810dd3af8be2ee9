package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// maxForm bounds a urlencoded form, in bytes.
const maxForm = 256 << 10

// formTime bounds how long a form may take to arrive.
const formTime = 20 * time.Second

// pageRouter mounts pages behind the guard.
type pageRouter struct{ site *Site }

// Page mounts one page; see ui.Router.
func (r pageRouter) Page(pattern string, roles []string, h http.HandlerFunc) {
	s := r.site
	need := make([]Role, len(roles))
	for i, role := range roles {
		need[i] = Role(role)
	}
	s.mux.Handle(pattern, s.page(func(w http.ResponseWriter, req *http.Request) {
		who := whoOf(req.Context())
		switch {
		case who == nil:
			s.toLogin(w, req)
		case !who.any(need):
			s.forbidden(w, req, roles)
		default:
			h(w, req.WithContext(records.By(req.Context(), who.Login)))
		}
	}))
}

// Open mounts a page that nobody needs to sign in for; see ui.Router.
func (r pageRouter) Open(pattern string, h http.HandlerFunc) {
	r.site.mux.Handle(pattern, r.site.page(h))
}

// page is what every page needs, signed in or not: its headers, the visitor, a form that is bounded and parsed.
func (s *Site) page(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pageHeaders(w.Header(), r)
		user, err := s.signedIn(r)
		if p := asProblem(err); err != nil && (p == nil || p.Code != codeSignIn) {
			s.failed(w, r.WithContext(ui.WithVisitor(r.Context(), s.visitor(w, r, nil))), err)
			return
		}
		if err != nil {
			user = nil
		}
		r = r.WithContext(withWho(ui.WithVisitor(r.Context(), s.visitor(w, r, user)), user))
		if s.parsed(w, r) {
			h(w, r)
		}
	})
}

// parsed reads a urlencoded form whole. Other bodies are for the page's own handler to bound.
func (s *Site) parsed(w http.ResponseWriter, r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if r.Method == http.MethodGet || r.Method == http.MethodHead || !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
		return true
	}
	ctl := http.NewResponseController(w)
	_ = ctl.SetReadDeadline(time.Now().Add(formTime)) // recorders in tests have none
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		status := http.StatusBadRequest
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			status = http.StatusRequestEntityTooLarge
		}
		s.trouble(w, r, status, "ui.trouble.form")
		return false
	}
	_ = ctl.SetReadDeadline(time.Time{})
	return true
}

// say gives a text in the visitor's language.
func (s *Site) say(r *http.Request, key string, args ...any) string {
	return s.pages.Say(ui.VisitorOf(r.Context()).Lang, key, args...)
}

// trouble answers with the texts key and key + ".do"; args fill the latter.
func (s *Site) trouble(w http.ResponseWriter, r *http.Request, status int, key string, args ...any) {
	s.pages.Trouble(w, r, status, s.say(r, key), s.say(r, key+".do", args...))
}

// failed answers for an error that is not the visitor's: logged, and told with the id under which the log has it.
func (s *Site) failed(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problemFor(r.Context(), r.Pattern, err)
	switch p.Code {
	case codeInternal:
		s.trouble(w, r, p.Status, "ui.trouble.internal", p.Request)
	case codeUnavailable:
		s.trouble(w, r, p.Status, "ui.trouble.unavailable")
	default:
		s.pages.Refused(w, r, p.Status, p.Detail, p.Do)
	}
}

func (s *Site) forbidden(w http.ResponseWriter, r *http.Request, roles []string) {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = s.say(r, "ui.role."+role)
	}
	s.trouble(w, r, http.StatusForbidden, "ui.trouble.forbidden", strings.Join(names, " / "))
}

// toLogin sends somebody who is not signed in to the login page, and back afterwards. htmx gets the order as a header, because
// it would otherwise put the login page into the place of a fragment.
func (s *Site) toLogin(w http.ResponseWriter, r *http.Request) {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		next = ""
	}
	if r.Header.Get("HX-Request") == "true" {
		next = ""
		if u, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil {
			next = u.RequestURI()
		}
		w.Header().Set("HX-Redirect", loginPath(next))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, loginPath(next), http.StatusSeeOther) //nolint:gosec // always /login; next is escaped in its query
}

func loginPath(next string) string {
	if next = safeNext(next); next == "" || next == "/" {
		return "/login"
	}
	return "/login?next=" + url.QueryEscape(next)
}

// safeNext gives next when it is a path on this site, or "". A path that begins with two slashes, or a slash and a backslash, would
// lead to another host.
func safeNext(next string) string {
	u, err := url.Parse(next)
	switch {
	case err != nil, len(next) > 1024, !strings.HasPrefix(next, "/"), strings.HasPrefix(next, "//"):
		return ""
	case u.Host != "" || u.Scheme != "" || u.User != nil, strings.ContainsFunc(next, func(c rune) bool { return c < ' ' || c == '\\' || c == 0x7f }):
		return ""
	case u.Path == "/login" || u.Path == "/logout" || strings.HasPrefix(u.Path, "//"):
		return ""
	}
	return next
}

// home gives the page where somebody's work is: the first of those of their roles that is mounted.
func (s *Site) home(ctx context.Context, who *who) string {
	for _, place := range []struct {
		role Role
		path string
	}{
		{Agent, "/desk"},
		{Supervisor, "/supervise"},
		{Dispatcher, "/dispatch"},
		{Engineer, "/visit"},
		{Dispatcher, "/orders"},
		{Engineer, "/orders"},
		{Administrator, "/admin/users"},
	} {
		if who.has(place.role) && s.mounted(ctx, place.path) {
			return place.path
		}
	}
	return "/settings"
}

func (s *Site) mounted(ctx context.Context, path string) bool {
	probe, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return false
	}
	_, pattern := s.mux.Handler(probe)
	return pattern != "" && pattern != "/"
}

// staticPath is where the assets of the pages are.
const staticPath = "/static/"

// mountPages mounts this package's own pages and those of the others.
func (s *Site) mountPages() {
	s.mux.Handle("GET /{$}", s.page(s.serveRoot))
	s.mux.Handle("GET /problems/{code}", s.page(s.serveProblemPage))
	s.mountLogin()
	s.mountSettings(pageRouter{s})
	s.mountAdministration(pageRouter{s})
	s.mountDesign(pageRouter{s})
	for _, mount := range s.opt.Mounts {
		mount(pageRouter{s})
	}
}

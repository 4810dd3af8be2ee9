package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"hotline/records"
)

// surfer is a browser without JavaScript: it keeps cookies, follows no redirect, and sends forms.
type surfer struct {
	t    testing.TB
	h    *house
	http *http.Client
	lang string
}

func (h *house) surfer(t testing.TB) *surfer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &surfer{t: t, h: h, lang: "en", http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as gives a surfer who is signed in.
func (h *house) as(t testing.TB, login string) *surfer {
	t.Helper()
	s := h.surfer(t)
	s.hold(h.tokens[login])
	return s
}

// hold puts a session token into the cookie jar.
func (s *surfer) hold(token string) {
	u, err := url.Parse(s.h.server.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	s.http.Jar.SetCookies(u, []*http.Cookie{{Name: s.h.site.cookieName(), Value: token, Path: "/"}})
}

func (s *surfer) get(path string, header ...string) *reply {
	s.t.Helper()
	return s.do(http.MethodGet, path, "", header...)
}

func (s *surfer) post(path string, form url.Values, header ...string) *reply {
	s.t.Helper()
	return s.do(http.MethodPost, path, form.Encode(), append(header, "Content-Type", "application/x-www-form-urlencoded")...)
}

func (s *surfer) do(method, path, body string, header ...string) *reply {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.h.server.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Language", s.lang)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return sent(s.t, s.http, req)
}

// shows checks status and that the page contains each part.
func (r *reply) shows(status int, parts ...string) *reply {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("%s answered %d, want %d:\n%s", r.what, r.Status, status, r.Body)
	}
	for _, part := range parts {
		if !strings.Contains(string(r.Body), part) {
			r.t.Errorf("%s does not show %q:\n%s", r.what, part, r.Body)
		}
	}
	return r
}

// goes checks a redirect.
func (r *reply) goes(to string) {
	r.t.Helper()
	if got := r.Header.Get("Location"); r.Status != http.StatusSeeOther || got != to {
		r.t.Fatalf("%s answered %d to %q, want 303 to %q:\n%s", r.what, r.Status, got, to, r.Body)
	}
}

// lockedRecords is a database that answers nobody.
type lockedRecords struct{ Records }

func (lockedRecords) Session(context.Context, string) (records.Session, error) {
	return records.Session{}, fmt.Errorf("session: %w", records.ErrBusy)
}

func (lockedRecords) Authenticate(context.Context, string, string) (records.User, error) {
	return records.User{}, fmt.Errorf("authenticate: %w", records.ErrBusy)
}

// While the database is locked nobody is sent to the login page as if they had been signed out.
func TestPagesWhileTheDatabaseIsLocked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	anna, nobody := h.as(t, "anna"), h.surfer(t)
	locked := h.site.opt
	locked.Records = lockedRecords{h.store}
	site, err := New(locked)
	if err != nil {
		t.Fatal(err)
	}
	h.server.Config.Handler = site
	anna.get("/settings").shows(503, "The data cannot be read or written now", "Calls are not affected")
	nobody.get("/login").shows(200)
	nobody.post("/login", credentials("anna", password, "")).shows(503, `value="anna"`, "Signing in is not possible now.")
	if r := anna.get("/settings", "HX-Request", "true"); r.Status != 503 || r.Header.Get("HX-Reselect") != ".toast" {
		t.Errorf("htmx is told %d %v", r.Status, r.Header)
	}
}

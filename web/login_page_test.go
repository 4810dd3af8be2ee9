package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hotline/records"
	"hotline/web/ui"
)

func credentials(login, password, next string) url.Values {
	return url.Values{"login": {login}, "password": {password}, "next": {next}}
}

func TestLoginPageWithoutScript(t *testing.T) {
	t.Parallel()
	h := withPassword(t, func(o *Options) {
		o.Mounts = []func(ui.Router){func(r ui.Router) {
			r.Page("GET /desk", []string{"agent"}, func(http.ResponseWriter, *http.Request) {})
		}}
	})
	s := h.surfer(t)
	s.get("/desk?tab=2").goes("/login?next=%2Fdesk%3Ftab%3D2")
	s.get("/login?next=/desk%3Ftab%3D2").shows(200, `value="/desk?tab=2"`, `name="password"`, `href="?lang=en&amp;next=%2Fdesk%3Ftab%3D2"`)

	wrong := s.post("/login", credentials("carl", "not the password", "/desk?tab=2"))
	wrong.shows(401, `value="carl"`, `value="/desk?tab=2"`, "Login or password is wrong.")
	if strings.Contains(string(wrong.Body), "not the password") {
		t.Error("the page repeats a password")
	}
	unknown := s.post("/login", credentials("nobody", "not the password", "/desk?tab=2"))
	if strings.ReplaceAll(string(unknown.Body), "nobody", "carl") != string(wrong.Body) {
		t.Error("an unknown login is answered otherwise than a wrong password")
	}
	s.post("/login", credentials("carl", "", "")).shows(422, "Login and password are needed.")
	s.post("/login", credentials(strings.Repeat("c", 65), "x", "")).shows(422)

	in := s.post("/login", credentials("carl", password, "/desk?tab=2"))
	in.goes("/desk?tab=2")
	if c := cookieOf(t, in); !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Name != "hotline" {
		t.Errorf("cookie %+v", c)
	}
	s.get("/desk").shows(200)
	s.get("/").goes("/desk")
	s.get("/login").goes("/desk")
	s.get("/login?next=/settings").goes("/settings")

	// Signing in anew ends the session before.
	first := sessionIn(t, s)
	s.post("/login", credentials("carl", password, "")).goes("/desk")
	if second := sessionIn(t, s); second == first {
		t.Error("signing in again kept the token")
	}
	old := h.surfer(t)
	old.hold(first)
	old.get("/desk").goes("/login?next=%2Fdesk")

	last := sessionIn(t, s)
	s.post("/logout", nil).goes("/login")
	if got := sessionIn(t, s); got != "" {
		t.Errorf("after signing out the browser holds %q", got)
	}
	old.hold(last)
	old.get("/desk").goes("/login?next=%2Fdesk")
	s.post("/logout", nil).goes("/login") // twice does no harm
}

func sessionIn(t *testing.T, s *surfer) string {
	t.Helper()
	u, err := url.Parse(s.h.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.http.Jar.Cookies(u) {
		if c.Name == s.h.site.cookieName() {
			return c.Value
		}
	}
	return ""
}

func TestLoginPageIsThrottledLikeTheAPI(t *testing.T) {
	t.Parallel()
	h := withPassword(t, func(o *Options) { o.Logins = LoginLimit{Attempts: 4} })
	s := h.surfer(t)
	for range 2 {
		s.post("/login", credentials("carl", "not the password", "")).shows(401)
		h.do(t, "", "POST", "/api/v1/login", login("carl", "not the password", false)).problem(http.StatusUnauthorized, codeBadLogin)
	}
	r := s.post("/login", credentials("carl", password, ""))
	r.shows(429, "Try again in 15 minutes")
	if r.Header.Get("Retry-After") != "900" {
		t.Errorf("Retry-After %q", r.Header.Get("Retry-After"))
	}
	h.do(t, "", "POST", "/api/v1/login", login("carl", password, false)).problem(http.StatusTooManyRequests, codeThrottled)
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	h := withPassword(t)
	s := h.as(t, "anna")
	for _, path := range []string{"/login", "/logout", "/settings/sessions/end-all"} {
		if r := s.post(path, credentials("carl", password, ""), "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); r.Status != 403 {
			t.Errorf("%s from another site answered %d", path, r.Status)
		}
	}
	s.get("/settings").shows(200)
}

func TestSafeNext(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"/", "/desk", "/desk?tab=2&x=%2F%2Fevil", "/cases/C-1#notes", "/wall?q=/\u4e2d"} {
		if got := safeNext(next); got != next {
			t.Errorf("safeNext(%q) = %q", next, got)
		}
	}
	for _, next := range []string{
		"", "desk", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "https://evil.example",
		"http:/evil", "javascript:alert(1)", "/login", "/login?next=/login", "/logout", "/%2Fevil.example", "/\x00", "/" + strings.Repeat("a", 1024), "/%zz",
	} {
		if got := safeNext(next); got != "" {
			t.Errorf("safeNext(%q) = %q, want none", next, got)
		}
	}
}

func TestGuardOfPages(t *testing.T) {
	t.Parallel()
	var seen ui.Visitor
	h := newHouse(t, func(o *Options) {
		o.Mounts = []func(ui.Router){func(r ui.Router) {
			r.Page("GET /supervise", []string{"supervisor"}, func(_ http.ResponseWriter, r *http.Request) { seen = ui.VisitorOf(r.Context()) })
			r.Page("POST /supervise", []string{"supervisor"}, func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte("took " + r.PostForm.Get("x")))
			})
			r.Page("GET /broken", nil, func(http.ResponseWriter, *http.Request) { panic("boom") })
		}}
	})
	anna, sue := h.as(t, "anna"), h.as(t, "sue")
	sue.get("/supervise").shows(200)
	if seen.Login != "sue" || !seen.Has("supervisor") || seen.Lang != ui.English || seen.Zone == nil || seen.Session == "" {
		t.Errorf("the page sees %+v", seen)
	}
	sue.post("/supervise", url.Values{"x": {"1"}}).shows(200, "took 1")
	sue.post("/supervise", url.Values{"x": {strings.Repeat("x", maxForm)}}).shows(413)
	sue.do("POST", "/supervise", "x=%zz", "Content-Type", "application/x-www-form-urlencoded").shows(400)

	anna.get("/supervise").shows(403, "You may not open this page.", "Service manager")
	anna.post("/supervise", nil).shows(403)
	anna.lang = "zh-CN"
	anna.get("/supervise").shows(403, "您没有打开此页的权限", "服务经理")

	nobody := h.surfer(t)
	nobody.post("/supervise", nil).goes("/login")
	fragment := nobody.get("/supervise", "HX-Request", "true", "HX-Current-URL", "http://h/supervise?q=1")
	if got := fragment.Header.Get("HX-Redirect"); fragment.Status != 401 || got != "/login?next=%2Fsupervise%3Fq%3D1" {
		t.Errorf("htmx is sent by %d to %q", fragment.Status, got)
	}
	if r := anna.get("/supervise", "HX-Request", "true"); r.Status != 403 || r.Header.Get("HX-Retarget") != "#messages" || strings.Contains(string(r.Body), "<html") {
		t.Errorf("htmx is told %d %v %s", r.Status, r.Header, r.Body)
	}
	if r := anna.get("/broken"); r.Status != 500 || strings.Contains(string(r.Body), "boom") {
		t.Errorf("a broken page answers %d %s", r.Status, r.Body)
	}
	anna.get("/nothing").shows(404, "此地址没有内容")
	sue.get("/").goes("/supervise")
	h.as(t, "adam").get("/").goes("/admin/users")
}

func TestLanguageOfPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.surfer(t)
	s.lang = ""
	s.get("/login").shows(200, `lang="zh-Hans"`, "登录")
	s.lang = "en-GB"
	s.get("/login").shows(200, `lang="en"`, "Sign in")
	s.get("/login?lang=zh-Hans").shows(200, `lang="zh-Hans"`)
	s.get("/login").shows(200, `lang="zh-Hans"`) // the cookie goes before what the browser says
	s.get("/login?lang=xx").shows(200, `lang="zh-Hans"`)
	for _, value := range []string{"lang=%zz", "lang=xx&theme=%3Cb%3E&zone=../../etc/passwd", "%00"} {
		r := h.surfer(t).get("/login", "Cookie", h.site.lookName()+"="+value)
		r.shows(200, `lang="en"`)
		if strings.Contains(string(r.Body), "data-theme") {
			t.Errorf("cookie %q sets a theme", value)
		}
	}
}

func TestPolicyOfPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	csp := h.as(t, "anna").get("/settings").Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "connect-src 'self' ws://127.0.0.1"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy %q lacks %q", csp, want)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
		t.Errorf("the policy is %q", csp)
	}
	hostile := ask(h.site, away, "/login", "Host", "x; script-src *")
	if csp := hostile.Header().Get("Content-Security-Policy"); strings.Contains(csp, "*") {
		t.Errorf("the host writes the policy: %q", csp)
	}
	if got := h.as(t, "anna").get("/settings").Header.Get("Permissions-Policy"); !strings.Contains(got, "microphone=(self)") {
		t.Errorf("Permissions-Policy %q", got)
	}
}

func TestLookComesAlongToANewBrowser(t *testing.T) {
	t.Parallel()
	h := withPassword(t)
	if err := h.store.SetLook(t.Context(), "carl", records.Look{Lang: "en", Theme: "dark", Zone: "Asia/Tokyo"}); err != nil {
		t.Fatal(err)
	}
	s := h.surfer(t)
	s.lang = "zh-CN"
	if r := s.post("/login", credentials("carl", password, "")); r.Status != 303 {
		t.Fatalf("%d", r.Status)
	}
	s.get("/settings").shows(200, `lang="en"`, `data-theme="dark"`, `value="Asia/Tokyo"`)
}

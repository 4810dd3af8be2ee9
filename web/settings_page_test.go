package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hotline/records"
)

func passwords(old, fresh, repeat string) url.Values {
	return url.Values{"old": {old}, "password": {fresh}, "repeat": {repeat}}
}

func TestChangingOnesPasswordOnThePage(t *testing.T) {
	t.Parallel()
	h := withPassword(t)
	s, elsewhere := h.surfer(t), h.surfer(t)
	s.post("/login", credentials("carl", password, "")).goes("/settings")
	elsewhere.post("/login", credentials("carl", password, "")).goes("/settings")

	const fresh = "another long sentence"
	for name, c := range map[string]struct {
		form         url.Values
		field, fault string
	}{
		"nothing":  {passwords("", "", ""), "old", "Enter your current password."},
		"no new":   {passwords(password, "", ""), "password", "Enter a new password."},
		"differ":   {passwords(password, fresh, fresh+"x"), "repeat", "differ"},
		"wrong":    {passwords("not the password", fresh, fresh), "old", "not your current password"},
		"short":    {passwords(password, "short", "short"), "password", "at least 10 characters"},
		"too long": {passwords(password, strings.Repeat("ab", 80), strings.Repeat("ab", 80)), "password", "at most 128"},
		"simple":   {passwords(password, strings.Repeat("a", 20), strings.Repeat("a", 20)), "password", "can be guessed"},
	} {
		r := s.post("/settings/password", c.form).shows(422, `id="`+c.field+`-fault"`, c.fault)
		for _, secret := range []string{password, "not the password", fresh} {
			if strings.Contains(string(r.Body), secret) {
				t.Errorf("%s: the page repeats a password", name)
			}
		}
	}
	before := sessionIn(t, s)
	s.post("/settings/password", passwords(password, fresh, fresh)).goes("/settings?saved=password")
	if sessionIn(t, s) == before {
		t.Error("the session's token stayed")
	}
	s.get("/settings?saved=password").shows(200, "The password is changed")
	elsewhere.get("/settings").goes("/login?next=%2Fsettings")
	s.post("/logout", nil).goes("/login")
	s.post("/login", credentials("carl", password, "")).shows(401)
	s.post("/login", credentials("carl", fresh, "")).goes("/settings")
}

func TestOwnPasswordCannotBeGuessedThroughThePage(t *testing.T) {
	t.Parallel()
	h := withPassword(t, func(o *Options) { o.Logins = LoginLimit{Attempts: 3} })
	s := h.surfer(t)
	s.post("/login", credentials("carl", password, ""))
	for range 3 {
		s.post("/settings/password", passwords("not the password", "another long sentence", "another long sentence")).shows(422)
	}
	r := s.post("/settings/password", passwords(password, "another long sentence", "another long sentence")).shows(429, "minutes")
	if r.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestOwnSessions(t *testing.T) {
	t.Parallel()
	h := withPassword(t)
	open := func(agent string) *surfer {
		t.Helper()
		s := h.surfer(t)
		if r := s.post("/login", credentials("carl", password, ""), "User-Agent", agent); r.Status != 303 {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		return s
	}
	const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0"
	here, lost, home := open(windows), open("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"), open("<script>alert(1)</script>")
	page := here.get("/settings").shows(200, "Edge · Windows", "Safari · iPhone", "&lt;script&gt;", "127.0.0.1", "This one")
	if strings.Contains(string(page.Body), "<script>alert") {
		t.Fatal("a device's name is markup")
	}
	all, err := h.store.Sessions(t.Context(), "carl")
	if err != nil || len(all) != 3 {
		t.Fatalf("%d sessions, %v", len(all), err)
	}
	for _, session := range all {
		if strings.Contains(session.From.Agent, "iPhone") {
			h.as(t, "anna").post("/settings/sessions/"+session.ID+"/end", nil).goes("/settings?saved=session") // not hers: nothing happens
			lost.get("/settings").shows(200)
			here.post("/settings/sessions/"+session.ID+"/end", nil).goes("/settings?saved=session")
		}
	}
	lost.get("/settings").goes("/login?next=%2Fsettings")
	here.post("/settings/sessions/end-others", nil).goes("/settings?saved=sessions")
	home.get("/settings").goes("/login?next=%2Fsettings")
	here.get("/settings?saved=sessions").shows(200, "All other sign-ins have ended.")

	other := open("x")
	if r := here.post("/settings/sessions/end-all", nil, "HX-Request", "true"); r.Header.Get("HX-Redirect") != "/login" {
		t.Errorf("htmx is sent to %q", r.Header.Get("HX-Redirect"))
	}
	here.get("/settings").goes("/login?next=%2Fsettings")
	other.get("/settings").goes("/login?next=%2Fsettings")
}

func TestLook(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.as(t, "anna")
	s.post("/settings/look", url.Values{"lang": {"zh-Hans"}, "theme": {"dark"}, "zone": {" Asia/Tokyo "}}).goes("/settings?saved=look")
	s.get("/settings?saved=look").shows(200, `lang="zh-Hans"`, `data-theme="dark"`, `value="Asia/Tokyo"`, "显示设置已保存")
	u, err := h.store.User(t.Context(), "anna")
	if err != nil || u.Look != (records.Look{Lang: "zh-Hans", Theme: "dark", Zone: "Asia/Tokyo"}) {
		t.Errorf("kept %+v, %v", u.Look, err)
	}
	for _, zone := range []string{"Mars/Olympus", "Local", "../../etc/passwd", "<script>"} {
		r := s.post("/settings/look", url.Values{"lang": {"en"}, "theme": {"light"}, "zone": {zone}})
		r.shows(http.StatusUnprocessableEntity, `id="zone-fault"`, `value="light" checked`)
	}
	s.post("/settings/look", url.Values{"lang": {"xx"}, "theme": {"pink"}}).goes("/settings?saved=look")
	s.get("/settings").shows(200, `lang="en"`)
}

func TestDeviceName(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"": "", "curl/8.1": "curl/8.1", "Go-http-client/1.1": "Go-http-client/1.1",
		"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0": "Firefox · Linux",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18.0 Safari/605.1": "Safari · macOS",
		"Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36":      "Chrome · Android",
		strings.Repeat("长", 50): strings.Repeat("长", 40) + "…",
	} {
		if got := deviceName(agent); got != want {
			t.Errorf("%q is shown as %q, want %q", agent, got, want)
		}
	}
}

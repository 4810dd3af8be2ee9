package web

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"hotline/records"
)

func TestOnlyAdministratorsAdminister(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for login, want := range map[string]int{"anna": 403, "sue": 403, "dan": 403, "adam": 200, "all": 200} {
		for _, path := range []string{"/admin/users", "/admin/users/new", "/admin/users/ben", "/admin/audit"} {
			h.as(t, login).get(path).shows(want)
		}
	}
	for _, path := range []string{"/admin/users", "/admin/users/ben", "/admin/users/ben/password", "/admin/users/ben/phone-secret", "/admin/users/ben/disable"} {
		h.as(t, "sue").post(path, nil).shows(403)
		h.surfer(t).post(path, nil).goes("/login")
	}
	if u, err := h.store.User(t.Context(), "ben"); err != nil || u.Disabled || u.HA1 != "" || u.HasPassword {
		t.Errorf("ben was changed by nobody who may: %+v, %v", u, err)
	}
}

func TestListOfUsers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.as(t, "adam")
	s.get("/admin/users").shows(200, "7 of 7 shown", `href="/admin/users/anna"`)
	s.get("/admin/users?role=agent").shows(200, "3 of 7 shown")
	s.get("/admin/users?q=ANN").shows(200, "1 of 7 shown")
	s.get("/admin/users?q=zzz").shows(200, "No user fits this filter.")
	s.get("/admin/users?role=king").shows(200, "7 of 7 shown")
	if _, err := h.store.DisableUser(t.Context(), "ben"); err != nil {
		t.Fatal(err)
	}
	s.get("/admin/users").shows(200, "6 of 7 shown")
	s.get("/admin/users?disabled=1").shows(200, "7 of 7 shown", "Disabled")
}

func newUser(login string, roles ...string) url.Values {
	return url.Values{
		"login": {login}, "name": {"王芳"}, "team": {"华东"}, "role": roles, "phone": {"sip"}, "skill": {"service", "erp", ""}, "level": {"2", "3", ""},
	}
}

var secretShownOnce = regexp.MustCompile(`data-testid="secret-(\w+)"[^>]*>([^<]+)<`)

func secrets(r *reply) map[string]string {
	found := map[string]string{}
	for _, m := range secretShownOnce.FindAllStringSubmatch(string(r.Body), -1) {
		found[m[1]] = m[2]
	}
	return found
}

func TestAddingAUser(t *testing.T) {
	t.Parallel()
	var told []string
	h := newHouse(t, func(o *Options) { o.UserChanged = func(u records.User) { told = append(told, u.Login) } })
	s := h.as(t, "adam")
	s.get("/admin/users/new").shows(200, `value="service"`, `name="login"`)

	r := s.post("/admin/users", newUser("wang.fang", "agent", "supervisor")).shows(201, "wang.fang is added", "Shown this once.")
	shown := secrets(r)
	u, err := h.store.User(t.Context(), "wang.fang")
	if err != nil || u.Name != "王芳" || u.Team != "华东" || !u.Is("supervisor") || u.Skills["service"] != 2 || u.Skills["erp"] != 3 || u.WebRTC {
		t.Fatalf("added %+v, %v", u, err)
	}
	if u.HA1 != records.HA1("wang.fang", shown["phone"]) || len(shown["password"]) < 20 {
		t.Errorf("shown %v", shown)
	}
	if len(told) == 0 || told[0] != "wang.fang" {
		t.Errorf("the house was told of %v", told)
	}
	fresh := h.surfer(t)
	fresh.post("/login", credentials("wang.fang", shown["password"], "")).goes("/settings")
	if body := s.get("/admin/users/wang.fang").shows(200).Body; strings.Contains(string(body), shown["password"]) || strings.Contains(string(body), shown["phone"]) {
		t.Error("a secret is shown again")
	}

	for name, c := range map[string]struct {
		change func(url.Values)
		fault  string
	}{
		"taken":            {func(f url.Values) { f.Set("login", "anna") }, "This login is taken"},
		"no login":         {func(f url.Values) { f.Set("login", "500&PJSIP/trunk") }, "beginning with a letter"},
		"long name":        {func(f url.Values) { f.Set("name", strings.Repeat("长", 201)) }, "200 characters at most"},
		"role":             {func(f url.Values) { f["role"] = []string{"king"} }, "There is no such role"},
		"level":            {func(f url.Values) { f["level"] = []string{"10", "", ""} }, "Levels go from 1"},
		"level no number":  {func(f url.Values) { f["level"] = []string{"x", "", ""} }, "Levels go from 1"},
		"skill not named":  {func(f url.Values) { f["level"] = []string{"", "", "4"} }, "Name the skill"},
		"fewer levels":     {func(f url.Values) { f["level"], f["login"] = []string{"1"}, []string{"anna"} }, "This login is taken"},
		"nothing but name": {func(f url.Values) { clear(f); f.Set("name", "王芳") }, "beginning with a letter"},
	} {
		form := newUser("li", "agent")
		c.change(form)
		r := s.post("/admin/users", form)
		if r.Status != 422 && r.Status != 409 || !strings.Contains(string(r.Body), c.fault) {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
		if !strings.Contains(string(r.Body), `value="`+form.Get("name")+`"`) || !strings.Contains(string(r.Body), "autofocus") {
			t.Errorf("%s: what was typed is lost, or nothing has the focus", name)
		}
	}
	if _, err := h.store.User(t.Context(), "li"); err == nil {
		t.Error("a refused user was added")
	}
}

func TestChangingAUser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s, ben := h.as(t, "adam"), h.as(t, "ben")
	s.get("/admin/users/nobody").shows(404, "There is no such user.")
	u, err := h.store.User(t.Context(), "ben")
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{
		"name": {"Ben"}, "team": {""}, "role": {"agent"}, "phone": {"browser"}, "skill": {"service"}, "level": {"1"}, "version": {strconv.FormatInt(u.Version, 10)},
	}
	s.post("/admin/users/ben", form).goes("/admin/users/ben?saved=1")
	ben.get("/settings").shows(200, "Ben") // the same roles: the session goes on

	// Somebody else was faster: nothing is lost, and sending it again counts.
	stale := s.post("/admin/users/ben", form).shows(409, "Somebody else has just changed this user", `value="Ben"`)
	version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(string(stale.Body))
	form.Set("version", version[1])
	form["role"] = []string{"supervisor"}
	s.post("/admin/users/ben", form).goes("/admin/users/ben?saved=1")
	ben.get("/settings").goes("/login?next=%2Fsettings") // other roles: sign in anew

	h.tokens["ben"], _, err = h.store.NewSession(t.Context(), "ben")
	if err != nil {
		t.Fatal(err)
	}
	ben.hold(h.tokens["ben"])
	s.post("/admin/users/ben/sessions", nil).goes("/admin/users/ben?saved=1")
	ben.get("/settings").goes("/login?next=%2Fsettings")

	first := secrets(s.post("/admin/users/ben/password", nil).shows(200, "Shown this once."))["password"]
	second := secrets(s.post("/admin/users/ben/password", nil).shows(200))["password"]
	if first == second {
		t.Error("two passwords are the same")
	}
	h.surfer(t).post("/login", credentials("ben", first, "")).shows(401)
	h.surfer(t).post("/login", credentials("ben", second, "")).goes("/settings")
	phone := secrets(s.post("/admin/users/ben/phone-secret", nil).shows(200))["phone"]
	if u, err := h.store.User(t.Context(), "ben"); err != nil || u.HA1 != records.HA1("ben", phone) {
		t.Errorf("the phone's secret %q is not kept: %v", phone, err)
	}

	s.post("/admin/users/ben/disable", nil).goes("/admin/users/ben?saved=1")
	h.surfer(t).post("/login", credentials("ben", second, "")).shows(401)
	s.get("/admin/users/ben").shows(200, "Disabled", "Let in again")
	s.post("/admin/users/ben/enable", nil).goes("/admin/users/ben?saved=1")
	h.surfer(t).post("/login", credentials("ben", second, "")).goes("/settings")
	s.post("/admin/users/ben/explode", nil).shows(404)
	s.post("/admin/users/nobody/disable", nil).shows(404)
}

// Administrators do not leave the house without one by a slip, and go on when they change their own other roles.
func TestOwnAccess(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.as(t, "adam")
	s.post("/admin/users/adam/disable", nil).shows(409, "You cannot take your own access away.")
	form := url.Values{"name": {"Adam"}, "role": {"agent"}, "phone": {"sip"}}
	s.post("/admin/users/adam", form).shows(422, "administrator role from yourself")
	s.get("/admin/users/adam").shows(200, "Let another administrator do it.")
	before := sessionIn(t, s)
	if before != h.tokens["adam"] {
		t.Fatal("not adam's session")
	}
	form["role"] = []string{"administrator", "supervisor"}
	s.post("/admin/users/adam", form).goes("/admin/users/adam?saved=1")
	if sessionIn(t, s) == before {
		t.Error("other roles, and the same token")
	}
	s.get("/admin/users/adam?saved=1").shows(200, "Saved.")
}

func TestAuditPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := h.as(t, "adam")
	for range 60 {
		if err := h.store.Audit(t.Context(), records.AuditEntry{By: "sue", Action: "case.override", Object: "C-1", Reason: "<b>left</b>"}); err != nil {
			t.Fatal(err)
		}
	}
	first := s.get("/admin/audit?by=sue").shows(200, "case.override", "Changed a case&#39;s owner", "&lt;b&gt;left&lt;/b&gt;", `value="sue"`)
	if n := strings.Count(string(first.Body), `<code class="quiet">case.override`); n != 50 {
		t.Errorf("the first page has %d entries", n)
	}
	older := regexp.MustCompile(`href="(/admin/audit\?[^"]+)" data-testid="older"`).FindStringSubmatch(string(first.Body))
	if older == nil {
		t.Fatalf("no next page: %s", first.Body)
	}
	next := s.get(strings.ReplaceAll(older[1], "&amp;", "&")).shows(200, "Newest")
	if n := strings.Count(string(next.Body), `<code class="quiet">case.override`); n != 10 || strings.Contains(string(next.Body), "data-testid=\"older\"") {
		t.Errorf("the second page has %d entries", n)
	}
	// An act without words of its own is told by its code.
	if err := h.store.Audit(t.Context(), records.AuditEntry{By: "sue", Action: "moon.land", Object: "C-2"}); err != nil {
		t.Fatal(err)
	}
	s.get("/admin/audit?action=moon.land").shows(200, "<td>moon.land<br>")
	// Who administers and does nothing else begins with the users.
	s.get("/").goes("/admin/users")
	s.get("/admin/audit?action=none.such").shows(200, "No entry fits this filter.")
	s.get("/admin/audit?from=2020-01-01&to=2020-01-02").shows(200, "No entry fits this filter.")
	s.get("/admin/audit?from=yesterday").shows(422, `id="from-fault"`, `value="yesterday"`)
	s.get("/admin/audit?cursor=x").shows(422)
}

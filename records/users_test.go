package records_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/records"
)

func testUsers(t *testing.T, open opener) {
	ctx, s := records.By(t.Context(), "root"), open(t).open(t)
	u := get[records.User](t)(s.AddUser(ctx, records.NewUser{
		Login: "wang.fang", Roles: []string{"supervisor", "agent", "agent"}, Skills: map[string]int{"support": 1, "sales": 9}, WebRTC: true,
	}))
	equal(t, "name", u.Name, "wang.fang")
	equal(t, "roles", strings.Join(u.Roles, " "), "agent supervisor")
	equal(t, "skills", fmt.Sprint(u.Skills), "map[sales:9 support:1]")
	equal(t, "password", u.HasPassword, false)
	_, err := s.AddUser(ctx, records.NewUser{Login: "wang.fang"})
	refused(t, err, records.ErrExists)

	for _, login := range []string{"", "Wang", "1wang", "trunk", "trunk-1", "500&pjsip/trunk/00", "a b", strings.Repeat("a", 33), "王芳", "system", "wang\n"} {
		_, err := s.AddUser(ctx, records.NewUser{Login: login})
		refused(t, err, records.ErrInvalid)
	}
	p := refusal(t, func() error {
		_, err := s.AddUser(ctx, records.NewUser{Login: "x", Roles: []string{"king"}, Skills: map[string]int{"support": 0}, Password: "short"})
		return err
	}(), records.ErrInvalid)
	equal(t, "faults named", len(p.Fields), 3)

	name, version := "王芳", u.Version
	u = get[records.User](t)(s.UpdateUser(ctx, "wang.fang", records.UserChange{
		Name: &name, Roles: []string{"agent"}, Skills: map[string]int{"support": 2}, Version: version,
	}))
	equal(t, "changed", fmt.Sprintf("%s %v %v %t", u.Name, u.Roles, u.Skills, u.WebRTC), "王芳 [agent] map[support:2] true")
	_, err = s.UpdateUser(ctx, "wang.fang", records.UserChange{Name: &name, Version: version})
	refused(t, err, records.ErrConflict)
	_, err = s.UpdateUser(ctx, "nobody", records.UserChange{Name: &name})
	refused(t, err, records.ErrNotFound)

	secret := get[string](t)(s.SetPhoneSecret(ctx, "wang.fang"))
	u = get[records.User](t)(s.User(ctx, "wang.fang"))
	equal(t, "HA1", u.HA1, records.HA1("wang.fang", secret))
	if again := get[string](t)(s.SetPhoneSecret(ctx, "wang.fang")); again == secret || len(secret) < 24 {
		t.Errorf("phone secrets %q and %q", secret, again)
	}
	// RFC 2617 section 3.5 gives no example for this realm; md5sum does: printf 'li:hotline:geheim' | md5sum
	equal(t, "HA1 known answer", records.HA1("li", "geheim"), "69d449bd6c2c27e7b18d36e9f420eade")

	u = get[records.User](t)(s.DisableUser(ctx, "wang.fang"))
	equal(t, "disabled", u.Disabled, true)
	equal(t, "listed", len(get[[]records.User](t)(s.Users(ctx))), 1)
}

const password = "correct horse battery"

func testLogin(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set, func(o *records.Options) { o.LockAfter = 3 })
	get[records.User](t)(s.AddUser(ctx, records.NewUser{Login: "li", Password: password}))
	get[records.User](t)(s.AddUser(ctx, records.NewUser{Login: "phone"}))

	u := get[records.User](t)(s.Authenticate(ctx, "li", password))
	equal(t, "last login", u.LastLogin, c.now())
	for _, bad := range [][2]string{{"li", "wrong password"}, {"li", ""}, {"nobody", password}, {"phone", ""}, {"", ""}, {"li", strings.Repeat("x", 1<<20)}} {
		_, err := s.Authenticate(ctx, bad[0], bad[1])
		if p := refusal(t, err, records.ErrCredentials); bad[0] != "li" {
			equal(t, "the same words whoever it is", p.What, "Login or password is wrong.")
		}
		if bad[0] == "li" && bad[1] == "" {
			get[records.User](t)(s.Authenticate(ctx, "li", password)) // a success clears the count
		}
	}
	for range 2 {
		_, err := s.Authenticate(ctx, "li", "wrong")
		refused(t, err, records.ErrCredentials)
	}
	_, err := s.Authenticate(ctx, "li", "wrong")
	refused(t, err, records.ErrLocked)
	_, err = s.Authenticate(ctx, "li", password)
	refused(t, err, records.ErrLocked)
	c.advance(15 * time.Minute)
	get[records.User](t)(s.Authenticate(ctx, "li", password))

	must(t, s.SetPassword(ctx, "li", "another long password"))
	_, err = s.Authenticate(ctx, "li", password)
	refused(t, err, records.ErrCredentials)
	for _, weak := range []string{"short", "li", strings.Repeat("a", 20), strings.Repeat("长", 129)} {
		refused(t, s.SetPassword(ctx, "li", weak), records.ErrInvalid)
	}
	get[records.User](t)(s.DisableUser(ctx, "li"))
	_, err = s.Authenticate(ctx, "li", "another long password")
	refused(t, err, records.ErrCredentials)
	get[records.User](t)(s.EnableUser(ctx, "li"))

	// Many guesses at once count as many.
	var locked sync.Map
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			if _, err := s.Authenticate(ctx, "li", fmt.Sprint("guess ", i)); err == nil {
				locked.Store(i, true)
			}
		})
	}
	wait.Wait()
	locked.Range(func(k, _ any) bool { t.Errorf("guess %v came in", k); return true })
	_, err = s.Authenticate(ctx, "li", "another long password")
	refused(t, err, records.ErrLocked)
}

func testSessions(t *testing.T, open opener) {
	ctx, c, db := t.Context(), newClock(), open(t)
	s := db.open(t, c.set)
	get[records.User](t)(s.AddUser(ctx, records.NewUser{Login: "li", Password: password}))
	start := func() (string, records.Session) {
		token, session, err := s.NewSession(ctx, "li")
		must(t, err)
		return token, session
	}
	token, session := start()
	equal(t, "entropy of token", len(token) >= 43, true)
	got := get[records.Session](t)(s.Session(ctx, token))
	equal(t, "session", got.ID+got.User.Login, session.ID+"li")
	for _, wrong := range []string{"", token + "x", session.ID} {
		_, err := s.Session(ctx, wrong)
		refused(t, err, records.ErrExpired)
	}

	for range 20 { // used every 11 hours it lasts, but not for ever
		c.advance(11 * time.Hour)
		if c.now().Before(session.EndsAt) {
			get[records.Session](t)(s.Session(ctx, token))
		}
	}
	_, err := s.Session(ctx, token)
	refused(t, err, records.ErrExpired)

	idle, _ := start()
	c.advance(12 * time.Hour)
	_, err = s.Session(ctx, idle)
	refused(t, err, records.ErrExpired)

	one, _ := start()
	two, _ := start()
	must(t, s.RevokeSession(ctx, one))
	_, err = db.open(t, c.set).Session(ctx, one) // on another node too
	refused(t, err, records.ErrExpired)
	get[records.Session](t)(s.Session(ctx, two))
	must(t, s.SetPassword(ctx, "li", "another long password"))
	_, err = s.Session(ctx, two)
	refused(t, err, records.ErrExpired)

	three, _ := start()
	get[records.User](t)(s.DisableUser(ctx, "li"))
	_, err = s.Session(ctx, three)
	refused(t, err, records.ErrExpired)
	_, _, err = s.NewSession(ctx, "li")
	refused(t, err, records.ErrExpired)
	_, _, err = s.NewSession(ctx, "nobody")
	refused(t, err, records.ErrNotFound)
}

func testOwnSessions(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	for _, login := range []string{"li", "wang"} {
		get[records.User](t)(s.AddUser(ctx, records.NewUser{Login: login, Roles: []string{"agent"}, Password: password}))
	}
	start := func(login, device string) (string, string) {
		t.Helper()
		c.advance(time.Minute)
		token, session, err := s.NewSessionFrom(ctx, login, records.Device{Agent: device, Address: "192.0.2.7"})
		must(t, err)
		return token, session.ID
	}
	ids := func() string {
		t.Helper()
		var all []string
		for _, session := range get[[]records.Session](t)(s.Sessions(ctx, "li")) {
			all = append(all, session.From.Agent)
		}
		return strings.Join(all, " ")
	}
	deskToken, _ := start("li", "desk\n\x00")
	homeToken, home := start("li", "home")
	wangToken, wang := start("wang", "wang")
	_, _ = start("li", strings.Repeat("长", 1000))
	all := get[[]records.Session](t)(s.Sessions(ctx, "li"))
	equal(t, "sessions", len(all), 3)
	equal(t, "a device's name is cut", all[0].From.Agent, strings.Repeat("长", 200))
	equal(t, "address", all[0].From.Address, "192.0.2.7")
	must(t, s.EndSession(ctx, "li", all[0].ID))
	equal(t, "the others", ids(), "home desk")

	c.advance(2 * time.Minute)
	get[records.Session](t)(s.Session(ctx, deskToken))
	equal(t, "the latest used first", ids(), "desk home")

	must(t, s.EndSession(ctx, "li", wang)) // somebody else's
	get[records.Session](t)(s.Session(ctx, wangToken))
	must(t, s.EndSession(ctx, "li", "nothing"))
	must(t, s.EndOtherSessions(ctx, "li", home))
	equal(t, "all but one", ids(), "home")
	_, err := s.Session(ctx, deskToken)
	refused(t, err, records.ErrExpired)
	get[records.Session](t)(s.Session(ctx, wangToken))

	// The same roles in another order change nothing; other roles end what was begun with the old ones.
	get[records.User](t)(s.UpdateUser(ctx, "li", records.UserChange{Roles: []string{"agent", "agent"}}))
	get[records.Session](t)(s.Session(ctx, homeToken))
	get[records.User](t)(s.UpdateUser(ctx, "li", records.UserChange{Roles: []string{"agent", "supervisor"}}))
	_, err = s.Session(ctx, homeToken)
	refused(t, err, records.ErrExpired)
	equal(t, "none left", ids(), "")

	c.advance(12 * time.Hour)
	equal(t, "idle ones are not listed", len(get[[]records.Session](t)(s.Sessions(ctx, "wang"))), 0)
}

func testLook(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	u := get[records.User](t)(s.AddUser(ctx, records.NewUser{Login: "li"}))
	equal(t, "no wishes", u.Look, records.Look{})
	want := records.Look{Lang: "en", Theme: "dark", Zone: "Asia/Shanghai"}
	must(t, s.SetLook(ctx, "li", want))
	got := get[records.User](t)(s.User(ctx, "li"))
	equal(t, "look", got.Look, want)
	equal(t, "version", got.Version, u.Version)
	refused(t, s.SetLook(ctx, "li", records.Look{Zone: strings.Repeat("x", 65)}), records.ErrInvalid)
}

func testAudit(t *testing.T, open opener) {
	ctx, s := records.By(context.Background(), "root"), open(t).open(t)
	get[records.User](t)(s.AddUser(ctx, records.NewUser{Login: "li"}))
	get[records.User](t)(s.DisableUser(ctx, "li"))
	must(t, s.Audit(ctx, records.AuditEntry{By: "chen", Action: "agent.state", Object: "li", Reason: "left the desk"}))
	must(t, s.Audit(t.Context(), records.AuditEntry{Action: "server.start"}))
	page := get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{}))
	var lines []string
	for _, e := range page.Items {
		lines = append(lines, fmt.Sprintf("%d %s %s %s", e.Seq, e.By, e.Action, e.Object))
	}
	equal(t, "log", strings.Join(lines, "; "), "4 system server.start ; 3 chen agent.state li; 2 root user.disable li; 1 root user.add li")
	page = get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Object: "li", Limit: 2}))
	page = get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Object: "li", Limit: 2, Cursor: page.Next}))
	equal(t, "second page", len(page.Items), 1)
	equal(t, "end", page.Next, "")
	_, err := s.AuditLog(ctx, records.AuditFilter{Cursor: "x"})
	refused(t, err, records.ErrInvalid)
}

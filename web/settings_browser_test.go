package web

import (
	"testing"

	"hotline/records"
	"hotline/web/browser"

	"github.com/chromedp/chromedp/kb"
)

// furnished is a house with people worth looking at, and an administrator who can sign in.
func furnished(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	for _, u := range []records.NewUser{
		{Login: "root", Name: "周敏", Team: "信息部", Roles: []string{records.RoleAdministrator}, Password: password},
		{Login: "li.qiang", Name: "李强", Team: "华东", Roles: []string{records.RoleAgent}, Skills: map[string]int{"service": 1, "erp": 3}, WebRTC: true, Password: password},
		{Login: "wang.fang", Name: "王芳", Team: "华东", Roles: []string{records.RoleAgent, records.RoleSupervisor}, Skills: map[string]int{"service": 2}, Password: password},
		{Login: "chen.jie", Name: "陈杰", Team: "华北", Roles: []string{records.RoleDispatcher}},
	} {
		if _, err := h.store.AddUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.store.DisableUser(t.Context(), "ben"); err != nil {
		t.Fatal(err)
	}
	return h
}

// Every page of this package, light and dark, in both languages, on a desk's screen and on a phone: no fault, and nothing that axe calls
// serious.
func TestPagesAreSound(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	b := browser.Start(t, browser.Options{})
	for _, look := range []browser.Look{
		{}, {Dark: true}, {Lang: "en"}, {Lang: "en", Dark: true}, {Width: 390, Height: 844},
	} {
		tab := b.Tab(look)
		for _, path := range []string{"/", "/login"} {
			tab.Goto(h.server.URL + path)
			sound(t, tab, path)
		}
		if look == (browser.Look{}) {
			tab.Goto(h.server.URL + "/")
			picture(t, tab, "status")
		}
		tab.Login(h.server.URL, "root", password)
		for _, path := range []string{
			"/settings", "/admin/users", "/admin/users?q=zzz", "/admin/users/new", "/admin/users/li.qiang", "/admin/users/ben", "/admin/audit", "/admin/audit?by=zzz",
			"/problems/not-found",
		} {
			tab.Goto(h.server.URL + path)
			sound(t, tab, path)
			if name, ok := map[string]string{
				"/settings": "settings", "/admin/users": "admin-users", "/admin/users/li.qiang": "admin-user", "/admin/audit": "admin-audit",
			}[path]; ok && look == (browser.Look{}) {
				picture(t, tab, name)
			}
			var wide bool
			tab.Eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
			if wide {
				t.Errorf("%s at %d px has to be scrolled sideways", path, look.Width)
			}
		}
		tab.Expect("403")
		tab.Expect("404")
		for _, path := range []string{"/nothing", "/admin/users/nobody"} {
			tab.Goto(h.server.URL + path)
			sound(t, tab, path)
		}
	}
}

// What was typed stays when the server refuses it, also where htmx replaces the page's content; the first field at fault has the focus.
func TestFormsKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	tab := browser.Start(t, browser.Options{}).Tab()
	tab.Expect("422")
	tab.Expect("409")
	tab.Login(h.server.URL, "root", password)
	tab.Goto(h.server.URL + "/admin/users/new")
	tab.Key("li.qiang", kb.Tab, "李强二", kb.Enter)
	tab.WaitText("#login-fault", "已有人用")
	sound(t, tab, "refused user")
	picture(t, tab, "admin-user-refused")
	var kept struct{ Login, Name, Focus string }
	tab.Eval(`({login: document.querySelector("#login").value, name: document.querySelector("#name").value, focus: document.activeElement.id})`, &kept)
	if kept.Login != "li.qiang" || kept.Name != "李强二" || kept.Focus != "login" {
		t.Errorf("after the refusal: %+v", kept)
	}
	tab.Fill("#login", "li.er")
	tab.Key(kb.Enter)
	tab.WaitVisible("[data-testid=secret-password]")
	sound(t, tab, "secret")

	tab.Goto(h.server.URL + "/settings")
	tab.Fill("#old", "not the password")
	tab.Fill("#password", "another long sentence")
	tab.Fill("#repeat", "another long sentence")
	tab.Key(kb.Enter)
	tab.WaitText("#old-fault", "当前密码不正确")
	tab.Fill("#old", password)
	tab.Fill("#password", "another long sentence")
	tab.Fill("#repeat", "another long sentence")
	tab.Key(kb.Enter)
	tab.WaitText("[data-testid=saved]", "密码已修改")

	tab.Click("input[name=theme][value=dark]")
	tab.Click("input[name=lang][value=en]")
	tab.Click("[data-testid=save-look]")
	tab.WaitText("[data-testid=saved]", "The appearance is saved.")
	var theme string
	tab.Eval(`document.documentElement.dataset.theme`, &theme)
	if theme != "dark" {
		t.Errorf("the theme is %q", theme)
	}
	picture(t, tab, "settings-dark")

	tab.Goto(h.server.URL + "/admin/users")
	tab.Fill("#q", "华东")
	tab.WaitText("#count", "2 of")
	if at := tab.Path(); at != "/admin/users?q=%E5%8D%8E%E4%B8%9C&role=" {
		t.Errorf("the filter is not in the address: %s", at)
	}
}

// A session that ended elsewhere leads to the login page and back, also when htmx sends a form.
func TestSessionThatEndedUnderAForm(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	tab := browser.Start(t, browser.Options{}).Tab()
	tab.Expect("401")
	tab.Login(h.server.URL, "root", password)
	tab.Goto(h.server.URL + "/admin/users/li.qiang")
	if err := h.store.RevokeSessions(t.Context(), "root"); err != nil {
		t.Fatal(err)
	}
	tab.Click("[data-testid=save-user]")
	tab.Wait(`location.pathname === "/login" && document.readyState === "complete" && document.activeElement?.id === "login"`)
	tab.Key("root", kb.Tab, password, kb.Enter)
	tab.Wait(`location.pathname === "/admin/users/li.qiang"`)
	sound(t, tab, "back at the form")

	// The menu of one's own, by keyboard: it opens, Escape closes it, and it leads out.
	tab.Run(`document.querySelector("[data-testid=me] summary").focus()`)
	tab.Key(kb.Enter)
	tab.WaitVisible("[data-testid=logout]")
	sound(t, tab, "menu")
	tab.Key(kb.Escape)
	tab.WaitGone("[data-testid=logout]")
	tab.Key(kb.Enter, kb.Tab, kb.Tab, kb.Enter)
	tab.Wait(`location.pathname === "/login"`)
}

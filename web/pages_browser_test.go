package web

import (
	"os"
	"path/filepath"
	"testing"

	"hotline/records"
	"hotline/web/browser"

	"github.com/chromedp/chromedp/kb"
)

// picture keeps a screenshot under docs/img when -update is given; they are small enough to be read in a repository.
func picture(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	if !*update {
		return
	}
	file := filepath.Join("../docs/img", name+".png")
	tab.Screenshot(file)
	if info, err := os.Stat(file); err != nil || info.Size() > 200<<10 {
		t.Errorf("%s: %v, %d bytes", file, err, info.Size())
	}
}

// sound checks a page as it stands: no fault, and nothing that axe calls serious.
func sound(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	for _, v := range tab.Axe() {
		t.Errorf("%s: %s", name, v)
	}
	for _, fault := range tab.Faults() {
		t.Errorf("%s: %s", name, fault)
	}
}

func TestSigningInByKeyboard(t *testing.T) {
	t.Parallel()
	h := withPassword(t)
	if _, err := h.store.AddUser(t.Context(), records.NewUser{Login: "eve", Roles: []string{records.RoleSupervisor}, Password: password}); err != nil {
		t.Fatal(err)
	}
	tab := browser.Start(t, browser.Options{}).Tab()
	tab.Expect("401") // the wrong password
	tab.Expect("404") // pages that are not part of this house
	tab.Goto(h.server.URL + "/login?next=/problems/not-found%3Fx=1")
	sound(t, tab, "login")
	picture(t, tab, "login")
	tab.Key("eve", kb.Tab, "not the password", kb.Enter)
	tab.WaitText("#login-trouble", "不正确")
	sound(t, tab, "login refused")
	tab.Key(password, kb.Enter)
	tab.Wait(`location.pathname === "/problems/not-found"`)
	if at := tab.Path(); at != "/problems/not-found?x=1" {
		t.Errorf("after signing in at %s", at)
	}
}

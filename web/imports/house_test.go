package imports_test

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/records"
	"hotline/web/browser"
	"hotline/web/browser/site"
	"hotline/web/imports"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the site with the pages of imports.
type house struct{ *site.House }

func newHouse(t testing.TB) *house {
	t.Helper()
	return &house{site.Open(t, site.Options{
		Zone: time.UTC,
		Users: []records.NewUser{
			{Login: "root", Name: "管理员", Roles: []string{records.RoleAdministrator}}, {Login: "li", Name: "李强", Roles: []string{records.RoleAgent}},
		},
		Mount: func(h *site.House) []func(ui.Router) {
			return []func(ui.Router){site.Get[*imports.Imports](t)(imports.New(imports.Options{Pages: h.Pages, Records: h.Store, Log: h.Log})).Mount}
		},
	})}
}

// open gives a tab in which login is signed in and looks at the page of imports.
func (h *house) open(b *browser.Browser, login string, look browser.Look) *browser.Tab {
	h.T.Helper()
	tab := h.Tab(b, login, look)
	tab.Goto(h.Base + "/import")
	return tab
}

// upload chooses a file as a person would and sends it.
func upload(tab *browser.Tab, kind, name string, data []byte) {
	form := fmt.Sprintf("[data-testid=upload-%s]", kind)
	tab.WaitVisible(form)
	tab.Run(fmt.Sprintf(`(() => {
		const bytes = Uint8Array.from(atob(%q), c => c.charCodeAt(0)), chosen = new DataTransfer();
		chosen.items.add(new File([bytes], %q));
		document.querySelector("#file-%s").files = chosen.files;
	})()`, base64.StdEncoding.EncodeToString(data), name, kind))
	tab.Click(form + " [data-testid=upload]")
}

// fetched gives what an address answers to somebody who is signed in.
func (h *house) fetched(tab *browser.Tab, script string) []byte {
	h.T.Helper()
	var data string
	tab.Eval(`(`+script+`).then(r => r.blob()).then(b => new Promise(done => { const f = new FileReader(); f.onload = () => done(f.result.split(",")[1] ?? ""); f.readAsDataURL(b); }))`, &data)
	return site.Get[[]byte](h.T)(base64.StdEncoding.DecodeString(data))
}

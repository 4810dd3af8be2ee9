package imports_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
	"hotline/web"
	"hotline/web/browser"
	"hotline/web/imports"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the site with the pages of imports over real records.
type house struct {
	t      testing.TB
	store  *records.Store
	server *httptest.Server
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	h.store = get[*records.Store](t)(records.Open(context.Background(), records.Options{Path: filepath.Join(t.TempDir(), "hotline.db"), Log: log, Zone: time.UTC}))
	for _, u := range []records.NewUser{
		{Login: "root", Name: "管理员", Roles: []string{records.RoleAdministrator}}, {Login: "li", Name: "李强", Roles: []string{records.RoleAgent}},
	} {
		get[records.User](t)(h.store.AddUser(t.Context(), u))
	}
	pages := get[*ui.Pages](t)(ui.New(ui.Options{Log: log, Zone: time.UTC}))
	m := get[*imports.Imports](t)(imports.New(imports.Options{Pages: pages, Records: h.store, Log: log}))
	site := get[*web.Site](t)(web.New(web.Options{
		Version: "test", Log: log, Records: h.store, Agents: agent.NewRoster(agent.Options{Log: log}), Calls: noCalls{}, Hub: web.NewHub(64),
		Pages: pages, Mounts: []func(ui.Router){m.Mount},
	}))
	h.server = httptest.NewServer(site)
	t.Cleanup(func() {
		site.Drain()
		h.server.Close()
		must(t, h.store.Close())
	})
	return h
}

func (h *house) open(b *browser.Browser, login string, look browser.Look) *browser.Tab {
	h.t.Helper()
	look.Still = true
	tab := b.Tab(look)
	token, _, err := h.store.NewSession(h.t.Context(), login)
	must(h.t, err)
	tab.Goto(h.server.URL + "/healthz")
	tab.Run(fmt.Sprintf(`document.cookie = "hotline=%s; path=/"`, token))
	tab.Goto(h.server.URL + "/import")
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

// sound checks a page as it stands: no fault, nothing that axe calls serious, nothing to scroll sideways.
func sound(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	for _, v := range tab.Axe() {
		t.Errorf("%s: %s", name, v)
	}
	for _, fault := range tab.Faults() {
		t.Errorf("%s: %s", name, fault)
	}
	var wide bool
	tab.Eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
	if wide {
		t.Errorf("%s: wider than the screen", name)
	}
	dir := os.Getenv("HOTLINE_TEST_SHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	tab.Screenshot(filepath.Join(dir, name+".png"))
}

// fetched gives what an address answers to somebody who is signed in.
func (h *house) fetched(tab *browser.Tab, script string) []byte {
	h.t.Helper()
	var data string
	tab.Eval(`(`+script+`).then(r => r.blob()).then(b => new Promise(done => { const f = new FileReader(); f.onload = () => done(f.result.split(",")[1] ?? ""); f.readAsDataURL(b); }))`, &data)
	return get[[]byte](h.t)(base64.StdEncoding.DecodeString(data))
}

type noCalls struct{ web.Switchboard }

func (noCalls) Calls() []queue.CallView            { return nil }
func (noCalls) Call(string) (queue.CallView, bool) { return queue.CallView{}, false }
func (noCalls) Queues() []queue.QueueView          { return nil }
func (noCalls) Agents() []queue.AgentNumbers       { return nil }
func (noCalls) Floor(mark func()) queue.Floor      { mark(); return queue.Floor{} }

func get[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

package classes_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/agent"
	"hotline/configs/procedures"
	"hotline/configs/questionnaires"
	"hotline/queue"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
	"hotline/web"
	"hotline/web/browser"
	"hotline/web/classes"
	"hotline/web/customer"
	"hotline/web/orders"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the whole site over real records.
type house struct {
	t     testing.TB
	store *records.Store
	base  string
}

func newHouse(t testing.TB) *house {
	t.Helper()
	ctx, log := context.Background(), slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	zone := get[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))
	dir := t.TempDir()
	h := &house{t: t, store: get[*records.Store](t)(records.Open(ctx, records.Options{
		Path: filepath.Join(dir, "hotline.db"), Files: filepath.Join(dir, "files"), Log: slog.New(slog.DiscardHandler), Zone: zone,
		Procedures:     get[[]procedure.Definition](t)(procedure.ParseAll(procedures.Files)),
		Questionnaires: get[[]questionnaire.Definition](t)(questionnaire.ParseAll(questionnaires.Files)),
	}))}
	pages := get[*ui.Pages](t)(ui.New(ui.Options{Log: log, Zone: zone, Company: "南山方略"}))
	server := httptest.NewUnstartedServer(nil)
	h.base = "http://" + server.Listener.Addr().String()
	own := classes.New(classes.Options{Pages: pages, Records: h.store, URL: h.base, Company: "南山方略", Hotline: "400-000-0000", Log: log})
	site := get[*web.Site](t)(web.New(web.Options{
		Version: "test", Log: log, Records: h.store, Agents: agent.NewRoster(agent.Options{Log: log}), Calls: noCalls{}, Hub: web.NewHub(16), Pages: pages,
		Mounts: []func(ui.Router){own.Mount, orders.New(orders.Options{Pages: pages, Records: h.store, Log: log}).Mount, customer.New(customer.Options{
			Pages: pages, Records: h.store, Hotline: "400-000-0000", Log: log, Purposes: map[string]customer.Purpose{records.LinkRegister: own.Purpose()},
		}).Mount},
	}))
	server.Config.Handler = site
	server.Start()
	t.Cleanup(func() {
		site.Drain()
		server.Close()
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, u := range []records.NewUser{
		{Login: "chen", Name: "陈静", Roles: []string{records.RoleSupervisor}}, {Login: "li", Name: "李强", Roles: []string{records.RoleAgent}},
	} {
		get[records.User](t)(h.store.AddUser(ctx, u))
	}
	return h
}

// open gives a tab in which login is signed in.
func (h *house) open(b *browser.Browser, login string, look browser.Look) *browser.Tab {
	h.t.Helper()
	look.Still = true
	tab := b.Tab(look)
	tab.Goto(h.base + "/healthz") // a page of this site, to set its cookie
	token, _, err := h.store.NewSession(context.Background(), login)
	if err != nil {
		h.t.Fatal(err)
	}
	tab.Run(fmt.Sprintf(`document.cookie = "hotline=%s; path=/"`, token))
	return tab
}

func get[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// noCalls is a queue without any.
type noCalls struct{ web.Switchboard }

func (noCalls) Calls() []queue.CallView       { return nil }
func (noCalls) Queues() []queue.QueueView     { return nil }
func (noCalls) Agents() []queue.AgentNumbers  { return nil }
func (noCalls) Floor(mark func()) queue.Floor { mark(); return queue.Floor{} }

// sound checks a page as it stands: no fault, nothing that axe calls serious, nothing to scroll sideways. With
// HOTLINE_TEST_SHOTS its picture is kept.
func sound(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	tab.Wait(`document.getAnimations().every(a => a.playState !== "running")`)
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
	tab.Screenshot(filepath.Join(cmp.Or(os.Getenv("HOTLINE_TEST_SHOTS"), t.TempDir()), name+".png"))
}

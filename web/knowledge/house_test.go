package knowledge_test

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
	"hotline/web/knowledge"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the site with the pages of knowledge over real records; presence and the queue have nothing to say here.
type house struct {
	t      testing.TB
	store  *records.Store
	server *httptest.Server
	zone   *time.Location
}

func products() []records.Product {
	return []records.Product{
		{Code: "software", Name: records.Bilingual{Zh: "应用软件", En: "Application software"}, InUse: true, Categories: []records.Category{
			{Code: "login", Name: records.Bilingual{Zh: "登录与权限", En: "Login and rights"}, InUse: true},
			{Code: "printing", Name: records.Bilingual{Zh: "打印", En: "Printing"}, InUse: true},
		}},
		{Code: "system", Name: records.Bilingual{Zh: "服务器与网络", En: "Servers and network"}, InUse: true},
	}
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, zone: get[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	h.store = get[*records.Store](t)(records.Open(context.Background(), records.Options{Path: filepath.Join(t.TempDir(), "hotline.db"), Log: log, Zone: h.zone}))
	must(t, h.store.SeedProducts(t.Context(), products()))
	for _, u := range []records.NewUser{
		{Login: "li", Name: "李强", Roles: []string{records.RoleAgent}},
		{Login: "wang", Name: "王芳", Roles: []string{records.RoleAgent}},
		{Login: "chen", Name: "陈静", Roles: []string{records.RoleAgent, records.RoleSupervisor}},
		{Login: "deng", Name: "邓伟", Roles: []string{records.RoleDispatcher}},
	} {
		get[records.User](t)(h.store.AddUser(t.Context(), u))
	}
	pages := get[*ui.Pages](t)(ui.New(ui.Options{Log: log, Zone: h.zone, Company: "方略软件"}))
	k := get[*knowledge.Knowledge](t)(knowledge.New(knowledge.Options{
		Pages: pages, Records: h.store, Products: products, Company: "方略软件", Call: []string{"400-000-0000"}, Zone: h.zone, Log: log,
	}))
	site := get[*web.Site](t)(web.New(web.Options{
		Version: "test", Log: log, Records: h.store, Agents: agent.NewRoster(agent.Options{Log: log}), Calls: noCalls{}, Hub: web.NewHub(64),
		Pages: pages, Mounts: []func(ui.Router){k.Mount},
	}))
	h.server = httptest.NewServer(site)
	t.Cleanup(func() {
		site.Drain()
		h.server.Close()
		must(t, h.store.Close())
	})
	return h
}

// open gives a tab in which login is signed in; "" is somebody without an account.
func (h *house) open(b *browser.Browser, login string, look browser.Look) *browser.Tab {
	h.t.Helper()
	look.Still = true
	tab := b.Tab(look)
	if login != "" {
		token, _, err := h.store.NewSession(h.t.Context(), login)
		must(h.t, err)
		tab.Goto(h.server.URL + "/healthz")
		tab.Run(fmt.Sprintf(`document.cookie = "hotline=%s; path=/"`, token))
	}
	return tab
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

// solved answers and solves a case about a product.
func (h *house) solved(call, number, subject, description, category, solution string) string {
	h.t.Helper()
	own := get[records.OwnedCase](h.t)(h.store.OwnCall(h.t.Context(), records.OwnInput{Call: call, Queue: "service", Agent: "li", Number: number}))
	get[records.WrapUpResult](h.t)(h.store.WrapUp(h.t.Context(), records.WrapUpInput{
		Call: call, By: "li", Outcome: records.OutcomeSolved, Subject: subject, Description: description, Product: "software", Category: category,
		Solved: &records.SolvedFacts{Solution: solution, Confirmed: true},
	}))
	return own.Number
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

func decode(t testing.TB, s string) []byte {
	t.Helper()
	return get[[]byte](t)(base64.StdEncoding.DecodeString(s))
}

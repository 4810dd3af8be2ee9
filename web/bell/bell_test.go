package bell_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/web"
	"hotline/web/bell"
	"hotline/web/browser"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type house struct {
	t     *testing.T
	store *records.Store
	base  string
}

type noCalls struct{ web.Switchboard }

func (noCalls) Calls() []queue.CallView       { return nil }
func (noCalls) Queues() []queue.QueueView     { return nil }
func (noCalls) Agents() []queue.AgentNumbers  { return nil }
func (noCalls) Floor(mark func()) queue.Floor { mark(); return queue.Floor{} }

func newHouse(t *testing.T) *house {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	store := get[*records.Store](t)(records.Open(context.Background(), records.Options{
		Path: filepath.Join(t.TempDir(), "hotline.db"), Log: log, Channels: []string{records.ByMail}, Zone: time.UTC,
	}))
	pages := get[*ui.Pages](t)(ui.New(ui.Options{Log: log, Bell: true}))
	hub := web.NewHub(16)
	store.OnTold(func(login string) {
		if err := hub.Publish(web.Live{Kind: "told", At: time.Now(), Agent: login, To: web.ToOne, Full: struct{}{}}); err != nil {
			t.Error(err)
		}
	})
	site := get[*web.Site](t)(web.New(web.Options{
		Version: "test", Log: log, Records: store, Agents: agent.NewRoster(agent.Options{Log: log}), Calls: noCalls{}, Hub: hub, Pages: pages,
		Mounts: []func(ui.Router){bell.New(bell.Options{Pages: pages, Records: store, Mail: true, Log: log}).Mount},
	}))
	server := httptest.NewServer(site)
	t.Cleanup(func() {
		site.Drain()
		server.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	for login, role := range map[string]string{"chen": records.RoleSupervisor, "gao": records.RoleEngineer} {
		get[records.User](t)(store.AddUser(context.Background(), records.NewUser{Login: login, Name: login, Roles: []string{role}}))
	}
	return &house{t, store, server.URL}
}

func (h *house) tell(login string, n int) {
	h.t.Helper()
	if err := h.store.Notify(context.Background(), records.Notification{
		To: login, Kind: records.ToldOrder, Once: fmt.Sprint(n), Path: "/settings",
		Subject: procedure.Text{ZH: fmt.Sprintf("新任务：S-20261122-%04d", n), EN: fmt.Sprintf("New order: S-20261122-%04d", n)},
		Text:    procedure.Text{ZH: "2026-11-23 09:00 – 11:00", EN: "2026-11-23 09:00 – 11:00"},
	}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) session(login string) string {
	h.t.Helper()
	token, _, err := h.store.NewSession(context.Background(), login)
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

func (h *house) do(login, method, path string, form url.Values) (int, string) {
	h.t.Helper()
	req := get[*http.Request](h.t)(http.NewRequestWithContext(context.Background(), method, h.base+path, strings.NewReader(form.Encode())))
	req.AddCookie(&http.Cookie{Name: "hotline", Value: h.session(login)})
	req.Header.Set("Accept-Language", "en")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	body := get[[]byte](h.t)(io.ReadAll(res.Body))
	if err := res.Body.Close(); err != nil {
		h.t.Error(err)
	}
	return res.StatusCode, res.Header.Get("Location") + string(body)
}

func get[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestPages: one's own list and no other's; reading, all at once, the mail address.
func TestPages(t *testing.T) {
	h := newHouse(t)
	if _, page := h.do("gao", "GET", "/notifications", nil); !strings.Contains(page, "No notifications") {
		t.Error("the empty list does not say so")
	}
	h.tell("gao", 1)
	h.tell("gao", 2)
	_, page := h.do("gao", "GET", "/notifications", nil)
	if !strings.Contains(page, "New order: S-20261122-0001") || !strings.Contains(page, "Mark all as read") {
		t.Errorf("the list:\n%s", page)
	}
	id := get[records.Page[records.Told]](t)(h.store.Notifications(t.Context(), "gao", "", 1)).Items[0].ID
	if status, _ := h.do("chen", "POST", "/notifications/"+id, url.Values{}); status != http.StatusNotFound {
		t.Errorf("somebody else's: %d", status)
	}
	if status, to := h.do("gao", "POST", "/notifications/"+id, url.Values{}); status != http.StatusSeeOther || !strings.HasPrefix(to, "/settings") {
		t.Errorf("follow: %d to %s", status, to)
	}
	if _, count := h.do("gao", "GET", "/notifications/unread", nil); strings.TrimSpace(count) != `{"unread":1}` {
		t.Errorf("count %s", count)
	}
	h.do("gao", "POST", "/notifications/read", url.Values{})
	if _, count := h.do("gao", "GET", "/notifications/unread", nil); strings.TrimSpace(count) != `{"unread":0}` {
		t.Errorf("count %s", count)
	}
	if status, page := h.do("gao", "POST", "/notifications/address", url.Values{"address": {"gao@example.com\nBcc: x@example.com"}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, "no mail address") {
		t.Errorf("a bad address: %d", status)
	}
	h.do("gao", "POST", "/notifications/address", url.Values{"address": {"gao@example.com"}})
	if got := get[string](t)(h.store.MailAddress(t.Context(), "gao")); got != "gao@example.com" {
		t.Errorf("kept %q", got)
	}
	if status, _ := h.do("gao", "GET", "/notifications/unsent", nil); status != http.StatusForbidden {
		t.Errorf("an engineer sees what was not delivered: %d", status)
	}
}

// refusing is a mail server that wants nothing.
type refusing struct{ asked chan struct{} }

func (r refusing) Carry(context.Context, records.Parcel) error {
	defer close(r.asked)
	return fmt.Errorf("550 no such mailbox: %w", records.ErrRefused)
}

// TestInTheBrowser: the bell counts without a reload where there is a stream, the list and the manager's page are sound.
func TestInTheBrowser(t *testing.T) {
	h := newHouse(t)
	b := browser.Start(t, browser.Options{})
	tab := b.Tab(browser.Look{Still: true})
	tab.Goto(h.base + "/healthz")
	tab.Run(fmt.Sprintf(`document.cookie = "hotline=%s; path=/"`, h.session("chen")))
	for i := range 3 {
		h.tell("chen", i+1)
	}
	tab.Goto(h.base + "/notifications")
	tab.WaitText(".bell-count", "3")
	look(t, tab, "bell-list")
	listen(tab)
	h.tell("chen", 4)
	tab.WaitText(".bell-count", "4")
	tab.Click("[data-testid=all]")
	tab.Wait(`document.querySelector(".bell-count").hidden`)
	listen(tab)

	if err := h.store.Notify(t.Context(), records.Notification{
		Mail: records.MailTo{Name: "孙丽", Address: "sun@example.com"}, Kind: "test", Once: "1", Subject: procedure.Text{ZH: "请您确认", EN: "Please confirm"},
	}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	r := refusing{make(chan struct{})}
	box := records.NewOutbox(h.store, records.OutboxOptions{Carriers: map[string]records.Carrier{records.ByMail: r}, Log: slog.New(slog.DiscardHandler)})
	go func() { done <- box.Run(ctx) }()
	<-r.asked
	tab.WaitText(".bell-count", "1") // the manager is told
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	tab.Goto(h.base + "/notifications/unsent")
	tab.WaitText("[data-testid=unsent]", "550 no such mailbox")
	look(t, tab, "bell-unsent")
	tab.Click("[data-testid=unsent] button")
	tab.WaitText("#main", "没有未送达的消息")
	tab.Set(browser.Look{Width: 390, Height: 844, Still: true, Dark: true})
	tab.Goto(h.base + "/notifications")
	look(t, tab, "bell-phone")
}

// listen opens a live stream in the page, as those of the desk and the floor have one: the bell hears of the next at once.
func listen(tab *browser.Tab) {
	tab.Run(`import(document.querySelector("script[type=module]").src.replace(/app\.js$/, "stream.js")).then((m) => m.openStream({ onEvent: (kind) => { if (kind === "hello") document.body.dataset.live = "1"; } }))`)
	tab.Wait(`document.body.dataset.live === "1"`)
}

func look(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	for _, v := range tab.Axe() {
		t.Errorf("%s: %s", name, v)
	}
	var wide bool
	tab.Eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
	if wide {
		t.Errorf("%s: wider than the screen", name)
	}
	tab.Screenshot(filepath.Join(cmp.Or(os.Getenv("HOTLINE_SHOTS"), t.TempDir()), name+".png"))
}

// Package site is the whole site over real records on a loopback address, for tests that use its pages as people do. Nobody telephones
// in it.
package site

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

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
	"hotline/web"
	"hotline/web/browser"
	"hotline/web/ui"
)

// House is one site. Pages and Log are for what is mounted.
type House struct {
	T     testing.TB
	Store *records.Store
	Pages *ui.Pages
	Log   *slog.Logger
	Base  string // "http://127.0.0.1:port"
}

// Options says how a house is furnished; Mount alone is required.
type Options struct {
	Company string
	Zone    *time.Location           // Asia/Shanghai when nil
	Records func(o *records.Options) // adds what the records need, e.g. procedures
	Users   []records.NewUser
	Mount   func(h *House) []func(ui.Router) // the pages
}

// Open makes a house that stands until the test ends.
func Open(t testing.TB, o Options) *House {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	h := &House{T: t, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))}
	zone := o.Zone
	if zone == nil {
		zone = Get[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))
	}
	of := records.Options{Path: filepath.Join(dir, "hotline.db"), Files: filepath.Join(dir, "files"), Log: slog.New(slog.DiscardHandler), Zone: zone}
	if o.Records != nil {
		o.Records(&of)
	}
	h.Store = Get[*records.Store](t)(records.Open(ctx, of))
	h.Pages = Get[*ui.Pages](t)(ui.New(ui.Options{Log: h.Log, Zone: zone, Company: o.Company}))
	server := httptest.NewUnstartedServer(nil)
	h.Base = "http://" + server.Listener.Addr().String()
	pages := Get[*web.Site](t)(web.New(web.Options{
		Version: "test", Log: h.Log, Records: h.Store, Agents: agent.NewRoster(agent.Options{Log: h.Log}), Calls: noCalls{}, Hub: web.NewHub(64),
		Pages: h.Pages, Mounts: o.Mount(h),
	}))
	server.Config.Handler = pages
	server.Start()
	t.Cleanup(func() {
		pages.Drain()
		server.Close()
		if err := h.Store.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, u := range o.Users {
		Get[records.User](t)(h.Store.AddUser(ctx, u))
	}
	return h
}

// Ask sends a request as login, "" for nobody, without following where it leads.
func (h *House) Ask(method, path, login string, form url.Values) (status int, body string) {
	h.T.Helper()
	req := Get[*http.Request](h.T)(http.NewRequestWithContext(context.Background(), method, h.Base+path, strings.NewReader(form.Encode())))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if login != "" {
		req.AddCookie(&http.Cookie{Name: "hotline", Value: h.session(login)}) //nolint:gosec // of a test
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		h.T.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // it was read
	return res.StatusCode, string(Get[[]byte](h.T)(io.ReadAll(res.Body)))
}

func (h *House) session(login string) string {
	h.T.Helper()
	token, _, err := h.Store.NewSession(context.Background(), login)
	if err != nil {
		h.T.Fatal(err)
	}
	return token
}

// Tab is a tab in which login is signed in; "" is somebody without an account.
func (h *House) Tab(b *browser.Browser, login string, look browser.Look) *browser.Tab {
	h.T.Helper()
	look.Still = true
	tab := b.Tab(look)
	if login != "" {
		tab.Goto(h.Base + "/healthz") // a page of this site, to set its cookie
		tab.Run(fmt.Sprintf(`document.cookie = "hotline=%s; path=/"`, h.session(login)))
	}
	return tab
}

// Sound checks a page as it stands: no fault, nothing that axe calls serious, nothing to scroll sideways. With HOTLINE_TEST_SHOTS its
// picture is kept.
func Sound(t testing.TB, tab *browser.Tab, name string) {
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

// noCalls is a queue without any.
type noCalls struct{ web.Switchboard }

func (noCalls) Calls() []queue.CallView            { return nil }
func (noCalls) Call(string) (queue.CallView, bool) { return queue.CallView{}, false }
func (noCalls) Queues() []queue.QueueView          { return nil }
func (noCalls) Agents() []queue.AgentNumbers       { return nil }
func (noCalls) Floor(mark func()) queue.Floor      { mark(); return queue.Floor{} }

// Get gives a value, or ends the test with the error that came instead.
func Get[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// Must ends the test when there is an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Equal compares what is with what should be.
func Equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

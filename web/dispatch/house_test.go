package dispatch

import (
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
	"hotline/records/calendar"
	"hotline/web"
	"hotline/web/ui"
)

// password is everybody's in these tests.
const password = "a long enough sentence"

// house is a site over real records; nobody telephones in it.
type house struct {
	t      testing.TB
	store  *records.Store
	hub    *web.Hub
	server *httptest.Server
	clock  atomic.Int64 // microseconds; 0: the real time
	cut    atomic.Bool  // nobody reaches the house
}

func (h *house) now() time.Time {
	if at := h.clock.Load(); at != 0 {
		return time.UnixMicro(at).UTC()
	}
	return time.Now()
}

func (h *house) set(at time.Time) { h.clock.Store(at.UnixMicro()) }

// chinaCalendar is the one that ships.
func chinaCalendar(t testing.TB) *calendar.Calendar {
	t.Helper()
	text, err := os.ReadFile("../../configs/calendars/china.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, c, err := calendar.Parse("china.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func openHouse(t testing.TB, change ...func(*Options)) *house {
	t.Helper()
	h := &house{t: t, hub: web.NewHub(0)}
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	log := slog.New(slog.DiscardHandler)
	dir := t.TempDir()
	var err error
	h.store, err = records.Open(t.Context(), records.Options{
		Path: filepath.Join(dir, "hotline.db"), Files: filepath.Join(dir, "files"), Log: log, Zone: zone, Now: h.now,
		Calendars: records.Calendars{All: []*calendar.Calendar{chinaCalendar(t)}, Default: "china"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	})
	for login, u := range map[string]records.NewUser{
		"sue":  {Roles: []string{records.RoleSupervisor}, Name: "苏经理"},
		"anna": {Roles: []string{records.RoleAgent}, Name: "安娜"},
		"dan":  {Roles: []string{records.RoleDispatcher}, Name: "邓伟"},
		"adam": {Roles: []string{records.RoleAdministrator}, Name: "管理员"},
	} {
		u.Login, u.Password = login, password
		if _, err := h.store.AddUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	pages, err := ui.New(ui.Options{Zone: zone, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	opt := Options{
		Pages: pages, Records: h.store, Log: log, Now: h.now,
		Calendars: []Choice{{"china", Text{"中国工作日", "Working days in China"}}},
	}
	for _, c := range change {
		c(&opt)
	}
	d, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	site, err := web.New(web.Options{
		Version: "test", Log: log, Records: h.store, Agents: agent.NewRoster(agent.Options{Log: log}), Calls: nobodyCalls{}, Hub: h.hub, Pages: pages,
		Mounts: []func(ui.Router){d.Mount}, PeerStreams: 50, Now: h.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.cut.Load() {
			panic(http.ErrAbortHandler) // the line is dead: not even an answer that says no
		}
		site.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		site.Drain()
		h.server.Close()
	})
	return h
}

// nobodyCalls is a queue without a call.
type nobodyCalls struct{ web.Switchboard }

func (nobodyCalls) Calls() []queue.CallView            { return nil }
func (nobodyCalls) Call(string) (queue.CallView, bool) { return queue.CallView{}, false }
func (nobodyCalls) Queues() []queue.QueueView          { return nil }
func (nobodyCalls) Agents() []queue.AgentNumbers       { return nil }

// as gives a client that is signed in.
func (h *house) as(login string) *http.Client {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := c.PostForm(h.server.URL+"/login", url.Values{"login": {login}, "password": {password}})
	if err != nil {
		h.t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusSeeOther {
		h.t.Fatalf("%s cannot sign in: %s", login, r.Status)
	}
	return c
}

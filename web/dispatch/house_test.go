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
	"hotline/configs/checklists"
	"hotline/configs/procedures"
	"hotline/queue"
	"hotline/records"
	"hotline/records/calendar"
	"hotline/records/procedure"
	"hotline/web"
	"hotline/web/customer"
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

	loseAnswers atomic.Int32 // so many actions of phones are done, and their answers lost
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
	definitions, err := procedure.ParseAll(procedures.Files)
	if err != nil {
		t.Fatal(err)
	}
	h.store, err = records.Open(t.Context(), records.Options{
		Path: filepath.Join(dir, "hotline.db"), Files: filepath.Join(dir, "files"), Log: log, Zone: zone, Now: h.now,
		Procedures: definitions, RespondWithin: map[string]time.Duration{"onsite": 2 * time.Hour, "remote": 30 * time.Minute},
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
		"gao":  {Roles: []string{records.RoleEngineer}, Name: "高明"},
		"he":   {Roles: []string{records.RoleEngineer}, Name: "何平"},
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
	lists, err := ParseChecklists(checklists.Files)
	if err != nil {
		t.Fatal(err)
	}
	opt := Options{
		Checklists: lists,
		Pages:      pages, Records: h.store, Log: log, Now: h.now,
		Calendars: []Choice{{"china", Text{"中国工作日", "Working days in China"}}},
		Centres:   []Choice{{"nanjing", Text{"南京服务中心", "Nanjing service centre"}}, {"guangzhou", Text{"广州服务中心", "Guangzhou service centre"}}},
		Products:  []Choice{{"software", Text{"应用软件", "Application software"}}, {"system", Text{"服务器与网络", "Servers and network"}}},
		Company:   "华信软件", Hotline: "400-000-0000",
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
		Mounts: []func(ui.Router){d.Mount, customer.New(customer.Options{
			Pages: pages, Records: h.store, Hotline: "400-000-0000", Log: log, Purposes: map[string]customer.Purpose{
				records.LinkIdentity: Identity{Records: h.store, Say: pages.Say}, records.LinkConsent: customer.Consent{Evidence: h.store, Say: pages.Say},
				records.LinkConfirm: customer.Confirm{Evidence: h.store, Say: pages.Say}, records.LinkDownload: customer.Download{Evidence: h.store, Say: pages.Say},
			},
		}).Mount}, PeerStreams: 50, Now: h.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.cut.Load() {
			panic(http.ErrAbortHandler) // the line is dead: not even an answer that says no
		}
		if r.URL.Path == "/visit/actions" && h.loseAnswers.Add(-1) >= 0 {
			site.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		site.ServeHTTP(w, r)
	}))
	d.opt.PublicURL = h.server.URL
	t.Cleanup(func() {
		site.Drain()
		h.server.Close()
	})
	return h
}

// escalate brings a call to an escalation of a customer in Jiangsu.
func (h *house) escalate(call, kind, subject string) records.Escalation {
	h.t.Helper()
	ctx := h.t.Context()
	customers, err := h.store.Customers(ctx, "华东一厂", 1)
	must(h.t, err)
	if len(customers) == 0 {
		c, err := h.store.AddCustomer(ctx, records.Customer{Name: "华东一厂", Region: "江苏", Address: "南京市江宁区示例路 1 号 3 号楼", ServiceCentre: "nanjing", Agreement: "金牌服务：工作日 4 小时到场"})
		must(h.t, err)
		_, err = h.store.AddContact(ctx, records.Contact{CustomerID: c.ID, Name: "孙丽", Numbers: []records.Number{{Number: "13913800001"}}})
		must(h.t, err)
	}
	number := "1391380000" + call[len(call)-1:] // call-1 is from the customer's contact
	_, err = h.store.OwnCall(ctx, records.OwnInput{Call: call, Queue: "service", Agent: "anna", Number: number})
	must(h.t, err)
	done, err := h.store.WrapUp(ctx, records.WrapUpInput{
		Call: call, By: "anna", Outcome: kind, Subject: subject, Product: "system",
		Escalation: &records.EscalationFacts{
			Situation: "停电后服务器无法启动，电源灯不亮。\n已请客户检查插座。", Contact: records.EscalatedTo{Name: "孙丽", Number: number, Confirmed: true},
			Told: records.ToldToCustomer{Means: "工程师上门", At: h.now().Add(24 * time.Hour), Procedure: "到场前电话联系"},
		},
	})
	must(h.t, err)
	e, err := h.store.Escalation(ctx, done.Escalation)
	must(h.t, err)
	return e
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
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

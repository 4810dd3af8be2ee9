package remote_test

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
	"hotline/records/probe"
	"hotline/records/procedure"
	"hotline/records/vault"
	"hotline/web"
	"hotline/web/customer"
	"hotline/web/orders"
	"hotline/web/remote"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// password is everybody's in these tests.
const password = "a long enough sentence"

// house is the site over real records, a real vault and real ports of this machine; nobody telephones in it.
type house struct {
	t      testing.TB
	dir    string
	store  *records.Store
	server *httptest.Server
	log    *output
	port   uint16 // that the customer opens
	opened net.Listener
}

// output is what the process says.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func get[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

func openHouse(t testing.TB, shown time.Duration) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), log: &output{}}
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.opened = get[net.Listener](t)((&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0"))
	t.Cleanup(func() { _ = h.opened.Close() })
	h.port = netip.MustParseAddrPort(h.opened.Addr().String()).Port()
	secrets := get[*vault.Vault](t)(vault.Open(vault.Options{Dir: filepath.Join(h.dir, "vault"), KeyFile: filepath.Join(h.dir, "vault.key")}))
	h.store = get[*records.Store](t)(records.Open(t.Context(), records.Options{
		Path: filepath.Join(h.dir, "hotline.db"), Files: filepath.Join(h.dir, "files"), Log: log, Zone: zone,
		Procedures: get[[]procedure.Definition](t)(procedure.ParseAll(os.DirFS("../../configs/procedures"))), Vault: secrets,
		Probe: probe.New(probe.Options{Allow: []probe.Rule{get[probe.Rule](t)(probe.ParseRule("127.0.0.0/8", "1-65535"))}, Every: time.Nanosecond, PerSec: 1e6}),
	}))
	t.Cleanup(func() { must(t, h.store.Close()) })
	for login, u := range map[string]records.NewUser{
		"sue":  {Roles: []string{records.RoleSupervisor}, Name: "苏敏"},
		"anna": {Roles: []string{records.RoleAgent}, Name: "安娜"},
		"dan":  {Roles: []string{records.RoleDispatcher}, Name: "邓伟"},
		"gao":  {Roles: []string{records.RoleEngineer}, Name: "高明"},
		"he":   {Roles: []string{records.RoleEngineer}, Name: "何平"},
	} {
		u.Login, u.Password = login, password
		get[records.User](t)(h.store.AddUser(t.Context(), u))
	}
	pages := get[*ui.Pages](t)(ui.New(ui.Options{Zone: zone, Log: log, Company: "南山方略"}))
	h.server = httptest.NewUnstartedServer(nil)
	far := remote.New(remote.Options{
		Pages: pages, Records: h.store, PublicURL: "http://" + h.server.Listener.Addr().String(), Company: "南山方略", Hotline: "4008001234", Shown: shown, Log: log,
	})
	o := orders.Options{Pages: pages, Records: h.store, Log: log, Panels: map[string][]orders.Panel{}, Needs: []orders.Beside{far.Beside}}
	for _, panel := range far.Panels() {
		o.Panels[records.KindRemote] = append(o.Panels[records.KindRemote], panel)
	}
	o.Styles, o.Scripts = remote.Assets()
	behind := customer.New(customer.Options{
		Pages: pages, Records: h.store, Hotline: "4008001234", Log: log, Purposes: map[string]customer.Purpose{
			records.LinkConfirm: customer.Confirm{Evidence: h.store, Say: pages.Say}, records.LinkVault: remote.Enter{Records: h.store, Say: pages.Say},
		},
	})
	site := get[*web.Site](t)(web.New(web.Options{
		Version: "test", Log: log, Records: h.store, Agents: agent.NewRoster(agent.Options{Log: log}), Calls: nobodyCalls{}, Hub: web.NewHub(0),
		Pages: pages, Mounts: []func(ui.Router){orders.New(o).Mount, far.Mount, behind.Mount},
	}))
	h.server.Config.Handler = site
	h.server.Start()
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

// order brings a call of anna's to a remote order assigned to gao.
func (h *house) order(call string) records.Order {
	h.t.Helper()
	ctx := h.t.Context()
	works := get[records.Customer](h.t)(h.store.AddCustomer(ctx, records.Customer{Name: "华东一厂", Region: "北京", Agreement: "金牌服务，远程 30 分钟响应"}))
	get[records.Contact](h.t)(h.store.AddContact(ctx, records.Contact{CustomerID: works.ID, Name: "孙丽", Numbers: []records.Number{{Number: "13800138000"}}}))
	get[records.OwnedCase](h.t)(h.store.OwnCall(ctx, records.OwnInput{Call: call, Queue: "service", Agent: "anna", Number: "13800138000"}))
	now := time.Now()
	done := get[records.WrapUpResult](h.t)(h.store.WrapUp(ctx, records.WrapUpInput{
		Call: call, By: "anna", Outcome: records.KindRemote, Subject: "升级后报表无法打印", Product: "erp",
		Escalation: &records.EscalationFacts{
			Situation: "安装补丁 7 后，财务报表打印无反应。", Contact: records.EscalatedTo{Name: "孙丽", Number: "010-65521234", Confirmed: true},
			Told:   records.ToldToCustomer{Means: "远程处理", At: now.Add(time.Hour), Procedure: "先备份再处理"},
			Region: "北京", Centre: "华北服务中心",
		},
	}))
	get[records.Escalation](h.t)(h.store.AcceptEscalation(ctx, done.Escalation, "dan", 0))
	return get[records.Order](h.t)(h.store.OpenOrder(ctx, records.Actor{Login: "dan"}, records.OpenOrder{Escalation: done.Escalation, Engineer: "gao"}))
}

// visitor is a signed-in browser without pages.
type visitor struct {
	h      *house
	client *http.Client
}

func (h *house) visit(login string) visitor {
	h.t.Helper()
	v := visitor{h, &http.Client{Jar: get[*cookiejar.Jar](h.t)(cookiejar.New(nil)), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if status, _ := v.post("/login", "login", login, "password", password); status != http.StatusSeeOther {
		h.t.Fatalf("%s cannot sign in: %d", login, status)
	}
	return v
}

// post sends a form and gives status and body.
func (v visitor) post(path string, pairs ...string) (int, string) {
	v.h.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := get[*http.Request](v.h.t)(http.NewRequestWithContext(v.h.t.Context(), http.MethodPost, v.h.server.URL+path, strings.NewReader(form.Encode())))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", v.h.server.URL)
	answer, err := v.client.Do(r)
	must(v.h.t, err)
	defer answer.Body.Close()
	var body bytes.Buffer
	get[int64](v.h.t)(body.ReadFrom(answer.Body))
	return answer.StatusCode, body.String()
}

package desk_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
	"hotline/web"
	"hotline/web/desk"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// password is everybody's in these tests.
const password = "a long enough sentence"

// house is the whole site over real records; presence and the queue are played.
type house struct {
	t      testing.TB
	dir    string
	addr   string
	store  *records.Store
	played *presence
	site   *web.Site
	leave  func()
	server *http.Server
	served chan error
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), addr: "127.0.0.1:0", played: &presence{views: map[string]agent.View{}}}
	h.start()
	t.Cleanup(h.stop)
	for _, u := range []records.NewUser{
		{Login: "li", Name: "李强", Team: "north", Roles: []string{records.RoleAgent}},
		{Login: "wang", Name: "王芳", Team: "north", Roles: []string{records.RoleAgent}},
		{Login: "chen", Name: "陈静", Roles: []string{records.RoleAgent, records.RoleSupervisor}},
		{Login: "deng", Name: "邓伟", Roles: []string{records.RoleDispatcher}},
	} {
		get[records.User](t)(h.store.AddUser(t.Context(), u))
	}
	return h
}

// start opens the records and serves, at the address of the last time.
func (h *house) start() {
	h.t.Helper()
	log := slog.New(slog.NewTextHandler(h.t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	zone := get[*time.Location](h.t)(time.LoadLocation("Asia/Shanghai"))
	h.store = get[*records.Store](h.t)(records.Open(context.Background(), records.Options{
		Path: filepath.Join(h.dir, "hotline.db"), Log: log, Zone: zone, Files: filepath.Join(h.dir, "attachments"), MaxFile: 1 << 20,
		Departments: []string{"sales", "finance"},
	}))
	pages := get[*ui.Pages](h.t)(ui.New(ui.Options{Log: log, Zone: zone}))
	d := get[*desk.Desk](h.t)(desk.New(desk.Options{
		Pages: pages, Records: h.store, Presence: h.played, Log: log, MaxFile: 1 << 20,
		Products: func() []desk.Product {
			return []desk.Product{
				{Choice: desk.Choice{Code: "software", Words: desk.Words{Zh: "应用软件", En: "Application software"}}, Categories: []desk.Choice{
					{Code: "login", Words: desk.Words{Zh: "登录与权限", En: "Login and rights"}}, {Code: "printing", Words: desk.Words{Zh: "打印", En: "Printing"}},
				}},
				{Choice: desk.Choice{Code: "system", Words: desk.Words{Zh: "服务器与网络", En: "Servers and network"}}},
			}
		},
		Templates: []desk.Template{
			{Name: "fault", Title: desk.Words{Zh: "故障", En: "Fault"}, Text: desk.Words{Zh: "现象：\n报错内容：\n从何时开始：", En: "What happens:\nError text:\nSince when:"}},
			{Name: "login", Product: "software", Category: "login", Title: desk.Words{Zh: "登录问题", En: "Login"}, Text: desk.Words{Zh: "登录账号：\n提示内容：", En: "Account:\nMessage shown:"}},
		},
		Departments: []desk.Choice{
			{Code: "sales", Words: desk.Words{Zh: "销售部", En: "Sales"}}, {Code: "finance", Words: desk.Words{Zh: "财务部", En: "Finance"}},
		},
		Centres: []desk.Choice{{Code: "nanjing", Words: desk.Words{Zh: "南京服务中心", En: "Nanjing centre"}}, {Code: "hefei", Words: desk.Words{Zh: "合肥服务中心", En: "Hefei centre"}}},
		Queues:  []desk.Choice{{Code: "service", Words: desk.Words{Zh: "服务热线", En: "Service hotline"}}},
	}))
	roster := agent.NewRoster(agent.Options{Log: log})
	var profiles []agent.Profile
	for _, login := range []string{"li", "wang", "chen"} {
		profiles = append(profiles, agent.Profile{Login: login, Name: login, Queues: []agent.Skill{{Queue: "service", Level: 1}}})
	}
	roster.SetProfiles(profiles)
	running, leave := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	go func() { gone <- roster.Run(running) }()
	h.leave = func() {
		leave()
		if err := <-gone; err != nil {
			h.t.Error(err)
		}
	}
	h.site = get[*web.Site](h.t)(web.New(web.Options{
		Version: "test", Log: log, Records: h.store, Agents: roster, Calls: noCalls{}, Hub: web.NewHub(64),
		Pages: pages, Mounts: []func(ui.Router){d.Mount},
	}))
	listener := get[net.Listener](h.t)((&net.ListenConfig{}).Listen(context.Background(), "tcp", h.addr))
	h.addr = listener.Addr().String()
	h.server = &http.Server{Handler: h.site, ReadHeaderTimeout: time.Minute}
	h.served = make(chan error, 1)
	go func() { h.served <- h.server.Serve(listener) }()
}

// stop ends the server as a crash would: nothing is said to anybody.
func (h *house) stop() {
	h.t.Helper()
	h.site.Drain()
	h.leave()
	if err := h.server.Close(); err != nil {
		h.t.Error(err)
	}
	if err := <-h.served; !errors.Is(err, http.ErrServerClosed) {
		h.t.Error(err)
	}
	if err := h.store.Close(); err != nil {
		h.t.Error(err)
	}
}

func (h *house) url() string { return "http://" + h.addr }

func get[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
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

// answer records that login answered a call, and that presence shows them talking.
func (h *house) answer(call, login, number string) records.OwnedCase {
	h.t.Helper()
	at := time.Now().Add(-time.Minute)
	shown, _ := records.Normalise(number, "CN")
	must(h.t, h.store.SaveVerdict(h.t.Context(), records.CallRow{
		Call: call, Switch: "a", DID: "4000000000", Queue: "service", Number: shown, Arrived: at, Ring1: at, Rule: "three-rings/1", Answered: true,
		AnsweredAt: at, Agent: login, Rings: 1, WaitedMS: 2000, Met: true,
	}))
	own := get[records.OwnedCase](h.t)(h.store.OwnCall(h.t.Context(), records.OwnInput{Call: call, Queue: "service", Agent: login, Number: number, At: at}))
	h.played.set(agent.View{Login: login, State: agent.Talking, Call: call, Queues: []string{"service"}})
	return own
}

// factory is a customer whom the records know well: 王芳 of 华东一厂.
func (h *house) factory() (records.Customer, records.Contact) {
	h.t.Helper()
	c := get[records.Customer](h.t)(h.store.AddCustomer(h.t.Context(), records.Customer{
		Name: "华东一厂", Region: "江苏", ServiceCentre: "nanjing", Agreement: "金牌服务：工作日 2 小时响应，4 小时到场",
	}))
	return c, get[records.Contact](h.t)(h.store.AddContact(h.t.Context(), records.Contact{
		Name: "王芳", CustomerID: c.ID, Email: "wf@example.com", Numbers: []records.Number{{Number: "13800138000", Label: "mobile"}},
	}))
}

// presence is played: what an agent does now, and who was freed.
type presence struct {
	mu    sync.Mutex
	views map[string]agent.View
	freed []string
}

func (p *presence) set(v agent.View) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.views[v.Login] = v
}

func (p *presence) View(login string) (agent.View, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	v, ok := p.views[login]
	return v, ok
}

func (p *presence) WrappedUp(login, call string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.freed = append(p.freed, login+" "+call)
	p.views[login] = agent.View{Login: login, State: agent.Ready, Queues: []string{"service"}}
	return nil
}

// noCalls is a queue without calls; nobody orders anything of it here.
type noCalls struct{ web.Switchboard }

func (noCalls) Calls() []queue.CallView            { return nil }
func (noCalls) Call(string) (queue.CallView, bool) { return queue.CallView{}, false }
func (noCalls) Queues() []queue.QueueView          { return nil }
func (noCalls) Agents() []queue.AgentNumbers       { return nil }
func (noCalls) Floor(mark func()) queue.Floor      { mark(); return queue.Floor{} }

// session signs somebody in without a password, whose hash is slow on purpose.
func (h *house) session(login string) string {
	h.t.Helper()
	token, _, err := h.store.NewSession(h.t.Context(), login)
	must(h.t, err)
	return token
}

// client is somebody with a browser without scripts.
type client struct {
	h    *house
	http *http.Client
	lang string
}

func (h *house) signIn(login string) *client {
	h.t.Helper()
	c := &client{h: h, lang: "en", http: &http.Client{Jar: get[*cookiejar.Jar](h.t)(cookiejar.New(nil))}}
	h.t.Cleanup(c.http.CloseIdleConnections)
	c.http.Jar.SetCookies(get[*url.URL](h.t)(url.Parse(h.url())), []*http.Cookie{{Name: "hotline", Value: h.session(login), Path: "/"}})
	return c
}

// reply is an answer, read whole.
type reply struct {
	t      testing.TB
	what   string
	Status int
	Header http.Header
	Body   string
}

func (r *reply) want(status int, parts ...string) *reply {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("%s answered %d, want %d: %s", r.what, r.Status, status, r.words())
	}
	for _, part := range parts {
		if !strings.Contains(r.Body, part) {
			r.t.Errorf("%s does not say %q: %s", r.what, part, r.words())
		}
	}
	return r
}

// words is the answer without its markup.
func (r *reply) words() string {
	_, body, found := strings.Cut(r.Body, "<main")
	if !found {
		body = r.Body
	}
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")), " ")
}

func (r *reply) without(parts ...string) *reply {
	r.t.Helper()
	for _, part := range parts {
		if strings.Contains(r.Body, part) {
			r.t.Errorf("%s says %q", r.what, part)
		}
	}
	return r
}

func (c *client) get(path string) *reply { c.h.t.Helper(); return c.send(http.MethodGet, path, "", "") }

// post sends a form as htmx does.
func (c *client) post(path string, pairs ...string) *reply {
	c.h.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return c.send(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode())
}

func (c *client) send(method, path, kind, body string) *reply {
	c.h.t.Helper()
	req := get[*http.Request](c.h.t)(http.NewRequestWithContext(c.h.t.Context(), method, c.h.url()+path, strings.NewReader(body)))
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if method != http.MethodGet {
		req.Header.Set("HX-Request", "true")
	}
	req.Header.Set("Accept-Language", c.lang)
	res, err := c.http.Do(req)
	must(c.h.t, err)
	defer res.Body.Close()
	text := get[[]byte](c.h.t)(io.ReadAll(res.Body))
	return &reply{t: c.h.t, what: method + " " + path, Status: res.StatusCode, Header: res.Header, Body: strings.ReplaceAll(string(text), "&#43;", "+")}
}

// screenshots are kept where one can look at them, not in the repository.
func shots(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("HOTLINE_TEST_SHOTS")
	if dir == "" {
		return t.TempDir()
	}
	return dir
}

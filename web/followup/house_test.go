package followup_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/agent"
	"hotline/configs/procedures"
	"hotline/configs/surveys"
	"hotline/queue"
	"hotline/queue/outward"
	"hotline/records"
	"hotline/records/instrument"
	"hotline/records/procedure"
	"hotline/records/sampling"
	"hotline/web"
	"hotline/web/customer"
	"hotline/web/followup"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the whole site over real records; only the telephone is played.
type house struct {
	t     testing.TB
	store *records.Store
	file  string // of the database
	base  string
	desk  *followup.Desk
	phone *telephone
	mails []followup.Mail

	mu  sync.Mutex
	now time.Time
}

// telephone plays the dialer of calls out: the leave is asked for as the real one does.
type telephone struct {
	h    *house
	mu   sync.Mutex
	live []outward.View
	no   error
	n    int
}

func (p *telephone) Place(ctx context.Context, r outward.Request) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.no != nil {
		return "", p.no
	}
	p.n++
	call := fmt.Sprint("a-out.", p.n)
	if _, err := p.h.store.BeginOutCall(ctx, records.NewOutCall{Call: call, Purpose: r.Purpose, Ref: r.Ref, Login: r.Login, Machine: r.Machine}); err != nil {
		return "", err
	}
	p.live = append(p.live, outward.View{Call: call, Login: r.Login, Purpose: r.Purpose, Ref: r.Ref, Machine: r.Machine, State: "calling"})
	return call, nil
}

func (p *telephone) HangUp(string) error { p.end("cancelled"); return nil }

func (p *telephone) Live() []outward.View {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]outward.View(nil), p.live...)
}

func (p *telephone) be(state string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.live {
		p.live[i].State = state
	}
}

func (p *telephone) end(outcome string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.live {
		if outcome == "customer" {
			must(p.h.t, p.h.store.AnswerOutCall(context.Background(), c.Call, p.h.clock(), c.Call))
		}
		must(p.h.t, p.h.store.EndOutCall(context.Background(), c.Call, outcome, p.h.clock()))
	}
	p.live = nil
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) advance(d time.Duration) {
	h.mu.Lock()
	h.now = h.now.Add(d)
	h.mu.Unlock()
}

func newHouse(t testing.TB) *house {
	t.Helper()
	ctx := context.Background()
	h := &house{t: t, now: time.Now().UTC().Truncate(time.Second)}
	h.phone = &telephone{h: h}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	zone := get[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))
	dir := t.TempDir()
	h.file = filepath.Join(dir, "hotline.db")
	h.store = get[*records.Store](t)(records.Open(ctx, records.Options{
		Path: h.file, Files: filepath.Join(dir, "files"), Log: slog.New(slog.DiscardHandler), Zone: zone, Now: h.clock,
		Procedures: get[[]procedure.Definition](t)(procedure.ParseAll(procedures.Files)), Sampling: sampling.Rule{Small: 1000},
		Form: get[instrument.Form](t)(instrument.Parse("satisfaction.yaml", surveys.Satisfaction)), SessionMax: 24 * 365 * time.Hour, SessionIdle: 24 * 365 * time.Hour,
	}))
	pages := get[*ui.Pages](t)(ui.New(ui.Options{Log: log, Zone: zone, Company: "南山方略"}))
	server := httptest.NewUnstartedServer(nil)
	h.base = "http://" + server.Listener.Addr().String()
	h.desk = followup.New(followup.Options{
		Pages: pages, Records: h.store, Dialer: h.phone, PublicURL: h.base, Company: "南山方略", Hotline: "4000000000", Log: log, Now: h.clock, Zone: zone,
		Products: func() map[string]followup.Text {
			return map[string]followup.Text{"software": {Zh: "应用软件", En: "Application software"}}
		}, Centres: map[string]followup.Text{"north": {Zh: "北方中心", En: "North"}},
		Mail: func(_ context.Context, m followup.Mail) error { h.mails = append(h.mails, m); return nil },
	})
	site := get[*web.Site](t)(web.New(web.Options{
		Version: "test", Log: log, Records: h.store, Agents: agent.NewRoster(agent.Options{Log: log}), Calls: noCalls{}, Hub: web.NewHub(16), Pages: pages,
		Mounts: []func(ui.Router){h.desk.Mount, customer.New(customer.Options{
			Pages: pages, Records: h.store, Hotline: "4000000000", Log: log, Purposes: map[string]customer.Purpose{records.LinkSurvey: h.desk.SurveyLink()},
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
		{Login: "li", Name: "李强", Roles: []string{records.RoleAgent}},
		{Login: "wang", Name: "王芳", Roles: []string{records.RoleAgent}},
		{Login: "chen", Name: "陈静", Roles: []string{records.RoleSupervisor}},
		{Login: "zhou", Name: "周敏", Roles: []string{records.RoleSupervisor}},
		{Login: "both", Name: "高明", Roles: []string{records.RoleAgent, records.RoleSupervisor}},
	} {
		get[records.User](t)(h.store.AddUser(ctx, u))
	}
	return h
}

// solve has an agent solve a case of a known customer and gives its follow-up.
func (h *house) solve(call, login, subject string) records.FollowUp {
	h.t.Helper()
	ctx := context.Background()
	k := get[records.OwnedCase](h.t)(h.store.OwnCall(ctx, records.OwnInput{Call: call, Queue: "service", Agent: login, Number: "13800138000"}))
	get[records.WrapUpResult](h.t)(h.store.WrapUp(ctx, records.WrapUpInput{
		Call: call, By: login, Outcome: records.OutcomeSolved, Subject: subject, Product: "software", Solved: &records.SolvedFacts{Solution: "重装驱动", Confirmed: true},
	}))
	return get[records.FollowUp](h.t)(h.store.FollowUp(ctx, k.Number))
}

// customer adds the one who calls.
func (h *house) customer() records.Customer {
	h.t.Helper()
	ctx := context.Background()
	c := get[records.Customer](h.t)(h.store.AddCustomer(ctx, records.Customer{Name: "华东一厂", ServiceCentre: "north", Agreement: "年度服务协议"}))
	get[records.Contact](h.t)(h.store.AddContact(ctx, records.Contact{CustomerID: c.ID, Name: "孙丽", Email: "sun@example.org", Numbers: []records.Number{{Number: "13800138000"}}}))
	return c
}

// draw lets the day end.
func (h *house) draw() {
	h.t.Helper()
	h.advance(24 * time.Hour)
	get[records.Swept](h.t)(h.store.SweepOverdue(context.Background(), h.clock()))
}

// client is somebody with a browser without scripts.
type client struct {
	h    *house
	http *http.Client
}

func (h *house) session(login string) string {
	h.t.Helper()
	token, _, err := h.store.NewSession(context.Background(), login)
	must(h.t, err)
	return token
}

func (h *house) signIn(login string) *client {
	h.t.Helper()
	c := &client{h, &http.Client{Jar: get[http.CookieJar](h.t)(cookiejar.New(nil))}}
	if login != "" {
		at := get[*url.URL](h.t)(url.Parse(h.base))
		c.http.Jar.SetCookies(at, []*http.Cookie{{Name: "hotline", Value: h.session(login), Path: "/"}})
	}
	return c
}

func (c *client) get(path string) (int, string) { return c.do(http.MethodGet, path, "", nil) }

func (c *client) post(path string, pairs ...string) (int, string) {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return c.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (c *client) do(method, path, kind string, body io.Reader) (int, string) {
	c.h.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = c.h.base + path
	}
	req := get[*http.Request](c.h.t)(http.NewRequestWithContext(context.Background(), method, path, body))
	req.Header.Set("Accept-Language", "zh-CN")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
		req.Header.Set("HX-Request", "true")
	}
	res := get[*http.Response](c.h.t)(c.http.Do(req)) //nolint:bodyclose // below
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode, string(get[[]byte](c.h.t)(io.ReadAll(res.Body)))
}

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

func has(t testing.TB, what, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			t.Errorf("%s: %q is not in\n%s", what, w, text)
		}
	}
}

// noCalls is a queue without any.
type noCalls struct{ web.Switchboard }

func (noCalls) Calls() []queue.CallView       { return nil }
func (noCalls) Queues() []queue.QueueView     { return nil }
func (noCalls) Agents() []queue.AgentNumbers  { return nil }
func (noCalls) Floor(mark func()) queue.Floor { mark(); return queue.Floor{} }

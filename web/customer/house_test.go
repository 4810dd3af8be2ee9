package customer_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/agent"
	"hotline/configs/procedures"
	"hotline/queue"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/web"
	"hotline/web/customer"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the whole site over real records, with an onsite order that is under way.
type house struct {
	t     testing.TB
	store *records.Store
	base  string
	order records.Order
	log   *strings.Builder
}

const number = "+8613800138000"

func newHouse(t testing.TB) *house {
	t.Helper()
	ctx := context.Background()
	h := &house{t: t, log: &strings.Builder{}}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	zone := get[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))
	dir := t.TempDir()
	h.store = get[*records.Store](t)(records.Open(ctx, records.Options{
		Path: filepath.Join(dir, "hotline.db"), Files: filepath.Join(dir, "files"), Log: slog.New(slog.DiscardHandler), Zone: zone,
		Procedures: get[[]procedure.Definition](t)(procedure.ParseAll(procedures.Files)),
	}))
	pages := get[*ui.Pages](t)(ui.New(ui.Options{Log: log, Zone: zone, Company: "南山方略"}))
	site := get[*web.Site](t)(web.New(web.Options{
		Version: "test", Log: log, Records: h.store, Agents: agent.NewRoster(agent.Options{Log: log}), Calls: noCalls{}, Hub: web.NewHub(16), Pages: pages,
		Mounts: []func(ui.Router){customer.New(customer.Options{
			Pages: pages, Records: h.store, Hotline: "400-000-0000", Log: log,
			Purposes: map[string]customer.Purpose{
				records.LinkConfirm: customer.Confirm{Evidence: h.store, Say: pages.Say}, records.LinkConsent: customer.Consent{Evidence: h.store, Say: pages.Say},
				records.LinkSign: customer.Sign{Evidence: h.store, Say: pages.Say}, records.LinkDownload: customer.Download{Evidence: h.store, Say: pages.Say},
			},
		}).Mount},
	}))
	server := httptest.NewServer(site)
	h.base = server.URL
	t.Cleanup(func() {
		site.Drain()
		server.Close()
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, u := range []records.NewUser{
		{Login: "chen", Name: "陈静", Roles: []string{records.RoleSupervisor}}, {Login: "gao", Name: "高明", Roles: []string{records.RoleEngineer}},
	} {
		get[records.User](t)(h.store.AddUser(ctx, u))
	}
	h.order = get[records.Order](t)(h.store.OpenOrder(ctx, records.Actor{Login: "chen"}, records.OpenOrder{
		Procedure: "onsite", Contact: "孙丽", Number: number, Product: "方略 ERP 8.3", Subject: "月结后库存对不上", Situation: "差额", Engineer: "gao",
	}))
	// Up to the backup: the customer is asked for permission.
	for _, step := range []string{"appointment", "arrival", "identity"} {
		h.settle(step)
	}
	return h
}

// settle lets the manager pass a step.
func (h *house) settle(step string) {
	h.t.Helper()
	h.order = get[records.Order](h.t)(h.store.OverrideStep(context.Background(), records.Actor{Login: "chen"}, h.order.ID, step, "测试", 0))
}

// link makes a link of gao's for the order.
func (h *house) link(in records.NewLink) (records.Link, string) {
	h.t.Helper()
	in.Order = h.order.ID
	l, token, err := h.store.NewLink(context.Background(), records.Actor{Login: "gao"}, in)
	if err != nil {
		h.t.Fatal(err)
	}
	return l, h.base + "/c/" + token
}

// document issues a small PDF.
func (h *house) document() records.Issued {
	h.t.Helper()
	return get[records.Issued](h.t)(h.store.IssueDocument(context.Background(), records.Actor{Login: "gao"}, records.Issued{
		Number: h.order.Number, Kind: "work_order", Hash: strings.Repeat("ab", 32), Order: h.order.ID,
	}, "工作单.pdf", strings.NewReader("%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF")))
}

// evidence gives the bodies of what the customer said to a need.
func (h *house) evidence(step, need string) []records.Evidence {
	h.t.Helper()
	f := get[records.OrderFile](h.t)(h.store.Order(context.Background(), h.order.ID))
	var out []records.Evidence
	for _, e := range f.Evidence {
		if e.Step == step && e.Need == need && e.Actor == "customer" {
			out = append(out, e)
		}
	}
	return out
}

func bodyOf(t testing.TB, e records.Evidence) procedure.Body {
	t.Helper()
	var b procedure.Body
	if err := json.Unmarshal(e.Body, &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// phone is a customer's browser.
type phone struct {
	t      testing.TB
	client *http.Client
}

func newPhone(t testing.TB) *phone {
	t.Helper()
	return &phone{t, &http.Client{Jar: get[*cookiejar.Jar](t)(cookiejar.New(nil))}}
}

func (p *phone) get(address string) (int, string) { return p.do(http.MethodGet, address, nil) }

func (p *phone) post(address string, form url.Values) (int, string) {
	return p.do(http.MethodPost, address, form)
}

func (p *phone) do(method, address string, form url.Values) (int, string) {
	p.t.Helper()
	req := get[*http.Request](p.t)(http.NewRequestWithContext(context.Background(), method, address, strings.NewReader(form.Encode())))
	req.Header.Set("Accept-Language", "en")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var b strings.Builder
	if err := res.Write(&b); err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, b.String()
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

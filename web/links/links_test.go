package links_test

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
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
	"hotline/web/browser"
	"hotline/web/customer"
	"hotline/web/links"
	"hotline/web/orders"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type noCalls struct{ web.Switchboard }

func (noCalls) Calls() []queue.CallView       { return nil }
func (noCalls) Queues() []queue.QueueView     { return nil }
func (noCalls) Agents() []queue.AgentNumbers  { return nil }
func (noCalls) Floor(mark func()) queue.Floor { mark(); return queue.Floor{} }

// house has an onsite order of gao's, at the step where the customer permits the backup.
type house struct {
	t     *testing.T
	store *records.Store
	base  string
	order records.Order
}

func newHouse(t *testing.T) *house {
	t.Helper()
	ctx, log, dir := context.Background(), slog.New(slog.DiscardHandler), t.TempDir()
	h := &house{t: t}
	h.store = get[*records.Store](t)(records.Open(ctx, records.Options{
		Path: filepath.Join(dir, "hotline.db"), Files: filepath.Join(dir, "files"), Log: log, Zone: time.UTC, Channels: []string{records.ByMail},
		Procedures: get[[]procedure.Definition](t)(procedure.ParseAll(procedures.Files)),
	}))
	pages := get[*ui.Pages](t)(ui.New(ui.Options{Log: log}))
	made := links.New(links.Options{Pages: pages, Records: h.store, Mail: true, Log: log})
	site := get[*web.Site](t)(web.New(web.Options{
		Version: "test", Log: log, Records: h.store, Agents: agent.NewRoster(agent.Options{Log: log}), Calls: noCalls{}, Hub: web.NewHub(16), Pages: pages,
		Mounts: []func(ui.Router){
			made.Mount,
			orders.New(orders.Options{Pages: pages, Records: h.store, Log: log, Panels: map[string][]orders.Panel{"": {made.Panel}}, Needs: []orders.Beside{made.Beside}}).Mount,
			customer.New(customer.Options{Pages: pages, Records: h.store, Log: log, Purposes: map[string]customer.Purpose{
				records.LinkConsent: customer.Consent{Evidence: h.store, Say: pages.Say},
			}}).Mount,
		},
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
	for login, role := range map[string]string{"chen": records.RoleSupervisor, "gao": records.RoleEngineer, "he": records.RoleEngineer} {
		get[records.User](t)(h.store.AddUser(ctx, records.NewUser{Login: login, Name: login, Roles: []string{role}}))
	}
	contact := get[records.Contact](t)(h.store.AddContact(ctx, records.Contact{Name: "孙丽", Email: "sun@example.com", Numbers: []records.Number{{Number: "13800138000"}}}))
	h.order = get[records.Order](t)(h.store.OpenOrder(ctx, records.Actor{Login: "chen"}, records.OpenOrder{
		Procedure: "onsite", ContactID: contact.ID, Contact: contact.Name, Number: "13800138000", Subject: "月结后库存对不上", Situation: "差额", Engineer: "gao",
	}))
	for _, step := range []string{"appointment", "arrival", "identity"} {
		h.order = get[records.Order](t)(h.store.OverrideStep(ctx, records.Actor{Login: "chen"}, h.order.ID, step, "测试", 0))
	}
	return h
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
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		h.t.Fatal(err)
	}
	body := get[[]byte](h.t)(io.ReadAll(res.Body))
	if err := res.Body.Close(); err != nil {
		h.t.Error(err)
	}
	return res.StatusCode, string(body)
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

func (h *house) wanted(step, need string) url.Values {
	return url.Values{"order": {h.order.ID}, "step": {step}, "need": {need}}
}

var shown = regexp.MustCompile(`value="([^"]*/c/[A-Z0-9]+)"`)

// TestMake: who may, for what, and that the address is shown once and mailed as it is.
func TestMake(t *testing.T) {
	h := newHouse(t)
	_, page := h.do("gao", "GET", "/orders/"+h.order.Number, nil)
	if !strings.Contains(page, `data-testid="link-backup-permission"`) || !strings.Contains(page, "Mail it to s***@example.com") || strings.Contains(page, "sun@example.com") {
		t.Errorf("the order's page offers no link, or tells the address:\n%s", page)
	}
	if status, _ := h.do("he", "POST", "/links", h.wanted("backup", "permission")); status != http.StatusForbidden {
		t.Errorf("another engineer: %d", status)
	}
	for _, not := range [][2]string{{"backup", "backup"}, {"work_order", "signed"}, {"nowhere", "nothing"}} {
		if status, _ := h.do("gao", "POST", "/links", h.wanted(not[0], not[1])); status != http.StatusConflict {
			t.Errorf("a link for %v: %d", not, status)
		}
	}
	form := h.wanted("backup", "permission")
	form.Set("send", "mail")
	status, page := h.do("gao", "POST", "/links", form)
	match := shown.FindStringSubmatch(page)
	if status != http.StatusOK || match == nil || !strings.Contains(page, "data:image/png;base64,") || !strings.Contains(page, "The mail to s***@example.com is queued") {
		t.Fatalf("%d:\n%s", status, page)
	}
	address := html.UnescapeString(match[1])
	if !strings.HasPrefix(address, h.base+"/c/") {
		t.Errorf("address %s", address)
	}
	got := &catcher{came: make(chan records.Parcel, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- records.NewOutbox(h.store, records.OutboxOptions{Carriers: map[string]records.Carrier{records.ByMail: got}, Log: slog.New(slog.DiscardHandler)}).Run(ctx)
	}()
	p := <-got.came
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if h.base+p.Path != address || p.Address != "sun@example.com" || strings.Contains(p.Text.EN, "{0}") || !strings.Contains(p.Text.ZH, h.order.Number) {
		t.Errorf("mailed %+v", p)
	}
	_, page = h.do("gao", "GET", "/orders/"+h.order.Number, nil)
	if !strings.Contains(page, "not opened") || strings.Contains(page, p.Path) {
		t.Errorf("the order's page tells nothing of the link, or its secret:\n%s", page)
	}
	list := get[records.Page[records.Link]](t)(h.store.Links(t.Context(), records.LinkFilter{Order: h.order.ID}))
	if status, _ := h.do("he", "POST", "/links/"+list.Items[0].ID+"/revoke", nil); status != http.StatusForbidden {
		t.Errorf("withdrawn by another engineer: %d", status)
	}
	if status, _ := h.do("gao", "POST", "/links/"+list.Items[0].ID+"/revoke", nil); status != http.StatusSeeOther {
		t.Errorf("withdraw: %d", status)
	}
	if l := get[records.Link](t)(h.store.Link(t.Context(), list.Items[0].ID)); l.RevokedBy != "gao" {
		t.Errorf("withdrawn: %+v", l)
	}
}

// catcher takes mail.
type catcher struct{ came chan records.Parcel }

func (c *catcher) Carry(_ context.Context, p records.Parcel) error {
	c.came <- p
	return nil
}

// TestFromOrderToAnswer: the engineer makes the link, the customer agrees on their phone, the order has the evidence.
func TestFromOrderToAnswer(t *testing.T) {
	h := newHouse(t)
	b := browser.Start(t, browser.Options{})
	desk := b.Tab(browser.Look{Still: true})
	desk.Goto(h.base + "/healthz")
	desk.Run(fmt.Sprintf(`document.cookie = "hotline=%s; path=/"`, h.session("gao")))
	desk.Goto(h.base + "/orders/" + h.order.Number)
	desk.Click("[data-testid=link-backup-permission] [data-testid=make-link]")
	desk.WaitVisible("[data-testid=address]")
	look(t, desk, "links-made")
	var address string
	desk.Eval(`document.querySelector("[data-testid=address]").value`, &address)

	phone := b.Tab(browser.Look{Width: 390, Height: 844, Still: true})
	phone.Goto(address)
	phone.Fill("#digits", "8000")
	phone.Click("[data-testid=go]")
	phone.Click("[data-testid=yes]")
	phone.WaitVisible("[data-testid=done]")
	desk.Goto(h.base + "/orders/" + h.order.Number)
	desk.WaitText("[data-testid=links]", "已答复")
	look(t, desk, "links-order")
	f := get[records.OrderFile](t)(h.store.Order(t.Context(), h.order.ID))
	if last := f.Evidence[len(f.Evidence)-1]; last.Need != "permission" || last.Via != procedure.ViaLink || last.Actor != "customer" {
		t.Errorf("evidence: %+v", last)
	}
	if told := get[records.Page[records.Told]](t)(h.store.Notifications(t.Context(), "gao", "", 1)).Items[0]; told.Kind != records.ToldLinkUsed {
		t.Errorf("the engineer was told %+v", told)
	}
}

func look(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	for _, v := range tab.Axe() {
		t.Errorf("%s: %s", name, v)
	}
	tab.Screenshot(filepath.Join(cmp.Or(os.Getenv("HOTLINE_SHOTS"), t.TempDir()), name+".png"))
}

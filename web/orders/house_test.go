package orders

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/web"
	"hotline/web/ui"
)

// password is everybody's in these tests.
const password = "a long enough sentence"

// house is a site over real records; nobody telephones in it.
type house struct {
	t      testing.TB
	store  *records.Store
	pages  *ui.Pages
	server *httptest.Server
	clock  atomic.Int64 // microseconds
	cut    atomic.Bool  // nobody reaches the house
}

func (h *house) now() time.Time { return time.UnixMicro(h.clock.Load()).UTC() }

func (h *house) pass(d time.Duration) { h.clock.Add(d.Microseconds()) }

func openHouse(t testing.TB, change ...func(*Options)) *house {
	t.Helper()
	h := &house{t: t}
	h.clock.Store(time.Now().UnixMicro())
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	log := slog.New(slog.DiscardHandler)
	definitions, err := procedure.ParseAll(os.DirFS("../../configs/procedures"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	h.store, err = records.Open(t.Context(), records.Options{
		Path: filepath.Join(dir, "hotline.db"), Files: filepath.Join(dir, "files"), Log: log, Zone: zone, Now: h.now, Procedures: definitions,
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
		"ben":  {Roles: []string{records.RoleAgent}, Name: "本"},
		"dan":  {Roles: []string{records.RoleDispatcher}, Name: "邓伟"},
		"gao":  {Roles: []string{records.RoleEngineer}, Name: "高明"},
		"he":   {Roles: []string{records.RoleEngineer}, Name: "何平"},
	} {
		u.Login, u.Password = login, password
		if _, err := h.store.AddUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	if h.pages, err = ui.New(ui.Options{Zone: zone, Log: log}); err != nil {
		t.Fatal(err)
	}
	opt := Options{Pages: h.pages, Records: h.store, Log: log, Now: h.now}
	for _, c := range change {
		c(&opt)
	}
	hub := web.NewHub(0)
	tell := func(c web.Changed) {
		if err := hub.PublishChanged(c); err != nil {
			t.Error(err)
		}
	}
	h.store.OnOrder(func(c records.OrderChange) { tell(web.Changed{Order: c.Number, Case: c.Case}) })
	h.store.OnCase(func(number string) { tell(web.Changed{Case: number}) })
	site, err := web.New(web.Options{
		Version: "test", Log: log, Records: h.store, Agents: agent.NewRoster(agent.Options{Log: log}), Calls: nobodyCalls{}, Hub: hub,
		Pages: h.pages, Mounts: []func(ui.Router){New(opt).Mount}, Now: h.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.cut.Load() {
			panic(http.ErrAbortHandler)
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

// order brings a call of anna's to an order assigned to gao.
func (h *house) order(call, kind string) records.Order {
	h.t.Helper()
	ctx := h.t.Context()
	_, err := h.store.OwnCall(ctx, records.OwnInput{Call: call, Queue: "service", Agent: "anna", Number: "13800138000"})
	h.must(err)
	done, err := h.store.WrapUp(ctx, records.WrapUpInput{
		Call: call, By: "anna", Outcome: kind, Subject: "升级后报表无法打印", Product: "erp",
		Escalation: &records.EscalationFacts{
			Situation: "安装补丁 7 后，财务报表打印无反应。", Contact: records.EscalatedTo{Name: "孙丽", Number: "010-65521234", Confirmed: true},
			Told:   records.ToldToCustomer{Means: "远程处理", At: h.now().Add(time.Hour), Procedure: "先备份再处理"},
			Region: "北京", Centre: "华北服务中心",
		},
	})
	h.must(err)
	_, err = h.store.AcceptEscalation(ctx, done.Escalation, "dan", 0)
	h.must(err)
	o, err := h.store.OpenOrder(ctx, records.Actor{Login: "dan"}, records.OpenOrder{Escalation: done.Escalation, Engineer: "gao"})
	h.must(err)
	return o
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// give adds evidence that proves every need of a step, and completes it.
func (h *house) give(order, step string) {
	h.t.Helper()
	ctx := h.t.Context()
	f, err := h.store.Order(ctx, order)
	h.must(err)
	s, _ := f.Definition.Step(step)
	for _, n := range s.Needs {
		by, body := records.Actor{Login: "gao"}, map[string]any{"text": "重新安装打印驱动，三张报表打印正常。"}
		in := records.EvidenceInput{Order: order, Step: step, Need: n.Code, Kind: n.Kind}
		if slices.Contains(n.Via, procedure.ViaSystem) {
			by.Via = procedure.ViaSystem
		}
		switch n.Kind {
		case procedure.Confirmation:
			by.Customer, by.Via = "孙丽", procedure.ViaSignature
			body = map[string]any{"shown": f.ChainHead}
			in.File = h.file("签名.png", picturePNG)
		case procedure.Document, procedure.File, procedure.Photo:
			in.File = h.file(n.Name.ZH+".pdf", "%PDF-1.7 "+n.Code)
		case procedure.Fact:
			body = factsOf(n)
		default:
		}
		in.Body, err = json.Marshal(body)
		h.must(err)
		_, err = h.store.AddEvidence(ctx, by, in)
		h.must(err)
	}
	_, err = h.store.CompleteStep(ctx, records.Actor{Login: "gao"}, order, step, 0)
	h.must(err)
}

func factsOf(n procedure.Need) map[string]any {
	body := map[string]any{}
	for _, x := range n.Fields {
		switch {
		case x.Must == "true" || x.Type == procedure.TypeYes:
			body[x.Code] = true
		case x.Must != "":
			body[x.Code] = x.Must
		case x.Type == procedure.TypeNumber:
			body[x.Code] = 2
		case x.Type == procedure.TypeTime:
			body[x.Code] = "2026-11-23T09:00:00+08:00"
		case x.Type == procedure.TypeChoice:
			body[x.Code] = x.Choices[0].Code
		default:
			body[x.Code] = "财务服务器"
		}
	}
	return body
}

func (h *house) file(name, content string) string {
	h.t.Helper()
	f, err := h.store.SaveFile(h.t.Context(), "gao", name, strings.NewReader(content))
	h.must(err)
	return f.ID
}

// picturePNG is one grey pixel.
const picturePNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cch\x00\x00\x00\x82\x00\x81w\xcdr\xb6\x00\x00\x00\x00IEND\xaeB`\x82"

// client signs somebody in.
func (h *house) client(login string) *http.Client {
	h.t.Helper()
	token, _, err := h.store.NewSession(h.t.Context(), login)
	h.must(err)
	return &http.Client{
		Transport:     bearer{token, h.server.Client().Transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type bearer struct {
	token string
	next  http.RoundTripper
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(r)
}

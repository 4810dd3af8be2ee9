package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
	"hotline/records/procedure"
)

// password is everybody's in these tests.
const password = "a long enough sentence"

// house is a site over real records and a real roster; only the queue and the telephones behind it are played.
type house struct {
	site   *Site
	store  *records.Store
	roster *agent.Roster
	board  *playedBoard
	hub    *Hub
	server *httptest.Server
	tokens map[string]string
}

// people of the house, by login, with their roles.
func people() map[string][]string {
	return map[string][]string{
		"anna": {records.RoleAgent},
		"ben":  {records.RoleAgent},
		"sue":  {records.RoleSupervisor},
		"dan":  {records.RoleDispatcher},
		"emma": {records.RoleEngineer},
		"adam": {records.RoleAdministrator},
		"all":  {records.RoleAgent, records.RoleEngineer, records.RoleSupervisor, records.RoleDispatcher, records.RoleAdministrator},
	}
}

// procedureFiles are the procedures that ship.
func procedureFiles(t testing.TB) []procedure.Definition {
	t.Helper()
	all, err := procedure.ParseAll(os.DirFS("../configs/procedures"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func newHouse(t testing.TB, set ...func(*Options)) *house {
	t.Helper()
	h := &house{board: &playedBoard{}, hub: NewHub(64), tokens: map[string]string{}}
	log := slog.New(slog.DiscardHandler)
	var err error
	if h.store, err = records.Open(t.Context(), records.Options{Path: filepath.Join(t.TempDir(), "hotline.db"), Files: t.TempDir(), Procedures: procedureFiles(t), Log: log}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.store.Close(); err != nil {
			t.Error(err)
		}
	})
	var profiles []agent.Profile
	for login, roles := range people() {
		if _, err := h.store.AddUser(t.Context(), records.NewUser{Login: login, Roles: roles}); err != nil {
			t.Fatal(err)
		}
		if h.tokens[login], _, err = h.store.NewSession(t.Context(), login); err != nil {
			t.Fatal(err)
		}
		if roles[0] == records.RoleAgent {
			profiles = append(profiles, agent.Profile{Login: login, Name: login, Queues: []agent.Skill{{Queue: "service", Level: 1}}})
		}
	}
	h.roster = agent.NewRoster(agent.Options{Log: log})
	h.roster.SetProfiles(profiles)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	running := make(chan error, 1)
	go func() { running <- h.roster.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-running; err != nil {
			t.Error(err)
		}
	})
	opt := Options{Version: "test", Log: log, Records: h.store, Agents: h.roster, Calls: h.board, Hub: h.hub}
	for _, s := range set {
		s(&opt)
	}
	if h.site, err = New(opt); err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewServer(h.site)
	t.Cleanup(func() {
		h.site.Drain()
		h.server.Close()
	})
	return h
}

// reply is an answer, read whole.
type reply struct {
	t      testing.TB
	what   string
	Status int
	Header http.Header
	Body   []byte
}

// do sends a request as login ("" for nobody); body is encoded as JSON unless it is nil or already bytes.
func (h *house) do(t testing.TB, login, method, path string, body any) *reply {
	t.Helper()
	var data []byte
	switch b := body.(type) {
	case nil:
	case []byte:
		data = b
	default:
		var err error
		if data, err = json.Marshal(b); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, h.server.URL+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if login != "" {
		req.Header.Set("Authorization", "Bearer "+h.tokens[login])
	}
	return h.send(t, req)
}

func (h *house) send(t testing.TB, req *http.Request) *reply {
	t.Helper()
	return sent(t, h.server.Client(), req)
}

func sent(t testing.TB, client *http.Client, req *http.Request) *reply {
	t.Helper()
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	r := &reply{t: t, what: req.Method + " " + req.URL.Path, Status: res.StatusCode, Header: res.Header}
	if r.Body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	return r
}

// want checks the status and decodes the body into v, unless v is nil.
func (r *reply) want(status int, v any) {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("%s answered %d %s, want %d", r.what, r.Status, r.Body, status)
	}
	if v == nil {
		return
	}
	if err := json.Unmarshal(r.Body, v); err != nil {
		r.t.Fatalf("%s answered %s: %v", r.what, r.Body, err)
	}
}

// problem checks that the answer is a whole RFC 9457 problem with this status and code.
func (r *reply) problem(status int, code string) Problem {
	r.t.Helper()
	var p Problem
	r.want(status, &p)
	if got := r.Header.Get("Content-Type"); got != "application/problem+json" {
		r.t.Errorf("%s: a problem of type %q", r.what, got)
	}
	if p.Code != code || p.Status != status || p.Type != "/problems/"+code || p.Title == "" || p.Detail == "" || p.Do == "" || p.Request == "" {
		r.t.Errorf("%s: %s, want a whole problem %q", r.what, r.Body, code)
	}
	return p
}

// answered records that login answered a call, as the queue does.
func (h *house) answered(t testing.TB, call, login, number string) records.OwnedCase {
	t.Helper()
	now := time.Now()
	if err := h.store.SaveVerdict(t.Context(), records.CallRow{
		Call: call, Switch: "a", DID: "4001", Queue: "service", Number: number, Name: "王芳", Arrived: now, Ring1: now, Rule: "three-rings/1",
		Answered: true, AnsweredAt: now, Agent: login, Rings: 1, WaitedMS: 2000, Met: true,
	}); err != nil {
		t.Fatal(err)
	}
	own, err := h.store.OwnCall(t.Context(), records.OwnInput{Call: call, Queue: "service", Agent: login, Number: number, At: now})
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// playedBoard plays the queue: it shows the calls it was given and notes the orders it gets.
type playedBoard struct {
	mu     sync.Mutex
	calls  []queue.CallView
	orders []string
	refuse error
	floor  queue.Floor
}

func (b *playedBoard) set(calls ...queue.CallView) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls = calls
}

func (b *playedBoard) last() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.orders) == 0 {
		return ""
	}
	return b.orders[len(b.orders)-1]
}

func (b *playedBoard) order(what string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return b.refuse
	}
	b.orders = append(b.orders, what)
	return nil
}

func (b *playedBoard) Calls() []queue.CallView {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]queue.CallView(nil), b.calls...)
}

func (b *playedBoard) Call(id string) (queue.CallView, bool) {
	for _, c := range b.Calls() {
		if c.ID == id {
			return c, true
		}
	}
	return queue.CallView{}, false
}

func (b *playedBoard) Queues() []queue.QueueView {
	half := 0.5
	return []queue.QueueView{{
		Queue: "service", Waiting: 3, LongestWait: 6.4, LongestRing: 2, Agents: map[string]int{"ready": 2}, Missing: 1,
		Today: queue.Window{Offered: 4, Decided: 4, Answered: 3, Met: 2, Abandoned: 1, AbandonedByRing: [8]int{0, 1}, ThreeRings: &half, ASASeconds: 4.2},
	}}
}

func (b *playedBoard) Floor(mark func()) queue.Floor {
	mark()
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.floor
}

func (b *playedBoard) Agents() []queue.AgentNumbers {
	return []queue.AgentNumbers{{Login: "anna", State: "ready"}, {Login: "ben", State: "paused"}}
}

func (b *playedBoard) HandOver(_ context.Context, call, from string, to queue.Target, note string) error {
	return b.order("handover " + call + " " + from + " → " + to.String() + " " + note)
}

func (b *playedBoard) TakeBack(_ context.Context, call, from string) error {
	return b.order("takeback " + call + " " + from)
}

func (b *playedBoard) Hold(_ context.Context, call, agent string) error {
	return b.order("hold " + call + " " + agent)
}

func (b *playedBoard) Resume(_ context.Context, call, agent string) error {
	return b.order("resume " + call + " " + agent)
}

func (b *playedBoard) HangUp(_ context.Context, call, by string) error {
	return b.order("hangup " + call + " " + by)
}

func (b *playedBoard) Decline(_ context.Context, call, agent, reason, note string) error {
	return b.order("decline " + call + " " + agent + " " + reason + " " + note)
}

func (b *playedBoard) Accept(_ context.Context, call, agent string) error {
	return b.order("accept " + call + " " + agent)
}

func (b *playedBoard) Invite(_ context.Context, call, by, agent, note string) error {
	return b.order("invite " + call + " " + by + " → " + agent + " " + note)
}

func (b *playedBoard) LetExpertGo(_ context.Context, call, by string) error {
	return b.order("let go " + call + " " + by)
}

func (b *playedBoard) PhoneLost(_ context.Context, call, agent string) error {
	return b.order("phone lost " + call + " " + agent)
}

func (b *playedBoard) Monitor(_ context.Context, call, by, mode string) error {
	return b.order("monitor " + call + " " + by + " " + mode)
}

func (b *playedBoard) SetMonitor(_ context.Context, call, by, mode string) error {
	return b.order("monitor otherwise " + call + " " + by + " " + mode)
}

func (b *playedBoard) StopMonitor(_ context.Context, call, by string) error {
	return b.order("stop monitor " + call + " " + by)
}

func (b *playedBoard) TakeOver(_ context.Context, call, by, reason string) error {
	return b.order("take over " + call + " " + by + " " + reason)
}

func (b *playedBoard) AgentAway(login, why string) { _ = b.order("away " + login + " " + why) }

func (b *playedBoard) Note(e queue.Event) {
	_ = b.order("note " + e.Kind + " " + e.Agent + " " + e.Data["skills"] + " by " + e.Data["by"])
}

func (b *playedBoard) MoveTo(_ context.Context, call, queue, by string) error {
	return b.order("move " + call + " " + queue + " " + by)
}

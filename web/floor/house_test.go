package floor

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
	"hotline/web"
	"hotline/web/ui"
)

// password is everybody's in these tests.
const password = "a long enough sentence"

// house is a site over real records, real live numbers and a real stream; only presence and the telephones behind the queue are played.
type house struct {
	t      testing.TB
	store  *records.Store
	hub    *web.Hub
	board  *playedBoard
	server *httptest.Server
	floor  *Floor
	cut    atomic.Bool // nobody reaches the house
	file   string      // of the records
	queues []Queue
	pages  *ui.Pages
	zone   *time.Location
}

// houseOptions say what differs from a plain house.
type houseOptions struct {
	queues []Queue
	check  time.Duration
	floor  func(*Options)
}

func openHouse(t testing.TB, o houseOptions) *house {
	t.Helper()
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	h := &house{t: t, hub: web.NewHub(0), zone: zone}
	log := slog.New(slog.DiscardHandler)
	var err error
	h.file = filepath.Join(t.TempDir(), "hotline.db")
	if h.store, err = records.Open(t.Context(), records.Options{Path: h.file, Log: log}); err != nil {
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
		"ben":  {Roles: []string{records.RoleAgent}, Name: "本", Skills: map[string]int{"erp": 2}},
		"dan":  {Roles: []string{records.RoleDispatcher}},
	} {
		u.Login, u.Password = login, password
		if _, err := h.store.AddUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	if o.queues == nil {
		o.queues = []Queue{
			{Name: "service", Title: Text{"服务热线", "Service hotline"}, Alarm: DefaultThresholds(3, 90)},
			{Name: "billing", Title: Text{"账务", "Billing"}, Alarm: DefaultThresholds(3, 90)},
		}
	}
	h.queues = o.queues
	h.board = &playedBoard{numbers: queue.NewNumbers(h.config()), hub: h.hub, journal: h.store.Journal()}
	if h.pages, err = ui.New(ui.Options{Zone: zone, Log: log}); err != nil {
		t.Fatal(err)
	}
	opt := Options{
		Pages: h.pages, Records: h.store, Calls: h.board, Queues: o.queues, Zone: zone, Log: log, CheckEvery: o.check,
		Pauses: []Choice{{"meal", Text{"用餐", "Meal"}}, {"break", Text{"小休", "Break"}}},
	}
	if o.floor != nil {
		o.floor(&opt)
	}
	h.floor = New(opt)
	site, err := web.New(web.Options{
		Version: "test", Log: log, Records: h.store, Agents: h.roster(log), Calls: h.board, Hub: h.hub, Pages: h.pages,
		Mounts: []func(ui.Router){h.floor.Mount}, PeerStreams: 50,
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

// config is what the live numbers know of the queues.
func (h *house) config() queue.Config {
	cfg := queue.Config{Zone: h.zone}
	for i, q := range h.queues {
		cfg.Queues = append(cfg.Queues, queue.QueueConfig{Name: q.Name, StaffTarget: 0.9})
		cfg.Hotlines = append(cfg.Hotlines, queue.HotlineConfig{Name: q.Name, DIDs: []string{fmt.Sprint(4000 + i)}, Queue: q.Name})
	}
	return cfg
}

// tamper changes the database behind the records' back, its guards removed.
func (h *house) tamper(statement string) {
	h.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+h.file)
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	for _, s := range []string{"DROP TRIGGER journal_no_update", statement} {
		if _, err := db.ExecContext(h.t.Context(), s); err != nil {
			h.t.Fatal(err)
		}
	}
}

// roster is a real one without anybody's telephone; names come from it.
func (h *house) roster(log *slog.Logger) *agent.Roster {
	r := agent.NewRoster(agent.Options{Log: log, PauseReasons: []string{"meal", "break"}})
	r.SetProfiles([]agent.Profile{
		{Login: "anna", Name: "安娜", Queues: []agent.Skill{{Queue: "service", Level: 1}}},
		{Login: "ben", Name: "本", Queues: []agent.Skill{{Queue: "service", Level: 2}}},
	})
	ctx, stop := context.WithCancel(context.WithoutCancel(h.t.Context()))
	running := make(chan error, 1)
	go func() { running <- r.Run(ctx) }()
	h.t.Cleanup(func() {
		stop()
		if err := <-running; err != nil {
			h.t.Error(err)
		}
	})
	return r
}

// playedBoard plays the queue: its events go to real numbers, the stream and the journal, as the distributor's do.
type playedBoard struct {
	web.Switchboard // what no page orders

	mu      sync.Mutex
	numbers *queue.Numbers
	hub     *web.Hub
	journal *records.Journal
	orders  []string
	refuse  error
	quiet   bool // events are counted and kept, but not sent: a wallboard drifts
}

func (b *playedBoard) tell(t testing.TB, e queue.Event) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.numbers.Apply(e)
	if !b.quiet {
		if err := b.hub.PublishQueue(e); err != nil {
			t.Error(err)
		}
	}
	data, err := json.Marshal(e)
	if err != nil {
		t.Error(err)
	}
	b.journal.Append(records.JournalEntry{Call: e.Call, At: e.At, Kind: e.Kind, Agent: e.Agent, Data: data})
}

func (b *playedBoard) Floor(mark func()) queue.Floor {
	b.mu.Lock()
	defer b.mu.Unlock()
	if mark != nil {
		mark()
	}
	return b.numbers.Floor(time.Now())
}

func (b *playedBoard) Calls() []queue.CallView {
	var views []queue.CallView
	for _, c := range b.Floor(nil).Calls {
		v := queue.CallView{
			ID: c.ID, Queue: c.Queue, Number: c.Number, Caller: c.Number, Name: c.Name, Ring1: c.Ring1, Arrived: c.Ring1, By: c.Ring1.Add(15 * time.Second),
			CycleMS: 5000, Agent: c.Agent, Since: c.Since, Ringing: c.Ringing, State: "waiting", Case: c.Case, Verdict: c.Verdict,
		}
		if c.Agent != "" {
			v.State = "talking"
		}
		views = append(views, v)
	}
	return views
}

func (b *playedBoard) Call(id string) (queue.CallView, bool) {
	for _, c := range b.Calls() {
		if c.ID == id {
			return c, true
		}
	}
	return queue.CallView{}, false
}

func (b *playedBoard) Queues() []queue.QueueView    { return b.numbers.Queues(time.Now()) }
func (b *playedBoard) Agents() []queue.AgentNumbers { return b.numbers.Agents(time.Now()) }

func (b *playedBoard) order(what string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return b.refuse
	}
	b.orders = append(b.orders, what)
	return nil
}

func (b *playedBoard) ordered() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.orders)
}

func (b *playedBoard) HangUp(_ context.Context, call, _ string) error {
	return b.order("hangup " + call)
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

// Note hears of changed skills.
func (b *playedBoard) Note(e queue.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.orders = append(b.orders, e.Kind+" "+e.Agent+" "+e.Data["skills"])
}

func (b *playedBoard) MoveTo(_ context.Context, call, to, by string) error {
	return b.order("move " + call + " " + to + " " + by)
}

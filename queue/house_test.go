package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// house is a call centre around a Distributor: a switch, desks and books that keep the contracts of types.go and note
// every breach of them.
type house struct {
	t     *testing.T
	d     *Distributor
	dMu   sync.Mutex // the switch and the desks speak to whichever process lives
	board *LocalBoard
	serve Board // board as the process that lives sees it
	stop  context.CancelFunc
	done  chan error
	calls int

	mu       sync.Mutex
	breaches []string
	lines    map[string]*fakeCall // by call
	phones   map[string]string    // agent → leg that rings or talks there
	legAgent map[string]string
	legState map[string]string // ringing, answered, connected
	rings    []string          // "agent@offset since start" of every Ring
	ringErr  map[string]error  // by agent
	connErr  map[string]error  // by agent
	hold     map[string]bool   // agent whose Connect waits for the end of its context
	voiceErr error
	voice    []string
	agents   map[string]*fakeAgent
	talks    []Talk
	overs    []Over
	withdrew []Withdrawal
	offers   []Offer
	events   []Event
	owners   map[string]string
	unheard  map[string]bool // calls that were over before a process that died had taken them in: nobody can say more of them
	ownErr   int
	start    time.Time
	cfg      Config
	refused  map[string]bool // adopted offers that the desk refused
	told     []told
	cannot   map[string]bool // what the switch cannot do
	partyErr error
	dead     map[string]bool // agents whose phones are not registered
	away     map[string]bool // agents whose phones are registered at another switch only
	diary    strings.Builder // what happened in order, shown when a property breaks
	quiet    bool            // no log: a property runs it a thousand times
}

type fakeCall struct {
	ended   bool
	human   bool
	machine bool
	connect string // leg
	ring1   time.Time
}

// fakeAgent keeps presence as package agent does: the only gate for offers.
type fakeAgent struct {
	state    string // ready, offered, talking, off
	call     string
	since    time.Time
	paused   bool
	summoned bool // was off before
}

func testConfig() Config {
	return Config{
		Node: "n1", Zone: time.UTC,
		Hotlines: []HotlineConfig{{Name: "main", DIDs: []string{"4001"}, Queue: "support"}},
		Queues: []QueueConfig{
			{Name: "support", MissedPause: 2, RingNoAnswer: 20 * time.Second},
			{Name: "billing"},
		},
	}
}

func newHouse(t *testing.T, cfg Config, quiet bool) *house {
	t.Helper()
	h := &house{
		t: t, cfg: cfg, quiet: quiet, board: NewLocalBoard(BoardOptions{Node: cfg.Node}), done: make(chan error, 1),
		lines: map[string]*fakeCall{}, phones: map[string]string{}, legAgent: map[string]string{}, legState: map[string]string{},
		ringErr: map[string]error{}, connErr: map[string]error{}, hold: map[string]bool{}, agents: map[string]*fakeAgent{},
		refused: map[string]bool{}, dead: map[string]bool{}, cannot: map[string]bool{}, owners: map[string]string{}, start: time.Now(),
	}
	h.open(cfg, h.board)
	return h
}

// living is the distributor of the process that lives now.
func (h *house) living() *Distributor {
	h.dMu.Lock()
	defer h.dMu.Unlock()
	return h.d
}

// open starts a distributor on the house's switch; after crash it is the next process.
func (h *house) open(cfg Config, board Board) {
	ctx, stop := context.WithCancel(context.Background())
	h.stop, h.serve = stop, board
	log := slog.New(slog.DiscardHandler)
	if !h.quiet {
		log = slog.New(slog.NewTextHandler(h.t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	var d *Distributor
	deadlines := NewDeadlines(board, func(x Deadline) { d.Due(x) }, DeadlineOptions{Log: log})
	d = NewDistributor(cfg, board, deadlines, h, h, h, h, log)
	h.dMu.Lock()
	h.d = d
	h.dMu.Unlock()
	go func() {
		fired := make(chan error)
		go func() { fired <- deadlines.Run(ctx) }()
		err := d.Run(ctx)
		if late := <-fired; !errors.Is(late, context.Canceled) {
			err = errors.Join(err, late)
		}
		h.done <- err
	}()
}

// close stops the distributor as a crash does: calls stay on the switch.
func (h *house) close() {
	h.stop()
	if err := <-h.done; err != nil {
		h.t.Errorf("Run: %v", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, b := range h.breaches {
		h.t.Error("breach:", b)
	}
}

func (h *house) note(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.scribble(format, args...)
}

func (h *house) scribble(format string, args ...any) {
	fmt.Fprintf(&h.diary, "%v "+format+"\n", append([]any{time.Since(h.start)}, args...)...)
}

func (h *house) breach(format string, args ...any) {
	h.scribble("BREACH "+format, args...)
	h.breaches = append(h.breaches, fmt.Sprintf(format, args...))
}

// staff signs agents in; each serves support at level 1 unless told otherwise.
func (h *house) staff(logins ...string) {
	h.t.Helper()
	var all []Agent
	for i, login := range logins {
		a := Agent{Login: login, Queues: []Level{{Queue: "support", Level: 1}, {Queue: "billing", Level: 1}}}
		a.Manager = strings.HasPrefix(login, "boss")
		all = append(all, a)
		h.agents[login] = &fakeAgent{state: "ready", since: h.start.Add(time.Duration(i-100) * time.Second)}
	}
	h.d.SetAgents(all)
	for _, login := range logins {
		h.d.Note(Event{Kind: EventPresence, At: time.Now(), Agent: login, Data: map[string]string{"from": "offline", "to": "ready"}})
		h.d.AgentReady(login, h.agents[login].since)
	}
	synctest.Wait()
}

func (h *house) ringing() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var agents []string
	for leg, agent := range h.legAgent {
		if h.legState[leg] == "ringing" {
			agents = append(agents, agent)
		}
	}
	slices.Sort(agents)
	return agents
}

func (h *house) wantRinging(agents ...string) {
	h.t.Helper()
	synctest.Wait()
	if got := h.ringing(); !slices.Equal(got, agents) {
		h.t.Errorf("after %v rings %v, want %v", time.Since(h.start), got, agents)
	}
}

func (h *house) of(kind string) []Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	var found []Event
	for _, e := range h.events {
		if e.Kind == kind {
			found = append(found, e)
		}
	}
	return found
}

// one gives the only event of a kind.
func (h *house) one(kind string) Event {
	h.t.Helper()
	synctest.Wait()
	found := h.of(kind)
	if len(found) != 1 {
		h.t.Fatalf("%d events %q, want one: %v", len(found), kind, found)
	}
	return found[0]
}

func (h *house) state(call string) string {
	synctest.Wait()
	v, ok := h.d.Call(call)
	if !ok {
		return "ended"
	}
	return v.State
}

func (h *house) wantState(call, state string) {
	h.t.Helper()
	if got := h.state(call); got != state {
		h.t.Fatalf("after %v call %s is %s, want %s", time.Since(h.start), call, got, state)
	}
}

func (h *house) outcomes() map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := map[string]string{}
	for _, w := range h.withdrew {
		out[w.Agent] += w.Outcome + " "
	}
	for agent := range maps.Keys(out) {
		out[agent] = strings.TrimSpace(out[agent])
	}
	return out
}

// sleepUntil moves the bubble's clock to an offset since the start.
func (h *house) sleepUntil(offset time.Duration) {
	<-time.After(time.Until(h.start.Add(offset)))
	synctest.Wait()
}

// inHouse runs a test in a bubble of its own time, with a house that is closed after it.
func inHouse(t *testing.T, cfg Config, test func(h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, cfg, false)
		defer h.close()
		test(h)
		synctest.Wait()
	})
}

// answerable makes an agent paused or ready again, as presence would.
func (h *house) answerable(agent string, ready bool) {
	h.mu.Lock()
	a := h.agents[agent]
	from, to := "ready", "paused"
	if a.state = "off"; ready {
		a.state, from, to = "ready", "paused", "ready"
	}
	h.mu.Unlock()
	h.d.Note(Event{Kind: EventPresence, At: time.Now(), Agent: agent, Data: map[string]string{"from": from, "to": to}})
	if ready {
		h.d.AgentReady(agent, time.Now())
	} else {
		h.d.AgentGone(agent)
	}
	synctest.Wait()
}

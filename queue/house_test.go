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
	board *LocalBoard
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
	ownErr   int
	start    time.Time
	cfg      Config
	refused  map[string]bool // adopted offers that the desk refused
	diary    strings.Builder // what happened in order, shown when a property breaks
	quiet    bool            // no log: a property runs it a thousand times
}

type fakeCall struct {
	ended   bool
	ends    int
	human   bool
	machine bool
	connect string // leg
	ring1   time.Time
}

// fakeAgent keeps presence as package agent does: the only gate for offers.
type fakeAgent struct {
	state  string // ready, offered, talking, off
	call   string
	since  time.Time
	paused bool
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
		refused: map[string]bool{}, owners: map[string]string{}, start: time.Now(),
	}
	h.open(cfg, h.board)
	return h
}

// open starts a distributor on the house's switch; after crash it is the next process.
func (h *house) open(cfg Config, board Board) {
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	log := slog.New(slog.DiscardHandler)
	if !h.quiet {
		log = slog.New(slog.NewTextHandler(h.t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	var d *Distributor
	deadlines := NewDeadlines(board, func(x Deadline) { d.Due(x) }, DeadlineOptions{Log: log})
	d = NewDistributor(cfg, board, deadlines, h, h, h, h, log)
	h.d = d
	go func() {
		fired := make(chan error)
		go func() { fired <- deadlines.Run(ctx) }()
		err := d.Run(ctx)
		<-fired
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

// ringIn lets a caller dial; ring 1 is now.
func (h *house) ringIn() string { return h.ringInFrom("+8613800000000") }

func (h *house) ringInFrom(number string) string {
	h.mu.Lock()
	h.calls++
	id := fmt.Sprintf("sw-%d", h.calls)
	h.lines[id] = &fakeCall{ring1: time.Now()}
	h.mu.Unlock()
	h.d.Arrived(h.call(id, number))
	synctest.Wait()
	return id
}

func (h *house) call(id, number string) Call {
	return Call{ID: id, Switch: "sw", DID: "4001", Number: number, Shown: number, Name: "Li", Arrived: time.Now(), Ring1: time.Now()}
}

// answer lets an agent pick up the phone that rings.
func (h *house) answer(agent string) {
	h.t.Helper()
	h.mu.Lock()
	leg := h.phones[agent]
	call := callOfLeg(leg)
	if h.legState[leg] != "ringing" {
		h.mu.Unlock()
		h.t.Fatalf("%s's phone does not ring (%q)", agent, leg)
		return
	}
	h.legState[leg] = "answered"
	h.mu.Unlock()
	h.d.LegAnswered(call, leg, time.Now())
}

// stopLeg ends a leg at the phone's side.
func (h *house) stopLeg(agent, why string) {
	h.mu.Lock()
	leg := h.phones[agent]
	call := callOfLeg(leg)
	h.mu.Unlock()
	if leg != "" {
		h.legOver(leg, why)
	}
	if c := h.lines[call]; c != nil && c.connect == leg && why == legHungUp {
		h.callerOver(call, endAgent)
	}
}

func (h *house) legOver(leg, why string) {
	h.mu.Lock()
	agent, ok := h.legAgent[leg]
	h.scribble("LEG OVER %s %s %v", leg, why, ok)
	delete(h.legAgent, leg)
	delete(h.legState, leg)
	if h.phones[agent] == leg {
		delete(h.phones, agent)
	}
	h.mu.Unlock()
	if ok {
		h.d.LegEnded(callOfLeg(leg), leg, why, time.Now())
	}
}

// abandon lets the caller hang up, whatever the call is in.
func (h *house) abandon(call string) {
	h.mu.Lock()
	why := endAbandoned
	switch c := h.lines[call]; {
	case c.human:
		why = endCaller
	case c.machine:
		why = endAnnouncement
	}
	h.mu.Unlock()
	h.callerOver(call, why)
}

func (h *house) callerOver(call, why string) {
	h.mu.Lock()
	c := h.lines[call]
	if c == nil || c.ended {
		h.mu.Unlock()
		return
	}
	c.ended = true
	var legs []string
	for leg := range h.legAgent {
		if callOfLeg(leg) == call {
			legs = append(legs, leg)
		}
	}
	h.mu.Unlock()
	slices.Sort(legs)
	for _, leg := range legs {
		end := legCancelled
		if leg == c.connect {
			end = legCallerGone
		}
		h.legOver(leg, end)
	}
	h.d.CallEnded(call, why, 0, time.Now())
}

func callOfLeg(leg string) string {
	parts := strings.Split(leg, "~")
	if len(parts) != 4 {
		return ""
	}
	return parts[1]
}

// Phones.

func (h *house) Ring(_ context.Context, r RingRequest) error {
	h.mu.Lock()
	if err := h.ringErr[r.Agent]; err != nil {
		h.mu.Unlock()
		return err
	}
	if c := h.lines[r.Call]; c == nil || c.ended {
		h.mu.Unlock()
		return ErrUnknown
	}
	if other := h.phones[r.Agent]; other != "" {
		h.breach("%s is rung by %s while the phone has %s", r.Agent, r.Leg, other)
	}
	h.phones[r.Agent], h.legAgent[r.Leg], h.legState[r.Leg] = r.Leg, r.Agent, "ringing"
	h.scribble("RING %s", r.Leg)
	h.rings = append(h.rings, fmt.Sprintf("%s@%v", r.Agent, time.Since(h.start)))
	h.mu.Unlock()
	h.d.LegRinging(r.Call, r.Leg, time.Now())
	time.AfterFunc(r.Timeout, func() {
		h.mu.Lock()
		ringing := h.legState[r.Leg] == "ringing"
		h.mu.Unlock()
		if ringing {
			h.legOver(r.Leg, legNoAnswer)
		}
	})
	return nil
}

func (h *house) Connect(ctx context.Context, call, leg string) error {
	h.mu.Lock()
	agent := h.legAgent[leg]
	if h.hold[agent] {
		h.mu.Unlock()
		<-ctx.Done()
		return ctx.Err()
	}
	if err := h.connErr[agent]; err != nil {
		h.mu.Unlock()
		return err
	}
	c := h.lines[call]
	if c.ended || h.legState[leg] != "answered" {
		h.mu.Unlock()
		return ErrUnknown
	}
	old := c.connect
	c.connect, c.human = leg, true
	h.legState[leg] = "connected"
	h.mu.Unlock()
	if old != "" {
		h.legOver(old, legHandedOver)
	}
	return nil
}

func (h *house) Release(_ context.Context, _, leg, why string) error {
	h.mu.Lock()
	_, ok := h.legAgent[leg]
	h.mu.Unlock()
	if !ok {
		return ErrUnknown
	}
	h.legOver(leg, why)
	return nil
}

func (h *house) HangUp(_ context.Context, call, why string) error {
	h.mu.Lock()
	c := h.lines[call]
	gone := c == nil || c.ended
	h.mu.Unlock()
	if gone {
		return ErrUnknown
	}
	h.callerOver(call, why)
	return nil
}

// Voice.

func (h *house) say(what, call string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.voiceErr != nil {
		return h.voiceErr
	}
	h.voice = append(h.voice, what+" "+call)
	return nil
}

func (h *house) Play(_ context.Context, call, media string) error {
	err := h.say("play "+media, call)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		h.lines[call].machine = true
	}
	return err
}
func (h *house) Hold(_ context.Context, call string) error   { return h.say("hold", call) }
func (h *house) Resume(_ context.Context, call string) error { return h.say("resume", call) }

// Desks.

func (h *house) Offer(o Offer) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.agents[o.Agent]
	if a == nil || a.state != "ready" {
		if a != nil && a.call == o.Call.ID && a.state == "offered" {
			return true // an adopted offer
		}
		if o.Why == "adopted" {
			h.refused[o.Agent+o.Call.ID] = true // the phone rings on all the same
		}
		return false
	}
	a.state, a.call = "offered", o.Call.ID
	h.offers = append(h.offers, o)
	h.scribble("OFFER %s %s %s", o.Agent, o.Leg, o.Why)
	return true
}

func (h *house) Withdraw(w Withdrawal) {
	h.mu.Lock()
	h.withdrew = append(h.withdrew, w)
	h.scribble("WITHDRAW %+v", w)
	a := h.agents[w.Agent]
	if h.refused[w.Agent+w.Call] {
		delete(h.refused, w.Agent+w.Call)
		h.mu.Unlock()
		return
	}
	if a.state != "offered" || a.call != w.Call {
		h.breach("%s is withdrawn from %s (%s) but is %s in %q", w.Agent, w.Call, w.Outcome, a.state, a.call)
		h.mu.Unlock()
		return
	}
	a.call = ""
	back := w.Outcome == outcomeLost || w.Outcome == outcomeAbandoned
	switch {
	case w.Pause:
		a.state, a.paused = "off", true
	default:
		a.state = "ready"
	}
	if !back {
		a.since = time.Now()
	}
	since, state := a.since, a.state
	h.mu.Unlock()
	switch {
	case state == "off":
		h.d.AgentGone(w.Agent)
	case !back:
		h.d.AgentReady(w.Agent, since)
	}
}

func (h *house) Talk(t Talk) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.talks = append(h.talks, t)
	a := h.agents[t.Agent]
	if !t.Adopted && !h.refused[t.Agent+t.Call.ID] && (a.state != "offered" || a.call != t.Call.ID) {
		h.breach("%s talks in %s but is %s in %q", t.Agent, t.Call.ID, a.state, a.call)
	}
	for other, b := range h.agents {
		if other != t.Agent && b.state == "talking" && b.call == t.Call.ID {
			h.breach("%s and %s both have %s", t.Agent, other, t.Call.ID)
		}
	}
	a.state, a.call = "talking", t.Call.ID
}

func (h *house) Over(o Over) {
	h.mu.Lock()
	h.overs = append(h.overs, o)
	a := h.agents[o.Agent]
	if a.state != "talking" || a.call != o.Call {
		h.breach("%s is over with %s but is %s in %q", o.Agent, o.Call, a.state, a.call)
	}
	a.state, a.call, a.since = "ready", "", time.Now()
	h.mu.Unlock()
	h.d.AgentReady(o.Agent, time.Now())
}

// Book.

func (h *house) Write(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
	h.scribble("%s %s %s %v", e.Kind, e.Call, e.Agent, e.Data)
}

func (h *house) Own(_ context.Context, call Call, _, agent string, _ time.Time) (Owned, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ownErr > 0 {
		h.ownErr--
		return Owned{}, errors.New("database is locked")
	}
	owner, had := h.owners[call.ID]
	if !had {
		owner = agent
		h.owners[call.ID] = agent
	}
	return Owned{Case: "C-" + call.ID, Owner: owner, New: !had}, nil
}

// What the tests ask.

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

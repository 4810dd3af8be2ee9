package agent

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// house is everybody around the roster: the queue's board, the managers, a listener. It writes down what it is told.
type house struct {
	mu     sync.Mutex
	told   []string             // "ready li", "gone li"
	since  map[string]time.Time // of the last AgentReady
	listed map[string]bool      // as the queue's board would have it
	lacks  map[string][]string  // of the last AgentReady
	notes  []string             // "kind login call"
	moves  []string             // "login from>to reason by"
}

func newHouse() *house {
	return &house{since: map[string]time.Time{}, listed: map[string]bool{}, lacks: map[string][]string{}}
}

func (h *house) AgentReady(login string, since time.Time, lacks ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, "ready "+login)
	h.since[login], h.listed[login], h.lacks[login] = since, true, lacks
}

func (h *house) AgentGone(login string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, "gone "+login)
	h.listed[login] = false
}

func (h *house) Notice(kind, login, call, _ string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notes = append(h.notes, fmt.Sprintf("%s %s %s", kind, login, call))
}

func (h *house) moved(v View, from State, reason, by string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.moves = append(h.moves, fmt.Sprintf("%s %s>%s %s %s", v.Login, from, v.State, reason, by))
}

// list is what the queue's board does by itself with its idle lists.
func (h *house) list(login string, on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.listed[login] = on
}

func (h *house) isListed(login string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.listed[login]
}

// listedWithout gives the switches of which the queue's board would offer the agent no call.
func (h *house) listedWithout(login string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lacks[login]
}

// heard gives what was told since the last time.
func (h *house) heard() (told, notes, moves []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	told, notes, moves = h.told, h.notes, h.moves
	h.told, h.notes, h.moves = nil, nil, nil
	return told, notes, moves
}

var quiet = slog.New(slog.DiscardHandler)

// profiles of three agents; li and wang answer sales and repair.
func profiles() []Profile {
	both := []Skill{{Queue: "sales", Level: 1}, {Queue: "repair", Level: 3}}
	return []Profile{
		{Login: "li", Name: "Li Na", Team: "north", Queues: both},
		{Login: "wang", Name: "Wang Wei", Team: "north", Queues: both},
		{Login: "zhao", Name: "Zhao Min", Team: "south", Queues: both[:1], Manager: true},
	}
}

// options with limits that tests can tell apart.
func options(h *house) Options {
	return Options{
		Managers: h, Log: quiet, Zone: time.UTC, PauseReasons: []string{"meal", "break"},
		WrapUpLimit: func(queue string) time.Duration {
			if queue == "sales" {
				return 0
			}
			return time.Minute
		},
		WrapUpExtension: 3 * time.Minute,
	}
}

// inHouse runs body beside a running roster, in a bubble of its own time.
func inHouse(t *testing.T, opt func(*Options), body func(t *testing.T, r *Roster, h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse()
		o := options(h)
		if opt != nil {
			opt(&o)
		}
		r := newRoster(o, h)
		stop := running(t, r)
		body(t, r, h)
		stop()
	})
}

func newRoster(o Options, h *house) *Roster {
	r := NewRoster(o)
	r.SetQueueing(h)
	r.OnChange(h.moved)
	r.SetProfiles(profiles())
	return r
}

// running starts the roster and gives what stops it and waits for it.
func running(t testing.TB, r *Roster) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func mustState(t testing.TB, r *Roster, login string, want State) View {
	t.Helper()
	v, ok := r.View(login)
	if !ok || v.State != want {
		t.Fatalf("%s is %q (%s), want %q", login, v.State, v.Reason, want)
	}
	return v
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ready brings an agent to Ready.
func ready(t testing.TB, r *Roster, login string) {
	t.Helper()
	r.PhoneUp(login, time.Time{})
	must(t, r.Ready(login, login))
	mustState(t, r, login, Ready)
}

// readyAndListed brings an agent to Ready and lets the queue hear of it.
func readyAndListed(t testing.TB, r *Roster, login string) {
	t.Helper()
	ready(t, r, login)
	synctest.Wait()
}

// talking brings an agent into a call.
func talking(t testing.TB, r *Roster, login, call string) {
	t.Helper()
	ready(t, r, login)
	if !r.Offered(login, call) {
		t.Fatalf("%s refused %s", login, call)
	}
	r.RingingNow(login, call)
	r.Talking(login, call, time.Now())
	mustState(t, r, login, Talking)
}

// pass lets the bubble's time pass, and everything that it brings about happen.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

package agent

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// life is one run of the server over a store.
type life struct {
	r    *Roster
	h    *house
	stop func()
}

func live(t *testing.T, store Store, change func(*Options)) life {
	h := newHouse()
	o := options(h)
	o.Store = store
	if change != nil {
		change(&o)
	}
	r := newRoster(o, h)
	return life{r, h, running(t, r)}
}

// TestRestart: what a server that was killed knew is known by the next one, and then corrected by phones and calls.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := NewMemoryStore()
		old := live(t, store, nil)
		_, err := old.r.OpenDesk("wang", "s")
		must(t, err)
		ready(t, old.r, "wang")
		idle := time.Now()
		talking(t, old.r, "li", "a-1")
		answered := time.Now()
		must(t, old.r.Pause("li", "meal", "li"))
		ready(t, old.r, "zhao")
		must(t, old.r.Pause("zhao", "break", "zhao"))
		pass(10 * time.Second)
		old.stop()

		h := newHouse()
		o := options(h)
		o.Store = store
		r := NewRoster(o)
		r.SetQueueing(h)
		r.OnChange(h.moved)
		r.SetProfiles(profiles()[:2])
		must(t, r.Restore(t.Context()))
		r.SetProfiles(profiles()) // an agent who is known later is restored later
		defer running(t, r)()
		if v := mustState(t, r, "li", Talking); v.Call != "a-1" || !v.Since.Equal(answered) || v.Pending != Paused || v.Answered != 1 {
			t.Errorf("%+v", v)
		}
		if v := mustState(t, r, "zhao", Paused); v.Reason != "break" {
			t.Errorf("%+v", v)
		}
		before := mustState(t, r, "wang", Unreachable)
		if r.Offered("wang", "a-2") {
			t.Error("offered a call before the phone was known")
		}
		synctest.Wait()
		told, notes, _ := h.heard()
		slices.Sort(told)
		if want := []string{"gone wang", "gone zhao"}; !slices.Equal(told, want) || len(notes) != 0 {
			t.Errorf("queue told %v, managers %v; want %v", told, notes, want)
		}
		pass(time.Second)
		r.PhonesSynced([]string{"li", "wang", "zhao"})
		if v := mustState(t, r, "wang", Ready); !v.IdleSince.Equal(idle) || v.Version <= before.Version {
			t.Errorf("%+v, want idle since %v", v, idle)
		}
		r.Talking("li", "a-1", answered) // adopted
		r.CallsSynced("a", []string{"a-1"}, time.Now())
		mustState(t, r, "li", Talking)
		r.CallsSynced("a", nil, time.Now())
		mustState(t, r, "li", WrapUp)
		synctest.Wait()
		if told, notes, _ = h.heard(); !slices.Equal(told, []string{"ready wang"}) || !slices.Equal(notes, []string{"contradiction li a-1"}) {
			t.Errorf("queue told %v, managers %v", told, notes)
		}
		pass(29 * time.Second) // wang's desk does not come back
		if v := mustState(t, r, "wang", Paused); v.Reason != ReasonDeskLost {
			t.Errorf("%+v", v)
		}
	})
}

func TestRestartInWrapUpKeepsItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := NewMemoryStore()
		old := live(t, store, nil)
		talking(t, old.r, "li", "a-1")
		old.r.CallOver("li", "a-1", "repair", time.Now())
		end := mustState(t, old.r, "li", WrapUp).WrapUpEnd
		pass(20 * time.Second)
		old.stop()
		next := live(t, store, nil) // restores by itself, behind
		defer next.stop()
		synctest.Wait()
		if v := mustState(t, next.r, "li", WrapUp); !v.WrapUpEnd.Equal(end) {
			t.Errorf("%+v", v)
		}
		pass(40 * time.Second)
		if v := mustState(t, next.r, "li", Paused); v.Reason != ReasonWrapUpTimeout {
			t.Errorf("%+v", v)
		}
		if _, notes, _ := next.h.heard(); !slices.Equal(notes, []string{"wrapup-timeout li a-1"}) {
			t.Errorf("managers told %v", notes)
		}
	})
}

// TestOldServerIsFenced: a server that was thought dead must not overwrite what its successor wrote.
func TestOldServerIsFenced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := NewMemoryStore()
		old := live(t, store, nil)
		defer old.stop()
		ready(t, old.r, "li")
		synctest.Wait()
		if c := old.r.Copy(); c.State != "ok" || c.Behind != 0 {
			t.Errorf("%+v", c)
		}
		next := live(t, store, nil)
		defer next.stop()
		synctest.Wait()
		must(t, next.r.Pause("li", "meal", "li"))
		must(t, next.r.Flush(t.Context()))
		must(t, old.r.SignOut("li", "li"))
		synctest.Wait()
		if c := old.r.Copy(); c.State != "superseded" || c.Behind != 0 {
			t.Errorf("%+v", c)
		}
		must(t, old.r.Ready("li", "li"))
		must(t, old.r.Flush(t.Context())) // nothing waits any more
		copies, err := store.Load(t.Context())
		must(t, err)
		if len(copies) != 1 || copies[0].State != Paused {
			t.Errorf("stored: %+v", copies)
		}
	})
}

func TestRemovedAgentLeavesNoCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := NewMemoryStore()
		l := live(t, store, nil)
		defer l.stop()
		ready(t, l.r, "li")
		ready(t, l.r, "wang")
		synctest.Wait()
		l.r.SetProfiles(profiles()[1:])
		synctest.Wait()
		copies, err := store.Load(t.Context())
		must(t, err)
		if len(copies) != 1 || copies[0].Login != "wang" {
			t.Errorf("stored: %+v", copies)
		}
	})
}

// flaky is a MemoryStore that can be away.
type flaky struct {
	*MemoryStore
	away atomic.Bool
}

var errAway = errors.New("away")

func (f *flaky) Claim(ctx context.Context, epoch, floor int64) (int64, error) {
	if f.away.Load() {
		return 0, errAway
	}
	return f.MemoryStore.Claim(ctx, epoch, floor)
}

func (f *flaky) Save(ctx context.Context, epoch int64, copies []Copy) (int64, []string, error) {
	if f.away.Load() {
		return 0, nil, errAway
	}
	return f.MemoryStore.Save(ctx, epoch, copies)
}

// TestStoreAway: presence goes on without its store, from the start and in between, and is written when it is there.
func TestStoreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{MemoryStore: NewMemoryStore()}
		before := live(t, store, nil)
		ready(t, before.r, "wang")
		must(t, before.r.Pause("wang", "meal", "wang"))
		pass(time.Minute)
		before.stop()

		store.away.Store(true)
		l := live(t, store, nil)
		defer l.stop()
		if err := l.r.Restore(t.Context()); !errors.Is(err, errAway) {
			t.Errorf("Restore: %v", err)
		}
		talking(t, l.r, "li", "a-1")
		l.r.PhoneUp("wang", time.Time{}) // the phone's word alone does not stand against the copy
		pass(time.Minute)
		if c := l.r.Copy(); c.State != "unreachable" || c.Behind == 0 || c.Error == "" {
			t.Errorf("%+v", c)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.r.Flush(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Flush: %v", err)
		}
		store.away.Store(false)
		must(t, l.r.Flush(t.Context()))
		mustState(t, l.r, "li", Talking)
		if v := mustState(t, l.r, "wang", Paused); v.Reason != "meal" || !v.PhoneUp {
			t.Errorf("%+v", v)
		}

		store.away.Store(true)
		l.r.CallOver("li", "a-1", "repair", time.Now())
		synctest.Wait()
		store.mu.Lock()
		store.epoch, store.copies = 0, map[string]Copy{} // it comes back empty
		store.mu.Unlock()
		store.away.Store(false)
		must(t, l.r.Flush(t.Context()))
		pass(10 * time.Second)
		copies, err := store.Load(t.Context())
		must(t, err)
		if len(copies) != 2 || l.r.Copy().State != "ok" {
			t.Errorf("stored: %+v, %+v", copies, l.r.Copy())
		}
	})
}

// TestRealRedisKilled: kill -9 and an empty return of a real Redis go unnoticed by agents, and all is written again.
func TestRealRedisKilled(t *testing.T) {
	server := startRedis(t)
	store := dial(t, server.url)
	l := live(t, store, nil)
	defer l.stop()
	must(t, l.r.Restore(t.Context()))
	ready(t, l.r, "li")
	talking(t, l.r, "wang", "a-1")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	must(t, l.r.Flush(ctx))

	server.kill(t)
	must(t, l.r.Pause("li", "meal", "li"))
	mustState(t, l.r, "wang", Talking)
	server.start(t)
	must(t, l.r.Flush(ctx))
	copies, err := dial(t, server.url).Load(ctx)
	must(t, err)
	got := map[string]State{}
	for _, c := range copies {
		got[c.Login] = c.State
	}
	if len(got) != 2 || got["li"] != Paused || got["wang"] != Talking {
		t.Errorf("stored: %v", got)
	}
}

package queue

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

var errDown = errors.New("connection refused")

// flaky is a shared board that can be down, hang, or lose everything.
type flaky struct {
	*LocalBoard
	down, hang atomic.Bool
}

func (f *flaky) trouble(ctx context.Context) error {
	if f.hang.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	if f.down.Load() {
		return errDown
	}
	return nil
}

func (f *flaky) Enqueue(ctx context.Context, w Waiting) (Enqueued, error) {
	if err := f.trouble(ctx); err != nil {
		return Enqueued{}, err
	}
	return f.LocalBoard.Enqueue(ctx, w)
}

func (f *flaky) Answer(ctx context.Context, call, agent string, at time.Time) (Won, error) {
	if err := f.trouble(ctx); err != nil {
		return Won{}, err
	}
	return f.LocalBoard.Answer(ctx, call, agent, at)
}

func (f *flaky) Due(ctx context.Context, now time.Time, max int) ([]Deadline, error) {
	if err := f.trouble(ctx); err != nil {
		return nil, err
	}
	return f.LocalBoard.Due(ctx, now, max)
}

// reports gathers the modes that a Failover reports.
type reports struct {
	mu    sync.Mutex
	modes []string
	next  chan string
}

func newReports() *reports { return &reports{next: make(chan string, 100)} }

func (r *reports) take(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.modes = append(r.modes, e.Kind+" "+e.Data["mode"])
	r.next <- e.Data["mode"]
}

func (r *reports) await(t *testing.T, mode string) {
	t.Helper()
	select {
	case got := <-r.next:
		if got != mode {
			t.Fatalf("mode %s, want %s", got, mode)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("mode %s was not reported", mode)
	}
}

func TestFailoverAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		shared := &flaky{LocalBoard: NewLocalBoard(BoardOptions{Node: "n1"})}
		seen := newReports()
		var f *Failover
		f = NewFailover(shared, NewLocalBoard(BoardOptions{Node: "n1"}), FailoverOptions{Report: func(e Event) {
			if _, err := f.Lookup(ctx, "before"); err != nil { // a listener may use the board
				t.Error(err)
			}
			seen.take(e)
		}})
		var run sync.WaitGroup
		run.Go(func() { _ = f.Run(ctx) })
		d := desk{t: t, ctx: ctx, world: world{clock: newClock()}, Board: f}

		d.must(d.Know(ctx, "+861", Caller{Owners: []string{"b"}}))
		d.ready("a", time.Minute, at("q", 1))
		d.ready("b", time.Second, at("q", 1))
		armed := []Due{{time.Now().Add(time.Hour), "max-wait"}}
		before := d.enqueue("before", "q", func(w *Waiting) { w.Deadlines = armed })
		d.want(before.Matches, "before>a skill 1")

		shared.hang.Store(true)
		start := time.Now()
		d.want(d.enqueue("during", "q", func(w *Waiting) { w.Number = "+861" }).Matches, "during>b owner")
		if took := time.Since(start); took > 200*time.Millisecond {
			t.Errorf("the first caller waited %v for the dead board", took)
		}
		if f.Mode() != ModeLocal {
			t.Fatal("still shared")
		}
		start = time.Now()
		won, err := f.Answer(ctx, "before", "a", time.Now())
		d.must(err)
		if won.Winner != "a" || time.Since(start) != 0 {
			t.Errorf("won %+v after %v", won, time.Since(start))
		}
		d.enqueue("waits", "q")
		shared.hang.Store(false)
		for f.Mode() == ModeLocal {
			lapse(time.Millisecond)
		}
		synctest.Wait()
		if !slices.Equal(seen.modes, []string{"degraded local", "degraded shared"}) {
			t.Errorf("reported %q", seen.modes)
		}
		here, there := f.local.Standing(), shared.Standing()
		if !reflect.DeepEqual(here, there) {
			t.Errorf("the shared board was not written anew:\n%+v\n%+v", here, there)
		}
		k, err := f.Lookup(ctx, "before")
		d.must(err)
		if k.Winner != "a" || k.Epoch != before.Epoch {
			t.Errorf("before %+v", k)
		}
		d.matched(f.Miss(ctx, "during", "b", true))("waits>b skill 1")
		cancel()
		run.Wait()
	})
}

func TestFailoverErrors(t *testing.T) {
	shared := &flaky{LocalBoard: NewLocalBoard(BoardOptions{Node: "n1"})}
	seen := newReports()
	f := NewFailover(shared, NewLocalBoard(BoardOptions{Node: "n1"}), FailoverOptions{Report: seen.take})
	ctx, stop := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() { _ = f.Run(ctx) })
	defer run.Wait()
	defer stop()
	if _, err := f.Enqueue(ctx, Waiting{}); !errors.Is(err, errInput) {
		t.Errorf("error %v", err)
	}
	if _, err := f.Answer(ctx, "x", "a", time.Now()); !errors.Is(err, ErrUnknown) {
		t.Errorf("error %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	shared.hang.Store(true)
	if _, err := f.Enqueue(gone, Waiting{Call: "c", Queue: "q"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if f.Mode() != ModeShared {
		t.Fatal("what callers of the board do wrong degraded it")
	}
	// A caller in more of a hurry than the Failover still gets an answer, and the board is found out.
	hasty, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	if _, err := f.Enqueue(hasty, Waiting{Call: "c", Queue: "q"}); err != nil || f.Mode() != ModeLocal {
		t.Errorf("error %v, mode %s", err, f.Mode())
	}
	seen.await(t, ModeLocal)
}

// A shared board that comes back empty answers, but knows nothing: it is found out by the first call it should know.
func TestFailoverSharedBoardEmptied(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	shared := &flaky{LocalBoard: NewLocalBoard(BoardOptions{Node: "n1"})}
	seen := newReports()
	f := NewFailover(shared, NewLocalBoard(BoardOptions{Node: "n1"}), FailoverOptions{Report: seen.take, Probe: time.Millisecond})
	var run sync.WaitGroup
	run.Go(func() { _ = f.Run(ctx) })
	defer run.Wait()
	defer cancel()
	d := desk{t: t, ctx: ctx, world: world{clock: newClock()}, Board: f}
	d.ready("a", 0, at("q", 1))
	d.ready("b", 0, at("q", 1))
	d.enqueue("c1", "q")
	d.enqueue("c2", "q")
	empty := NewLocalBoard(BoardOptions{Node: "n1"})
	shared.LocalBoard.mu.Lock()
	*shared.LocalBoard.t = *empty.t
	shared.LocalBoard.mu.Unlock()
	won, err := f.Answer(ctx, "c1", "a", d.Now())
	d.must(err)
	if won.Winner != "a" {
		t.Fatalf("won %+v", won)
	}
	seen.await(t, ModeLocal)
	seen.await(t, ModeShared)
	if k, err := shared.Lookup(ctx, "c2"); err != nil || !slices.Equal(k.Ringing, []string{"b"}) {
		t.Errorf("c2 %+v %v", k, err)
	}
	if k, err := shared.Lookup(ctx, "c1"); err != nil || k.Winner != "a" {
		t.Errorf("c1 %+v %v", k, err)
	}
}

// A call that another node took over while this one was cut off stays with the other.
func TestFailoverYieldsToNewDriver(t *testing.T) {
	ctx := t.Context()
	n2 := NewLocalBoard(BoardOptions{Node: "n2"})
	shared := &flaky{LocalBoard: n2.Beside("n1")}
	f := NewFailover(shared, NewLocalBoard(BoardOptions{Node: "n1"}), FailoverOptions{})
	d := desk{t: t, ctx: ctx, world: world{clock: newClock()}, Board: f}
	d.enqueue("c1", "q")
	d.enqueue("c2", "q")
	shared.down.Store(true)
	d.enqueue("c3", "q")
	if _, err := n2.Adopt(ctx, "c1"); err != nil {
		t.Fatal(err)
	}
	shared.down.Store(false)
	f.restore(ctx)
	if f.Mode() != ModeShared {
		t.Fatal("not back")
	}
	_, err := f.Leave(ctx, "c1")
	d.wantErr(err, ErrFenced)
	for call, node := range map[string]string{"c1": "n2", "c2": "n1", "c3": "n1"} {
		if k, err := n2.Lookup(ctx, call); err != nil || k.Node != node {
			t.Errorf("%s %+v %v", call, k, err)
		}
	}
	if s := f.local.Standing(); len(s.Calls) != 2 {
		t.Errorf("the ledger keeps %+v", s.Calls)
	}
}

// What the ledger learns from results is what the shared board decided.
func TestLedgerFollows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newClock()
		shared := NewLocalBoard(BoardOptions{Node: "n1", Now: c.Now})
		f := NewFailover(shared, NewLocalBoard(BoardOptions{Node: "n1", Now: c.Now}), FailoverOptions{Timeout: time.Minute})
		ops := &model{clock: c, t: rt, ctx: t.Context(), table: shared.t}
		rt.Repeat(map[string]func(*rapid.T){
			"enqueue": func(t *rapid.T) {
				w := Waiting{Call: ops.call(t), Queue: ops.queue(t), Number: "+1", Ring1: ops.instant(t), First: ops.step(t), Deadlines: ops.due(t)}
				_, _ = f.Enqueue(ops.ctx, w)
			},
			"ready": func(t *rapid.T) {
				a := Idle{Agent: ops.agent(t), Team: ops.team(t), Since: ops.instant(t), Queues: []Level{at(ops.queue(t), 1), {Queue: ops.queue(t) + "m", Manager: true}}}
				_, _ = f.Ready(ops.ctx, a)
			},
			"know": func(t *rapid.T) {
				owners := rapid.SliceOfNDistinct(rapid.Just("a1"), 0, 1, rapid.ID).Draw(t, "owners")
				_ = f.Know(ops.ctx, "+1", Caller{Owners: owners, Team: "north"})
			},
			"unready": func(t *rapid.T) { a := ops.agent(t); _, _ = f.Unready(ops.ctx, a) },
			"widen": func(t *rapid.T) {
				call, s := ops.call(t), ops.step(t)
				e := ops.epoch(t, call)
				_, _ = f.Widen(ops.ctx, call, e, s)
			},
			"answer": func(t *rapid.T) {
				call, a := ops.call(t), ops.agent(t)
				_, _ = f.Answer(ops.ctx, call, a, c.Now())
			},
			"miss": func(t *rapid.T) {
				call, a, r := ops.call(t), ops.agent(t), rapid.Bool().Draw(t, "requeue")
				_, _ = f.Miss(ops.ctx, call, a, r)
			},
			"reopen": func(t *rapid.T) {
				call, a := ops.call(t), ops.agent(t)
				_, _ = f.Reopen(ops.ctx, call, a)
			},
			"move": func(t *rapid.T) {
				call, q := ops.call(t), ops.queue(t)
				_, _ = f.Move(ops.ctx, call, q)
			},
			"leave": func(t *rapid.T) { call := ops.call(t); _, _ = f.Leave(ops.ctx, call) },
			"adopt": func(t *rapid.T) { call := ops.call(t); _, _ = f.Adopt(ops.ctx, call) },
			"lease": func(*rapid.T) { _, _ = f.Lease(ops.ctx, time.Hour) },
			"fire": func(t *rapid.T) {
				call := ops.call(t)
				x := Deadline{Call: call, Epoch: ops.epoch(t, call), Kind: "step:2"}
				_, _ = f.Fire(ops.ctx, x)
			},
			"time": func(*rapid.T) { c.pass(time.Second) },
			"": func(*rapid.T) {
				if f.Mode() != ModeShared {
					rt.Fatal("degraded")
				}
				if here, there := f.local.Standing(), shared.Standing(); !reflect.DeepEqual(here, there) {
					rt.Fatalf("ledger %+v\nshared %+v", here, there)
				}
			},
		})
	})
}

// TestFailoverIsPatientWhileCold: a node that has just started waits longer for the shared board, because its own ledger does
// not know the calls yet that it has to adopt.
func TestFailoverIsPatientWhileCold(t *testing.T) {
	for age, want := range map[time.Duration]time.Duration{0: coldTimeout, 6 * time.Second: 150 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			shared := &flaky{LocalBoard: NewLocalBoard(BoardOptions{Node: "n1"})}
			f := NewFailover(shared, NewLocalBoard(BoardOptions{Node: "n1"}), FailoverOptions{Cold: 5 * time.Second})
			lapse(age)
			shared.hang.Store(true)
			began := time.Now()
			d := desk{t: t, ctx: t.Context(), world: world{clock: newClock()}, Board: f}
			d.enqueue("c", "q")
			if took := time.Since(began); took != want || f.Mode() != ModeLocal {
				t.Errorf("at the age of %v the board was given up after %v (mode %s), want %v", age, took, f.Mode(), want)
			}
		})
	}
}

package queue

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// alarm gathers what fired, with the instant of the bubble's clock.
type alarm struct {
	mu    sync.Mutex
	fired []string
}

func (a *alarm) take(d Deadline) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fired = append(a.fired, fmt.Sprintf("%s %s @%v", d.Call, d.Kind, time.Since(bubbleStart())))
}

// bubbleStart is when the clock of every synctest bubble begins.
func bubbleStart() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

func (a *alarm) want(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !slices.Equal(a.fired, want) {
		t.Fatalf("fired %q, want %q", a.fired, want)
	}
}

// inBubble runs f with a board and its deadlines running.
func inBubble(t *testing.T, board Board, f func(d desk, dl *Deadlines, a *alarm)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		a := &alarm{}
		dl := NewDeadlines(board, a.take, DeadlineOptions{})
		var run sync.WaitGroup
		run.Go(func() { _ = dl.Run(ctx) })
		f(desk{t: t, ctx: ctx, world: world{clock: newClock()}, Board: board}, dl, a)
		cancel()
		run.Wait()
	})
}

// lapse lets time pass in a bubble.
func lapse(d time.Duration) { <-time.After(d) }

func in(d time.Duration) time.Time { return time.Now().Add(d) }

// armed enqueues a call and arms its deadlines in both places.
func (d desk) armed(dl *Deadlines, call string, due ...Due) int64 {
	d.t.Helper()
	e, err := d.Enqueue(d.ctx, Waiting{Call: call, Queue: "q", Ring1: time.Now(), Deadlines: due})
	d.must(err)
	for _, x := range due {
		dl.Arm(Deadline{Call: call, Epoch: e.Epoch, Kind: x.Kind, At: x.At})
	}
	return e.Epoch
}

func TestDeadlinesFireInTime(t *testing.T) {
	inBubble(t, NewLocalBoard(BoardOptions{}), func(d desk, dl *Deadlines, a *alarm) {
		d.armed(dl, "c1", Due{in(10 * time.Second), "step:3"}, Due{in(5 * time.Second), "step:2"}, Due{in(5001 * time.Millisecond), "other"})
		epoch := d.armed(dl, "c2", Due{in(7 * time.Second), "step:2"})
		dl.Arm(Deadline{Call: "c2", Epoch: epoch, Kind: "step:2", At: in(7 * time.Second)})     // twice
		dl.Arm(Deadline{Call: "c2", Epoch: epoch - 1, Kind: "step:2", At: in(6 * time.Second)}) // stale
		dl.Arm(Deadline{Call: "c2", Epoch: epoch, Kind: "unknown", At: in(time.Second)})
		if dl.Armed() != 7 {
			t.Errorf("%d armed", dl.Armed())
		}
		lapse(time.Minute)
		a.want(t, "c1 step:2 @5s", "c1 other @5.001s", "c2 step:2 @7s", "c1 step:3 @10s")
		if dl.Armed() != 0 {
			t.Errorf("%d armed", dl.Armed())
		}
	})
}

func TestDeadlinesOfAnsweredCalls(t *testing.T) {
	inBubble(t, NewLocalBoard(BoardOptions{}), func(d desk, dl *Deadlines, a *alarm) {
		d.armed(dl, "answered", Due{in(5 * time.Second), "step:2"})
		d.armed(dl, "left", Due{in(5 * time.Second), "step:2"})
		d.armed(dl, "reopened", Due{in(5 * time.Second), "step:2"})
		for _, call := range []string{"answered", "reopened"} {
			_, err := d.Answer(d.ctx, call, "agent of "+call, time.Now())
			d.must(err)
		}
		_, err := d.Leave(d.ctx, "left")
		d.must(err)
		lapse(8500 * time.Millisecond)
		a.want(t)
		d.matched(d.Reopen(d.ctx, "reopened", "agent of reopened"))()
		lapse(time.Second)
		a.want(t, "reopened step:2 @9s") // found by the sweep
	})
}

func TestDeadlinesAdoptedBySweep(t *testing.T) {
	n2 := NewLocalBoard(BoardOptions{Node: "n2"})
	inBubble(t, n2.Beside("n1"), func(d desk, _ *Deadlines, a *alarm) {
		e, err := n2.Enqueue(d.ctx, Waiting{Call: "c", Queue: "q", Deadlines: []Due{{in(2 * time.Second), "step:2"}, {in(4500 * time.Millisecond), "step:3"}}})
		d.must(err)
		lapse(3500 * time.Millisecond)
		a.want(t)
		k, err := d.Adopt(d.ctx, "c")
		d.must(err)
		if k.Epoch <= e.Epoch || len(k.Deadlines) != 2 {
			t.Errorf("adopted %+v", k)
		}
		lapse(time.Minute)
		a.want(t, "c step:2 @4s", "c step:3 @5s")
	})
}

// A board that fails does not lose a deadline, and fires it once when it is back.
func TestDeadlinesBoardFails(t *testing.T) {
	board := &fireless{LocalBoard: NewLocalBoard(BoardOptions{}), until: 3}
	inBubble(t, board, func(d desk, dl *Deadlines, a *alarm) {
		d.armed(dl, "c", Due{in(time.Second), "step:2"})
		lapse(time.Minute)
		a.want(t, "c step:2 @1.3s")
	})
}

// fireless fails the first few times.
type fireless struct {
	*LocalBoard
	mu    sync.Mutex
	until int
}

func (f *fireless) Fire(ctx context.Context, d Deadline) (bool, error) {
	f.mu.Lock()
	f.until--
	failed := f.until >= 0
	f.mu.Unlock()
	if failed {
		return false, errDown
	}
	return f.LocalBoard.Fire(ctx, d)
}

// Deadlines of one call fire in their order, whatever the workers do.
func TestDeadlinesKeepOrderOfACall(t *testing.T) {
	inBubble(t, NewLocalBoard(BoardOptions{}), func(d desk, dl *Deadlines, a *alarm) {
		var due []Due
		var want []string
		for i := range 50 {
			due = append(due, Due{in(time.Second + time.Duration(i)*time.Millisecond), fmt.Sprintf("step:%d", i)})
			want = append(want, fmt.Sprintf("c step:%d @%v", i, time.Second+time.Duration(i)*time.Millisecond))
		}
		slices.Reverse(due)
		d.armed(dl, "c", due...)
		lapse(2 * time.Second)
		a.want(t, want...)
	})
}

// TestDeadlinesAskNothingForIdleCalls: a deadline that the answer has disarmed costs the board no step.
func TestDeadlinesAskNothingForIdleCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		board := NewLocalBoard(BoardOptions{})
		var fired []string
		dl := NewDeadlines(board, func(x Deadline) { fired = append(fired, x.Call) }, DeadlineOptions{
			Sweep: time.Hour, Workers: 1, Idle: func(x Deadline) bool { return x.Call == "answered" },
		})
		var run sync.WaitGroup
		run.Go(func() { _ = dl.Run(ctx) })
		d := desk{t: t, ctx: ctx, world: world{clock: newClock()}, Board: board}
		due := Due{in(time.Second), "step:2"}
		d.armed(dl, "answered", due)
		before := board.Commands()
		lapse(2 * time.Second)
		synctest.Wait()
		if len(fired) != 0 || board.Commands() != before {
			t.Errorf("%q fired, %d steps on the board", fired, board.Commands()-before)
		}
		cancel()
		run.Wait()
	})
}

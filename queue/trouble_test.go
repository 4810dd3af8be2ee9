package queue

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// shakyBoard fails the first tries of every kind of step.
type shakyBoard struct {
	Board
	mu    sync.Mutex
	fails map[string]int
}

var errAway = errors.New("connection refused")

func (b *shakyBoard) shake(step string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails[step] > 0 {
		b.fails[step]--
		return errAway
	}
	return nil
}

func (b *shakyBoard) Enqueue(ctx context.Context, w Waiting) (Enqueued, error) {
	if err := b.shake("enqueue"); err != nil {
		return Enqueued{}, err
	}
	return b.Board.Enqueue(ctx, w)
}

func (b *shakyBoard) Ready(ctx context.Context, i Idle) ([]Match, error) {
	if err := b.shake("ready"); err != nil {
		return nil, err
	}
	return b.Board.Ready(ctx, i)
}

func (b *shakyBoard) Widen(ctx context.Context, call string, epoch int64, s Step) ([]Match, error) {
	if err := b.shake("widen"); err != nil {
		return nil, err
	}
	return b.Board.Widen(ctx, call, epoch, s)
}

func (b *shakyBoard) Answer(ctx context.Context, call, agent string, at time.Time) (Won, error) {
	if err := b.shake("answer"); err != nil {
		return Won{}, err
	}
	return b.Board.Answer(ctx, call, agent, at)
}

func (b *shakyBoard) Miss(ctx context.Context, call, agent string, requeue bool) ([]Match, error) {
	if err := b.shake("miss"); err != nil {
		return nil, err
	}
	return b.Board.Miss(ctx, call, agent, requeue)
}

func (b *shakyBoard) Leave(ctx context.Context, call string) (Left, error) {
	if err := b.shake("leave"); err != nil {
		return Left{}, err
	}
	return b.Board.Leave(ctx, call)
}

func (b *shakyBoard) Adopt(ctx context.Context, call string) (Known, error) {
	if err := b.shake("adopt"); err != nil {
		return Known{}, err
	}
	return b.Board.Adopt(ctx, call)
}

func (b *shakyBoard) Calls(ctx context.Context, name string) ([]string, error) {
	if err := b.shake("calls"); err != nil {
		return nil, err
	}
	return b.Board.Calls(ctx, name)
}

func shaky(h *house, times int) *shakyBoard {
	b := &shakyBoard{Board: h.board, fails: map[string]int{}}
	for _, step := range []string{"enqueue", "ready", "widen", "answer", "miss", "leave", "adopt", "calls"} {
		b.fails[step] = times
	}
	return b
}

// A board that fails every kind of step a few times delays, and loses nobody.
func TestCallersReachAHumanThoughTheBoardFails(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.crash(nil)
		board := shaky(h, 4)
		h.open(testConfig(), board)
		h.staff("ann", "bob", "cid")
		call := h.ringIn()
		h.sleepUntil(2 * time.Second)
		h.wantRinging("ann")
		h.stopLeg("ann", legDeclined)
		h.sleepUntil(8 * time.Second)
		ringing := h.ringing()
		if len(ringing) == 0 {
			t.Fatal("nobody rings")
		}
		h.answer(ringing[0])
		h.wantState(call, "talking")
		h.sleepUntil(20 * time.Second)
		h.abandon(call)
		h.wantState(call, "ended")
		h.sleepUntil(60 * time.Second)
		if left, err := h.board.Calls(h.t.Context(), "sw"); err != nil || len(left) != 0 {
			t.Errorf("the board still has %v, %v", left, err)
		}
		if h.d.Stats().Trouble == 0 {
			t.Error("the trouble was not counted")
		}
		h.ringIn()
		h.sleepUntil(71 * time.Second)
		h.wantRinging("ann", "bob", "cid")
	})
}

func TestAdoptionThoughTheBoardFails(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob")
		talking := h.ringIn()
		h.answer("ann")
		h.wantState(talking, "talking")
		gone := h.ringIn()
		h.wantRinging("bob")
		h.crash(func() { h.abandon(gone) })
		h.restart(testConfig(), shaky(h, 5))
		h.sleepUntil(20 * time.Second)
		h.wantState(talking, "talking")
		if left, err := h.board.Calls(h.t.Context(), "sw"); err != nil || len(left) != 1 {
			t.Errorf("the board has %v, %v", left, err)
		}
	})
}

// Another node has taken the call: this one lets go of it and touches nothing.
func TestFencedCallIsLetGo(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob", "cid")
		call := h.ringIn()
		h.wantRinging("ann")
		if _, err := h.board.Beside("n2").Adopt(h.t.Context(), call); err != nil {
			t.Fatal(err)
		}
		h.answer("ann")
		h.wantState(call, "ended")
		if h.lines[call].ended || len(h.talks) != 0 || len(h.of(EventEnded)) != 0 {
			t.Errorf("the call was touched: %+v, %v", h.lines[call], h.of(EventEnded))
		}
	})
}

// The board comes back empty in the middle of a wait: the call is put on it again.
func TestLostBoardInTheMiddleOfAWait(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob", "cid")
		call := h.ringIn()
		h.wantRinging("ann")
		if _, err := h.board.Leave(h.t.Context(), call); err != nil {
			t.Fatal(err)
		}
		h.d.send(call, callInput{kind: inStepDue, n: 1, at: time.Now()}) // the sweep finds nothing; the heap still fires
		h.wantState(call, "waiting")
		if left, err := h.board.Calls(h.t.Context(), "sw"); err != nil || len(left) != 1 {
			t.Errorf("the board has %v, %v", left, err)
		}
		h.answer("ann")
		h.wantState(call, "talking")
	})
}

// A switch that takes the hang-up and never says that the call has ended.
func TestEndThatNeverComes(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.ringIn()
		h.lines[call].ended = true // deaf from now on: HangUp answers "gone", no event follows
		if err := h.d.HangUp(h.t.Context(), call, "boss"); err != nil {
			t.Fatal(err)
		}
		h.wantState(call, "ending")
		h.sleepUntil(30 * time.Second)
		h.wantState(call, "ended")
		if e := h.one(EventEnded); e.Data["end"] != endUnknown {
			t.Errorf("ended %+v", e)
		}
	})
}

// A Connect that hangs is bounded; the others are rung again.
func TestConnectThatHangs(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob")
		h.hold["ann"] = true
		call := h.ringIn()
		h.answer("ann")
		h.wantState(call, "connecting")
		h.sleepUntil(5 * time.Second)
		h.wantState(call, "waiting")
		if len(h.ringing()) == 0 {
			t.Error("nobody rings after a connection that hung")
		}
	})
}

// Matches for another node's calls come by letter.
func TestLettersReachTheirCalls(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.ringIn()
		other := h.board.Beside("n2")
		h.agents["zoe"] = &fakeAgent{state: "ready", since: h.start}
		matches, err := other.Ready(h.t.Context(), Idle{Agent: "zoe", Since: h.start, Queues: []Level{{Queue: "support", Level: 1}}})
		if err != nil || len(matches) != 0 {
			t.Fatalf("matches %v, %v", matches, err)
		}
		letters, err := h.board.Lease(h.t.Context(), time.Second)
		if err != nil {
			t.Fatal(err)
		}
		h.d.Recovered(letters)
		h.wantRinging("zoe")
		h.answer("zoe")
		h.wantState(call, "talking")
		h.d.Recovered(Leased{Lost: true})
		if e := h.one(EventAlarm); e.Data["what"] != "lease-lost" {
			t.Errorf("alarm %+v", e)
		}
	})
}

// elsewhere is a board that keeps nothing in this process, as RedisBoard does.
type elsewhere struct{ Board }

func (elsewhere) Enqueue(context.Context, Waiting) (Enqueued, error) { return Enqueued{Epoch: 1}, nil }

// nothing is a book and an alarm clock that keep nothing.
type nothing struct{ Book }

func (nothing) Write(Event)  {}
func (nothing) Arm(Deadline) {}

// What one waiting call costs this process: its goroutine, inbox and state.
func BenchmarkMemoryOfAWaitingCall(b *testing.B) {
	const calls = 10000
	d := NewDistributor(testConfig(), elsewhere{}, nothing{}, nil, nil, nil, nothing{}, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- d.Run(ctx) }()
	before, waiting := live(), 0
	for b.Loop() {
		for i := range calls {
			d.Arrived(Call{
				ID: "sw-" + strconv.Itoa(waiting+i), Switch: "sw", DID: "4001", Number: "+8613800000000", Arrived: time.Now(), Ring1: time.Now(),
			})
		}
		waiting += calls
		for d.Stats().Backlog > 0 {
			runtime.Gosched()
		}
	}
	b.ReportMetric(float64(live()-before)/float64(waiting), "bytes/call")
	stop()
	if err := <-done; err != nil {
		b.Error(err)
	}
}

func live() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

func TestStopLeavesCallsOnTheSwitch(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob")
		talking := h.ringIn()
		h.answer("ann")
		h.wantState(talking, "talking")
		waiting := h.ringIn()
		synctest.Wait()
		h.crash(nil)
		if h.lines[talking].ended || h.lines[waiting].ended {
			t.Error("stopping ended a call (I9)")
		}
		h.restart(testConfig(), h.board)
	})
}

package queue

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// farBoard answers one step only after a while, and says whatever it is told about the lease.
type farBoard struct {
	Board
	holds  atomic.Bool
	wait   time.Duration
	before func() // what happens on the board before it is reached
	err    error  // of Answer, instead of the board's
}

func (b *farBoard) Holds(time.Time) bool { return b.holds.Load() }

func (b *farBoard) Answer(ctx context.Context, call, agent string, at time.Time) (Won, error) {
	<-time.After(b.wait)
	if b.before != nil {
		b.before()
	}
	if b.err != nil {
		return Won{}, b.err
	}
	return b.Board.Answer(ctx, call, agent, at)
}

// farHouse is a house whose board needs 200 ms for an answer.
func farHouse(h *house, holds bool) *farBoard {
	h.crash(nil)
	far := &farBoard{Board: h.board, wait: 200 * time.Millisecond}
	far.holds.Store(holds)
	h.open(testConfig(), far)
	h.staff("ann", "bob")
	return far
}

func (h *house) leg(agent string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.legState[h.phones[agent]]
}

// While the lease lasts, caller and agent hear each other before the board has heard of it.
func TestConnectedBeforeTheBoardHasHeard(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		farHouse(h, true)
		call := h.ringIn()
		h.answer("ann")
		synctest.Wait()
		if got := h.leg("ann"); got != "connected" {
			t.Errorf("before the board's word the leg is %q", got)
		}
		h.sleepUntil(time.Second)
		h.wantState(call, "talking")
		if known, err := h.board.Lookup(t.Context(), call); err != nil || known.Winner != "ann" {
			t.Errorf("the board has %+v, %v", known, err)
		}
	})
}

// A node that was frozen until its lease ran out asks before it connects, and learns that the call is another's.
func TestFrozenNodeAsksBeforeItConnects(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		far := farHouse(h, true)
		call := h.ringIn()
		far.holds.Store(false)
		far.before = func() {
			if got := h.leg("ann"); got != "answered" {
				t.Errorf("before the board's word the leg is %q", got)
			}
			if _, err := h.board.Beside("n2").Adopt(t.Context(), call); err != nil {
				t.Error(err)
			}
		}
		h.answer("ann")
		h.sleepUntil(time.Second)
		h.wantState(call, "ended")
		if h.leg("ann") != "answered" || h.lines[call].ended || len(h.talks) != 0 {
			t.Errorf("the call was touched: leg %q, %+v, talks %v", h.leg("ann"), h.lines[call], h.talks)
		}
	})
}

// Two pick up at once: the first has the caller, the other is told, whatever the board takes for its word.
func TestOnlyOneIsConnectedAheadOfTheBoard(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		farHouse(h, true)
		call := h.ringIn()
		h.d.send(call, callInput{kind: inStepDue, n: everyoneStep, at: time.Now()})
		h.wantRinging("ann", "bob")
		h.answer("bob", "ann")
		synctest.Wait()
		if h.leg("bob") != "connected" || h.leg("ann") != "answered" {
			t.Errorf("bob is %q, ann %q", h.leg("bob"), h.leg("ann"))
		}
		h.sleepUntil(time.Second)
		h.wantState(call, "talking")
		if len(h.talks) != 1 || h.talks[0].Agent != "bob" || h.outcomes()["ann"] != outcomeLost || h.leg("ann") != "" {
			t.Errorf("talks %+v, outcomes %v, ann's leg %q", h.talks, h.outcomes(), h.leg("ann"))
		}
	})
}

// The board disagrees after all: an agent who belongs to another call is released and the caller rings on; a call that
// another node drives is left to it.
func TestBoardDisagreesWithAConnection(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		far := farHouse(h, true)
		far.err = ErrBusy
		call := h.ringIn()
		h.answer("ann")
		synctest.Wait()
		if h.leg("ann") != "connected" {
			t.Errorf("ann's leg is %q", h.leg("ann"))
		}
		h.sleepUntil(210 * time.Millisecond)
		far.err = nil
		if h.leg("ann") != "" || len(h.talks) != 0 {
			t.Errorf("ann's leg is %q, talks %v", h.leg("ann"), h.talks)
		}
		h.sleepUntil(10 * time.Second)
		h.wantRinging("bob")
		h.answer("bob")
		h.sleepUntil(11 * time.Second)
		h.wantState(call, "talking")
	})
	inHouse(t, testConfig(), func(h *house) {
		far := farHouse(h, true)
		call := h.ringIn()
		far.before = func() {
			if _, err := h.board.Beside("n2").Adopt(t.Context(), call); err != nil {
				t.Error(err)
			}
		}
		h.answer("ann")
		h.sleepUntil(time.Second)
		h.wantState(call, "ended")
		if h.lines[call].ended || len(h.talks) != 0 || len(h.of(EventEnded)) != 0 {
			t.Errorf("the call was touched: %+v, %v", h.lines[call], h.of(EventEnded))
		}
	})
}

// What a node knows of its lease: nothing before the first, less than its whole life, and nothing across a gap.
func TestHoldsOnlyAcrossAnUnbrokenLease(t *testing.T) {
	w := redisWorld("redis://" + miniredis.RunT(t).Addr())(t)
	board := w.node("n1").(holder)
	d := desk{t: t, ctx: t.Context(), world: w, Board: board.(Board)}
	lease := func() {
		_, err := d.Lease(t.Context(), 3*time.Second)
		d.must(err)
	}
	start := d.Now()
	want := func(what string, since time.Time, holds bool) {
		t.Helper()
		if board.Holds(since) != holds {
			t.Errorf("%s: holds %v", what, !holds)
		}
	}
	want("never leased", start, false)
	d.pass(time.Millisecond)
	lease()
	first := d.Now()
	want("driven before the first lease", start, false)
	want("driven under it", first, true)
	d.pass(1900 * time.Millisecond)
	want("long after a renewal", first, true)
	lease()
	d.pass(1900 * time.Millisecond)
	want("renewed in time", first, true)
	d.pass(200 * time.Millisecond)
	want("as good as run out", first, false)
	d.pass(2 * time.Second)
	lease()
	want("across a gap", first, false)
	want("after the gap", d.Now(), true)
}

package queue

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnswerInTheFirstRing(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob")
		call := h.ringIn()
		h.wantRinging("ann")
		h.sleepUntil(1200 * time.Millisecond)
		h.answer("ann")
		h.wantState(call, "talking")
		v := h.one(EventAnswered).Verdict
		if v == nil || v.Rings != 1 || v.Waited != 1200*time.Millisecond || !v.Met || v.Rule != "three-rings/1 1s+4s x3" {
			t.Errorf("verdict %+v", v)
		}
		if h.owners[call] != "ann" || len(h.talks) != 1 || h.talks[0].Verdict != *v {
			t.Errorf("owner %q, talks %+v", h.owners[call], h.talks)
		}
		if e := h.one(EventOwned); e.Data["owner"] != "ann" || e.Data["new"] != "true" {
			t.Errorf("owned %+v", e)
		}
		h.sleepUntil(31200 * time.Millisecond)
		h.stopLeg("ann", legHungUp)
		h.wantState(call, "ended")
		if e := h.one(EventEnded); e.Data["end"] != endAgent || e.Data["talk_ms"] != "30000" {
			t.Errorf("ended %+v", e)
		}
		if len(h.overs) != 1 || h.overs[0].Talked != 30*time.Second {
			t.Errorf("overs %+v", h.overs)
		}
	})
}

// The ladder of the default queue: one at ring 1, two more at ring 2, everyone and the manager at ring 3; nobody who rings
// is stopped by it.
func TestLadderWidensWithoutCancelling(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob", "cid", "dan", "eve", "boss")
		call := h.ringIn()
		h.wantRinging("ann")
		h.sleepUntil(4999 * time.Millisecond)
		h.wantRinging("ann")
		h.sleepUntil(5 * time.Second)
		h.wantRinging("ann", "bob", "cid")
		h.sleepUntil(10 * time.Second)
		h.wantRinging("ann", "bob", "boss", "cid", "dan", "eve")
		h.sleepUntil(14999 * time.Millisecond)
		h.answer("eve")
		h.wantState(call, "talking")
		h.wantRinging()
		if v := h.one(EventAnswered).Verdict; !v.Met || v.Rings != 3 {
			t.Errorf("verdict %+v", v)
		}
		for _, w := range h.withdrew {
			if w.Outcome != outcomeLost || w.Winner != "eve" || w.Ring != 3 {
				t.Errorf("withdrawal %+v", w)
			}
		}
		if len(h.withdrew) != 5 {
			t.Errorf("%d withdrawals, want 5", len(h.withdrew))
		}
	})
}

func TestVerdictAtTheFourthRingIsMissed(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann")
		h.ringIn()
		h.sleepUntil(15 * time.Second)
		h.answer("ann")
		if v := h.one(EventAnswered).Verdict; v.Met || v.Rings != 4 {
			t.Errorf("verdict %+v", v)
		}
	})
}

func TestTwoAnswerAtTheSameInstant(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob", "cid")
		call := h.ringIn()
		h.sleepUntil(5 * time.Second)
		h.answer("bob", "ann")
		h.wantState(call, "talking")
		h.wantRinging()
		if len(h.talks) != 1 || h.talks[0].Agent != "bob" {
			t.Errorf("talks %+v", h.talks)
		}
		if got := h.outcomes(); got["ann"] != "lost" || got["cid"] != "lost" {
			t.Errorf("outcomes %v", got)
		}
		if h.phones["ann"] != "" {
			t.Errorf("ann's phone still has %s", h.phones["ann"])
		}
	})
}

func TestAbandonInEachRing(t *testing.T) {
	for _, c := range []struct {
		at    time.Duration
		rings int
		short bool
	}{{3 * time.Second, 1, true}, {4999 * time.Millisecond, 1, true}, {5 * time.Second, 2, false}, {16 * time.Second, 4, false}} {
		inHouse(t, testConfig(), func(h *house) {
			h.staff("ann")
			call := h.ringIn()
			h.sleepUntil(c.at)
			h.abandon(call)
			h.wantState(call, "ended")
			if v := h.one(EventAbandoned).Verdict; v.Rings != c.rings || v.Short != c.short || v.Answered || v.Waited != c.at {
				t.Errorf("at %v: %+v", c.at, v)
			}
			if got := h.outcomes()["ann"]; got != "abandoned" {
				t.Errorf("outcome %q", got)
			}
			// The board gave the agent back by itself: the next caller rings them.
			h.ringIn()
			h.wantRinging("ann")
		})
	}
}

// TestPickedUpTooLate: an agent picks up, the audio path cannot be made, and the caller has hung up meanwhile. The switch calls that
// the end of a talk; for the caller nobody was there.
func TestPickedUpTooLate(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann")
		h.connErr["ann"] = errors.New("the bridge could not be made")
		call := h.ringIn()
		h.sleepUntil(6 * time.Second)
		h.answer("ann")
		synctest.Wait()
		h.callerOver(call, endCaller)
		h.wantState(call, "ended")
		if v := h.one(EventAbandoned).Verdict; v.Rings != 2 || v.Answered {
			t.Errorf("verdict %+v", v)
		}
		if e := h.one(EventEnded); e.Data["end"] != endAbandoned || e.Agent != "" {
			t.Errorf("ended %+v", e)
		}
		if len(h.of(EventAnswered)) != 0 || h.owners[call] != "" {
			t.Errorf("answered %v, owned by %q", h.of(EventAnswered), h.owners[call])
		}
	})
}

func TestDeclineAndMissGoOnToTheNext(t *testing.T) {
	cfg := testConfig()
	cfg.Queues[0].Ladder = []Step{{Ring: 1, More: 1, Who: StepBest}}
	inHouse(t, cfg, func(h *house) {
		h.staff("ann", "bob", "cid")
		call := h.ringIn()
		h.wantRinging("ann")
		h.sleepUntil(time.Second)
		h.stopLeg("ann", legDeclined)
		h.wantRinging("bob")
		if err := h.d.Decline(h.t.Context(), call, "bob", "away", "lunch"); err != nil {
			t.Fatal(err)
		}
		h.wantRinging("cid")
		var refusal *Refusal
		if err := h.d.Decline(h.t.Context(), call, "bob", "away", "again"); !errors.As(err, &refusal) || refusal.Code != RefusedNotOffered {
			t.Errorf("a second decline: %v", err)
		}
		h.sleepUntil(time.Second + 20*time.Second)
		if got := h.outcomes(); got["ann"] != "declined" || got["bob"] != "declined" || got["cid"] != "missed" {
			t.Errorf("outcomes %v", got)
		}
	})
}

func TestMissesInARowPause(t *testing.T) {
	cfg := testConfig()
	cfg.Queues[0].RingNoAnswer = 8 * time.Second
	inHouse(t, cfg, func(h *house) {
		h.staff("ann")
		call := h.ringIn()
		h.sleepUntil(30 * time.Second)
		if got := h.outcomes()["ann"]; got != "missed missed" {
			t.Errorf("outcomes %q", got)
		}
		if !h.agents["ann"].paused || !h.withdrew[1].Pause || h.withdrew[0].Pause {
			t.Errorf("withdrawals %+v", h.withdrew)
		}
		h.wantState(call, "waiting")
	})
}

func TestRefusedOfferMatchesOn(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob")
		h.agents["ann"].state = "off" // presence knows better than the board
		h.ringIn()
		h.wantRinging("bob")
	})
}

func TestRingErrorTriesTheNextAndDoesNotSpin(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob")
		h.ringErr["ann"] = errors.New("allocation failed")
		call := h.ringIn()
		h.wantRinging("bob")
		if got := h.outcomes()["ann"]; got != "fault" {
			t.Errorf("outcomes %q", got)
		}
		h.stopLeg("bob", legUnreachable)
		h.sleepUntil(60 * time.Second)
		h.wantState(call, "waiting")
		if n := len(h.withdrew); n > 60 {
			t.Errorf("%d tries in a minute", n)
		}
		h.mu.Lock()
		delete(h.ringErr, "ann")
		h.mu.Unlock()
		h.sleepUntil(70 * time.Second)
		if len(h.ringing()) == 0 {
			t.Error("nobody rings for a caller who waits, though everybody could")
		}
	})
}

func TestWinnerDiesBeforeMedia(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob", "cid")
		h.connErr["ann"] = errors.New("no bridge")
		call := h.ringIn()
		h.sleepUntil(6 * time.Second)
		h.wantRinging("ann", "bob", "cid")
		h.answer("ann")
		h.wantState(call, "waiting")
		h.wantRinging("bob", "cid")
		h.sleepUntil(8 * time.Second)
		h.answer("bob")
		h.wantState(call, "talking")
		v := h.one(EventAnswered).Verdict
		if v.Waited != 8*time.Second || v.Rings != 2 {
			t.Errorf("the clock is not the original one: %+v", v)
		}
		if h.owners[call] != "bob" {
			t.Errorf("owner %q, want the one who talked", h.owners[call])
		}
		if got := h.outcomes()["ann"]; got != "fault" {
			t.Errorf("outcomes %q", got)
		}
	})
}

func TestPhoneDiesInTheTalk(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob")
		call := h.ringIn()
		h.sleepUntil(2 * time.Second)
		h.answer("ann")
		h.wantState(call, "talking")
		verdict := *h.one(EventAnswered).Verdict
		waiting := h.ringInFrom("+8613900000000")
		h.wantRinging("bob")
		h.sleepUntil(100 * time.Second)
		h.stopLeg("ann", legUnreachable)
		h.wantState(call, "waiting")
		if len(h.voice) == 0 || h.voice[0] != "hold "+call {
			t.Errorf("the caller hears silence: %v", h.voice)
		}
		h.sleepUntil(103 * time.Second)
		// Before the caller who has waited long already.
		var ringsFor []string
		for _, a := range h.ringing() {
			ringsFor = append(ringsFor, callOfLeg(h.phones[a]))
		}
		t.Log("rings for", ringsFor, "waiting", waiting)
		for _, a := range h.ringing() {
			if callOfLeg(h.phones[a]) == call {
				h.answer(a)
				break
			}
		}
		h.wantState(call, "talking")
		if got := h.of(EventAnswered); len(got) != 2 || got[0].Verdict == nil || *got[0].Verdict != verdict || got[1].Verdict != nil {
			t.Errorf("answers %+v", got)
		}
		if h.owners[call] != "ann" {
			t.Errorf("owner %q, want the first", h.owners[call])
		}
		synctest.Wait()
	})
}

func TestUnknownNumberIsRefused(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.lines["sw-x"] = &fakeCall{}
		c := h.call("sw-x", "")
		c.DID = "9999"
		h.d.Arrived(c)
		synctest.Wait()
		if e := h.one(EventRefused); e.Data["reason"] != "unknown-number" || !h.lines["sw-x"].ended {
			t.Errorf("refused %+v", e)
		}
		if len(h.d.Calls()) != 0 {
			t.Errorf("calls %+v", h.d.Calls())
		}
	})
}

func TestOwnershipIsRepeatedUntilDurable(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.ownErr = 7
		h.staff("ann")
		call := h.ringIn()
		h.answer("ann")
		h.wantState(call, "talking")
		if len(h.of(EventOwned)) != 0 {
			t.Error("owned before it was durable")
		}
		h.stopLeg("ann", legHungUp)
		h.wantState(call, "ended")
		h.sleepUntil(20 * time.Second)
		if e := h.one(EventOwned); e.Data["owner"] != "ann" {
			t.Errorf("owned %+v", e)
		}
	})
}

func TestOneNumberGetsNoMoreThanItsShareOfCalls(t *testing.T) {
	cfg := testConfig()
	cfg.CallsPerNumber = 3
	inHouse(t, cfg, func(h *house) {
		h.staff("ann")
		var calls []string
		for range 5 {
			calls = append(calls, h.ringInFrom("+8613811112222"))
		}
		h.wantState(calls[2], "waiting")
		refused := h.of(EventRefused)
		if len(refused) != 2 || refused[0].Call != calls[3] || refused[0].Data["reason"] != "too-many-calls" || !h.lines[calls[3]].ended {
			t.Fatalf("refused %+v", refused)
		}
		if alarms := h.of(EventAlarm); len(alarms) != 1 {
			t.Errorf("the managers were told %+v", alarms)
		}
		// Others come in, and whoever has no number is not counted.
		h.wantState(h.ringInFrom("+8613833334444"), "waiting")
		for range 4 {
			h.wantState(h.ringInFrom(""), "waiting")
		}
		// An answered call makes room for another; so does one that is given up.
		h.answer("ann")
		h.wantState(calls[0], "talking")
		h.wantState(h.ringInFrom("+8613811112222"), "waiting")
		h.abandon(calls[1])
		synctest.Wait()
		h.wantState(h.ringInFrom("+8613811112222"), "waiting")
		if got := len(h.of(EventRefused)); got != 2 {
			t.Errorf("%d calls refused", got)
		}
	})
}

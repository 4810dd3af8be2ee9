package queue

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// crash ends the controller as kill -9 does: the switch goes on. Meanwhile what happens there is not heard.
func (h *house) crash(meanwhile func()) {
	h.t.Helper()
	h.stop()
	if err := <-h.done; err != nil {
		h.t.Errorf("Run: %v", err)
	}
	if meanwhile != nil {
		meanwhile()
	}
}

// restart starts the next controller and lets it find what the switch carries, as the driver reports it.
func (h *house) restart(cfg Config, board Board) {
	h.t.Helper()
	h.open(cfg, board)
	h.mu.Lock()
	var profiles []Agent
	for login := range h.agents {
		profiles = append(profiles, Agent{Login: login, Manager: strings.HasPrefix(login, "boss"), Queues: []Level{{Queue: "support", Level: 1}, {Queue: "billing", Level: 1}}})
	}
	var found []Found
	var live []string
	for id, line := range h.lines {
		if line.ended {
			continue
		}
		f := Found{Call: h.call(id, "+8613800000000")}
		f.Ring1, f.Arrived = line.ring1, line.ring1
		for leg, agent := range h.legAgent {
			if callOfLeg(leg) == id {
				state := h.legState[leg]
				switch state {
				case "joined", MonitorBarge:
					state = foundConnected
				case MonitorListen, MonitorWhisper:
					state = foundHears
				}
				f.Legs = append(f.Legs, FoundLeg{ID: leg, Agent: agent, State: state})
			}
		}
		found, live = append(found, f), append(live, id)
	}
	h.mu.Unlock()
	slices.SortFunc(profiles, func(a, b Agent) int { return len(a.Login) - len(b.Login) })
	h.d.SetAgents(profiles)
	ready := h.recallPresence()
	for _, f := range found {
		h.d.Adopt(f)
	}
	for login, since := range ready {
		h.d.AgentReady(login, since)
	}
	h.d.Synced("sw", live)
	synctest.Wait()
}

// recallPresence does what package agent does after a start: what was known before is corrected by the switch, and the
// queue hears who is ready.
func (h *house) recallPresence() map[string]time.Time {
	h.mu.Lock()
	ready := map[string]time.Time{}
	for login, a := range h.agents {
		leg := h.phones[login]
		there := leg != "" && callOfLeg(leg) == a.call
		lives := h.lines[a.call] != nil && !h.lines[a.call].ended
		if a.state == "offered" && !there || (a.state == "talking" || a.state == "beside") && !lives { // who talked in a call that lives hears of it from the queue
			a.state, a.call = "ready", ""
		}
		if a.state == "ready" {
			ready[login] = a.since
		}
	}
	h.mu.Unlock()
	return ready
}

func TestAdoptedCallsGoOnWhereTheyWere(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob", "cid", "dan")
		talking := h.ringIn()
		h.sleepUntil(time.Second)
		h.answer("ann")
		h.wantState(talking, "talking")
		verdict := *h.one(EventAnswered).Verdict
		waiting := h.ringIn()
		h.wantRinging("bob")

		h.crash(func() { <-time.After(2 * time.Second) })
		h.restart(testConfig(), h.board)

		h.wantState(talking, "talking")
		v, _ := h.d.Call(talking)
		if v.Agent != "ann" || v.Verdict == nil || *v.Verdict != verdict {
			t.Errorf("talk %+v, verdict %+v, want %+v", v, v.Verdict, verdict)
		}
		if got := h.of(EventAnswered); len(got) != 1 {
			t.Errorf("the verdict was written %d times", len(got))
		}
		if last := h.talks[len(h.talks)-1]; !last.Adopted || last.Agent != "ann" || h.owners[talking] != "ann" {
			t.Errorf("talk %+v, owner %s", last, h.owners[talking])
		}
		h.wantState(waiting, "waiting")
		h.wantRinging("bob")
		if v, _ := h.d.Call(waiting); !v.Ring1.Equal(h.start.Add(time.Second)) {
			t.Errorf("the ring clock is not the old one: %v", v.Ring1)
		}
		// The ladder goes on: ring 2 of the waiting call starts at 6 s.
		h.sleepUntil(6 * time.Second)
		h.wantRinging("bob", "cid", "dan")
		h.answer("cid")
		h.wantState(waiting, "talking")
		if got := h.of(EventAnswered); got[len(got)-1].Verdict.Waited != 5*time.Second {
			t.Errorf("verdict %+v", got[len(got)-1].Verdict)
		}
		h.abandon(talking)
		h.wantState(talking, "ended")
	})
}

func TestAdoptedAfterSeveralStepsFiresThemAtOnce(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob", "cid", "dan", "eve")
		call := h.ringIn()
		h.wantRinging("ann")
		h.crash(func() { <-time.After(12 * time.Second) })
		h.restart(testConfig(), h.board)
		h.wantState(call, "waiting")
		h.wantRinging("ann", "bob", "cid", "dan", "eve")
	})
}

func TestAnsweredWhileNobodyDroveIsConnected(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob")
		call := h.ringIn()
		h.crash(func() { h.answer("ann") })
		h.restart(testConfig(), h.board)
		h.wantState(call, "talking")
		if v, _ := h.d.Call(call); v.Agent != "ann" {
			t.Errorf("call %+v", v)
		}
	})
}

func TestAdoptionWithALostBoard(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob", "cid")
		talking := h.ringIn()
		h.answer("ann")
		h.wantState(talking, "talking")
		waiting := h.ringIn()
		h.wantRinging("bob")
		h.crash(func() {})
		h.board = NewLocalBoard(BoardOptions{Node: "n1"})
		h.restart(testConfig(), h.board)
		h.wantState(talking, "talking")
		h.wantState(waiting, "waiting")
		h.wantRinging("bob")
		h.answer("bob")
		h.wantState(waiting, "talking")
		h.abandon(waiting)
		h.abandon(talking)
		h.wantState(talking, "ended")
		if len(h.of(EventAbandoned)) != 0 {
			t.Error("a talk was counted as abandoned")
		}
	})
}

func TestCallsThatEndedUnheardLeaveTheBoard(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob")
		gone := h.ringIn()
		stays := h.ringIn()
		h.wantRinging("ann", "bob")
		h.crash(func() { h.abandon(gone) })
		h.restart(testConfig(), h.board)
		h.wantState(stays, "waiting")
		if e := h.one(EventEnded); e.Call != gone || e.Data["end"] != endUnknown {
			t.Errorf("ended %+v", e)
		}
		left, err := h.board.Calls(h.t.Context(), "sw")
		if err != nil || !slices.Equal(left, []string{stays}) {
			t.Errorf("board has %v, %v", left, err)
		}
		// Reconnect without a crash: a call that the switch does not list any more has ended, too.
		h.d.Synced("sw", nil)
		h.wantState(stays, "ended")
	})
}

// The journal of the dead process is replayed, and Redis has lost everything: what the switch does not carry has ended.
func TestCallsOnlyTheJournalKnowsEnd(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann")
		gone := h.ringIn()
		h.crash(func() { h.abandon(gone) })
		h.mu.Lock()
		journal := slices.Clone(h.events)
		h.mu.Unlock()
		h.open(testConfig(), NewLocalBoard(BoardOptions{Node: "n1"}))
		for _, e := range journal {
			h.d.Replay(e)
		}
		if q := h.d.Queues()[0]; q.Waiting != 1 {
			t.Errorf("the replay says %d wait", q.Waiting)
		}
		h.sleepUntil(2 * time.Second)
		h.d.Synced("sw", nil)
		if e := h.one(EventEnded); e.Call != gone || e.Data["end"] != endUnknown {
			t.Errorf("ended %+v", e)
		}
		if q := h.d.Queues()[0]; q.Waiting != 0 {
			t.Errorf("a call that has ended waits for ever: %+v", q)
		}
	})
}

func TestTwoHundredCallsAtOnce(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		var staff []string
		for i := range 50 {
			staff = append(staff, fmt.Sprintf("a%02d", i))
		}
		h.staff(staff...)
		var calls []string
		for range 200 {
			calls = append(calls, h.ringIn())
		}
		for len(h.talks) < 200 {
			ringing := h.ringing()
			if len(ringing) == 0 {
				t.Fatalf("%d callers were answered, and nobody rings for the others", len(h.talks))
			}
			for _, a := range ringing {
				h.mu.Lock()
				rings := h.legState[h.phones[a]] == "ringing"
				h.mu.Unlock()
				if rings {
					h.answer(a)
					synctest.Wait()
				}
			}
			h.sleepUntil(time.Since(h.start) + time.Second)
			for _, a := range staff {
				h.stopLeg(a, legHungUp)
			}
			synctest.Wait()
		}
		for _, call := range calls {
			h.wantState(call, "ended")
		}
		if n := len(h.of(EventEnded)); n != 200 {
			t.Errorf("%d ends", n)
		}
		if s := h.d.Stats(); s.Calls != 0 || s.Backlog != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}

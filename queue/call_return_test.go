package queue

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func returning() Config {
	cfg := testConfig()
	cfg.Queues[0].ReturnTime = 20 * time.Second
	return cfg
}

// die lets an agent's phone die in the talk; revive registers it again.
func (h *house) die(agent string) {
	h.mu.Lock()
	h.dead[agent] = true
	h.mu.Unlock()
	h.stopLeg(agent, legUnreachable)
}

func (h *house) revive(agent string) {
	h.mu.Lock()
	delete(h.dead, agent)
	h.mu.Unlock()
	h.answerable(agent, true)
}

// brokenTalk brings a call to the point where ann's phone has just died in the talk, at second 10.
func (h *house) brokenTalk() string {
	h.t.Helper()
	call := h.talkWithAnn()
	h.sleepUntil(10 * time.Second)
	h.die("ann")
	h.wantState(call, "waiting")
	return call
}

func TestTalkIsKeptForTheAgentWhosePhoneDied(t *testing.T) {
	inHouse(t, returning(), func(h *house) {
		call := h.brokenTalk()
		verdict := *h.one(EventAnswered).Verdict
		h.wantRinging()
		if !slices.Contains(h.voice, "hold "+call) {
			t.Errorf("the caller hears silence: %v", h.voice)
		}
		if o := h.overs[0]; !o.Free || o.ReturnBy.Sub(h.start) != 30*time.Second {
			t.Errorf("over %+v", o)
		}
		// Somebody else's call rings bob, and does not wait for ann.
		other := h.ringInFrom("+8613900000000")
		h.wantRinging("bob")
		h.sleepUntil(14 * time.Second)
		h.wantRinging("bob")
		h.revive("ann")
		h.wantRinging("ann", "bob")
		o := h.offers[len(h.offers)-1]
		if o.Agent != "ann" || o.Call.ID != call || o.Why != "return" {
			t.Errorf("offer %+v", o)
		}
		h.answer("ann")
		h.wantState(call, "talking")
		answers := h.of(EventAnswered)
		if len(answers) != 2 || answers[1].Verdict != nil || answers[1].Data["return"] != "true" {
			t.Errorf("answers %+v", answers)
		}
		if v, _ := h.d.Call(call); v.Verdict == nil || *v.Verdict != verdict || h.owners[call] != "ann" {
			t.Errorf("verdict %+v, owner %q", v.Verdict, h.owners[call])
		}
		if e := h.one(EventUnkept); e.Data["reason"] != "answered" {
			t.Errorf("%+v", e)
		}
		h.answer("bob")
		h.wantState(other, "talking")
		h.sleepUntil(60 * time.Second) // the deadline that was armed disturbs nobody
		h.wantState(call, "talking")
		h.wantRinging()
	})
}

func TestKeptTalkGoesToTheLadderFirstInLine(t *testing.T) {
	inHouse(t, returning(), func(h *house) {
		call := h.brokenTalk()
		for _, agent := range []string{"bob", "cid"} {
			h.answerable(agent, false)
		}
		waiting := h.ringInFrom("+8613900000000")
		h.sleepUntil(29 * time.Second)
		if o := h.offers[len(h.offers)-1]; o.Call.ID == call && o.Agent != "ann" {
			t.Errorf("offered to %s before the time", o.Agent)
		}
		h.sleepUntil(31 * time.Second)
		if e := h.one(EventUnkept); e.Data["reason"] != "time" || e.Agent != "ann" {
			t.Errorf("%+v", e)
		}
		h.answerable("bob", true)
		if o := h.offers[len(h.offers)-1]; o.Agent != "bob" || o.Call.ID != call {
			t.Errorf("offer %+v, want %s before %s", o, call, waiting)
		}
		h.answer("bob")
		h.wantState(call, "talking")
		if h.owners[call] != "ann" {
			t.Errorf("owner %q", h.owners[call])
		}
	})
}

func TestKeptTalkDoesNotWaitForWhoCannotCome(t *testing.T) {
	for name, no := range map[string]func(h *house, call string) string{
		"signed out": func(h *house, _ string) string {
			h.d.AgentAway("bob", "paused") // of nobody's concern
			h.d.AgentAway("ann", "offline")
			return "offline"
		},
		"declined": func(h *house, call string) string {
			h.revive("ann")
			if err := h.d.Decline(h.t.Context(), call, "ann", "busy", "no"); err != nil {
				h.t.Error(err)
			}
			return outcomeDeclined
		},
		"moved": func(h *house, call string) string {
			if err := h.d.MoveTo(h.t.Context(), call, "billing", "boss"); err != nil {
				h.t.Error(err)
			}
			return "moved"
		},
		"no audio": func(h *house, _ string) string {
			h.connErr["ann"] = errors.New("no bridge")
			h.revive("ann")
			h.answer("ann")
			return outcomeFault
		},
	} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, returning(), func(h *house) {
				call := h.brokenTalk()
				h.sleepUntil(12 * time.Second)
				reason := no(h, call)
				h.sleepUntil(13 * time.Second)
				if e := h.one(EventUnkept); e.Data["reason"] != reason {
					t.Errorf("%+v, want %s", e, reason)
				}
				if got := h.ringing(); !slices.Contains(got, "bob") {
					t.Errorf("rings %v", got)
				}
				h.answer("bob")
				h.wantState(call, "talking")
			})
		})
	}
}

func TestPhoneThatCannotBeRungIsTriedAgainWhileTheCallIsKept(t *testing.T) {
	inHouse(t, returning(), func(h *house) {
		call := h.brokenTalk()
		h.ringErr["ann"] = errors.New("no contact yet")
		h.revive("ann")
		h.sleepUntil(15 * time.Second)
		if n := len(h.withdrew); n == 0 || n > 20 {
			t.Errorf("%d tries in five seconds", n)
		}
		for _, w := range h.withdrew {
			if w.Pause || w.Agent != "ann" {
				t.Errorf("%+v", w)
			}
		}
		h.mu.Lock()
		delete(h.ringErr, "ann")
		h.mu.Unlock()
		h.sleepUntil(22 * time.Second)
		h.wantRinging("ann")
		h.answer("ann")
		h.wantState(call, "talking")
	})
}

func TestKeptAgentIsHandedNoOtherCall(t *testing.T) {
	inHouse(t, returning(), func(h *house) {
		h.brokenTalk()
		other := h.ringInFrom("+8613900000000")
		h.answer("bob")
		h.wantState(other, "talking")
		err := h.d.HandOver(h.t.Context(), other, "bob", Target{Agent: "ann"}, "")
		if r := new(Refusal); !errors.As(err, &r) || r.Code != RefusedBusy {
			t.Errorf("hand-over to who is waited for: %v", err)
		}
	})
}

func TestPhoneLostSaidByTheDesk(t *testing.T) {
	inHouse(t, returning(), func(h *house) {
		call := h.talkWithAnn()
		if err := h.d.PhoneLost(h.t.Context(), call, "bob"); err == nil {
			t.Error("bob lost ann's phone")
		}
		if err := h.d.PhoneLost(h.t.Context(), call, "ann"); err != nil {
			t.Fatal(err)
		}
		h.wantState(call, "waiting")
		h.wantRinging("ann")
		h.answer("ann")
		h.wantState(call, "talking")
	})
}

func TestKeptTalkSurvivesTheController(t *testing.T) {
	inHouse(t, returning(), func(h *house) {
		call := h.brokenTalk()
		h.sleepUntil(15 * time.Second)
		h.crash(func() { <-time.After(2 * time.Second) })
		h.restart(returning(), h.board)
		h.wantState(call, "waiting")
		h.wantRinging()
		h.sleepUntil(20 * time.Second)
		h.wantRinging()
		h.revive("ann")
		h.wantRinging("ann")
		if o := h.offers[len(h.offers)-1]; o.Why != "return" {
			t.Errorf("offer %+v", o)
		}
		h.answer("ann")
		h.wantState(call, "talking")
		if h.owners[call] != "ann" || len(h.of(EventAbandoned)) != 0 {
			t.Errorf("owner %q", h.owners[call])
		}
	})
}

func TestPhoneThatDiedWithTheControllerAwayIsWaitedFor(t *testing.T) {
	inHouse(t, returning(), func(h *house) {
		call := h.talkWithAnn()
		h.sleepUntil(5 * time.Second)
		h.crash(func() {
			h.die("ann")
			<-time.After(3 * time.Second)
		})
		h.restart(returning(), h.board)
		h.wantState(call, "waiting")
		h.wantRinging()
		h.sleepUntil(29 * time.Second)
		h.wantRinging("bob", "boss", "cid")
		if e := h.one(EventUnkept); e.Data["reason"] != "time" {
			t.Errorf("%+v", e)
		}
	})
}

func TestReturnThatRingsOutPausesNobodyAndIsToldToTheDesk(t *testing.T) {
	cfg := returning()
	cfg.Queues[0].RingNoAnswer, cfg.Queues[0].MissedPause = 5*time.Second, 1
	inHouse(t, cfg, func(h *house) {
		call := h.brokenTalk()
		h.revive("ann")
		h.wantRinging("ann")
		h.sleepUntil(16 * time.Second)
		if h.agents["ann"].paused {
			t.Error("ann is paused for a return that rang out")
		}
		if got := h.tellings("ann", "unkept", "reason"); !slices.Equal(got, []string{outcomeMissed}) {
			t.Errorf("ann was told %q", got)
		}
		h.answer("bob")
		h.wantState(call, "talking")
	})
}

func TestCallerWhoHangsUpWhileKept(t *testing.T) {
	inHouse(t, returning(), func(h *house) {
		call := h.brokenTalk()
		h.abandon(call)
		h.wantState(call, "ended")
		if e := h.one(EventEnded); e.Data["end"] != endCaller || e.Agent != "ann" {
			t.Errorf("%+v", e)
		}
		if len(h.of(EventAbandoned)) != 0 {
			t.Error("a caller whom a human had answered abandons nothing")
		}
		if got := h.tellings("ann", "unkept", "reason"); !slices.Equal(got, []string{outcomeAbandoned}) {
			t.Errorf("ann was told %q", got)
		}
		h.revive("ann")
		h.ringIn()
		h.sleepUntil(21 * time.Second)
		if !slices.Contains(h.ringing(), "ann") {
			t.Error("ann gets no calls any more")
		}
	})
}

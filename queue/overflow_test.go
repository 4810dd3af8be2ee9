package queue

import (
	"errors"
	"testing"
	"time"
)

func overflowConfig(rules ...Overflow) Config {
	cfg := testConfig()
	cfg.Queues[0].Overflow = rules
	return cfg
}

func TestMaxWaitGoesToAnotherQueueOnceAndKeepsTheClock(t *testing.T) {
	cfg := overflowConfig(Overflow{When: WhenMaxWait, Do: DoQueue, Queue: "billing"})
	cfg.Queues[0].MaxWait, cfg.Queues[1].MaxWait = 7*time.Second, 9*time.Second
	cfg.Queues[1].Overflow = []Overflow{{When: WhenMaxWait, Do: DoQueue, Queue: "support"}} // points back: must end
	inHouse(t, cfg, func(h *house) {
		h.d.SetAgents([]Agent{{Login: "ann", Queues: []Level{{Queue: "support", Level: 1}}}, {Login: "zoe", Queues: []Level{{Queue: "billing", Level: 1}}}})
		for _, login := range []string{"ann", "zoe"} {
			h.agents[login] = &fakeAgent{state: "ready", since: h.start}
			h.d.AgentReady(login, h.start)
		}
		call := h.ringIn()
		h.wantRinging("ann")
		h.sleepUntil(7 * time.Second)
		h.wantRinging("ann", "zoe") // who rings goes on ringing
		h.sleepUntil(12 * time.Second)
		v, _ := h.d.Call(call)
		if v.Queue != "billing" || v.State != "waiting" {
			t.Errorf("call %+v", v)
		}
		if got := h.of(EventOverflow); len(got) != 1 || got[0].Data["to"] != "billing" {
			t.Errorf("overflows %+v", got)
		}
		h.answer("zoe")
		if got := h.one(EventAnswered).Verdict; got.Waited != 12*time.Second {
			t.Errorf("verdict %+v", got)
		}
	})
}

func TestMaxWaitMessageSilencesThePhonesAndEnds(t *testing.T) {
	cfg := overflowConfig(Overflow{When: WhenMaxWait, Do: DoMessage, Media: "sound:busy"})
	cfg.Queues[0].MaxWait = 12 * time.Second
	inHouse(t, cfg, func(h *house) {
		h.staff("ann")
		call := h.ringIn()
		h.sleepUntil(12 * time.Second)
		h.wantState(call, "machine")
		h.wantRinging()
		if len(h.voice) != 1 || h.voice[0] != "play sound:busy "+call {
			t.Errorf("voice %v", h.voice)
		}
		if got := h.outcomes()["ann"]; got != "abandoned" {
			t.Errorf("outcome %q", got)
		}
		h.d.PlayEnded(call)
		h.wantState(call, "ended")
		if e := h.one(EventEnded); e.Data["end"] != endAnnouncement {
			t.Errorf("ended %+v", e)
		}
		if len(h.of(EventAnswered))+len(h.of(EventAbandoned)) != 0 {
			t.Error("a machine's pick-up was counted (I6)")
		}
	})
}

func TestCallbackWritesTheNumber(t *testing.T) {
	cfg := overflowConfig(Overflow{When: WhenNoAgents, Do: DoCallback, Media: "sound:callback"})
	cfg.Queues[0].NoAgents = 6 * time.Second
	inHouse(t, cfg, func(h *house) {
		call := h.ringIn()
		h.sleepUntil(6 * time.Second)
		h.wantState(call, "machine")
		if e := h.one(EventCallback); e.Data["number"] != "+8613800000000" {
			t.Errorf("callback %+v", e)
		}
		h.sleepUntil(6*time.Second + 2*time.Minute) // the switch never says that the announcement is over
		h.wantState(call, "ended")
	})
}

func TestNoAgentsOverflowWaitsWhileSomebodyIsSignedIn(t *testing.T) {
	cfg := overflowConfig(Overflow{When: WhenNoAgents, Do: DoMessage, Media: "sound:closed"})
	cfg.Queues[0].NoAgents = 6 * time.Second
	inHouse(t, cfg, func(h *house) {
		h.staff("ann")
		h.answerable("ann", false)
		call := h.ringIn()
		h.sleepUntil(20 * time.Second)
		h.wantState(call, "waiting")
		h.d.Note(Event{Kind: EventPresence, At: time.Now(), Agent: "ann", Data: map[string]string{"from": "paused", "to": "offline"}})
		h.sleepUntil(24 * time.Second)
		h.wantState(call, "machine")
	})
}

func TestFailedAnnouncementKeepsEveryoneRinging(t *testing.T) {
	cfg := overflowConfig(Overflow{When: WhenMaxWait, Do: DoMessage, Media: "sound:busy"})
	cfg.Queues[0].MaxWait = 3 * time.Second
	inHouse(t, cfg, func(h *house) {
		h.voiceErr = errors.New("not supported by this switch")
		h.staff("ann", "bob", "cid", "dan")
		call := h.ringIn()
		h.wantRinging("ann")
		h.sleepUntil(3 * time.Second)
		h.wantState(call, "waiting")
		h.wantRinging("ann", "bob", "cid", "dan")
		h.answer("dan")
		h.wantState(call, "talking")
	})
}

func TestFullQueue(t *testing.T) {
	for _, c := range []struct {
		name  string
		rules []Overflow
		voice error
		want  string
	}{
		{"no rule", nil, nil, "ended"},
		{"another queue", []Overflow{{When: WhenFull, Do: DoQueue, Queue: "billing"}}, nil, "waiting"},
		{"the manager", []Overflow{{When: WhenFull, Do: DoManager}}, nil, "waiting"},
		{"a message", []Overflow{{When: WhenFull, Do: DoMessage, Media: "sound:busy"}}, nil, "machine"},
		{"a message that fails", []Overflow{{When: WhenFull, Do: DoMessage, Media: "sound:busy"}}, errors.New("no"), "waiting"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := overflowConfig(c.rules...)
			cfg.Queues[0].MaxWaiting = 1
			inHouse(t, cfg, func(h *house) {
				h.voiceErr = c.voice
				h.ringIn()
				second := h.ringIn()
				h.wantState(second, c.want)
				if c.want == "ended" {
					if e := h.one(EventRefused); e.Data["reason"] != "queue-full" {
						t.Errorf("refused %+v", e)
					}
					return
				}
				if c.want == "waiting" {
					h.staff("ann", "boss")
					if len(h.ringing()) == 0 {
						t.Error("nobody rings")
					}
				}
			})
		})
	}
}

func TestManagersRingByOverflow(t *testing.T) {
	cfg := overflowConfig(Overflow{When: WhenMaxWait, Do: DoManager})
	cfg.Queues[0].MaxWait = 2 * time.Second
	inHouse(t, cfg, func(h *house) {
		h.staff("ann", "boss")
		h.ringIn()
		h.wantRinging("ann")
		h.sleepUntil(2 * time.Second)
		h.wantRinging("ann", "boss")
	})
}

func TestSupervisorMovesAWaitingCall(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.ringIn()
		if err := h.d.MoveTo(h.t.Context(), call, "billing", "boss"); err != nil {
			t.Fatal(err)
		}
		if v, _ := h.d.Call(call); v.Queue != "billing" {
			t.Errorf("call %+v", v)
		}
		var r *Refusal
		if err := h.d.MoveTo(h.t.Context(), call, "nowhere", "boss"); !errors.As(err, &r) || r.Code != RefusedUnknownQueue {
			t.Errorf("moved nowhere: %v", err)
		}
		if err := h.d.HangUp(h.t.Context(), call, "boss"); err != nil {
			t.Fatal(err)
		}
		h.wantState(call, "ended")
		if e := h.one(EventEnded); e.Data["end"] != endRefused {
			t.Errorf("ended %+v", e)
		}
	})
}

// A switch that can say nothing: whoever can be called back is, and hears busy; everybody else waits for a human.
func TestSwitchThatCannotSpeak(t *testing.T) {
	callback := overflowConfig(Overflow{When: WhenMaxWait, Do: DoCallback, Media: "sound:nobody"})
	callback.Queues[0].MaxWait = 12 * time.Second
	inHouse(t, callback, func(h *house) {
		h.voiceErr = ErrUnsupported
		h.staff("ann")
		call := h.ringIn()
		h.sleepUntil(12 * time.Second)
		h.wantState(call, "ended")
		h.wantRinging()
		if e := h.one(EventCallback); e.Data["number"] != "+8613800000000" || e.Data["said"] != "false" {
			t.Errorf("%+v", e)
		}
		if e := h.one(EventEnded); e.Data["end"] != endRefused {
			t.Errorf("%+v", e)
		}
		if len(h.of(EventMachine)) != 0 || len(h.of(EventAbandoned)) != 0 {
			t.Error("nothing was said and nobody gave up")
		}
		if q := h.d.Queues()[0].Today; q.Callbacks != 1 || q.Machine != 1 || q.Lost != 0 {
			t.Errorf("numbers %+v", q)
		}
		h.ringIn() // ann is free
		h.wantRinging("ann")
	})
	inHouse(t, callback, func(h *house) {
		h.voiceErr = ErrUnsupported
		h.staff("ann", "bob")
		call := h.ringInFrom("")
		h.sleepUntil(13 * time.Second)
		h.wantState(call, "waiting")
		h.wantRinging("ann", "bob")
	})
	message := overflowConfig(Overflow{When: WhenMaxWait, Do: DoMessage, Media: "sound:nobody"})
	message.Queues[0].MaxWait = 7 * time.Second
	inHouse(t, message, func(h *house) {
		h.voiceErr = ErrUnsupported
		h.staff("ann", "bob", "cid", "dan")
		call := h.ringIn()
		h.sleepUntil(8 * time.Second)
		h.wantState(call, "waiting")
		h.wantRinging("ann", "bob", "cid", "dan")
		h.answer("dan")
		h.wantState(call, "talking")
	})
	full := overflowConfig(Overflow{When: WhenFull, Do: DoCallback, Media: "sound:nobody"})
	full.Queues[0].MaxWaiting = 1
	inHouse(t, full, func(h *house) {
		h.voiceErr = ErrUnsupported
		h.ringIn()
		h.wantState(h.ringInFrom("+8613911112222"), "ended")
		if e := h.one(EventCallback); e.Data["number"] != "+8613911112222" {
			t.Errorf("%+v", e)
		}
	})
}

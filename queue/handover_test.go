package queue

import (
	"errors"
	"testing"
	"time"
)

// talk brings a call to the point where ann talks and bob, cid and boss are ready.
func (h *house) talkWithAnn() string {
	h.t.Helper()
	h.staff("ann", "bob", "cid", "boss")
	call := h.ringIn()
	h.answer("ann")
	h.wantState(call, "talking")
	return call
}

func (h *house) handOver(call string, to Target) {
	h.t.Helper()
	if err := h.d.HandOver(h.t.Context(), call, "ann", to, "knows the printer"); err != nil {
		h.t.Fatalf("hand-over to %s: %v", to, err)
	}
}

func TestHandOverAccepted(t *testing.T) {
	for _, c := range []struct {
		to       Target
		receiver string
	}{{Target{Agent: "cid"}, "cid"}, {Target{Queue: "billing"}, "bob"}, {Target{Manager: true}, "boss"}} {
		t.Run(c.to.String(), func(t *testing.T) {
			inHouse(t, testConfig(), func(h *house) {
				call := h.talkWithAnn()
				h.sleepUntil(10 * time.Second)
				h.handOver(call, c.to)
				h.wantRinging(c.receiver)
				h.wantState(call, "handing")
				if v, _ := h.d.Call(call); v.Agent != "ann" || v.HandTo != c.to.String() {
					t.Errorf("the talker left before the receiver accepted: %+v", v)
				}
				if o := h.offers[len(h.offers)-1]; o.HandBy != "ann" || o.Subject != "knows the printer" {
					t.Errorf("offer %+v", o)
				}
				h.sleepUntil(15 * time.Second)
				h.answer(c.receiver)
				h.wantState(call, "talking")
				if v, _ := h.d.Call(call); v.Agent != c.receiver {
					t.Errorf("talks %s", v.Agent)
				}
				if len(h.overs) != 1 || h.overs[0].HandedTo != c.receiver || h.overs[0].Agent != "ann" || h.overs[0].Talked != 15*time.Second {
					t.Errorf("overs %+v", h.overs)
				}
				if e := h.one(EventHandTaken); e.Data["from"] != "ann" || e.Agent != c.receiver {
					t.Errorf("taken %+v", e)
				}
				// Ann is free: the next caller rings her or another, never the receiver.
				h.ringIn()
				for _, a := range h.ringing() {
					if a == c.receiver {
						t.Error("the receiver is rung in the middle of the talk")
					}
				}
				h.abandon(call)
				h.wantState(call, "ended")
				if len(h.of(EventAnswered)) != 1 || len(h.overs) != 2 {
					t.Errorf("answers %d, overs %+v", len(h.of(EventAnswered)), h.overs)
				}
			})
		})
	}
}

func TestHandOverNotAcceptedStays(t *testing.T) {
	for name, no := range map[string]func(h *house, call string){
		"declined on the phone": func(h *house, _ string) { h.stopLeg("cid", legDeclined) },
		"declined at the desk": func(h *house, call string) {
			if err := h.d.Decline(h.t.Context(), call, "cid", "busy", ""); err != nil {
				h.t.Error(err)
			}
		},
		"rang out":   func(h *house, _ string) { h.sleepUntil(20 * time.Second) },
		"taken back": func(h *house, call string) { _ = h.d.TakeBack(h.t.Context(), call, "ann") },
		"unreachable": func(h *house, _ string) {
			h.stopLeg("cid", legUnreachable)
		},
		"no audio": func(h *house, _ string) {
			h.connErr["cid"] = errors.New("no bridge")
			h.answer("cid")
		},
	} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, testConfig(), func(h *house) {
				call := h.talkWithAnn()
				h.handOver(call, Target{Agent: "cid"})
				h.wantRinging("cid")
				no(h, call)
				h.wantState(call, "talking")
				h.wantRinging()
				if v, _ := h.d.Call(call); v.Agent != "ann" || v.HandTo != "" {
					t.Errorf("call %+v", v)
				}
				if e := h.one(EventHandBack); e.Agent != "ann" || e.Data["to"] != "cid" {
					t.Errorf("back %+v", e)
				}
				if h.owners[call] != "ann" || len(h.overs) != 0 {
					t.Errorf("owner %q, overs %+v", h.owners[call], h.overs)
				}
			})
		})
	}
}

func TestHandOverToAQueueAsksOneAfterTheOther(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.talkWithAnn()
		h.handOver(call, Target{Queue: "support"})
		h.wantRinging("bob")
		h.stopLeg("bob", legDeclined)
		h.wantRinging("cid")
		h.sleepUntil(31 * time.Second)
		h.wantState(call, "talking")
		h.wantRinging()
		h.one(EventHandBack)
		// Everybody is free again for the next caller.
		h.ringIn()
		if len(h.ringing()) == 0 {
			t.Error("nobody rings for the next caller")
		}
	})
}

func TestTalkerLeavesBeforeAcceptance(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.talkWithAnn()
		h.handOver(call, Target{Agent: "cid"})
		h.wantRinging("cid")
		// Ann's phone dies; the switch keeps the caller.
		h.stopLeg("ann", legUnreachable)
		h.wantState(call, "handing")
		h.answer("cid")
		h.wantState(call, "talking")
		if h.voice[0] != "hold "+call || h.voice[1] != "resume "+call {
			t.Errorf("voice %v", h.voice)
		}
	})
	inHouse(t, testConfig(), func(h *house) {
		call := h.talkWithAnn()
		h.handOver(call, Target{Agent: "cid"})
		h.wantRinging("cid")
		h.stopLeg("ann", legUnreachable)
		h.stopLeg("cid", legDeclined)
		h.wantState(call, "waiting")
		if len(h.ringing()) == 0 {
			t.Error("nobody rings for the caller whom everybody left")
		}
	})
}

func TestHandOverRefused(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.talkWithAnn()
		h.agents["cid"].state = "off"
		for _, c := range []struct {
			from string
			to   Target
			code string
		}{
			{"bob", Target{Agent: "cid"}, RefusedNotYours},
			{"ann", Target{Agent: "nobody"}, RefusedUnknownAgent},
			{"ann", Target{Agent: "ann"}, RefusedBusy},
			{"ann", Target{Agent: "cid"}, RefusedBusy},
			{"ann", Target{Queue: "nowhere"}, RefusedUnknownQueue},
		} {
			var r *Refusal
			err := h.d.HandOver(h.t.Context(), call, c.from, c.to, "")
			if !errors.As(err, &r) || r.Code != c.code || r.What == "" || r.Do == "" {
				t.Errorf("%s to %s: %v, want %s", c.from, c.to, err, c.code)
			}
		}
		h.wantState(call, "talking")
		var r *Refusal
		if err := h.d.TakeBack(h.t.Context(), call, "ann"); !errors.As(err, &r) || r.Code != RefusedState {
			t.Errorf("take back nothing: %v", err)
		}
		if err := h.d.HandOver(h.t.Context(), "sw-none", "ann", Target{Manager: true}, ""); !errors.As(err, &r) || r.Code != RefusedUnknownCall {
			t.Errorf("hand over no call: %v", err)
		}
		if len(h.of(EventHandOver)) != 0 {
			t.Error("a refused hand-over was written")
		}
	})
}

func TestHoldIsForTheTalker(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.talkWithAnn()
		var r *Refusal
		if err := h.d.Hold(h.t.Context(), call, "bob"); !errors.As(err, &r) || r.Code != RefusedNotYours {
			t.Errorf("bob holds: %v", err)
		}
		if err := h.d.Hold(h.t.Context(), call, "ann"); err != nil {
			t.Fatal(err)
		}
		if v, _ := h.d.Call(call); !v.Held {
			t.Error("not held")
		}
		h.d.HeldByPhone(call, false)
		h.wantState(call, "talking")
		if v, _ := h.d.Call(call); v.Held {
			t.Error("still held")
		}
		if len(h.of(EventHeld)) != 1 || len(h.of(EventResumed)) != 1 {
			t.Errorf("events %v %v", h.of(EventHeld), h.of(EventResumed))
		}
		if err := h.d.HangUp(h.t.Context(), call, "boss"); err != nil {
			t.Fatal(err)
		}
		h.wantState(call, "ended")
		if e := h.one(EventEnded); e.Data["end"] != endSystem {
			t.Errorf("ended %+v", e)
		}
	})
}

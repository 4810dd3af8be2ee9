package queue

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// states lists what the journal says of guests: "agent state".
func (h *house) states(kind string) string {
	var all []string
	for _, e := range h.of(kind) {
		all = append(all, e.Agent+" "+e.Data["state"])
	}
	return strings.Join(all, ", ")
}

func (h *house) invite(call, expert string) {
	h.t.Helper()
	if err := h.d.Invite(h.t.Context(), call, "ann", expert, "knows printers"); err != nil {
		h.t.Fatalf("invite %s: %v", expert, err)
	}
}

// conference brings ann, a caller and the expert cid together.
func (h *house) conference() string {
	h.t.Helper()
	call := h.talkWithAnn()
	h.invite(call, "cid")
	h.wantRinging("cid")
	h.answer("cid")
	h.wantState(call, "talking")
	return call
}

func wantRefusal(t *testing.T, err error, code string) {
	t.Helper()
	if r := new(Refusal); !errors.As(err, &r) || r.Code != code {
		t.Errorf("%v, want %s", err, code)
	}
}

func TestExpertJoinsAndLeaves(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.conference()
		o := h.offers[len(h.offers)-1]
		if o.Why != "expert" || o.HandBy != "ann" || o.Subject != "knows printers" {
			t.Errorf("offer %+v", o)
		}
		if talk := h.talks[len(h.talks)-1]; talk.Agent != "cid" || talk.As != AsExpert {
			t.Errorf("talk %+v", talk)
		}
		if v, _ := h.d.Call(call); v.Agent != "ann" || v.Expert != "cid" || v.Owner != "ann" {
			t.Errorf("%+v", v)
		}
		wantRefusal(t, h.d.Invite(h.t.Context(), call, "ann", "bob", ""), RefusedBusy) // one at a time
		h.stopLeg("cid", legHungUp)
		h.wantState(call, "talking")
		if o := h.overs[len(h.overs)-1]; o.Agent != "cid" || !o.Free || o.As != AsExpert {
			t.Errorf("over %+v", o)
		}
		h.invite(call, "cid") // once more
		h.wantRinging("cid")
		h.answer("cid")
		h.wantState(call, "talking")
		wantRefusal(t, h.d.LetExpertGo(h.t.Context(), call, "bob"), RefusedNotYours)
		if err := h.d.LetExpertGo(h.t.Context(), call, "ann"); err != nil {
			t.Error(err)
		}
		h.wantState(call, "talking")
		if v, _ := h.d.Call(call); v.Expert != "" || v.Agent != "ann" {
			t.Errorf("%+v", v)
		}
		if got, want := h.states(EventExpert), "cid asked, cid in, cid left, cid asked, cid in, cid left"; got != want {
			t.Errorf("journal %q, want %q", got, want)
		}
		if got := h.tellings("ann", "expert", "agent", "state"); !slices.Equal(got, []string{"cid in", "cid left", "cid in", "cid left"}) {
			t.Errorf("ann was told %q", got)
		}
	})
}

func TestExpertDoesNotCome(t *testing.T) {
	for name, no := range map[string]func(h *house, call string){
		"declined at the desk": func(h *house, call string) {
			if err := h.d.Decline(h.t.Context(), call, "cid", "skill", "only printers"); err != nil {
				h.t.Error(err)
			}
			if e := h.one(EventDeclined); e.Data["reason"] != "skill" || e.Data["note"] != "only printers" {
				h.t.Errorf("%+v", e)
			}
		},
		"declined on the phone": func(h *house, _ string) { h.stopLeg("cid", legDeclined) },
		"rang out":              func(h *house, _ string) { h.sleepUntil(21 * time.Second) },
		"unreachable":           func(h *house, _ string) { h.stopLeg("cid", legUnreachable) },
		"called off":            func(h *house, call string) { _ = h.d.LetExpertGo(h.t.Context(), call, "ann") },
		"cannot be joined": func(h *house, _ string) {
			h.partyErr = ErrUnsupported
			h.answer("cid")
		},
	} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, testConfig(), func(h *house) {
				call := h.talkWithAnn()
				h.invite(call, "cid")
				h.wantRinging("cid")
				no(h, call)
				h.wantState(call, "talking")
				h.wantRinging()
				if v, _ := h.d.Call(call); v.Expert != "" || v.Agent != "ann" {
					t.Errorf("%+v", v)
				}
				if n := len(h.tellings("ann", "expert", "state")); n != 1 {
					t.Errorf("ann was told %d times", n)
				}
				h.abandon(call)
				h.wantState(call, "ended")
			})
		})
	}
}

func TestConferenceEndsForAll(t *testing.T) {
	for name, end := range map[string]func(h *house, call string){
		"the caller hangs up": func(h *house, call string) { h.abandon(call) },
		"the talker hangs up": func(h *house, _ string) { h.stopLeg("ann", legHungUp) },
	} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, testConfig(), func(h *house) {
				call := h.conference()
				end(h, call)
				h.wantState(call, "ended")
				var free []string
				for _, o := range h.overs {
					if o.Free {
						free = append(free, o.Agent)
					}
				}
				if len(h.overs) != 2 || !slices.Equal(free, []string{"cid"}) {
					t.Errorf("overs %+v: the talker wraps up, the expert does not", h.overs)
				}
				h.ringIn()
				h.sleepUntil(11 * time.Second)
				if got := h.ringing(); !slices.Contains(got, "cid") || !slices.Contains(got, "ann") {
					t.Errorf("rings %v", got)
				}
			})
		})
	}
}

func TestExpertTakesTheCallOverOnlyByAccepting(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.conference()
		h.handOver(call, Target{Agent: "cid"})
		h.wantState(call, "handing")
		h.wantRinging()
		if got := h.tellings("cid", "handover", "by", "note"); !slices.Equal(got, []string{"ann knows the printer"}) {
			t.Errorf("cid was told %q", got)
		}
		wantRefusal(t, h.d.Accept(h.t.Context(), call, "bob"), RefusedNotOffered)
		h.stopLeg("ann", legHungUp)
		h.wantState(call, "handing")
		if len(h.voice) != 0 {
			t.Errorf("the caller, who talks with the expert, hears %v", h.voice)
		}
		if err := h.d.Decline(h.t.Context(), call, "cid", "busy", ""); err != nil {
			t.Error(err)
		}
		h.wantState(call, "waiting") // nobody has the caller now: the ladder, first in line
		if len(h.voice) != 1 || h.overs[len(h.overs)-1].Agent != "cid" {
			t.Errorf("voice %v, overs %+v", h.voice, h.overs)
		}
		h.answer("bob")
		h.wantState(call, "talking")
	})
	inHouse(t, testConfig(), func(h *house) {
		call := h.conference()
		h.handOver(call, Target{Agent: "cid"})
		if err := h.d.Accept(h.t.Context(), call, "cid"); err != nil {
			t.Fatal(err)
		}
		h.wantState(call, "talking")
		if v, _ := h.d.Call(call); v.Agent != "cid" || v.Expert != "" {
			t.Errorf("%+v", v)
		}
		if e := h.one(EventHandTaken); e.Agent != "cid" || e.Data["from"] != "ann" {
			t.Errorf("%+v", e)
		}
		h.abandon(call)
		h.wantState(call, "ended")
		if o := h.overs[len(h.overs)-1]; o.Agent != "cid" || o.Free {
			t.Errorf("over %+v: who took the call over wraps it up", o)
		}
	})
}

func TestExpertStaysThroughAHandOver(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.conference()
		h.handOver(call, Target{Agent: "bob"})
		h.wantRinging("bob")
		h.answer("bob")
		h.wantState(call, "talking")
		if v, _ := h.d.Call(call); v.Agent != "bob" || v.Expert != "cid" {
			t.Errorf("%+v", v)
		}
		h.abandon(call)
		h.wantState(call, "ended")
	})
}

func TestBrokenTalkLetsItsExpertGo(t *testing.T) {
	inHouse(t, returning(), func(h *house) {
		call := h.conference()
		h.die("ann")
		h.wantState(call, "waiting")
		if o := h.overs[0]; o.Agent != "cid" || !o.Free {
			t.Errorf("overs %+v", h.overs)
		}
		h.revive("ann")
		h.wantRinging("ann")
		h.answer("ann")
		h.wantState(call, "talking")
	})
}

func TestConferenceIsAdopted(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.talkWithAnn()
		h.invite(call, "bob") // before ann in every order of names but the legs'
		h.wantRinging("bob")
		h.answer("bob")
		h.wantState(call, "talking")
		h.crash(nil)
		h.restart(testConfig(), h.board)
		h.wantState(call, "talking")
		if v, _ := h.d.Call(call); v.Agent != "ann" || v.Expert != "bob" {
			t.Errorf("%+v", v)
		}
		h.abandon(call)
		h.wantState(call, "ended")
	})
}

func TestSwitchWithoutConferences(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.talkWithAnn()
		h.cannot[AsExpert] = true
		wantRefusal(t, h.d.Invite(h.t.Context(), call, "ann", "cid", ""), RefusedUnsupported)
		wantRefusal(t, h.d.Invite(h.t.Context(), call, "bob", "cid", ""), RefusedNotYours)
		wantRefusal(t, h.d.Invite(h.t.Context(), call, "ann", "nobody", ""), RefusedUnknownAgent)
		h.wantRinging()
	})
}

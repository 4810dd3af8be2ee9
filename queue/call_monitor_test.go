package queue

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// listen lets boss hear ann's talk.
func (h *house) listen(mode string) string {
	h.t.Helper()
	call := h.talkWithAnn()
	if err := h.d.Monitor(h.t.Context(), call, "boss", mode); err != nil {
		h.t.Fatal(err)
	}
	h.wantRinging("boss")
	h.answer("boss")
	h.wantState(call, "talking")
	return call
}

func (h *house) wantMonitor(call, by, mode string) {
	h.t.Helper()
	h.wantState(call, "talking")
	v, _ := h.d.Call(call)
	if v.Monitor == nil || v.Monitor.By != by || v.Monitor.Mode != mode {
		h.t.Errorf("monitor %+v, want %s %s", v.Monitor, by, mode)
	}
}

func TestManagerListens(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.listen(MonitorListen)
		h.wantMonitor(call, "boss", MonitorListen)
		if o := h.offers[len(h.offers)-1]; o.Why != AsMonitor {
			t.Errorf("offer %+v", o)
		}
		for _, mode := range []string{MonitorWhisper, MonitorBarge, MonitorListen} {
			if err := h.d.SetMonitor(h.t.Context(), call, "boss", mode); err != nil {
				t.Error(err)
			}
			h.wantMonitor(call, "boss", mode)
		}
		wantRefusal(t, h.d.SetMonitor(h.t.Context(), call, "boss", "shout"), RefusedInvalid)
		wantRefusal(t, h.d.SetMonitor(h.t.Context(), call, "bob", MonitorBarge), RefusedNotOffered)
		wantRefusal(t, h.d.Monitor(h.t.Context(), call, "bob", MonitorListen), RefusedBusy)
		wantRefusal(t, h.d.Monitor(h.t.Context(), call, "nobody", MonitorListen), RefusedBusy)
		if err := h.d.StopMonitor(h.t.Context(), call, "boss"); err != nil {
			t.Error(err)
		}
		h.wantState(call, "talking")
		if v, _ := h.d.Call(call); v.Monitor != nil || v.Agent != "ann" {
			t.Errorf("%+v", v)
		}
		if got, want := h.states(EventMonitored), "boss asked, boss listen, boss whisper, boss barge, boss listen, boss left"; got != want {
			t.Errorf("journal %q, want %q", got, want)
		}
		want := []string{"boss listen", "boss whisper", "boss barge", "boss listen", "boss "}
		if got := h.tellings("ann", "monitored", "by", "mode"); !slices.Equal(got, want) {
			t.Errorf("ann was told %q, want %q", got, want)
		}
		if o := h.overs[0]; o.Agent != "boss" || !o.Free || o.As != AsMonitor {
			t.Errorf("over %+v", o)
		}
		if len(h.of(EventAnswered)) != 1 {
			t.Error("listening counts as an answer")
		}
	})
}

func TestAgentsNeedNotBeTold(t *testing.T) {
	cfg := testConfig()
	cfg.TellNobodyOfMonitors = true
	inHouse(t, cfg, func(h *house) {
		call := h.listen(MonitorListen)
		h.abandon(call)
		h.wantState(call, "ended")
		if got := h.tellings("ann", "monitored", "by"); len(got) != 0 {
			t.Errorf("ann was told %q", got)
		}
		if got := h.states(EventMonitored); got != "boss asked, boss listen, boss left" {
			t.Errorf("journal %q", got)
		}
	})
}

func TestManagerWhoIsPausedListensAndStaysPaused(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.talkWithAnn()
		h.answerable("boss", false)
		if err := h.d.Monitor(h.t.Context(), call, "boss", MonitorListen); err != nil {
			t.Fatal(err)
		}
		h.wantRinging("boss")
		h.answer("boss")
		h.wantMonitor(call, "boss", MonitorListen)
		h.stopLeg("boss", legHungUp)
		h.wantState(call, "talking")
		if h.agents["boss"].state != "off" {
			t.Errorf("boss is %s", h.agents["boss"].state)
		}
	})
}

func TestListenerFollowsTheTalk(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.listen(MonitorWhisper)
		h.handOver(call, Target{Agent: "bob"})
		h.wantRinging("bob") // the order is taken before the phone rings
		h.answer("bob")
		h.wantMonitor(call, "boss", MonitorWhisper)
		if got := h.tellings("bob", "monitored", "by", "mode"); !slices.Equal(got, []string{"boss whisper"}) {
			t.Errorf("bob was told %q", got)
		}
		// A way that the switch refuses leaves the one before.
		h.partyErr = errors.New("no channel")
		wantRefusal(t, h.d.SetMonitor(h.t.Context(), call, "boss", MonitorBarge), RefusedSwitch)
		h.wantMonitor(call, "boss", MonitorWhisper)
	})
}

func TestManagerTakesOver(t *testing.T) {
	for name, listens := range map[string]bool{"who listens": true, "who does not": false} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, testConfig(), func(h *house) {
				var call string
				if listens {
					call = h.listen(MonitorListen)
				} else {
					call = h.talkWithAnn()
				}
				h.sleepUntil(10 * time.Second)
				if err := h.d.TakeOver(h.t.Context(), call, "boss", "caller is in despair"); err != nil {
					t.Fatal(err)
				}
				if !listens {
					h.wantState(call, "handing")
					h.wantRinging("boss")
					if v, _ := h.d.Call(call); v.Agent != "ann" {
						t.Errorf("%+v", v)
					}
					h.answer("boss")
				}
				h.wantState(call, "talking")
				if v, _ := h.d.Call(call); v.Agent != "boss" || v.Monitor != nil {
					t.Errorf("%+v", v)
				}
				e := h.one(EventHandTaken)
				if e.Agent != "boss" || e.Data["forced"] != "true" || e.Data["reason"] != "caller is in despair" || e.Data["from"] != "ann" {
					t.Errorf("%+v", e)
				}
				if e := h.one(EventTakeOver); e.Agent != "boss" || e.Data["reason"] == "" {
					t.Errorf("%+v", e)
				}
				if o := h.overs[0]; o.Agent != "ann" || o.HandedTo != "boss" || o.Free {
					t.Errorf("over %+v", o)
				}
				h.abandon(call)
				h.wantState(call, "ended")
				if o := h.overs[len(h.overs)-1]; o.Agent != "boss" || o.Free {
					t.Errorf("over %+v", o)
				}
			})
		})
	}
}

func TestTakeOverThatNobodyPicksUpLeavesTheTalk(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.talkWithAnn()
		if err := h.d.TakeOver(h.t.Context(), call, "boss", "despair"); err != nil {
			t.Fatal(err)
		}
		h.sleepUntil(40 * time.Second)
		h.wantState(call, "talking")
		if v, _ := h.d.Call(call); v.Agent != "ann" {
			t.Errorf("%+v", v)
		}
		wantRefusal(t, h.d.TakeOver(h.t.Context(), call, "ann", "mine"), RefusedBusy)
	})
}

func TestNobodyListensToABrokenTalkOrAfterTheEnd(t *testing.T) {
	inHouse(t, returning(), func(h *house) {
		call := h.listen(MonitorBarge)
		h.die("ann")
		h.wantState(call, "waiting")
		h.wantRinging()
		if h.agents["boss"].state != "ready" {
			t.Errorf("boss is %s", h.agents["boss"].state)
		}
		wantRefusal(t, h.d.Monitor(h.t.Context(), call, "boss", MonitorListen), RefusedState)
	})
}

func TestSwitchThatLetsNobodyListen(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.talkWithAnn()
		h.cannot[AsMonitor] = true
		wantRefusal(t, h.d.Monitor(h.t.Context(), call, "boss", MonitorListen), RefusedUnsupported)
		h.wantRinging()
	})
}

func TestNobodyListensOnAfterARestart(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.listen(MonitorWhisper)
		h.crash(nil)
		h.restart(testConfig(), h.board)
		h.wantState(call, "talking")
		if v, _ := h.d.Call(call); v.Agent != "ann" || v.Monitor != nil || v.Expert != "" {
			t.Errorf("%+v", v)
		}
		if h.agents["boss"].state != "ready" || h.phones["boss"] != "" {
			t.Errorf("boss is %s, phone %q", h.agents["boss"].state, h.phones["boss"])
		}
	})
}

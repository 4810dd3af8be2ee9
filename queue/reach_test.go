package queue

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// phoneAt moves an agent's phone to the switch of the calls, or away to another, as presence would tell.
func (h *house) phoneAt(agent string, here bool) {
	h.mu.Lock()
	since := h.agents[agent].since
	h.away = map[string]bool{agent: !here}
	h.mu.Unlock()
	var lacks []string
	if !here {
		lacks = []string{"sw"}
	}
	h.d.AgentReady(agent, since, lacks...)
	synctest.Wait()
}

// TestOnlyPhonesAtTheCallsSwitchRing: the best agent's phone is elsewhere: the next one's rings. As soon as it is here, whoever waits
// is matched.
func TestOnlyPhonesAtTheCallsSwitchRing(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob")
		h.phoneAt("ann", false)
		h.ringIn()
		h.wantRinging("bob")
		second := h.ringIn()
		h.wantRinging("bob")
		h.phoneAt("ann", true)
		h.wantRinging("ann", "bob")
		h.answer("ann")
		h.wantState(second, "talking")
	})
}

// TestThePhoneGoesBeforeTheBoardHears: the board matches by what it knows; no phone is rung and no pop shown where it is known by now
// that the phone cannot ring, and the agent is back with the next word of presence.
func TestThePhoneGoesBeforeTheBoardHears(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob")
		h.mu.Lock()
		h.away = map[string]bool{"ann": true}
		h.mu.Unlock()
		h.ringIn()
		h.wantRinging("bob")
		if len(h.offers) != 1 || len(h.of(EventUnreached)) != 1 {
			t.Errorf("offered %+v, unreached %+v", h.offers, h.of(EventUnreached))
		}
		h.phoneAt("ann", true)
		h.ringIn()
		h.wantRinging("ann", "bob")
	})
}

// TestNobodyElsewhereIsAskedIntoATalk: hand-over, expert, listening and taking over say at once that the phone is elsewhere.
func TestNobodyElsewhereIsAskedIntoATalk(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		call := h.talkWithAnn()
		h.phoneAt("cid", false)
		wantRefusal(t, h.d.HandOver(h.t.Context(), call, "ann", Target{Agent: "cid"}, ""), RefusedUnreached)
		wantRefusal(t, h.d.Invite(h.t.Context(), call, "ann", "cid", ""), RefusedUnreached)
		h.phoneAt("boss", false)
		wantRefusal(t, h.d.Monitor(h.t.Context(), call, "boss", MonitorListen), RefusedUnreached)
		wantRefusal(t, h.d.TakeOver(h.t.Context(), call, "boss", "mine"), RefusedUnreached)
		h.wantState(call, "talking")
		h.wantRinging()
		// Handed to the queue, it finds whose phone is here.
		h.phoneAt("cid", true)
		h.phoneAt("bob", false)
		h.handOver(call, Target{Queue: "support"})
		h.wantRinging("cid")
	})
}

// TestAWithdrawnPhoneIsBackAsItWas: what the queue itself says of an agent's readiness does not forget where the phone is.
func TestAWithdrawnPhoneIsBackAsItWas(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann")
		h.d.AgentReady("ann", time.Now(), "other")
		h.d.readyAgain("ann", time.Now())
		synctest.Wait()
		if a := h.board.Standing().Agents; len(a) != 1 || !slices.Equal(a[0].Lacks, []string{"other"}) {
			t.Errorf("on the board: %+v", a)
		}
	})
}

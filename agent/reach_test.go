package agent

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestAPhoneAtSomeSwitches: who can be reached at one switch is ready, the queue hears at which not, and again when that changes,
// with the idle time as it was.
func TestAPhoneAtSomeSwitches(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
		var seen [][]string
		r.reached = append(r.reached, func(v View) { seen = append(seen, v.PhoneLacks) })
		must(t, r.SignIn("li", "li"))
		r.PhoneUp("li", time.Now(), "sh1")
		v := mustState(t, r, "li", Ready)
		since := v.IdleSince
		synctest.Wait()
		if told, _, _ := h.heard(); !slices.Equal(told, []string{"ready li"}) || !slices.Equal(h.listedWithout("li"), []string{"sh1"}) {
			t.Errorf("queue told %v, without %v", told, h.listedWithout("li"))
		}
		if r.Reaches("li", "sh1") || !r.Reaches("li", "bj1") || !slices.Equal(v.PhoneLacks, []string{"sh1"}) {
			t.Errorf("reached as %+v", v)
		}
		pass(10 * time.Second)
		r.PhoneUp("li", time.Now(), "sh1") // registered again, as phones do
		r.PhoneUp("li", time.Now())
		synctest.Wait()
		if told, _, moves := h.heard(); !slices.Equal(told, []string{"ready li"}) || len(moves) != 0 || h.listedWithout("li") != nil {
			t.Errorf("queue told %v, without %v, moved %v", told, h.listedWithout("li"), moves)
		}
		if v := mustState(t, r, "li", Ready); !v.IdleSince.Equal(since) || v.PhoneLacks != nil || !r.Reaches("li", "sh1") {
			t.Errorf("idle since %v, lacks %v", v.IdleSince, v.PhoneLacks)
		}
		r.PhoneDown("li", time.Now())
		mustState(t, r, "li", Unreachable)
		synctest.Wait()
		if len(seen) != 2 {
			t.Errorf("the supervisors heard %v", seen)
		}
	})
}

// TestAPhoneMovesDuringAnOffer: the queue puts the agent back on its lists as the phone stood before, so it is told again.
func TestAPhoneMovesDuringAnOffer(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
		ready(t, r, "li")
		synctest.Wait()
		if !r.Offered("li", "bj1-1") {
			t.Fatal("not offered")
		}
		r.PhoneUp("li", time.Now(), "sh1")
		mustState(t, r, "li", Offered)
		synctest.Wait()
		h.heard()
		r.Withdrawn("li", "bj1-1", "lost", false)
		mustState(t, r, "li", Ready)
		synctest.Wait()
		if told, _, _ := h.heard(); !slices.Equal(told, []string{"ready li"}) || !slices.Equal(h.listedWithout("li"), []string{"sh1"}) {
			t.Errorf("queue told %v, without %v", told, h.listedWithout("li"))
		}
	})
}

// TestTheFirstWordOfAStrangersPhoneNamesSwitches: a phone that registered before its agent was known.
func TestTheFirstWordOfAStrangersPhoneNamesSwitches(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
		r.PhoneUp("new", time.Time{}, "sh1")
		r.SetProfiles(append(profiles(), Profile{Login: "new"}))
		if v, _ := r.View("new"); !v.PhoneUp || !slices.Equal(v.PhoneLacks, []string{"sh1"}) {
			t.Errorf("known as %+v", v)
		}
	})
}

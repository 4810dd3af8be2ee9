package agent

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestOneCallAtATime(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
		ready(t, r, "li")
		for range 2 { // the same offer again is no refusal
			if !r.Offered("li", "a-1") {
				t.Error("refused")
			}
		}
		if r.Offered("li", "a-2") {
			t.Error("offered a second call")
		}
		r.RingingNow("li", "a-1")
		if !r.Offered("li", "a-1") || r.Offered("li", "a-2") {
			t.Error("ringing")
		}
		at := time.Now()
		pass(time.Second)
		r.Talking("li", "a-1", at)
		if v := mustState(t, r, "li", Talking); v.Call != "a-1" || v.Answered != 1 || !v.Since.Equal(at) {
			t.Errorf("%+v", v)
		}
		if r.Offered("li", "a-1") || r.Offered("li", "a-2") {
			t.Error("offered while talking")
		}
		r.CallOver("li", "a-1", "repair", time.Now())
		if r.Offered("li", "a-2") {
			t.Error("offered in wrap-up")
		}
	})
}

// TestWithdrawn: who tells the queue, and which idle time counts.
func TestWithdrawn(t *testing.T) {
	for _, c := range []struct {
		outcome string
		pause   bool
		state   State
		told    []string
		anew    bool
		missed  int
	}{
		{"lost", false, Ready, nil, false, 0},
		{"abandoned", false, Ready, nil, false, 0},
		{"lost", true, Ready, nil, false, 0},
		{"missed", false, Ready, []string{"ready li"}, true, 1},
		{"returned", false, Ready, []string{"ready li"}, true, 0},
		{"declined", false, Ready, []string{"ready li"}, true, 0},
		{"unreachable", false, Ready, []string{"ready li"}, true, 0},
		{"busy", false, Ready, []string{"ready li"}, true, 0},
		{"fault", false, Ready, []string{"ready li"}, true, 0},
		{"missed", true, Paused, nil, true, 1},
		{"declined", true, Paused, nil, true, 0},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
				ready(t, r, "li")
				idle := time.Now()
				pass(10 * time.Second)
				if !r.Offered("li", "a-1") {
					t.Fatal("refused")
				}
				r.RingingNow("li", "a-1")
				pass(5 * time.Second)
				h.heard()
				r.Withdrawn("li", "a-1", c.outcome, c.pause)
				v := mustState(t, r, "li", c.state)
				if v.Call != "" || v.Missed != c.missed {
					t.Errorf("%+v", v)
				}
				if c.anew {
					idle = time.Now()
				}
				if c.state == Ready && !v.IdleSince.Equal(idle) {
					t.Errorf("idle since %v, want %v", v.IdleSince, idle)
				}
				r.RingingNow("li", "a-1") // late news of the phone
				r.Withdrawn("li", "a-1", c.outcome, c.pause)
				mustState(t, r, "li", c.state)
				synctest.Wait()
				told, notes, _ := h.heard()
				if !slices.Equal(told, c.told) {
					t.Errorf("queue told %v, want %v", told, c.told)
				}
				if want := map[bool][]string{true: {"missed-calls li a-1"}}[c.state == Paused]; !slices.Equal(notes, want) {
					t.Errorf("managers told %v, want %v", notes, want)
				}
				if c.state == Paused && v.Reason != ReasonMissedCalls {
					t.Errorf("paused for %q", v.Reason)
				}
			})
		})
	}
}

func TestPhoneLostInACallChangesNothingUntilItsEnd(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
		talking(t, r, "li", "a-1")
		r.PhoneDown("li", time.Time{})
		if v := mustState(t, r, "li", Talking); v.PhoneUp {
			t.Error("the lost phone is not shown")
		}
		synctest.Wait()
		h.heard()
		r.CallOver("li", "a-1", "sales", time.Now()) // no wrap-up time
		mustState(t, r, "li", Unreachable)
		synctest.Wait()
		if told, _, _ := h.heard(); len(told) != 0 {
			t.Errorf("queue told %v", told)
		}
		r.PhoneUp("li", time.Time{})
		mustState(t, r, "li", Ready)
		synctest.Wait()
		if told, _, _ := h.heard(); !slices.Equal(told, []string{"ready li"}) {
			t.Errorf("queue told %v", told)
		}
	})
}

// TestContradictions: the switch is believed, the managers are told, the queue is put right.
func TestContradictions(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(t *testing.T, r *Roster)
		want State
		call string
		note string
		told []string
	}{
		{"talking while offline", func(_ *testing.T, r *Roster) { r.Talking("li", "a-1", time.Time{}) }, Talking, "a-1", "a-1", nil},
		{"talking while ready", func(t *testing.T, r *Roster) {
			readyAndListed(t, r, "li")
			r.Talking("li", "a-1", time.Time{})
		}, Talking, "a-1", "a-1", []string{"ready li", "gone li"}},
		{"ringing while ready", func(t *testing.T, r *Roster) {
			readyAndListed(t, r, "li")
			r.RingingNow("li", "a-1")
		}, Ringing, "a-1", "a-1", []string{"ready li", "gone li"}},
		{"talking in another call", func(t *testing.T, r *Roster) {
			readyAndListed(t, r, "li")
			talking(t, r, "li", "a-1")
			r.Talking("li", "a-2", time.Time{})
			r.CallOver("li", "a-1", "repair", time.Now()) // about the call left behind: a stray
		}, Talking, "a-2", "a-2", []string{"ready li"}},
		{"call ended and nobody said so", func(t *testing.T, r *Roster) {
			readyAndListed(t, r, "li")
			talking(t, r, "li", "a-1")
			r.CallsSynced("b", nil, time.Now())
			r.CallsSynced("a", []string{"a-1"}, time.Now())
			mustState(t, r, "li", Talking)
			r.CallsSynced("a", []string{"a-7"}, time.Now())
		}, WrapUp, "a-1", "a-1", []string{"ready li"}},
		{"offer ended and nobody said so", func(t *testing.T, r *Roster) {
			readyAndListed(t, r, "li")
			r.Offered("li", "a-1")
			r.CallsSynced("a", nil, time.Now().Add(-time.Second)) // listed before the call came
			mustState(t, r, "li", Offered)
			r.CallsSynced("a", nil, time.Now())
		}, Ready, "", "a-1", []string{"ready li", "ready li"}},
		{"offer without an end", func(t *testing.T, r *Roster) {
			readyAndListed(t, r, "li")
			r.Offered("li", "a-1")
			must(t, r.Pause("li", "meal", "li"))
			pass(2*time.Minute + time.Nanosecond)
		}, Paused, "", "a-1", []string{"ready li", "gone li"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
				c.do(t, r)
				if v := mustState(t, r, "li", c.want); v.Call != c.call {
					t.Errorf("in call %q, want %q", v.Call, c.call)
				}
				synctest.Wait()
				told, notes, _ := h.heard()
				if !slices.Equal(notes, []string{"contradiction li " + c.note}) {
					t.Errorf("managers told %v", notes)
				}
				if !slices.Equal(told, c.told) {
					t.Errorf("queue told %v, want %v", told, c.told)
				}
			})
		})
	}
}

// TestReaffirmed: a race with the queue, or a fault of its store, must not leave a ready agent forgotten.
func TestReaffirmed(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
		readyAndListed(t, r, "li")
		must(t, r.Pause("li", "meal", "li"))
		if r.Offered("li", "a-1") { // matched before the queue heard of the pause
			t.Fatal("offered while paused")
		}
		must(t, r.Ready("li", "li"))
		synctest.Wait()
		h.heard()
		h.list("li", false) // the queue takes the refusing agent off, having just listed it
		pass(2 * time.Second)
		if !h.isListed("li") {
			t.Fatal("forgotten")
		}
		h.heard()
		pass(5*time.Minute + time.Second)
		if told, _, _ := h.heard(); len(told) != 5 {
			t.Errorf("in five minutes the queue was told %v", told)
		}
		r.Reannounce()
		synctest.Wait()
		if told, _, _ := h.heard(); !slices.Equal(told, []string{"ready li"}) {
			t.Errorf("queue told %v", told)
		}
	})
}

func TestAnsweredTodayEndsAtMidnight(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) { // the bubble begins at midnight UTC
		pass(23 * time.Hour)
		talking(t, r, "li", "a-1")
		r.CallOver("li", "a-1", "sales", time.Now())
		if v := mustState(t, r, "li", Ready); v.Answered != 1 {
			t.Errorf("answered %d", v.Answered)
		}
		pass(2 * time.Hour)
		if v := mustState(t, r, "li", Ready); v.Answered != 0 {
			t.Errorf("answered %d on a new day", v.Answered)
		}
		talking(t, r, "li", "a-2")
		if v := mustState(t, r, "li", Talking); v.Answered != 1 {
			t.Errorf("answered %d", v.Answered)
		}
	})
}

// A part of a call that is not the talker's, and a talk that broke off, leave nothing to wrap up.
func TestJoinedAndLeft(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
		ready(t, r, "li")
		if !r.Offered("li", "a-1") {
			t.Fatal("refused")
		}
		at := time.Now()
		r.Joined("li", "a-1", at)
		if v := mustState(t, r, "li", Talking); v.Call != "a-1" || v.Answered != 0 || !v.Since.Equal(at) {
			t.Errorf("%+v", v)
		}
		r.CallLeft("li", "a-1", "repair", time.Now())
		mustState(t, r, "li", Ready)
		r.CallLeft("li", "a-1", "repair", time.Now()) // said twice
		mustState(t, r, "li", Ready)

		// The phone died in the talk: unreachable until it is back, and no wrap-up.
		if !r.Offered("li", "a-2") {
			t.Fatal("refused")
		}
		r.Talking("li", "a-2", time.Now())
		r.PhoneDown("li", time.Now())
		r.CallLeft("li", "a-2", "repair", time.Now())
		if v := mustState(t, r, "li", Unreachable); v.Call != "" || v.Missed != 0 {
			t.Errorf("%+v", v)
		}
		r.PhoneUp("li", time.Now())
		mustState(t, r, "li", Ready)
	})
}

// Who asks for a call themself gets it in any state but a call, and stands where they stood afterwards.
func TestSummoned(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
		if !r.Summoned("li", "a-1") {
			t.Fatal("refused to who is offline")
		}
		if r.Summoned("li", "a-2") || r.Offered("li", "a-2") {
			t.Error("two calls at once")
		}
		r.Joined("li", "a-1", time.Now())
		mustState(t, r, "li", Talking)
		r.CallLeft("li", "a-1", "repair", time.Now())
		mustState(t, r, "li", Offline)

		ready(t, r, "li")
		if err := r.Pause("li", "break", "li"); err != nil {
			t.Fatal(err)
		}
		if !r.Summoned("li", "a-3") {
			t.Fatal("refused to who is paused")
		}
		r.Withdrawn("li", "a-3", "returned", false)
		if v := mustState(t, r, "li", Paused); v.Reason != "break" {
			t.Errorf("%+v", v)
		}
		if err := r.Ready("li", "li"); err != nil {
			t.Fatal(err)
		}
		if !r.Summoned("li", "a-4") {
			t.Fatal("refused to who is ready")
		}
		r.CallLeft("li", "a-4", "repair", time.Now())
		mustState(t, r, "li", Ready)
		if !r.Offered("li", "a-5") {
			t.Fatal("refused")
		}
		r.Talking("li", "a-5", time.Now())
		r.CallOver("li", "a-5", "repair", time.Now())
		if r.Summoned("li", "a-6") {
			t.Error("summoned out of a wrap-up")
		}
	})
}

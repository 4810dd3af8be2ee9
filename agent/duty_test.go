package agent

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestSignInFollowsThePhone(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
		must(t, r.SignIn("li", "li"))
		if v := mustState(t, r, "li", Unreachable); v.Reason != "phone-down" {
			t.Errorf("reason %q", v.Reason)
		}
		if r.Offered("li", "a-1") {
			t.Error("offered a call without a phone")
		}
		pass(time.Minute)
		r.PhoneUp("li", time.Now())
		v := mustState(t, r, "li", Ready)
		if !v.IdleSince.Equal(time.Now()) {
			t.Errorf("idle since %v, not since the phone is there", v.IdleSince)
		}
		pass(time.Second)
		r.PhoneDown("li", time.Now())
		mustState(t, r, "li", Unreachable)
		r.PhoneUp("li", time.Now().Add(-time.Second/2)) // a straggler from before
		mustState(t, r, "li", Unreachable)
		r.PhoneUp("li", time.Now())
		mustState(t, r, "li", Ready)
		synctest.Wait()
		must(t, r.SignOut("li", "boss"))
		mustState(t, r, "li", Offline)
		synctest.Wait()
		told, notes, moves := h.heard()
		if want := []string{"ready li", "gone li", "ready li", "gone li"}; !slices.Equal(told, want) {
			t.Errorf("queue told %v, want %v", told, want)
		}
		if len(notes) != 0 {
			t.Errorf("managers told %v", notes)
		}
		want := []string{
			"li offline>unreachable phone-down li", "li unreachable>ready phone-up phone", "li ready>unreachable phone-down phone",
			"li unreachable>ready phone-up phone", "li ready>offline sign-out boss",
		}
		if !slices.Equal(moves, want) {
			t.Errorf("moves %q, want %q", moves, want)
		}
	})
}

func TestSignInKeepsAPause(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
		ready(t, r, "li")
		must(t, r.Pause("li", "meal", "li"))
		since := mustState(t, r, "li", Paused).Since
		pass(time.Minute)
		must(t, r.SignIn("li", "li"))
		must(t, r.Pause("li", "meal", "li"))
		if v := mustState(t, r, "li", Paused); v.Reason != "meal" || !v.Since.Equal(since) {
			t.Errorf("pause began anew: %+v", v)
		}
		must(t, r.Pause("li", "break", "li"))
		if v := mustState(t, r, "li", Paused); v.Reason != "break" || !v.Since.Equal(time.Now()) {
			t.Errorf("another pause did not begin: %+v", v)
		}
		must(t, r.Ready("li", "li"))
		if v := mustState(t, r, "li", Ready); !v.IdleSince.Equal(time.Now()) {
			t.Errorf("idle since %v", v.IdleSince)
		}
	})
}

func TestRefusals(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
		_, deskErr := r.OpenDesk("nobody", "s")
		_, sessionErr := r.OpenDesk("li", "")
		_, extendErr := r.ExtendWrapUp("li", "a-1", 0)
		for name, c := range map[string]struct{ got, want error }{
			"unknown sign-in":        {r.SignIn("nobody", "x"), ErrUnknownAgent},
			"unknown ready":          {r.Ready("nobody", "x"), ErrUnknownAgent},
			"unknown wrap-up":        {r.WrappedUp("nobody", "a-1"), ErrUnknownAgent},
			"unknown desk":           {deskErr, ErrUnknownAgent},
			"no session":             {sessionErr, ErrDeskSession},
			"reason not on the list": {r.Pause("li", "siesta", "li"), ErrReason},
			"the system's reason":    {r.Pause("li", ReasonMissedCalls, "li"), ErrReason},
			"pause when signed out":  {r.Pause("li", "meal", "li"), ErrSignedOut},
			"extend nothing":         {extendErr, ErrNotWrapping},
		} {
			var e *Error
			if !errors.Is(c.got, c.want) || !errors.As(c.got, &e) || e.Code == "" || e.What == "" || e.Do == "" {
				t.Errorf("%s: %v, want %v", name, c.got, c.want)
			}
		}
		if r.Offered("nobody", "a-1") || r.Push("nobody", Push{Kind: "pop"}) != 0 || r.Beat("nobody", "s", true) {
			t.Error("something went to nobody")
		}
		if _, ok := r.View("nobody"); ok {
			t.Error("nobody has a view")
		}
	})
}

func TestPauseAndSignOutWaitForTheEndOfTheCall(t *testing.T) {
	for _, c := range []struct {
		name   string
		ask    func(r *Roster) error
		undo   bool
		want   State
		reason string
	}{
		{"pause", func(r *Roster) error { return r.Pause("li", "meal", "li") }, false, Paused, "meal"},
		{"sign-out", func(r *Roster) error { return r.SignOut("li", "li") }, false, Offline, ""},
		{"taken back", func(r *Roster) error { return r.Pause("li", "meal", "li") }, true, Ready, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
				talking(t, r, "li", "a-1")
				synctest.Wait()
				h.list("li", false) // the claim
				must(t, c.ask(r))
				v := mustState(t, r, "li", Talking)
				if v.Pending == "" || v.PendingReason != map[bool]string{true: "meal"}[v.Pending == Paused] {
					t.Errorf("nothing pending: %+v", v)
				}
				r.CallOver("li", "a-1", "repair", time.Now())
				mustState(t, r, "li", WrapUp)
				if c.undo {
					must(t, r.Ready("li", "li"))
					mustState(t, r, "li", WrapUp) // only a permitted outcome ends a wrap-up
				}
				must(t, r.WrappedUp("li", "a-1"))
				if v := mustState(t, r, "li", c.want); v.Reason != c.reason || v.Call != "" || v.Pending != "" {
					t.Errorf("%+v", v)
				}
				synctest.Wait()
				if h.isListed("li") != (c.want == Ready) {
					t.Errorf("the queue's belief: %v", h.isListed("li"))
				}
			})
		})
	}
}

func TestPauseWhileRingingEndsWithTheOffer(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
		ready(t, r, "li")
		if !r.Offered("li", "a-1") {
			t.Fatal("refused")
		}
		synctest.Wait()
		h.list("li", false) // the claim
		must(t, r.Pause("li", "meal", "li"))
		mustState(t, r, "li", Offered)
		h.list("li", true) // the queue puts the loser back
		r.Withdrawn("li", "a-1", "lost", false)
		mustState(t, r, "li", Paused)
		synctest.Wait()
		if h.isListed("li") {
			t.Error("the queue would offer calls to a paused agent")
		}
	})
}

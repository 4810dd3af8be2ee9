package agent

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestWrapUpTimeout(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(t *testing.T, r *Roster)
		state  State
		reason string
	}{
		{"no desk", func(*testing.T, *Roster) {}, Paused, ReasonWrapUpTimeout},
		{"desk without a human", func(t *testing.T, r *Roster) { r.Beat("li", "s", false) }, Paused, ReasonWrapUpTimeout},
		{"human at the desk", func(t *testing.T, r *Roster) {
			if !r.Beat("li", "s", true) {
				t.Error("no desk")
			}
		}, Ready, ""},
		{"pause asked for", func(t *testing.T, r *Roster) { must(t, r.Pause("li", "meal", "li")) }, Paused, "meal"},
		{"signed out", func(t *testing.T, r *Roster) { must(t, r.SignOut("li", "li")) }, Offline, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHouse(t, func(o *Options) { o.DeskTimeout = 10 * time.Minute }, func(t *testing.T, r *Roster, h *house) {
				if c.name != "no desk" {
					_, err := r.OpenDesk("li", "s")
					must(t, err)
				}
				talking(t, r, "li", "a-1")
				r.CallOver("li", "a-1", "repair", time.Now())
				if v := mustState(t, r, "li", WrapUp); !v.WrapUpEnd.Equal(time.Now().Add(time.Minute)) {
					t.Errorf("wrap-up until %v", v.WrapUpEnd)
				}
				pass(time.Second)
				c.before(t, r)
				pass(59*time.Second - time.Nanosecond)
				mustState(t, r, "li", WrapUp)
				pass(time.Nanosecond)
				if v := mustState(t, r, "li", c.state); v.Reason != c.reason {
					t.Errorf("reason %q, want %q", v.Reason, c.reason)
				}
				if _, notes, _ := h.heard(); !slices.Equal(notes, []string{"wrapup-timeout li a-1"}) {
					t.Errorf("managers told %v", notes)
				}
				must(t, r.WrappedUp("li", "a-1")) // late, for the case's sake
				mustState(t, r, "li", c.state)
			})
		})
	}
}

func TestWrapUpExtendedWithinItsBound(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
		talking(t, r, "li", "a-1")
		r.CallOver("li", "a-1", "repair", time.Now())
		begin := time.Now()
		for _, want := range []time.Duration{2 * time.Minute, 3 * time.Minute, 4 * time.Minute} {
			end, err := r.ExtendWrapUp("li", "a-1", 0)
			if err != nil || end.Sub(begin) != want {
				t.Fatalf("until %v, %v; want %v", end.Sub(begin), err, want)
			}
		}
		if _, err := r.ExtendWrapUp("li", "a-1", time.Second); !errors.Is(err, ErrWrapUpLimit) {
			t.Errorf("extended beyond the bound: %v", err)
		}
		if _, err := r.ExtendWrapUp("li", "a-2", 0); !errors.Is(err, ErrNotWrapping) {
			t.Errorf("extended another call: %v", err)
		}
		pass(4*time.Minute - time.Second)
		mustState(t, r, "li", WrapUp)
		must(t, r.WrappedUp("li", "a-2")) // another call's: does not end this one
		mustState(t, r, "li", WrapUp)
		must(t, r.WrappedUp("li", "a-1"))
		mustState(t, r, "li", Ready)
		pass(time.Minute)
		if _, notes, _ := h.heard(); len(notes) != 0 {
			t.Errorf("managers told %v", notes)
		}
	})
}

func TestWrapUpBounded(t *testing.T) {
	inHouse(t, func(o *Options) { o.WrapUpExtension = 90 * time.Second }, func(t *testing.T, r *Roster, _ *house) {
		talking(t, r, "li", "a-1")
		r.CallOver("li", "a-1", "repair", time.Now())
		begin := time.Now()
		if end, err := r.ExtendWrapUp("li", "a-1", time.Hour); err != nil || end.Sub(begin) != 150*time.Second {
			t.Errorf("until %v, %v", end.Sub(begin), err)
		}
	})
}

func TestNoWrapUp(t *testing.T) {
	t.Run("queue without wrap-up time", func(t *testing.T) {
		inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
			talking(t, r, "li", "a-1")
			r.CallOver("li", "a-1", "sales", time.Now())
			if v := mustState(t, r, "li", Ready); !v.IdleSince.Equal(time.Now()) {
				t.Errorf("%+v", v)
			}
			r.CallOver("li", "a-1", "repair", time.Now()) // the same end again
			mustState(t, r, "li", Ready)
		})
	})
	t.Run("finished in the call", func(t *testing.T) {
		inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
			talking(t, r, "li", "a-1")
			must(t, r.WrappedUp("li", "a-1"))
			mustState(t, r, "li", Talking)
			r.CallOver("li", "a-1", "repair", time.Now())
			mustState(t, r, "li", Ready)
			talking(t, r, "li", "a-2")
			r.CallOver("li", "a-2", "repair", time.Now())
			mustState(t, r, "li", WrapUp)
		})
	})
}

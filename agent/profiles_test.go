package agent

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestProfilesComeAndGo(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
		r.PhoneUp("new", time.Time{}) // the phone may be known before the agent is
		r.PhoneUp("old", time.Time{})
		r.PhoneDown("old", time.Time{})
		everybody := append(profiles(), Profile{Login: "new"}, Profile{Login: "old"}, Profile{Login: "li", Name: "twice"})
		r.SetProfiles(everybody)
		if v := mustState(t, r, "new", Offline); !v.PhoneUp {
			t.Error("the phone known before was forgotten")
		}
		if v := mustState(t, r, "old", Offline); v.PhoneUp {
			t.Error("a phone that went away is up")
		}
		var logins []string
		for _, v := range r.Views() {
			logins = append(logins, v.Login)
		}
		if want := []string{"li", "new", "old", "wang", "zhao"}; !slices.Equal(logins, want) {
			t.Errorf("agents %v, want %v", logins, want)
		}
		if v, _ := r.View("li"); v.Name != "Li Na" || !slices.Equal(v.Queues, []string{"sales", "repair"}) {
			t.Errorf("%+v", v)
		}
		ready(t, r, "wang")
		talking(t, r, "li", "a-1")
		d := open(t, r, "li", "s")
		synctest.Wait()
		h.heard()

		changed := profiles()[1:]
		changed[0].Queues = changed[0].Queues[:1]
		r.SetProfiles(changed) // li, new and old are no agents any more; wang answers one queue less
		synctest.Wait()
		if told, _, _ := h.heard(); !slices.Equal(told, []string{"ready wang"}) {
			t.Errorf("queue told %v", told)
		}
		if _, ok := r.View("new"); ok {
			t.Error("a removed agent is still there")
		}
		if v := mustState(t, r, "li", Talking); v.Pending != Offline {
			t.Errorf("%+v", v)
		}
		if err := r.Ready("li", "li"); !errors.Is(err, ErrUnknownAgent) {
			t.Errorf("ready: %v", err)
		}
		if _, err := r.OpenDesk("li", "s"); !errors.Is(err, ErrUnknownAgent) {
			t.Errorf("desk: %v", err)
		}
		r.CallOver("li", "a-1", "repair", time.Now())
		mustState(t, r, "li", WrapUp)
		must(t, r.WrappedUp("li", "a-1"))
		synctest.Wait()
		if _, ok := r.View("li"); ok || !errors.Is(d.Err(), ErrUnknownAgent) {
			t.Errorf("still there after the last call, desk %v", d.Err())
		}
		r.SetProfiles(profiles())
		if v := mustState(t, r, "li", Offline); !v.PhoneUp {
			t.Error("the phone was forgotten")
		}
	})
}

func TestProfileTakenBackInTime(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
		talking(t, r, "li", "a-1")
		r.SetProfiles(profiles()[1:])
		r.SetProfiles(profiles())
		must(t, r.Ready("li", "li"))
		r.CallOver("li", "a-1", "sales", time.Now())
		mustState(t, r, "li", Ready)
	})
}

func TestPhonesSynced(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
		ready(t, r, "li")
		must(t, r.Ready("wang", "wang"))
		talking(t, r, "zhao", "a-1")
		synctest.Wait()
		h.heard()
		r.PhonesSynced([]string{"wang", "stranger"})
		mustState(t, r, "li", Unreachable)
		mustState(t, r, "wang", Ready)
		if v := mustState(t, r, "zhao", Talking); v.PhoneUp {
			t.Error("zhao's phone is not registered")
		}
		synctest.Wait()
		told, notes, _ := h.heard()
		slices.Sort(told)
		if !slices.Equal(told, []string{"gone li", "ready wang"}) || len(notes) != 0 {
			t.Errorf("queue told %v, managers %v", told, notes)
		}
		r.SetProfiles(append(profiles(), Profile{Login: "stranger"}))
		if v := mustState(t, r, "stranger", Offline); !v.PhoneUp {
			t.Error("the stranger's phone was forgotten")
		}
	})
}

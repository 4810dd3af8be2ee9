package main

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
	"hotline/web/browser"
)

// reopen sits down again at a desk that was open before: signed in as far as the browser still is.
func (s *seat) reopen() {
	s.Before(countSound)
	s.Goto("http://" + s.h.Addr + "/desk")
	if s.Path() != "/desk" {
		s.Login("http://"+s.h.Addr, s.login, house.Password)
		s.Goto("http://" + s.h.Addr + "/desk")
	}
}

// unkept lists why callers were not kept any longer, with how long they had been.
func unkept(h *house.House, call string) (reasons []string, kept []time.Duration) {
	var since time.Time
	for _, e := range h.Journal(call) {
		switch e.Kind {
		case "kept":
			since = e.At
		case "unkept":
			reasons, kept = append(reasons, e.Data["reason"]), append(kept, e.At.Sub(since))
		}
	}
	return reasons, kept
}

// TestReloadInATalkBehindAsterisk: in a talk the desk is loaded anew, then its browser is killed and started again. Each time the caller
// hears music, is rung through to the same agent within 20 s and talks on; case, owner and verdict stay, and the journal tells it.
// When the agent does not come back, the caller is the first to be offered to others.
func TestReloadInATalkBehindAsterisk(t *testing.T) {
	h := openHouse(t, house.Options{Queue: "    wrapup_limit: 2m\n    max_wait: 30m\n    no_agents: 30m\n    return_time: 20s\n"})
	profile := filepath.Join(t.TempDir(), "chromium")
	b := browser.Start(t, browser.Options{Profile: profile})
	h.Employ("li", "--role", "agent", "--skill", "erp=1", "--webrtc")
	desk := &seat{Tab: b.Tab(browser.Look{Profile: true}), h: h, login: "li"}
	desk.reopen()
	desk.ready()

	caller := h.Dial("13800138000", house.DIDMain)
	desk.WaitVisible(`[data-testid=pop]`)
	desk.Key(" ")
	h.Wait("the caller is answered", caller.WaitAnswered)
	talk(t, desk.Tab)
	call := h.LiveFrom("+8613800138000").Call
	first := h.CaseOf(call)
	wang := h.Agent("wang", pbxtest.Behaviour{})

	back := func(after string, s *seat) {
		t.Helper()
		h.Eventually("li is back in the talk "+after, func() bool {
			v := h.Call(call).Live
			return v != nil && v.State == "talking" && v.Agent == "li"
		})
		talk(t, s.Tab)
		h.Wait("the caller hears the agent "+after, func(ctx context.Context) error { return caller.WaitReceived(ctx, 50) })
		if c := h.CaseOf(call); c.Number != first.Number || c.Owner != "li" {
			t.Errorf("%s the case is %s of %s, was %s of li", after, c.Number, c.Owner, first.Number)
		}
		if n := len(wang.Calls()); n != 0 {
			t.Errorf("%s wang was rung for a caller who is kept for li", after)
		}
	}
	desk.Reload()
	back("after the reload", desk)

	heard := caller.Received()
	b.Kill()
	again := browser.Start(t, browser.Options{Profile: profile})
	desk = &seat{Tab: again.Tab(browser.Look{Profile: true}), h: h, login: "li"}
	desk.reopen()
	back("after the crash", desk)
	if caller.Received() < heard+50 {
		t.Error("the caller heard nothing meanwhile")
	}
	reasons, kept := unkept(h, call)
	if !slices.Equal(reasons, []string{"answered", "answered"}) || slices.Max(kept) > 20*time.Second {
		t.Errorf("the journal tells of returns %v after %v", reasons, kept)
	}
	t.Logf("back in the talk after %v", kept)

	// Somebody waits already when the desk goes for good: they come second.
	h.State("wang", "paused")
	h.Eventually("wang pauses", func() bool { return h.Presence("wang") == "paused" })
	other := h.Dial("13800138001", house.DIDMain)
	desk.Expect("beforeunload") // a page in which nobody has clicked may not ask before it is left
	desk.Goto("http://" + h.Addr + "/settings")
	h.Must("POST", "/api/v1/calls/"+call+"/phone-lost", h.As("li"), nil) // the switch itself would tell it after half a minute of silence
	h.Eventually("the caller is kept", func() bool { v := h.Call(call).Live; return v != nil && v.State == "waiting" })
	h.Wait("the caller hears music", func(ctx context.Context) error { return caller.WaitReceived(ctx, 25) })
	eventually(t, h, "the caller is kept no longer", 40*time.Second, func() bool {
		reasons, kept = unkept(h, call)
		return len(reasons) == 3
	})
	if reasons[2] != "time" || kept[2] < 19*time.Second || kept[2] > 22*time.Second {
		t.Errorf("kept %v, then %s", kept[2], reasons[2])
	}
	h.Ready("wang")
	leg := h.Invite(wang)
	if got := leg.CallerNumber(); got != "13800138000" {
		t.Errorf("%q is offered first, not the one whose talk broke off", got)
	}
	leg.Answer()
	h.Talk(caller, leg)
	if c := h.Case(first.Number); c.Owner != "li" {
		t.Errorf("the case went to %s unasked", c.Owner)
	}
	var verdicts int
	for _, e := range h.Journal(call) {
		if e.Verdict != nil {
			verdicts++
		}
	}
	if v := h.Call(call); verdicts != 1 || v.Agent != "li" || !v.Met {
		t.Errorf("%d verdicts, the call is %+v", verdicts, v)
	}
	h.Wait("hanging up", caller.HangUp)
	h.Wait("the other gives up", other.Cancel)
	h.Run("verify")
}

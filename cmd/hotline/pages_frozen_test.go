package main

import (
	"context"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
	"hotline/web/browser"
)

// keptAfter gives how long after an instant the caller was kept for their agent, and whether they are.
func keptAfter(h *house.House, call string, from time.Time) (time.Duration, bool) {
	for _, e := range h.Journal(call) {
		if e.Kind == "kept" && e.At.After(from) {
			return e.At.Sub(from), true
		}
	}
	return 0, false
}

// answered is a caller who talks with the desk behind Asterisk.
func answered(t *testing.T, h *house.House, desk *seat) *pbxtest.PhoneCall {
	t.Helper()
	caller := h.Dial("13800138000", house.DIDMain)
	desk.WaitVisible(`[data-testid=pop]`)
	desk.Key(" ")
	h.Wait("the caller is answered", caller.WaitAnswered)
	talk(t, desk.Tab)
	return caller
}

// TestADeskThatFreezesInATalk stops the agent's browser with all its processes: nothing says good-bye, no connection closes. Within ten
// seconds the caller hears music instead of silence, and is rung through when the browser wakes up.
func TestADeskThatFreezesInATalk(t *testing.T) {
	h := openHouse(t, house.Options{Queue: "    wrapup_limit: 2m\n    max_wait: 30m\n    no_agents: 30m\n    return_time: 60s\n"})
	b := browser.Start(t, browser.Options{})
	desk := sitDown(t, h, b, "li")
	caller := answered(t, h, desk)
	call := h.LiveFrom("+8613800138000").Call

	frozen := time.Now()
	b.Freeze()
	t.Cleanup(b.Thaw) // a browser that stands still cannot be closed
	var after time.Duration
	h.Eventually("the caller is kept", func() (ok bool) {
		after, ok = keptAfter(h, call, frozen)
		return ok
	})
	t.Logf("kept %v after the browser froze", after)
	if after > 10*time.Second {
		t.Errorf("the caller heard nothing for %v", after)
	}
	h.Wait("the caller hears music", func(ctx context.Context) error { return caller.WaitReceived(ctx, caller.Received()+50) })

	b.Thaw()
	eventually(t, h, "li is back in the talk", time.Minute, func() bool {
		v := h.Call(call).Live
		return v != nil && v.State == "talking" && v.Agent == "li"
	})
	talk(t, desk.Tab)
	h.Wait("hanging up", caller.HangUp)
}

// TestAQuietDeskIsNotDead: who is muted, holds the caller or has lost the microphone is silent for people, not for the switch. The talk
// outlives by far the time after which a dead browser is noticed.
func TestAQuietDeskIsNotDead(t *testing.T) {
	h := openHouse(t, house.Options{Queue: "    wrapup_limit: 2m\n"})
	b := browser.Start(t, browser.Options{})
	desk := sitDown(t, h, b, "li")
	begun := time.Now()
	caller := answered(t, h, desk)
	call := h.LiveFrom("+8613800138000").Call
	// long waits for more packets of a talk than come in the time that a dead browser is given; heard also says that they come at all.
	long := func(what string) {
		t.Helper()
		want := caller.Received() + 50*14
		eventually(t, h, what, 40*time.Second, func() bool { return caller.Received() >= want })
		if _, kept := keptAfter(h, call, begun); kept {
			t.Fatalf("%s: the talk was taken for dead", what)
		}
	}
	desk.Run(`unplugMicrophone()`)
	desk.WaitText(`[data-testid=alert-trouble]`, "麦克风")
	long("a talk without a microphone goes on")
	desk.Run(`plugMicrophone()`)
	desk.WaitGone(`[data-testid=alert-trouble]`)
	long("and with another one")
	desk.Key("m")
	desk.Wait(`document.querySelector("[data-testid=mute]").getAttribute("aria-pressed") === "true"`)
	long("a muted talk goes on")
	desk.Key("m", "h")
	desk.Wait(`document.querySelector("[data-testid=hold]").getAttribute("aria-pressed") === "true"`)
	long("a held talk goes on")
	desk.Key("h")
	desk.Wait(`document.querySelector("[data-testid=hold]").getAttribute("aria-pressed") === "false"`)
	if v := h.Call(call).Live; v == nil || v.State != "talking" || v.Agent != "li" {
		t.Errorf("the call stands as %+v", v)
	}
	h.Wait("hanging up", caller.HangUp)
}

package main

import (
	"context"
	"testing"

	"hotline/cmd/internal/house"
	"hotline/web/browser"
)

// TestTwoBrowsers is what a newcomer does: one browser dials the hotline, another answers at the desk, both hear each other through
// the embedded switch, and the case belongs to who answered.
func TestTwoBrowsers(t *testing.T) {
	h := openHouse(t, house.Options{Queue: "    wrapup_limit: 2m\n", Embedded: true})
	b := browser.Start(t, browser.Options{})
	desk := sitDown(t, h, b, "li")

	wall := b.Tab(browser.Look{Width: 1920, Height: 1080, Dark: true})
	wall.Login("http://"+h.Addr, "boss", house.Password)
	wall.Goto("http://" + h.Addr + "/wall")
	supervise := b.Tab()
	supervise.Login("http://"+h.Addr, "boss", house.Password)
	supervise.Goto("http://" + h.Addr + "/supervise")

	caller := ring(t, h, b, "13800138000")
	desk.WaitVisible(`[data-testid=pop]`)
	look(t, desk.Tab, "desk-pop")
	look(t, wall, "wall-ring")
	look(t, caller, "call-ring")
	desk.WaitText(`[data-testid=pop-number]`, "138")
	desk.Key(" ")
	caller.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "talking"`)
	talk(t, desk.Tab, caller)

	look(t, desk.Tab, "desk-talk")
	desk.Set(browser.Look{Width: 1366, Height: 768, Dark: true})
	desk.Wait(`document.getAnimations().every((a) => !(a instanceof CSSTransition))`)
	look(t, desk.Tab, "desk-talk-dark")
	desk.Set(browser.Look{})
	look(t, supervise, "supervise-talk")
	look(t, wall, "wall-talk")
	live := h.LiveFrom("+8613800138000")
	h.Eventually("the case has its owner", func() bool { return h.CaseOf(live.Call).Owner == "li" })
	if v := h.Call(live.Call); !v.Met || v.Rings == 0 {
		t.Errorf("the verdict is %+v", v)
	}

	caller.Click(`[data-testid=hangup]`)
	h.Eventually("li wraps up", func() bool { return h.Presence("li") == "wrapup" })
	caller.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "ended"`)
	look(t, desk.Tab, "desk-wrapup")
}

// TestBrowserBehindAsterisk is the desk as it is in service: the agent's browser registers through the page's own address at a real
// Asterisk and talks with DTLS-SRTP, the caller comes over the trunk.
func TestBrowserBehindAsterisk(t *testing.T) {
	h := openHouse(t, house.Options{Queue: "    wrapup_limit: 2m\n"})
	b := browser.Start(t, browser.Options{})
	desk := sitDown(t, h, b, "li")

	caller := h.Dial("13800138000", house.DIDMain)
	desk.WaitVisible(`[data-testid=pop]`)
	desk.Key(" ")
	h.Wait("the caller is answered", caller.WaitAnswered)
	talk(t, desk.Tab)
	h.Wait("the caller hears the agent", func(ctx context.Context) error { return caller.WaitReceived(ctx, 50) })
	call := h.LiveFrom("+8613800138000").Call
	h.Eventually("the case has its owner", func() bool { return h.CaseOf(call).Owner == "li" })

	// Keys go out as telephone events (RFC 4733), each once.
	desk.Key("k")
	desk.WaitVisible(`[data-testid=desk-keypad]`)
	desk.Key("4", "2", "#", "2")
	h.Wait("the keys arrive on the wire", func(ctx context.Context) error { return caller.WaitDigits(ctx, "42#2") })

	h.Wait("hanging up", caller.HangUp)
	h.Eventually("li wraps up", func() bool { return h.Presence("li") == "wrapup" })
}

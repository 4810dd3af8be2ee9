package main

import (
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

	caller := ring(t, h, b, "13800138000")
	desk.WaitVisible(`[data-testid=pop]`)
	desk.WaitText(`[data-testid=pop-number]`, "138")
	desk.Key(" ")
	caller.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "talking"`)
	talk(t, desk.Tab, caller)

	live := h.LiveFrom("+8613800138000")
	h.Eventually("the case has its owner", func() bool { return h.CaseOf(live.Call).Owner == "li" })
	if v := h.Call(live.Call); !v.Met || v.Rings == 0 {
		t.Errorf("the verdict is %+v", v)
	}

	caller.Click(`[data-testid=hangup]`)
	h.Eventually("li wraps up", func() bool { return h.Presence("li") == "wrapup" })
	caller.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "ended"`)
}

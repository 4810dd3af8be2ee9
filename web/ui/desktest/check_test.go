package desktest

import (
	"testing"

	"hotline/web/browser"
)

// Ready is not possible before the check has passed, says why, and is remembered over a reload.
func TestCheckBeforeReady(t *testing.T) {
	t.Parallel()
	h := open(t)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	h.sip.registered()
	tab.WaitText("[data-testid=phone-state]", "Phone to be checked")
	tab.Wait(`document.querySelector("[data-testid=ready]").title === "Finish the phone check first."`)
	tab.Key("r") // opens what has to be done
	tab.WaitVisible("[data-testid=check-dialog]")
	tab.Wait(`document.querySelector("[data-check=microphone]").dataset.result === "ok"`) // the meter moved
	tab.Wait(`document.querySelector("[data-check=network]").dataset.result === "ok"`)
	tab.WaitText("[data-testid=check-verdict]", "Play the test tone")
	h.never("POST", "/agents/li/state")
	tab.Click("[data-testid=check-tone]")
	tab.Click("[data-testid=check-heard]")
	tab.WaitText("[data-testid=check-verdict]", "Everything passed")
	tab.Click("[data-testid=check-ready]")
	if got := h.said("POST", "/agents/li/state"); got.Body["state"] != "ready" {
		t.Errorf("said %v", got.Body)
	}
	tab.WaitGone("[data-testid=check-dialog]")
	tab.WaitText("[data-testid=state]", "Ready")
	h.stand("paused", map[string]any{"reason": "break"})
	tab.Reload()
	tab.WaitText("[data-testid=phone-state]", "Browser phone")
	tab.Key("r")
	h.said("POST", "/agents/li/state")
}

// A refused microphone is said in words with what to do, and nobody can be ready so.
func TestMicrophoneRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := browser.Start(t, browser.Options{Flags: map[string]any{"use-fake-ui-for-media-stream": "deny"}})
	tab := h.tab(b, "?lang=en")
	h.sip.registered()
	tab.Click("[data-testid=check-open]")
	tab.WaitText("[data-testid=check-microphone]", "The browser refuses the microphone. Allow it with the icon beside the address")
	tab.Click("[data-testid=check-tone]")
	tab.Click("[data-testid=check-heard]")
	tab.WaitText("[data-testid=check-verdict]", "The microphone did not pass the check.")
	tab.WaitGone("[data-testid=check-ready]")
	tab.Click("[data-testid=check-close]")
	tab.Wait(`document.querySelector("[data-testid=ready]").title === "The microphone did not pass the check."`)

	// A call that rings all the same is not answered by somebody whom nobody would hear.
	h.offer("call-1", nil)
	r := h.sip.registered().ring("c1", "13800138000", "", callerOffer(t, h))
	r.wait("180")
	tab.WaitText("[data-testid=pop]", "The browser refuses the microphone.")
	tab.Key(" ")
	r.wait("480")
}

// callerOffer gives an offer made in a browser that has a voice.
func callerOffer(t *testing.T, h *house) string {
	t.Helper()
	tab := browser.Start(t, browser.Options{}).Tab()
	t.Cleanup(tab.Close)
	tab.Goto(h.url + "/login")
	return offerOf(tab)
}

// The agent chooses between browser and SIP phone in the check.
func TestChoiceOfPhone(t *testing.T) {
	t.Parallel()
	h := open(t)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	h.sip.registered()
	tab.Click("[data-testid=check-open]")
	tab.Click("[data-testid=kind-sip]")
	if got := h.said("POST", "/phone"); got.Body["kind"] != "sip" {
		t.Errorf("said %v", got.Body)
	}
	tab.WaitText("[data-testid=sip-word]", "Your phone is registered")
	h.sip.unregistered()
	tab.Click("[data-testid=kind-browser]")
	h.said("POST", "/phone")
	tab.WaitVisible("[data-testid=check-microphone]")
	h.sip.registered()
}

// An account that the switch refuses is said, and tried again at a click.
func TestAccountRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.sip.refuse = 403
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	tab.WaitText("[data-testid=alert-refused]", "The switch refuses the phone account.")
	h.sip.change(func() { h.sip.refuse = 0 })
	tab.Click("[data-testid=remedy-refused]")
	h.sip.registered()
	tab.WaitGone("[data-testid=alert-refused]")
}

// An account that the switch does not know yet is asked for again by itself: a newcomer, or everybody after a switch that lost its accounts.
func TestAccountComesLater(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.sip.refuse = 403
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	tab.WaitText("[data-testid=alert-refused]", "The switch refuses the phone account.")
	h.sip.change(func() { h.sip.refuse = 0 })
	h.sip.registered()
	tab.WaitGone("[data-testid=alert-refused]")
}

// Keys for all of it are shown with "?", and single letters can be switched off (WCAG 2.1.4).
func TestKeysDialog(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	tab.Key("?")
	tab.WaitText("[data-testid=keys-dialog]", "Ask an expert to join")
	tab.Click("[data-testid=keys-letters]")
	tab.Click("[data-testid=keys-dialog] [data-close-dialog]")
	tab.Key("p")
	var open bool
	tab.Eval(`!document.getElementById("desk-pauses").hidden`, &open)
	if open {
		t.Error("a letter acts although letters are switched off")
	}
	tab.Run(`document.dispatchEvent(new KeyboardEvent("keydown", {key: "p", code: "KeyP", altKey: true, bubbles: true, cancelable: true}))`)
	tab.WaitVisible("#desk-pauses")
}

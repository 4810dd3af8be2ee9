package desktest

import (
	"os"
	"path/filepath"
	"testing"

	"hotline/web/browser"
)

// Every state of the desk is accessible (WCAG AA by axe-core) and fits 1366×768 without scrolling, in both languages and both themes.
// With HOTLINE_TEST_SHOTS=DIR each is kept as a picture, to be looked at.
func TestLooks(t *testing.T) {
	t.Parallel()
	for _, l := range []struct{ name, query string }{
		{"zh-light", "?theme=light"}, {"en-dark", "?lang=en&theme=dark"},
	} {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			looks(t, browser.Start(t, browser.Options{}), l.name, l.query)
		})
	}
}

func looks(t *testing.T, b *browser.Browser, name, query string) {
	h := open(t)
	h.hands = []any{map[string]any{"id": "h1", "from": "zhang", "to": map[string]string{"kind": "agent", "name": "li"}}}
	tab := h.tab(b, query)
	phone := h.sip.registered()
	see := func(state string) {
		t.Helper()
		for _, v := range tab.Axe() {
			t.Errorf("%s %s: %s", name, state, v)
		}
		var over bool
		tab.Eval(`document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth`, &over)
		if over {
			t.Errorf("%s %s: the page scrolls", name, state)
		}
		if dir := os.Getenv("HOTLINE_TEST_SHOTS"); dir != "" {
			tab.Screenshot(filepath.Join(dir, name+"-"+state+".png"))
		}
	}
	see("01-paused")
	tab.Click("[data-testid=check-open]")
	tab.Wait(`document.querySelector("[data-check=microphone]").dataset.result === "ok"`)
	see("02-check")
	tab.Click("[data-testid=check-tone]")
	tab.Click("[data-testid=check-heard]")
	tab.Wait(`document.querySelector("[data-testid=check-verdict]").dataset.kind === "ok"`)
	see("03-checked")
	tab.Click("[data-testid=check-close]")
	tab.Click("[data-testid=ready]")
	h.said("POST", "/agents/li/state")
	tab.Click("[data-testid=pause]")
	tab.WaitVisible("#desk-pauses")
	see("04-pause-menu")
	tab.Key("\x1b")
	h.set(func() {
		h.waiting = []any{map[string]any{"call": "w1", "live": map[string]any{"id": "w1", "queue": "service", "state": "waiting", "ring1": h.now(), "cycle_ms": 5000}}}
	})
	h.tell("queued", "w2", nil)
	see("05-ready")
	h.offer("call-1", nil)
	r := phone.ring("c1", "13800138000", "王芳", offerOf(tab))
	r.wait("180")
	tab.WaitVisible("[data-testid=pop]")
	see("06-pop")
	tab.Key("d")
	tab.WaitVisible("[data-testid=decline-dialog]")
	see("07-decline")
	tab.Click("[data-testid=decline-dialog] [data-close-dialog]")
	tab.Key(" ")
	connect(tab, r.answered())
	h.talk("call-1")
	tab.WaitText("[data-testid=call-number]", "13800138000")
	tab.WaitVisible("[data-testid=quality] .lit")
	see("08-talk")
	h.tell("unheard", "call-1", nil)
	tab.WaitVisible("[data-testid=alert-callerunheard]")
	see("08-unheard")
	tab.Key("k")
	tab.WaitVisible("[data-testid=desk-keypad]")
	tab.Key("1", "#")
	tab.WaitText("[data-testid=desk-keypad]", "1#")
	see("09-keypad")
	tab.Key("k")
	tab.Click("[data-testid=handover]")
	tab.WaitVisible("[data-testid=hand-list] [role=option]")
	see("10-handover")
	tab.Key("\r")
	h.said("POST", "/calls/call-1/handover")
	h.send(push("monitored", "call-1", map[string]any{"by": "wang", "mode": "listen"}))
	tab.WaitVisible("[data-testid=takeback]")
	tab.WaitGone("[data-testid=hand-dialog]")
	tab.Key("h", "m")
	tab.Wait(`document.querySelector("[data-testid=hold]").getAttribute("aria-pressed") === "true"`)
	see("11-offered-held")
	r.bye()
	r.wait("200 BYE")
	h.over("call-1")
	tab.WaitVisible("[data-testid=wrapup]")
	see("12-wrapup")
	h.stand("paused", map[string]any{"reason": "phone-unheard"})
	tab.WaitVisible("[data-testid=alert-unheard]")
	see("13-phone-unheard")
	h.cutAll(true)
	tab.Expect("503")
	tab.WaitText("[data-testid=stream]", ":")
	see("14-stale")
	tab.Key("?")
	tab.WaitVisible("[data-testid=keys-dialog]")
	see("15-keys")
}

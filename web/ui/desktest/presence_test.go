package desktest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/web/browser"

	"github.com/chromedp/chromedp/kb"
)

// The strip shows the server's state and reasons; a pause has a reason from the list, chosen by keys alone.
func TestPresence(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	h.sip.registered()
	tab.WaitText("[data-testid=state]", "Ready")
	tab.Key("p")
	tab.WaitVisible("#desk-pauses")
	tab.Key(kb.ArrowDown, kb.Enter)
	if got := h.said("POST", "/agents/li/state"); got.Body["state"] != "paused" || got.Body["reason"] != "meal" {
		t.Errorf("said %v", got.Body)
	}
	tab.WaitText("[data-testid=state]", "Paused: Meal")
	h.stand("paused", map[string]any{"reason": "missed-calls", "missed": 2})
	tab.WaitText("[data-testid=state]", "Paused: Calls missed in a row")
	tab.WaitText("[data-testid=missed]", "Missed in a row: 2")
	h.stand("paused", map[string]any{"reason": "phone-unheard"})
	tab.WaitText("[data-testid=state]", "Paused: No voice from your phone")
	tab.WaitText("[data-testid=alert-unheard]", "the caller was given to somebody else. Check the microphone and the network")
	h.stand("unreachable", map[string]any{"reason": "phone not registered", "phone_up": false})
	tab.WaitText("[data-testid=alerts]", "phone not registered. You are ready again as soon as it registers.")
	h.set(func() {
		h.calls["call-1"] = map[string]any{"call": "call-1", "number": "13800138000", "live": map[string]any{"id": "call-1", "queue": "service"}}
	})
	h.stand("talking", map[string]any{"call": "call-1", "pending": "paused", "pending_reason": "meal"})
	tab.WaitText("[data-testid=presence]", "Pause after the call")
	h.stand("offline", nil)
	tab.WaitText("[data-testid=state]", "Signed out")
	tab.WaitGone("[data-testid=signout]")
}

// A browser whose clock is an hour wrong counts as the server does.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{time.Hour, -time.Hour} {
		h := open(t)
		h.skew = skew
		h.stand("ready", map[string]any{"since": h.now()})
		tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
		h.offer("call-1", nil)
		tab.WaitVisible("[data-testid=pop]")
		tab.WaitText("[data-testid=pop] ring-bar", "ring 1")
		tab.WaitText("[data-testid=state]", "0:0")
		h.talk("call-1")
		tab.WaitText("[data-testid=call-time]", "0:0")
		h.over("call-1")
		left := ""
		for !strings.Contains(left, "left") {
			left = tab.Text("[data-testid=wrapup]")
		}
		minutes, _, _ := strings.Cut(left, ":")
		if n, err := strconv.Atoi(minutes); err != nil || n < 1 || n > 2 {
			t.Errorf("%v ahead: the wrap-up lasts %s", skew, left)
		}
		if stream := tab.Text("[data-testid=stream]"); stream != "Live" {
			t.Errorf("%v ahead: the stream is %s", skew, stream)
		}
	}
}

// A cut of the stream is shown with the time since when, a ready that cannot be said is refused in words, and afterwards the desk is
// where the server is, without a reload.
func TestStreamCut(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	phone := h.sip.registered()
	h.offer("call-1", nil)
	tab.WaitVisible("[data-testid=pop]")
	tab.Expect("503")
	h.cutAll(true)
	tab.WaitText("[data-testid=stream]", "Stale since")
	tab.Key("p")
	tab.WaitText("#messages", "The connection to the server is cut")

	// The pop was lost meanwhile, and another call came: the phone rings, and it can be answered although the stream is silent.
	h.mu.Lock()
	h.view, h.live = h.standing("ready", nil), nil
	h.mu.Unlock()
	h.mend()
	tab.WaitText("[data-testid=stream]", "Live")
	tab.WaitGone("[data-testid=pop]")
	tab.WaitText("[data-testid=state]", "Ready")
	h.cutAll(true)
	tab.WaitText("[data-testid=stream]", "Stale since")
	r := phone.ring("c1", "02155501234", "", offerOf(tab))
	r.wait("180")
	tab.WaitText("[data-testid=pop-number]", "02155501234")
	tab.WaitText("[data-testid=pop-why]", "The phone rings")
	tab.Key(" ")
	connect(tab, r.answered())
	h.mu.Lock()
	h.view = h.standing("talking", map[string]any{"call": "call-2"})
	h.live = []frame{push("talk", "call-2", map[string]any{"at": h.now(), "queue": "service", "as": ""})}
	h.calls["call-2"] = map[string]any{"call": "call-2", "number": "02155501234", "name": "", "live": map[string]any{"id": "call-2", "queue": "service", "held": true, "agent": "li"}}
	h.mu.Unlock()
	h.mend()
	tab.WaitText("[data-testid=call-number]", "02155501234")
	tab.WaitText("[data-testid=call-flag]", "On hold") // held while nobody could tell
	tab.WaitGone("[data-testid=pop]")
}

// The older of two desks says that it was opened elsewhere, gives its phone up, and can be taken back.
func TestTwoDesks(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	h.sip.registered()
	h.send(push("replaced", "", nil))
	h.send(frame{"desk-closed", map[string]any{"code": "desk-replaced", "what": "The desk was opened elsewhere.", "do": "Go on there."}})
	tab.WaitText("[data-testid=alert-elsewhere]", "The desk was opened elsewhere")
	h.sip.unregistered()
	tab.Click("[data-testid=remedy-elsewhere]")
	tab.WaitText("[data-testid=stream]", "Live")
	h.sip.registered()
	tab.WaitGone("[data-testid=alert-elsewhere]")
}

// A desk that the server closed because it was slow comes back by itself.
func TestDeskThatWasSlow(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	h.send(frame{"desk-closed", map[string]any{"code": "desk-slow", "what": "The desk did not keep up."}})
	tab.WaitText("[data-testid=stream]", "Stale")
	tab.WaitText("[data-testid=stream]", "Live")
}

// A phone that is at some switches only: the desk names those whose calls do not come, with a SIP phone in the strip above as well;
// what the page's own line tells is not said twice.
func TestDeskNamesTheSwitchesItsPhoneLacks(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{"zh": "", "en": "?lang=en"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.kind = "sip"
			h.stand("ready", map[string]any{"phone_lacks": []string{"sh1"}})
			tab := h.tab(browser.Start(t, browser.Options{}), query)
			tab.WaitText("[data-testid=phone-state]", "sh1")
			tab.WaitText("[data-testid=alert-lacks]", "sh1")
			for _, v := range tab.Axe() {
				t.Errorf("%s: %s", name, v)
			}
			if dir := os.Getenv("HOTLINE_TEST_SHOTS"); dir != "" {
				tab.Screenshot(filepath.Join(dir, "desk-lacks-"+name+".png"))
			}
			h.stand("unreachable", map[string]any{"reason": "phone-down", "phone_up": false})
			tab.WaitGone("[data-testid=alert-lacks]")
			tab.WaitVisible("[data-testid=alert-unreachable]")
			if said := tab.Text("[data-testid=alert-unreachable]"); strings.Contains(said, "phone-down") {
				t.Errorf("a code is shown to people: %s", said)
			}
			h.stand("ready", nil)
			tab.WaitGone("[data-testid=alert-unreachable]")
		})
	}
}

// With a SIP phone the desk shows the same pop and call bar; answering happens there, hold and hand-over here.
func TestDeskPhone(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.kind = "sip"
	h.stand("paused", map[string]any{"reason": "break", "phone_up": false})
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	tab.WaitText("[data-testid=phone-state]", "Desk phone not registered")
	h.stand("paused", map[string]any{"reason": "break"})
	tab.WaitText("[data-testid=phone-state]", "Desk phone")
	tab.Key("r")
	if got := h.said("POST", "/agents/li/state"); got.Body["state"] != "ready" {
		t.Errorf("said %v", got.Body)
	}
	h.offer("call-1", nil)
	tab.WaitVisible("[data-testid=pop]") // the text stands in the page before it is shown
	tab.WaitText("[data-testid=pop]", "Answer at your phone")
	tab.WaitGone("[data-testid=answer]")
	tab.Key(" ")
	tab.WaitText("#messages", "Answer at your phone.")
	h.talk("call-1")
	tab.WaitText("[data-testid=call-flag]", "Talking")
	tab.Key("h")
	h.said("POST", "/calls/call-1/hold")
	pressed(tab, "hold", true)
	tab.Wait(`document.querySelector("[data-testid=mute]").title === "Do this at your phone."`)
}

// The heartbeat says whether somebody works at the desk.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	if got := h.said("POST", "/desk/heartbeat"); got.Body["active"] != true {
		t.Errorf("the first says %v", got.Body)
	}
	if got := h.said("POST", "/desk/heartbeat"); got.Body["active"] != false {
		t.Errorf("nobody touched anything, and it says %v", got.Body)
	}
	tab.Key("x")
	if got := h.said("POST", "/desk/heartbeat"); got.Body["active"] != true {
		t.Errorf("after a key it says %v", got.Body)
	}
}

package desktest

import (
	"strings"
	"testing"

	"hotline/web/browser"
)

// inCall brings a desk into a talk with sound both ways.
func inCall(t *testing.T, h *house, tab *browser.Tab, call string, more map[string]any) *ringing {
	t.Helper()
	phone := h.sip.registered()
	h.offer(call, more)
	tab.WaitVisible("[data-testid=pop]")
	r := phone.ring("c-"+call, "13800138000", "王芳", offerOf(tab))
	r.wait("180")
	tab.Key(" ")
	connect(tab, r.answered())
	h.talk(call)
	tab.WaitText("[data-testid=call-flag]", "Talking")
	return r
}

func pressed(tab *browser.Tab, button string, on bool) {
	want := map[bool]string{true: "true", false: "false"}[on]
	tab.Wait(`document.querySelector("[data-testid=` + button + `]").getAttribute("aria-pressed") === "` + want + `"`)
}

// Mute is the phone's, hold is the server's, keys go to the caller, and E ends only when pressed twice.
func TestCallBar(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	r := inCall(t, h, tab, "call-1", nil)
	tab.WaitText("[data-testid=call-strip]", "Say: Hello, this is the service hotline.")
	tab.WaitText("[data-testid=quality]", "Good")

	tab.Key("m")
	pressed(tab, "mute", true)
	tab.WaitText("[data-testid=call-flag]", "Muted")
	tab.Key("m")
	pressed(tab, "mute", false)

	tab.Key("h")
	h.said("POST", "/calls/call-1/hold")
	pressed(tab, "hold", true)
	tab.WaitText("[data-testid=call-flag]", "On hold")
	tab.Click("[data-testid=hold]")
	h.said("POST", "/calls/call-1/resume")
	pressed(tab, "hold", false)

	// No key acts while somebody types, except with Alt.
	tab.Click("#text")
	tab.Key("m", "h", "e")
	var typed string
	tab.Eval(`document.getElementById("text").value`, &typed)
	if typed != "mhe" {
		t.Errorf("typed %q", typed)
	}
	pressed(tab, "mute", false)
	tab.Run(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "µ", code: "KeyM", altKey: true, bubbles: true, cancelable: true}))`)
	pressed(tab, "mute", true)
	tab.Run(`document.activeElement.blur()`)
	tab.Key("m")
	pressed(tab, "mute", false)

	tab.Key("k")
	tab.WaitVisible("[data-testid=desk-keypad]")
	tab.Key("4", "#")
	tab.Click("[data-digit='2']")
	tab.WaitText("[data-testid=desk-keypad]", "4#2")
	tab.Key("k")
	tab.WaitGone("[data-testid=desk-keypad]")

	tab.Key("e")
	tab.WaitText("[data-testid=end]", "Press E again")
	h.never("POST", "/calls/call-1/hangup")
	tab.Key("e")
	h.said("POST", "/calls/call-1/hangup")
	r.bye()
	r.wait("200 BYE")
	h.over("call-1")
	tab.WaitText("[data-testid=wrapup]", "left")
	tab.WaitText("[data-testid=call-flag]", "Call ended · 3:12")
	tab.Key("w")
	h.said("POST", "/calls/call-1/wrapup/extend")
}

// When the server cannot end the call, the phone hangs up itself.
func TestEndWithoutTheServer(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	r := inCall(t, h, tab, "call-1", nil)
	h.set(func() {
		h.refuse["POST /calls/call-1/hangup"] = problem{Status: 503, Code: "unavailable", What: "The board is away.", What2Do: "Try again."}
	})
	tab.Expect("503")
	tab.Click("[data-testid=end]")
	m := r.wait("BYE")
	r.p.reply(m, 200, "OK", "", "")
	tab.WaitGone("[data-testid=quality]")
}

// A hand-over is refused in words and sent again to a queue; the case stays until somebody accepts, and it can be taken back.
func TestHandOver(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	inCall(t, h, tab, "call-1", nil)
	h.set(func() {
		h.refuse["POST /calls/call-1/handover"] = problem{Status: 409, Code: "busy", What: "王强 is in a call.", What2Do: "Choose somebody else.", afterwardsOK: true}
	})
	tab.Expect("409")
	tab.Click("[data-testid=handover]")
	tab.WaitVisible("[data-testid=hand-list] [role=option]")
	tab.Fill("[data-testid=hand-search]", "wang")
	tab.Wait(`document.querySelectorAll("[data-testid=hand-list] [role=option]").length === 1`)
	tab.Click("[data-testid=hand-send]")
	tab.WaitText("[data-testid=hand-dialog] [role=alert]", "Choose somebody.") // nobody busy is chosen unasked
	tab.Click("[data-testid=hand-list] [role=option]")
	tab.Click("[data-testid=hand-send]")
	if got := h.said("POST", "/calls/call-1/handover"); got.Body["agent"] != "wang" {
		t.Errorf("handed to %v", got.Body)
	}
	tab.WaitText("[data-testid=hand-dialog] [role=alert]", "王强 is in a call. Choose somebody else.")
	tab.Click("input[value=queue]")
	tab.Fill("[data-testid=hand-search]", "erp")
	tab.WaitText("[data-testid=hand-list]", "ERP support")
	tab.Fill("[data-testid=hand-note]", "month-end closing fails")
	tab.Click("[data-testid=hand-send]")
	if got := h.said("POST", "/calls/call-1/handover"); got.Body["queue"] != "erp" || got.Body["note"] != "month-end closing fails" {
		t.Errorf("handed to %v", got.Body)
	}
	tab.WaitText("[data-testid=call-strip]", "Offered to ERP support. The case stays yours until accepted.")
	tab.Click("[data-testid=takeback]")
	h.said("POST", "/calls/call-1/takeback")
	tab.WaitText("[data-testid=pop-notice]", "the call stays yours")
	tab.WaitGone("[data-testid=takeback]")
}

// An expert is asked, joins and is let go; a supervisor who listens is shown by name.
func TestExpertAndMonitor(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	inCall(t, h, tab, "call-1", nil)
	tab.Click("[data-testid=conference]")
	tab.WaitVisible("[data-testid=hand-list] [role=option]")
	tab.Click("[data-testid=hand-send]")
	if got := h.said("POST", "/calls/call-1/expert"); got.Body["agent"] != "zhang" {
		t.Errorf("asked %v", got.Body)
	}
	h.send(frame{"expert", map[string]any{"kind": "expert", "at": h.now(), "call": "call-1", "queue": "service", "agent": "zhang", "data": map[string]any{"state": "asked", "by": "li"}}})
	tab.WaitText("[data-testid=call-strip]", "张敏 was asked to join")
	h.send(push("expert", "call-1", map[string]any{"agent": "zhang", "name": "张敏", "state": "in", "at": h.now()}))
	tab.WaitText("[data-testid=call-strip]", "张敏 is in the conversation")
	h.send(push("monitored", "call-1", map[string]any{"by": "boss", "name": "李经理", "mode": "whisper"}))
	tab.WaitText("[data-testid=call-strip]", "李经理 speaks to you; the caller does not hear it")
	tab.Click("[data-testid=letgo]")
	h.said("DELETE", "/calls/call-1/expert")
	h.send(push("expert", "call-1", map[string]any{"agent": "zhang", "state": "left", "at": h.now()}))
	h.send(push("monitored", "call-1", map[string]any{"by": "boss", "mode": ""}))
	tab.WaitText("[data-testid=pop-notice]", "张敏 has left the conversation")
	tab.Wait(`!document.querySelector("[data-testid=call-strip]").innerText.match(/李经理|张敏/)`)
}

// With a switch that cannot mix voices the conference is not offered, and says why.
func TestNoConferenceWithoutMedia(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.media = false
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	inCall(t, h, tab, "call-1", nil)
	tab.Wait(`document.querySelector("[data-testid=conference]").ariaDisabled === "true"`)
	tab.Key("c")
	tab.WaitText("#messages", "a conference needs Asterisk")
	h.never("POST", "/calls/call-1/expert")
}

// Who was asked in as an expert can take the call over at the desk, and does not command the caller otherwise.
func TestDeskOfTheExpert(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	phone := h.sip.registered()
	h.offer("call-1", map[string]any{"why": "expert", "hand_by": "zhang", "note": "Oracle says ORA-01555"})
	tab.WaitText("[data-testid=pop-why]", "张敏 asks you to join the conversation")
	tab.WaitText("[data-testid=pop]", "Note: Oracle says ORA-01555")
	r := phone.ring("c1", "13800138000", "", offerOf(tab))
	r.wait("180")
	tab.Key(" ")
	connect(tab, r.answered())
	h.stand("talking", map[string]any{"call": "call-1", "since": h.now()})
	h.keep(push("talk", "call-1", map[string]any{"at": h.now(), "queue": "service", "as": "expert"}))
	tab.WaitText("[data-testid=call-flag]", "You are here as the expert")
	tab.Wait(`document.querySelector("[data-testid=hold]").ariaDisabled === "true"`)
	h.send(push("handover", "call-1", map[string]any{"by": "zhang", "name": "张敏", "note": "", "until": h.now()}))
	tab.WaitText("[data-testid=call-strip]", "张敏 hands this call over to you")
	tab.Click("[data-testid=accept]")
	h.said("POST", "/calls/call-1/accept")
	h.talk("call-1")
	tab.WaitText("[data-testid=call-flag]", "Talking")
	tab.WaitGone("[data-testid=accept]")
}

// The websocket is cut in a talk: the sound goes on, the phone registers again and tells the switch where it is.
func TestWebsocketCutInACall(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	r := inCall(t, h, tab, "call-1", nil)
	h.sip.cutPhones()
	tab.WaitText("[data-testid=alerts]", "The voices of this call are not affected.")
	r.p = h.sip.registered()
	again := r.wait("INVITE")
	if !strings.Contains(again.body, "m=audio") || again.header["call-id"] != r.id {
		t.Errorf("it says %s of %s", again.start, again.header["call-id"])
	}
	r.p.reply(again, 488, "Not Acceptable Here", "", "") // a switch that wants no new session keeps the old one
	tab.WaitGone("[data-testid=alert-line]")
	var before, after struct{ Got int }
	tab.Eval(`window.packets()`, &before)
	tab.Run(`(async () => { const was = (await window.packets()).got; while ((await window.packets()).got < was + 20) await new Promise((r) => setTimeout(r, 50)); })()`)
	tab.Eval(`window.packets()`, &after)
	if after.Got <= before.Got {
		t.Errorf("no sound any more: %d, %d", before.Got, after.Got)
	}
	tab.WaitText("[data-testid=call-flag]", "Talking")
}

// A page that is loaded anew in a talk says that its phone is gone, tells who waits, and takes the caller who is put back.
func TestReloadInACall(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	inCall(t, h, tab, "call-1", nil)
	tab.Wait(`localStorage.getItem("hotline.desk.call")?.includes("call-1")`)
	var asks bool
	tab.Eval(`(() => { const e = new Event("beforeunload", {cancelable: true}); window.dispatchEvent(e); return e.defaultPrevented; })()`, &asks)
	if !asks {
		t.Error("the page can be left in a talk without being asked")
	}
	tab.Goto("about:blank") // as after a crash: nobody could be asked
	h.sip.unregistered()
	tab.Goto(h.url + "/desk?lang=en")
	h.said("POST", "/calls/call-1/phone-lost")
	tab.WaitText("[data-testid=call-strip]", "is being put back to you")
	h.send(push("over", "call-1", map[string]any{"end": "phone", "at": h.now(), "talked_ms": 9000, "free": true, "return_by": h.now()}))
	h.stand("ready", nil)
	phone := h.sip.registered()
	h.offer("call-1", map[string]any{"why": "return"})
	r := phone.ring("c2", "13800138000", "王芳", offerOf(tab))
	connect(tab, r.answered()) // nobody pressed a key
	h.talk("call-1")
	tab.WaitText("[data-testid=call-flag]", "Talking")
	tab.Wait(`!document.querySelector("[data-testid=call-strip]").innerText.includes("put back")`)
}

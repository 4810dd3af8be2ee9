package desktest

import (
	"strings"
	"testing"

	"hotline/web/browser"

	"github.com/chromedp/chromedp/kb"
)

// A pop is painted and acknowledged, and says who calls, why, and what is open, without taking the focus from a field.
func TestPop(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "")
	phone := h.sip.registered()
	tab.Run(`window.heard = []; for (const k of ["pop", "talk", "owned", "over", "withdrawn", "state"]) document.addEventListener("hotline:" + k, (e) => window.heard.push([k, k === "state" ? e.detail.state : e.detail.call]))`)
	tab.Click("#text")
	tab.Key("库存")
	id := h.offer("call-1", nil)
	h.said("POST", "/pops/"+id+"/ack")
	tab.WaitVisible("[data-testid=pop]")
	for sel, want := range map[string]string{
		"[data-testid=pop-number]": "13800138000", "[data-testid=pop-who]": "王芳 · 华东一厂 · 江苏 · 苏州", "[data-testid=pop-why]": "您负责问题单 C-20261120-0031",
		"[data-testid=pop-cases]": "由您负责", "[data-testid=pop-greeting]": "请问有什么可以帮您", "[data-testid=pop] ring-bar": "声",
	} {
		tab.WaitText(sel, want)
	}
	if voice := tab.Text("[data-testid=voice]"); !strings.Contains(voice, "13800138000") || !strings.Contains(voice, "王芳") {
		t.Errorf("a screen reader is told %q", voice)
	}

	// Typing goes on below the pop: a blank is a blank.
	r := phone.ring("c1", "13800138000", "王芳", offerOf(tab))
	r.wait("180")
	tab.Key(" ", "减", "少")
	var typed string
	tab.Eval(`document.getElementById("text").value`, &typed)
	if typed != "库存 减少" {
		t.Errorf("typed %q", typed)
	}
	var state string
	tab.Eval(`document.activeElement.id`, &state)
	if state != "text" {
		t.Errorf("the focus went to %q", state)
	}

	// Outside a field, Space answers.
	tab.Run(`document.activeElement.blur()`)
	tab.Key(" ")
	connect(tab, r.answered())
	h.talk("call-1")
	tab.WaitGone("[data-testid=pop]")
	tab.WaitText("[data-testid=call-number]", "13800138000")
	tab.WaitText("[data-testid=call-flag]", "通话中")
	var heard [][]string
	tab.Eval(`window.heard`, &heard)
	if got := joined(heard); !strings.Contains(got, "pop call-1") || !strings.Contains(got, "talk call-1") || !strings.Contains(got, "owned call-1") || !strings.Contains(got, "state talking") {
		t.Errorf("the page's other half heard %s", got)
	}
	r.bye()
	r.wait("200 BYE")
}

func joined(all [][]string) string {
	lines := make([]string, len(all))
	for i, one := range all {
		lines[i] = strings.Join(one, " ")
	}
	return strings.Join(lines, "; ")
}

// Answer pressed before the phone rings is kept: the pop comes first.
func TestAnswerBeforeTheRing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	phone := h.sip.registered()
	h.offer("call-1", nil)
	tab.WaitVisible("[data-testid=pop]")
	tab.Key(" ")
	tab.WaitText("[data-testid=pop]", "Answers as soon as the phone rings")
	r := phone.ring("c1", "13800138000", "", offerOf(tab))
	connect(tab, r.answered())
	h.talk("call-1")
	tab.WaitText("[data-testid=call-flag]", "Talking")
}

// Declining needs a reason; the server hears it before the phone says no.
func TestDecline(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "?lang=en")
	phone := h.sip.registered()
	h.offer("call-1", nil)
	tab.WaitVisible("[data-testid=pop]")
	r := phone.ring("c1", "13800138000", "", offerOf(tab))
	r.wait("180")
	tab.Key("d")
	tab.WaitVisible("[data-testid=decline-dialog]")
	tab.Click("[data-testid=decline-send]")
	tab.WaitText("[data-testid=decline-dialog]", "Choose a reason.")
	tab.Click("input[value=other]")
	tab.Click("[data-testid=decline-send]")
	tab.WaitText("[data-testid=decline-dialog]", "Say what it is.")
	h.never("POST", "/calls/call-1/decline")
	tab.Fill("[data-testid=decline-text]", "the screen is black")
	tab.Key(kb.Enter)
	if got := h.said("POST", "/calls/call-1/decline"); got.Body["reason"] != "other" || got.Body["note"] != "the screen is black" {
		t.Errorf("the reason is %v", got.Body)
	}
	r.wait("603")
	h.send(push("withdrawn", "call-1", map[string]any{"outcome": "declined", "winner": "", "ring": 0}))
	h.stand("ready", nil)
	tab.WaitText("[data-testid=pop-notice]", "Declined")
	tab.WaitGone("[data-testid=pop]")
}

// A call that somebody else takes leaves calmly, and says who took it.
func TestLost(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "")
	phone := h.sip.registered()
	h.offer("call-1", map[string]any{"why": "everyone", "card": nil})
	tab.WaitText("[data-testid=pop-why]", "服务热线 · 全员振铃")
	tab.WaitText("[data-testid=pop-who]", "王芳")
	h.send(push("card", "call-1", map[string]any{"card": card(h.now())}))
	tab.WaitText("[data-testid=pop-who]", "华东一厂")
	r := phone.ring("c1", "13800138000", "", offerOf(tab))
	r.wait("180")
	h.send(push("withdrawn", "call-1", map[string]any{"outcome": "lost", "winner": "liqiang", "ring": 1}))
	h.stand("ready", nil)
	r.cancel()
	r.wait("487")
	tab.WaitText("[data-testid=pop-notice]", "李强 在第 1 声接听")
	tab.WaitGone("[data-testid=pop]")
	tab.WaitGone("[data-testid=pop-notice]")
}

// Names of callers are text, whatever they contain.
func TestPopTakesNamesAsText(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab := h.tab(browser.Start(t, browser.Options{}), "")
	evil := `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>`
	c := card(h.now())
	c["recognition"].(map[string]any)["contacts"] = []any{map[string]any{"id": "k", "name": evil, "customer_name": evil}}
	c["cases"].([]any)[0].(map[string]any)["subject"] = evil
	h.offer("call-1", map[string]any{"name": evil, "card": c, "note": evil, "queue": evil, "why": "skill 2"})
	tab.WaitText("[data-testid=pop-who]", evil)
	tab.WaitText("[data-testid=pop-why]", evil)
	tab.WaitText("[data-testid=pop-cases]", evil)
	var hurt bool
	tab.Eval(`window.hurt === 1`, &hurt)
	if hurt {
		t.Error("a caller's name ran as a script")
	}
}

package main

import (
	"strings"
	"testing"

	"hotline/cmd/internal/house"
	"hotline/web/browser"
)

// hostile is a name that would run if a page took it for HTML. Also a blocked try would be a fault of the tab.
const hostile = `<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>`

// TestStoredScriptsStayText: a caller's name, the notes of agents and a queue's title that look like HTML are shown as they were written on
// the desk, the wall, the supervisor's page, the list of calls and the page of the call, and run nowhere.
func TestStoredScriptsStayText(t *testing.T) {
	h := openHouse(t, house.Options{
		Queue: "    wrapup_limit: 2m\n", Embedded: true, Lines: map[string]string{"4003": "hostile"},
		More: "  - name: hostile\n    title: {zh: '" + hostile + "', en: '" + hostile + "'}\n    skill: erp\n" +
			"    ladder: [{ring: 1, ring_more: 0, who: everyone}]\n",
	})
	b := browser.Start(t, browser.Options{Patience: house.Patience})
	li := sitDown(t, h, b, "li")
	floor := func(path string) *browser.Tab {
		tab := b.Tab()
		tab.Login("http://"+h.Addr, "boss", house.Password)
		tab.Goto("http://" + h.Addr + path)
		return tab
	}
	wall, supervise := floor("/wall"), floor("/supervise")

	caller := b.Tab()
	caller.Goto("http://" + h.Addr + "/call?line=4003")
	caller.Fill("#number", "13800138000")
	caller.Fill("#name", hostile[:60]) // as long as the field takes
	caller.Click(`[data-testid=call]`)
	li.WaitText(`[data-testid=pop-who]`, "onerror")
	li.WaitText(`[data-testid=pop-why]`, hostile)
	wall.WaitText(`main, body`, hostile)
	supervise.WaitText(`#calls`, hostile)
	li.Key(" ")
	caller.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "talking"`)
	call := h.LiveFrom("+8613800138000").Call
	number := h.CaseOf(call).Number
	li.Fill("#f-subject", hostile)

	wang := sitDown(t, h, b, "wang")
	h.Must("POST", "/api/v1/calls/"+call+"/handover", h.As("li"), map[string]any{"agent": "wang", "note": hostile})
	wang.WaitText(`[data-testid=pop]`, hostile)
	h.Must("POST", "/api/v1/calls/"+call+"/decline", h.As("wang"), map[string]any{"reason": "busy", "note": hostile})
	wang.WaitGone(`[data-testid=pop]`)
	caller.Click(`[data-testid=hangup]`)
	h.Eventually("li wraps up", func() bool { return h.Presence("li") == "wrapup" })

	cases := b.Tab()
	cases.Login("http://"+h.Addr, "li", house.Password)
	cases.Goto("http://" + h.Addr + "/desk/cases")
	cases.WaitText("main", number)
	cases.WaitText("main", hostile)
	calls := floor("/calls")
	calls.WaitText("main", hostile)
	calls.WaitText("main", "onerror")
	page := floor("/calls/" + call)
	page.WaitText("main", hostile)
	replay := floor("/replay")
	replay.WaitText("body", "onerror")
	for name, tab := range map[string]*browser.Tab{
		"desk": li.Tab, "second desk": wang.Tab, "wall": wall, "supervise": supervise, "cases": cases, "calls": calls, "call": page, "replay": replay, "caller": caller,
	} {
		var ran bool
		tab.Eval(`window.hurt === 1 || document.querySelector("img[src=x]") !== null || [...document.scripts].some((s) => s.textContent.startsWith("window.hurt"))`, &ran)
		if ran {
			t.Errorf("on the %s page a text became an element", name)
		}
	}
	// What the wire itself carries is escaped, too.
	if status, text := h.Try("GET", "/calls/"+call, h.Admin, nil); status != 200 || strings.Contains(string(text), "<img src=x") {
		t.Errorf("%d: the page of the call carries the tag", status)
	}
}

package main

import (
	"fmt"
	"strings"
	"testing"

	"hotline/cmd/internal/house"
	"hotline/web/browser"
)

// pressAt presses Space at an instant of the browser's clock, so that two pages of one browser do it in the same millisecond.
const pressAt = `setTimeout(() => document.body.dispatchEvent(new KeyboardEvent("keydown", {key: " ", code: "Space", bubbles: true, cancelable: true})), %d - Date.now())`

// TestTwoDesksRaceForOneCall: a call rings two desks, and both agents press Space in the same moment. One of them has the call and the
// case; the other is told at once who took it, and is ready for the next.
func TestTwoDesksRaceForOneCall(t *testing.T) {
	t.Parallel()
	for _, sort := range []struct {
		name     string
		embedded bool
	}{{"Embedded", true}, {"Asterisk", false}} {
		t.Run(sort.name, func(t *testing.T) {
			h := openHouse(t, house.Options{
				Queue:    house.PlainQueue + "    ladder: [{ring: 1, ring_more: 0, who: everyone}]\n    ring_no_answer: 30s\n",
				Embedded: sort.embedded,
			})
			b := browser.Start(t, browser.Options{Patience: house.Patience})
			desks := map[string]*seat{"li": sitDown(t, h, b, "li"), "wang": sitDown(t, h, b, "wang")}
			won := map[string]int{}
			for round := range 6 {
				number := fmt.Sprintf("1380013800%d", round)
				hangUp := call(t, h, b, number, sort.embedded)
				id := h.LiveFrom("+86" + number).Call
				for _, d := range desks {
					d.WaitVisible(`[data-testid=pop]`)
				}
				h.Eventually("both phones ring", func() bool {
					v := h.Call(id).Live
					return v != nil && len(v.Ringing) == 2
				})
				var at int64
				desks["li"].Eval(`Date.now() + 300`, &at)
				for _, d := range desks {
					d.Run(fmt.Sprintf(pressAt, at))
				}
				winner := h.CaseOf(id).Owner
				loser := map[string]string{"li": "wang", "wang": "li"}[winner]
				if loser == "" {
					t.Fatalf("the case belongs to %q", winner)
				}
				won[winner]++
				desks[loser].WaitText(`[data-testid=pop-notice]`, strings.ToUpper(winner[:1])+winner[1:])
				desks[loser].WaitGone(`[data-testid=pop]`)
				desks[loser].Wait(`document.querySelector("[data-testid=callbar]").dataset.state === "idle"`)
				desks[winner].WaitText(`[data-testid=call-flag]`, "通话中")
				desks[winner].Wait(`packetsHeard().then(n => n > 25)`)
				h.Eventually("the loser is ready", func() bool { return h.Presence(loser) == "ready" })
				if v := h.Call(id); v.Agent != winner || v.Live == nil || v.Live.Agent != winner || v.Live.Owner != winner {
					t.Errorf("%s won the case, but the call is %+v %+v", winner, v, v.Live)
				}
				hangUp()
				h.Eventually("both are ready", func() bool { return h.Presence("li") == "ready" && h.Presence("wang") == "ready" })
				answered, lost := 0, ""
				for _, e := range h.Journal(id) {
					switch e.Kind {
					case "answered":
						answered++
					case "lost":
						lost += e.Agent + " to " + e.Data["winner"]
					}
				}
				if answered != 1 || lost != loser+" to "+winner {
					t.Errorf("the journal has %d answers, and lost: %s", answered, lost)
				}
				if c := h.CaseOf(id); c.Owner != winner || len(c.History) != 1 {
					t.Errorf("the case of %s has the history %+v", winner, c.History)
				}
			}
			t.Logf("won %v", won)
		})
	}
}

// call rings the hotline: from a browser through the embedded switch, from the trunk through Asterisk. It gives what hangs up.
func call(t *testing.T, h *house.House, b *browser.Browser, number string, embedded bool) (hangUp func()) {
	t.Helper()
	if embedded {
		tab := ring(t, h, b, number)
		return func() { tab.Click(`[data-testid=hangup]`) }
	}
	out := h.Dial(number, house.DIDMain)
	return func() { h.Wait("hanging up", out.HangUp) }
}

package main

import (
	"fmt"
	"math"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/web/browser"
)

// watchBar lets a desk remember what its ring bar showed in the last frame before the pop went: colour, words, and the time that the
// filled part stands for.
const watchBar = `(() => {
	window.lastBar = null;
	const look = () => {
		const bar = document.getElementById("pop-ring");
		if (bar && bar.checkVisibility()) {
			let share = 0;
			for (const fill of bar.querySelectorAll(".ring-segment i")) share += Number(fill.style.getPropertyValue("--fill"));
			window.lastBar = {Colour: bar.dataset.ring, Words: bar.querySelector(".ring-words")?.textContent ?? "", MS: share * Number(bar.dataset.cycleMs)};
		}
		requestAnimationFrame(look);
	};
	requestAnimationFrame(look);
})()`

// bar is what was painted.
type bar struct {
	Colour, Words string
	MS            float64
}

// pressAfter presses Space so many rings after ring 1, by the clock from which the bar is painted.
const pressAfter = `(() => {
	const bar = document.getElementById("pop-ring");
	setTimeout(() => document.body.dispatchEvent(new KeyboardEvent("keydown", {key: " ", code: "Space", bubbles: true, cancelable: true})),
		Date.parse(bar.dataset.ring1) + %g * Number(bar.dataset.cycleMs) - Date.now());
})()`

// barTime is how far a bar may be behind or ahead of the answer: it is drawn about ten times a second, and the answer takes its way
// from the browser over the switch.
const barTime = 350 * time.Millisecond

// TestRingBarAgreesWithTheJournal: a call is answered in ring 1, 2, 3 and after them. What the desk painted last, what the caller's and
// the supervisor's bar stopped at, the verdict of the API and the entry of the journal tell the same.
func TestRingBarAgreesWithTheJournal(t *testing.T) {
	h := openHouse(t, house.Options{
		Queue:    house.PlainQueue + "    ladder: [{ring: 1, ring_more: 0, who: everyone}]\n    ring_no_answer: 30s\n",
		Embedded: true,
	})
	b := browser.Start(t, browser.Options{Patience: house.Patience})
	desk := sitDown(t, h, b, "li")
	desk.Before(watchBar)
	desk.Reload()
	floor := b.Tab()
	floor.Login("http://"+h.Addr, "boss", house.Password)
	floor.Goto("http://" + h.Addr + "/supervise")

	for i, c := range []struct {
		after  float64
		rings  int
		met    bool
		colour string
		words  string
	}{
		{0.4, 1, true, "1", "第1声"}, {1.4, 2, true, "2", "第2声"}, {2.4, 3, true, "3", "第3声"}, {3.4, 4, false, "over", "超出"},
	} {
		h.Eventually("li is ready", func() bool { return h.Presence("li") == "ready" })
		number := fmt.Sprintf("1380013800%d", i)
		caller := ring(t, h, b, number)
		desk.WaitVisible(`[data-testid=pop]`)
		desk.Wait(`!!document.getElementById("pop-ring").dataset.ring1`)
		desk.Run(fmt.Sprintf(pressAfter, c.after))
		id := h.LiveFrom("+86" + number).Call
		desk.WaitText(`[data-testid=call-flag]`, "通话中")
		desk.WaitGone(`[data-testid=pop]`)
		caller.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "talking"`)

		var v house.CallView
		h.Eventually("the verdict is recorded", func() bool { v = h.Call(id); return v.Rule != "" })
		if v.Rings != c.rings || v.Met != c.met || !v.Answered {
			t.Errorf("answered %g rings after ring 1: the verdict is %+v", c.after, v)
		}
		var entry house.Entry
		for _, e := range h.Journal(id) {
			if e.Kind == "answered" {
				entry = e
			}
		}
		if entry.Verdict == nil || entry.Verdict.Rings != v.Rings || entry.Verdict.Met != v.Met || entry.Verdict.Waited.Milliseconds() != v.WaitedMS || entry.Verdict.Rule != v.Rule {
			t.Errorf("the API tells %+v, the journal %+v", v, entry.Verdict)
		}

		near := func(who string, ms float64) {
			t.Helper()
			if math.Abs(ms-float64(v.WaitedMS)) > float64(barTime.Milliseconds()) {
				t.Errorf("%s stopped at %.0f ms, the verdict says %d ms", who, ms, v.WaitedMS)
			}
		}
		var shown bar
		desk.Eval(`window.lastBar`, &shown)
		if shown.Colour != c.colour || len(shown.Words) < len(c.words) || shown.Words[:len(c.words)] != c.words {
			t.Errorf("answered in ring %d, the desk painted %q in colour %s", v.Rings, shown.Words, shown.Colour)
		}
		if c.met {
			near("the desk's bar", shown.MS)
		} else {
			var beyond float64
			if _, err := fmt.Sscanf(shown.Words, "超出 %f 秒", &beyond); err != nil {
				t.Error(err)
			}
			near("the desk's bar", 3*float64(house.Ring.Milliseconds())+beyond*1000)
		}
		var frozen string
		caller.Eval(`document.querySelector("ring-bar").dataset.frozenMs ?? ""`, &frozen)
		var ms float64
		if _, err := fmt.Sscan(frozen, &ms); err != nil {
			t.Errorf("the caller's bar did not stop: %v", err)
		}
		near("the caller's bar", ms)
		// The supervisor's stops at the verdict itself.
		floor.Wait(fmt.Sprintf(`!!document.querySelector('ring-bar[data-frozen-ms="%d"][data-ring="%s"]')`, v.WaitedMS, c.colour))
		floor.WaitText(fmt.Sprintf(`ring-bar[data-frozen-ms="%d"]`, v.WaitedMS), c.words)
		t.Logf("ring %d: verdict %d ms, the desk's last frame %q (%.0f ms), the caller's %s ms", v.Rings, v.WaitedMS, shown.Words, shown.MS, frozen)

		caller.Click(`[data-testid=hangup]`)
		caller.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "ended"`)
	}
	h.Run("verify")
}

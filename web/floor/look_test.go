package floor

import (
	"testing"
	"time"

	"hotline/queue"
	"hotline/records"
	"hotline/web/browser"
)

// eventful is a call on which nearly everything happens.
func (h *house) eventful(id string, at time.Time) *caller {
	h.t.Helper()
	c := h.rings(id, "service", "+8613800138000", "王芳", at)
	c.offered(20*time.Millisecond, "anna")
	c.tell(queue.EventRinging, 80*time.Millisecond, "anna", nil)
	c.tell(queue.EventDeclined, 2*time.Second, "anna", map[string]string{"reason": "在处理另一位客户"})
	c.offered(2100*time.Millisecond, "ben")
	c.tell(queue.EventWidened, 5*time.Second, "", map[string]string{"ring": "2", "added": "2"})
	c.offered(5*time.Second, "agent01")
	c.offered(5*time.Second, "agent02")
	c.tell(queue.EventMissed, 6*time.Second, "agent01", nil)
	c.tell(queue.EventUnreached, 6200*time.Millisecond, "agent02", map[string]string{"outcome": "unreachable"})
	c.offered(7*time.Second, "agent03")
	c.tell(queue.EventLost, 9400*time.Millisecond, "agent03", map[string]string{"winner": "ben"})
	c.answered(9400*time.Millisecond, "ben")
	c.tell(queue.EventOwned, 9600*time.Millisecond, "ben", map[string]string{"case": "C-20261122-0007"})
	c.tell(queue.EventHeld, 40*time.Second, "ben", nil)
	c.tell(queue.EventResumed, 55*time.Second, "ben", nil)
	c.tell(queue.EventHandOver, 70*time.Second, "ben", map[string]string{"to": "agent04"})
	c.tell(queue.EventOffered, 71*time.Second, "agent04", map[string]string{"why": "handover"})
	c.tell(queue.EventHandTaken, 76*time.Second, "agent04", map[string]string{"to": "agent04", "from": "ben"})
	return c
}

// Every page, in both themes and languages, on a wall, a desk and a phone: no fault, nothing that axe calls serious, nothing that
// has to be scrolled sideways.
func TestPagesAreSound(t *testing.T) {
	h := openHouse(t, houseOptions{})
	h.staffed([]string{"service", "billing"}, 14, 3)
	h.morning([]string{"service", "billing"}, 25, 5)
	h.eventful("a-1", time.Now().Add(-10*time.Minute)).ended(190*time.Second, "caller")
	h.eventful("a-2", time.Now().Add(-100*time.Second))
	gone := h.rings("a-3", "service", "+8613800138000", "王芳", time.Now().Add(-time.Hour))
	gone.offered(0, "anna")
	gone.gaveUp(11 * time.Second)
	if err := h.store.AddNotice(t.Context(), records.Notice{Kind: records.NoticeWrapUp, Login: "ben", Call: "a-1", Detail: "2 分钟已过"}, ""); err != nil {
		t.Fatal(err)
	}
	if err := h.store.Journal().Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	ready := map[string]string{
		"wall":      liveWall,
		"supervise": `document.querySelector("#supervise")?.dataset.live === "live" && document.querySelectorAll(".list-row").length > 5`,
		"calls":     `document.querySelectorAll("[data-testid=call] ring-bar .ring-words").length > 10`,
		"calls/a-1": `document.querySelector(".call-picture")`,
		"calls/a-3": `document.querySelector(".call-picture")`,
		"replay":    `document.querySelector("#replay")?.dataset.state === "paused" && document.querySelectorAll(".wall-row").length > 0`,
	}
	b := browser.Start(t, browser.Options{})
	for name, look := range map[string]browser.Look{
		"desk": {Still: true}, "desk-dark-en": {Dark: true, Lang: "en", Still: true}, "phone": {Width: 390, Height: 844, Still: true},
		"phone-en-dark": {Width: 390, Height: 844, Lang: "en", Dark: true, Still: true}, // colours are judged when they have come to rest
	} {
		tab := b.Tab(look)
		tab.Login(h.server.URL, "sue", password)
		for page, when := range ready {
			tab.Goto(h.server.URL + "/" + page)
			tab.Wait("Boolean(" + when + ")")
			if page == "supervise" {
				tab.Click(`[data-key="a-2"]`)
				tab.Wait(`Boolean(document.querySelector("#call-picture .call-picture"))`)
			}
			sound(t, tab, page+" "+name)
			var wide bool
			tab.Eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
			if wide {
				t.Errorf("%s on %s has to be scrolled sideways", page, name)
			}
			file := map[string]string{"calls/a-1": "call", "calls/a-3": "call-abandoned"}[page]
			if file == "" {
				file = page
			}
			picture(t, tab, file+"-"+name)
		}
		tab.Close()
	}
}

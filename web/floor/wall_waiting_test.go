package floor

import (
	"fmt"
	"testing"
	"time"

	"hotline/web/browser"
)

// However many wait and however low a row is: who has a ring bar is seen whole, the rest stands below as a number with the longest wait,
// and both together are all who wait.
func TestWallShowsEverybodyWhoWaits(t *testing.T) {
	b := browser.Start(t, browser.Options{})
	for _, n := range []int{1, 2, 5, 8} {
		queues, names := manyQueues(n)
		h := openHouse(t, houseOptions{queues: queues})
		h.staffed(names, 6*n, 3)
		tab := b.Tab(browser.Look{Width: 1920, Height: 1080, Dark: true, Still: true})
		tab.Login(h.server.URL, "sue", password)
		tab.Goto(h.server.URL + "/wall")
		tab.Wait(liveWall)
		came := 0
		for _, waiting := range []int{0, 5, 40, 5} {
			for came < waiting {
				came++
				for k, q := range names {
					h.rings(fmt.Sprintf("w-%d-%d", k, came), q, fmt.Sprintf("+861380013%04d", came), "王芳", time.Now().Add(-time.Duration(40-came)*700*time.Millisecond))
				}
			}
			for ; came > waiting; came-- {
				for k, q := range names {
					c := &caller{h: h, id: fmt.Sprintf("w-%d-%d", k, came), q: q, at: time.Now().Add(-time.Minute)}
					c.gaveUp(time.Minute)
				}
			}
			tab.Wait(fmt.Sprintf(`[...document.querySelectorAll(".wall-cell-waiting .wall-count")].every((e) => e.textContent === "%d")`, waiting))
			var rows []struct {
				Bars, More, Cut, Wide int
				Words                 string
			}
			tab.Eval(`new Promise((done) => requestAnimationFrame(() => done([...document.querySelectorAll(".wall-row")].map((row) => {
				const cell = row.querySelector(".wall-cell-bars").getBoundingClientRect(), more = row.querySelector(".wall-more"), bars = [...row.querySelectorAll(".wall-bar")];
				const box = row.getBoundingClientRect();
				const cut = [...bars, ...(more ? [more] : [])].filter((e) => { const r = e.getBoundingClientRect(); return r.top < Math.max(cell.top, box.top) - 1 || r.bottom > Math.min(cell.bottom, box.bottom) + 1 || e.scrollWidth > e.clientWidth + 1; });
				const wide = [...row.querySelectorAll(".wall-count")].filter((e) => e.scrollWidth > e.closest(".wall-cell").clientWidth || e.offsetHeight > 1.2 * parseFloat(getComputedStyle(e).fontSize));
				return {Wide: wide.length, Bars: bars.length, More: Number(/^\+(\d+)/.exec(more?.textContent ?? "+0")[1]), Cut: cut.length, Words: more?.textContent ?? ""};
			}))))`, &rows)
			for i, r := range rows {
				if r.Bars+r.More != waiting || r.Cut > 0 || r.Wide > 0 || (waiting > 0 && r.Bars == 0) {
					t.Errorf("%d queues, %d waiting, row %d: %+v", n, waiting, i, r)
				}
			}
			t.Logf("%d queues, %d waiting: %d bars, %s", n, waiting, rows[0].Bars, rows[0].Words)
			picture(t, tab, fmt.Sprintf("wall-%dq-%02dw", n, waiting))
		}
		tab.Close()
	}
}

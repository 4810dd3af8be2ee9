package floor

import (
	"fmt"
	"testing"
	"time"

	"hotline/web/browser"
)

// A wall on a laptop: with eight queues, no agents' state is cut, and an alarm is read whole; of one with several reasons the last may
// have to be read by pointing at it.
func TestWallOnALaptopCutsNothing(t *testing.T) {
	queues, names := manyQueues(8)
	h := openHouse(t, houseOptions{queues: queues})
	h.staffed(names, 48, 3)
	h.morning(names, 40, 5)
	for i := range 6 {
		h.rings(fmt.Sprintf("w-%d", i), names[i%3], "+8613800138000", "王芳", time.Now().Add(-20*time.Second))
	}
	b := browser.Start(t, browser.Options{})
	for _, lang := range []string{"zh", "en"} {
		tab := h.wallOf(b, "sue", browser.Look{Width: 1366, Height: 768, Lang: lang, Still: true})
		tab.Wait(`document.querySelectorAll("#alarms li").length > 1`)
		var cut []string
		tab.Eval(`(() => {
			const outside = (e, box) => { const r = e.getBoundingClientRect(), c = box.getBoundingClientRect(); return r.right > c.right + 1 || r.bottom > c.bottom + 1 || r.top < c.top - 1; };
			const groups = [...document.querySelectorAll(".wall-group-head")].filter((e) => outside(e, e.closest(".wall-cell")) || outside(e, e.closest(".wall-group")) || e.scrollWidth > e.parentElement.clientWidth + 1);
			const said = [...document.querySelectorAll("#alarms li")].filter((e) => !outside(e, e.closest("ul")) && e.scrollWidth > e.clientWidth + 1);
			const begun = [...document.querySelectorAll("#alarms li")].filter((e) => outside(e, e.closest("ul")) && e.getBoundingClientRect().top < e.closest("ul").getBoundingClientRect().bottom);
			const waits = [...document.querySelectorAll(".wall-cell-waiting .wall-sub")].filter((e) => e.scrollWidth > e.clientWidth + 1);
			const why = [...document.querySelectorAll(".wall-alarm:not([hidden])")].filter((e) => outside(e, e.closest(".wall-cell")) || (e.scrollHeight > e.clientHeight + 1 && !(e.textContent.includes("·") && e.title === e.textContent)));
			return [...groups, ...said, ...begun, ...waits, ...why].map((e) => e.className + " " + e.textContent);
		})()`, &cut)
		if len(cut) > 0 {
			t.Errorf("%s: %q", lang, cut)
		}
		picture(t, tab, "wall-08-laptop-"+lang)
		tab.Close()
	}
}

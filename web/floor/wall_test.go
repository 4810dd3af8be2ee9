package floor

import (
	"fmt"
	"testing"

	"hotline/web/browser"
)

// manyQueues gives so many queues with titles as houses have them.
func manyQueues(n int) (queues []Queue, names []string) {
	zh := []string{"服务热线", "账务", "安装与调试", "华东大区", "夜间值班", "重点客户专线"}
	en := []string{"Service hotline", "Billing", "Installation", "East region", "Night duty", "Key accounts"}
	for i := range n {
		name := fmt.Sprintf("q%02d", i)
		names = append(names, name)
		queues = append(queues, Queue{Name: name, Title: Text{zh[i%6], en[i%6]}, Alarm: DefaultThresholds(3, 90)})
	}
	return queues, names
}

func TestWallFitsOneToTwentyQueues(t *testing.T) {
	b := browser.Start(t, browser.Options{})
	for _, n := range []int{1, 2, 5, 9, 20} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			queues, names := manyQueues(n)
			h := openHouse(t, houseOptions{queues: queues})
			h.staffed(names, 6*n, 3)
			h.morning(names, 40, 5)
			tab := b.Tab(browser.Look{Width: 1920, Height: 1080, Dark: true})
			tab.Login(h.server.URL, "sue", password)
			tab.Goto(h.server.URL + "/wall")
			tab.Wait(liveWall)
			tab.Wait(`document.querySelectorAll(".wall-trend canvas").length === document.querySelectorAll(".wall-row").length`)
			var fits struct {
				Rows, Page, Clipped int
				Texts               []string
			}
			tab.Eval(`(() => {
				const clipped = [...document.querySelectorAll(".wall-share, .wall-count")].filter((e) => { const r = e.getBoundingClientRect(), c = e.closest(".wall-row").getBoundingClientRect(); return r.bottom > c.bottom + 1 || r.top < c.top - 1 || e.scrollWidth > e.closest(".wall-cell").clientWidth + 2; });
				return {Rows: document.querySelectorAll(".wall-row").length, Page: document.documentElement.scrollHeight, Clipped: clipped.length, Texts: clipped.slice(0, 4).map((e) => e.className + " " + e.textContent)};
			})()`, &fits)
			if fits.Rows != n || fits.Page > 1080 || fits.Clipped > 0 {
				t.Errorf("%d queues: %+v", n, fits)
			}
			if n == 2 || n == 20 { // the others are made of the same parts
				sound(t, tab, fmt.Sprint("wall dark ", n))
			}
			picture(t, tab, fmt.Sprintf("wall-%02d-dark", n))
			tab.Key("t")
			tab.Wait(`document.documentElement.dataset.theme === "light"`)
			if n == 2 || n == 20 {
				sound(t, tab, fmt.Sprint("wall light ", n))
			}
			picture(t, tab, fmt.Sprintf("wall-%02d-light", n))
			tab.Close()
		})
	}
}

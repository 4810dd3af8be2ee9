package floor

import (
	"fmt"
	"testing"
	"time"
)

func TestShots(t *testing.T) {
	for _, n := range []int{1, 2, 5, 9, 20} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var queues []Queue
			var names []string
			for i := range n {
				name := fmt.Sprintf("q%02d", i)
				names = append(names, name)
				queues = append(queues, Queue{Name: name, Title: Text{[]string{"服务热线", "账务", "安装与调试", "华东大区", "夜间值班"}[i%5], []string{"Service hotline", "Billing", "Installation", "East region", "Night duty"}[i%5]}, Alarm: DefaultThresholds(3, 90)})
			}
			h := openHouse(t, houseOptions{queues: queues})
			h.staffed(names, 6*n, 3)
			h.morning(names, 40, 5)
			tb := h.openTab("sue", tabOptions{scheme: "dark"})
			tb.open("/wall")
			tb.until("it is live", `document.querySelector("#wall")?.dataset.live === "live" && document.querySelectorAll(".wall-row").length > 0`)
			time.Sleep(600 * time.Millisecond)
			tb.shot(fmt.Sprintf("wall-%02d-dark", n))
			tb.key("t")
			time.Sleep(300 * time.Millisecond)
			tb.shot(fmt.Sprintf("wall-%02d-light", n))
		})
	}
}

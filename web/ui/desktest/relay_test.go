package desktest

import (
	"fmt"
	"testing"
	"time"

	"hotline/web/browser"
)

// Credentials of a relay expire while the desk stands open all day: it asks for new ones in time, and the next call has them.
func TestRelayCredentialsAreRenewed(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	asked := 0
	h.set(func() {
		h.relay = func() (map[string]any, time.Time) {
			asked++
			life := time.Hour
			if asked == 1 {
				life = 4 * time.Second // asked again at half of it, and never more often than each ten seconds
			}
			return map[string]any{"urls": []string{"turn:127.0.0.1:9?transport=udp"}, "username": fmt.Sprintf("%d:li", asked), "credential": "x"}, h.now().Add(life)
		}
	})
	tab := browser.Start(t, browser.Options{}).Tab()
	t.Cleanup(tab.Close)
	tab.Before(`(() => {
		const Real = window.RTCPeerConnection;
		window.given = [];
		window.RTCPeerConnection = class extends Real { constructor(c) { super(c); window.given.push(c?.iceServers?.[0]?.username ?? ""); } };
	})()`)
	tab.Goto(h.url + "/desk?lang=en")
	tab.WaitText("[data-testid=stream]", "Live")
	phone := h.sip.registered()
	tab.Wait(`performance.getEntriesByType("resource").filter((r) => r.name.endsWith("/api/v1/phone")).length === 2`)
	h.offer("call-1", nil)
	tab.WaitVisible("[data-testid=pop]")
	r := phone.ring("c-1", "13800138000", "王芳", offerOf(tab)) // the far end of this test is a connection of the page, too: without servers
	r.wait("180")
	tab.Key(" ")
	connect(tab, r.answered())
	var given []string
	tab.Eval(`window.given`, &given)
	if last := given[len(given)-1]; last != "2:li" {
		t.Errorf("the connections of the page were given %q", given)
	}
}

package main

import (
	"flag"
	"path/filepath"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/web/browser"
)

var pictures = flag.Bool("update", false, "write the pictures of the pages to docs/img")

// look writes a picture of the page for the documents, when they are to be made anew.
func look(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	if *pictures {
		tab.Screenshot(filepath.Join("..", "..", "docs", "img", name+".png"))
	}
}

// seat is an agent at a desk in a browser.
type seat struct {
	*browser.Tab
	h     *house.House
	login string
}

// countSound lets a page tell how many voice packets its calls have received, before any of its own scripts runs.
const countSound = `(() => {
	const Real = window.RTCPeerConnection, all = [];
	window.RTCPeerConnection = class extends Real { constructor(...a) { super(...a); all.push(this); } };
	window.packetsHeard = async () => {
		let heard = 0;
		for (const pc of all) {
			for (const r of (await pc.getStats()).values()) {
				if (r.type === "inbound-rtp" && r.kind === "audio" && pc.connectionState === "connected") heard = Math.max(heard, r.packetsReceived);
			}
		}
		return heard;
	};
})()`

// fakeMicrophone lets a test pull the plug of all microphones and put one back, as the page would see it.
const fakeMicrophone = `(() => {
	const devices = navigator.mediaDevices, real = devices.getUserMedia.bind(devices), tracks = new Set();
	let gone = "";
	devices.getUserMedia = async (wanted) => {
		if (gone) throw new DOMException("gone", gone);
		const stream = await real(wanted);
		for (const t of stream.getTracks()) tracks.add(t);
		return stream;
	};
	window.unplugMicrophone = (why = "NotFoundError") => {
		gone = why;
		for (const t of tracks) { if (t.readyState === "live") { t.stop(); t.dispatchEvent(new Event("ended")); } }
		devices.dispatchEvent(new Event("devicechange"));
	};
	window.plugMicrophone = () => { gone = ""; devices.dispatchEvent(new Event("devicechange")); };
})()`

// sitDown makes an agent whose phone is the browser, opens the desk, passes the check of microphone and line, and is ready. before are
// scripts that run in front of the page's own.
func sitDown(t *testing.T, h *house.House, b *browser.Browser, login string, before ...string) *seat {
	t.Helper()
	h.Employ(login, "--role", "agent", "--skill", "erp=1", "--webrtc")
	s := &seat{Tab: b.Tab(), h: h, login: login}
	s.Before(countSound)
	s.Before(fakeMicrophone)
	for _, script := range before {
		s.Before(script)
	}
	s.Login("http://"+h.Addr, login, house.Password)
	s.Goto("http://" + h.Addr + "/desk")
	s.ready()
	return s
}

// ready presses "ready" and passes the check that stands before it the first time; one step leads on from there.
func (s *seat) ready() {
	s.Wait(`/待检查|浏览器话机/.test(document.querySelector("[data-testid=phone-state]")?.textContent ?? "")`) // before that the button only says what it waits for
	s.Click(`[data-testid=ready]`)
	s.WaitVisible(`[data-testid=check-dialog]`)
	s.WaitEnabled(`[data-testid=check-heard]`)
	s.Click(`[data-testid=check-heard]`)
	s.WaitText(`[data-testid=check-verdict]`, "检查通过")
	s.Click(`[data-testid=check-ready]`)
	s.h.Eventually(s.login+" is ready", func() bool { return s.h.Presence(s.login) == "ready" })
}

// eventually is house.Eventually for what takes longer by its nature.
func eventually(t *testing.T, h *house.House, what string, limit time.Duration, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(limit); !ok(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain until %s; the hotline's log:\n%s", what, h.Log())
		}
	}
}

// ring calls the hotline from a browser and waits until it rings.
func ring(t *testing.T, h *house.House, b *browser.Browser, number string) *browser.Tab {
	t.Helper()
	tab := b.Tab()
	tab.Before(countSound)
	tab.Goto("http://" + h.Addr + "/call")
	tab.Fill("#number", number)
	tab.Click(`[data-testid=call]`)
	tab.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "ringing"`)
	return tab
}

// talk waits until both hear each other: packets of voice arrive on both sides, and go on arriving.
func talk(t *testing.T, tabs ...*browser.Tab) {
	t.Helper()
	for _, tab := range tabs {
		tab.Wait(`packetsHeard().then(n => n > 50)`)
	}
}

package main

import (
	"testing"

	"hotline/cmd/internal/house"
	"hotline/web/browser"
)

// flowing says that voice goes on arriving: the packets of all connected calls of the page grow.
const flowing = `(async () => {
	const before = await soundHeard();
	await new Promise((done) => setTimeout(done, 400));
	return await soundHeard() > before + 10;
})()`

// still says that no voice arrives.
const still = `(async () => {
	const before = await soundHeard();
	await new Promise((done) => setTimeout(done, 400));
	return await soundHeard() <= before;
})()`

// soundHeard adds up what every call of the page has received.
const soundHeard = `(() => {
	const Real = window.RTCPeerConnection, all = [];
	window.RTCPeerConnection = class extends Real { constructor(...a) { super(...a); all.push(this); } };
	window.soundHeard = async () => {
		let heard = 0;
		for (const pc of all) {
			for (const r of (await pc.getStats()).values()) {
				if (r.type === "inbound-rtp" && r.kind === "audio" && pc.connectionState === "connected") heard += r.packetsReceived;
			}
		}
		return heard;
	};
})()`

// TestBrowsersHoldAndHandOver: through the embedded switch a browser's caller is held, taken back, and handed over to another browser:
// new keys and new candidates for the caller's page, by re-INVITE. The first desk is free, the talk goes on with the second.
func TestBrowsersHoldAndHandOver(t *testing.T) {
	h := openHouse(t, house.Options{Queue: "    wrapup_limit: 2m\n", Embedded: true})
	b := browser.Start(t, browser.Options{})
	desk := func(login string) *seat {
		h.Employ(login, "--role", "agent", "--skill", "erp=1", "--webrtc")
		s := &seat{Tab: b.Tab(), h: h, login: login}
		s.Before(countSound)
		s.Before(soundHeard)
		s.Login("http://"+h.Addr, login, house.Password)
		s.Goto("http://" + h.Addr + "/desk")
		return s
	}
	li := desk("li")
	li.ready()
	caller := b.Tab()
	caller.Before(soundHeard)
	caller.Goto("http://" + h.Addr + "/call")
	caller.Fill("#number", "13800138000")
	caller.Click(`[data-testid=call]`)
	li.WaitVisible(`[data-testid=pop]`)
	li.Key(" ")
	caller.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "talking"`)
	caller.Wait(flowing)
	li.Wait(flowing)

	call := h.LiveFrom("+8613800138000").Call
	h.Must("POST", "/api/v1/calls/"+call+"/hold", h.As("li"), nil)
	caller.Wait(still)
	li.Wait(still)
	h.Must("POST", "/api/v1/calls/"+call+"/resume", h.As("li"), nil)
	caller.Wait(flowing)
	li.Wait(flowing)

	wang := desk("wang")
	wang.ready()
	h.Must("POST", "/api/v1/calls/"+call+"/handover", h.As("li"), map[string]any{"agent": "wang", "note": "please take it"})
	wang.WaitVisible(`[data-testid=pop]`)
	wang.Key(" ")
	h.Eventually("wang owns the case", func() bool { return h.CaseOf(call).Owner == "wang" })
	wang.Wait(flowing)
	caller.Wait(flowing)
	caller.Click(`[data-testid=hangup]`)
	h.Eventually("wang wraps up", func() bool { return h.Presence("wang") == "wrapup" })
}

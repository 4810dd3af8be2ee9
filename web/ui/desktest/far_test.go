package desktest

import (
	"encoding/json"
	"fmt"

	"hotline/web/browser"
)

// farOffer makes the caller's end of the talk in the page itself, with a tone as voice, and gives its offer.
const farOffer = `(async () => {
	const c = new AudioContext(), tone = c.createOscillator(), out = c.createMediaStreamDestination(), pc = new RTCPeerConnection();
	tone.frequency.value = 440; tone.connect(out); tone.start();
	window.far = pc;
	pc.addTrack(out.stream.getAudioTracks()[0], out.stream);
	await pc.setLocalDescription(await pc.createOffer());
	await new Promise((done) => {
		const look = () => pc.iceGatheringState === "complete" && done();
		pc.addEventListener("icegatheringstatechange", look); look();
	});
	return pc.localDescription.sdp;
})()`

// offerOf gives an offer of sound whose other end is in the tab.
func offerOf(t *browser.Tab) string {
	var sdp string
	t.Eval(farOffer, &sdp)
	return sdp
}

// connect gives the phone's answer to the other end and waits until sound flows both ways.
func connect(t *browser.Tab, answer string) {
	sdp, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	t.Run(fmt.Sprintf(`window.far.setRemoteDescription({type: "answer", sdp: %s})`, sdp))
	t.Run(`window.packets = async () => {
		let got = 0, sent = 0;
		for (const [, r] of await window.far.getStats()) {
			if (r.type === "inbound-rtp") got += r.packetsReceived;
			if (r.type === "remote-inbound-rtp" || r.type === "outbound-rtp") sent = Math.max(sent, r.packetsSent ?? 0);
		}
		return {got, sent};
	}`)
	t.Run(`(async () => { for (;;) { const p = await window.packets(); if (p.got > 20 && p.sent > 20) return; await new Promise((r) => setTimeout(r, 100)); } })()`)
}

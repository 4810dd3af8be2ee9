package main

import (
	"fmt"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/configs/asterisk"
	"hotline/pbx/pbxtest"
	"hotline/web/browser"
	"hotline/web/ice"
)

// relayOnly is a network that lets nothing through but the relay: the page's connections use no other way. It notes what servers they
// were given.
const relayOnly = `(() => {
	const Real = window.RTCPeerConnection, all = [];
	window.RTCPeerConnection = class extends Real {
		constructor(config) { super({...config, iceTransportPolicy: "relay"}); all.push(this); window.iceGiven = config?.iceServers ?? []; }
	};
	window.wayOfVoice = async () => {
		const ways = [];
		for (const pc of all) {
			if (pc.connectionState !== "connected") continue;
			const stats = await pc.getStats();
			for (const r of stats.values()) if (r.type === "candidate-pair" && r.nominated && r.state === "succeeded") ways.push(stats.get(r.localCandidateId).candidateType);
		}
		return ways.join();
	};
	window.candidatesWith = async (servers) => {
		const pc = new Real({iceServers: servers, iceTransportPolicy: "relay"}), errors = [];
		let found = 0;
		pc.addEventListener("icecandidateerror", (e) => errors.push(e.errorCode));
		pc.addEventListener("icecandidate", (e) => { if (e.candidate?.candidate) found++; });
		pc.addTransceiver("audio");
		await pc.setLocalDescription(await pc.createOffer());
		await new Promise((done) => { const look = () => pc.iceGatheringState === "complete" && done(); pc.addEventListener("icegatheringstatechange", look); look(); });
		pc.close();
		return {found, refused: errors.includes(401)};
	};
})()`

// TestATalkThroughARelay: the desk and the caller sit behind firewalls that let nothing through but a TURN server. Both get credentials
// that the server takes, and hear each other through it. Credentials whose time is over open nothing.
func TestATalkThroughARelay(t *testing.T) {
	turn := pbxtest.StartTURN(t)
	at := "turn:" + turn.Addr + "?transport=udp"
	h := openHouse(t, house.Options{
		Queue: "    wrapup_limit: 2m\n", Plan: func(p *asterisk.Plan) { p.WebCallers = true },
		More: fmt.Sprintf("asterisk: {web_callers: true}\nice: {turn: [%q], secret: %q, lifetime: 20m}\n", at, turn.Secret),
	})
	b := browser.Start(t, browser.Options{})
	desk := sitDown(t, h, b, "li", relayOnly)

	page := b.Tab()
	page.Before(countSound)
	page.Before(relayOnly)
	page.Goto("http://" + h.Addr + "/call")
	page.Click(`[data-testid=call]`)
	page.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "ringing"`)
	desk.WaitVisible(`[data-testid=pop]`)
	desk.Key(" ")
	page.Wait(`document.querySelector("[data-testid=caller]").dataset.state === "talking"`)
	talk(t, desk.Tab, page)
	for who, tab := range map[string]*browser.Tab{"li": desk.Tab, "visitor-": page} {
		var way string
		if tab.Eval(`wayOfVoice()`, &way); way != "relay" {
			t.Errorf("the voice of %s goes by %q", who, way)
		}
		var given []ice.Server
		tab.Eval(`iceGiven`, &given)
		if len(given) != 1 || len(given[0].URLs) != 1 || given[0].URLs[0] != at {
			t.Fatalf("%s is given %+v", who, given)
		}
		var until int64
		var login string
		if _, err := fmt.Sscanf(given[0].Username, "%d:%s", &until, &login); err != nil || login[:min(len(login), len(who))] != who {
			t.Errorf("%s is known to the relay as %q", who, given[0].Username)
		}
		if left := time.Until(time.Unix(until, 0)); left <= 0 || left > 20*time.Minute || who != "li" && left > 5*time.Minute {
			t.Errorf("the credentials of %s are good for %v", who, left)
		}
	}

	gather := func(when time.Time) (result struct {
		Found   int
		Refused bool
	},
	) {
		list, _ := ice.Servers{TURN: []string{at}, Secret: turn.Secret, Lifetime: 5 * time.Minute, Now: func() time.Time { return when }}.For("li", time.Hour)
		desk.Eval(`candidatesWith(`+jsonOf(t, list)+`)`, &result)
		return result
	}
	if now := gather(time.Now()); now.Found == 0 || now.Refused {
		t.Errorf("with credentials that are good: %+v\n%s", now, turn.Said())
	}
	if old := gather(time.Now().Add(-time.Hour)); old.Found != 0 || !old.Refused {
		t.Errorf("with credentials that have expired: %+v", old)
	}
	page.Click(`[data-testid=hangup]`)
	h.Eventually("li wraps up", func() bool { return h.Presence("li") == "wrapup" })
}

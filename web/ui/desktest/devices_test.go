package desktest

import (
	"fmt"
	"testing"

	"hotline/web/browser"
)

// plugs lets a test pull devices out and put them back as the page would see it: the track ends, the device is not found any more, and
// "devicechange" is told. It also keeps the desktop notifications.
const plugs = `(() => {
	const devices = navigator.mediaDevices, real = devices.getUserMedia.bind(devices), tracks = new Set(), out = new Set();
	let refuse = "";
	devices.getUserMedia = async (wanted) => {
		const id = wanted.audio?.deviceId?.exact;
		if (refuse) throw new DOMException(refuse, refuse);
		if (id && out.has(id)) throw new DOMException("gone", "OverconstrainedError");
		const stream = await real(wanted);
		for (const t of stream.getTracks()) tracks.add(t);
		return stream;
	};
	const list = devices.enumerateDevices.bind(devices);
	devices.enumerateDevices = async () => refuse === "NotFoundError" ? [] : (await list()).filter((d) => !out.has(d.deviceId));
	const end = () => { for (const t of tracks) if (t.readyState === "live") { t.stop(); t.dispatchEvent(new Event("ended")); } };
	const told = () => devices.dispatchEvent(new Event("devicechange"));
	const sink = HTMLMediaElement.prototype.setSinkId;
	HTMLMediaElement.prototype.setSinkId = function (id) { return out.has(id) ? Promise.reject(new DOMException("gone", "NotFoundError")) : sink.call(this, id); };
	const RealConnection = window.RTCPeerConnection, connections = [];
	window.RTCPeerConnection = class extends RealConnection { constructor(c) { super(c); connections.push(this); } };
	// The desk's own connection is the one whose microphone has a device's name.
	window.microphoneInUse = () => connections.flatMap((c) => c.getSenders()).map((s) => s.track?.label ?? "").find((l) => l.startsWith("Fake")) ?? "";
	Object.assign(window, {
		pull: (id) => { out.add(id); end(); told(); }, pullSpeaker: (id) => { out.add(id); told(); }, push: (id) => { out.delete(id); told(); },
		pullAll: () => { refuse = "NotFoundError"; end(); told(); }, pushAny: () => { refuse = ""; told(); },
		revoke: () => { refuse = "NotAllowedError"; end(); }, allow: () => { refuse = ""; },
	});
	const Real = window.Notification;
	window.notes = [];
	window.Notification = class extends Real {
		constructor(title, o) { super(title, o); this.entry = {title, body: o.body, tag: o.tag, open: true}; window.notes.push(this.entry); }
		close() { this.entry.open = false; super.close(); }
	};
	Object.defineProperty(window.Notification, "permission", {get: () => Real.permission});
	window.look = true;
	document.hasFocus = () => window.look;
	window.turn = (back) => { window.look = back; window.dispatchEvent(new Event(back ? "focus" : "blur")); };
})()`

// plugged opens a desk whose agent has chosen a microphone and a loudspeaker, and gives their ids.
func plugged(t *testing.T, h *house) (tab *browser.Tab, microphone, speaker string) {
	t.Helper()
	tab = browser.Start(t, browser.Options{}).Tab()
	h.tb.Cleanup(tab.Close)
	tab.Before(plugs)
	tab.Goto(h.url + "/desk?lang=en")
	tab.WaitText("[data-testid=stream]", "Live")
	var ids struct{ Microphone, Speaker string }
	tab.Eval(`(async () => {
		for (const t of (await navigator.mediaDevices.getUserMedia({audio: true})).getTracks()) t.stop();
		const all = await navigator.mediaDevices.enumerateDevices();
		const id = (kind, label) => all.find((d) => d.kind === kind && d.label === label)?.deviceId ?? "";
		const ids = {Microphone: id("audioinput", "Fake Audio Input 2"), Speaker: id("audiooutput", "Fake Audio Output 2")};
		localStorage.setItem("hotline.desk", JSON.stringify({microphone: ids.Microphone, speaker: ids.Speaker}));
		return ids;
	})()`, &ids)
	if ids.Microphone == "" || ids.Speaker == "" {
		t.Fatalf("the browser has no such devices: %+v", ids)
	}
	tab.Reload()
	tab.WaitText("[data-testid=stream]", "Live")
	return tab, ids.Microphone, ids.Speaker
}

// flows waits until the other end of the talk has heard more.
func flows(tab *browser.Tab) {
	tab.Run(`(async () => { const was = (await window.packets()).got; while ((await window.packets()).got < was + 30) await new Promise((r) => setTimeout(r, 50)); })()`)
}

const alert = "[data-testid=alert-trouble]"

// A headset is pulled out in a talk: the desk names it and what is used instead, and the sound goes on. Without any microphone the talk
// stays up, and the next headset is taken by itself.
func TestDevicesPulledOutInATalk(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab, microphone, speaker := plugged(t, h)
	inCall(t, h, tab, "call-1", nil)

	tab.Run(fmt.Sprintf(`pull(%q)`, microphone))
	tab.WaitText(alert, "The microphone “Fake Audio Input 2” is gone; “Fake Default Audio Input” is used instead.")
	flows(tab)
	tab.Run(fmt.Sprintf(`pullSpeaker(%q)`, speaker))
	tab.WaitText(alert, "The loudspeaker “Fake Audio Output 2” is gone; “Fake Default Audio Output” is used instead.")
	tab.Run(fmt.Sprintf(`push(%q)`, speaker))
	tab.WaitGone(alert)

	tab.Run(fmt.Sprintf(`push(%q)`, microphone)) // the chosen one is back: it is used again
	tab.Wait(`microphoneInUse() === "Fake Audio Input 2"`)

	tab.Run(`pullAll()`)
	tab.WaitText(alert, "The microphone “Fake Audio Input 2” is gone and the caller does not hear you")
	flows(tab) // silence, which tells the switch that this phone lives
	tab.WaitText("[data-testid=call-flag]", "Talking")
	tab.Run(`pushAny()`)
	tab.WaitGone(alert)
	flows(tab)
	tab.Wait(`microphoneInUse() === "Fake Audio Input 2"`)
}

// The permission for the microphone is taken away in a talk: the desk says what the caller hears and where to give it back; given back,
// it is used at once.
func TestPermissionTakenAwayInATalk(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab, _, _ := plugged(t, h)
	inCall(t, h, tab, "call-1", nil)
	tab.Run(`revoke()`)
	tab.Permit(h.url, "microphone", "denied")
	tab.WaitText(alert, "The browser has taken the microphone away and the caller does not hear you")
	flows(tab)
	tab.Run(`allow()`)
	tab.Permit(h.url, "microphone", "granted")
	tab.WaitGone(alert)
	flows(tab)
}

// A call is told on the desktop when the agent looks elsewhere, also when they turn away while it rings, once a call, and no longer than
// it rings.
func TestDesktopNotification(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.stand("ready", nil)
	tab, _, _ := plugged(t, h)
	type note struct {
		Title, Body, Tag string
		Open             bool
	}
	notes := func() (all []note) {
		t.Helper()
		tab.Eval(`window.notes`, &all)
		return all
	}
	tab.Permit(h.url, "notifications", "denied")
	tab.Run(`turn(false)`)
	h.offer("call-0", nil)
	tab.WaitVisible("[data-testid=pop]")
	if n := notes(); len(n) != 0 {
		t.Errorf("without permission: %+v", n)
	}
	h.withdraw(t, tab, "call-0")

	tab.Permit(h.url, "notifications", "granted")
	h.offer("call-1", nil)
	tab.Wait(`window.notes.length === 1 && window.notes[0].open`)
	if n := notes()[0]; n.Title != "Call: 13800138000" || n.Body != "王芳 · 华东一厂 · 江苏 · 苏州" || n.Tag != "call-1" {
		t.Errorf("it says %+v", n)
	}
	h.withdraw(t, tab, "call-1")
	tab.Wait(`!window.notes[0].open`)

	tab.Run(`turn(true)`)
	h.offer("call-2", nil)
	tab.WaitVisible("[data-testid=pop]")
	if n := notes(); len(n) != 1 {
		t.Errorf("who sees the pop is told again: %+v", n)
	}
	tab.Run(`turn(false)`)
	tab.Wait(`window.notes.length === 2 && window.notes[1].open`)
	tab.Run(`turn(true)`)
	tab.Wait(`!window.notes[1].open`)
}

// withdraw ends an offer: the caller has hung up.
func (h *house) withdraw(t *testing.T, tab *browser.Tab, call string) {
	t.Helper()
	h.send(push("withdrawn", call, map[string]any{"outcome": "abandoned", "at": h.now()}))
	h.stand("ready", nil)
	tab.WaitGone("[data-testid=pop]")
}

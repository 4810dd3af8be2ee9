package customer_test

import (
	"cmp"
	"os"
	"path/filepath"
	"testing"

	"hotline/records"
	"hotline/web/browser"
)

// sound checks a page as it stands: no fault, nothing that axe calls serious, nothing to scroll sideways. With HOTLINE_SHOTS its picture is
// kept.
func sound(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	tab.Wait(`document.getAnimations().every(a => a.playState !== "running")`)
	for _, v := range tab.Axe() {
		t.Errorf("%s: %s", name, v)
	}
	for _, fault := range tab.Faults() {
		t.Errorf("%s: %s", name, fault)
	}
	var wide bool
	tab.Eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
	if wide {
		t.Errorf("%s: wider than the screen", name)
	}
	tab.Screenshot(filepath.Join(cmp.Or(os.Getenv("HOTLINE_SHOTS"), t.TempDir()), name+".png"))
}

// TestOnAPhone walks through every purpose on a phone of 390 pixels, in both languages, light and dark.
func TestOnAPhone(t *testing.T) {
	h := newHouse(t)
	b := browser.Start(t, browser.Options{})
	phone := browser.Look{Width: 390, Height: 844, Still: true}

	_, address := h.link(records.NewLink{Purpose: records.LinkConsent, Step: "backup", Need: "permission", Uses: 1, Data: []byte(`{"text":"1、备份数据库 ERP83（约 12 GB）到贵方文件服务器；\n2、备份期间系统可以使用，速度略慢；\n3、备份后做一次恢复测试，约 20 分钟。"}`)})
	tab := b.Tab(phone)
	tab.Goto(address)
	sound(t, tab, "customer-open")
	tab.Expect("422")
	tab.Fill("#digits", "1111")
	tab.Click("[data-testid=go]")
	tab.WaitVisible("[data-testid=trouble]")
	sound(t, tab, "customer-wrong")
	tab.Fill("#digits", "8000")
	tab.Click("[data-testid=go]")
	tab.WaitVisible("[data-testid=consent]")
	sound(t, tab, "customer-consent")
	tab.Click("[data-testid=yes]")
	tab.WaitVisible("[data-testid=done]")
	sound(t, tab, "customer-done")
	tab.Reload()
	tab.WaitVisible("[data-testid=done]")
	if n := len(h.evidence("backup", "permission")); n != 1 {
		t.Errorf("%d consents", n)
	}

	stranger := b.Tab(browser.Look{Width: 390, Height: 844, Still: true, Lang: "en", Dark: true})
	stranger.Expect("403")
	stranger.Expect("410")
	stranger.Goto(address)
	stranger.WaitVisible("[data-testid=refused]")
	sound(t, stranger, "customer-refused-dark")

	for _, step := range []string{"backup", "diagnosis", "proposal", "check", "solved", "prevention"} {
		h.settle(step)
	}
	h.signing(t, b, phone)
	doc := h.document()
	stranger.Goto(h.base + "/verify/" + doc.Number + "?h=" + doc.Hash[:16])
	stranger.WaitVisible("[data-known=true]")
	sound(t, stranger, "customer-verify-dark")
}

// signing signs a document with a finger, then another with the keyboard alone.
func (h *house) signing(t *testing.T, b *browser.Browser, phone browser.Look) {
	doc := h.document()
	for _, way := range []string{"finger", "keyboard"} {
		l, address := h.link(records.NewLink{Purpose: records.LinkSign, Step: "work_order", Need: "signed", File: doc.File, Uses: 1})
		tab := b.Tab(phone)
		tab.Goto(address)
		tab.Fill("#digits", "8000")
		tab.Click("[data-testid=go]")
		tab.WaitVisible("[data-testid=pad]")
		tab.Wait(`document.readyState === "complete"`) // before its script runs, the server says what is missing
		tab.Click("[data-testid=submit]")
		tab.WaitText("#pad-state", "还没有签名")
		// The document opens in a page of its own; here its bytes are fetched as that page does.
		tab.Run(`fetch(document.querySelector("[data-testid=document]").href).then((r) => r.blob()).then(() => { document.body.dataset.read = "1"; })`)
		tab.Wait(`document.body.dataset.read === "1"`)
		if way == "finger" {
			// A finger takes its time: the pad thins out what comes faster than frames.
			tab.Run(`(() => {
				const c = document.getElementById("pad"), r = c.getBoundingClientRect();
				const send = (type, i, buttons) => c.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, isPrimary: true, pointerId: 7, pointerType: "touch",
					button: type === "pointermove" ? -1 : 0, buttons, pressure: 0.5, clientX: r.left + 40 + i * 8, clientY: r.top + 90 + 40 * Math.sin(i / 2.5) * Math.cos(i / 9) }));
				send("pointerdown", 0, 1);
				let i = 0;
				const move = () => { if (++i <= 30) { send("pointermove", i, 1); setTimeout(move, 20); } else send("pointerup", 30, 0); };
				move();
			})()`)
		} else {
			tab.Click("[data-testid=typed]")
		}
		tab.WaitText("#pad-state", "已签名")
		sound(t, tab, "customer-sign-"+way)
		before := len(h.evidence("work_order", "signed"))
		tab.Click("[data-testid=submit]")
		tab.WaitVisible("[data-testid=done]")
		said := h.evidence("work_order", "signed")
		if len(said) != before+1 {
			t.Fatalf("%s: %d signatures", way, len(said)-before)
		}
		if body := bodyOf(t, said[len(said)-1]); body.Shown != doc.SHA256 || body.Link != l.ID {
			t.Errorf("%s: bound to %+v", way, body)
		}
		sound(t, tab, "customer-signed-"+way)
	}
}

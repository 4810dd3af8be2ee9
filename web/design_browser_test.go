package web

import (
	"testing"

	"hotline/web/browser"
	"hotline/web/ui"
)

func inDevelopment(o *Options) {
	pages, err := ui.New(ui.Options{Dev: true, Company: "示例公司", Notice: func(string) string { return "演示：数据不保存" }})
	if err != nil {
		panic(err)
	}
	o.Pages = pages
}

func TestComponents(t *testing.T) {
	t.Parallel()
	newHouse(t).surfer(t).get("/design").shows(404)

	h := newHouse(t, inDevelopment)
	b := browser.Start(t, browser.Options{})
	for _, look := range []browser.Look{{Height: 1300}, {Dark: true, Height: 1300}, {Lang: "en", Dark: true}, {Lang: "en", Still: true}, {Width: 390, Height: 844}} {
		if look.Width == 0 {
			look.Width = 1366
		}
		if look.Height == 0 {
			look.Height = 768
		}
		tab := b.Tab(look)
		tab.Goto(h.server.URL + "/design")
		tab.WaitText("#live .ring-words", "·")
		words := map[string]string{"first": "第1声 · 2.1 秒", "second": "第2声 · 6.4 秒", "third": "第3声 · 12.9 秒", "over": "超出 4.3 秒", "caller": "第4声 · 19.3 秒", "japan": "第3声 · 7.0 秒", "five": "第4声 · 17.0 秒"}
		if look.Lang == "en" {
			words["second"], words["over"], words["caller"] = "ring 2 · 6.4 s", "4.3 s over", "ring 4 · 19.3 s"
		}
		for _, name := range []string{"second", "over", "caller"} {
			if got := tab.Text("[data-testid=ring-" + name + "] .ring-words"); got != words[name] {
				t.Errorf("ring bar %q says %q, want %q", name, got, words[name])
			}
		}
		var rings map[string]string
		tab.Eval(`Object.fromEntries([...document.querySelectorAll("[data-testid^=ring-]")].map((r) => [r.dataset.testid.slice(5), r.dataset.ring]))`, &rings)
		for name, want := range map[string]string{"first": "1", "second": "2", "third": "3", "over": "over", "caller": "over", "japan": "3", "five": "2"} {
			if rings[name] != want {
				t.Errorf("ring bar %q is in colour %q, want %q", name, rings[name], want)
			}
		}
		sound(t, tab, "components")
		if look.Lang == "" && look.Width > 1000 {
			name := "design"
			if look.Dark {
				name = "design-dark"
			}
			picture(t, tab, name)
		}
		tab.Click("#show-toast")
		tab.WaitVisible(".toast-trouble")
		tab.Click("#open-dialog")
		tab.WaitVisible("#dialog")
		sound(t, tab, "components with dialog and messages")
		tab.Key("\u001b")
		tab.WaitGone("#dialog")
		tab.Click(".toast-trouble [data-close]")
		tab.WaitGone(".toast-trouble")
	}
}

// A live bar follows the server's clock, whatever the device's says, passes from ring to ring and stops when it is frozen.
func TestRingBarPassesFromRingToRing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, inDevelopment)
	for name, look := range map[string]browser.Look{"moving": {Lang: "en"}, "still": {Lang: "en", Still: true}} {
		tab := browser.Start(t, browser.Options{}).Tab(look)
		tab.Goto(h.server.URL + "/design")
		tab.WaitVisible("#live .ring-words")
		// The server is an hour and a half ahead of this device.
		tab.Run(`(async () => {
			const assets = document.querySelector('link[rel=stylesheet]').href.replace(/[^/]*$/, "");
			const clock = await import(assets + "clock.js");
			clock.feed(Date.now() + 5400000, performance.now() - 2, performance.now());
			if (Math.abs(clock.offset() - 5400000) > 50) throw new Error("offset " + clock.offset());
			clock.feed(Date.now() + 9999999, performance.now() - 900, performance.now()); // a worse measurement is not taken
			if (Math.abs(clock.offset() - 5400000) > 50) throw new Error("offset " + clock.offset());
			window.seen = [];
			const live = document.querySelector("#live");
			live.dataset.cycleMs = "400";
			live.dataset.ring1 = new Date(clock.now()).toISOString();
			new MutationObserver(() => window.seen.at(-1) === live.dataset.ring || window.seen.push(live.dataset.ring)).observe(live, {attributeFilter: ["data-ring"]});
		})()`)
		tab.Wait(`document.querySelector("#live").dataset.ring === "over"`)
		var seen []string
		tab.Eval(`window.seen`, &seen)
		if len(seen) == 0 || seen[len(seen)-1] != "over" {
			t.Errorf("%s: the bar passed %v", name, seen)
		}
		var full bool
		tab.Eval(`[...document.querySelectorAll("#live .ring-segment i")].every((i) => i.style.getPropertyValue("--fill") === "1.000")`, &full)
		if !full {
			t.Errorf("%s: past the budget the bar is not full", name)
		}
		tab.Run(`document.querySelector("#live").dataset.frozenMs = "500"`)
		tab.WaitText("#live .ring-words", "ring 2 · 0.5 s")
		if faults := tab.Faults(); len(faults) > 0 {
			t.Errorf("%s: %q", name, faults)
		}
	}
}

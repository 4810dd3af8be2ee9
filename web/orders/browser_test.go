package orders

import (
	"flag"
	"path/filepath"
	"testing"
	"time"

	"hotline/records"
	"hotline/web/browser"
)

// shots names a directory in which pictures of every page are kept, for people to look at.
var shots = flag.String("shots", "", "keep pictures of the pages in this directory")

// sound checks a page as it stands: no fault, nothing that axe calls serious, nothing that has to be scrolled sideways.
func sound(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	for _, v := range tab.Axe() {
		t.Errorf("%s: %s", name, v)
	}
	for _, fault := range tab.Faults() {
		t.Errorf("%s: %s", name, fault)
	}
	var wide bool
	tab.Eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
	if wide {
		t.Errorf("%s has to be scrolled sideways", name)
	}
	if *shots != "" {
		tab.Screenshot(filepath.Join(*shots, name+".png"))
	}
}

// TestOrderInTheBrowser: an engineer works on an order as people do.
func TestOrderInTheBrowser(t *testing.T) {
	h := openHouse(t)
	o := h.order("c1", records.KindRemote)
	h.order("c2", records.KindOnsite)
	h.pass(3 * time.Minute)
	b := browser.Start(t, browser.Options{})
	tab := b.Tab()
	tab.Login(h.server.URL, "gao", password)
	tab.WaitVisible("[data-testid=order]")
	sound(t, tab, "orders")
	tab.Goto(h.server.URL + "/orders/" + o.Number)
	tab.WaitVisible(`[data-step=open_port] [data-testid=complete]:disabled`)
	sound(t, tab, "order-new")
	tab.Fill("#t-open_port-scope", "打印服务和财务报表")
	tab.Click(`[data-need=scope] [data-testid=give]`)
	tab.WaitText(`[data-need=scope] [data-testid=evidence]`, "打印服务和财务报表")
	h.give(o.ID, "open_port")
	h.give(o.ID, "login")
	h.give(o.ID, "backup")
	tab.Reload()
	tab.WaitVisible(`[data-step=service] [data-testid=complete]:disabled`)
	tab.Fill("#t-service-work", "重新安装打印驱动，三张报表打印正常。")
	tab.Click(`[data-need=work] [data-testid=give]`)
	tab.WaitEnabled(`[data-step=service] [data-testid=complete]`)
	tab.Click(`[data-step=service] [data-testid=complete]`)
	tab.WaitVisible(`[data-step=service][data-state=done]`)
	sound(t, tab, "order-running")
	for _, step := range []string{"solved", "prevention", "closing", "report"} {
		h.give(o.ID, step)
	}
	tab.Reload()
	tab.WaitEnabled("[data-testid=finish]")
	tab.Fill("#finish", "重新安装打印驱动，报表打印正常。")
	tab.Click("[data-testid=finish]")
	tab.WaitText("[data-testid=state]", "已完成")
	sound(t, tab, "order-done")
	tab.Close()
	for name, look := range map[string]browser.Look{"desk": {}, "phone": {Width: 390, Height: 844}, "dark-en": {Lang: "en", Dark: true}} {
		tab := b.Tab(look)
		tab.Login(h.server.URL, "sue", password)
		tab.Goto(h.server.URL + "/orders/" + o.Number)
		tab.WaitVisible("[data-testid=rules]")
		sound(t, tab, "order-"+name)
		tab.Goto(h.server.URL + "/orders?ended=1")
		tab.WaitVisible("[data-testid=order]")
		sound(t, tab, "orders-"+name)
		tab.Goto(h.server.URL + "/orders?q=" + o.Number[:3] + "&lang=" + map[bool]string{true: "en", false: "zh-Hans"}[look.Lang == "en"])
		if look.Width == 390 { // what is found comes first; the other conditions are folded away, until one of them is set
			tab.Wait(`document.querySelector("#list").getBoundingClientRect().top < 520 && !document.querySelector("#kind").checkVisibility()`)
			tab.Click("[data-testid=filters-more]")
			tab.WaitVisible("#kind")
			sound(t, tab, "orders-filters")
			tab.Goto(h.server.URL + "/orders?ended=1&kind=" + records.KindRemote)
		}
		tab.WaitVisible("#kind")
		tab.Goto(h.server.URL + "/cases/" + o.Case)
		tab.WaitVisible("[data-testid=timeline]")
		sound(t, tab, "case-"+name)
		tab.Goto(h.server.URL + "/quality")
		tab.WaitVisible("[data-testid=rule]")
		sound(t, tab, "quality-"+name)
		tab.Close()
	}
}

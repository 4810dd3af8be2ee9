package orders

import (
	"testing"

	"hotline/records"
	"hotline/web/browser"
)

// TestPagesAreLive: what others do is seen without loading a page again, and takes nothing away from who is typing.
func TestPagesAreLive(t *testing.T) {
	h := openHouse(t)
	o := h.order("c1", records.KindRemote)
	b := browser.Start(t, browser.Options{})
	list, life, page := b.Tab(), b.Tab(), b.Tab()
	list.Login(h.server.URL, "sue", password)
	list.Goto(h.server.URL + "/orders")
	list.WaitVisible("[data-testid=order]")
	life.Login(h.server.URL, "sue", password)
	life.Goto(h.server.URL + "/cases/" + o.Case)
	page.Login(h.server.URL, "gao", password)
	page.Goto(h.server.URL + "/orders/" + o.Number)
	page.WaitVisible("[data-step=open_port] #t-open_port-scope")

	page.Fill("#t-open_port-scope", "打印服务和")
	second := h.order("c2", records.KindOnsite)
	list.WaitText("#list", second.Number)
	if _, err := h.store.AddNote(t.Context(), o.Case, "anna", "客户说下午三点方便。"); err != nil {
		t.Fatal(err)
	}
	life.WaitText("#live-life", "下午三点方便")

	h.give(o.ID, "open_port")
	list.WaitText("#list", "进行中")
	page.WaitVisible("[data-step=login] summary")
	page.WaitText("[data-step=login]", "待办") // the other steps go on
	page.WaitVisible("#waits")
	var typed struct {
		Value string
		There bool
	}
	page.Eval(`(() => { const e = document.querySelector("#t-open_port-scope"); return {Value: e.value, There: document.activeElement === e}; })()`, &typed)
	if typed.Value != "打印服务和" || !typed.There {
		t.Errorf("what was being typed is now %+v", typed)
	}
	page.Fill("#t-open_port-scope", "")
	page.Run(`document.activeElement.blur()`)
	page.WaitVisible("[data-step=open_port][data-state=done]")
	page.WaitGone("#waits")
	sound(t, page, "order-live")

	h.cut.Store(true)
	h.server.CloseClientConnections()
	for _, tab := range []*browser.Tab{list, life, page} {
		tab.Expect("ERR_") // the line is cut
		tab.Expect("Failed to fetch")
		tab.WaitVisible("#stale")
	}
	h.give(o.ID, "login")
	h.cut.Store(false)
	page.WaitGone("#stale")
	page.WaitVisible("[data-step=login][data-state=done]") // and what was missed meanwhile
	list.WaitGone("#stale")
	life.WaitGone("#stale")
}

package customers_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"hotline/records"
	"hotline/web/browser"
	"hotline/web/browser/site"
)

// TestACustomerIsKeptRight: found while typing, opened, a number added that somebody else has, a colleague's change met, all by keyboard
// where people would; every page is sound in both languages, on a desk and on a phone.
func TestACustomerIsKeptRight(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 40 {
		site.Get[records.Customer](t)(h.Store.AddCustomer(t.Context(), records.Customer{Name: fmt.Sprintf("示例客户 %02d", i), Region: "广东", Code: fmt.Sprintf("HN-%04d", i)}))
	}
	site.Get[records.Order](t)(h.Store.OpenOrder(t.Context(), records.Actor{Login: "chen"}, records.OpenOrder{
		Procedure: "onsite", CustomerID: h.works.ID, ContactID: h.wang.ID, Contact: "王芳", Number: "13800138000", Subject: "上门检查打印服务器", Engineer: "gao",
	}))
	site.Get[records.Contact](t)(h.Store.AddContact(t.Context(), records.Contact{Name: "赵无主", Numbers: []records.Number{{Number: "13900139000"}}}))
	b := browser.Start(t, browser.Options{})
	tab := h.Tab(b, "chen", browser.Look{})
	tab.Goto(h.Base + "/customers")
	tab.WaitText("[data-testid=older]", "更早的")
	tab.WaitText("[data-testid=loose]", "赵无主")
	site.Sound(t, tab, "customers-list")
	tab.Run(`document.querySelector("#list").style.minHeight = "1px"`) // what a script styled is exchanged without breaking the policy
	tab.Fill("#q", "王芳")
	tab.WaitGone("[data-testid=older]")
	tab.WaitText("[data-testid=customer]", "华东一厂")
	site.Sound(t, tab, "customers-found")
	tab.Fill("#q", "没有这家")
	tab.WaitText("[data-testid=empty]", "没有找到")
	site.Sound(t, tab, "customers-none")

	tab.Goto(h.Base + h.at())
	tab.WaitText("[data-testid=cases]", "报表打不开")
	tab.WaitText("[data-testid=orders]", "上门检查打印服务器")
	site.Sound(t, tab, "customer")
	tab.Goto(h.Base + h.contact(h.wang))
	tab.Fill("#number-1", "0512-65521234")
	tab.Fill("#email", "wang.fang")
	tab.Expect("422")
	tab.Key(kb.Enter)
	tab.WaitText("#number-1-fault", "此号码已登记给华东一厂的孙丽")
	tab.Wait(`document.activeElement.id === "number-1"`)
	site.Sound(t, tab, "contact-fault")
	tab.Fill("#email", "wang.fang@example.com")
	tab.Click("[data-testid=share]")
	tab.Click("[data-testid=save]")
	tab.WaitText("[data-testid=saved]", "联系人已保存")
	site.Sound(t, tab, "contact-saved")

	// Somebody else is quicker.
	tab.Click("[data-testid=edit]")
	tab.WaitVisible("[data-testid=customer-form]")
	site.Sound(t, tab, "customer-edit")
	quick := h.works
	quick.Region, quick.Address = "浙江", "杭州市滨江区江南大道 3888 号"
	site.Get[records.Customer](t)(h.Store.UpdateCustomer(records.By(t.Context(), "deng"), quick))
	tab.Fill("#region", "上海")
	tab.Expect("409")
	tab.Key(kb.Enter)
	tab.WaitText("[data-testid=changed]", "邓伟 改过这些资料")
	tab.WaitText("#region-theirs", "浙江")
	tab.WaitText("#address-taken", "星湖街 1 号")
	site.Sound(t, tab, "customer-conflict")
	tab.Key(kb.Enter)
	tab.WaitText("[data-testid=saved]", "客户资料已保存")

	// Markup in a name does nothing, and a phone in the other language shows the same.
	site.Get[records.Contact](t)(h.Store.AddContact(t.Context(), records.Contact{CustomerID: h.works.ID, Name: `<img src=x onerror="document.title='bad'">`}))
	phone := h.Tab(b, "li", browser.Look{Width: 390, Height: 844, Lang: "en-GB"})
	phone.Goto(h.Base + "/customers?q=" + "%E5%8D%8E%E4%B8%9C")
	phone.WaitText("[data-testid=customer]", "华东一厂")
	site.Sound(t, phone, "customers-phone")
	phone.Goto(h.Base + h.at())
	phone.WaitText("[data-testid=contact]", "onerror")
	site.Sound(t, phone, "customer-phone")
	phone.Goto(h.Base + h.contact(h.wang))
	phone.WaitVisible("[data-testid=contact-form]")
	site.Sound(t, phone, "contact-phone")
	dark := h.Tab(b, "chen", browser.Look{Width: 390, Height: 844, Lang: "en-GB", Dark: true})
	dark.Goto(h.Base + h.at() + "/edit")
	dark.WaitVisible("[data-testid=customer-form]")
	site.Sound(t, dark, "customer-edit-phone-dark")
	other := h.Tab(b, "zhao", browser.Look{Lang: "en-GB"})
	other.Goto(h.Base + h.at())
	other.WaitText("main", "****8000")
	other.WaitGone("[data-testid=edit-contact]")
	site.Sound(t, other, "customer-masked")
}

// TestACustomerIsEnteredByHand: what was looked for in vain stands in the form; who may be meant shows while it is filled in, before
// anything is saved.
func TestACustomerIsEnteredByHand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := browser.Start(t, browser.Options{})
	tab := h.Tab(b, "deng", browser.Look{})
	tab.Goto(h.Base + "/customers?q=" + url.QueryEscape("华南电子"))
	tab.Click("[data-testid=new-found]")
	tab.WaitVisible("[data-testid=new-form]")
	tab.Wait(`document.querySelector("#name").value === "华南电子"`)
	site.Sound(t, tab, "customer-new")
	tab.Fill("#person", "周涛")
	tab.Fill("#number-0", "138 0013 8000")
	tab.Click("#region")
	tab.WaitText("[data-testid=alike]", "王芳 的号码")
	site.Sound(t, tab, "customer-new-alike")
	tab.Expect("422")
	tab.Click("[data-testid=save]")
	tab.WaitText("[data-testid=held]", "还没有保存")
	tab.Wait(`document.activeElement.name === "none"`)
	site.Sound(t, tab, "customer-new-held")
	tab.Fill("#number-0", "139 0013 9000")
	tab.Click("#region")
	tab.WaitGone("[data-testid=alike]")
	tab.Click("[data-testid=save]")
	tab.WaitText("[data-testid=saved]", "客户已建立")
	site.Sound(t, tab, "customer-new-saved")

	phone := h.Tab(b, "chen", browser.Look{Width: 390, Height: 844, Lang: "en-GB"})
	phone.Goto(h.Base + "/customers/new?q=" + url.QueryEscape("东一"))
	phone.WaitText("[data-testid=alike]", "Its name is alike")
	site.Sound(t, phone, "customer-new-phone")
	desk := h.Tab(b, "chen", browser.Look{Lang: "en-GB", Dark: true})
	desk.Goto(h.Base + "/customers/new?q=13800138000")
	desk.WaitText("[data-testid=alike]", "is the number of its contact 王芳")
	site.Sound(t, desk, "customer-new-dark")
}

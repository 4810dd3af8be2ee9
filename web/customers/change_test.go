package customers_test

import (
	"net/http"
	"strings"
	"testing"

	"hotline/records"
	"hotline/web/browser/site"
)

// TestTwoPeopleChangeACustomer: who comes second sees both values, loses nothing, and decides.
func TestTwoPeopleChangeACustomer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	status, _ := h.Ask(http.MethodPost, h.at(), "deng", customerForm(h.works, "region", "浙江", "address", "杭州市滨江区 3 号"))
	site.Equal(t, "first", status, http.StatusSeeOther)
	status, page := h.Ask(http.MethodPost, h.at(), "chen", customerForm(h.works, "region", "上海", "notes", "第一行\r\n第二行"))
	site.Equal(t, "second", status, http.StatusConflict)
	holds(t, "the form", page, "邓伟", `value="上海"`, "浙江", `value="杭州市滨江区 3 号"`, "苏州市工业园区星湖街 1 号", "第一行\n第二行", `name="version" value="2"`)
	if c := site.Get[records.Customer](t)(h.Store.Customer(t.Context(), h.works.ID)); c.Region != "浙江" || c.Notes != "" {
		t.Errorf("the second change came through: %+v", c)
	}
	now := site.Get[records.Customer](t)(h.Store.Customer(t.Context(), h.works.ID))
	status, _ = h.Ask(http.MethodPost, h.at(), "chen", customerForm(now, "version", "2", "region", "上海", "notes", "第一行\r\n第二行"))
	site.Equal(t, "again", status, http.StatusSeeOther)
	c := site.Get[records.Customer](t)(h.Store.Customer(t.Context(), h.works.ID))
	site.Equal(t, "kept", strings.Join([]string{c.Region, c.Address, c.Notes}, ", "), "上海, 杭州市滨江区 3 号, 第一行\n第二行")
	log := site.Get[records.Page[records.AuditEntry]](t)(h.Store.AuditLog(t.Context(), records.AuditFilter{Object: c.ID, Action: "customer.change"}))
	site.Equal(t, "entries", len(log.Items), 2)
	site.Equal(t, "who", log.Items[0].By, "chen")
	site.Equal(t, "what", log.Items[0].Data, "region: 浙江 → 上海; notes")
}

// TestTwoPeopleChangeAContact: numbers are one thing; whoever did not touch them gets the others'.
func TestTwoPeopleChangeAContact(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	at := h.contact(h.wang)
	status, _ := h.Ask(http.MethodPost, at, "li", contactForm("number", "13800138000|021 6552 1234", "label", "手机|办公室"))
	site.Equal(t, "first", status, http.StatusSeeOther)
	status, page := h.Ask(http.MethodPost, at, "chen", contactForm("name", "王方"))
	site.Equal(t, "another field", status, http.StatusConflict)
	holds(t, "another field", page, "李强", `value="王方"`, `value="+862165521234"`, `data-testid="taken"`)
	lacks(t, "another field", page, `data-testid="theirs"`)
	status, page = h.Ask(http.MethodPost, at, "chen", contactForm("number", "13900139000", "label", ""))
	site.Equal(t, "the same field", status, http.StatusConflict)
	holds(t, "the same field", page, `value="13900139000"`, "+862165521234 办公室", `data-testid="theirs"`)
	k := site.Get[records.Contact](t)(h.Store.Contact(t.Context(), h.wang.ID))
	site.Equal(t, "numbers", len(k.Numbers), 2)
	site.Equal(t, "name", k.Name, "王芳")
}

// TestAContactIsMended: name, numbers, language, mail; the numbers of others are told by whose they are, and may be shared.
func TestAContactIsMended(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	at := h.contact(h.wang)
	for name, test := range map[string]struct {
		change []string
		says   []string
	}{
		"no name":           {[]string{"name", " "}, []string{"请填写姓名", `id="name-fault"`}},
		"no number":         {[]string{"number", "13800138000|12ab"}, []string{"这不是电话号码", `id="number-1-fault"`, `value="12ab"`}},
		"extension":         {[]string{"number", "8023"}, []string{"分机写在备注里"}},
		"no mail":           {[]string{"email", "王芳 <wangfang@example.com>"}, []string{"这不是电子邮件地址"}},
		"somebody else's":   {[]string{"number", "13800138000|0512-65521234"}, []string{"此号码已登记给华东一厂的孙丽", `name="shared" value="+8651265521234"`}},
		"too long":          {[]string{"notes", strings.Repeat("长", 10001)}, []string{"内容太长", `id="notes-fault"`}},
		"no such customer":  {[]string{"customer", "没有这家"}, []string{"没有这个名称的客户"}},
		"several at a time": {[]string{"name", "", "email", "x", "number", "x"}, []string{`id="name-fault"`, `id="email-fault"`, `id="number-0-fault"`}},
	} {
		status, page := h.Ask(http.MethodPost, at, "chen", contactForm(test.change...))
		site.Equal(t, name, status, http.StatusUnprocessableEntity)
		holds(t, name, page, test.says...)
	}
	k := site.Get[records.Contact](t)(h.Store.Contact(t.Context(), h.wang.ID))
	site.Equal(t, "untouched", k.Version, 1)

	status, _ := h.Ask(http.MethodPost, at, "chen", contactForm("name", "王方", "language", "en", "number", "13800138000|0512-65521234", "label", "手机|总机", "shared", "+8651265521234"))
	site.Equal(t, "mended", status, http.StatusSeeOther)
	k = site.Get[records.Contact](t)(h.Store.Contact(t.Context(), h.wang.ID))
	if k.Name != "王方" || k.Language != "en" || len(k.Numbers) != 2 || k.Numbers[1] != (records.Number{Number: "+8651265521234", Label: "总机"}) || k.CustomerID != h.works.ID {
		t.Errorf("mended: %+v", k)
	}
	log := site.Get[records.Page[records.AuditEntry]](t)(h.Store.AuditLog(t.Context(), records.AuditFilter{Object: k.ID, Action: "contact.change"}))
	site.Equal(t, "entries", len(log.Items), 1)
	holds(t, "the log", log.Items[0].By+log.Items[0].Data, "chen", "name: 王** → 王**", "language: – → en", "****1234")
	lacks(t, "the log", log.Items[0].Data, "王方", "13800138000", "65521234")
}

// TestAContactChangesCompanies, leaves, and comes back; an agent cannot send them anywhere.
func TestAContactChangesCompanies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	other := site.Get[records.Customer](t)(h.Store.AddCustomer(t.Context(), records.Customer{Name: "华北电力"}))
	whose := func() string {
		return site.Get[records.Contact](t)(h.Store.Contact(t.Context(), h.wang.ID)).CustomerID
	}
	h.Ask(http.MethodPost, h.contact(h.wang), "li", contactForm("customer", "华北电力"))
	site.Equal(t, "an agent's form", whose(), h.works.ID)
	status, _ := h.Ask(http.MethodPost, h.contact(h.wang), "deng", contactForm("version", "2", "customer", "华北电力"))
	site.Equal(t, "to another", status, http.StatusSeeOther)
	site.Equal(t, "to another", whose(), other.ID)
	status, _ = h.Ask(http.MethodPost, h.contact(h.wang), "deng", contactForm("version", "3", "customer", ""))
	site.Equal(t, "to none", status, http.StatusSeeOther)
	site.Equal(t, "to none", whose(), "")
	_, page := h.Ask(http.MethodGet, "/customers", "deng", nil)
	holds(t, "the list", page, `href="/customers/-/contacts/`+h.wang.ID+`"`)
	status, _ = h.Ask(http.MethodGet, "/customers/-/contacts/"+h.wang.ID, "deng", nil)
	site.Equal(t, "the form of somebody without customer", status, http.StatusOK)
	status, _ = h.Ask(http.MethodGet, "/customers/-/contacts/"+h.wang.ID, "zhao", nil)
	site.Equal(t, "the form for an agent without their case", status, http.StatusForbidden)
	status, _ = h.Ask(http.MethodPost, "/customers/-/contacts/"+h.wang.ID, "deng", contactForm("version", "4", "was.customer", "", "customer", "华东一厂"))
	site.Equal(t, "back", status, http.StatusSeeOther)
	site.Equal(t, "back", whose(), h.works.ID)
}

// TestAContactIsAdded, by whoever may, and recognised by their number from then on.
func TestAContactIsAdded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	status, page := h.Ask(http.MethodPost, h.at()+"/contacts", "li", contactForm("name", "周涛"))
	site.Equal(t, "with a number that is known", status, http.StatusUnprocessableEntity)
	holds(t, "with a number that is known", page, "华东一厂的王芳", `value="周涛"`)
	status, _ = h.Ask(http.MethodPost, h.at()+"/contacts", "li", contactForm("name", "周涛", "number", "139 0013 9000", "email", ""))
	site.Equal(t, "added", status, http.StatusSeeOther)
	who := site.Get[records.Recognition](t)(h.Store.Recognise(t.Context(), "13900139000"))
	if len(who.Contacts) != 1 || who.Contacts[0].Name != "周涛" || who.Contacts[0].CustomerID != h.works.ID {
		t.Errorf("recognised: %+v", who)
	}
	log := site.Get[records.Page[records.AuditEntry]](t)(h.Store.AuditLog(t.Context(), records.AuditFilter{Action: "contact.add", By: "li"}))
	site.Equal(t, "entries", len(log.Items), 1)
}

// TestFieldsOfACustomer are refused at the field, in words.
func TestFieldsOfACustomer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, test := range map[string]struct{ field, value, says string }{
		"no name":      {"name", "", "请填写"},
		"no number":    {"priority", "hoch", "0 到 99"},
		"out of range": {"priority", "100", "0 到 99"},
		"too long":     {"region", strings.Repeat("长", 201), "内容太长"},
	} {
		status, page := h.Ask(http.MethodPost, h.at(), "chen", customerForm(h.works, test.field, test.value))
		site.Equal(t, name, status, http.StatusUnprocessableEntity)
		holds(t, name, page, `id="`+test.field+`-fault"`, test.says, `value="`+test.value+`"`)
	}
}

// TestWhatCustomersAreCalledIsText: names and notes that are markup stay text on every page.
func TestWhatCustomersAreCalledIsText(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	c := site.Get[records.Customer](t)(h.Store.AddCustomer(t.Context(), records.Customer{Name: evil, Region: evil, Address: evil, ServiceCentre: evil, Agreement: evil, Notes: evil}))
	k := site.Get[records.Contact](t)(h.Store.AddContact(t.Context(), records.Contact{
		CustomerID: c.ID, Name: evil, Email: evil, Notes: evil, Numbers: []records.Number{{Number: "13700137000", Label: evil}},
	}))
	site.Get[records.Contact](t)(h.Store.AddContact(t.Context(), records.Contact{Name: evil}))
	at := "/customers/" + c.ID
	for _, path := range []string{"/customers", at, at + "/edit", at + "/contacts/new", at + "/contacts/" + k.ID} {
		status, page := h.Ask(http.MethodGet, path, "chen", nil)
		site.Equal(t, path, status, http.StatusOK)
		holds(t, path, page, "alert(1)")
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") {
			t.Errorf("%s lets markup through", path)
		}
	}
	for path, form := range map[string]map[string][]string{
		at: customerForm(c, "version", "9", "region", evil), at + "/contacts/" + k.ID: contactForm("version", "9", "customer", evil, "number", "13700137000", "label", evil),
	} {
		status, page := h.Ask(http.MethodPost, path, "chen", form)
		site.Equal(t, path, status, http.StatusConflict)
		if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img src=x") {
			t.Errorf("%s lets markup through", path)
		}
	}
}

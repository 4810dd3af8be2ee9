package customers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hotline/records"
	"hotline/web/browser/site"
)

// newForm is the form of a new customer as it is filled in, with changes.
func newForm(change ...string) url.Values {
	return changed(url.Values{
		"name": {"华南电子"}, "kind": {"organisation"}, "person": {"周涛"}, "number": {"139 0013 9000", ""}, "label": {"手机", ""},
		"region": {"广东"}, "service_centre": {"east"}, "address": {"深圳市南山区科技路 8 号"},
	}, change)
}

// TestACustomerIsEntered with the first of its people, who is recognised from then on; the log says by whom.
func TestACustomerIsEntered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, page := h.Ask(http.MethodGet, "/customers", "deng", nil)
	holds(t, "the list", page, `href="/customers/new"`)
	_, page = h.Ask(http.MethodGet, "/customers?q=没有这家", "chen", nil)
	holds(t, "nothing found", page, `href="/customers/new?q=`)
	_, page = h.Ask(http.MethodGet, "/customers/new?q=没有这家", "chen", nil)
	holds(t, "the form", page, `name="name" value="没有这家"`)
	status, _ := h.Ask(http.MethodPost, "/customers", "deng", newForm())
	site.Equal(t, "entered", status, http.StatusSeeOther)
	who := site.Get[records.Recognition](t)(h.Store.Recognise(t.Context(), "13900139000"))
	if len(who.Contacts) != 1 || who.Contacts[0].Name != "周涛" || who.Contacts[0].Numbers[0].Label != "手机" {
		t.Fatalf("recognised: %+v", who)
	}
	c := site.Get[records.Customer](t)(h.Store.Customer(t.Context(), who.Contacts[0].CustomerID))
	site.Equal(t, "kept", strings.Join([]string{c.Kind, c.Name, c.Region, c.ServiceCentre, c.Address}, ", "), "organisation, 华南电子, 广东, east, 深圳市南山区科技路 8 号")
	_, page = h.Ask(http.MethodGet, "/customers/"+c.ID+"?saved=new", "deng", nil)
	holds(t, "the customer's page", page, "客户已建立", "华南电子", "单位")
	log := site.Get[records.Page[records.AuditEntry]](t)(h.Store.AuditLog(t.Context(), records.AuditFilter{By: "deng"}))
	var actions []string
	for _, e := range log.Items {
		actions = append(actions, e.Action+" "+e.Object)
	}
	site.Equal(t, "the log", strings.Join(actions, ", "), "contact.add "+who.Contacts[0].ID+", customer.add "+c.ID)
	lacks(t, "the log", log.Items[0].Data+log.Items[1].Data, "华南电子", "13900139000", "科技路")
}

// TestACustomerThatIsKnownIsNotEnteredTwice: whoever has the number or the name is shown first, and only who says that it is none of
// those shown enters a new one.
func TestACustomerThatIsKnownIsNotEnteredTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	count := func() int {
		return len(site.Get[[]records.Customer](t)(h.Store.Customers(t.Context(), "", 100)))
	}
	loose := site.Get[records.Contact](t)(h.Store.AddContact(t.Context(), records.Contact{Name: "赵无主", Numbers: []records.Number{{Number: "13700137000"}}}))
	for name, test := range map[string]struct {
		change []string
		says   []string
	}{
		"a number":        {[]string{"number", "13900139000|138 0013 8000", "label", "|"}, []string{`href="` + h.at() + `"`, "+8613800138000 是其联系人 王芳 的号码"}},
		"two numbers":     {[]string{"number", "13800138000|0512-65521234", "label", "|"}, []string{"王芳 的号码", "孙丽 的号码"}},
		"no customer's":   {[]string{"number", "13700137000", "label", ""}, []string{`href="/customers/-/contacts/` + loose.ID + `"`, "尚未归属客户"}},
		"the same name":   {[]string{"name", "华东一厂"}, []string{"名称相同"}},
		"a part of it":    {[]string{"name", "一厂"}, []string{"名称相近"}},
		"others were not": {[]string{"name", "一厂", "none", "1", "shown", "somebody"}, []string{"名称相近"}},
	} {
		status, page := h.Ask(http.MethodPost, "/customers", "chen", newForm(test.change...))
		site.Equal(t, name, status, http.StatusUnprocessableEntity)
		holds(t, name, page, append(test.says, "可能已有此客户", `value="周涛"`, `value="深圳市南山区科技路 8 号"`)...)
		status, page = h.Ask(http.MethodPost, "/customers/new/alike", "chen", newForm(test.change...))
		site.Equal(t, name+", while typing", status, http.StatusOK)
		holds(t, name+", while typing", page, test.says...)
	}
	site.Equal(t, "customers", count(), 1)
	status, page := h.Ask(http.MethodPost, "/customers/new/alike", "chen", newForm())
	site.Equal(t, "nobody is alike", status, http.StatusOK)
	lacks(t, "nobody is alike", page, "可能已有此客户")
	status, _ = h.Ask(http.MethodPost, "/customers", "chen", newForm("name", "一厂", "none", "1", "shown", h.works.ID))
	site.Equal(t, "said to be another", status, http.StatusSeeOther)
	site.Equal(t, "customers", count(), 2)
}

// TestAPersonIsTheirOwnContact; an organisation may come without one.
func TestAPersonIsTheirOwnContact(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	status, _ := h.Ask(http.MethodPost, "/customers", "chen", newForm("name", "吴小明", "kind", "person", "person", ""))
	site.Equal(t, "a person", status, http.StatusSeeOther)
	who := site.Get[records.Recognition](t)(h.Store.Recognise(t.Context(), "13900139000"))
	if len(who.Contacts) != 1 || who.Contacts[0].Name != "吴小明" || who.Contacts[0].CustomerName != "吴小明" {
		t.Errorf("recognised: %+v", who)
	}
	status, _ = h.Ask(http.MethodPost, "/customers", "chen", newForm("person", "", "number", "", "label", ""))
	site.Equal(t, "an organisation alone", status, http.StatusSeeOther)
	all := site.Get[[]records.Customer](t)(h.Store.Customers(t.Context(), "华南电子", 10))
	site.Equal(t, "an organisation alone", len(all), 1)
	site.Equal(t, "its contacts", len(site.Get[[]records.Contact](t)(h.Store.Contacts(t.Context(), all[0].ID))), 0)
	c := site.Get[records.Customer](t)(h.Store.Customer(t.Context(), who.Contacts[0].CustomerID))
	status, _ = h.Ask(http.MethodPost, "/customers/"+c.ID, "chen", customerForm(c, "priority", "0", "kind", "organisation"))
	site.Equal(t, "changed", status, http.StatusSeeOther)
	site.Equal(t, "changed", site.Get[records.Customer](t)(h.Store.Customer(t.Context(), c.ID)).Kind, records.CustomerOrganisation)
}

// TestFieldsOfANewCustomer are refused at the field, in words, and nothing that was typed is lost.
func TestFieldsOfANewCustomer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, test := range map[string]struct {
		change []string
		says   []string
	}{
		"no name":         {[]string{"name", ""}, []string{`id="name-fault"`, "请填写"}},
		"no number":       {[]string{"number", "12ab"}, []string{`id="number-0-fault"`, `value="12ab"`}},
		"whose number":    {[]string{"person", ""}, []string{`id="person-fault"`, "由谁接听"}},
		"too long":        {[]string{"region", strings.Repeat("长", 201)}, []string{`id="region-fault"`, "内容太长"}},
		"too long a name": {[]string{"person", strings.Repeat("长", 201)}, []string{`id="person-fault"`, "内容太长"}},
		"markup":          {[]string{"name", "", "person", `"><script>alert(1)</script>`}, []string{`alert(1)`}},
	} {
		status, page := h.Ask(http.MethodPost, "/customers", "chen", newForm(test.change...))
		site.Equal(t, name, status, http.StatusUnprocessableEntity)
		holds(t, name, page, append(test.says, `value="手机"`)...)
		if strings.Contains(page, "<script>alert") {
			t.Errorf("%s: markup comes through", name)
		}
	}
	site.Equal(t, "customers", len(site.Get[[]records.Customer](t)(h.Store.Customers(t.Context(), "", 100))), 1)
}

// TestWhoEntersCustomers: who edits them.
func TestWhoEntersCustomers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, login := range []string{"li", "gao", "root"} {
		for _, ask := range []struct{ method, path string }{{http.MethodGet, "/customers/new"}, {http.MethodPost, "/customers"}, {http.MethodPost, "/customers/new/alike"}} {
			status, _ := h.Ask(ask.method, ask.path, login, newForm())
			site.Equal(t, login+" "+ask.method+" "+ask.path, status, http.StatusForbidden)
		}
	}
	_, page := h.Ask(http.MethodGet, "/customers", "li", nil)
	lacks(t, "an agent's list", page, "/customers/new")
}

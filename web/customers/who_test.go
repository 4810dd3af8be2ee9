package customers_test

import (
	"net/http"
	"testing"

	"hotline/records"
	"hotline/web/browser/site"
)

// TestWhoMay: managers and dispatchers keep all data, agents look, and keep the contacts of customers whose open case is theirs; engineers and
// administrators have no business here.
func TestWhoMay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const get, post = http.MethodGet, http.MethodPost
	for _, test := range []struct {
		method, path string
		want         map[string]int
	}{
		{get, "/customers", map[string]int{"": 303, "chen": 200, "deng": 200, "li": 200, "zhao": 200, "gao": 403, "root": 403}},
		{get, h.at(), map[string]int{"": 303, "chen": 200, "deng": 200, "li": 200, "zhao": 200, "gao": 403, "root": 403}},
		{get, h.at() + "/edit", map[string]int{"": 303, "chen": 200, "deng": 200, "li": 403, "zhao": 403, "gao": 403, "root": 403}},
		{post, h.at(), map[string]int{"": 303, "chen": 422, "deng": 422, "li": 403, "zhao": 403, "gao": 403, "root": 403}},
		{get, h.at() + "/contacts/new", map[string]int{"": 303, "chen": 200, "deng": 200, "li": 200, "zhao": 403, "gao": 403, "root": 403}},
		{post, h.at() + "/contacts", map[string]int{"": 303, "chen": 422, "deng": 422, "li": 422, "zhao": 403, "gao": 403, "root": 403}},
		{get, h.contact(h.wang), map[string]int{"": 303, "chen": 200, "deng": 200, "li": 200, "zhao": 403, "gao": 403, "root": 403}},
		{post, h.contact(h.wang), map[string]int{"": 303, "chen": 422, "deng": 422, "li": 422, "zhao": 403, "gao": 403, "root": 403}},
		{get, "/customers/nothing", map[string]int{"chen": 404, "li": 404}},
		{get, "/customers/nothing/contacts/new", map[string]int{"chen": 404, "li": 404}},
		{get, h.at() + "/contacts/nothing", map[string]int{"chen": 404, "li": 404}},
		{get, "/customers?cursor=x", map[string]int{"chen": 422}},
	} {
		for login, want := range test.want {
			if status, _ := h.Ask(test.method, test.path, login, nil); status != want {
				t.Errorf("%s %s as %q: %d, want %d", test.method, test.path, login, status, want)
			}
		}
	}
}

// TestNumbersAreCutForOthers: who does not keep a contact's data sees them in part.
func TestNumbersAreCutForOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	whole := []string{"+8613800138000", "wangfang@example.com", "星湖街 1 号"}
	for _, login := range []string{"chen", "deng", "li"} {
		_, page := h.Ask(http.MethodGet, h.at(), login, nil)
		holds(t, "the page of "+login, page, whole...)
	}
	_, page := h.Ask(http.MethodGet, h.at(), "zhao", nil)
	lacks(t, "the page of somebody else's customer", page, whole...)
	holds(t, "the page of somebody else's customer", page, "****8000", "w**@example.com", "王芳", h.number)

	// The right ends with the case.
	site.Get[records.Case](t)(h.Store.OverrideOwner(records.By(t.Context(), "chen"), records.OwnerOverride{Case: h.number, To: "zhao", By: "chen", Reason: "休假"}))
	if status, _ := h.Ask(http.MethodGet, h.contact(h.wang), "li", nil); status != http.StatusForbidden {
		t.Errorf("who handed the case on still edits: %d", status)
	}
	if status, _ := h.Ask(http.MethodGet, h.contact(h.wang), "zhao", nil); status != http.StatusOK {
		t.Errorf("who has the case now cannot edit: %d", status)
	}
}

// TestRankIsTheManagersToSet: a dispatcher changes a customer, and VIP and priority stay whatever the form says.
func TestRankIsTheManagersToSet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, page := h.Ask(http.MethodGet, h.at()+"/edit", "deng", nil)
	lacks(t, "the dispatcher's form", page, `name="vip"`, `name="priority"`)
	status, _ := h.Ask(http.MethodPost, h.at(), "deng", customerForm(h.works, "region", "浙江", "vip", "1", "priority", "99"))
	site.Equal(t, "dispatcher's change", status, http.StatusSeeOther)
	c := site.Get[records.Customer](t)(h.Store.Customer(t.Context(), h.works.ID))
	if c.Region != "浙江" || c.VIP || c.Priority != 20 || c.Agreement != h.works.Agreement {
		t.Errorf("a dispatcher made of it %+v", c)
	}
	status, _ = h.Ask(http.MethodPost, h.at(), "chen", customerForm(c, "version", "2", "vip", "1", "priority", "30"))
	site.Equal(t, "manager's change", status, http.StatusSeeOther)
	c = site.Get[records.Customer](t)(h.Store.Customer(t.Context(), h.works.ID))
	if !c.VIP || c.Priority != 30 {
		t.Errorf("a manager made of it %+v", c)
	}
}

// TestWaysToACustomer: the pages of a case and of an order lead to it, for those who may open it.
func TestWaysToACustomer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	o := site.Get[records.Order](t)(h.Store.OpenOrder(t.Context(), records.Actor{Login: "chen"}, records.OpenOrder{
		Procedure: "onsite", CustomerID: h.works.ID, ContactID: h.wang.ID, Contact: "王芳", Number: "13800138000", Subject: "上门检查", Engineer: "gao",
	}))
	way := `href="` + h.at() + `"`
	for _, login := range []string{"chen", "deng", "li"} {
		_, page := h.Ask(http.MethodGet, "/cases/"+h.number, login, nil)
		holds(t, "the case of "+login, page, way)
	}
	for _, login := range []string{"chen", "deng"} {
		_, page := h.Ask(http.MethodGet, "/orders/"+o.Number, login, nil)
		holds(t, "the order of "+login, page, way)
	}
	_, page := h.Ask(http.MethodGet, "/orders/"+o.Number, "gao", nil)
	holds(t, "the engineer's order", page, "华东一厂")
	lacks(t, "the engineer's order", page, way)
	_, page = h.Ask(http.MethodGet, h.at(), "chen", nil)
	holds(t, "the customer", page, `href="/cases/`+h.number+`"`, `href="/orders/`+o.Number+`"`, "报表打不开", "华东服务中心")
	_, page = h.Ask(http.MethodGet, h.at(), "zhao", nil)
	lacks(t, "the customer of an agent who may not open the order", page, o.Number)
}

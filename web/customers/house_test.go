package customers_test

import (
	"html"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"hotline/configs/procedures"
	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/browser/site"
	"hotline/web/customers"
	"hotline/web/orders"
	"hotline/web/ui"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the site with the pages of customers and of what leads to them: one customer with two contacts, of whom 李强 owns an open case.
type house struct {
	*site.House
	works  records.Customer
	wang   records.Contact
	number string // of the case
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{House: site.Open(t, site.Options{
		Company: "南山方略",
		Records: func(o *records.Options) {
			o.Procedures = site.Get[[]procedure.Definition](t)(procedure.ParseAll(procedures.Files))
		},
		Users: []records.NewUser{
			{Login: "chen", Name: "陈静", Roles: []string{records.RoleSupervisor}},
			{Login: "deng", Name: "邓伟", Roles: []string{records.RoleDispatcher}},
			{Login: "li", Name: "李强", Roles: []string{records.RoleAgent}},
			{Login: "zhao", Name: "赵敏", Roles: []string{records.RoleAgent}},
			{Login: "gao", Name: "高明", Roles: []string{records.RoleEngineer}},
			{Login: "root", Name: "管理员", Roles: []string{records.RoleAdministrator}},
		},
		Mount: func(h *site.House) []func(ui.Router) {
			return []func(ui.Router){
				customers.New(customers.Options{
					Pages: h.Pages, Records: h.Store, Log: h.Log,
					Centres: []customers.Centre{{Code: "east", Name: records.Bilingual{Zh: "华东服务中心", En: "East"}}},
				}).Mount,
				orders.New(orders.Options{Pages: h.Pages, Records: h.Store, Log: h.Log}).Mount,
			}
		},
	})}
	ctx := records.By(t.Context(), "root")
	h.works = site.Get[records.Customer](t)(h.Store.AddCustomer(ctx, records.Customer{
		Name: "华东一厂", Region: "江苏", Address: "苏州市工业园区星湖街 1 号", ServiceCentre: "east", Agreement: "金牌服务：远程 30 分钟响应", Priority: 20,
	}))
	h.wang = site.Get[records.Contact](t)(h.Store.AddContact(ctx, records.Contact{
		CustomerID: h.works.ID, Name: "王芳", Email: "wangfang@example.com", Numbers: []records.Number{{Number: "13800138000", Label: "手机"}},
	}))
	site.Get[records.Contact](t)(h.Store.AddContact(ctx, records.Contact{CustomerID: h.works.ID, Name: "孙丽", Language: "en", Numbers: []records.Number{{Number: "051265521234"}}}))
	h.number = site.Get[records.Case](t)(h.Store.CreateCase(ctx, records.NewCase{Owner: "li", ContactID: h.wang.ID, Subject: "报表打不开"})).Number
	return h
}

func (h *house) at() string { return "/customers/" + h.works.ID }

// contact is the address of a contact of the house's customer.
func (h *house) contact(k records.Contact) string { return h.at() + "/contacts/" + k.ID }

// customerForm is the form of a customer as the page gives it, with changes.
func customerForm(c records.Customer, change ...string) url.Values {
	return changed(url.Values{
		"version": {"1"}, "kind": {c.Kind}, "was.kind": {c.Kind}, "name": {c.Name}, "was.name": {c.Name}, "region": {c.Region}, "was.region": {c.Region}, "address": {c.Address}, "was.address": {c.Address},
		"service_centre": {c.ServiceCentre}, "was.service_centre": {c.ServiceCentre}, "agreement": {c.Agreement}, "was.agreement": {c.Agreement},
		"priority": {"20"}, "was.priority": {"20"}, "was.vip": {""}, "was.notes": {""},
	}, change)
}

// contactForm is the form of 王芳 as the page gives it, with changes.
func contactForm(change ...string) url.Values {
	return changed(url.Values{
		"version": {"1"}, "name": {"王芳"}, "was.name": {"王芳"}, "email": {"wangfang@example.com"}, "was.email": {"wangfang@example.com"},
		"number": {"+8613800138000", "", ""}, "label": {"手机", "", ""}, "was.numbers": {"+8613800138000 手机"}, "customer": {"华东一厂"}, "was.customer": {"华东一厂"},
	}, change)
}

func changed(form url.Values, change []string) url.Values {
	for i := 0; i+1 < len(change); i += 2 {
		form[change[i]] = strings.Split(change[i+1], "|")
	}
	return form
}

// holds checks that a page has every part, as people read it.
func holds(t testing.TB, what, page string, parts ...string) {
	t.Helper()
	page = html.UnescapeString(page)
	for _, part := range parts {
		if !strings.Contains(page, part) {
			t.Errorf("%s lacks %q", what, part)
		}
	}
}

// lacks checks that a page has no part, as people read it.
func lacks(t testing.TB, what, page string, parts ...string) {
	t.Helper()
	page = html.UnescapeString(page)
	for _, part := range parts {
		if strings.Contains(page, part) {
			t.Errorf("%s has %q", what, part)
		}
	}
}

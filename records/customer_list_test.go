package records_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

// Customers are found by what people know of them, the newest first, and the list goes on where it was left.
func testCustomerList(t *testing.T, open opener) {
	ctx := t.Context()
	moving := newClock()
	s := open(t).open(t, func(o *records.Options) { o.Now = moving.now })
	add := func(c records.Customer, people ...records.Contact) {
		moving.advance(time.Second)
		made := get[records.Customer](t)(s.AddCustomer(ctx, c))
		for _, k := range people {
			k.CustomerID = made.ID
			get[records.Contact](t)(s.AddContact(ctx, k))
		}
	}
	add(records.Customer{Name: "华东一厂", Region: "江苏", Address: "苏州市工业园区星湖街 1 号", ServiceCentre: "east"},
		records.Contact{Name: "王芳", Numbers: []records.Number{{Number: "13800138000"}}}, records.Contact{Name: "安平"}, records.Contact{Name: "白露"}, records.Contact{Name: "陈晨"})
	add(records.Customer{Name: "华北电力", Region: "北京"}, records.Contact{Name: "王强"})
	add(records.Customer{Name: "100%_!果汁", Region: "广东"})
	found := func(text string) string {
		var names []string
		for _, r := range get[records.Page[records.CustomerRow]](t)(s.CustomerList(ctx, records.CustomerFilter{Text: text})).Items {
			names = append(names, fmt.Sprintf("%s %d %s", r.Name, r.People, strings.Join(r.Named, "+")))
		}
		return strings.Join(names, "; ")
	}
	equal(t, "all", found(""), "100%_!果汁 0 ; 华北电力 1 王强; 华东一厂 4 安平+王芳+白露")
	equal(t, "by a part of the name", found("华东"), "华东一厂 4 安平+王芳+白露")
	equal(t, "by region", found("北京"), "华北电力 1 王强")
	equal(t, "by address", found("工业园"), "华东一厂 4 安平+王芳+白露")
	equal(t, "by person, who stands first", found("王"), "华北电力 1 王强; 华东一厂 4 王芳+安平+白露")
	equal(t, "every word counts", found("华 王芳"), "华东一厂 4 王芳+安平+白露")
	equal(t, "by number as people write it", found("138 0013 8000"), "华东一厂 4 王芳+安平+白露")
	equal(t, "a part of a number finds nobody", found("8000"), "")
	equal(t, "signs of patterns are signs", found("%_!"), "100%_!果汁 0 ")

	var pages []string
	f := records.CustomerFilter{Limit: 2}
	for range 3 {
		page := get[records.Page[records.CustomerRow]](t)(s.CustomerList(ctx, f))
		for _, r := range page.Items {
			pages = append(pages, r.Name)
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			break
		}
	}
	equal(t, "pages", strings.Join(pages, " "), "100%_!果汁 华北电力 华东一厂")
	_, err := s.CustomerList(ctx, records.CustomerFilter{Cursor: "x"})
	refused(t, err, records.ErrInvalid)

	get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "赵无主", Numbers: []records.Number{{Number: "13900139000"}}}))
	for _, text := range []string{"", "赵", "139 0013 9000"} {
		loose := get[[]records.Contact](t)(s.LooseContacts(ctx, text, 0))
		if len(loose) != 1 || loose[0].Name != "赵无主" {
			t.Errorf("without customer, looking for %q: %v", text, loose)
		}
	}
	equal(t, "who has a customer is not loose", len(get[[]records.Contact](t)(s.LooseContacts(ctx, "王", 0))), 0)
}

// The log says who changed what of a customer's data, in words from which nobody learns the data.
func testPeopleAudited(t *testing.T, open opener) {
	ctx, s := records.By(context.Background(), "chen"), open(t).open(t)
	c := get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "华东一厂", Region: "江苏", Notes: "旧"}))
	k := get[records.Contact](t)(s.AddContact(ctx, records.Contact{CustomerID: c.ID, Name: "王芳", Numbers: []records.Number{{Number: "13800138000", Label: "手机"}}}))
	c.Name, c.Region, c.Address, c.VIP, c.Notes = "华东二厂", "浙江", "杭州市滨江区江南大道 3888 号", true, "新"
	c = get[records.Customer](t)(s.UpdateCustomer(ctx, c))
	k.Name, k.Email, k.Language, k.Numbers = "王方", "wang.fang@example.com", "en", append(k.Numbers, records.Number{Number: "021-65521234"})
	get[records.Contact](t)(s.UpdateContact(ctx, k))
	_, err := s.UpdateContact(ctx, k)
	refused(t, err, records.ErrConflict)
	log := func(object string) string {
		var lines []string
		for _, e := range get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Object: object, By: "chen"})).Items {
			lines = append(lines, e.Action+" "+e.Data)
		}
		return strings.Join(lines, "\n")
	}
	equal(t, "customer", log(c.ID), "customer.change name: 华** → 华**; region: 江苏 → 浙江; address: – → 杭州市滨江区**; vip: false → true; notes\n"+
		"customer.add kind: – → organisation; name: – → 华**; region: – → 江苏; notes")
	equal(t, "contact", log(k.ID), "contact.change name: 王** → 王**; email: – → w**@example.com; language: – → en; numbers: ****8000 手机 → ****8000 手机, ****1234\n"+
		"contact.add customer: – → "+c.ID+"; name: – → 王**; numbers: – → ****8000 手机")

	both := get[records.Contact](t)(s.AddPerson(ctx, records.Customer{Name: "周涛", Kind: records.CustomerPerson}, records.Contact{Name: "周涛", Numbers: []records.Number{{Number: "13900139000"}}}))
	equal(t, "a customer who came with a contact", log(both.CustomerID), "customer.add kind: – → person; name: – → 周**")
	equal(t, "a contact who came with a customer", log(both.ID), "contact.add customer: – → "+both.CustomerID+"; name: – → 周**; numbers: – → ****9000")
}

// testKindOfCustomer: an organisation unless it is said; a change that does not say it leaves it.
func testKindOfCustomer(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	equal(t, "nothing said", get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "华东一厂"})).Kind, records.CustomerOrganisation)
	c := get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "周涛", Kind: records.CustomerPerson}))
	c.Kind, c.Region = "", "江苏"
	c = get[records.Customer](t)(s.UpdateCustomer(ctx, c))
	equal(t, "nothing said in a change", c.Kind, records.CustomerPerson)
	c.Kind = records.CustomerOrganisation
	equal(t, "changed", get[records.Customer](t)(s.UpdateCustomer(ctx, c)).Kind, records.CustomerOrganisation)
	_, err := s.AddCustomer(ctx, records.Customer{Name: "x", Kind: "robot"})
	equal(t, "fault", refusal(t, err, records.ErrInvalid).Fields[0].Name, "kind")
}

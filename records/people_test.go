package records_test

import (
	"fmt"
	"strings"
	"testing"

	"hotline/records"
)

func testPeople(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	c := get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{
		Name: " 华北\x00电力\n有限公司 ", Region: "北京", Address: " 北京市西城区\n示例街 1 号", ServiceCentre: "北京中心", Agreement: "4 h\nonsite", VIP: true, Priority: 5,
	}))
	equal(t, "name", c.Name, "华北电力 有限公司")
	equal(t, "address", c.Address, "北京市西城区 示例街 1 号")
	equal(t, "agreement", c.Agreement, "4 h\nonsite")
	_, err := s.AddCustomer(ctx, records.Customer{Name: "\t", Priority: 100, Notes: strings.Repeat("长", 10001)})
	equal(t, "faults named", len(refusal(t, err, records.ErrInvalid).Fields), 3)
	old := c
	c.Region = "天津"
	c = get[records.Customer](t)(s.UpdateCustomer(ctx, c))
	equal(t, "region", c.Region, "天津")
	_, err = s.UpdateCustomer(ctx, old)
	refused(t, err, records.ErrConflict)
	get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "100%_!真"}))
	for part, want := range map[string]int{"": 2, "电力": 1, "%": 1, "_!": 1, "nobody": 0} {
		equal(t, "customers with "+part, len(get[[]records.Customer](t)(s.Customers(ctx, part, 0))), want)
	}

	k := get[records.Contact](t)(s.AddContact(ctx, records.Contact{CustomerID: c.ID, Name: "孙丽", Numbers: []records.Number{
		{Number: "138 0013 8000", Label: "mobile"}, {Number: "010/65521234"}, {Number: "+86 13800138000"},
	}}))
	equal(t, "numbers", fmt.Sprint(k.Numbers), "[{+8613800138000 mobile} {+861065521234 }]")
	equal(t, "customer", k.CustomerName, c.Name)
	_, err = s.AddContact(ctx, records.Contact{Name: "x", Numbers: []records.Number{{Number: "021-12345678转801"}, {Number: "500&PJSIP/trunk/00"}}})
	equal(t, "faults named", len(refusal(t, err, records.ErrInvalid).Fields), 2)
	_, err = s.AddContact(ctx, records.Contact{Name: "x", CustomerID: "nobody"})
	refused(t, err, records.ErrNotFound)
	before := k
	k.Numbers = k.Numbers[1:]
	k = get[records.Contact](t)(s.UpdateContact(ctx, k))
	equal(t, "numbers left", len(k.Numbers), 1)
	_, err = s.UpdateContact(ctx, before)
	refused(t, err, records.ErrConflict)
	equal(t, "contacts", len(get[[]records.Contact](t)(s.Contacts(ctx, c.ID))), 1)
	_, err = s.Contact(ctx, "nobody")
	refused(t, err, records.ErrNotFound)
}

func testRecognition(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	person := func(name string, numbers ...string) records.Contact {
		k := records.Contact{Name: name}
		for _, n := range numbers {
			k.Numbers = append(k.Numbers, records.Number{Number: n})
		}
		return get[records.Contact](t)(s.AddContact(ctx, k))
	}
	a := person("a", "010-65521234", "13800138000")
	b := person("b", "010-65521234")
	look := func(number string) string {
		r := get[records.Recognition](t)(s.Recognise(ctx, number))
		names := r.Kind
		for _, k := range r.Contacts {
			names += " " + k.Name
		}
		return names
	}
	equal(t, "one, dialled from abroad", look("008613800138000"), "one a")
	equal(t, "shared", look("01065521234"), "candidates a b")
	for _, nobody := range []string{"", "anonymous", "13900139000", "a/b", "500&PJSIP/trunk/00", strings.Repeat("9", 10000)} {
		equal(t, "nobody", look(nobody), "none")
	}
	must(t, s.Remember(ctx, "(010) 6552-1234", b.ID, "li"))
	equal(t, "last choice first", look("+861065521234"), "candidates b a")
	must(t, s.Remember(ctx, "01065521234", a.ID, "wang"))
	equal(t, "newest choice first", look("+861065521234"), "candidates a b")
	must(t, s.Remember(ctx, "13900139000", b.ID, "wang"))
	equal(t, "learnt number", look("13900139000"), "one b")
	refused(t, s.Remember(ctx, "13900139000", "nobody", "wang"), records.ErrNotFound)
	refused(t, s.Remember(ctx, "anonymous", a.ID, "wang"), records.ErrInvalid)

	fresh := get[records.Contact](t)(s.Contact(ctx, a.ID))
	fresh.Numbers = nil
	get[records.Contact](t)(s.UpdateContact(ctx, fresh))
	r := get[records.Recognition](t)(s.Recognise(ctx, "01065521234"))
	equal(t, "a choice whose contact gave the number up counts no more", r.Kind+r.Chosen, "one")
}

func testVerification(t *testing.T, open opener) {
	ctx, s, c := t.Context(), open(t), newClock()
	store := s.open(t, c.set)
	staff(t, store)
	customer := get[records.Customer](t)(store.AddCustomer(ctx, records.Customer{Name: "华北电力"}))
	k := get[records.Contact](t)(store.AddContact(ctx, records.Contact{Name: "孙丽", CustomerID: customer.ID}))
	other := get[records.Contact](t)(store.AddContact(ctx, records.Contact{Name: "周洋"}))
	owned := answer(t, store, "c1", "li", "13800138000")

	_, err := store.Verify(ctx, records.VerificationInput{})
	equal(t, "faults named", len(refusal(t, err, records.ErrIncomplete).Fields), 3)
	_, err = store.Verify(ctx, records.VerificationInput{Contact: "nobody", By: "li", How: "asked"})
	refused(t, err, records.ErrNotFound)
	v := get[records.Verification](t)(store.Verify(ctx, records.VerificationInput{Contact: k.ID, Call: "c1", By: "li", How: "agreement number"}))
	equal(t, "case of the call", v.Case, owned.Number)
	equal(t, "when", v.At, c.now())
	kase := get[records.Case](t)(store.Case(ctx, owned.Number))
	equal(t, "contact and customer of the case", kase.ContactName+kase.CustomerName, "孙丽华北电力")
	get[records.Verification](t)(store.Verify(ctx, records.VerificationInput{Contact: other.ID, Call: "c1", By: "li", How: "call back"}))
	equal(t, "stays", get[records.Case](t)(store.Case(ctx, owned.Number)).ContactID, k.ID)
	list := get[[]records.Verification](t)(store.Verifications(ctx, k.ID))
	equal(t, "recorded", fmt.Sprint(len(list))+list[0].By+list[0].How, "1liagreement number")
}

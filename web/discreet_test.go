package web

import (
	"net/http"
	"slices"
	"testing"

	"hotline/records"
)

// TestTheAPIShowsNoMoreThanThePages: numbers and addresses of customers are whole for who keeps them, and for an agent while an open case of
// theirs is the agent's.
func TestTheAPIShowsNoMoreThanThePages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var firm records.Customer
	h.do(t, "dan", "POST", "/api/v1/customers", obj{"name": "华东一厂", "address": "苏州市工业园区星湖街 1 号"}).want(http.StatusCreated, &firm)
	var wang, loose records.Contact
	h.do(t, "sue", "POST", "/api/v1/contacts", obj{
		"name": "王芳", "customer_id": firm.ID, "email": "wangfang@example.com", "numbers": []obj{{"number": "13800138000"}, {"number": "051288880000"}},
	}).want(http.StatusCreated, &wang)
	h.do(t, "sue", "POST", "/api/v1/contacts", obj{"name": "李强", "numbers": []obj{{"number": "13900139000"}}}).want(http.StatusCreated, &loose)

	type seen struct{ mobile, office, mail, address, loose string }
	whole := seen{"+8613800138000", "+8651288880000", "wangfang@example.com", firm.Address, "+8613900139000"}
	part := seen{"+86138****8000", "+86512****0000", "w**@example.com", "苏州市工业园****", "+86139****9000"}
	contact := func(login, id string) (c records.Contact) {
		h.do(t, login, "GET", "/api/v1/contacts/"+id, nil).want(http.StatusOK, &c)
		return c
	}
	sees := func(login string, want seen) {
		t.Helper()
		one, other := contact(login, wang.ID), contact(login, loose.ID)
		var c records.Customer
		h.do(t, login, "GET", "/api/v1/customers/"+firm.ID, nil).want(http.StatusOK, &c)
		if got := (seen{one.Numbers[0].Number, one.Numbers[1].Number, one.Email, c.Address, other.Numbers[0].Number}); got != want {
			t.Errorf("%s sees %+v, want %+v", login, got, want)
		}
		var contacts struct{ Items []records.Contact }
		h.do(t, login, "GET", "/api/v1/customers/"+firm.ID+"/contacts", nil).want(http.StatusOK, &contacts)
		if len(contacts.Items) != 1 || !slices.Equal(contacts.Items[0].Numbers, one.Numbers) || contacts.Items[0].Email != want.mail {
			t.Errorf("%s lists %+v", login, contacts.Items)
		}
		var customers struct{ Items []records.Customer }
		h.do(t, login, "GET", "/api/v1/customers?name=%E5%8D%8E%E4%B8%9C", nil).want(http.StatusOK, &customers)
		if len(customers.Items) != 1 || customers.Items[0].Address != want.address {
			t.Errorf("%s finds %+v", login, customers.Items)
		}
	}
	sees("sue", whole)
	sees("dan", whole)
	sees("anna", part)

	// Who knows a number does not learn the others by it.
	var r records.Recognition
	h.do(t, "anna", "POST", "/api/v1/contacts/recognise", obj{"number": "13800138000"}).want(http.StatusOK, &r)
	if len(r.Contacts) != 1 || r.Contacts[0].Numbers[0].Number != whole.mobile || r.Contacts[0].Numbers[1].Number != part.office || r.Contacts[0].Email != part.mail {
		t.Errorf("recognised %+v", r)
	}
	// What is masked cannot come back as a number.
	h.do(t, "dan", "PUT", "/api/v1/contacts/"+wang.ID+"?version=1", obj{"name": "王芳", "numbers": []obj{{"number": part.mobile}}}).
		problem(http.StatusUnprocessableEntity, "contact-invalid")

	var c records.Case
	h.do(t, "anna", "POST", "/api/v1/cases", obj{"subject": "报表打不开", "contact_id": wang.ID, "caller": "13800138000"}).want(http.StatusCreated, &c)
	mine := whole
	mine.loose = part.loose
	sees("anna", mine)
	sees("ben", part)
	h.do(t, "anna", "POST", "/api/v1/cases", obj{"subject": "打印机", "contact_id": loose.ID}).want(http.StatusCreated, nil)
	sees("anna", whole)

	// The number of a case of somebody else's, too.
	at := "/api/v1/cases/" + c.Number
	for login, want := range map[string]string{"anna": whole.mobile, "ben": part.mobile, "sue": whole.mobile, "dan": whole.mobile} {
		var got wholeCase
		if h.do(t, login, "GET", at, nil).want(http.StatusOK, &got); got.Caller != want {
			t.Errorf("%s reads %q of the case, want %q", login, got.Caller, want)
		}
	}
	h.mustAudit(t, "dan", "case.number-read")
	h.do(t, "ben", "PATCH", at, obj{"product": "ERP 9", "version": c.Version}).want(http.StatusOK, &c)
	if c.Caller != part.mobile {
		t.Errorf("a change tells %q", c.Caller)
	}
}

package records_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

func testCases(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	customer := get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "华北电力"}))
	k := get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "孙丽", CustomerID: customer.ID}))
	kase := get[records.Case](t)(s.CreateCase(ctx, records.NewCase{Owner: "li", ContactID: k.ID, Caller: "13800138000", Subject: "打印机 100%"}))
	equal(t, "customer of the contact", kase.CustomerID, customer.ID)
	equal(t, "severity", kase.Severity, records.SeverityNormal)
	for _, bad := range []struct {
		n    records.NewCase
		kind error
	}{
		{records.NewCase{Owner: "nobody"}, records.ErrNotFound},
		{records.NewCase{Owner: "li", ContactID: "nobody"}, records.ErrNotFound},
		{records.NewCase{Owner: "li", CustomerID: "nobody"}, records.ErrNotFound},
		{records.NewCase{Owner: "li", Severity: "terrible"}, records.ErrInvalid},
		{records.NewCase{Owner: "li", Subject: strings.Repeat("长", 201)}, records.ErrInvalid},
	} {
		_, err := s.CreateCase(ctx, bad.n)
		refused(t, err, bad.kind)
	}
	subject, severity := "打印机坏了", records.SeverityHigh
	c.advance(time.Second)
	changed := get[records.Case](t)(s.UpdateCase(ctx, kase.Number, records.CaseChange{Subject: &subject, Severity: &severity, Version: kase.Version}))
	equal(t, "changed", changed.Subject+changed.Severity+changed.ContactID, subject+severity+k.ID)
	_, err := s.UpdateCase(ctx, kase.Number, records.CaseChange{Subject: &subject, Version: kase.Version})
	refused(t, err, records.ErrConflict)
	_, err = s.UpdateCase(ctx, "C-0", records.CaseChange{Subject: &subject})
	refused(t, err, records.ErrNotFound)

	get[records.Note](t)(s.AddNote(ctx, kase.Number, "wang", "toner is empty"))
	_, err = s.AddNote(ctx, kase.Number, "wang", " ")
	refused(t, err, records.ErrIncomplete)
	_, err = s.AddNote(ctx, "C-0", "wang", "x")
	refused(t, err, records.ErrNotFound)
	notes := get[[]records.Note](t)(s.Notes(ctx, kase.Number))
	equal(t, "notes", fmt.Sprint(len(notes), notes[0].By, notes[0].Text), "1wangtoner is empty")

	answer(t, s, "c1", "wang", "13900139000")
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("c1", "wang")))
	c.advance(24 * time.Hour)
	equal(t, "numbers count per day", get[records.Case](t)(s.CreateCase(ctx, records.NewCase{Owner: "zhao"})).Number, "C-20261123-0001")
	for _, f := range []struct {
		filter records.CaseFilter
		want   int
	}{
		{records.CaseFilter{}, 3},
		{records.CaseFilter{Open: true}, 2},
		{records.CaseFilter{State: records.CaseSolved}, 1},
		{records.CaseFilter{Owner: "li"}, 1},
		{records.CaseFilter{Customer: customer.ID, Contact: k.ID}, 1},
		{records.CaseFilter{Caller: "+86 138 0013 8000"}, 1},
		{records.CaseFilter{Text: "打印"}, 1},
		{records.CaseFilter{Text: "%"}, 0},
		{records.CaseFilter{Text: "20261122"}, 2},
		{records.CaseFilter{From: c.now().Add(-time.Hour)}, 1},
		{records.CaseFilter{To: c.now().Add(-time.Hour)}, 2},
	} {
		equal(t, fmt.Sprintf("%+v", f.filter), len(get[records.Page[records.Case]](t)(s.Cases(ctx, f.filter)).Items), f.want)
	}
}

// testPaging: cursors neither repeat nor skip, while rows are added and though all have the same time.
func testPaging(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	for range 7 {
		get[records.Case](t)(s.CreateCase(ctx, records.NewCase{Owner: "li"}))
	}
	seen, cursor := map[string]bool{}, ""
	for pages := 0; ; pages++ {
		page := get[records.Page[records.Case]](t)(s.Cases(ctx, records.CaseFilter{Limit: 3, Cursor: cursor}))
		for _, k := range page.Items {
			if seen[k.Number] {
				t.Errorf("%s twice", k.Number)
			}
			seen[k.Number] = true
		}
		get[records.Case](t)(s.CreateCase(ctx, records.NewCase{Owner: "li"})) // newer: on no later page
		if cursor = page.Next; cursor == "" {
			equal(t, "pages", pages, 2)
			break
		}
	}
	equal(t, "seen", len(seen), 7)
	for _, bad := range []string{"x", "AAAA", "eA", "!"} {
		_, err := s.Cases(ctx, records.CaseFilter{Cursor: bad})
		refused(t, err, records.ErrInvalid)
		_, err = s.Calls(ctx, records.CallFilter{Cursor: bad})
		refused(t, err, records.ErrInvalid)
		_, err = s.Escalations(ctx, records.EscalationFilter{Cursor: bad})
		refused(t, err, records.ErrInvalid)
		_, err = s.Callbacks(ctx, records.CallbackFilter{Cursor: bad})
		refused(t, err, records.ErrInvalid)
		_, err = s.Notices(ctx, records.NoticeFilter{Cursor: bad})
		refused(t, err, records.ErrInvalid)
	}
}

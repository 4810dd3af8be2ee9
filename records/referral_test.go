package records_test

import (
	"path/filepath"
	"testing"
	"time"

	"hotline/configs/procedures"
	"hotline/records"
	"hotline/records/procedure"
)

// What a department of ours accepted goes on as an order of its service, on the chain of the case; asking again opens no second one.
func TestAReferralOpensTheOrderOfItsService(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "hotline.db"), func(o *records.Options) {
		o.Procedures = get[[]procedure.Definition](t)(procedure.ParseAll(procedures.Files))
		o.Departments = []string{"sales", "consulting", "training"}
		o.Referrals = map[string]string{"consulting": "consulting", "training": "open_class"}
	})
	staff(t, s)
	for call, c := range map[string]struct{ department, kind string }{"c1": {"consulting", "consulting"}, "c2": {"training", "open_class"}, "c3": {"sales", ""}} {
		answer(t, s, call, "li", "")
		in := records.WrapUpInput{
			Call: call, By: "li", Outcome: "referred", Subject: "机房改造", Description: "三台服务器过保",
			Referral: &records.ReferralFacts{Department: c.department, AcceptedBy: "赵工", AcceptedAt: time.Now()},
		}
		done := get[records.WrapUpResult](t)(s.WrapUp(t.Context(), in))
		again := get[records.WrapUpResult](t)(s.WrapUp(t.Context(), in))
		equal(t, "the same order", again.Order, done.Order)
		page := get[records.Page[records.Order]](t)(s.Orders(t.Context(), records.OrderFilter{Case: done.Case.Number}))
		if c.kind == "" {
			equal(t, "orders of "+c.department, len(page.Items), 0)
			continue
		}
		equal(t, "orders of "+c.department, len(page.Items), 1)
		o := page.Items[0]
		equal(t, "order", o.Number+o.Kind+o.Subject+o.Situation+o.Engineer+string(o.State), done.Order+c.kind+"机房改造三台服务器过保"+string(procedure.Open))
		if c.kind == records.ProcedureClass {
			k := get[records.Class](t)(s.Class(t.Context(), done.Order))
			equal(t, "class", k.Title, "机房改造")
			equal(t, "published", k.PublishedAt.IsZero(), true)
		}
		f := get[records.CaseFile](t)(s.CaseFile(t.Context(), done.Case.Number))
		equal(t, "the case's chain holds", f.Checked.Holds && f.ChainLength > 0, true)
	}
}

package records_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"hotline/records"
)

// testVisits: a planned visit opens its order two weeks before, once; when it has ended the next one is planned.
func testVisits(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withSurvey(t, c))
	staff(t, s)
	customer := get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "华东一厂"}))
	get[records.Contact](t)(s.AddContact(ctx, records.Contact{CustomerID: customer.ID, Name: "孙丽", Numbers: []records.Number{{Number: "13800138000"}}}))
	next := c.now().Add(20 * 24 * time.Hour)
	plan := records.VisitPlan{CustomerID: customer.ID, Months: 3, Manager: "chen", NextAt: next, Reason: "年度服务协议"}
	_, err := s.SetVisitPlan(ctx, "li", plan)
	refused(t, err, records.ErrForbidden)
	_, err = s.SetVisitPlan(ctx, "chen", records.VisitPlan{CustomerID: customer.ID})
	refused(t, err, records.ErrIncomplete)
	get[records.VisitPlan](t)(s.SetVisitPlan(ctx, "chen", plan))
	equal(t, "too early", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Visits, 0)
	c.advance(7 * 24 * time.Hour)
	equal(t, "opened", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Visits, 1)
	equal(t, "once", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Visits, 0)
	plans := get[records.Page[records.VisitPlan]](t)(s.VisitPlans(ctx, "", 0)).Items
	order := get[records.OrderFile](t)(s.Order(ctx, plans[0].Order))
	equal(t, "order", order.Order.Kind+order.Order.ContactName+order.Order.Engineer, "visit孙丽chen")
	equal(t, "to be visited until", order.Clocks[0].Deadline, next.AddDate(0, 0, 1))
	regular := func() string {
		for _, r := range get[[]records.QualityRow](t)(s.Quality(ctx, records.QualityFilter{Procedure: "visit"})) {
			if r.Rule == "regular" {
				return fmt.Sprint(r.Proven, r.Waived, r.Missing, r.Pending)
			}
		}
		return ""
	}
	equal(t, "in time", regular(), "0 0 0 1")
	leave := get[records.OutLeave](t)(s.BeginOutCall(ctx, records.NewOutCall{Call: "a-out.v", Purpose: records.OutVisit, Ref: order.Order.Number, Login: "chen"}))
	equal(t, "call", leave.Number+leave.Name, "+8613800138000孙丽")
	get[records.Survey](t)(s.AddSurvey(ctx, records.NewSurvey{Visit: order.Order.Number, Channel: records.SurveyCall, Who: "孙丽", KeyedBy: "chen", Answers: five}))
	c.advance(15 * 24 * time.Hour)
	equal(t, "not visited", regular(), "0 0 1 0")
	get[records.Order](t)(s.CancelOrder(ctx, as("chen"), order.Order.ID, "客户停产", 0))
	equal(t, "planned anew", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Visits, 1)
	plans = get[records.Page[records.VisitPlan]](t)(s.VisitPlans(ctx, "", 0)).Items
	equal(t, "next", plans[0].NextAt, next.AddDate(0, 3, 0))
	equal(t, "free", plans[0].Order, "")
}

// testCallback: who promised a call back may call, and only while it is open.
func testCallback(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withSurvey(t, c))
	staff(t, s)
	b := get[records.CallbackRequest](t)(s.AddCallback(ctx, records.CallbackRequest{Number: "13800138000", Queue: "support"}))
	b = get[records.CallbackRequest](t)(s.TakeCallback(ctx, b.ID, "li", 0))
	call := func(id, login string) error {
		_, err := s.BeginOutCall(ctx, records.NewOutCall{Call: id, Purpose: records.OutCallback, Ref: b.ID, Login: login})
		return err
	}
	refused(t, call("a-out.1", "wang"), records.ErrConflict)
	refused(t, call("a-out.2", "chen"), records.ErrForbidden)
	must(t, call("a-out.3", "li"))
	get[records.CallbackRequest](t)(s.FinishCallback(ctx, b.ID, "li", "", 0))
	refused(t, s.CheckOutCall(ctx, "a-out.3"), records.ErrConflict)
	must(t, s.EndOutCall(ctx, "a-out.3", "cancelled", c.now()))
	refused(t, call("a-out.4", "li"), records.ErrConflict)
	if err := s.CheckOutCall(ctx, "a-out.9"); !errors.Is(err, records.ErrNotFound) {
		t.Error(err)
	}
	equal(t, "none live", len(get[[]records.OutCall](t)(s.LiveOutCalls(ctx))), 0)
}

package records_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/records"
	"hotline/records/procedure"
)

// testQualityByTime: whatever happens to an order and however long nobody touches it, the report counts it as its page judges it.
func testQualityByTime(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withProcedures(t, c))
	staff(t, s)
	engineers(t, s)
	n, missed := 0, 0
	agree := func(rt *rapid.T, order string) {
		file := get[records.OrderFile](t)(s.Order(ctx, order))
		for _, r := range file.Rules {
			list := get[records.Page[records.QualityItem]](t)(s.QualityList(ctx, "remote", r.Rule.Code, r.Verdict, records.QualityFilter{}, "", 0))
			found := false
			for _, item := range list.Items {
				found = found || item.Order == file.Order.Number
			}
			if !found {
				rt.Fatalf("%s at %s: the page says %s, the report does not", r.Rule.Code, c.now(), r.Verdict)
			}
			if r.Rule.Code == "response" && r.Verdict == procedure.Missing {
				missed++
			}
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		if n++; n > 40 { // an order costs more than a hundred statements
			return
		}
		o := orderOf(t, s, c, fmt.Sprint("q", n), records.KindRemote)
		for range rapid.IntRange(1, 8).Draw(rt, "events") {
			c.advance(time.Duration(rapid.IntRange(0, 60).Draw(rt, "minutes")) * time.Minute)
			agree(rt, o.ID)
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0:
				_, _ = s.PauseOrder(ctx, as("gao"), o.ID, "等客户", 0) // refused while paused
			case 1:
				_, _ = s.ResumeOrder(ctx, as("gao"), o.ID, 0)
			case 2:
				get[records.Clock](t)(s.AgreeClock(ctx, records.Actor{}, o.ID, "response", time.Duration(rapid.IntRange(1, 240).Draw(rt, "agreed"))*time.Minute, "", "新协议"))
			default:
			}
			agree(rt, o.ID)
		}
		get[records.Order](t)(s.CancelOrder(ctx, as("chen"), o.ID, "客户撤回", 0))
		agree(rt, o.ID)
	})
	if missed == 0 {
		t.Error("no order ran out of time: the walk shows nothing")
	}
}

// testSolvedByPhone: every way in which a call can end has its verdict, and time alone changes those that it should.
func testSolvedByPhone(t *testing.T, open opener) {
	for name, ends := range map[string]struct {
		wrapUp      func(c *clock) records.WrapUpInput
		leave       bool // the time for wrapping up passes
		first, then procedure.Verdict
	}{
		"solved":    {wrapUp: func(*clock) records.WrapUpInput { return solved("c1", "li") }, first: procedure.Proven, then: procedure.Proven},
		"escalated": {wrapUp: func(c *clock) records.WrapUpInput { return escalated("c1", "li", "remote", c.now()) }, first: procedure.Excused, then: procedure.Excused},
		"referred": {wrapUp: func(c *clock) records.WrapUpInput {
			return records.WrapUpInput{Call: "c1", By: "li", Outcome: records.OutcomeReferred, Referral: &records.ReferralFacts{Department: "accounts", AcceptedBy: "钱", AcceptedAt: c.now()}}
		}, first: procedure.Excused, then: procedure.Excused},
		"call promised": {wrapUp: func(c *clock) records.WrapUpInput {
			return records.WrapUpInput{Call: "c1", By: "li", Outcome: records.OutcomeCallback, Callback: &records.CallbackFacts{At: c.now().Add(time.Hour), Number: "010-65521234"}}
		}, first: procedure.Pending, then: procedure.Missing},
		"left":         {leave: true, first: procedure.Missing, then: procedure.Missing},
		"still talked": {first: procedure.Pending, then: procedure.Missing},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, c := t.Context(), newClock()
			s := open(t).open(t, withProcedures(t, c))
			staff(t, s)
			answer(t, s, "c1", "li", "01065521234")
			if ends.wrapUp != nil {
				get[records.WrapUpResult](t)(s.WrapUp(ctx, ends.wrapUp(c)))
			}
			if ends.leave {
				must(t, s.WrapUpTimedOut(ctx, "c1", "li"))
			}
			judged := func() procedure.Verdict {
				for _, r := range get[[]records.QualityRow](t)(s.Quality(ctx, records.QualityFilter{Procedure: "hotline"})) {
					for verdict, n := range map[procedure.Verdict]int{procedure.Proven: r.Proven, procedure.Excused: r.Waived, procedure.Missing: r.Missing, procedure.Pending: r.Pending} {
						if r.Rule == "solved_by_phone" && n == 1 {
							return verdict
						}
					}
				}
				return ""
			}
			equal(t, "at once", judged(), ends.first)
			c.advance(25 * time.Hour)
			equal(t, "a day later", judged(), ends.then)
		})
	}
}

package records_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

// testWrapUpMissing: what is said to be missing is exactly what finishing refuses.
func testWrapUpMissing(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set, func(o *records.Options) { o.Departments = []string{"sales", "finance"} })
	staff(t, s)
	known := answer(t, s, "c1", "li", "13800138000")
	answer(t, s, "c2", "li", "")
	names := func(fields []records.Field) string {
		var out []string
		for _, f := range fields {
			out = append(out, f.Name+":"+f.Code)
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	accepted := records.ReferralFacts{Department: "sales", AcceptedBy: "钱", AcceptedAt: c.now()}
	elsewhere := accepted
	elsewhere.Department = "the basement"
	later := &records.CallbackFacts{At: c.now().Add(time.Hour)}
	for _, in := range []records.WrapUpInput{
		{Call: "c1"},
		{Call: "c1", Outcome: "solved"},
		{Call: "c1", Outcome: "solved", Subject: strings.Repeat("x", 201)},
		{Call: "c1", Outcome: "remote", Escalation: &records.EscalationFacts{Contact: records.EscalatedTo{Number: "x"}}},
		{Call: "c1", Outcome: "onsite"},
		{Call: "c1", Outcome: "referred"},
		{Call: "c1", Outcome: "referred", Referral: &elsewhere},
		{Call: "c1", Outcome: "callback"},
		{Call: "c2", Outcome: "callback", Callback: later},
	} {
		in.By = "li"
		missing := get[[]records.Field](t)(s.WrapUpMissing(ctx, in))
		_, err := s.WrapUp(ctx, in)
		equal(t, fmt.Sprintf("%+v", in), names(missing), names(refusal(t, err, records.ErrIncomplete).Fields))
		if len(missing) == 0 {
			t.Errorf("nothing is missing of %+v", in)
		}
	}
	for _, in := range []records.WrapUpInput{
		{Call: "c2", Outcome: "referred", Referral: &accepted},
		{Call: "c1", Outcome: "callback", Callback: later},
		{Case: known.Number, Outcome: "solved", Solved: &records.SolvedFacts{Solution: "x", Confirmed: true}},
	} {
		in.By = "li"
		equal(t, fmt.Sprintf("%+v", in), names(get[[]records.Field](t)(s.WrapUpMissing(ctx, in))), "")
		get[records.WrapUpResult](t)(s.WrapUp(ctx, in))
	}
	_, err := s.WrapUpMissing(ctx, records.WrapUpInput{Call: "nobody answered", By: "li"})
	refused(t, err, records.ErrNotFound)
}

func testWholeCard(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	customer := get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{
		Name: "华东一厂", Region: "江苏", ServiceCentre: "南京服务中心", Agreement: "金牌服务，工作日4小时到场",
	}))
	k := get[records.Contact](t)(s.AddContact(ctx, records.Contact{
		Name: "王芳", CustomerID: customer.ID, Numbers: []records.Number{{Number: "13800138000"}, {Number: "025-84801234"}},
	}))
	own := answer(t, s, "c1", "li", "13800138000")
	get[records.Verification](t)(s.Verify(ctx, records.VerificationInput{Contact: k.ID, Call: "c1", By: "li", How: "contract", Detail: "HD-2026-17"}))
	get[records.WrapUpResult](t)(s.WrapUp(ctx, escalated("c1", "li", records.OutcomeRemote, c.now())))

	card := get[records.Card](t)(s.Card(ctx, "13800138000"))
	equal(t, "agreement", card.Customers[0].Agreement+card.Customers[0].ServiceCentre, "金牌服务，工作日4小时到场南京服务中心")
	equal(t, "promise", words(card.Promise.Kind, card.Promise.Text, card.Promise.ByName, card.Promise.Case, card.Promise.For.Equal(c.now().Add(24*time.Hour))),
		"service an engineer comes 李强 "+own.Number+" true")
	equal(t, "verified", card.Verified.How+card.Verified.By+card.Verified.Call, "contract李强c1")
	equal(t, "services", card.Services[0].Kind+string(card.Services[0].State), "remoteopen")

	c.advance(time.Hour)
	answer(t, s, "c2", "wang", "02584801234") // from another telephone of hers
	get[records.WrapUpResult](t)(s.WrapUp(ctx, records.WrapUpInput{Call: "c2", By: "wang", Outcome: "callback", Callback: &records.CallbackFacts{At: c.now().Add(time.Hour)}}))
	card = get[records.Card](t)(s.CardOf(ctx, "13900139000", k.ID))                    // and now from a colleague's
	equal(t, "newest promise", card.Promise.Kind+card.Promise.ByName, "callback"+"李强") // the case's owner promises
	equal(t, "her cases", words(len(card.Cases), card.Cases[0].Number), "1 "+own.Number)
	equal(t, "who", card.Recognition.Contacts[0].ID, k.ID)
	_, err := s.CardOf(ctx, "", "nobody")
	refused(t, err, records.ErrNotFound)

	// Two people behind one number: neither's history is shown before somebody chose.
	get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "赵刚", CustomerID: customer.ID, Numbers: []records.Number{{Number: "13800138000"}}}))
	card = get[records.Card](t)(s.Card(ctx, "13800138000"))
	equal(t, "candidates", words(card.Recognition.Kind, len(card.Customers), card.Verified == nil, len(card.Services)), "candidates 1 true 0")
	found := get[[]records.Contact](t)(s.FindContacts(ctx, "华东", 0))
	equal(t, "found by customer", len(found), 2)
	equal(t, "found by number", get[[]records.Contact](t)(s.FindContacts(ctx, "025 8480 1234", 0))[0].ID, k.ID)
	equal(t, "nothing typed", len(get[[]records.Contact](t)(s.FindContacts(ctx, " ", 0))), 0)
}

func testDeclineHandOver(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	own := answer(t, s, "c1", "li", "")
	offer := func(to records.Target) records.HandOver {
		t.Helper()
		return get[records.HandOver](t)(s.OfferHandOver(ctx, records.HandOverOffer{Case: own.Number, From: "li", To: to, Note: "yours"}))
	}
	h := offer(records.Target{Kind: records.ToAgent, Name: "wang"})
	_, err := s.DeclineHandOver(ctx, h.ID, "wang", " ")
	refused(t, err, records.ErrIncomplete)
	_, err = s.DeclineHandOver(ctx, h.ID, "zhao", "no")
	refused(t, err, records.ErrForbidden)
	_, err = s.WithdrawHandOver(ctx, h.ID, "wang")
	refused(t, err, records.ErrForbidden)
	back := get[records.Case](t)(s.DeclineHandOver(ctx, h.ID, "wang", "I am on leave"))
	equal(t, "stays", back.Owner+back.HandOver, "li")
	ended := get[[]records.HandOver](t)(s.HandOversEnded(ctx, "li", c.now().Add(-time.Hour)))
	equal(t, "the owner reads why", ended[0].Outcome+ended[0].Reason+ended[0].EndedBy, "declinedI am on leavewang")
	history := get[[]records.OwnershipEntry](t)(s.OwnershipHistory(ctx, own.Number))
	equal(t, "history", history[len(history)-1].Reason, "declined: I am on leave")

	h = offer(records.Target{Kind: records.ToQueue, Name: "support"})
	_, err = s.DeclineHandOver(ctx, h.ID, "wang", "not for me")
	refused(t, err, records.ErrForbidden)
	get[records.Case](t)(s.DeclineHandOver(ctx, h.ID, "chen", "keep it"))
	h = offer(records.Target{Kind: records.ToManager})
	get[records.Case](t)(s.WithdrawHandOver(ctx, h.ID, "li"))
	equal(t, "none pending", len(get[[]records.HandOver](t)(s.HandOvers(ctx, ""))), 0)
	_, err = s.AcceptHandOver(ctx, h.ID, "chen")
	refused(t, err, records.ErrConflict)
}

func testDeskCalls(t *testing.T, open opener) {
	ctx := t.Context()
	s := open(t).open(t)
	staff(t, s)
	own := answer(t, s, "c1", "li", "13800138000")
	call := get[records.AnsweredCall](t)(s.AnsweredCall(ctx, "c1"))
	equal(t, "call", words(call.Case, call.Agent, call.Queue, call.Caller, call.Opened, call.Outcome), own.Number+" li support +8613800138000 true ")
	_, err := s.AnsweredCall(ctx, "c0")
	refused(t, err, records.ErrNotFound)
	equal(t, "unfinished", get[records.AnsweredCall](t)(s.UnfinishedCall(ctx, own.Number, "li")).Call, "c1")
	equal(t, "of somebody else", get[records.AnsweredCall](t)(s.UnfinishedCall(ctx, own.Number, "wang")).Call, "")
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("c1", "li")))
	equal(t, "finished", get[records.AnsweredCall](t)(s.UnfinishedCall(ctx, own.Number, "li")).Call, "")
	equal(t, "outcome", get[records.AnsweredCall](t)(s.AnsweredCall(ctx, "c1")).Outcome, "solved")
	equal(t, "closed", len(get[records.Page[records.Case]](t)(s.Cases(ctx, records.CaseFilter{Closed: true})).Items), 1)
}

func testDay(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	from := c.now()
	j := s.Journal()
	state := func(at time.Time, to string) {
		j.Append(records.JournalEntry{Kind: "presence", Agent: "li", At: at, Data: []byte(`{"kind":"presence","data":{"to":"` + to + `","reason":"meal"}}`)})
	}
	state(from.Add(-2*time.Hour), "offline")
	state(from.Add(-time.Hour), "ready")
	state(from.Add(time.Hour), "talking")
	state(from.Add(time.Hour+3*time.Minute), "wrapup")
	state(from.Add(time.Hour+4*time.Minute), "paused")
	state(from.Add(30*time.Hour), "ready") // of another day
	for _, kind := range []string{"offered", "offered", "offered", "missed", "declined"} {
		j.Append(records.JournalEntry{Call: "c1", Kind: kind, Agent: "li", At: from.Add(time.Hour), Data: []byte(`{}`)})
	}
	j.Append(records.JournalEntry{Call: "c1", Kind: "missed", Agent: "wang", At: from.Add(time.Hour), Data: []byte(`{}`)})
	must(t, j.Flush(ctx))
	c.advance(time.Hour)
	must(t, s.SaveVerdict(ctx, records.CallRow{
		Call: "c1", Number: "+8613800138000", Arrived: c.now(), Ring1: c.now(), Rule: "three-rings/1", Answered: true, AnsweredAt: c.now(), Agent: "li", Rings: 2, Met: true,
	}))
	answer(t, s, "c1", "li", "13800138000")
	must(t, s.EndCall(ctx, records.CallRow{Call: "c1", Ended: c.now().Add(3 * time.Minute), End: "caller"}))
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("c1", "li")))

	day := get[records.Day](t)(s.Day(ctx, "li", from, from.Add(2*time.Hour)))
	var spans []string
	for _, p := range day.Spans {
		spans = append(spans, p.State+" "+p.To.Sub(p.From).String())
	}
	equal(t, "spans", strings.Join(spans, ", "), "ready 1h0m0s, talking 3m0s, wrapup 1m0s, paused 56m0s")
	equal(t, "time", day.Time("talking")+day.Time("wrapup"), 4*time.Minute)
	equal(t, "counts", words(day.Offered, day.Answered, day.Met, day.Missed, day.Declined, day.Finished, day.Solved), "3 1 1 1 1 1 1")
	equal(t, "call", words(len(day.Calls), day.Calls[0].How, day.Calls[0].Outcome, day.Calls[0].Rings, day.Calls[0].Ended.Sub(day.Calls[0].From)), "1 answered solved 2 3m0s")
	quiet := get[records.Day](t)(s.Day(ctx, "wang", from, from.Add(2*time.Hour)))
	equal(t, "nothing done", words(len(quiet.Spans), len(quiet.Calls), quiet.Missed), "0 0 1")
}

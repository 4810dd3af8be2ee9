package records_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"hotline/records"
)

func testHandOver(t *testing.T, open opener) {
	ctx, c, db := t.Context(), newClock(), open(t)
	s, node2 := db.open(t, c.set), db.open(t, c.set)
	staff(t, s)
	own := answer(t, s, "c1", "li", "13800138000")
	offer := func(from, to string) (records.HandOver, error) {
		return s.OfferHandOver(ctx, records.HandOverOffer{
			Case: own.Number, Call: "c1", From: from, To: records.Target{Kind: records.ToAgent, Name: to}, Note: "knows printers",
			Expires: c.now().Add(20 * time.Second),
		})
	}
	owner := func() string { return get[records.Case](t)(node2.Case(ctx, own.Number)).Owner }

	_, err := offer("wang", "zhao")
	refused(t, err, records.ErrForbidden)
	_, err = offer("li", "li")
	refused(t, err, records.ErrInvalid)
	_, err = offer("li", "nobody")
	refused(t, err, records.ErrNotFound)
	_, err = s.OfferHandOver(ctx, records.HandOverOffer{Case: own.Number, From: "li", To: records.Target{Kind: "dog"}})
	refused(t, err, records.ErrInvalid)
	_, err = s.OfferHandOver(ctx, records.HandOverOffer{Case: own.Number, From: "li", To: records.Target{Kind: records.ToManager}, Version: 99})
	refused(t, err, records.ErrConflict)

	h, err := offer("li", "wang")
	must(t, err)
	equal(t, "offered, not owned", owner(), "li")
	_, err = offer("li", "zhao")
	refused(t, err, records.ErrConflict)
	_, err = s.AcceptHandOver(ctx, h.ID, "zhao")
	refused(t, err, records.ErrForbidden)
	equal(t, "waits for wang", len(get[[]records.HandOver](t)(s.HandOvers(ctx, "wang"))), 1)
	equal(t, "not for zhao", len(get[[]records.HandOver](t)(s.HandOvers(ctx, "zhao"))), 0)

	get[records.Case](t)(s.ReturnHandOver(ctx, h.ID, "wang", records.HandOverDeclined))
	get[records.Case](t)(s.ReturnHandOver(ctx, h.ID, "wang", records.HandOverDeclined))
	equal(t, "declined", owner(), "li")
	_, err = node2.AcceptHandOver(ctx, h.ID, "wang")
	refused(t, err, records.ErrConflict)
	_, err = s.ReturnHandOver(ctx, h.ID, "wang", "eaten")
	refused(t, err, records.ErrInvalid)

	h = get[records.HandOver](t)(offer("li", "wang"))
	c.advance(time.Minute)
	swept := get[records.Swept](t)(node2.SweepOverdue(ctx, c.now()))
	equal(t, "expired", swept.HandOvers, 1)
	equal(t, "comes back (I2)", owner(), "li")
	equal(t, "outcome", get[records.HandOver](t)(s.HandOver(ctx, h.ID)).Outcome, records.HandOverExpired)
	equal(t, "swept once", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())), records.Swept{})

	h = get[records.HandOver](t)(offer("li", "wang"))
	var wait sync.WaitGroup // accepted and returned at the same moment, on two nodes
	var accepted, returned error
	wait.Go(func() { _, accepted = s.AcceptHandOver(ctx, h.ID, "wang") })
	wait.Go(func() { _, returned = node2.ReturnHandOver(ctx, h.ID, "li", records.HandOverWithdrawn) })
	wait.Wait()
	if (accepted == nil) == (returned == nil) {
		t.Fatalf("both or neither won: %v, %v", accepted, returned)
	}
	want := "li"
	if accepted == nil {
		want = "wang"
	}
	equal(t, "owner", owner(), want)
	if accepted != nil {
		h = get[records.HandOver](t)(offer("li", "wang"))
		get[records.Case](t)(s.AcceptHandOver(ctx, h.ID, "wang"))
	}
	get[records.Case](t)(s.AcceptHandOver(ctx, h.ID, "wang"))
	equal(t, "accepted", owner(), "wang")
	// The call went along: both may claim it again without a quarrel, and the owner is the new one.
	for _, agent := range []string{"li", "wang"} {
		equal(t, "claimed again", answer(t, s, "c1", agent, "").Owner, "wang")
	}
	_, err = offer("li", "zhao")
	refused(t, err, records.ErrForbidden)
}

func testHandOverToQueueAndManager(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	staff(t, s)
	for i, c := range []struct {
		to       records.Target
		may, not string
	}{
		{records.Target{Kind: records.ToQueue, Name: "sales"}, "zhao", "deng"},
		{records.Target{Kind: records.ToManager}, "chen", "zhao"},
	} {
		own := answer(t, s, fmt.Sprint("c", i), "li", "")
		h := get[records.HandOver](t)(s.OfferHandOver(ctx, records.HandOverOffer{Case: own.Number, From: "li", To: c.to}))
		_, err := s.AcceptHandOver(ctx, h.ID, c.not)
		refused(t, err, records.ErrForbidden)
		equal(t, "owner", get[records.Case](t)(s.AcceptHandOver(ctx, h.ID, c.may)).Owner, c.may)
	}
	own := answer(t, s, "c8", "li", "")
	h := get[records.HandOver](t)(s.OfferHandOver(ctx, records.HandOverOffer{Case: own.Number, From: "li", To: records.Target{Kind: records.ToManager}}))
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("c8", "li")))
	equal(t, "ended with the case", get[records.HandOver](t)(s.HandOver(ctx, h.ID)).Outcome, records.HandOverClosed)
	_, err := s.AcceptHandOver(ctx, h.ID, "chen")
	refused(t, err, records.ErrConflict)
	_, err = s.OfferHandOver(ctx, records.HandOverOffer{Case: own.Number, From: "li", To: records.Target{Kind: records.ToManager}})
	refused(t, err, records.ErrConflict)
}

// testTakeOverCall: the case follows a live call to who picked it up, if it was the giver's.
func testTakeOverCall(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	staff(t, s)
	own := answer(t, s, "c1", "li", "13800138000")
	take := func(call, from, to string) string {
		return get[records.OwnedCase](t)(s.TakeOverCall(ctx, records.CallTakeOver{Call: call, From: from, To: to, Note: "knows printers"})).Owner
	}
	pending := get[records.HandOver](t)(s.OfferHandOver(ctx, records.HandOverOffer{
		Case: own.Number, From: "li", To: records.Target{Kind: records.ToAgent, Name: "zhao"},
	}))
	for range 2 {
		equal(t, "owner", take("c1", "li", "wang"), "wang")
	}
	equal(t, "the other offer", get[records.HandOver](t)(s.HandOver(ctx, pending.ID)).Outcome, records.HandOverWithdrawn)
	equal(t, "claimed again", answer(t, s, "c1", "wang", "").Owner, "wang")
	var steps string
	for _, h := range get[[]records.OwnershipEntry](t)(s.OwnershipHistory(ctx, own.Number)) {
		steps += h.Input + ">" + h.NewOwner + " "
	}
	equal(t, "history", steps, "claim>li offer>li give back>li offer>li accept>wang ")

	answer(t, s, "c2", "li", "13800138000") // li helps wang's customer, and hands the call to zhao
	equal(t, "li cannot give away wang's case", take("c2", "li", "zhao"), "wang")
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("c2", "zhao")))
	equal(t, "a closed case stays", take("c1", "wang", "li"), "wang")
	_, err := s.TakeOverCall(ctx, records.CallTakeOver{Call: "c9", From: "li", To: "wang"})
	refused(t, err, records.ErrNotFound)
}

func testOverride(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	staff(t, s)
	own := answer(t, s, "c1", "li", "")
	h := get[records.HandOver](t)(s.OfferHandOver(ctx, records.HandOverOffer{
		Case: own.Number, From: "li", To: records.Target{Kind: records.ToAgent, Name: "wang"},
	}))
	try := func(to, by, reason string, version int64) error {
		_, err := s.OverrideOwner(ctx, records.OwnerOverride{Case: own.Number, To: to, By: by, Reason: reason, Version: version})
		return err
	}
	refused(t, try("zhao", "wang", "because", 0), records.ErrForbidden)
	refused(t, try("zhao", "nobody", "because", 0), records.ErrNotFound)
	refused(t, try("nobody", "chen", "because", 0), records.ErrNotFound)
	refused(t, try("zhao", "chen", " \n", 0), records.ErrIncomplete)
	refused(t, try("zhao", "chen", "li is ill", 1), records.ErrConflict)
	must(t, try("zhao", "chen", "li is ill", 2))
	c := get[records.Case](t)(s.Case(ctx, own.Number))
	equal(t, "owner, no offer left", c.Owner+c.HandOver, "zhao")
	equal(t, "offer", get[records.HandOver](t)(s.HandOver(ctx, h.ID)).Outcome, records.HandOverOverridden)
	history := get[[]records.OwnershipEntry](t)(s.OwnershipHistory(ctx, own.Number))
	last := history[len(history)-1]
	equal(t, "history", last.Input+last.OldOwner+last.NewOwner+last.By+last.Reason, "overridelizhaochenli is ill")
	log := get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Action: "case.override"}))
	equal(t, "audited", log.Items[0].By+log.Items[0].Reason, "chenli is ill")
	get[records.User](t)(s.DisableUser(ctx, "wang"))
	refused(t, try("wang", "chen", "x", 0), records.ErrForbidden)
}

func testOwnerProjection(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	staff(t, s)
	var mu sync.Mutex
	seen := map[string]bool{}
	s.OnOwnerChange(func(n string) {
		mu.Lock()
		defer mu.Unlock()
		seen[n] = true
	})
	told := func(what string, want ...string) {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		for _, n := range want {
			if !seen[n] {
				t.Errorf("%s: nobody was told of %s: %v", what, n, seen)
			}
		}
		equal(t, what+": told", len(seen), len(want))
		clear(seen)
	}
	const mobile, office = "+8613800138000", "+861065521234"
	customer := get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "华北电力", Priority: 3}))
	get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "孙丽", CustomerID: customer.ID, Numbers: []records.Number{{Number: mobile}, {Number: office}}}))
	told("contact", mobile, office)
	own := answer(t, s, "c1", "li", mobile)
	told("claim", mobile, office)
	show := func() string {
		out := ""
		for _, o := range get[[]records.NumberOwner](t)(s.OpenCaseOwners(ctx)) {
			single := get[records.NumberOwner](t)(s.NumberOwner(ctx, o.Number))
			equal(t, "one by one the same", fmt.Sprint(single), fmt.Sprint(o))
			out += fmt.Sprintf("%s %v %s %d;", o.Number, o.Owners, o.Team, o.Priority)
		}
		return out
	}
	equal(t, "projection", show(), "+861065521234 [li] north 3;+8613800138000 [li] north 3;")
	severity := records.SeverityCritical
	get[records.Case](t)(s.UpdateCase(ctx, own.Number, records.CaseChange{Severity: &severity}))
	told("severity", mobile, office)
	customer.VIP = true
	get[records.Customer](t)(s.UpdateCustomer(ctx, customer))
	told("customer", mobile, office)
	get[records.Case](t)(s.OverrideOwner(ctx, records.OwnerOverride{Case: own.Number, To: "zhao", By: "chen", Reason: "x"}))
	told("override", mobile, office)
	equal(t, "projection", show(), "+861065521234 [zhao] south 43;+8613800138000 [zhao] south 43;")
	get[records.Case](t)(s.CreateCase(ctx, records.NewCase{Owner: "li", Caller: mobile}))
	told("second case", mobile)
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("c1", "zhao")))
	told("closed", mobile, office)
	equal(t, "projection", show(), "+861065521234 []  23;+8613800138000 [li] north 23;")
}

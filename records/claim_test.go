package records_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/records"
)

func testClaim(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	first := answer(t, s, "c1", "li", "13800138000")
	equal(t, "new case", first, records.OwnedCase{Number: "C-20261122-0001", Owner: "li", OwnerName: "李强", New: true})
	equal(t, "the same again", answer(t, s, "c1", "li", "13800138000"), first)
	got, err := s.OwnCall(ctx, records.OwnInput{Call: "c1", Agent: "wang", Number: "13800138000"})
	p := refusal(t, err, records.ErrOwned)
	if !strings.Contains(p.What, "李强") || got.Owner != "li" {
		t.Errorf("the second agent is not told who owns it: %v, %+v", p, got)
	}
	for call, number := range map[string]string{"c2": "", "c3": "anonymous", "c4": ""} {
		equal(t, "anonymous callers never share a case", answer(t, s, call, "wang", number).New, true)
	}
	equal(t, "an extension of the house is known by its digits", answer(t, s, "c5", "li", "8001").Number, answer(t, s, "c6", "li", "8001").Number)
	equal(t, "an owner without account still owns", answer(t, s, "c7", "ghost", "").OwnerName, "ghost")
	_, err = s.OwnCall(ctx, records.OwnInput{})
	equal(t, "faults named", len(refusal(t, err, records.ErrIncomplete).Fields), 2)

	must(t, func() error { _, err := s.WrapUp(ctx, solved("c1", "li")); return err }())
	equal(t, "again after the end", answer(t, s, "c1", "li", "13800138000").Number, first.Number)
	equal(t, "a closed case is not continued", answer(t, s, "c8", "wang", "13800138000").New, true)
	equal(t, "case of call", get[records.Case](t)(s.CaseOfCall(ctx, "c1")).Number, first.Number)
	_, err = s.CaseOfCall(ctx, "c99")
	refused(t, err, records.ErrNotFound)
}

// testClaimRace: whoever claims a call on whatever node, exactly one agent owns it, and everybody hears the same name (I1).
func testClaimRace(t *testing.T, open opener) {
	db := open(t)
	nodes := []*records.Store{db.open(t), db.open(t)}
	staff(t, nodes[0])
	for round := range 10 {
		call := fmt.Sprint("c", round)
		var wait sync.WaitGroup
		results := make([]records.OwnedCase, 8)
		errs := make([]error, len(results))
		for i := range results {
			wait.Go(func() {
				results[i], errs[i] = nodes[i%2].OwnCall(context.Background(), records.OwnInput{Call: call, Agent: fmt.Sprint("agent", i)})
			})
		}
		wait.Wait()
		won := 0
		for i := range results {
			if errs[i] == nil {
				won++
				equal(t, "winner owns", results[i].Owner, fmt.Sprint("agent", i))
			} else {
				refused(t, errs[i], records.ErrOwned)
			}
			equal(t, "one case", results[i].Number, results[0].Number)
			equal(t, "one owner", results[i].Owner, results[0].Owner)
		}
		equal(t, "winners", won, 1)
	}
}

func testContinuedCase(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	k := get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "孙丽", Numbers: []records.Number{{Number: "13800138000"}, {Number: "13900139000"}}}))
	first := answer(t, s, "c1", "li", "13800138000")
	equal(t, "contact filled in", get[records.Case](t)(s.Case(ctx, first.Number)).ContactID, k.ID)
	second := answer(t, s, "c2", "wang", "13900139000") // the same person from another phone
	equal(t, "continued, owner stays", second, records.OwnedCase{Number: first.Number, Owner: "li", OwnerName: "李强"})
	equal(t, "the same again", answer(t, s, "c2", "wang", "13900139000"), second)
	get[records.OwnedCase](t)(s.OwnCall(ctx, records.OwnInput{Call: "c2", Agent: "li"})) // the owner may always
	_, err := s.OwnCall(ctx, records.OwnInput{Call: "c2", Agent: "zhao"})
	refused(t, err, records.ErrOwned)

	// Of two open cases the one touched last is continued.
	c.advance(time.Second)
	other := get[records.Case](t)(s.CreateCase(ctx, records.NewCase{Owner: "zhao", ContactID: k.ID, Subject: "another"}))
	equal(t, "newest", answer(t, s, "c3", "li", "13800138000").Number, other.Number)
	c.advance(time.Second)
	subject := "mended"
	get[records.Case](t)(s.UpdateCase(ctx, first.Number, records.CaseChange{Subject: &subject}))
	equal(t, "touched last", answer(t, s, "c4", "wang", "13800138000").Number, first.Number)

	history := get[[]records.OwnershipEntry](t)(s.OwnershipHistory(ctx, first.Number))
	var steps []string
	for _, h := range history {
		steps = append(steps, fmt.Sprintf("%d %s %s→%s %s", h.Seq, h.Input, h.OldOwner, h.NewOwner, h.Call))
	}
	equal(t, "history", strings.Join(steps, "; "), "1 claim →li c1; 2 join li→li c2; 3 join li→li c4")
}

// testSharedNumber: behind a switchboard nobody is connected with a colleague's case by guess.
func testSharedNumber(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	staff(t, s)
	const board, mobile = "010-65521234", "13800138000"
	a := get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "a", Numbers: []records.Number{{Number: board}, {Number: mobile}}}))
	b := get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "b", Numbers: []records.Number{{Number: board}}}))
	fromMobile := answer(t, s, "c1", "li", mobile)
	equal(t, "a's case from the mobile phone is not that of the switchboard", answer(t, s, "c2", "wang", board).New, true)
	must(t, s.Remember(ctx, board, a.ID, "wang"))
	c2 := get[records.Case](t)(s.CaseOfCall(ctx, "c2"))
	get[records.Case](t)(s.UpdateCase(ctx, c2.Number, records.CaseChange{ContactID: &b.ID}))
	equal(t, "once a is chosen, a's case is continued", answer(t, s, "c3", "zhao", board).Number, fromMobile.Number)
	must(t, s.Remember(ctx, board, b.ID, "wang"))
	equal(t, "and b's, once b is", answer(t, s, "c4", "zhao", board).Number, c2.Number)
}

func testSplitAndHelp(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	staff(t, s)
	first := answer(t, s, "c1", "li", "13800138000")
	answer(t, s, "c2", "wang", "13800138000")
	_, err := s.SplitCall(ctx, "c2", "zhao")
	refused(t, err, records.ErrForbidden)
	_, err = s.SplitCall(ctx, "c9", "zhao")
	refused(t, err, records.ErrNotFound)
	own := get[records.OwnedCase](t)(s.SplitCall(ctx, "c2", "wang"))
	equal(t, "owner of the split case", own.Owner, "wang")
	equal(t, "another case", own.Number != first.Number, true)
	equal(t, "once", get[records.OwnedCase](t)(s.SplitCall(ctx, "c2", "wang")), own)
	equal(t, "the call belongs to it", answer(t, s, "c2", "wang", "").Number, own.Number)

	_, err = s.WrapUp(ctx, solved("c1", "zhao"))
	refused(t, err, records.ErrForbidden)
	got := get[records.OwnedCase](t)(s.HelpOnCall(ctx, "c1", "zhao", time.Time{}))
	equal(t, "the helper does not own", got.Owner, "li")
	get[records.OwnedCase](t)(s.OwnCall(ctx, records.OwnInput{Call: "c1", Agent: "zhao"})) // adopted again: no quarrel
	_, err = s.HelpOnCall(ctx, "c9", "zhao", time.Time{})
	refused(t, err, records.ErrNotFound)
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("c1", "zhao")))
}

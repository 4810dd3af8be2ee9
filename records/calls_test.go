package records_test

import (
	"fmt"
	"testing"
	"time"

	"hotline/records"
)

func judged(c *clock, call string) records.CallRow {
	return records.CallRow{
		Call: call, Switch: "pbx1", DID: "4001", Queue: "support", Number: "+8613800138000", Name: "孙\r\n丽",
		Arrived: c.now(), Ring1: c.now().Add(3 * time.Millisecond),
		Rule: "three-rings/1 1s+4s x3", Answered: true, AnsweredAt: c.now().Add(7003 * time.Millisecond), Agent: "li",
		Rings: 2, WaitedMS: 7000, Met: true,
	}
}

func testCalls(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	row := judged(c, "c1")
	must(t, s.SaveVerdict(ctx, row))
	must(t, s.SaveVerdict(ctx, row))
	for i, change := range []func(*records.CallRow){
		func(r *records.CallRow) { r.Met = false },
		func(r *records.CallRow) { r.WaitedMS++ },
		func(r *records.CallRow) { r.Rings = 1 },
		func(r *records.CallRow) { r.Rule = "three-rings/2" },
		func(r *records.CallRow) { r.Agent = "wang" },
		func(r *records.CallRow) { r.Answered = false },
	} {
		other := row
		change(&other)
		if err := s.SaveVerdict(ctx, other); err == nil {
			t.Errorf("verdict %d was edited (I6)", i)
		} else {
			refused(t, err, records.ErrConflict)
		}
	}
	refused(t, s.SaveVerdict(ctx, records.CallRow{Call: "c2"}), records.ErrInvalid)
	refused(t, s.EndCall(ctx, records.CallRow{Call: "c2"}), records.ErrInvalid)

	own := answer(t, s, "c1", "li", "13800138000")
	c.advance(time.Minute)
	must(t, s.EndCall(ctx, records.CallRow{Call: "c1", End: "caller"}))
	must(t, s.EndCall(ctx, records.CallRow{Call: "c1", End: "caller"}))
	refused(t, s.EndCall(ctx, records.CallRow{Call: "c1", End: "agent"}), records.ErrConflict)
	got := get[records.CallRow](t)(s.Call(ctx, "c1"))
	want := row
	want.Name, want.Case, want.End, want.Ended = "孙  丽", own.Number, "caller", c.now()
	equal(t, "row", got, want)

	must(t, s.EndCall(ctx, records.CallRow{Call: "c2", End: "refused", Arrived: c.now(), Ended: c.now()})) // no verdict
	abandoned := records.CallRow{
		Call: "c3", Queue: "support", Number: "+8613900139000", Arrived: c.now(), Ring1: c.now(), Rule: row.Rule, Rings: 1, WaitedMS: 900, Short: true,
	}
	must(t, s.EndCall(ctx, records.CallRow{Call: "c3", Queue: "support", Number: "+8613900139000", End: "abandoned", EndRing: 1, Arrived: c.now()}))
	must(t, s.SaveVerdict(ctx, abandoned)) // the end overtook the verdict
	_, err := s.Call(ctx, "c9")
	refused(t, err, records.ErrNotFound)
	yes, no := true, false
	for _, f := range []struct {
		filter records.CallFilter
		want   int
	}{
		{records.CallFilter{}, 3},
		{records.CallFilter{Queue: "support"}, 2},
		{records.CallFilter{Agent: "li"}, 1},
		{records.CallFilter{Number: "139-0013-9000"}, 1},
		{records.CallFilter{Case: own.Number}, 1},
		{records.CallFilter{End: "refused"}, 1},
		{records.CallFilter{Met: &yes}, 1},
		{records.CallFilter{Met: &no}, 1}, // without a verdict is not "not met"
		{records.CallFilter{From: c.now()}, 2},
		{records.CallFilter{To: c.now()}, 1},
		{records.CallFilter{Limit: 2}, 2},
	} {
		equal(t, fmt.Sprintf("%+v", f.filter), len(get[records.Page[records.CallRow]](t)(s.Calls(ctx, f.filter)).Items), f.want)
	}
}

// testCallRowsBehind: verdicts and ends written behind the call, in the order of the journal; a contradiction stops nothing.
func testCallRowsBehind(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	j := s.Journal()
	row := judged(c, "c1")
	edited := row
	edited.Met = false
	j.AppendVerdict(row)
	j.AppendVerdict(edited)
	j.AppendEnd(records.CallRow{Call: "c1", End: "agent", Ended: c.now()})
	j.AppendEnd(records.CallRow{Call: "c1", End: "fault", Ended: c.now()})
	j.AppendEnd(records.CallRow{})
	j.Append(records.JournalEntry{Call: "c1", Kind: "ended"})
	must(t, j.Flush(ctx))
	got := get[records.CallRow](t)(s.Call(ctx, "c1"))
	equal(t, "first verdict and first end stand", fmt.Sprint(got.Met, got.End), "trueagent")
	equal(t, "journal went on", len(get[[]records.JournalEntry](t)(s.Timeline(ctx, "c1"))), 1)
}

func testCard(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	empty := get[records.Card](t)(s.Card(ctx, "anonymous"))
	equal(t, "nobody", fmt.Sprint(empty.Recognition.Kind, len(empty.Cases), len(empty.Last)), "none0 0")
	customer := get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "华北电力", VIP: true}))
	get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "孙丽", CustomerID: customer.ID, Numbers: []records.Number{{Number: "13800138000"}}}))
	for i := range 7 {
		c.advance(time.Minute)
		must(t, s.SaveVerdict(ctx, judged(c, fmt.Sprint("c", i))))
	}
	own := answer(t, s, "c6", "li", "13800138000")
	get[records.WrapUpResult](t)(s.WrapUp(ctx, records.WrapUpInput{
		Call: "c6", By: "li", Outcome: records.OutcomeCallback, Callback: &records.CallbackFacts{At: c.now().Add(time.Hour)},
	}))
	card := get[records.Card](t)(s.Card(ctx, "0086 138 0013 8000"))
	equal(t, "who", card.Recognition.Kind+card.Recognition.Contacts[0].Name+card.Recognition.Contacts[0].CustomerName, "one孙丽华北电力")
	equal(t, "case, owner and promise", card.Cases[0].Number+card.Cases[0].OwnerName+card.Cases[0].PromisedAt.String(), own.Number+"李强"+c.now().Add(time.Hour).String())
	equal(t, "last contacts", fmt.Sprint(len(card.Last), card.Last[0].Call, card.Last[0].Case), "5c6"+own.Number)
	equal(t, "priority", card.Priority, 20)
}

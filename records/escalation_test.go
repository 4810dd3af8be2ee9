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

// raise escalates a fresh call and gives the escalation.
func raise(t testing.TB, s *records.Store, call, kind string, now time.Time) records.Escalation {
	t.Helper()
	answer(t, s, call, "li", "")
	w := get[records.WrapUpResult](t)(s.WrapUp(t.Context(), escalated(call, "li", kind, now)))
	return get[records.Escalation](t)(s.Escalation(t.Context(), w.Escalation))
}

// testCentres: the wrap-up's word counts first, then the customer's data, then the centre that serves the region.
func testCentres(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set, func(o *records.Options) {
		o.CentreOf = func(region string) string { return map[string]string{"广东": "guangzhou", "": "beijing"}[region] }
	})
	staff(t, s)
	customer := get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "华北电力", Region: "北京", ServiceCentre: "north"}))
	get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "孙丽", CustomerID: customer.ID, Numbers: []records.Number{{Number: "13800138000"}}}))
	for i, test := range []struct{ caller, region, centre, want string }{
		{"13800138000", "", "", "north"},
		{"13800138000", "广东", "", "guangzhou"}, // elsewhere than where the customer is
		{"", "广东", "west", "west"},
		{"", "广东", "", "guangzhou"},
		{"", "", "", "beijing"},
		{"", "西藏", "", ""},
	} {
		call := fmt.Sprint("centre", i)
		answer(t, s, call, "li", test.caller)
		in := escalated(call, "li", []string{records.OutcomeRemote, records.OutcomeOnsite}[i%2], c.now())
		in.Escalation.Region, in.Escalation.Centre = test.region, test.centre
		w := get[records.WrapUpResult](t)(s.WrapUp(ctx, in))
		e := get[records.Escalation](t)(s.Escalation(ctx, w.Escalation))
		equal(t, fmt.Sprintf("centre of %+v", test), e.Centre, test.want)
	}
}

func testEscalation(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	customer := get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "华北电力", Region: "北京", ServiceCentre: "北京中心"}))
	get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "孙丽", CustomerID: customer.ID, Numbers: []records.Number{{Number: "13800138000"}}}))
	answer(t, s, "c1", "li", "13800138000")
	w := get[records.WrapUpResult](t)(s.WrapUp(ctx, escalated("c1", "li", records.OutcomeOnsite, c.now())))
	e := get[records.Escalation](t)(s.Escalation(ctx, w.Escalation))
	equal(t, "from the customer", e.CustomerName+e.Region+e.Centre, "华北电力北京北京中心")
	equal(t, "confirmed contact", e.ContactName+e.ContactNumber, "孙丽+861065521234")
	equal(t, "told", e.ToldMeans+e.ToldProcedure+e.ToldAt.String(), "an engineer comescalls before, brings a power supply"+c.now().Add(24*time.Hour).String())
	equal(t, "response time stored", e.RespondBy, c.now().Add(4*time.Hour))
	equal(t, "case", e.Case+e.CaseOwner+e.Subject, w.Case.Number+"liserver does not start")

	_, err := s.FinishEscalation(ctx, e.ID, "deng", "x", 0)
	refused(t, err, records.ErrConflict)
	_, err = s.DeclineEscalation(ctx, e.ID, "deng", "", 0)
	refused(t, err, records.ErrIncomplete)
	_, err = s.AcceptEscalation(ctx, "nothing", "deng", 0)
	refused(t, err, records.ErrNotFound)
	_, err = s.AcceptEscalation(ctx, e.ID, "deng", 9)
	refused(t, err, records.ErrConflict)
	var wait sync.WaitGroup // two dispatchers at once: one accepts
	errs := make([]error, 4)
	for i := range errs {
		wait.Go(func() { _, errs[i] = s.AcceptEscalation(ctx, e.ID, fmt.Sprint("deng", i), e.Version) })
	}
	wait.Wait()
	accepted := 0
	for _, err := range errs {
		if err == nil {
			accepted++
		} else {
			refused(t, err, records.ErrConflict)
		}
	}
	equal(t, "accepted", accepted, 1)
	e = get[records.Escalation](t)(s.FinishEscalation(ctx, e.ID, "deng", "power supply replaced", 0))
	equal(t, "done", string(e.State)+e.Result, "donepower supply replaced")
	kase := get[records.Case](t)(s.Case(ctx, e.Case))
	equal(t, "back with its owner, who confirms with the customer", kase.State+kase.Owner, "openli")
	notes := get[[]records.Note](t)(s.Notes(ctx, e.Case))
	equal(t, "noted", strings.Contains(notes[0].Text, "power supply replaced"), true)
	_, err = s.DeclineEscalation(ctx, e.ID, "deng", "too late", 0)
	refused(t, err, records.ErrConflict)

	e = raise(t, s, "c2", records.OutcomeRemote, c.now())
	equal(t, "response time stored", e.RespondBy, c.now().Add(time.Hour))
	e = get[records.Escalation](t)(s.DeclineEscalation(ctx, e.ID, "deng", "no contract", 0))
	equal(t, "declined", string(e.State)+e.Reason, "declinedno contract")
	kase = get[records.Case](t)(s.Case(ctx, e.Case))
	equal(t, "does not fall to the floor", kase.State+kase.Owner, "openli")
	told := get[records.Page[records.Notice]](t)(s.Notices(ctx, records.NoticeFilter{Kind: records.NoticeDeclined})).Items
	equal(t, "manager told", len(told), 1)
	for f, want := range map[records.EscalationFilter]int{
		{}: 2, {Active: true}: 0, {State: "declined"}: 1, {Kind: "onsite", Region: "北京", Centre: "北京中心"}: 1, {Case: e.Case}: 1, {Accepted: "x"}: 0,
	} {
		equal(t, fmt.Sprintf("%+v", f), len(get[records.Page[records.Escalation]](t)(s.Escalations(ctx, f)).Items), want)
	}
}

// testEscalationAgain: a customer who calls again does not get two engineers.
func testEscalationAgain(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	own := answer(t, s, "c1", "li", "13800138000")
	first := get[records.WrapUpResult](t)(s.WrapUp(ctx, escalated("c1", "li", records.OutcomeOnsite, c.now())))
	equal(t, "continued", answer(t, s, "c2", "wang", "13800138000").Number, own.Number)
	in := escalated("c2", "wang", records.OutcomeOnsite, c.now())
	in.Escalation.Situation = "now it smokes"
	second := get[records.WrapUpResult](t)(s.WrapUp(ctx, in))
	equal(t, "the same escalation", second.Escalation, first.Escalation)
	equal(t, "owner", second.Case.Owner, "li")
	e := get[records.Escalation](t)(s.Escalation(ctx, first.Escalation))
	equal(t, "brought up to date", e.Situation, "now it smokes")
	answer(t, s, "c3", "wang", "13800138000")
	other := get[records.WrapUpResult](t)(s.WrapUp(ctx, escalated("c3", "wang", records.OutcomeRemote, c.now())))
	equal(t, "remote beside onsite is another one", other.Escalation != first.Escalation, true)
	get[records.Escalation](t)(s.DeclineEscalation(ctx, other.Escalation, "deng", "not remotely", 0))
	equal(t, "still escalated onsite", get[records.Case](t)(s.Case(ctx, own.Number)).State, records.CaseEscalated)
}

func testOverdue(t *testing.T, open opener) {
	ctx, c, db := t.Context(), newClock(), open(t)
	s, node2 := db.open(t, c.set), db.open(t, c.set)
	staff(t, s)
	e := raise(t, s, "c1", records.OutcomeRemote, c.now())
	taken := raise(t, s, "c2", records.OutcomeRemote, c.now())
	get[records.Escalation](t)(s.AcceptEscalation(ctx, taken.ID, "deng", 0))
	c.advance(time.Hour - time.Microsecond)
	equal(t, "not yet", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Escalations, 0)
	c.advance(time.Microsecond)
	var wait sync.WaitGroup
	var swept [2]records.Swept
	for i, node := range []*records.Store{s, node2} {
		wait.Go(func() { swept[i], _ = node.SweepOverdue(ctx, c.now()) })
	}
	wait.Wait()
	equal(t, "once, whoever sweeps", swept[0].Escalations+swept[1].Escalations, 1)
	e = get[records.Escalation](t)(s.Escalation(ctx, e.ID))
	equal(t, "overdue", e.State, records.EscalationOverdue)
	equal(t, "owner unchanged (I5)", get[records.Case](t)(s.Case(ctx, e.Case)).Owner, "li")
	told := get[records.Page[records.Notice]](t)(s.Notices(ctx, records.NoticeFilter{Kind: records.NoticeOverdue})).Items
	equal(t, "manager told", len(told) == 1 && told[0].Case == e.Case, true)
	e = get[records.Escalation](t)(s.AcceptEscalation(ctx, e.ID, "chen", 0))
	equal(t, "accepted late", string(e.State)+e.AcceptedBy, "acceptedchen")

	for i := range 130 { // more than one transaction takes
		raise(t, s, fmt.Sprint("many", i), records.OutcomeRemote, c.now())
	}
	c.advance(time.Hour)
	equal(t, "all", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Escalations, 130)
}

// testFeed: readers that resume from their cursor see every change once, in order, without gaps, while several nodes write.
func testFeed(t *testing.T, open opener) {
	ctx, db := t.Context(), open(t)
	nodes := []*records.Store{db.open(t), db.open(t)}
	staff(t, nodes[0])
	const each = 10
	var write sync.WaitGroup
	for i, s := range nodes {
		write.Go(func() {
			for n := range each {
				e := raise(t, s, fmt.Sprintf("c%d-%d", i, n), records.OutcomeRemote, time.Now()) //nolint:contextcheck // the test has its own
				if _, err := s.AcceptEscalation(ctx, e.ID, "deng", 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	reader := nodes[0].FeedFrom(0)
	var got []records.FeedEntry
	for len(got) < 2*2*each {
		if len(got)%3 == 0 {
			reader = nodes[len(got)%2].FeedFrom(reader.Cursor()) // resumed, on any node
		}
		got = append(got, get[[]records.FeedEntry](t)(reader.Next(ctx, 3))...)
	}
	write.Wait()
	state := map[string]string{}
	for i, e := range got {
		equal(t, "sequence", e.Seq, int64(i+1))
		equal(t, "change", state[e.Escalation.ID]+e.Change, map[string]string{"": "opened", "opened": "openedaccepted"}[state[e.Escalation.ID]])
		state[e.Escalation.ID] = e.Change
		want := records.EscalationOpen
		if e.Change == "accepted" {
			want = records.EscalationAccepted
		}
		equal(t, "as it was then", e.Escalation.State, want)
	}
	equal(t, "nothing after the end", len(get[[]records.FeedEntry](t)(nodes[1].Feed(ctx, reader.Cursor(), 10))), 0)

	changed := nodes[0].FeedChanged()
	raise(t, nodes[0], "last", records.OutcomeRemote, time.Now())
	<-changed
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := nodes[0].FeedFrom(1000).Next(gone, 1); err == nil {
		t.Error("a reader outlives its context")
	}
}

func testCallbacks(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	ask := func(number, queue string) records.CallbackRequest {
		return get[records.CallbackRequest](t)(s.AddCallback(ctx, records.CallbackRequest{Number: number, Queue: queue, Call: "c1"}))
	}
	r := ask("13800138000", "support")
	equal(t, "asked twice, waits once", ask("+86 138 0013 8000", "support").ID, r.ID)
	equal(t, "another queue", ask("13800138000", "sales").ID != r.ID, true)
	_, err := s.AddCallback(ctx, records.CallbackRequest{Number: "anonymous"})
	refused(t, err, records.ErrInvalid)
	_, err = s.TakeCallback(ctx, r.ID, "li", 1)
	refused(t, err, records.ErrConflict) // asking again was a change
	taken := get[records.CallbackRequest](t)(s.TakeCallback(ctx, r.ID, "li", 2))
	_, err = s.TakeCallback(ctx, r.ID, "wang", 0)
	refused(t, err, records.ErrConflict)
	get[records.CallbackRequest](t)(s.DropCallback(ctx, r.ID, "engaged", taken.Version))
	get[records.CallbackRequest](t)(s.TakeCallback(ctx, r.ID, "wang", 0))
	done := get[records.CallbackRequest](t)(s.FinishCallback(ctx, r.ID, "wang", "answered", 0))
	equal(t, "done", done.State+done.Login+done.Result+done.EndedAt.String(), "donewanganswered"+c.now().String())
	_, err = s.CancelCallback(ctx, r.ID, "wang", "x", 0)
	refused(t, err, records.ErrConflict)
	_, err = s.TakeCallback(ctx, "nothing", "li", 0)
	refused(t, err, records.ErrNotFound)
	equal(t, "a new request after the old one was served", ask("13800138000", "support").ID != r.ID, true)
	for f, want := range map[records.CallbackFilter]int{{}: 3, {State: "open"}: 2, {Queue: "sales"}: 1} {
		equal(t, fmt.Sprintf("%+v", f), len(get[records.Page[records.CallbackRequest]](t)(s.Callbacks(ctx, f)).Items), want)
	}

	own := answer(t, s, "c2", "li", "13900139000")
	promise := func(call string, in time.Duration) {
		get[records.WrapUpResult](t)(s.WrapUp(ctx, records.WrapUpInput{Call: call, By: "li", Outcome: records.OutcomeCallback, Callback: &records.CallbackFacts{At: c.now().Add(in)}}))
	}
	promise("c2", time.Hour)
	c.advance(time.Hour)
	for range 2 {
		get[records.Swept](t)(s.SweepOverdue(ctx, c.now()))
	}
	late := func() int {
		return len(get[records.Page[records.Notice]](t)(s.Notices(ctx, records.NoticeFilter{Kind: records.NoticeCallback})).Items)
	}
	equal(t, "a broken promise is told once", late(), 1)
	answer(t, s, "c3", "li", "13900139000")
	promise("c3", time.Hour)
	equal(t, "promised again: one request", len(get[records.Page[records.CallbackRequest]](t)(s.Callbacks(ctx, records.CallbackFilter{Case: own.Number})).Items), 1)
	equal(t, "not late yet", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Callbacks, 0)
	c.advance(time.Hour)
	equal(t, "broken again", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Callbacks, 1)
	equal(t, "told again", late(), 2)
}

func testNotices(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	for range 2 {
		must(t, s.AddNotice(ctx, records.Notice{Kind: records.NoticeMissedCalls, Login: "li", Detail: "3 missed"}, "li today"))
		must(t, s.AddNotice(ctx, records.Notice{Kind: "contradiction", Login: "li"}, ""))
	}
	all := get[records.Page[records.Notice]](t)(s.Notices(ctx, records.NoticeFilter{})).Items
	equal(t, "occasions", len(all), 3)
	n := get[records.Notice](t)(s.SeeNotice(ctx, all[0].ID, "chen"))
	equal(t, "seen", n.SeenBy, "chen")
	equal(t, "the first one who saw it", get[records.Notice](t)(s.SeeNotice(ctx, all[0].ID, "other")).SeenBy, "chen")
	equal(t, "unseen", len(get[records.Page[records.Notice]](t)(s.Notices(ctx, records.NoticeFilter{Unseen: true, Limit: 5})).Items), 2)
	_, err := s.SeeNotice(ctx, "nothing", "chen")
	refused(t, err, records.ErrNotFound)
}

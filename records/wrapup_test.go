package records_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

// testWrapUp: each permitted outcome, and every fact that it requires (I4).
func testWrapUp(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	n := 0
	call := func() string {
		n++
		id := fmt.Sprint("c", n)
		answer(t, s, id, "li", "")
		return id
	}
	missing := func(in records.WrapUpInput, want ...string) {
		t.Helper()
		in.Call, in.By = "c1", "li"
		_, err := s.WrapUp(ctx, in)
		var got []string
		for _, f := range refusal(t, err, records.ErrIncomplete).Fields {
			got = append(got, f.Name)
			if f.Code == "" || f.What == "" || f.Do == "" {
				t.Errorf("a fault that does not help: %+v", f)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		equal(t, in.Outcome, strings.Join(got, " "), strings.Join(want, " "))
	}
	call()
	missing(records.WrapUpInput{}, "outcome")
	missing(records.WrapUpInput{Outcome: "closed"}, "outcome")
	missing(records.WrapUpInput{Outcome: "solved", Severity: "awful"}, "severity", "solved.confirmed", "solved.solution")
	missing(records.WrapUpInput{Outcome: "solved", Solved: &records.SolvedFacts{Solution: "x"}}, "solved.confirmed")
	facts := []string{
		"escalation.situation", "escalation.contact.name", "escalation.contact.number", "escalation.contact.confirmed",
		"escalation.told.means", "escalation.told.at", "escalation.told.procedure",
	}
	missing(records.WrapUpInput{Outcome: "remote"}, facts...)
	missing(records.WrapUpInput{Outcome: "onsite", Solved: &records.SolvedFacts{Confirmed: true}}, facts...)
	past := escalated("", "", "onsite", c.now().Add(-48*time.Hour))
	past.Escalation.Contact = records.EscalatedTo{Name: "孙丽", Number: "500&PJSIP/trunk/00"}
	past.Escalation.RespondBy = c.now().AddDate(3, 0, 0)
	missing(past, "escalation.told.at", "escalation.contact.number", "escalation.contact.confirmed", "escalation.respond_by")
	missing(records.WrapUpInput{Outcome: "referred"}, "referral.department", "referral.accepted_by", "referral.accepted_at")
	missing(records.WrapUpInput{Outcome: "referred", Referral: &records.ReferralFacts{
		Department: "accounts", AcceptedBy: "钱", AcceptedAt: c.now().Add(time.Hour),
	}}, "referral.accepted_at")
	missing(records.WrapUpInput{Outcome: "callback"}, "callback.at")
	missing(records.WrapUpInput{Outcome: "callback", Callback: &records.CallbackFacts{At: c.now(), Number: "x"}}, "callback.at", "callback.number")
	missing(records.WrapUpInput{Outcome: "callback", Callback: &records.CallbackFacts{At: c.now().Add(time.Hour)}}, "callback.number") // anonymous
	untouched := get[records.Case](t)(s.CaseOfCall(ctx, "c1"))
	equal(t, "nothing closes it", untouched.State+fmt.Sprint(untouched.Version), "open1")

	for _, w := range []struct {
		in    records.WrapUpInput
		state string
		shut  bool
	}{
		{solved(call(), "li"), records.CaseSolved, true},
		{escalated(call(), "li", records.OutcomeRemote, c.now()), records.CaseEscalated, false},
		{escalated(call(), "li", records.OutcomeOnsite, c.now()), records.CaseEscalated, false},
		{records.WrapUpInput{Call: call(), By: "li", Outcome: records.OutcomeReferred, Referral: &records.ReferralFacts{
			Department: "accounts", AcceptedBy: "钱", AcceptedAt: c.now().Add(-time.Minute),
		}}, records.CaseReferred, true},
		{records.WrapUpInput{Call: call(), By: "li", Outcome: records.OutcomeCallback, Subject: "invoice", Callback: &records.CallbackFacts{
			At: c.now().Add(time.Hour), Number: "13800138000",
		}}, records.CaseCallback, false},
	} {
		got := get[records.WrapUpResult](t)(s.WrapUp(ctx, w.in))
		equal(t, w.in.Outcome, got.Case.State, w.state)
		equal(t, w.in.Outcome+": owner stays readable", got.Case.Owner, "li")
		equal(t, w.in.Outcome+": closed", !got.Case.ClosedAt.IsZero(), w.shut)
		equal(t, w.in.Outcome+": escalation", got.Escalation != "", w.state == records.CaseEscalated)
		equal(t, w.in.Outcome+": promise", !got.Case.PromisedAt.IsZero(), !w.shut)
		equal(t, w.in.Outcome+": subject", got.Case.Subject, w.in.Subject)
	}
	promised := get[records.Page[records.CallbackRequest]](t)(s.Callbacks(ctx, records.CallbackFilter{}))
	equal(t, "promise", promised.Items[0].Number+promised.Items[0].Login, "+8613800138000li")
}

func testWrapUpOnce(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	own := answer(t, s, "c1", "li", "13800138000")
	promise := records.WrapUpInput{Call: "c1", By: "li", Outcome: records.OutcomeCallback, Callback: &records.CallbackFacts{At: c.now().Add(time.Hour)}}
	for _, bad := range []struct {
		change func(*records.WrapUpInput)
		kind   error
	}{
		{func(in *records.WrapUpInput) { in.By = "wang" }, records.ErrForbidden},
		{func(in *records.WrapUpInput) { in.By = "deng" }, records.ErrForbidden},
		{func(in *records.WrapUpInput) { in.Call = "c9" }, records.ErrNotFound},
		{func(in *records.WrapUpInput) { in.Case = "C-0" }, records.ErrConflict},
		{func(in *records.WrapUpInput) { in.Call, in.Case = "", "C-0" }, records.ErrNotFound},
		{func(in *records.WrapUpInput) { in.Version = 99 }, records.ErrConflict},
	} {
		in := promise
		bad.change(&in)
		_, err := s.WrapUp(ctx, in)
		refused(t, err, bad.kind)
	}
	first := get[records.WrapUpResult](t)(s.WrapUp(ctx, promise))
	again := get[records.WrapUpResult](t)(s.WrapUp(ctx, promise))
	equal(t, "once", again, first)
	_, err := s.WrapUp(ctx, solved("c1", "li"))
	refused(t, err, records.ErrConflict)

	// The promised call is made; the case ends without a call of its own, by its owner or by the manager.
	end := solved("", "zhao")
	end.Case = own.Number
	_, err = s.WrapUp(ctx, end)
	refused(t, err, records.ErrForbidden)
	end.By = "chen"
	equal(t, "solved", get[records.WrapUpResult](t)(s.WrapUp(ctx, end)).Case.State, records.CaseSolved)
	_, err = s.WrapUp(ctx, end)
	refused(t, err, records.ErrConflict)
	calls := get[records.Page[records.CallbackRequest]](t)(s.Callbacks(ctx, records.CallbackFilter{Case: own.Number}))
	equal(t, "nobody is called about a solved case", calls.Items[0].State, "cancelled")
	notes := get[[]records.Note](t)(s.Notes(ctx, own.Number))
	equal(t, "solution kept", notes[0].Text, "restarted the print service")
}

func testWrapUpTimedOut(t *testing.T, open opener) {
	ctx, s := t.Context(), open(t).open(t)
	staff(t, s)
	own := answer(t, s, "c1", "li", "")
	must(t, s.WrapUpTimedOut(ctx, "c1", "li"))
	must(t, s.WrapUpTimedOut(ctx, "c1", "li"))
	must(t, s.WrapUpTimedOut(ctx, "nobody answered", "li"))
	c := get[records.Case](t)(s.Case(ctx, own.Number))
	equal(t, "open with its owner", c.State+c.Owner, "openli")
	notices := get[records.Page[records.Notice]](t)(s.Notices(ctx, records.NoticeFilter{Unseen: true})).Items
	equal(t, "told once", len(notices), 1)
	equal(t, "told what", notices[0].Kind+notices[0].Login+notices[0].Call+notices[0].Case, "wrapup-timeoutlic1"+own.Number)
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("c1", "li"))) // late is better than never
	must(t, s.WrapUpTimedOut(ctx, "c1", "li"))
	equal(t, "not told again", len(get[records.Page[records.Notice]](t)(s.Notices(ctx, records.NoticeFilter{})).Items), 1)
}

// FuzzWrapUp: whatever is typed, the answer is a clean input or one refusal that names its faults; never both, never a panic.
func FuzzWrapUp(f *testing.F) {
	now := newClock().now()
	f.Add("solved", "fixed it", true, "", "", "", int64(0))
	f.Add("onsite", "situation", true, "孙丽", "13800138000", "means", int64(3600))
	f.Add("callback", "", false, "", "95588", "", int64(-1))
	f.Add("referred", "\x00\xff", true, "部门", "x", "y", int64(1)<<60)
	f.Fuzz(func(t *testing.T, outcome, text string, yes bool, name, number, means string, seconds int64) {
		when := now.Add(time.Duration(seconds%(1<<33)) * time.Second)
		if seconds == 0 {
			when = time.Time{}
		}
		in := records.WrapUpInput{
			Call: "c1", By: "li", Outcome: outcome, Subject: name, Description: text,
			Solved: &records.SolvedFacts{Solution: text, Confirmed: yes},
			Escalation: &records.EscalationFacts{
				Situation: text, Contact: records.EscalatedTo{Name: name, Number: number, Confirmed: yes},
				Told: records.ToldToCustomer{Means: means, At: when, Procedure: text},
			},
			Referral: &records.ReferralFacts{Department: name, AcceptedBy: means, AcceptedAt: when},
			Callback: &records.CallbackFacts{At: when, Number: number},
		}
		err := in.Validate(now, "CN")
		var p *records.Problem
		if err != nil {
			if !errors.As(err, &p) || !errors.Is(err, records.ErrIncomplete) || len(p.Fields) == 0 {
				t.Fatalf("%v", err)
			}
			return
		}
		stored, err := json.Marshal(in)
		if err != nil || strings.Contains(string(stored), `\u0000`) {
			t.Errorf("not clean: %s, %v", stored, err)
		}
		switch outcome {
		case "solved":
			if !yes || strings.TrimSpace(text) == "" {
				t.Error("solved without confirmation or solution")
			}
		case "remote", "onsite":
			if !yes || name == "" || means == "" || !when.After(now) {
				t.Error("escalated without what I4 asks for")
			}
			if e164, ok := records.Normalise(in.Escalation.Contact.Number, "CN"); !ok || e164 != in.Escalation.Contact.Number {
				t.Errorf("number %q", in.Escalation.Contact.Number)
			}
		case "referred":
			if when.After(now.Add(5*time.Minute)) || name == "" || means == "" {
				t.Error("referred without acceptance")
			}
		case "callback":
			if !when.After(now) {
				t.Error("promised for a time that is over")
			}
		default:
			t.Errorf("outcome %q", outcome)
		}
		if err := in.Validate(now, "CN"); err != nil {
			t.Errorf("a clean input is refused: %v", err)
		}
	})
}

// A referral must end with somebody who is there.
func TestReferralNamesAKnownDepartment(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "hotline.db"), func(o *records.Options) { o.Departments = []string{"sales", "finance"} })
	staff(t, s)
	answer(t, s, "c1", "li", "")
	in := records.WrapUpInput{Call: "c1", By: "li", Outcome: "referred", Referral: &records.ReferralFacts{Department: "nobody"}}
	_, err := s.WrapUp(t.Context(), in)
	fields := refusal(t, err, records.ErrIncomplete).Fields
	var names []string
	for _, f := range fields {
		names = append(names, f.Name+" "+f.Code)
	}
	equal(t, "faults", strings.Join(names, ", "), "referral.accepted_by missing, referral.accepted_at missing, referral.department unknown")
	in.Referral.AcceptedBy, in.Referral.AcceptedAt = "Zhao", time.Now()
	_, err = s.WrapUp(t.Context(), in)
	equal(t, "faults", len(refusal(t, err, records.ErrIncomplete).Fields), 1)
	in.Referral.Department = "sales"
	get[records.WrapUpResult](t)(s.WrapUp(t.Context(), in))
}

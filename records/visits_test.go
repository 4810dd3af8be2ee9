package records_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

// testVisitCode: one code, one visit, one check; wrong ones are counted and then refused.
func testVisitCode(t *testing.T, open opener) {
	clk := newClock()
	s := open(t).open(t, clk.set, withProcedures(t, clk))
	staff(t, s)
	engineers(t, s)
	ctx := t.Context()
	o := orderOf(t, s, clk, "c1", records.KindOnsite)
	check := func(code, order, who, via string) records.VisitCheck {
		t.Helper()
		return get[records.VisitCheck](t)(s.CheckVisitCode(ctx, code, order, who, via))
	}
	first := get[records.VisitCode](t)(s.VisitCode(ctx, "gao", o.ID, false))
	equal(t, "digits", len(first.Code), 8)
	equal(t, "asked again", get[records.VisitCode](t)(s.VisitCode(ctx, "gao", o.ID, false)).Code, first.Code)
	_, err := s.VisitCode(ctx, "he", o.ID, false)
	refused(t, err, records.ErrForbidden)

	equal(t, "another order's link", check(first.Code, "other", "link 1", records.ViaVisitLink).Verdict, records.VisitWrong)
	right := check(first.Code[:4]+" "+first.Code[4:], o.ID, "link 1", records.ViaVisitLink)
	equal(t, "right", right.Verdict+right.Engineer.Name+right.Number, "right高明"+o.Number)
	equal(t, "the same link again", check(first.Code, o.ID, "link 1", records.ViaVisitLink).Verdict, records.VisitRight)
	used := check(first.Code, "", "li", records.ViaVisitHotline)
	equal(t, "used up", used.Verdict, records.VisitUsed)
	equal(t, "when", used.Before, clk.now())

	second := get[records.VisitCode](t)(s.VisitCode(ctx, "gao", o.ID, true))
	equal(t, "the old one", check(first.Code, "", "li", records.ViaVisitHotline).Verdict, records.VisitEnded)
	equal(t, "nobody is named", check(first.Code, "", "li", records.ViaVisitHotline).Engineer.Name, "")
	equal(t, "the new one", check(second.Code, "", "li", records.ViaVisitHotline).Verdict, records.VisitRight)
	third := get[records.VisitCode](t)(s.VisitCode(ctx, "gao", o.ID, true))
	get[records.Order](t)(s.AssignOrder(ctx, as("deng"), o.ID, "he", 0))
	equal(t, "another engineer was sent", check(third.Code, "", "li", records.ViaVisitHotline).Verdict, records.VisitEnded)
	fourth := get[records.VisitCode](t)(s.VisitCode(ctx, "he", o.ID, false))
	clk.advance(19 * time.Hour)
	equal(t, "the day after", check(fourth.Code, "", "li", records.ViaVisitHotline).Verdict, records.VisitExpired)

	for i := range 10 {
		equal(t, "wrong", check(fmt.Sprintf("x%d", i), "", "wang", records.ViaVisitHotline).Verdict, records.VisitWrong)
	}
	_, err = s.CheckVisitCode(ctx, fourth.Code, "", "wang", records.ViaVisitHotline)
	refused(t, err, records.ErrForbidden)
	clk.advance(time.Hour)
	equal(t, "an hour later", check("1", "", "wang", records.ViaVisitHotline).Verdict, records.VisitWrong)
}

// testVisitActions: what a device sent is kept first; sent again it is the same; a refusal stays until somebody settled it.
func testVisitActions(t *testing.T, open opener) {
	clk := newClock()
	s := open(t).open(t, clk.set, withProcedures(t, clk))
	staff(t, s)
	engineers(t, s)
	ctx := t.Context()
	o := orderOf(t, s, clk, "c1", records.KindOnsite)
	a := records.VisitAction{Client: "device-0001", Order: o.ID, Kind: "evidence", Body: json.RawMessage(`{"step":"arrival"}`), DeviceAt: clk.now().Add(-time.Hour)}
	_, fresh, err := s.KeepVisitAction(ctx, "gao", a)
	must(t, err)
	equal(t, "fresh", fresh, true)
	out, fresh, err := s.KeepVisitAction(ctx, "gao", a)
	must(t, err)
	equal(t, "again, nothing done yet", fmt.Sprint(fresh, out.Outcome), "false")
	get[records.VisitOutcome](t)(s.EndVisitAction(ctx, a.Client, records.ActionRefused, `{"code":"order_state"}`, "gao"))
	out, _, err = s.KeepVisitAction(ctx, "gao", a)
	must(t, err)
	equal(t, "again, refused", out.Outcome, records.ActionRefused)
	conflicts := get[[]records.VisitConflict](t)(s.VisitConflicts(ctx, "gao"))
	equal(t, "conflicts", len(conflicts), 1)
	equal(t, "what and when", conflicts[0].Number+" "+string(conflicts[0].Body)+" "+conflicts[0].DeviceAt.String(), o.Number+` {"step":"arrival"} `+a.DeviceAt.String())
	equal(t, "of others", len(get[[]records.VisitConflict](t)(s.VisitConflicts(ctx, "he"))), 0)
	get[records.VisitOutcome](t)(s.EndVisitAction(ctx, a.Client, records.ActionSettled, "typed into the order by hand", "chen"))
	equal(t, "settled", len(get[[]records.VisitConflict](t)(s.VisitConflicts(ctx, ""))), 0)

	other := a
	other.Kind = "complete"
	_, _, err = s.KeepVisitAction(ctx, "gao", other)
	refused(t, err, records.ErrConflict)
	_, _, err = s.KeepVisitAction(ctx, "he", a)
	refused(t, err, records.ErrConflict)
	for name, spoil := range map[string]func(*records.VisitAction){
		"id": func(a *records.VisitAction) { a.Client = "1" }, "json": func(a *records.VisitAction) { a.Body = json.RawMessage("{") },
		"large": func(a *records.VisitAction) { a.Body = json.RawMessage(`"` + strings.Repeat("x", 256<<10) + `"`) },
		"time":  func(a *records.VisitAction) { a.DeviceAt = time.Time{} }, "kind": func(a *records.VisitAction) { a.Kind = "" },
	} {
		bad := a
		bad.Client = "device-0002"
		spoil(&bad)
		_, _, err := s.KeepVisitAction(ctx, "gao", bad)
		if refused(t, err, records.ErrInvalid); t.Failed() {
			t.Fatal(name)
		}
	}
	_, err = s.EndVisitAction(ctx, "device-9999", records.ActionDone, "", "gao")
	refused(t, err, records.ErrNotFound)
}

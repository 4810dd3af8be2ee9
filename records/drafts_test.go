package records_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/records"
)

// words joins values with blanks.
func words(v ...any) string { return strings.TrimSuffix(fmt.Sprintln(v...), "\n") }

// values shows a draft as "name=value …".
func values(fields []records.DraftField) string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name+"="+f.Value)
	}
	return strings.Join(out, " ")
}

func testDrafts(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	db := open(t)
	s := db.open(t, c.set)
	staff(t, s)
	own := answer(t, s, "c1", "li", "13800138000")
	save := func(since int64, changes ...records.DraftChange) records.DraftSaved {
		t.Helper()
		return get[records.DraftSaved](t)(s.SaveDraft(ctx, records.DraftInput{By: "li", Case: own.Number, Tab: "a", Since: since, Changes: changes}))
	}
	saved := save(0, records.DraftChange{Name: "subject", Value: "打印机 "}, records.DraftChange{Name: "escalation.told.at", Value: "2026-11-2"})
	equal(t, "saved", words(saved.Seq, values(saved.Saved), len(saved.Others), len(saved.Lost)), "2 subject=打印机  escalation.told.at=2026-11-2 0 0")
	again := save(saved.Seq, records.DraftChange{Name: "subject", Value: "打印机 ", Seen: saved.Seq})
	equal(t, "the same again", again.Seq, saved.Seq)
	c.advance(time.Second)
	more := save(saved.Seq, records.DraftChange{Name: "subject", Value: "", Seen: 1})
	equal(t, "emptied", words(more.Seq, values(more.Saved)), "3 subject=")

	// Another node, another start: nothing is lost.
	kept := get[[]records.DraftField](t)(db.open(t).Draft(ctx, "li", own.Number))
	equal(t, "kept", values(kept), "escalation.told.at=2026-11-2 subject=")
	equal(t, "whose", len(get[[]records.DraftField](t)(s.Draft(ctx, "wang", own.Number))), 0)
	equal(t, "drafted", strings.Join(get[[]string](t)(s.Drafted(ctx, "li")), " "), own.Number)

	long := strings.Repeat("长", 20000) // more than the case takes: kept until it is shortened
	save(3, records.DraftChange{Name: "description", Value: long + "\x00"})
	kept = get[[]records.DraftField](t)(s.Draft(ctx, "li", own.Number))
	equal(t, "long text", kept[0].Value == long, true)
	for _, bad := range []records.DraftChange{
		{Name: "", Value: "x"}, {Name: "Subject"}, {Name: strings.Repeat("a", 65)}, {Name: "a'b"}, {Name: "subject", Value: strings.Repeat("x", 1<<16+1)},
	} {
		_, err := s.SaveDraft(ctx, records.DraftInput{By: "li", Case: own.Number, Changes: []records.DraftChange{bad}})
		refused(t, err, records.ErrInvalid)
	}
	_, err := s.SaveDraft(ctx, records.DraftInput{By: "li", Case: "C-0"})
	refused(t, err, records.ErrNotFound)
	for i := range 97 {
		save(0, records.DraftChange{Name: fmt.Sprint("f", i), Value: "x"})
	}
	_, err = s.SaveDraft(ctx, records.DraftInput{By: "li", Case: own.Number, Changes: []records.DraftChange{{Name: "g", Value: "x"}}})
	refused(t, err, records.ErrInvalid)
}

// testDraftOfTwoTabs: the later typing stands, and the earlier is told, whichever arrives first.
func testDraftOfTwoTabs(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	own := answer(t, s, "c1", "li", "")
	save := func(tab string, since int64, ch records.DraftChange) records.DraftSaved {
		t.Helper()
		ch.Name = "subject"
		return get[records.DraftSaved](t)(s.SaveDraft(ctx, records.DraftInput{
			By: "li", Case: own.Number, Tab: tab, Since: since, Changes: []records.DraftChange{ch},
		}))
	}
	first := save("a", 0, records.DraftChange{Value: "from a"})
	c.advance(time.Second)
	second := save("b", 0, records.DraftChange{Value: "from b"})
	equal(t, "later stands", values(second.Saved)+" lost "+values(second.Lost), "subject=from b lost subject=from a")
	late := save("a", first.Seq, records.DraftChange{Value: "late from a", Seen: first.Seq, Age: time.Minute}) // typed before b's
	equal(t, "typed earlier", values(late.Saved)+" lost "+values(late.Lost)+" stands "+values(late.Others), " lost subject=late from a stands subject=from b")
	c.advance(time.Second)
	seen := save("a", late.Seq, records.DraftChange{Value: "a knows b", Seen: second.Seq})
	equal(t, "knowing is no clash", values(seen.Saved)+" lost "+values(seen.Lost), "subject=a knows b lost ")
	told := get[records.DraftSaved](t)(s.SaveDraft(ctx, records.DraftInput{By: "li", Case: own.Number, Tab: "b", Since: second.Seq}))
	equal(t, "the other tab hears", values(told.Others), "subject=a knows b")
	quiet := get[records.DraftSaved](t)(s.SaveDraft(ctx, records.DraftInput{By: "li", Case: own.Number, Tab: "b", Since: told.Seq}))
	equal(t, "once", len(quiet.Others), 0)
}

func testDraftEnds(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	staff(t, s)
	old := answer(t, s, "c1", "li", "13800138000")
	type_ := func(by, number, name string) {
		t.Helper()
		get[records.DraftSaved](t)(s.SaveDraft(ctx, records.DraftInput{By: by, Case: number, Changes: []records.DraftChange{{Name: name, Value: "x"}}}))
	}
	left := func(by, number string) string {
		t.Helper()
		return values(get[[]records.DraftField](t)(s.Draft(ctx, by, number)))
	}
	type_("li", old.Number, "subject")
	c.advance(time.Minute)
	answer(t, s, "c2", "wang", "13800138000") // the same caller again, about something else
	type_("wang", old.Number, "note")
	split := get[records.OwnedCase](t)(s.SplitCall(ctx, "c2", "wang"))
	equal(t, "goes along", left("wang", old.Number)+"/"+left("wang", split.Number), "/note=x")
	equal(t, "stays", left("li", old.Number), "subject=x")

	type_("chen", old.Number, "note")
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("c1", "li")))
	equal(t, "wiped with the finish", left("li", old.Number), "")
	equal(t, "of others it stays", left("chen", old.Number), "note=x")
	c.advance(91 * 24 * time.Hour)
	type_("wang", split.Number, "subject")
	equal(t, "not for ever", left("chen", old.Number), "")
	must(t, s.DiscardDraft(ctx, "wang", split.Number, "note", "nothing"))
	equal(t, "one field", left("wang", split.Number), "subject=x")
	must(t, s.DiscardDraft(ctx, "wang", split.Number))
	equal(t, "all", left("wang", split.Number), "")
}

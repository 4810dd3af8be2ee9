package records_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/records"
	"hotline/records/procedure"
)

// testOrderWays: pause and resume, waiver and override, a partly done visit that leads to the next, giving up.
func testOrderWays(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withProcedures(t, c))
	staff(t, s)
	engineers(t, s)
	o := orderOf(t, s, c, "c1", records.KindOnsite)

	// Who may: a stranger nothing, the dispatcher no step, an engineer no override and no assigning.
	for who, do := range map[string]func() error{
		"he adds":        func() error { return addText(t, s, "he", o.ID, "appointment") },
		"wang completes": func() error { _, err := s.CompleteStep(ctx, as("wang"), o.ID, "appointment", 0); return err },
		"gao overrides":  func() error { _, err := s.OverrideStep(ctx, as("gao"), o.ID, "appointment", "x", 0); return err },
		"gao assigns":    func() error { _, err := s.AssignOrder(ctx, as("gao"), o.ID, "he", 0); return err },
		"gao cancels":    func() error { _, err := s.CancelOrder(ctx, as("gao"), o.ID, "x", 0); return err },
		"nobody":         func() error { _, err := s.PauseOrder(ctx, as("nobody"), o.ID, "x", 0); return err },
		"he opens":       func() error { _, err := s.OpenOrder(ctx, as("he"), records.OpenOrder{Procedure: "visit"}); return err },
	} {
		t.Log(who)
		refused(t, do(), records.ErrForbidden)
	}
	prove(t, s, o.ID, "appointment")
	o = get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, "appointment", 0))
	equal(t, "begun", o.State, procedure.Running)
	_, err := s.PauseOrder(ctx, as("gao"), o.ID, " ", 0)
	refused(t, err, records.ErrIncomplete)
	o = get[records.Order](t)(s.PauseOrder(ctx, as("gao"), o.ID, "等待备件", o.Version))
	_, err = s.PauseOrder(ctx, as("gao"), o.ID, "again", o.Version-1)
	p := refusal(t, err, records.ErrConflict)
	if !strings.Contains(p.What, "paused by gao") {
		t.Errorf("a stale command does not learn what others did: %s", p.What)
	}
	o = get[records.Order](t)(s.ResumeOrder(ctx, as("gao"), o.ID, 0))

	prove(t, s, o.ID, "arrival")
	_, err = s.OverrideStep(ctx, as("chen"), o.ID, "identity", "客户在电话中已确认", 0)
	refused(t, err, records.ErrIncomplete) // arrival is not settled: nobody jumps over a predecessor
	get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, "arrival", 0))
	get[records.Order](t)(s.OverrideStep(ctx, as("chen"), o.ID, "identity", "客户在电话中已确认", 0))
	waiver := records.EvidenceInput{Order: o.ID, Step: "backup", Kind: procedure.Waiver, Body: []byte(`{"who":"孙丽","reason":"刚做过备份"}`)}
	for _, need := range []string{"permission", "backup"} {
		waiver.Need = need
		get[records.Evidence](t)(s.AddEvidence(ctx, as("gao"), waiver))
	}
	get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, "backup", 0))
	prove(t, s, o.ID, "diagnosis")
	get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, "diagnosis", 0))
	done := get[records.Order](t)(s.ContinueOrder(ctx, as("gao"), o.ID, "备件明天到", 0))
	equal(t, "ended", done.State, procedure.Continued)

	next := get[records.OrderFile](t)(s.Order(ctx, done.Next))
	equal(t, "linked", next.Order.Previous+next.Order.Case+next.Order.Engineer+string(next.Order.State), o.ID+o.Case+"gao"+"assigned")
	states := map[string]procedure.StepState{}
	for _, st := range next.Steps {
		states[st.Step.Code] = st.State
	}
	equal(t, "diagnosis is carried, the appointment is made anew", fmt.Sprint(states["diagnosis"], states["appointment"], states["backup"]), "carriedreadylocked")
	equal(t, "the escalation goes on", get[records.Escalation](t)(s.Escalation(ctx, o.Escalation)).State, records.EscalationAccepted)
	for _, st := range next.Steps {
		if st.State != procedure.StepState(procedure.Carried) && !st.Step.Optional {
			prove(t, s, next.Order.ID, st.Step.Code)
			get[records.Order](t)(s.CompleteStep(ctx, as("gao"), next.Order.ID, st.Step.Code, 0))
		}
	}
	get[records.Order](t)(s.FinishOrder(ctx, as("gao"), next.Order.ID, "已修复", 0))
	equal(t, "now it ends", get[records.Escalation](t)(s.Escalation(ctx, o.Escalation)).State, records.EscalationDone)
	next = get[records.OrderFile](t)(s.Order(ctx, next.Order.ID))
	for _, r := range next.Rules {
		equal(t, "rule "+r.Rule.Code, r.Verdict, procedure.Proven)
	}
	first := get[records.OrderFile](t)(s.Order(ctx, o.ID))
	var override records.Evidence
	for _, e := range first.Evidence {
		if e.Kind == procedure.Override {
			override = e
		}
	}
	if override.Actor != "chen" || !strings.Contains(string(override.Body), "客户在电话中已确认") {
		t.Errorf("the override is not kept: %+v", override)
	}
	audit := get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Action: "order.override"}))
	equal(t, "audited", len(audit.Items), 1)

	other := orderOf(t, s, c, "c2", records.KindRemote)
	get[records.Order](t)(s.UnassignOrder(ctx, as("gao"), other.ID, "不熟悉该产品", 0))
	equal(t, "the manager learns", len(get[records.Page[records.Notice]](t)(s.Notices(ctx, records.NoticeFilter{Kind: records.NoticeOrderReturned})).Items), 1)
	get[records.Order](t)(s.CancelOrder(ctx, as("chen"), other.ID, "客户撤回", 0))
	equal(t, "back to the owner", get[records.Escalation](t)(s.Escalation(ctx, other.Escalation)).State, records.EscalationDeclined)
	equal(t, "case", get[records.Case](t)(s.Case(ctx, other.Case)).State, records.CaseOpen)
	for _, f := range []struct {
		filter records.OrderFilter
		want   int
	}{
		{records.OrderFilter{}, 3},
		{records.OrderFilter{Active: true}, 0},
		{records.OrderFilter{State: "continued"}, 1},
		{records.OrderFilter{Kind: records.KindOnsite}, 2},
		{records.OrderFilter{Mine: "li"}, 3},
		{records.OrderFilter{Mine: "he"}, 0},
		{records.OrderFilter{Engineer: "gao"}, 2},
		{records.OrderFilter{Text: other.Number}, 1},
		{records.OrderFilter{Limit: 2}, 2},
	} {
		page := get[records.Page[records.Order]](t)(s.Orders(ctx, f.filter))
		equal(t, fmt.Sprintf("%+v", f.filter), len(page.Items), f.want)
	}
}

func addText(t testing.TB, s *records.Store, who, order, step string) error {
	t.Helper()
	_, err := s.AddEvidence(t.Context(), as(who), records.EvidenceInput{Order: order, Step: step, Kind: procedure.Written, Body: []byte(`{"text":"x"}`)})
	return err
}

// testClockCarried: what was promised for the first visit is judged at the last; nothing is gained by continuing.
func testClockCarried(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withProcedures(t, c))
	staff(t, s)
	engineers(t, s)
	verdict := func(o records.Order) (procedure.Verdict, time.Duration) {
		for _, st := range get[records.OrderFile](t)(s.Order(ctx, o.ID)).Steps {
			if _, is := map[procedure.StepState]bool{procedure.Locked: true, procedure.Ready: true}[st.State]; is && !st.Step.Optional {
				prove(t, s, o.ID, st.Step.Code)
				get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, st.Step.Code, 0))
			}
		}
		get[records.Order](t)(s.FinishOrder(ctx, as("gao"), o.ID, "好", 0))
		f := get[records.OrderFile](t)(s.Order(ctx, o.ID))
		for _, r := range f.Rules {
			if r.Rule.Code == "response" {
				if len(f.Clocks) > 0 {
					return r.Verdict, f.Clocks[0].Elapsed
				}
				return r.Verdict, 0
			}
		}
		t.Fatal("no rule of the response")
		return "", 0
	}
	next := func(o records.Order) records.Order {
		o = get[records.Order](t)(s.ContinueOrder(ctx, as("gao"), o.ID, "改天", 0))
		return get[records.OrderFile](t)(s.Order(ctx, o.Next)).Order
	}
	// Remote service promises an hour. Responded in time, continued the day after: kept.
	kept := orderOf(t, s, c, "c1", records.KindRemote)
	prove(t, s, kept.ID, "open_port")
	get[records.Order](t)(s.CompleteStep(ctx, as("gao"), kept.ID, "open_port", 0))
	c.advance(24 * time.Hour)
	got, _ := verdict(next(kept))
	equal(t, "kept, then continued", got, procedure.Proven)
	// Half an hour, a pause of a day, ten minutes, continued, ten minutes: fifty minutes have run.
	paused := orderOf(t, s, c, "c2", records.KindRemote)
	c.advance(30 * time.Minute)
	get[records.Order](t)(s.PauseOrder(ctx, as("gao"), paused.ID, "等客户", 0))
	c.advance(24 * time.Hour)
	get[records.Order](t)(s.ResumeOrder(ctx, as("gao"), paused.ID, 0))
	c.advance(10 * time.Minute)
	paused = next(paused)
	c.advance(10 * time.Minute)
	got, ran := verdict(paused)
	equal(t, "paused and continued", string(got)+" "+ran.String(), "proven 50m0s")
	// Continued to gain time: the clock runs on.
	late := orderOf(t, s, c, "c3", records.KindRemote)
	c.advance(50 * time.Minute)
	late = next(late)
	c.advance(50 * time.Minute)
	got, _ = verdict(late)
	equal(t, "continued and late", got, procedure.Missing)
}

// testEvidence: sent twice, kept once; by the channel that the need asks for; the clock of the device beside ours.
func testEvidence(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withProcedures(t, c))
	staff(t, s)
	engineers(t, s)
	o := orderOf(t, s, c, "c1", records.KindRemote)
	device := c.now().Add(-7 * time.Minute)
	in := records.EvidenceInput{Order: o.Number, Step: "open_port", Need: "scope", Kind: procedure.Written, Body: []byte(`{"text":"打印"}`), Client: "phone-1", DeviceAt: device}
	first := get[records.Evidence](t)(s.AddEvidence(ctx, as("gao"), in))
	again := get[records.Evidence](t)(s.AddEvidence(ctx, as("gao"), in))
	equal(t, "the same", again.ID+again.Hash, first.ID+first.Hash)
	equal(t, "both clocks", fmt.Sprint(first.At, first.DeviceAt), fmt.Sprint(c.now(), device))
	in.Step, in.Need = "service", "work"
	_, err := s.AddEvidence(ctx, as("gao"), in)
	refused(t, err, records.ErrConflict)
	for name, c := range map[string]struct {
		by   records.Actor
		in   records.EvidenceInput
		kind error
	}{
		"unknown step":      {as("gao"), records.EvidenceInput{Step: "x", Kind: procedure.Written, Body: []byte(`{"text":"x"}`)}, records.ErrInvalid},
		"unknown need":      {as("gao"), records.EvidenceInput{Step: "solved", Need: "x", Kind: procedure.Written, Body: []byte(`{"text":"x"}`)}, records.ErrInvalid},
		"another kind":      {as("gao"), records.EvidenceInput{Step: "service", Need: "work", Kind: procedure.Fact, Body: []byte(`{"text":"x"}`)}, records.ErrInvalid},
		"by the engineer":   {as("gao"), records.EvidenceInput{Step: "solved", Need: "solved", Kind: procedure.Confirmation, Body: []byte(`{"who":"孙丽"}`)}, records.ErrForbidden},
		"key, unrecorded":   {records.Actor{Customer: "孙丽", Via: procedure.ViaKey}, records.EvidenceInput{Step: "solved", Need: "solved", Kind: procedure.Confirmation, Body: []byte(`{"key":"1"}`)}, records.ErrIncomplete},
		"signed nothing":    {records.Actor{Login: "gao", Customer: "孙丽", Via: procedure.ViaSignature}, records.EvidenceInput{Step: "solved", Need: "solved", Kind: procedure.Confirmation, Body: []byte(`{}`)}, records.ErrIncomplete},
		"signed on paper":   {records.Actor{Login: "gao", Via: procedure.ViaSignature}, records.EvidenceInput{Step: "solved", Need: "solved", Kind: procedure.Confirmation, Body: []byte(`{"who":"孙丽","shown":"x"}`)}, records.ErrForbidden},
		"at another's":      {records.Actor{Login: "he", Customer: "孙丽", Via: procedure.ViaSignature}, records.EvidenceInput{Step: "solved", Need: "solved", Kind: procedure.Confirmation, Body: []byte(`{"who":"孙丽","shown":"x"}`)}, records.ErrForbidden},
		"no file":           {as("gao"), records.EvidenceInput{Step: "report", Need: "report", Kind: procedure.Document}, records.ErrIncomplete},
		"file of nobody":    {as("gao"), records.EvidenceInput{Step: "report", Need: "report", Kind: procedure.Document, File: "x"}, records.ErrNotFound},
		"an event":          {as("gao"), records.EvidenceInput{Step: "report", Kind: procedure.Event, Body: []byte(`{"what":"completed"}`)}, records.ErrInvalid},
		"an override":       {as("chen"), records.EvidenceInput{Step: "report", Kind: procedure.Override, Body: []byte(`{"reason":"x"}`)}, records.ErrInvalid},
		"waiver of nothing": {as("gao"), records.EvidenceInput{Step: "solved", Need: "solved", Kind: procedure.Waiver, Body: []byte(`{"who":"孙丽","reason":"x"}`)}, records.ErrInvalid},
		"waiver by nobody":  {as("gao"), records.EvidenceInput{Step: "backup", Need: "backup", Kind: procedure.Waiver, Body: []byte(`{"reason":"x"}`)}, records.ErrIncomplete},
		"no JSON":           {as("gao"), records.EvidenceInput{Step: "service", Need: "work", Kind: procedure.Written, Body: []byte(`{`)}, records.ErrInvalid},
		"unknown order":     {as("gao"), records.EvidenceInput{Order: "x", Step: "service", Kind: procedure.Written}, records.ErrNotFound},
	} {
		if c.in.Order == "" {
			c.in.Order = o.ID
		}
		t.Log(name)
		_, err := s.AddEvidence(ctx, c.by, c.in)
		refused(t, err, c.kind)
	}
	pressed := get[records.Evidence](t)(s.AddEvidence(ctx, records.Actor{Customer: "孙丽", Via: procedure.ViaKey}, records.EvidenceInput{
		Order: o.ID, Step: "solved", Need: "solved", Kind: procedure.Confirmation, Body: []byte(`{"key":"1","recording":"c1/rec-7"}`),
	}))
	equal(t, "by the customer", pressed.Actor+pressed.Role+pressed.Via, "customer"+"customer"+"key")
	if !strings.Contains(string(pressed.Body), "孙丽") {
		t.Errorf("who pressed the key is not kept: %s", pressed.Body)
	}
	file := get[records.File](t)(s.SaveFile(ctx, "gao", `..\..\报告.pdf`, strings.NewReader("%PDF-1.7 x")))
	equal(t, "file", file.Name+file.Media, "报告.pdf"+"application/pdf")
	back, body, err := s.OpenFile(ctx, file.ID)
	must(t, err)
	text := get[[]byte](t)(io.ReadAll(body))
	must(t, body.Close())
	equal(t, "bytes", string(text)+back.SHA256, "%PDF-1.7 x"+file.SHA256)
	survey := get[records.Evidence](t)(s.AddEvidence(ctx, records.Actor{}, records.EvidenceInput{Case: o.Case, Kind: procedure.Written, Body: []byte(`{"text":"满意"}`)}))
	equal(t, "of the case", survey.Chain+survey.Actor, o.Case+"system")
	_, err = s.AddEvidence(ctx, as("gao"), records.EvidenceInput{Case: o.Case, Kind: procedure.Written, Body: []byte(`{"text":"满意"}`)})
	refused(t, err, records.ErrForbidden)
}

// testProcedureVersions: a running order keeps the version that it began with; a version that was used is never another text.
func testProcedureVersions(t *testing.T, open opener) {
	ctx, c, db := t.Context(), newClock(), open(t)
	version := func(n int, more string) func(*records.Options) {
		d := get[procedure.Definition](t)(procedure.Parse("p.yaml", fmt.Appendf(nil, `procedure: visit
version: %d
name: {zh: 拜访, en: Visit}
steps:
  - {code: one, name: {zh: 一, en: One}, by: [manager]}%s
rules: []
`, n, more)))
		return func(o *records.Options) { o.Procedures, o.Now, o.Files = []procedure.Definition{d}, c.now, t.TempDir() }
	}
	s := db.open(t, version(1, ""))
	staff(t, s)
	old := get[records.Order](t)(s.OpenOrder(ctx, as("chen"), records.OpenOrder{Procedure: "visit", Subject: "拜访"}))
	newer := db.open(t, version(2, "\n  - {code: two, name: {zh: 二, en: Two}, by: [manager]}"))
	fresh := get[records.Order](t)(newer.OpenOrder(ctx, as("chen"), records.OpenOrder{Procedure: "visit"}))
	equal(t, "versions", fmt.Sprint(old.ProcedureVersion, fresh.ProcedureVersion), "1 2")
	equal(t, "steps of the old one", len(get[records.OrderFile](t)(newer.Order(ctx, old.ID)).Steps), 1)
	equal(t, "steps of the new one", len(get[records.OrderFile](t)(newer.Order(ctx, fresh.ID)).Steps), 2)
	get[records.Order](t)(newer.CompleteStep(ctx, as("chen"), old.ID, "one", 0))
	get[records.Order](t)(newer.FinishOrder(ctx, as("chen"), old.ID, "好", 0))
	_, err := newer.FinishOrder(ctx, as("chen"), fresh.ID, "好", 0)
	refused(t, err, records.ErrIncomplete)

	opt := records.Options{Path: filepath.Join(t.TempDir(), "x.db")}
	version(1, "")(&opt)
	first, err := records.Open(ctx, opt)
	must(t, err)
	staff(t, first)
	get[records.Order](t)(first.OpenOrder(ctx, as("chen"), records.OpenOrder{Procedure: "visit"}))
	must(t, first.Close())
	version(1, " # another text")(&opt)
	_, err = records.Open(ctx, opt)
	p := refusal(t, err, records.ErrInvalid)
	if !strings.Contains(p.Do, "version: 2") {
		t.Errorf("it is not said what to do: %v", err)
	}
}

// testEvidenceTampered: a row edited or removed, a step settled behind the chain's back, a file changed: each is named.
func testEvidenceTampered(t *testing.T, _ opener) {
	for name, c := range map[string]struct {
		do   string
		file func(t *testing.T, path string)
		want string
	}{
		"edited":           {do: `UPDATE evidence SET body = '{"text":"forged"}' WHERE seq = 3`, want: "link 3: the hash does not fit"},
		"edited actor":     {do: `UPDATE evidence SET actor = 'he' WHERE seq = 2`, want: "link 2: the hash does not fit"},
		"removed":          {do: `DELETE FROM evidence WHERE seq = 3`, want: "link 3: the entry is missing"},
		"end removed":      {do: `DELETE FROM evidence WHERE seq = (SELECT MAX(seq) FROM evidence)`, want: "the end of the chain is missing"},
		"all removed":      {do: `DELETE FROM evidence`, want: "all entries of the chain are missing"},
		"head removed":     {do: `DELETE FROM evidence_heads`, want: "length is missing"},
		"settled unproven": {do: `INSERT INTO order_steps (order_id, step, outcome, actor, at) SELECT id, 'report', 'done', 'gao', 1 FROM orders`, want: "the step report is settled, but the chain does not say so"},
		"other file":       {do: `UPDATE files SET sha256 = 'ff'`, want: "the record of its file"},
		"file changed":     {file: func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("forged"), 0o600)) }, want: "its bytes were changed"},
		"file removed":     {file: func(t *testing.T, path string) { must(t, os.Remove(path)) }, want: "it is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, path, clk := t.Context(), filepath.Join(t.TempDir(), "records.db"), newClock()
			opt := withProcedures(t, clk)
			var files string
			s := openAt(t, path, opt, func(o *records.Options) { files = o.Files })
			staff(t, s)
			engineers(t, s)
			o := orderOf(t, s, clk, "c1", records.KindRemote)
			prove(t, s, o.ID, "open_port")
			get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, "open_port", 0))
			file := get[records.File](t)(s.SaveFile(ctx, "gao", "a.pdf", bytes.NewReader([]byte("%PDF"))))
			get[records.Evidence](t)(s.AddEvidence(ctx, as("gao"), records.EvidenceInput{Order: o.ID, Step: "report", Need: "report", Kind: procedure.Document, File: file.ID}))
			whole := get[records.EvidenceReport](t)(s.VerifyEvidence(ctx))
			must(t, whole.Err())
			if whole.Chains != 1 || whole.Pieces < 5 || whole.Files != 1 {
				t.Fatalf("it looked at %+v", whole)
			}
			db := get[*sql.DB](t)(sql.Open("sqlite3", "file:"+path))
			defer db.Close()
			if c.do != "" {
				if _, err := db.ExecContext(ctx, c.do); err == nil && !strings.HasPrefix(c.do, "INSERT") {
					t.Errorf("the database let pass: %s", c.do)
				}
				for _, table := range []string{"evidence_no_update", "evidence_no_delete", "evidence_heads_no_delete", "files_no_update"} {
					get[sql.Result](t)(db.ExecContext(ctx, `DROP TRIGGER `+table))
				}
				if !strings.HasPrefix(c.do, "INSERT") {
					get[sql.Result](t)(db.ExecContext(ctx, c.do))
				}
			}
			if c.file != nil {
				c.file(t, filepath.Join(files, file.SHA256[:2], file.SHA256))
			}
			for what, check := range map[string]func() (records.EvidenceReport, error){
				"all":  func() (records.EvidenceReport, error) { return s.VerifyEvidence(ctx) },
				"case": func() (records.EvidenceReport, error) { return s.VerifyCaseEvidence(ctx, o.Case) },
			} {
				report := get[records.EvidenceReport](t)(check())
				if report.Err() == nil || !strings.Contains(fmt.Sprint(report.Broken), c.want) {
					t.Errorf("%s: got %v, want %q", what, report.Broken, c.want)
				}
			}
			other := get[records.EvidenceReport](t)(s.VerifyCaseEvidence(ctx, "C-0"))
			must(t, other.Err())
		})
	}
}

// testTimelineAndQuality: the life of a case in order, and how its rules were kept.
func testTimelineAndQuality(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withProcedures(t, c))
	staff(t, s)
	engineers(t, s)
	s.Journal().Append(records.JournalEntry{Call: "c1", Kind: "arrived", At: c.now()})
	c.advance(6 * time.Second)
	must(t, s.SaveVerdict(ctx, judged(c, "c1")))
	o := orderOf(t, s, c, "c1", records.KindRemote)
	must(t, s.Journal().Flush(ctx))
	for _, st := range get[records.OrderFile](t)(s.Order(ctx, o.ID)).Steps {
		c.advance(time.Minute)
		if st.Step.Code == "prevention" {
			get[records.Order](t)(s.OverrideStep(ctx, as("chen"), o.ID, "prevention", "客户赶时间，另行电话告知", 0))
			continue
		}
		prove(t, s, o.ID, st.Step.Code)
		get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, st.Step.Code, 0))
	}
	get[records.Order](t)(s.FinishOrder(ctx, as("gao"), o.ID, "已解决", 0))
	lateOrder := orderOf(t, s, c, "c2", records.KindRemote)
	c.advance(48 * time.Hour)
	prove(t, s, lateOrder.ID, "open_port")
	get[records.Order](t)(s.CompleteStep(ctx, as("gao"), lateOrder.ID, "open_port", 0))
	answer(t, s, "c3", "wang", "")
	get[records.WrapUpResult](t)(s.WrapUp(ctx, solved("c3", "wang")))

	line := get[[]records.TimelineEntry](t)(s.CaseTimeline(ctx, o.Case))
	var words []string
	for i, e := range line {
		words = append(words, e.Source+" "+e.What)
		if i > 0 && e.At.Before(line[i-1].At) {
			t.Errorf("out of order: %+v", e)
		}
	}
	whole := strings.Join(words, "\n")
	place := -1
	for _, want := range []string{"call arrived", "ownership claim", "wrapup remote", "escalation opened", "escalation accepted", "order opened", "evidence text", "order completed", "evidence override", "order done"} {
		i := strings.Index(whole, want)
		if i < place {
			t.Errorf("%q is missing or out of order in\n%s", want, whole)
		}
		place = max(place, i)
	}
	if !strings.Contains(whole, "verdict met") || !strings.Contains(whole, "escalation done") {
		t.Errorf("verdict or end are missing in\n%s", whole)
	}

	file := get[records.CaseFile](t)(s.CaseFile(ctx, o.Case))
	if !file.Checked.Holds || len(file.Orders) != 1 || len(file.Calls) != 1 || len(file.Calls[0].Journal) != 1 || file.ChainHead != file.Evidence[len(file.Evidence)-1].Hash {
		t.Errorf("the file of the case: %+v", file.Checked)
	}
	for _, r := range file.Rules {
		if r.Rule.Code == "told" && r.Verdict != procedure.Proven || r.Rule.Code == "three_rings" && r.Verdict != procedure.Proven {
			t.Errorf("rule %s: %s", r.Rule.Code, r.Verdict)
		}
	}
	equal(t, "the hotline's own rules", len(file.Rules), 4)
	rows := get[[]records.QualityRow](t)(s.Quality(ctx, records.QualityFilter{}))
	got := map[string]string{}
	for _, r := range rows {
		got[r.Procedure+"."+r.Rule] = fmt.Sprint(r.Proven, r.Waived, r.Missing, r.Pending)
		if r.Name.ZH == "" || r.Name.EN == "" {
			t.Errorf("a rule without a name: %+v", r)
		}
	}
	for rule, want := range map[string]string{
		"remote.response": "1 0 1 0", "remote.confidential": "1 0 0 1", "remote.prevention": "0 1 0 1", "onsite.backup": "0 0 0 0",
		"hotline.three_rings": "1 0 0 0", "hotline.solved_by_phone": "1 2 0 0", "hotline.told": "2 0 0 0", "hotline.first_contact": "1 0 0 2",
	} {
		equal(t, rule, got[rule], want)
	}
	for _, r := range rows {
		for verdict, n := range map[procedure.Verdict]int{procedure.Proven: r.Proven, procedure.Excused: r.Waived, procedure.Missing: r.Missing, procedure.Pending: r.Pending} {
			list := get[records.Page[records.QualityItem]](t)(s.QualityList(ctx, r.Procedure, r.Rule, verdict, records.QualityFilter{}, "", 0))
			equal(t, fmt.Sprintf("behind %s.%s %s", r.Procedure, r.Rule, verdict), len(list.Items), n)
		}
	}
	none := get[[]records.QualityRow](t)(s.Quality(ctx, records.QualityFilter{Engineer: "he", Procedure: "remote"}))
	equal(t, "of somebody else", fmt.Sprint(len(none), none[0].Judged()), "3 0")
	_, err := s.QualityList(ctx, "remote", "nothing", procedure.Proven, records.QualityFilter{}, "", 0)
	refused(t, err, records.ErrNotFound)
}

// testClocks: no pause, no change of the agreement loses time that has run.
func testClocks(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, c.set)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		subject, ran, within, state := fmt.Sprintf("C-%d", n), time.Duration(0), time.Duration(rapid.IntRange(1, 100).Draw(rt, "within"))*time.Hour, "running"
		get[records.Clock](t)(s.StartClock(ctx, records.Actor{}, records.NewClock{Subject: subject, Clock: "x", Within: within}))
		for range rapid.IntRange(1, 12).Draw(rt, "changes") {
			d := time.Duration(rapid.IntRange(0, 30).Draw(rt, "hours")) * time.Hour
			c.advance(d)
			if state == "running" {
				ran += d
			}
			var k records.Clock
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				k = get[records.Clock](t)(s.HoldClock(ctx, records.Actor{}, subject, "x", "等客户"))
				state = "held"
			case 1:
				k = get[records.Clock](t)(s.RunClock(ctx, records.Actor{}, subject, "x", "继续"))
				state = "running"
			case 2:
				within = time.Duration(rapid.IntRange(1, 100).Draw(rt, "agreed")) * time.Hour
				k = get[records.Clock](t)(s.AgreeClock(ctx, records.Actor{}, subject, "x", within, "", "新协议"))
			default:
				k = get[[]records.Clock](t)(s.Clocks(ctx, subject))[0]
			}
			if k.Elapsed != ran || k.Within != within || k.State != state {
				rt.Fatalf("ran %s of %s, %s; the clock says %s of %s, %s", ran, within, state, k.Elapsed, k.Within, k.State)
			}
			if left := k.Deadline.Sub(c.now()); state == "running" && ran <= within && left != within-ran {
				rt.Fatalf("the deadline is in %s, %s are left", left, within-ran)
			}
			if (k.Verdict == procedure.Missing) != (ran > within) {
				rt.Fatalf("verdict %s after %s of %s", k.Verdict, ran, within)
			}
		}
		k := get[records.Clock](t)(s.StopClock(ctx, records.Actor{}, subject, "x", "完成"))
		c.advance(1000 * time.Hour)
		again := get[[]records.Clock](t)(s.Clocks(ctx, subject))[0]
		if again.Verdict != k.Verdict || again.Elapsed != ran || !again.StoppedAt.Equal(k.StoppedAt) {
			rt.Fatalf("a stopped clock goes on: %+v, then %+v", k, again)
		}
	})
}

// TestOrdersAppendOnly: the database itself refuses to change what must stay.
func TestOrdersAppendOnly(t *testing.T) {
	ctx, path, c := t.Context(), filepath.Join(t.TempDir(), "records.db"), newClock()
	s := openAt(t, path, withProcedures(t, c))
	staff(t, s)
	engineers(t, s)
	o := orderOf(t, s, c, "c1", records.KindRemote)
	prove(t, s, o.ID, "open_port")
	get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, "open_port", 0))
	get[records.Order](t)(s.CancelOrder(ctx, as("chen"), o.ID, "客户撤回", 0))
	db := get[*sql.DB](t)(sql.Open("sqlite3", "file:"+path))
	defer db.Close()
	for _, q := range []string{
		`UPDATE procedures SET source = 'x'`, `DELETE FROM procedures`, `UPDATE order_steps SET actor = 'x'`, `DELETE FROM order_steps`,
		`UPDATE evidence SET actor = 'x'`, `DELETE FROM evidence`, `UPDATE evidence_heads SET count = 0`, `DELETE FROM evidence_heads`,
		`UPDATE clock_segments SET within = 0`, `DELETE FROM clock_segments`, `DELETE FROM orders`, `UPDATE orders SET procedure_version = 2`,
		`UPDATE orders SET case_number = NULL`, `UPDATE orders SET state = 'running', ended_at = NULL`,
	} {
		if _, err := db.ExecContext(ctx, q); err == nil {
			t.Errorf("the database let pass: %s", q)
		}
	}
}

package records_test

import (
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/records"
	"hotline/records/instrument"
	"hotline/records/sampling"
)

// withSurvey opens a store that follows solved cases up: the shipped questions and procedures, and a sample of everything.
func withSurvey(t testing.TB, c *clock) func(*records.Options) {
	t.Helper()
	source := get[[]byte](t)(os.ReadFile("../configs/surveys/satisfaction.yaml"))
	form := get[instrument.Form](t)(instrument.Parse("satisfaction.yaml", source))
	procedures := withProcedures(t, c)
	return func(o *records.Options) {
		procedures(o)
		o.Form, o.Sampling = form, sampling.Rule{Small: 1000}
	}
}

// solveFor brings a call to a solved case and gives its follow-up.
func solveFor(t testing.TB, s *records.Store, call, agent, number string) records.FollowUp {
	t.Helper()
	k := answer(t, s, call, agent, number)
	in := solved(call, agent)
	in.Subject = "打印机无法打印"
	get[records.WrapUpResult](t)(s.WrapUp(t.Context(), in))
	return get[records.FollowUp](t)(s.FollowUp(t.Context(), k.Number))
}

// tomorrow lets the day end and makes its draw.
func tomorrow(t testing.TB, s *records.Store, c *clock) {
	t.Helper()
	c.advance(24 * time.Hour)
	get[records.Swept](t)(s.SweepOverdue(t.Context(), c.now()))
}

var five = map[string]string{"speed": "5", "quality": "4", "comment": "很好"}

// testFollowUp: every solved case is in the clock; the draw makes it due; who solved it, or owns it, can neither call nor key in.
func testFollowUp(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withSurvey(t, c))
	staff(t, s)
	f := solveFor(t, s, "c1", "li", "13800138000")
	equal(t, "state", f.State, records.FollowUpWaiting)
	equal(t, "due", f.DueAt, f.SolvedAt.Add(48*time.Hour))
	equal(t, "stratum", f.Engineer+" "+f.Kind, "li hotline")
	_, err := s.BeginOutCall(ctx, records.NewOutCall{Call: "a-out.1", Purpose: records.OutFollowUp, Ref: f.ID, Login: "chen"})
	equal(t, "called before the draw", refusal(t, err, records.ErrConflict).Code, "out_not_due")
	tomorrow(t, s, c)
	f = get[records.FollowUp](t)(s.FollowUp(ctx, f.ID))
	equal(t, "drawn", f.State, records.FollowUpDue)
	order := get[records.OrderFile](t)(s.Order(ctx, f.Order))
	equal(t, "order", order.Order.Kind+order.Order.Case, "followup"+f.Case)
	equal(t, "clock", order.Clocks[0].Deadline, f.DueAt)
	equal(t, "worklist", len(get[records.Page[records.FollowUp]](t)(s.FollowUps(ctx, records.FollowUpFilter{Work: true})).Items), 1)

	for _, login := range []string{"wang", "deng"} {
		_, err = s.BeginOutCall(ctx, records.NewOutCall{Call: "a-out.x" + login, Purpose: records.OutFollowUp, Ref: f.ID, Login: login})
		refused(t, err, records.ErrForbidden)
	}
	leave := get[records.OutLeave](t)(s.BeginOutCall(ctx, records.NewOutCall{Call: "a-out.1", Purpose: records.OutFollowUp, Ref: f.ID, Login: "chen"}))
	equal(t, "number", leave.Number, "+8613800138000")
	_, err = s.BeginOutCall(ctx, records.NewOutCall{Call: "a-out.2", Purpose: records.OutFollowUp, Ref: f.ID, Login: "chen"})
	equal(t, "twice at once", refusal(t, err, records.ErrConflict).Code, "out_live")
	must(t, s.CheckOutCall(ctx, "a-out.1"))
	log := get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Action: "call.out"}))
	equal(t, "audited", fmt.Sprint(len(log.Items), log.Items[0].By, log.Items[0].Data), "1chena-out.1")

	_, err = s.AddSurvey(ctx, records.NewSurvey{FollowUp: f.ID, Channel: records.SurveyCall, Who: "孙丽", KeyedBy: "li", Answers: five})
	equal(t, "own work", refusal(t, err, records.ErrForbidden).Code, "own_work")
	_, err = s.AddSurvey(ctx, records.NewSurvey{FollowUp: f.ID, Channel: records.SurveyCall, KeyedBy: "chen", Answers: map[string]string{"speed": "6"}})
	if p := refusal(t, err, records.ErrIncomplete); len(p.Fields) != 3 {
		t.Errorf("faults: %+v", p.Fields)
	}
	must(t, s.AnswerOutCall(ctx, "a-out.1", c.now(), "a-out.1"))
	v := get[records.Survey](t)(s.AddSurvey(ctx, records.NewSurvey{FollowUp: f.Case, Channel: records.SurveyCall, Who: "孙丽", KeyedBy: "chen", Answers: five, Call: "a-out.1", Recording: "a-out.1"}))
	equal(t, "scores", fmt.Sprint(v.Speed, v.Quality, v.Complete), "5 4 true")
	must(t, s.EndOutCall(ctx, "a-out.1", "customer", c.now()))
	must(t, s.EndOutCall(ctx, "a-out.1", "busy", c.now()))
	equal(t, "the first word stands", get[records.OutCall](t)(s.OutCall(ctx, "a-out.1")).Outcome, "customer")
	f = get[records.FollowUp](t)(s.FollowUp(ctx, f.ID))
	equal(t, "done", string(f.State)+f.Outcome, "donecall")
	_, err = s.BeginOutCall(ctx, records.NewOutCall{Call: "a-out.3", Purpose: records.OutFollowUp, Ref: f.ID, Login: "chen"})
	refused(t, err, records.ErrConflict)
}

// testManagerSolves: a manager who solved a case is as little its judge as anybody else.
func testManagerSolves(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withSurvey(t, c))
	staff(t, s)
	get[records.User](t)(s.AddUser(ctx, records.NewUser{Login: "both", Name: "both", Roles: []string{records.RoleAgent, records.RoleSupervisor}}))
	f := solveFor(t, s, "c1", "both", "13800138000")
	tomorrow(t, s, c)
	_, err := s.BeginOutCall(ctx, records.NewOutCall{Call: "a-out.1", Purpose: records.OutFollowUp, Ref: f.ID, Login: "both"})
	equal(t, "calls", refusal(t, err, records.ErrForbidden).Code, "own_work")
	_, err = s.CloseFollowUp(ctx, f.ID, "both", "no answer", 0)
	equal(t, "closes", refusal(t, err, records.ErrForbidden).Code, "own_work")
}

// testDraw: seeds are committed to before the day, shown after it, and every draw can be made again; whoever tampers is named.
func testDraw(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withSurvey(t, c), func(o *records.Options) { o.Sampling = sampling.Rule{Small: 1, Quota: 2, Percent: 30} })
	staff(t, s)
	get[records.Swept](t)(s.SweepOverdue(ctx, c.now()))
	draws := get[records.Page[records.Draw]](t)(s.Draws(ctx, "", 0)).Items
	equal(t, "committed", len(draws), 2)
	for _, d := range draws {
		if d.Seed != "" || len(d.Commitment) != 64 {
			t.Errorf("a seed is shown before its day is over: %+v", d)
		}
	}
	_, err := s.DrawFile(ctx, draws[1].Day)
	refused(t, err, records.ErrConflict)
	for i := range 9 {
		c.advance(time.Minute)
		solveFor(t, s, fmt.Sprint("c", i), []string{"li", "wang"}[i%2], fmt.Sprintf("1380013800%d", i))
	}
	tomorrow(t, s, c)
	file := get[records.DrawFile](t)(s.DrawFile(ctx, draws[1].Day))
	equal(t, "fault", file.Fault, "")
	equal(t, "drawn", fmt.Sprint(file.Cases, file.Drawn, len(file.Taken)), "9 4 4")
	for _, k := range file.List {
		want := records.FollowUpPassed
		if slices.Contains(file.Taken, k.Number) {
			want = records.FollowUpDue
		}
		equal(t, k.Number, get[records.FollowUp](t)(s.FollowUp(ctx, k.Number)).State, want)
	}
	equal(t, "once", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Draws, 0)
	checked, broken, err := s.VerifyDraws(ctx)
	must(t, err)
	equal(t, "verified", fmt.Sprint(checked, len(broken)), "1 0")
	must(t, s.Journal().Flush(ctx))
	report := get[records.Report](t)(s.Journal().VerifyChains(ctx))
	must(t, report.Err())
	if entries := get[[]records.JournalEntry](t)(s.Timeline(ctx, "sampling")); len(entries) != 4 { // three days committed, one revealed
		t.Errorf("published: %d", len(entries))
	}
}

// TestTamperedDraw: with the file of the database in hand a draw can be changed, but not unseen.
func TestTamperedDraw(t *testing.T) {
	ctx, c := t.Context(), newClock()
	path := t.TempDir() + "/hotline.db"
	s := openAt(t, path, withSurvey(t, c), func(o *records.Options) { o.Sampling = sampling.Rule{Quota: 1} })
	staff(t, s)
	for i := range 4 {
		solveFor(t, s, fmt.Sprint("c", i), "li", fmt.Sprintf("1380013800%d", i))
	}
	tomorrow(t, s, c)
	db := get[*sql.DB](t)(sql.Open("sqlite3", path))
	defer db.Close()
	for what, statement := range map[string]string{
		"the seed":     `UPDATE draws SET seed = 'ff'`,
		"the case":     `DELETE FROM followups`,
		"the engineer": `UPDATE followups SET engineer = 'wang'`,
		"a survey":     `DELETE FROM draws`,
	} {
		if _, err := db.ExecContext(ctx, statement); err == nil {
			t.Errorf("%s could be changed", what)
		}
	}
	if _, err := db.ExecContext(ctx, `UPDATE followups SET state = CASE state WHEN 'due' THEN 'passed' ELSE 'due' END`); err != nil {
		t.Fatal(err)
	}
	if _, broken, err := s.VerifyDraws(ctx); err != nil || len(broken) != 1 || broken[0].Fault == "" {
		t.Errorf("swapped unseen: %+v, %v", broken, err)
	}
}

// testAttempts: the next attempt lies in another part of the day, is refused before, and what says nothing of the customer is none.
func testAttempts(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withSurvey(t, c))
	staff(t, s)
	f := solveFor(t, s, "c1", "li", "13800138000")
	tomorrow(t, s, c)
	n := 0
	try := func(outcome string) error {
		n++
		call := fmt.Sprint("a-out.", n)
		if _, err := s.BeginOutCall(ctx, records.NewOutCall{Call: call, Purpose: records.OutFollowUp, Ref: f.ID, Login: "chen"}); err != nil {
			return err
		}
		must(t, s.EndOutCall(ctx, call, outcome, c.now()))
		f = get[records.FollowUp](t)(s.FollowUp(ctx, f.ID))
		return nil
	}
	for _, nothing := range []string{"agent-away", "failed", "cancelled", records.OutEndBarred, records.OutEndEngaged, "unknown"} {
		must(t, try(nothing))
	}
	equal(t, "no attempts", f.Attempts, 0)
	must(t, try("no-answer"))
	equal(t, "attempts", f.Attempts, 1)
	equal(t, "too soon", refusal(t, try("busy"), records.ErrConflict).Code, "out_too_soon")
	c.advance(f.NextAt.Sub(c.now()))
	must(t, try("busy"))
	equal(t, "attempts", f.Attempts, 2)
	c.advance(f.NextAt.Sub(c.now()))
	must(t, try("no-answer"))
	c.advance(f.NextAt.Sub(c.now()))
	equal(t, "often enough", refusal(t, try("busy"), records.ErrConflict).Code, "out_tries")
	calls := get[[]records.OutCall](t)(s.OutCalls(ctx, records.OutFollowUp, f.ID))
	equal(t, "on record", len(calls), 9)
	_, err := s.CloseFollowUp(ctx, f.ID, "chen", " ", 0)
	refused(t, err, records.ErrIncomplete)
	c.advance(48 * time.Hour)
	equal(t, "overdue", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).FollowUps, 1)
	notices := get[records.Page[records.Notice]](t)(s.Notices(ctx, records.NoticeFilter{Kind: records.NoticeFollowUp}))
	equal(t, "told once", len(notices.Items), 1)
	f = get[records.FollowUp](t)(s.LinkFollowUp(ctx, f.ID, "chen", "", 0))
	equal(t, "linked", f.State, records.FollowUpLinked)
	// A link that nobody answers in seven days does not keep the follow-up for ever: one more call, then a link again or a reason.
	c.advance(7*24*time.Hour - time.Minute)
	equal(t, "not yet", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Lapsed, 0)
	f = get[records.FollowUp](t)(s.LinkFollowUp(ctx, f.ID, "chen", "", 0)) // sent once more
	c.advance(time.Hour)
	equal(t, "counted from the last one", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Lapsed, 0)
	c.advance(7 * 24 * time.Hour)
	equal(t, "lapsed", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Lapsed, 1)
	equal(t, "once", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Lapsed, 0)
	f = get[records.FollowUp](t)(s.FollowUp(ctx, f.ID))
	equal(t, "back on the worklist", fmt.Sprint(f.State, " ", f.Attempts, " ", f.NextAt.IsZero()), "due 2 true")
	must(t, try("no-answer"))
	c.advance(f.NextAt.Sub(c.now()))
	equal(t, "one more call", refusal(t, try("busy"), records.ErrConflict).Code, "out_tries")
	f = get[records.FollowUp](t)(s.LinkFollowUp(ctx, f.ID, "chen", "", 0))
	f = get[records.FollowUp](t)(s.CloseFollowUp(ctx, f.ID, "chen", "客户不愿评价", f.Version))
	equal(t, "closed", string(f.State)+f.Outcome, "unreached客户不愿评价")
}

// testSurveyLanguage: a machine speaks the language of the person, else that of the queue on which the case came in, else Chinese.
func testSurveyLanguage(t *testing.T, open opener) {
	for name, test := range map[string]struct{ contact, queue, want string }{
		"nothing known": {"", "", "zh"}, "of the queue": {"", "en", "en"}, "of the person": {"en", "", "en"}, "the person first": {"zh", "en", "zh"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, c := t.Context(), newClock()
			asked := ""
			s := open(t).open(t, withSurvey(t, c), func(o *records.Options) {
				o.LanguageOf = func(queue string) string { asked = queue; return test.queue }
			})
			staff(t, s)
			get[records.Contact](t)(s.AddContact(ctx, records.Contact{Name: "Smith", Language: test.contact, Numbers: []records.Number{{Number: "13800138000"}}}))
			f := solveFor(t, s, "c1", "li", "13800138000")
			tomorrow(t, s, c)
			leave := get[records.OutLeave](t)(s.BeginOutCall(ctx, records.NewOutCall{Call: "a-out.1", Purpose: records.OutFollowUp, Ref: f.ID, Login: "chen", Machine: true}))
			equal(t, "language", leave.Lang, test.want)
			if test.contact == "" {
				equal(t, "queue", asked, "support")
			}
		})
	}
	s := open(t).open(t)
	_, err := s.AddContact(t.Context(), records.Contact{Name: "x", Language: "fr"})
	refused(t, err, records.ErrInvalid)
}

func TestNextAttempt(t *testing.T) {
	zone := get[*time.Location](t)(time.LoadLocation("Asia/Shanghai"))
	for from, want := range map[string]string{
		"2026-11-23 08:00": "2026-11-23 10:00", "2026-11-23 09:30": "2026-11-23 13:00", "2026-11-23 12:30": "2026-11-23 14:30",
		"2026-11-23 14:00": "2026-11-23 17:30", "2026-11-23 17:00": "2026-11-23 19:00", "2026-11-23 18:30": "2026-11-24 09:00",
		"2026-11-23 23:30": "2026-11-24 09:00", "2026-11-23 05:00": "2026-11-23 09:00",
	} {
		at := get[time.Time](t)(time.ParseInLocation("2006-01-02 15:04", from, zone))
		equal(t, from, records.NextAttempt(at, zone).In(zone).Format("2006-01-02 15:04"), want)
	}
}

// testKeys: what was pressed becomes a survey, also in part; no consent, no survey; a no is a no.
func testKeys(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withSurvey(t, c))
	staff(t, s)
	for name, test := range map[string]struct {
		keys    [][2]string
		surveys int
		state   records.FollowUpState
	}{
		"whole":     {[][2]string{{"consent", "yes"}, {"speed", "4"}, {"quality", "5"}}, 1, records.FollowUpDone},
		"partial":   {[][2]string{{"consent", "yes"}, {"speed", "4"}}, 1, records.FollowUpDue},
		"declines":  {[][2]string{{"consent", "no"}}, 0, records.FollowUpUnreached},
		"says none": {nil, 0, records.FollowUpDue},
	} {
		f := solveFor(t, s, "c-"+name, "li", "13800138000")
		tomorrow(t, s, c)
		call := "a-out." + name
		get[records.OutLeave](t)(s.BeginOutCall(ctx, records.NewOutCall{Call: call, Purpose: records.OutFollowUp, Ref: f.ID, Login: "chen", Machine: true}))
		must(t, s.AnswerOutCall(ctx, call, c.now(), call))
		for _, k := range test.keys {
			must(t, s.KeyOutCall(ctx, call, k[0], k[1], c.now()))
		}
		must(t, s.EndOutCall(ctx, call, "customer", c.now()))
		list := get[[]records.Survey](t)(s.Surveys(ctx, f.ID))
		equal(t, name, len(list), test.surveys)
		equal(t, name, get[records.FollowUp](t)(s.FollowUp(ctx, f.ID)).State, test.state)
		if len(list) == 1 {
			equal(t, name, list[0].Channel+list[0].KeyedBy+list[0].Recording, "keyscustomer"+call)
			equal(t, name+" counts", list[0].Counts, test.state == records.FollowUpDone)
		}
	}
}

// testTwoChannels: both are kept, the first whole one counts, a correction is a version, and nothing is edited.
func testTwoChannels(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withSurvey(t, c))
	staff(t, s)
	f := solveFor(t, s, "c1", "li", "13800138000")
	tomorrow(t, s, c)
	first := get[records.Survey](t)(s.AddSurvey(ctx, records.NewSurvey{FollowUp: f.ID, Channel: records.SurveyLink, Who: "孙丽", KeyedBy: records.KeyedByCustomer, Answers: five}))
	_, err := s.AddSurvey(ctx, records.NewSurvey{FollowUp: f.ID, Channel: records.SurveyPaper, Who: "孙丽", KeyedBy: "chen", Answers: five})
	refused(t, err, records.ErrIncomplete) // no scan
	scan := get[records.File](t)(s.SaveFile(ctx, "chen", "scan.png", pngOf(t)))
	second := get[records.Survey](t)(s.AddSurvey(ctx, records.NewSurvey{
		FollowUp: f.ID, Channel: records.SurveyPaper, Who: "孙丽", KeyedBy: "chen", Answers: map[string]string{"speed": "1", "quality": "2"}, File: scan.ID,
	}))
	_, err = s.AddSurvey(ctx, records.NewSurvey{FollowUp: f.ID, Channel: records.SurveyPaper, Who: "孙丽", KeyedBy: "chen", Answers: five, Series: second.Series})
	refused(t, err, records.ErrIncomplete) // no reason
	fixed := get[records.Survey](t)(s.AddSurvey(ctx, records.NewSurvey{
		FollowUp: f.ID, Channel: records.SurveyPaper, Who: "孙丽", KeyedBy: "chen", Answers: map[string]string{"speed": "2", "quality": "2"}, Series: second.Series, Reason: "看错一行",
	}))
	equal(t, "version", fixed.Version, 2)
	list := get[[]records.Survey](t)(s.Surveys(ctx, f.Case))
	equal(t, "kept", len(list), 3)
	for _, v := range list {
		equal(t, "counts "+v.ID, v.Counts, v.ID == first.ID)
		equal(t, "newest "+v.ID, v.Newest, v.ID != second.ID)
	}
	got := get[[]records.SurveyResult](t)(s.SurveyResults(ctx, records.ByEngineer, time.Time{}, time.Time{}))
	equal(t, "results", fmt.Sprint(got), "[{li 李强 1 5 4 0 1}]")
	for _, by := range []string{records.ByCentre, records.ByProduct, records.ByKind} {
		equal(t, by, len(get[[]records.SurveyResult](t)(s.SurveyResults(ctx, by, f.SolvedAt.Add(time.Second), time.Time{}))), 0)
	}
	_, err = s.SurveyResults(ctx, "mood", time.Time{}, time.Time{})
	refused(t, err, records.ErrInvalid)
}

// testImprovement: a low score opens one item; a plan, its execution and a check by somebody else close it; what is late goes up.
func testImprovement(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withSurvey(t, c))
	staff(t, s)
	get[records.User](t)(s.AddUser(ctx, records.NewUser{Login: "boss", Name: "周经理", Roles: []string{records.RoleSupervisor}}))
	f := solveFor(t, s, "c1", "li", "13800138000")
	tomorrow(t, s, c)
	low := records.NewSurvey{FollowUp: f.ID, Channel: records.SurveyCall, Who: "孙丽", KeyedBy: "chen", Answers: map[string]string{"speed": "2", "quality": "4", "comment": "等了三天"}}
	v := get[records.Survey](t)(s.AddSurvey(ctx, low))
	low.Series, low.Reason = v.Series, "wording"
	get[records.Survey](t)(s.AddSurvey(ctx, low))
	list := get[records.Page[records.Improvement]](t)(s.Improvements(ctx, records.ImprovementFilter{Active: true})).Items
	equal(t, "one item", len(list), 1)
	i := list[0]
	equal(t, "about", fmt.Sprint(i.Engineer, i.Case, i.Speed, i.Quality, i.Complaint), fmt.Sprint("li", f.Case, 2, 4, "等了三天"))
	c.advance(73 * time.Hour)
	equal(t, "late", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Improvements, 1)
	equal(t, "told", len(get[records.Page[records.Notice]](t)(s.Notices(ctx, records.NoticeFilter{Kind: records.NoticeImprovement})).Items), 1)
	plan := records.ImprovementPlan{Owner: "li", Plan: "备件提前到站", Due: c.now().Add(240 * time.Hour)}
	_, err := s.PlanImprovement(ctx, i.ID, "li", plan, 0)
	refused(t, err, records.ErrForbidden)
	_, err = s.PlanImprovement(ctx, i.ID, "chen", records.ImprovementPlan{}, 0)
	if p := refusal(t, err, records.ErrIncomplete); len(p.Fields) != 3 {
		t.Errorf("faults: %+v", p.Fields)
	}
	_, err = s.FinishImprovement(ctx, i.ID, "chen", "done", 0)
	refused(t, err, records.ErrConflict)
	i = get[records.Improvement](t)(s.PlanImprovement(ctx, i.ID, "chen", plan, 0))
	equal(t, "in time again", i.Overdue, false)
	i = get[records.Improvement](t)(s.FinishImprovement(ctx, i.ID, "li", "备件已到站", i.Version))
	_, err = s.CheckImprovement(ctx, i.ID, "li", "good", true, 0)
	refused(t, err, records.ErrForbidden)
	i = get[records.Improvement](t)(s.CheckImprovement(ctx, i.ID, "boss", "再次等待两天", false, 0))
	equal(t, "again", i.State, records.ImprovementOpen)
	i = get[records.Improvement](t)(s.PlanImprovement(ctx, i.ID, "chen", records.ImprovementPlan{Owner: "chen", Plan: "两地备件", Due: c.now().Add(time.Hour)}, 0))
	i = get[records.Improvement](t)(s.FinishImprovement(ctx, i.ID, "chen", "done", 0))
	c.advance(14*24*time.Hour - time.Minute)
	equal(t, "time to show its effect", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Improvements, 0)
	c.advance(time.Minute)
	equal(t, "nobody checked the effect", get[records.Swept](t)(s.SweepOverdue(ctx, c.now())).Improvements, 1)
	_, err = s.CheckImprovement(ctx, i.ID, "chen", "good", true, 0)
	equal(t, "own work", refusal(t, err, records.ErrForbidden).Code, "own_work")
	i = get[records.Improvement](t)(s.CheckImprovement(ctx, i.ID, "boss", "一天内解决", true, 0))
	equal(t, "closed", string(i.State)+i.CheckedBy, "closedboss")
	_, steps, err := s.Improvement(ctx, i.ID)
	must(t, err)
	var inputs []string
	for _, step := range steps {
		inputs = append(inputs, step.Input)
	}
	equal(t, "history", fmt.Sprint(inputs), "[opened overdue plan finish ineffective plan finish overdue effective]")
}

func pngOf(testing.TB) *strings.Reader { return strings.NewReader("\x89PNG\r\n\x1a\nscan") }

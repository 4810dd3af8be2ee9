package records_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hotline/records"
	"hotline/records/course"
	"hotline/records/procedure"
)

func classPlan(seats int) records.ClassPlan {
	return records.ClassPlan{
		Title: "数据备份与恢复实战", About: "半天课程，带实操。", Audience: "各单位系统管理员", Frontier: "不可变备份、勒索软件防护", FrontierBy: "陈静",
		Goals: []string{"能制定备份计划", "能完成恢复演练"}, Seats: seats,
	}
}

// published opens and publishes a class of the manager chen.
func published(t testing.TB, s *records.Store, seats int) records.Class {
	t.Helper()
	ctx := t.Context()
	c := get[records.Class](t)(s.OpenClass(ctx, as("chen"), classPlan(seats)))
	return get[records.Class](t)(s.PublishClass(ctx, as("chen"), c.ID, "", c.Version))
}

func register(t testing.TB, s *records.Store, class string, n int) records.Registration {
	t.Helper()
	r, _, err := s.Register(t.Context(), records.NewRegistration{
		Class: class, Name: fmt.Sprintf("学员%d", n), Organisation: "华东一厂", Number: fmt.Sprintf("138%08d", n), Via: procedure.ViaLink,
	})
	must(t, err)
	return r
}

// seated checks the two promises of the list: never more people than seats, and nobody is passed over.
func seated(t interface{ Fatalf(string, ...any) }, s *records.Store, class string, seats int, all []records.Registration) {
	taken := 0
	var longest int64 // place of the first who waits
	for _, r := range all {
		if r.State.Seated() {
			taken++
		}
		if r.State == records.SeatWaiting && longest == 0 {
			longest = r.Place
		}
	}
	if taken > seats {
		t.Fatalf("%d people on %d seats", taken, seats)
	}
	if longest != 0 && taken < seats {
		t.Fatalf("a seat is free while place %d waits", longest)
	}
}

func testSeats(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withProcedures(t, c))
	staff(t, s)
	draft := get[records.Class](t)(s.OpenClass(ctx, as("chen"), classPlan(2)))
	_, _, err := s.Register(ctx, records.NewRegistration{Class: draft.ID, Name: "王芳", Organisation: "一厂", Number: "13800138000"})
	refused(t, err, records.ErrConflict) // not published
	_, err = s.OpenClass(ctx, as("li"), classPlan(2))
	refused(t, err, records.ErrForbidden)
	k := published(t, s, 2)
	equal(t, "door", get[records.Class](t)(s.ClassAt(ctx, k.Door)).ID, k.ID)
	_, err = s.ClassAt(ctx, draft.Door)
	refused(t, err, records.ErrNotFound)

	one, two, three, four := register(t, s, k.ID, 1), register(t, s, k.ID, 2), register(t, s, k.ID, 3), register(t, s, k.ID, 4)
	equal(t, "on the list", words(one.State, two.State, three.State, three.Ahead, four.State, four.Ahead), "seated seated waiting 0 waiting 1")
	again, fresh, err := s.Register(ctx, records.NewRegistration{Class: k.ID, Name: "别人", Organisation: "别处", Number: "+86 138 0000 0001"})
	must(t, err)
	equal(t, "the same number again", words(fresh, again.ID == one.ID, again.Name), "false true 学员1")
	_, _, err = s.Register(ctx, records.NewRegistration{Class: k.ID, Number: "abc", Email: "@"})
	equal(t, "faults", len(refusal(t, err, records.ErrInvalid).Fields), 4)
	_, err = s.ConfirmSeat(ctx, as("chen"), three.ID)
	refused(t, err, records.ErrConflict)
	_, err = s.CancelSeat(ctx, as("chen"), one.ID, "")
	refused(t, err, records.ErrIncomplete)

	get[records.Registration](t)(s.ConfirmSeat(ctx, records.Actor{Customer: "学员2", Via: procedure.ViaLink}, two.ID))
	get[records.Registration](t)(s.CancelSeat(ctx, records.Actor{Customer: "学员1", Via: procedure.ViaLink}, one.ID, ""))
	equal(t, "moved up by itself", get[records.Registration](t)(s.Registration(ctx, three.ID)).State, records.SeatHeld)
	var told []string
	for _, u := range get[[]records.Untold](t)(s.Untold(ctx, 10)) {
		told = append(told, u.Name+" "+u.State)
		must(t, s.Told(ctx, u))
	}
	equal(t, "to be told", strings.Join(told, ", "), "学员3 seated")
	equal(t, "told once", len(get[[]records.Untold](t)(s.Untold(ctx, 10))), 0)

	news := get[records.Page[records.Told]](t)(s.Notifications(ctx, "chen", "", 10)).Items
	equal(t, "the organiser phones", words(len(news), news[0].Subject.ZH, news[0].Path), "1 请通知学员3：已为您保留名额，请用个人链接确认是否参加 /classes/"+k.Number+"/people")

	_, err = s.ChangeClass(ctx, as("chen"), k.ID, classPlan(1), 0)
	refused(t, err, records.ErrConflict)
	more := classPlan(3)
	more.Goals = []string{"别的目标"}
	changed := get[records.Class](t)(s.ChangeClass(ctx, as("chen"), k.ID, more, 0))
	equal(t, "more seats", words(changed.Taken, changed.Waiting, changed.Confirmed), "3 0 1")
	equal(t, "goals stay", changed.Goals[0].Text, "能制定备份计划")
	back := register(t, s, k.ID, 1)
	equal(t, "back at the end", words(back.State, back.ID != one.ID), "waiting true")

	late := more
	late.ClosesAt = c.now().Add(time.Hour)
	get[records.Class](t)(s.ChangeClass(ctx, as("chen"), k.ID, late, 0))
	c.advance(time.Hour)
	_, _, err = s.Register(ctx, records.NewRegistration{Class: k.ID, Name: "晚", Organisation: "一厂", Number: "13900139000"})
	refused(t, err, records.ErrConflict)
	equal(t, "listed", len(get[records.Page[records.Class]](t)(s.Classes(ctx, records.ClassFilter{Open: true, Text: "备份"})).Items), 1)
}

// testSeatByMail: who has an address is written to when a seat comes free, in the same transaction.
func testSeatByMail(t *testing.T, open opener) {
	ctx := t.Context()
	s := open(t).open(t, withProcedures(t, nil), func(o *records.Options) { o.Channels = []string{records.ByMail} })
	staff(t, s)
	k := published(t, s, 1)
	first := register(t, s, k.ID, 1)
	next, _, err := s.Register(ctx, records.NewRegistration{Class: k.ID, Name: "孙丽", Organisation: "二厂", Number: "13900139000", Email: "sun@example.org", Via: procedure.ViaDesk})
	must(t, err)
	equal(t, "waits, and was written to", words(next.State, next.Told), "waiting waiting")
	get[records.Registration](t)(s.CancelSeat(ctx, records.Actor{Customer: "学员1", Via: procedure.ViaLink}, first.ID, ""))
	up := get[records.Registration](t)(s.Registration(ctx, next.ID))
	equal(t, "moved up, and was written to", words(up.State, up.Told), "seated seated")
	equal(t, "nobody to phone", len(get[[]records.Untold](t)(s.Untold(ctx, 10)))+len(get[records.Page[records.Told]](t)(s.Notifications(ctx, "chen", "", 10)).Items), 0)
}

// testSeatRace: people who register, confirm and cancel at once, on two nodes, never get more seats than there are, and each
// of those who wait is seated in the order of registering.
func testSeatRace(t *testing.T, open opener) {
	ctx, db := t.Context(), open(t)
	with := withProcedures(t, nil)
	nodes := []*records.Store{db.open(t, with), db.open(t, with)}
	staff(t, nodes[0])
	k := published(t, nodes[0], 5)
	var wait sync.WaitGroup
	for i := range 24 {
		wait.Go(func() {
			s := nodes[i%2]
			r, _, err := s.Register(ctx, records.NewRegistration{Class: k.ID, Name: fmt.Sprint("人", i), Organisation: "厂", Number: fmt.Sprintf("137%08d", i), Via: procedure.ViaLink})
			if err != nil {
				t.Error(err)
				return
			}
			if i%3 == 0 {
				if _, err := nodes[(i+1)%2].CancelSeat(ctx, records.Actor{Customer: "人", Via: procedure.ViaLink}, r.ID, ""); err != nil {
					t.Error(err)
				}
			}
			all, err := s.Registrations(ctx, k.ID)
			if err != nil {
				t.Error(err)
			}
			seated(t, s, k.ID, 5, all)
		})
	}
	wait.Wait()
	all := get[[]records.Registration](t)(nodes[0].Registrations(ctx, k.ID))
	seated(t, nodes[0], k.ID, 5, all)
	var places, order []int64
	for _, r := range all {
		if r.State.Seated() || r.State == records.SeatWaiting {
			places = append(places, r.Place)
		}
	}
	for _, state := range []bool{true, false} { // who has a seat came before who waits
		for _, r := range all {
			if r.State != records.SeatCancelled && r.State.Seated() == state {
				order = append(order, r.Place)
			}
		}
	}
	equal(t, "first come, first seated", fmt.Sprint(order), fmt.Sprint(places))
	equal(t, "all counted", len(places), 16)
}

// TestSeatsOfAnyHistory walks registrations at random: after each step the list keeps its promises.
func TestSeatsOfAnyHistory(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := sqliteDatabase(t).open(t, withProcedures(t, c))
	staff(t, s)
	rapid.Check(t, func(rt *rapid.T) {
		seats := rapid.IntRange(1, 4).Draw(rt, "seats")
		k := published(t, s, seats)
		given := map[string]bool{} // who had a seat once
		for i := range rapid.IntRange(3, 12).Draw(rt, "steps") {
			all := get[[]records.Registration](t)(s.Registrations(t.Context(), k.ID))
			switch what := rapid.SampledFrom([]string{"register", "register", "confirm", "cancel", "seats"}).Draw(rt, "what"); {
			case what == "seats":
				plan := classPlan(rapid.IntRange(1, 6).Draw(rt, "new seats"))
				if changed, err := s.ChangeClass(t.Context(), as("chen"), k.ID, plan, 0); err == nil {
					seats = changed.Seats
				} else {
					refused(t, err, records.ErrConflict)
				}
			case what == "register" || len(all) == 0:
				register(t, s, k.ID, i)
			default:
				r := rapid.SampledFrom(all).Draw(rt, "who")
				var err error
				if what == "confirm" {
					_, err = s.ConfirmSeat(t.Context(), as("chen"), r.ID)
				} else {
					_, err = s.CancelSeat(t.Context(), as("chen"), r.ID, "不来")
				}
				if err != nil {
					refused(t, err, records.ErrConflict)
				}
			}
			all = get[[]records.Registration](t)(s.Registrations(t.Context(), k.ID))
			seated(rt, s, k.ID, seats, all)
			for _, r := range all {
				if given[r.ID] && r.State == records.SeatWaiting {
					rt.Fatalf("%s lost a seat to the wait list", r.ID)
				}
				given[r.ID] = given[r.ID] || r.State.Seated()
			}
		}
	})
}

// held brings a class to the evening of its only session: three people came, one of them checked in by the code.
func held(t *testing.T, s *records.Store, c *clock) (records.Class, []records.Registration, records.Lesson) {
	t.Helper()
	ctx, chen := t.Context(), as("chen")
	k := published(t, s, 10)
	err := s.CountParticipants(ctx, chen, k.ID)
	equal(t, "nobody confirmed", refusal(t, err, records.ErrIncomplete).Lacks[0].What.ZH, "还没有人确认参加")
	var people []records.Registration
	for i := range 3 {
		r := register(t, s, k.ID, i)
		people = append(people, get[records.Registration](t)(s.ConfirmSeat(ctx, records.Actor{Customer: r.Name, Via: procedure.ViaLink}, r.ID)))
	}
	refused(t, s.ConfirmArrangement(ctx, chen, k.ID, ""), records.ErrIncomplete)
	must(t, s.CountParticipants(ctx, chen, k.ID))

	_, err = s.SaveLesson(ctx, chen, records.Lesson{Class: k.ID, From: c.now().Add(time.Hour), To: c.now()})
	equal(t, "faults", len(refusal(t, err, records.ErrInvalid).Fields), 3)
	x := get[records.Lesson](t)(s.SaveLesson(ctx, chen, records.Lesson{Class: k.ID, From: c.now().Add(24 * time.Hour), To: c.now().Add(27 * time.Hour), Place: "三楼会议室", Course: "备份实战"}))
	x.Place = "五楼会议室"
	moved := get[records.Lesson](t)(s.SaveLesson(ctx, chen, x))
	equal(t, "moved", words(moved.Place, moved.Version), "五楼会议室 2")
	_, err = s.SaveLesson(ctx, chen, x)
	refused(t, err, records.ErrConflict)
	err = s.ConfirmArrangement(ctx, chen, k.ID, "")
	equal(t, "no lecturer", refusal(t, err, records.ErrIncomplete).Lacks[0].What.EN, "no lecturer of "+k.Number+" is confirmed")
	_, err = s.InviteLecturer(ctx, chen, records.Lecturer{Class: k.ID, Outside: true, Number: "x"})
	refused(t, err, records.ErrInvalid)
	expert := get[records.Lecturer](t)(s.InviteLecturer(ctx, chen, records.Lecturer{Class: k.ID, Name: "周教授", Outside: true, Organisation: "某大学", Subject: "存储前沿", Email: "zhou@example.org"}))
	own := get[records.Lecturer](t)(s.InviteLecturer(ctx, chen, records.Lecturer{Class: k.ID, Name: "高明", Subject: "恢复演练", Number: "13700137000"}))
	err = s.ConfirmArrangement(ctx, chen, k.ID, "")
	equal(t, "not answered", refusal(t, err, records.ErrIncomplete).Lacks[0].What.ZH, "讲师“周教授”尚未答复")
	yes := records.Actor{Customer: "周教授", Via: procedure.ViaLink}
	equal(t, "accepted", get[records.Lecturer](t)(s.AnswerLecturer(ctx, yes, expert.ID, records.AnswerAccept, "")).State, records.LecturerConfirmed)
	get[records.Lecturer](t)(s.AnswerLecturer(ctx, chen, own.ID, records.AnswerDecline, "出差"))
	_, err = s.AnswerLecturer(ctx, yes, expert.ID, records.AnswerWithdraw, "x")
	refused(t, err, records.ErrForbidden)
	must(t, s.ConfirmArrangement(ctx, chen, k.ID, ""))

	refused(t, s.CloseAttendance(ctx, chen, k.ID), records.ErrIncomplete)
	_, err = s.CheckIn(ctx, chen, x.ID, people[0].ID, records.ByList, "", "")
	refused(t, err, records.ErrConflict) // the day before
	c.advance(24 * time.Hour)
	customer := records.Actor{Customer: "学员0", Via: procedure.ViaLink}
	code := moved.RoomCode(c.now())
	_, err = s.CheckIn(ctx, customer, x.ID, people[0].ID, records.ByCode, "wrong", "phone0")
	refused(t, err, records.ErrForbidden)
	get[records.Attendance](t)(s.CheckIn(ctx, customer, x.ID, people[0].ID, records.ByCode, code, "phone0"))
	_, err = s.CheckIn(ctx, customer, x.ID, people[0].ID, records.ByCode, code, "phone0")
	equal(t, "once", refusal(t, err, records.ErrConflict).Code, "checked_in")
	_, err = s.CheckIn(ctx, customer, x.ID, people[1].ID, records.ByCode, code, "phone0")
	equal(t, "one device, one person", refusal(t, err, records.ErrConflict).Code, "device_used")
	c.advance(2 * records.RoomCodeLife)
	_, err = s.CheckIn(ctx, customer, x.ID, people[1].ID, records.ByCode, code, "phone1")
	equal(t, "an old photo of the code", refusal(t, err, records.ErrForbidden).Code, "code_old")
	pass := get[records.Registration](t)(s.RegistrationOfPass(ctx, people[1].Pass))
	get[records.Attendance](t)(s.CheckIn(ctx, chen, x.ID, pass.ID, records.ByPass, "", ""))
	get[records.Attendance](t)(s.CheckIn(ctx, chen, x.ID, people[2].ID, records.ByList, "", ""))
	get[records.Attendance](t)(s.TakeBack(ctx, chen, x.ID, people[2].ID, "认错人"))
	came := 0
	for _, a := range get[[]records.Attendance](t)(s.Attendances(ctx, k.ID)) {
		if a.Present {
			came++
		}
	}
	equal(t, "came", came, 2)
	must(t, s.CloseAttendance(ctx, chen, k.ID))
	return get[records.Class](t)(s.Class(ctx, k.ID)), people, moved
}

func classExam() course.Exam {
	return course.Exam{Pass: 60, Questions: []course.Question{
		{Code: "q1", Goal: "g1", Kind: course.Single, Text: "备份多久一次？", Options: []string{"每天", "每年"}, Right: []int{0}, Points: 10},
		{Code: "q2", Goal: "g2", Kind: course.Written, Text: "写出恢复步骤。", Points: 10},
	}}
}

func testClass(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withProcedures(t, c))
	staff(t, s)
	chen := as("chen")
	k, people, _ := held(t, s, c)

	refused(t, s.CloseExam(ctx, chen, k.ID), records.ErrIncomplete)
	half := classExam()
	half.Questions = half.Questions[:1]
	must(t, s.SaveExam(ctx, chen, k.ID, half))
	err := s.OpenExam(ctx, chen, k.ID)
	equal(t, "every goal is examined", refusal(t, err, records.ErrIncomplete).Lacks[0].What.ZH, "目标“能完成恢复演练”没有考题")
	must(t, s.SaveExam(ctx, chen, k.ID, classExam()))
	_, err = s.HandIn(ctx, records.Actor{Customer: "x", Via: procedure.ViaLink}, people[0].ID, nil)
	refused(t, err, records.ErrConflict) // not open
	must(t, s.OpenExam(ctx, chen, k.ID))
	refused(t, s.SaveExam(ctx, chen, k.ID, half), records.ErrConflict)
	_, err = s.HandIn(ctx, records.Actor{Customer: "x", Via: procedure.ViaLink}, people[2].ID, nil)
	equal(t, "was not there", refusal(t, err, records.ErrConflict).Code, "not_attended")
	good := course.Answers{"q1": {Chosen: []int{0}}, "q2": {Text: "停服务，恢复，核对"}}
	first := get[records.ExamPaper](t)(s.HandIn(ctx, records.Actor{Customer: "x", Via: procedure.ViaLink}, people[0].ID, good))
	equal(t, "waits for a lecturer", words(first.Result.Open, first.Result.Passed), "[q2] false")
	_, err = s.HandIn(ctx, records.Actor{Customer: "x", Via: procedure.ViaLink}, people[0].ID, good)
	equal(t, "once", refusal(t, err, records.ErrConflict).Code, "handed_in")
	_, err = s.HandIn(ctx, as("li"), people[1].ID, course.Answers{"q1": {Chosen: []int{1}}})
	refused(t, err, records.ErrForbidden)
	keyed := get[records.ExamPaper](t)(s.HandIn(ctx, chen, people[1].ID, course.Answers{"q1": {Chosen: []int{1}}}))
	equal(t, "who keyed it in", keyed.By+" "+keyed.Via+", "+first.By, "chen desk, customer")
	err = s.CloseExam(ctx, chen, k.ID)
	equal(t, "unmarked", refusal(t, err, records.ErrIncomplete).Lacks[0].What.ZH, "学员0的答卷尚未批改完")
	refused(t, s.MarkAnswer(ctx, chen, people[0].ID, "q1", 5, ""), records.ErrNotFound)
	refused(t, s.MarkAnswer(ctx, chen, people[0].ID, "q2", 11, ""), records.ErrInvalid)
	refused(t, s.MarkAnswer(ctx, as("li"), people[0].ID, "q2", 9, ""), records.ErrForbidden)
	must(t, s.MarkAnswer(ctx, chen, people[0].ID, "q2", 5, ""))
	refused(t, s.MarkAnswer(ctx, chen, people[0].ID, "q2", 9, ""), records.ErrIncomplete)
	must(t, s.MarkAnswer(ctx, chen, people[0].ID, "q2", 9, "复核"))
	must(t, s.CloseExam(ctx, chen, k.ID))
	var results []string
	for _, p := range get[[]records.ExamPaper](t)(s.ExamPapers(ctx, k.ID)) {
		results = append(results, words(p.Name, p.Result.Whole.Points, p.Result.Passed))
	}
	equal(t, "results", strings.Join(results, "; "), "学员0 19 true; 学员1 0 false")

	f := get[records.OrderFile](t)(s.Order(ctx, k.ID))
	rules := map[string]procedure.Verdict{}
	for _, r := range f.Rules {
		rules[r.Rule.Code] = r.Verdict
	}
	equal(t, "rules", words(rules["examined"], rules["frontier"], rules["experts"]), "proven proven proven")
	ready := slices.IndexFunc(f.Steps, func(x records.StepFile) bool { return x.State == procedure.Ready })
	equal(t, "what comes next", f.Steps[ready].Step.Code, "survey")
}

// testClassWithoutExpert: what a class does without is said, and shows as waived.
func testClassWithoutExpert(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withProcedures(t, c))
	staff(t, s)
	chen := as("chen")
	plan := classPlan(3)
	plan.Frontier = ""
	k := get[records.Class](t)(s.OpenClass(ctx, chen, plan))
	_, err := s.PublishClass(ctx, chen, k.ID, "", 0)
	refused(t, err, records.ErrIncomplete)
	get[records.Class](t)(s.PublishClass(ctx, chen, k.ID, "本次为基础操作培训", 0))
	r := register(t, s, k.ID, 1)
	get[records.Registration](t)(s.ConfirmSeat(ctx, chen, r.ID))
	must(t, s.CountParticipants(ctx, chen, k.ID))
	get[records.Lesson](t)(s.SaveLesson(ctx, chen, records.Lesson{Class: k.ID, From: c.now(), To: c.now().Add(time.Hour), Place: "线上", Course: "基础"}))
	l := get[records.Lecturer](t)(s.InviteLecturer(ctx, chen, records.Lecturer{Class: k.ID, Name: "高明", Subject: "基础", Number: "13700137000"}))
	get[records.Lecturer](t)(s.AnswerLecturer(ctx, chen, l.ID, records.AnswerAccept, ""))
	must(t, s.ConfirmArrangement(ctx, chen, k.ID, "专家档期不合，下次补上"))
	f := get[records.OrderFile](t)(s.Order(ctx, k.ID))
	var verdicts []string
	for _, rule := range f.Rules {
		verdicts = append(verdicts, rule.Rule.Code+" "+string(rule.Verdict))
	}
	equal(t, "rules", strings.Join(verdicts, ", "), "examined pending, frontier waived, experts waived")
}

// testSessionMoved: whoever is registered hears of a session that is moved or struck out, and their calendars are brought up to date.
func testSessionMoved(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withProcedures(t, c), func(o *records.Options) { o.Channels = []string{records.ByMail} })
	staff(t, s)
	k := published(t, s, 2)
	register(t, s, k.ID, 1)
	gone := register(t, s, k.ID, 2)
	_, _, err := s.Register(ctx, records.NewRegistration{Class: k.ID, Name: "孙丽", Organisation: "二厂", Number: "13900139000", Email: "sun@example.org", Via: procedure.ViaDesk})
	must(t, err)
	get[records.Registration](t)(s.CancelSeat(ctx, records.Actor{Customer: gone.Name, Via: procedure.ViaLink}, gone.ID, ""))
	get[records.Lecturer](t)(s.InviteLecturer(ctx, as("chen"), records.Lecturer{Class: k.ID, Name: "周教授", Outside: true, Organisation: "某大学", Subject: "存储", Email: "zhou@example.org"}))
	lesson := get[records.Lesson](t)(s.SaveLesson(ctx, as("chen"), records.Lesson{Class: k.ID, From: c.now().Add(24 * time.Hour), To: c.now().Add(27 * time.Hour), Place: "三楼", Course: "备份实战"}))
	entries := func() string {
		return string(course.Entries("Hotline", get[[]course.Appointment](t)(s.AppointmentsOf(ctx, k.ID, ""))))
	}
	before := entries()
	mails := &carrier{came: make(chan records.Parcel, 50), reply: func(records.Parcel) error { return nil }}
	said := func(mailed int) []string { // what came in since, whoever was told nothing before is told nothing
		var out []string
		for len(out) < mailed {
			if p := <-mails.came; p.Kind == "class-session" {
				out = append(out, p.Address+" "+p.Subject.ZH+" "+p.Path)
			}
		}
		for _, n := range get[records.Page[records.Told]](t)(s.Notifications(ctx, "chen", "", 20)).Items {
			if n.Kind == "class-session" && n.ReadAt.IsZero() {
				out = append(out, "chen "+n.Subject.ZH+" "+n.Text.ZH)
			}
		}
		get[string](t)(s.ReadNotification(ctx, "chen", ""))
		slices.Sort(out)
		return out
	}
	ran(t, s, mails, records.OutboxOptions{Timeout: time.Minute}, func() {
		equal(t, "a new session", len(said(0)), 0)
		lesson.Course = "备份与恢复"
		lesson = get[records.Lesson](t)(s.SaveLesson(ctx, as("chen"), lesson))
		equal(t, "another title", len(said(0)), 0)

		lesson.From, lesson.To, lesson.Place = lesson.From.Add(24*time.Hour), lesson.To.Add(24*time.Hour), "五楼"
		lesson = get[records.Lesson](t)(s.SaveLesson(ctx, as("chen"), lesson))
		words := "“备份与恢复”改为 2026-11-24 09:00–12:00，五楼"
		path := "/join/" + k.Door + "/calendar.ics"
		equal(t, "moved", strings.Join(said(2), "\n"), strings.Join([]string{
			"chen 请电话通知 1 人：公开课《" + k.Title + "》" + words + " 学员1 +8613800000001",
			"sun@example.org 公开课《" + k.Title + "》：" + words + " " + path,
			"zhou@example.org 公开课《" + k.Title + "》：" + words + " " + path,
		}, "\n"))
		after := entries()
		uid := "UID:" + lesson.ID + "@hotline"
		for _, want := range []string{"SEQUENCE:2", uid, "DTSTART:20261124T090000Z", "STATUS:CONFIRMED"} {
			if !strings.Contains(after, want) {
				t.Errorf("the calendar has no %s:\n%s", want, after)
			}
		}
		if !strings.Contains(before, "SEQUENCE:0") || !strings.Contains(before, uid) {
			t.Errorf("the entry before:\n%s", before)
		}

		lesson.Off = true
		get[records.Lesson](t)(s.SaveLesson(ctx, as("chen"), lesson))
		if told := said(2); len(told) != 3 || !strings.Contains(told[1], "“备份与恢复”（2026-11-24 09:00）取消") {
			t.Errorf("struck out: %q", told)
		}
		if off := entries(); !strings.Contains(off, "SEQUENCE:3") || !strings.Contains(off, "STATUS:CANCELLED") || !strings.Contains(off, uid) {
			t.Errorf("the calendar after:\n%s", off)
		}
	})
}

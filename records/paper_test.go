package records_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"hotline/records"
	"hotline/records/course"
	"hotline/records/document"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
)

// withQuestionnaires is withProcedures and the questionnaires that ship.
func withQuestionnaires(t testing.TB, c *clock) func(*records.Options) {
	t.Helper()
	all := get[[]questionnaire.Definition](t)(questionnaire.ParseAll(os.DirFS("../configs/questionnaires")))
	with := withProcedures(t, c)
	return func(o *records.Options) {
		with(o)
		o.Questionnaires = all
	}
}

// filledIn gives answers to everything that a questionnaire asks for.
func filledIn(d questionnaire.Definition) questionnaire.Answers {
	a := questionnaire.Answers{}
	for _, q := range d.Questions() {
		switch q.Kind {
		case questionnaire.Number:
			a[q.Code] = 10.0
			if q.Code == "failed" {
				a[q.Code] = 0.0
			}
		case questionnaire.Scale:
			a[q.Code] = 5.0
		case questionnaire.Yes:
			a[q.Code] = true
		case questionnaire.One:
			a[q.Code] = q.Options[0].Code
		case questionnaire.Many:
			a[q.Code] = []string{q.Options[0].Code}
		case questionnaire.Table:
			row := make([]string, len(q.Columns))
			for i, col := range q.Columns {
				row[i] = col.Text.ZH
			}
			a[q.Code] = [][]string{row}
		case questionnaire.Date:
			a[q.Code] = "2026-11-22"
		default:
			a[q.Code] = "关于“" + q.Text.ZH + "”的说明。"
		}
	}
	return a
}

// written brings a document of an order to its next version, by gao, from a whole questionnaire.
func written(t testing.TB, s *records.Store, order, code string, change func(questionnaire.Answers)) records.Paper {
	t.Helper()
	ctx, gao := t.Context(), as("gao")
	sh := get[records.Sheet](t)(s.OpenSheet(ctx, gao, order, code, "", ""))
	a := filledIn(sh.Def)
	if change != nil {
		change(a)
	}
	get[records.Sheet](t)(s.AnswerSheet(ctx, gao, sh.ID, a, true, -1))
	r := get[document.Report](t)(s.SheetReport(ctx, sh.ID, "zh-Hans"))
	pdf, _, err := r.Bytes(document.Options{Lang: "zh-Hans", Company: "示例公司"})
	must(t, err)
	i := get[records.Issued](t)(s.IssueDocument(ctx, gao, records.Issued{Number: r.Number, Kind: code, Hash: r.Hash(), Order: order}, r.Number+".pdf", bytes.NewReader(pdf)))
	return get[records.Paper](t)(s.AddPaper(ctx, gao, records.NewPaper{Order: order, Code: code, Sheet: sh.ID, File: i.File, Note: "初稿"}))
}

// confirmed lets the customer confirm a delivered document by its link, as the customer's page does.
func confirmed(t testing.TB, s *records.Store, p records.Paper) {
	t.Helper()
	ctx := t.Context()
	f := get[records.OrderFile](t)(s.Order(ctx, p.Order))
	step, _, _ := records.PaperNeed(f.Definition, p.Code)
	link, _, err := s.NewLink(ctx, as("gao"), records.NewLink{
		Purpose: records.LinkConfirm, Order: p.Order, Step: step.Code, Need: records.PaperConfirm(step), File: p.File, Name: "孙丽", Uses: 1,
	})
	must(t, err)
	get[records.Paper](t)(s.DeliverPaper(ctx, as("gao"), p.ID, link.ID))
	body := get[[]byte](t)(json.Marshal(map[string]any{"link": link.ID, "who": "孙丽", "shown": p.SHA256}))
	get[records.Evidence](t)(s.AddEvidence(ctx, records.Actor{Customer: "孙丽", Via: procedure.ViaLink}, records.EvidenceInput{
		Order: p.Order, Step: step.Code, Need: records.PaperConfirm(step), Kind: procedure.Confirmation, Body: body,
	}))
}

func project(t testing.TB, s *records.Store, kind string) records.Order {
	t.Helper()
	ctx := t.Context()
	customer := get[records.Customer](t)(s.AddCustomer(ctx, records.Customer{Name: "华北电力", Region: "北京"}))
	return get[records.Order](t)(s.OpenOrder(ctx, as("chen"), records.OpenOrder{
		Procedure: kind, CustomerID: customer.ID, Contact: "孙丽", Number: "13800138000", Subject: "机房改造", Engineer: "gao", Manager: "chen",
	}))
}

// refusedStep tries to complete a step that lacks something.
func refusedStep(t testing.TB, s *records.Store, order, step, want string) {
	t.Helper()
	_, err := s.CompleteStep(t.Context(), as("gao"), order, step, 0)
	p := refusal(t, err, records.ErrIncomplete)
	var lacks []string
	for _, l := range p.Lacks {
		lacks = append(lacks, l.Need)
	}
	equal(t, "missing in "+step, strings.Join(lacks, " "), want)
}

func testConsulting(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withQuestionnaires(t, c))
	staff(t, s)
	engineers(t, s)
	o := project(t, s, "consulting")
	refusedStep(t, s, o.ID, "it_survey", "survey")

	// The customer fills the questionnaire in by a link; half of it first.
	customer := records.Actor{Customer: "孙丽", Via: procedure.ViaLink}
	sh := get[records.Sheet](t)(s.OpenSheet(ctx, as("gao"), o.ID, "it_survey", "", "孙丽"))
	half := questionnaire.Answers{"staff": 120.0}
	_, err := s.AnswerSheet(ctx, customer, sh.ID, half, true, -1)
	equal(t, "what is missing", len(refusal(t, err, records.ErrIncomplete).Lacks) > 5, true)
	sh = get[records.Sheet](t)(s.AnswerSheet(ctx, customer, sh.ID, half, false, 0))
	equal(t, "kept", words(sh.Seq, sh.Answers["staff"], sh.Person, sh.Via, sh.DoneAt.IsZero()), "1 120 孙丽 link true")
	_, err = s.AnswerSheet(ctx, as("gao"), sh.ID, half, false, 0)
	refused(t, err, records.ErrConflict) // two people, one sheet
	get[records.Sheet](t)(s.AnswerSheet(ctx, customer, sh.ID, filledIn(sh.Def), true, 1))
	_, err = s.AnswerSheet(ctx, customer, sh.ID, half, false, -1)
	refused(t, err, records.ErrConflict) // handed in
	_, err = s.AnswerSheet(ctx, as("he"), sh.ID, half, false, -1)
	refused(t, err, records.ErrForbidden) // not his order

	survey := written(t, s, o.ID, "it_survey", nil)
	refusedStep(t, s, o.ID, "it_survey", "survey") // not approved yet
	_, err = s.ApprovePaper(ctx, as("gao"), survey.ID)
	refused(t, err, records.ErrForbidden)
	_, err = s.ReturnPaper(ctx, as("chen"), survey.ID, "")
	refused(t, err, records.ErrIncomplete)
	get[records.Paper](t)(s.ReturnPaper(ctx, as("chen"), survey.ID, "补充服务器清单"))
	_, err = s.ApprovePaper(ctx, as("chen"), survey.ID)
	refused(t, err, records.ErrConflict)
	second := written(t, s, o.ID, "it_survey", nil)
	equal(t, "next version", words(second.Number, get[records.Paper](t)(s.Paper(ctx, survey.ID)).State), "2 replaced")
	get[records.Paper](t)(s.ApprovePaper(ctx, as("chen"), second.ID))
	get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, "it_survey", 0))
	_, err = s.AddPaper(ctx, as("gao"), records.NewPaper{Order: o.ID, Code: "it_survey", File: second.File})
	equal(t, "a settled step's documents stay", refusal(t, err, records.ErrConflict).Code, "step_settled")
	_, err = s.AddPaper(ctx, as("gao"), records.NewPaper{Order: o.ID, Code: "poem", File: second.File})
	refused(t, err, records.ErrNotFound)

	refusedStep(t, s, o.ID, "it_solution", "analysis solution approved delivered")
	solution := written(t, s, o.ID, "it_solution", nil)
	_, err = s.DeliverPaper(ctx, as("gao"), solution.ID, "nothing")
	refused(t, err, records.ErrConflict) // not approved
	get[records.Paper](t)(s.ApprovePaper(ctx, as("chen"), solution.ID))
	_, err = s.DeliverPaper(ctx, as("gao"), solution.ID, "nothing")
	refused(t, err, records.ErrNotFound)
	refusedStep(t, s, o.ID, "it_solution", "delivered")
	confirmed(t, s, solution)
	_, err = s.AddPaper(ctx, as("gao"), records.NewPaper{Order: o.ID, Code: "it_solution", File: solution.File})
	equal(t, "what was confirmed stays", refusal(t, err, records.ErrConflict).Code, "paper_confirmed")
	get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, "it_solution", 0))
	for _, step := range []string{"business_survey", "information_solution"} {
		p := written(t, s, o.ID, step, nil)
		get[records.Paper](t)(s.ApprovePaper(ctx, as("chen"), p.ID))
		if step == "information_solution" {
			refusedStep(t, s, o.ID, step, "delivered")
			confirmed(t, s, p)
		}
		get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, step, 0))
	}
	get[records.Order](t)(s.FinishOrder(ctx, as("gao"), o.ID, "两个方案已交付", 0))
	f := get[records.OrderFile](t)(s.Order(ctx, o.ID))
	for _, r := range f.Rules {
		equal(t, r.Rule.Code, r.Verdict, procedure.Proven)
	}
	for _, d := range f.Deliverables {
		equal(t, d.Deliverable.Code, d.Verdict, procedure.Proven)
	}
	var history []string
	for _, e := range get[[]records.PaperEntry](t)(s.PaperHistory(ctx, survey.ID)) {
		history = append(history, e.Input+" "+e.By)
	}
	equal(t, "history", strings.Join(history, ", "), "make gao, return chen, replace gao")
}

func testDevelopment(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withQuestionnaires(t, c))
	staff(t, s)
	engineers(t, s)
	o := project(t, s, "development")
	build := get[records.File](t)(s.SaveFile(ctx, "gao", "interface-1.0.zip", strings.NewReader("PK\x03\x04 compiled")))
	approved := func(code string, change func(questionnaire.Answers)) records.Paper {
		t.Helper()
		p := written(t, s, o.ID, code, change)
		return get[records.Paper](t)(s.ApprovePaper(ctx, as("chen"), p.ID))
	}
	done := func(step string) {
		t.Helper()
		get[records.Order](t)(s.CompleteStep(ctx, as("gao"), o.ID, step, 0))
	}
	refusedStep(t, s, o.ID, "need", "report confirmed")
	report := approved("requirement_report", nil)
	refusedStep(t, s, o.ID, "need", "confirmed")
	confirmed(t, s, report)
	done("need")

	refusedStep(t, s, o.ID, "solution", "solution standards interface approved")
	solution := approved("development_solution", nil)
	refusedStep(t, s, o.ID, "solution", "standards interface approved")
	approved("standards", nil)
	confirmed(t, s, solution)
	done("solution")

	refusedStep(t, s, o.ID, "development", "build release")
	get[records.Evidence](t)(s.AddEvidence(ctx, as("gao"), records.EvidenceInput{Order: o.ID, Step: "development", Need: "build", Kind: procedure.File, File: build.ID, Body: []byte(`{}`)}))
	refusedStep(t, s, o.ID, "development", "release")
	get[records.Evidence](t)(s.AddEvidence(ctx, as("gao"), records.EvidenceInput{Order: o.ID, Step: "development", Need: "release", Kind: procedure.Fact, Body: fmt.Appendf(nil, `{"version":"1.0","sha256":%q}`, build.SHA256)}))
	done("development")

	other := written(t, s, o.ID, "test_report", nil) // names a build that is none of this order
	_, err := s.ApprovePaper(ctx, as("chen"), other.ID)
	equal(t, "another build", refusal(t, err, records.ErrIncomplete).Lacks[0].What.ZH, "文档中的 SHA-256 不是本单构建物的摘要")
	of := func(a questionnaire.Answers) { a["sha256"] = build.SHA256 }
	failing := written(t, s, o.ID, "test_report", func(a questionnaire.Answers) { of(a); a["failed"] = 2.0 })
	_, err = s.ApprovePaper(ctx, as("chen"), failing.ID)
	refused(t, err, records.ErrInvalid) // tests failed
	refusedStep(t, s, o.ID, "test", "report result")
	approved("test_report", of)
	done("test")
	refusedStep(t, s, o.ID, "manual", "manual")
	approved("manual", nil)
	done("manual")
	refusedStep(t, s, o.ID, "installation", "installed record acceptance accepted")
	approved("installation", of)
	acceptance := approved("acceptance", nil)
	refusedStep(t, s, o.ID, "installation", "accepted")
	confirmed(t, s, acceptance)
	done("installation")
	get[records.Order](t)(s.FinishOrder(ctx, as("gao"), o.ID, "已投入使用", 0))
	f := get[records.OrderFile](t)(s.Order(ctx, o.ID))
	for _, r := range f.Rules {
		equal(t, r.Rule.Code, r.Verdict, procedure.Proven)
	}
	for _, d := range f.Deliverables {
		equal(t, d.Deliverable.Code, d.Verdict, procedure.Proven)
	}
}

// testSheetKeepsItsVersion: a new version of a questionnaire does not change the sheets that were begun.
func testSheetKeepsItsVersion(t *testing.T, open opener) {
	ctx, db := t.Context(), open(t)
	with := withQuestionnaires(t, nil)
	s := db.open(t, with)
	staff(t, s)
	engineers(t, s)
	o := project(t, s, "development")
	old := get[records.Sheet](t)(s.OpenSheet(ctx, as("gao"), o.ID, "manual", "", ""))
	newer := get[questionnaire.Definition](t)(questionnaire.Parse("manual.yaml", []byte("questionnaire: manual\nversion: 2\nname: {zh: 手册, en: Manual}\nsections:\n  - name: {zh: 一, en: One}\n    questions: [{code: all, kind: long, text: {zh: 全文, en: Text}}]\n")))
	later := db.open(t, with, func(o *records.Options) { o.Questionnaires = []questionnaire.Definition{newer} })
	again := get[records.Sheet](t)(later.OpenSheet(ctx, as("gao"), o.ID, "manual", "", ""))
	equal(t, "begun with version 1", words(again.ID == old.ID, again.Version, len(again.Def.Questions())), "true 1 5")
	other := project(t, later, "development")
	equal(t, "a new one", get[records.Sheet](t)(later.OpenSheet(ctx, as("gao"), other.ID, "manual", "", "")).Version, 2)
	tampered := newer
	tampered.Digest = strings.Repeat("0", 64)
	third := db.open(t, with, func(o *records.Options) { o.Questionnaires = []questionnaire.Definition{tampered} })
	_, err := third.OpenSheet(ctx, as("gao"), project(t, third, "development").ID, "manual", "", "")
	equal(t, "one version, one text", refusal(t, err, records.ErrConflict).Code, "questionnaire_changed")
}

// testClassToItsReport: exam, survey and report, to the last deliverable; the file's text is the class's data.
func testClassToItsReport(t *testing.T, open opener) {
	ctx, c := t.Context(), newClock()
	s := open(t).open(t, withQuestionnaires(t, c))
	staff(t, s)
	chen := as("chen")
	k, people, _ := held(t, s, c)
	o := document.Options{Lang: "zh-Hans", Company: "示例公司"}
	_, err := s.FileClassReport(ctx, chen, k.ID, "顺利", "", o)
	equal(t, "steps before", refusal(t, err, records.ErrIncomplete).Lacks[0].Step, "exam")
	must(t, s.SaveExam(ctx, chen, k.ID, classExam()))
	must(t, s.OpenExam(ctx, chen, k.ID))
	get[records.ExamPaper](t)(s.HandIn(ctx, chen, people[0].ID, course.Answers{"q1": {Chosen: []int{0}}}))
	must(t, s.CloseExam(ctx, chen, k.ID))
	refused(t, s.CloseSurvey(ctx, chen, k.ID), records.ErrIncomplete)
	sh := get[records.Sheet](t)(s.OpenSheet(ctx, records.Actor{Customer: people[0].Name, Via: procedure.ViaLink}, k.ID, records.SurveyOfClass, people[0].ID, people[0].Name))
	get[records.Sheet](t)(s.AnswerSheet(ctx, records.Actor{Customer: people[0].Name, Via: procedure.ViaLink}, sh.ID, filledIn(sh.Def), true, -1))
	must(t, s.CloseSurvey(ctx, chen, k.ID))
	_, err = s.FileClassReport(ctx, chen, k.ID, " ", "", o)
	refused(t, err, records.ErrIncomplete)
	i := get[records.Issued](t)(s.FileClassReport(ctx, chen, k.ID, "学员能独立完成恢复演练。", "增加上机时间。", o))
	equal(t, "a PDF", i.Number+" "+i.Kind, k.Number+" training_report")
	f := get[records.OrderFile](t)(s.Order(ctx, k.ID))
	equal(t, "ended", f.Order.State, procedure.Done)
	equal(t, "delivered", f.Deliverables[0].Verdict, procedure.Proven)
}

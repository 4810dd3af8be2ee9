package main

import (
	"bytes"
	"time"

	"hotline/records"
	"hotline/records/document"
	"hotline/records/procedure"
	"hotline/records/questionnaire"
)

// class is one that was published, with more people than seats, and one that a caller asked for today.
func (h *history) class() {
	h.at(-6, 10, 0)
	k := kept[records.Class](h)(h.OpenClass(h.ctx, manager, records.ClassPlan{
		Title: "数据备份与恢复实战", About: "半天课程，带上机实操。请自带笔记本电脑。", Audience: "各单位系统管理员", Seats: 4,
		Goals: []string{"能制定备份计划", "能独立完成恢复演练"}, Frontier: "不可变备份、勒索软件防护", FrontierBy: "刘经理",
	}))
	k = kept[records.Class](h)(h.PublishClass(h.ctx, manager, k.ID, "", 0))
	for i, who := range h.contacts[:6] { // four seats, two wait
		h.pass(50 * time.Minute)
		reg, _, err := h.Register(h.ctx, records.NewRegistration{
			Class: k.ID, Name: who.Name, Organisation: who.firm, Number: who.Number, Via: procedure.ViaLink,
		})
		h.keep(err)
		if i < 3 {
			kept[records.Registration](h)(h.ConfirmSeat(h.ctx, manager, reg.ID))
		}
	}
	h.at(-4, 9, 0)
	from := h.day(5, 13, 30)
	kept[records.Lesson](h)(h.SaveLesson(h.ctx, manager, records.Lesson{Class: k.ID, From: from, To: from.Add(4 * time.Hour), Place: "总部三楼培训室", Course: "备份与恢复实操"}))
	kept[records.Lecturer](h)(h.InviteLecturer(h.ctx, manager, records.Lecturer{
		Class: k.ID, Name: "周教授", Organisation: "某大学计算机学院", Subject: "存储与容灾前沿", Number: "13612360000", Outside: true,
	}))
	h.now = time.Now().Add(-3 * time.Hour)
	h.referred("training", "培训部周老师", h.contacts[6], problem{Subject: "新员工入职使用培训", Product: "ERP", Story: "下月新进十二人，仓库和采购各半，希望来我方集中讲一天，能上机。"})
}

// referred is a case that a department of ours accepted; it gives the order that it opened.
func (h *history) referred(department, by string, who contact, about problem) records.Order {
	owner := h.someone()
	c := h.opened(owner, who, about)
	h.pass(10 * time.Minute)
	done := kept[records.WrapUpResult](h)(h.WrapUp(h.ctx, records.WrapUpInput{
		Case: c.Number, By: owner, Outcome: records.OutcomeReferred, Subject: about.Subject,
		Referral: &records.ReferralFacts{Department: department, AcceptedBy: by, AcceptedAt: h.now},
	}))
	return kept[records.OrderFile](h)(h.Order(h.ctx, done.Order)).Order
}

// engagements are half way: a consulting whose survey is approved, a development whose requirements wait for the customer.
func (h *history) engagements() {
	h.at(-5, 9, 20)
	consulting := h.referred("consulting", "咨询部高明", h.contacts[8], problem{Subject: "机房与网络改造咨询", Product: "咨询", Story: "服务器过保，网络常断，想请人看一遍现状，给出分期改造方案和预算。"})
	kept[records.Order](h)(h.AssignOrder(h.ctx, manager, consulting.ID, "engineer", 0))
	h.approved(h.written(consulting, "it_survey"))
	h.completes(engineer, consulting, "it_survey")
	h.gives(engineer, consulting, "it_solution", "analysis", procedure.Written, map[string]any{"text": "三台服务器运行超过六年，备份未做恢复测试，建议分两期改造，先备份后网络。"})
	h.written(consulting, "it_solution") // waits for approval

	h.at(-3, 14, 0)
	development := h.referred("development", "研发部宋涛", h.contacts[2], problem{Subject: "与财务系统的数据接口", Product: "ERP", Story: "每天手工把出入库凭证录进财务系统，希望自动传，出错能看到。"})
	kept[records.Order](h)(h.AssignOrder(h.ctx, manager, development.ID, "engineer", 0))
	paper := h.approved(h.written(development, "requirement_report"))
	step, _, _ := records.PaperNeed(kept[records.OrderFile](h)(h.Order(h.ctx, development.ID)).Definition, paper.Code)
	l, _, err := h.NewLink(h.ctx, engineer, records.NewLink{
		Purpose: records.LinkConfirm, Order: development.ID, Step: step.Code, Need: records.PaperConfirm(step), File: paper.File, Subject: step.Name.ZH, Uses: 1,
	})
	h.keep(err)
	kept[records.Paper](h)(h.DeliverPaper(h.ctx, engineer, paper.ID, l.ID))

	h.now = time.Now().Add(-100 * time.Minute)
	h.referred("consulting", "咨询部高明", h.contacts[9], problem{Subject: "分支机构远程联网方案", Product: "咨询", Story: "三个分公司要用总部的系统，专线太贵，想知道还有什么办法。"}) // nobody carries it out yet
}

// written fills the questionnaire of a document and makes a version of it.
func (h *history) written(o records.Order, code string) records.Paper {
	h.pass(4 * time.Hour)
	sh := kept[records.Sheet](h)(h.OpenSheet(h.ctx, engineer, o.ID, code, "", o.ContactName))
	sh = kept[records.Sheet](h)(h.AnswerSheet(h.ctx, engineer, sh.ID, answers(sh.Def), true, -1))
	report := kept[document.Report](h)(h.SheetReport(h.ctx, sh.ID, "zh"))
	pdf, _, err := report.Bytes(h.print())
	h.keep(err)
	i := kept[records.Issued](h)(h.IssueDocument(h.ctx, engineer, records.Issued{Number: report.Number, Kind: code, Hash: report.Hash(), Order: o.ID}, report.Number+".pdf", bytes.NewReader(pdf)))
	return kept[records.Paper](h)(h.AddPaper(h.ctx, engineer, records.NewPaper{Order: o.ID, Code: code, Sheet: sh.ID, File: i.File}))
}

func (h *history) approved(p records.Paper) records.Paper {
	h.pass(2 * time.Hour)
	return kept[records.Paper](h)(h.ApprovePaper(h.ctx, manager, p.ID))
}

// answers answers every question of a questionnaire with something that its kind allows.
func answers(d questionnaire.Definition) questionnaire.Answers {
	out := questionnaire.Answers{}
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			switch q.Kind {
			case questionnaire.Line:
				out[q.Code] = "见附件一"
			case questionnaire.Long:
				out[q.Code] = "现有三台服务器运行超过六年，网络为单链路，备份未做恢复测试。建议分两期改造，先备份后网络，工期四个月。"
			case questionnaire.Number:
				out[q.Code] = 12.0
				if q.Max != nil && *q.Max < 12 {
					out[q.Code] = *q.Max
				}
			case questionnaire.Yes:
				out[q.Code] = true
			case questionnaire.One:
				out[q.Code] = q.Options[0].Code
			case questionnaire.Many:
				out[q.Code] = []string{q.Options[0].Code}
			case questionnaire.Scale:
				out[q.Code] = 4.0
			case questionnaire.Date:
				out[q.Code] = time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
			case questionnaire.Table:
				row := make([]string, len(q.Columns))
				for i, c := range q.Columns {
					row[i] = c.Text.ZH + "：一期"
				}
				out[q.Code] = [][]string{row}
			}
		}
	}
	return out
}

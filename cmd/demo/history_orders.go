package main

import (
	"time"

	"hotline/records"
	"hotline/records/procedure"
)

var (
	dispatcher = records.Actor{Login: "dispatch"}
	engineer   = records.Actor{Login: "engineer"}
	manager    = records.Actor{Login: "boss"}
)

// escalated is a case that the phone could not solve.
func (h *history) escalated(kind string, who contact, about problem) string {
	owner := h.someone()
	c := h.opened(owner, who, about)
	h.pass(9 * time.Minute)
	return kept[records.WrapUpResult](h)(h.WrapUp(h.ctx, records.WrapUpInput{
		Case: c.Number, By: owner, Outcome: kind, Subject: about.Subject, Product: about.Product, Escalation: &records.EscalationFacts{
			Situation: about.Subject + "；电话里按步骤检查未解决。", Contact: records.EscalatedTo{ID: who.id, Name: who.Name, Number: who.Number, Confirmed: true},
			Told: records.ToldToCustomer{Means: about.Means, At: h.now.Add(4 * time.Hour), Procedure: "工程师先电话预约，再开始处理，结束后由您确认。"},
		},
	})).Escalation
}

// ordered is an escalation that the dispatcher took on.
func (h *history) ordered(kind, engineer string, who contact, about problem) records.Order {
	id := h.escalated(kind, who, about)
	h.pass(6 * time.Minute)
	kept[records.Escalation](h)(h.AcceptEscalation(h.ctx, id, "dispatch", 0))
	return kept[records.Order](h)(h.OpenOrder(h.ctx, dispatcher, records.OpenOrder{Escalation: id, Engineer: engineer}))
}

// planned promises the customer a time.
func (h *history) planned(o records.Order, from time.Time, length time.Duration) {
	to := from.Add(length)
	kept[records.Order](h)(h.PlanOrder(h.ctx, dispatcher, o.ID, records.OrderPlan{PromisedFrom: from, PromisedTo: to, PlannedFrom: from, PlannedTo: to}, 0))
}

func (h *history) gives(by records.Actor, o records.Order, step, need string, kind procedure.EvidenceKind, what any) {
	h.pass(3 * time.Minute)
	kept[records.Evidence](h)(h.AddEvidence(h.ctx, by, records.EvidenceInput{Order: o.ID, Step: step, Need: need, Kind: kind, Body: body(what)}))
}

func (h *history) completes(by records.Actor, o records.Order, step string) {
	kept[records.Order](h)(h.CompleteStep(h.ctx, by, o.ID, step, 0))
}

// agreed is the first step of a visit.
func (h *history) agreed(o records.Order, from time.Time, with string) {
	h.planned(o, from, 2*time.Hour)
	h.gives(dispatcher, o, "appointment", "agreed", procedure.Fact, map[string]any{"from": from.Format(time.RFC3339), "to": from.Add(2 * time.Hour).Format(time.RFC3339), "with": with})
	h.completes(dispatcher, o, "appointment")
}

// reached opens the remote session of an order, through a relay: no port of the customer's is opened.
func (h *history) reached(o records.Order, what string) {
	h.gives(engineer, o, "open_port", "scope", procedure.Written, map[string]any{"text": what})
	h.gives(engineer, o, "open_port", "access", procedure.Fact, map[string]any{"tool": "远程协助", "way": "relay"})
	kept[[]records.PortProbe](h)(h.ProbePorts(h.ctx, engineer, o.ID, records.ProbeOpening))
	h.completes(engineer, o, "open_port")
	kept[records.Order](h)(h.WaiveStep(h.ctx, engineer, o.ID, "login", "客户自行登录，全程在场。", 0))
	h.gives(engineer, o, "backup", "backup", procedure.Waiver, map[string]any{"who": "客户信息科", "reason": "昨夜已做全量备份。"})
	h.completes(engineer, o, "backup")
}

// orders are remote and onsite orders in several steps: new, overdue, at work, waiting for the customer, a visit today and one tomorrow.
func (h *history) orders() {
	p, k := h.firm.Problems, h.contacts
	h.at(-1, 14, 5)
	late := h.ordered(records.KindRemote, "heping", k[4], p[1])
	h.planned(late, h.now.Add(time.Hour), time.Hour) // nobody has begun: overdue since yesterday

	h.at(-1, 15, 10)
	waiting := h.ordered(records.KindRemote, "engineer", k[1], p[4])
	h.planned(waiting, h.day(0, 15, 0), time.Hour)
	h.reached(waiting, "备份目录迁到数据盘")
	kept[records.Order](h)(h.PauseOrder(h.ctx, engineer, waiting.ID, "等客户腾出数据盘，约好今天下午再连。", 0))

	h.at(-1, 16, 20)
	tomorrow := h.ordered(records.KindOnsite, "songtao", k[5], p[7])
	h.agreed(tomorrow, h.day(1, 9, 30), k[5].Name)

	h.at(-1, 16, 50)
	h.agreed(h.ordered(records.KindOnsite, "heping", k[8], p[2]), h.day(0, 14, 0), k[8].Name)

	h.now = time.Now().Add(-150 * time.Minute)
	running := h.ordered(records.KindRemote, "engineer", k[0], p[3])
	h.planned(running, h.now.Truncate(30*time.Minute).Add(30*time.Minute), 90*time.Minute)
	h.reached(running, "报表组件与补丁 7")
	h.gives(engineer, running, "service", "work", procedure.Written, map[string]any{"text": "重新注册报表组件，清除客户端缓存；财务确认三张报表可以打开。"})
	h.completes(engineer, running, "service")
	_, _, err := h.NewLink(h.ctx, engineer, records.NewLink{Purpose: records.LinkConfirm, Order: running.ID, Step: "solved", Need: "solved", Subject: running.Subject, Uses: 1})
	h.keep(err)

	h.now = time.Now().Add(-80 * time.Minute)
	today := h.ordered(records.KindOnsite, "engineer", k[2], p[7])
	h.agreed(today, time.Now().Add(time.Hour).Truncate(30*time.Minute), k[2].Name)

	h.now = time.Now().Add(-25 * time.Minute)
	h.escalated(records.KindOnsite, k[7], p[6])
	h.now = time.Now().Add(-12 * time.Minute)
	h.escalated(records.KindRemote, k[3], p[0])
}

func (h *history) day(day, hour, minute int) time.Time {
	t := time.Now().In(h.zone)
	return time.Date(t.Year(), t.Month(), t.Day()+day, hour, minute, 0, 0, h.zone)
}

package document

import "time"

// Minutes are the minutes of a joint consultation (技术会诊): who said what, what was decided, what happens next.
type Minutes struct {
	Number, Order, Case string
	Customer, Subject   string
	From, To            time.Time
	Chair               string
	Situation           string
	Opinions            []Opinion
	Decision            string
	Tasks               []Task
	Issued              time.Time
	Signatures          []Signature
}

// Opinion is what one participant said.
type Opinion struct {
	Who, Role, Text string
	At              time.Time
}

// Task is something to do, by whom, until when.
type Task struct {
	Text, Who string
	Due       time.Time
}

// Report lays the minutes out.
func (m Minutes) Report(o Options) Report {
	r := Report{Title: o.say("技术会诊纪要", "Minutes of joint consultation"), Number: m.Number, Issued: m.Issued}
	r.Facts = []Fact{
		{Label: o.say("主题", "Subject"), Value: m.Subject, Wide: true},
		{Label: o.say("客户单位", "Customer"), Value: m.Customer, Wide: true},
		{Label: o.say("服务单号", "Order"), Value: m.Order},
		{Label: o.say("问题单号", "Case"), Value: m.Case},
		{Label: o.say("会诊时间", "Held"), Value: o.span(m.From, m.To)},
		{Label: o.say("主持", "Chair"), Value: m.Chair},
	}
	add := func(b ...Block) { r.Blocks = append(r.Blocks, b...) }
	add(told(o, o.say("情况", "Situation"), m.Situation)...)
	t := Table{Head: []string{o.say("参加人", "Participant"), o.say("角色", "Role"), o.say("意见", "Opinion"), o.say("时间", "At")}, Shares: []float64{1.6, 1.6, 6, 2.4}, Empty: o.say("没有意见记录", "No opinion recorded")}
	for _, p := range m.Opinions {
		t.Rows = append(t.Rows, []string{p.Who, p.Role, p.Text, o.minute(p.At)})
	}
	add(Section{o.say("参加人与意见", "Participants and opinions")}, t)
	add(told(o, o.say("结论", "Decision"), m.Decision)...)
	if len(m.Tasks) > 0 {
		tasks := Table{Head: []string{o.say("后续事项", "To do"), o.say("负责人", "Who"), o.say("期限", "Due")}, Shares: []float64{6, 2, 2.6}}
		for _, p := range m.Tasks {
			tasks.Rows = append(tasks.Rows, []string{p.Text, p.Who, o.minute(p.Due)})
		}
		add(Section{o.say("后续安排", "Next")}, tasks)
	}
	add(Signatures{orSign(m.Signatures, o.say("主持人签字", "Chair"))})
	return r
}

package document

import "time"

// CaseFile is the whole life of a case, from the first ring to the survey, as it lies in an exported bundle beside its files.
type CaseFile struct {
	Number                     string
	Customer, Contact, Phone   string
	Product, Category, Subject string
	Owner, State               string
	Opened, Closed             time.Time
	Description, Resolution    string
	Timeline                   []Entry
	Rules                      []Rule
	Files                      []File
	Verified                   string // the result of the chain's check, and when. Empty: not checked
	Issued                     time.Time
}

// Entry is one thing that happened.
type Entry struct {
	At        time.Time
	Who, What string
	Hash      string // of its place in the chain; empty: none
}

// Rule is a quality rule and whether it was kept.
type Rule struct{ Name, Verdict, Proof string }

// Report lays the case file out.
func (m CaseFile) Report(o Options) Report {
	r := Report{Title: o.say("问题单档案", "Case file"), Subtitle: m.Subject, Number: m.Number, Issued: m.Issued}
	r.Facts = []Fact{
		{Label: o.say("客户单位", "Customer"), Value: m.Customer, Wide: true},
		{Label: o.say("联系人", "Contact"), Value: m.Contact},
		{Label: o.say("联系电话", "Phone"), Value: m.Phone},
		{Label: o.say("产品", "Product"), Value: m.Product},
		{Label: o.say("类别", "Category"), Value: m.Category},
		{Label: o.say("负责人", "Owner"), Value: m.Owner},
		{Label: o.say("状态", "State"), Value: m.State},
		{Label: o.say("开始", "Opened"), Value: o.minute(m.Opened)},
		{Label: o.say("结束", "Closed"), Value: o.minute(m.Closed)},
	}
	add := func(b ...Block) { r.Blocks = append(r.Blocks, b...) }
	add(told(o, o.say("问题描述", "Problem"), m.Description)...)
	add(told(o, o.say("解决情况", "Resolution"), m.Resolution)...)
	rules := Table{Head: []string{o.say("质量要求", "Quality rule"), o.say("结论", "Verdict"), o.say("依据", "Proof")}, Shares: []float64{4, 1.6, 5}, Empty: o.say("没有适用的质量要求", "No quality rule applies")}
	for _, q := range m.Rules {
		rules.Rows = append(rules.Rows, []string{q.Name, q.Verdict, q.Proof})
	}
	add(Section{o.say("质量要求", "Quality rules")}, rules)
	line := Table{Head: []string{o.say("时间", "Time"), o.say("人员", "Who"), o.say("事件", "What"), o.say("校验", "Check")}, Shares: []float64{2.8, 1.8, 6.2, 1.6}}
	for _, e := range m.Timeline {
		line.Rows = append(line.Rows, []string{e.At.In(o.zone()).Format("2006-01-02 15:04:05"), e.Who, e.What, e.Hash[:min(8, len(e.Hash))]})
	}
	add(Section{o.say("经过", "Timeline")}, line)
	add(files(o, m.Files)...)
	if m.Verified != "" {
		add(Note{o.say("校验结果", "Verification"), m.Verified})
	}
	return r
}

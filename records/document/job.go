package document

import "time"

// Job is what every paper of a service order says at its head: for whom, what for, by whom, when.
type Job struct {
	Number    string // the service order's
	Case      string
	Customer  string // the organisation
	Contact   string
	Phone     string // of the contact, in the clear: it is their own paper
	Address   string
	Centre    string // the service centre
	Agreement string
	Product   string
	Subject   string
	Engineer  string
	Manager   string

	PromisedFrom, PromisedTo time.Time
	Begun, Ended             time.Time
	Issued                   time.Time
}

func (j Job) facts(o Options) []Fact {
	return []Fact{
		{Label: o.say("客户单位", "Customer"), Value: j.Customer, Wide: true},
		{Label: o.say("联系人", "Contact"), Value: j.Contact},
		{Label: o.say("联系电话", "Phone"), Value: j.Phone},
		{Label: o.say("服务地址", "Address"), Value: j.Address, Wide: true},
		{Label: o.say("产品", "Product"), Value: j.Product},
		{Label: o.say("服务协议", "Agreement"), Value: j.Agreement},
		{Label: o.say("服务中心", "Service centre"), Value: j.Centre},
		{Label: o.say("问题单号", "Case"), Value: j.Case},
		{Label: o.say("服务工程师", "Engineer"), Value: j.Engineer},
		{Label: o.say("服务经理", "Manager"), Value: j.Manager},
		{Label: o.say("约定时间", "Promised"), Value: o.span(j.PromisedFrom, j.PromisedTo)},
		{Label: o.say("服务时间", "Served"), Value: o.span(j.Begun, j.Ended)},
	}
}

// Step is one step of the procedure as it went: who completed it when, on what evidence.
type Step struct {
	Name     string
	Who      string
	At       time.Time
	Evidence string
	// Remark prints why a step was waived or overridden, and by whom. Empty: neither.
	Remark string
}

// steps is the procedure as a table; waivers and overrides stand under it as notes.
func steps(o Options, list []Step) []Block {
	if len(list) == 0 {
		return nil
	}
	t := Table{
		Head:   []string{o.say("序号", "No."), o.say("步骤", "Step"), o.say("完成人", "By"), o.say("完成时间", "At"), o.say("凭证", "Evidence")},
		Shares: []float64{0.9, 4, 1.8, 2.6, 4},
		Aligns: []Align{Middle},
	}
	var notes []Block
	for i, s := range list {
		t.Rows = append(t.Rows, []string{itoa(i + 1), s.Name, s.Who, o.minute(s.At), s.Evidence})
		if s.Remark != "" {
			notes = append(notes, Note{Label: o.say("例外", "Exception"), Text: itoa(i+1) + " " + s.Name + o.say("：", ": ") + s.Remark})
		}
	}
	return append([]Block{Section{o.say("服务过程", "Procedure")}, t}, notes...)
}

// told is a section of running text. What was not filled in is said so, in words: an empty paragraph would look like a printing fault.
func told(o Options, title, text string) []Block {
	if text == "" {
		text = o.say("（未填写）", "(not filled in)")
	}
	return []Block{Section{title}, Paragraph{text}}
}

package document

import "time"

// SurveySheet is the 《客户满意度调查单》 (domain description, section 4). Without answers it is the sheet to print and fill in by hand.
type SurveySheet struct {
	Number    string
	Case      string
	Customer  string
	Contact   string
	Phone     string
	Engineer  string
	Centre    string
	Product   string
	Subject   string // the problem that was solved
	Solved    time.Time
	Questions []Question
	Answered  time.Time // zero: blank
	By        string    // who answered
	Channel   string    // 电话回访, 按键, 链接, 邮件, 纸质
	Keyed     string    // who keyed it in. Empty: nobody, it came from the customer
	Version   int       // above 1: a correction; Reason says why
	Reason    string
	Issued    time.Time

	Signatures []Signature
}

// Question is one of the survey, rated or in words.
type Question struct {
	Text    string
	Answers []string // nil: answered in words
	Chosen  int      // index into Answers; below nought: not answered
	Words   string
}

// Report lays the survey sheet out.
func (m SurveySheet) Report(o Options) Report {
	r := Report{Title: o.say("客户满意度调查单", "Customer satisfaction survey"), Number: m.Number, Issued: m.Issued}
	r.Facts = []Fact{
		{Label: o.say("客户单位", "Customer"), Value: m.Customer, Wide: true},
		{Label: o.say("联系人", "Contact"), Value: m.Contact},
		{Label: o.say("联系电话", "Phone"), Value: m.Phone},
		{Label: o.say("问题单号", "Case"), Value: m.Case},
		{Label: o.say("解决时间", "Solved"), Value: o.minute(m.Solved)},
		{Label: o.say("服务工程师", "Engineer"), Value: m.Engineer},
		{Label: o.say("服务中心", "Service centre"), Value: m.Centre},
		{Label: o.say("产品", "Product"), Value: m.Product},
		{Label: o.say("服务内容", "Service"), Value: m.Subject},
	}
	add := func(b ...Block) { r.Blocks = append(r.Blocks, b...) }
	blank := m.Answered.IsZero()
	if blank {
		add(Paragraph{o.say("感谢您使用我们的服务。请在符合的一格打勾，您的评价会如实记录，用于改进服务。", "Thank you for using our service. Please tick what applies; your rating is recorded as given and used to improve the service.")})
	}
	add(Section{o.say("评价", "Rating")})
	for _, q := range m.Questions {
		switch {
		case len(q.Answers) > 0:
			chosen := q.Chosen
			if blank {
				chosen = -1
			}
			add(Scale{Question: q.Text, Answers: q.Answers, Chosen: chosen, Remark: q.Words})
		case blank:
			add(Ruled{Label: q.Text, Lines: 3})
		default:
			add(Table{Head: []string{q.Text}, Rows: [][]string{{q.Words}}})
		}
	}
	if blank {
		add(Signatures{orSign(m.Signatures, o.say("客户签字", "Customer"))})
		return r
	}
	add(Section{o.say("调查记录", "Record")}, Facts{[]Fact{
		{Label: o.say("答复人", "Answered by"), Value: m.By},
		{Label: o.say("答复时间", "Answered at"), Value: o.minute(m.Answered)},
		{Label: o.say("方式", "Channel"), Value: m.Channel},
		{Label: o.say("录入人", "Keyed in by"), Value: m.Keyed},
	}})
	if m.Version > 1 {
		add(Note{o.say("更正", "Correction"), o.say("第 ", "Version ") + itoa(m.Version) + o.say(" 版：", ": ") + m.Reason})
	}
	if len(m.Signatures) > 0 {
		add(Signatures{m.Signatures})
	}
	return r
}

func orSign(signatures []Signature, role string) []Signature {
	if len(signatures) > 0 {
		return signatures
	}
	return []Signature{{Role: role}}
}

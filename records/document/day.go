package document

import "time"

// DaySheet is an engineer's day on paper: the visits in order, with what is needed at the door.
type DaySheet struct {
	Engineer string
	Centre   string
	Day      time.Time
	Visits   []Visit
	Issued   time.Time
}

// Visit is one appointment of the day.
type Visit struct {
	Order, Kind              string
	PlannedFrom, PlannedTo   time.Time // the internal schedule
	PromisedFrom, PromisedTo time.Time // what the customer was told
	Customer, Contact, Phone string
	Address                  string
	Product, Subject         string
	Bring                    string // parts, tools, papers
	Remark                   string
}

// Report lays the day sheet out.
func (m DaySheet) Report(o Options) Report {
	r := Report{Title: o.say("工程师日程单", "Engineer's day sheet"), Number: m.Engineer + " " + o.day(m.Day), Issued: m.Issued}
	r.Facts = []Fact{
		{Label: o.say("工程师", "Engineer"), Value: m.Engineer},
		{Label: o.say("日期", "Day"), Value: o.day(m.Day)},
		{Label: o.say("服务中心", "Service centre"), Value: m.Centre},
		{Label: o.say("上门数", "Visits"), Value: itoa(len(m.Visits))},
	}
	if len(m.Visits) == 0 {
		r.Blocks = append(r.Blocks, Paragraph{o.say("当天没有安排上门。", "No visit is planned for this day.")})
	}
	for i, v := range m.Visits {
		r.Blocks = append(r.Blocks, Section{itoa(i+1) + "　" + o.span(v.PlannedFrom, v.PlannedTo) + "　" + v.Customer}, Facts{[]Fact{
			{Label: o.say("服务单号", "Order"), Value: v.Order},
			{Label: o.say("类型", "Kind"), Value: v.Kind},
			{Label: o.say("约定时间", "Promised"), Value: o.span(v.PromisedFrom, v.PromisedTo)},
			{Label: o.say("产品", "Product"), Value: v.Product},
			{Label: o.say("联系人", "Contact"), Value: v.Contact},
			{Label: o.say("电话", "Phone"), Value: v.Phone},
			{Label: o.say("地址", "Address"), Value: v.Address, Wide: true},
			{Label: o.say("问题", "Problem"), Value: v.Subject, Wide: true},
			{Label: o.say("携带", "To bring"), Value: v.Bring, Wide: true},
			{Label: o.say("备注", "Remark"), Value: v.Remark, Wide: true},
		}})
	}
	return r
}

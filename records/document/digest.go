package document

import "time"

// Digest is what customers reported about a product in a period, sorted, for those who make the product. Names are masked by who fills it in.
type Digest struct {
	Number   string
	Product  string
	From, To time.Time // the days, both included
	Cases    int
	Kinds    []Kind
	Trend    Lines // cases by week or month; no labels: none
	Examples []Example
	Solved   []Solution // known solutions that helped most
	Wishes   []string
	Issued   time.Time
}

// Kind is one kind of problem, its count, and the count of the period before.
type Kind struct {
	Name          string
	Count, Before int
}

// Example is one typical case, with names masked.
type Example struct{ Case, Kind, Text string }

// Solution is a known solution and how often it solved a case.
type Solution struct {
	Title string
	Times int
}

// Report lays the digest out.
func (m Digest) Report(o Options) Report {
	r := Report{Title: o.say("产品问题反馈摘要", "Product feedback digest"), Subtitle: m.Product, Number: m.Number, Issued: m.Issued}
	r.Facts = []Fact{
		{Label: o.say("产品", "Product"), Value: m.Product},
		{Label: o.say("期间", "Period"), Value: o.day(m.From) + " – " + o.day(m.To)},
		{Label: o.say("问题单数", "Cases"), Value: itoa(m.Cases), Wide: true},
	}
	add := func(b ...Block) { r.Blocks = append(r.Blocks, b...) }
	t := Table{Head: []string{o.say("问题类型", "Kind"), o.say("本期", "This period"), o.say("上期", "Before"), o.say("变化", "Change")}, Shares: []float64{5, 1.6, 1.6, 1.6}, Aligns: []Align{Start, End, End, End}, Empty: o.say("本期没有问题单", "No case in this period")}
	chart := Bars{}
	var values []float64
	for _, k := range m.Kinds {
		change := itoa(k.Count - k.Before)
		if k.Count > k.Before {
			change = "+" + change
		}
		t.Rows = append(t.Rows, []string{k.Name, itoa(k.Count), itoa(k.Before), change})
		chart.Labels = append(chart.Labels, k.Name)
		values = append(values, float64(k.Count))
	}
	add(Section{o.say("问题类型", "Kinds of problem")})
	if len(values) > 0 {
		chart.Series = []Series{{Values: values}}
		add(chart)
	}
	add(t)
	if len(m.Trend.Labels) > 0 {
		add(Section{o.say("趋势", "Trend")}, m.Trend)
	}
	if len(m.Examples) > 0 {
		examples := Table{Head: []string{o.say("问题单号", "Case"), o.say("类型", "Kind"), o.say("描述", "Description")}, Shares: []float64{2, 2, 6}}
		for _, e := range m.Examples {
			examples.Rows = append(examples.Rows, []string{e.Case, e.Kind, e.Text})
		}
		add(Section{o.say("典型案例（已隐去姓名）", "Examples (names masked)")}, examples)
	}
	if len(m.Solved) > 0 {
		solved := Table{Head: []string{o.say("已知解决方案", "Known solution"), o.say("使用次数", "Used")}, Shares: []float64{8, 2}, Aligns: []Align{Start, End}}
		for _, e := range m.Solved {
			solved.Rows = append(solved.Rows, []string{e.Title, itoa(e.Times)})
		}
		add(Section{o.say("有效的解决方案", "Solutions that helped")}, solved)
	}
	if len(m.Wishes) > 0 {
		add(Section{o.say("客户建议", "Customers' wishes")})
		for i, w := range m.Wishes {
			add(Paragraph{itoa(i+1) + o.say("、", ". ") + w})
		}
	}
	return r
}

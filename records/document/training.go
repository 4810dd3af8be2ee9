package document

import "time"

// TrainingReport is the 《培训总结报告》 of an open class (domain description, section 5).
type TrainingReport struct {
	Number    string
	Class     string
	Audience  string
	Goals     []Goal
	Place     string
	From, To  time.Time
	Sessions  []Session
	Lecturers []Lecturer

	Registered, Confirmed, Attended int
	Examined, Passed                int
	PassMark                        string
	Survey                          []Rating // what the participants rated
	Scores                          Bars     // distribution of marks; no labels: none
	Summary                         string   // what went well
	Improve                         string   // what to do better
	Participants                    []Participant
	Issued                          time.Time
	Signatures                      []Signature
}

// Goal is a goal of the class and how far it was reached.
type Goal struct {
	Text    string
	Percent float64 // of right answers to its questions
	Reached bool
}

// Session is one part of the class.
type Session struct {
	From, To time.Time
	Topic    string
	Lecturer string
}

// Lecturer is who taught; Outside marks the experts from outside the house that the quality rules ask for.
type Lecturer struct {
	Name    string
	From    string
	Outside bool
}

// Rating is a question of the survey with its mean.
type Rating struct {
	Text    string
	Mean    float64
	Of      float64 // the best possible
	Answers int
}

// Participant is one row of the roster.
type Participant struct {
	Name, Customer string
	Attended       bool
	Mark           string // of the exam; empty: not taken
	Passed         bool
}

// Report lays the training summary out.
func (m TrainingReport) Report(o Options) Report {
	r := Report{Title: o.say("培训总结报告", "Training summary report"), Subtitle: m.Class, Number: m.Number, Issued: m.Issued}
	r.Facts = []Fact{
		{Label: o.say("培训时间", "Held"), Value: o.span(m.From, m.To)},
		{Label: o.say("地点", "Place"), Value: m.Place},
		{Label: o.say("培训对象", "Audience"), Value: m.Audience, Wide: true},
		{Label: o.say("报名", "Registered"), Value: itoa(m.Registered)},
		{Label: o.say("确认", "Confirmed"), Value: itoa(m.Confirmed)},
		{Label: o.say("到课", "Attended"), Value: itoa(m.Attended)},
		{Label: o.say("考核通过", "Passed"), Value: itoa(m.Passed) + " / " + itoa(m.Examined)},
		{Label: o.say("合格线", "Pass mark"), Value: m.PassMark, Wide: true},
	}
	add := func(b ...Block) { r.Blocks = append(r.Blocks, b...) }
	add(m.goals(o)...)
	add(m.course(o)...)
	add(m.feedback(o)...)
	add(told(o, o.say("总结", "Summary"), m.Summary)...)
	add(told(o, o.say("改进", "To improve"), m.Improve)...)
	add(m.roster(o)...)
	add(Signatures{orSign(m.Signatures, o.say("培训负责人签字", "Responsible"))})
	return r
}

func (m TrainingReport) goals(o Options) []Block {
	t := Table{Head: []string{o.say("培训目标", "Goal"), o.say("正确率", "Right"), o.say("达成", "Reached")}, Shares: []float64{7, 1.4, 1.4}, Aligns: []Align{Start, End, Middle}}
	for _, g := range m.Goals {
		reached := o.say("否", "no")
		if g.Reached {
			reached = o.say("是", "yes")
		}
		t.Rows = append(t.Rows, []string{g.Text, figure(g.Percent) + " %", reached})
	}
	blocks := []Block{Section{o.say("目标与考核", "Goals and examination")}, t}
	if len(m.Scores.Labels) > 0 {
		blocks = append(blocks, m.Scores)
	}
	return blocks
}

func (m TrainingReport) course(o Options) []Block {
	sessions := Table{Head: []string{o.say("时间", "Time"), o.say("课程", "Topic"), o.say("讲师", "Lecturer")}, Shares: []float64{3, 5, 2}}
	for _, s := range m.Sessions {
		sessions.Rows = append(sessions.Rows, []string{o.span(s.From, s.To), s.Topic, s.Lecturer})
	}
	lecturers := Table{Head: []string{o.say("讲师", "Lecturer"), o.say("单位", "From"), o.say("外部专家", "From outside")}, Shares: []float64{3, 5, 2}, Aligns: []Align{Start, Start, Middle}}
	for _, l := range m.Lecturers {
		outside := ""
		if l.Outside {
			outside = o.say("是", "yes")
		}
		lecturers.Rows = append(lecturers.Rows, []string{l.Name, l.From, outside})
	}
	return []Block{Section{o.say("课程与讲师", "Course and lecturers")}, sessions, lecturers}
}

func (m TrainingReport) feedback(o Options) []Block {
	if len(m.Survey) == 0 {
		return nil
	}
	chart := Bars{Title: o.say("平均分", "Mean rating")}
	t := Table{Head: []string{o.say("问题", "Question"), o.say("平均分", "Mean"), o.say("满分", "Best"), o.say("答复数", "Answers")}, Shares: []float64{6, 1.3, 1.3, 1.4}, Aligns: []Align{Start, End, End, End}}
	values := Series{}
	for _, q := range m.Survey {
		chart.Labels = append(chart.Labels, q.Text)
		values.Values = append(values.Values, q.Mean)
		chart.Max = max(chart.Max, q.Of)
		t.Rows = append(t.Rows, []string{q.Text, figure(q.Mean), figure(q.Of), itoa(q.Answers)})
	}
	chart.Series = []Series{values}
	return []Block{Section{o.say("满意度调查", "Satisfaction survey")}, chart, t}
}

func (m TrainingReport) roster(o Options) []Block {
	if len(m.Participants) == 0 {
		return nil
	}
	t := Table{Head: []string{o.say("姓名", "Name"), o.say("单位", "Customer"), o.say("到课", "Attended"), o.say("成绩", "Mark"), o.say("通过", "Passed")}, Shares: []float64{2, 4, 1.2, 1.2, 1.2}, Aligns: []Align{Start, Start, Middle, End, Middle}}
	for _, p := range m.Participants {
		t.Rows = append(t.Rows, []string{p.Name, p.Customer, yesNo(o, p.Attended), p.Mark, yesNo(o, p.Passed)})
	}
	return []Block{Section{o.say("参加人员", "Participants")}, t}
}

func yesNo(o Options, yes bool) string {
	if yes {
		return o.say("是", "yes")
	}
	return o.say("否", "no")
}

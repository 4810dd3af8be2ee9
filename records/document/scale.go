package document

// Scale is a question with its possible answers side by side, to be ticked: filled in, or blank for paper.
type Scale struct {
	Question string
	Answers  []string // from the best to the worst
	Chosen   int      // index of the answer given; below nought: none
	Remark   string
}

func (b Scale) set(s *sheet) {
	answers := min(len(b.Answers), 7)
	const each = 50.0
	asked := bodyWidth - each*float64(answers)
	question := b.Question
	if b.Remark != "" {
		question += "\n" + b.Remark
	}
	cells := []cell{s.cell(left, asked, question, tdStyle, Start)}
	for i, a := range b.Answers[:answers] {
		mark := Open
		if i == b.Chosen {
			mark = Yes
		}
		c := cell{x: left + asked + float64(i)*each, w: each, st: tdStyle, mark: &mark}
		// The answer's words stand under its box.
		c.lines = append([]string{""}, s.lines(a, smallStyle, each-6)...)
		c.small = true
		cells = append(cells, c)
	}
	s.row(cells, nil)
}

// Choice is a question with answers of which several may be ticked, one under the other.
type Choice struct {
	Question string
	Answers  []string
	Chosen   []int
}

func (b Choice) set(s *sheet) {
	list := make([]Check, len(b.Answers))
	for i, a := range b.Answers {
		list[i] = Check{Text: a}
	}
	for _, i := range b.Chosen {
		if i >= 0 && i < len(list) {
			list[i].Mark = Yes
		}
	}
	s.need(4 * bodyStyle.lead)
	for _, l := range s.lines(b.Question, thStyle, bodyWidth) {
		s.need(thStyle.lead)
		s.draw(left, s.y+thStyle.baseline(), thStyle, l)
		s.y += thStyle.lead
	}
	s.y += 2
	Checks{list}.set(s)
}

// Ruled is room to write by hand: a label and empty lines.
type Ruled struct {
	Label string
	Lines int
}

func (b Ruled) height(*sheet) float64 { return float64(b.Lines)*ruledLead + bodyStyle.lead }

const ruledLead = 24.0

func (b Ruled) set(s *sheet) {
	s.need(min(b.height(s), bodyBottom-bodyTop))
	for _, l := range s.lines(b.Label, labelStyle, bodyWidth) {
		s.draw(left, s.y+labelStyle.baseline(), labelStyle, l)
		s.y += labelStyle.lead
	}
	for range b.Lines {
		s.need(ruledLead)
		s.y += ruledLead
		s.line(left, s.y, right, s.y, 0.5, rule)
	}
	s.y += 8
}

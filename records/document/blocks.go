package document

// Section is a heading. What follows belongs to it; a heading is never the last line of a page.
type Section struct{ Title string }

func (b Section) set(s *sheet) {
	s.y += 10
	s.need(headStyle.lead + 3*bodyStyle.lead)
	for _, l := range s.lines(b.Title, headStyle, bodyWidth-10) {
		s.fill(left, s.y+3.5, 2.5, headStyle.lead-7, accent)
		s.draw(left+9, s.y+headStyle.baseline(), headStyle, l)
		s.y += headStyle.lead
	}
	s.y += 4
}

// Paragraph is running text; line ends in it are kept.
type Paragraph struct{ Text string }

func (b Paragraph) set(s *sheet) {
	lines := s.lines(b.Text, bodyStyle, bodyWidth)
	for i, l := range lines {
		// No first line alone at the foot of a page, no last line alone at the head of the next.
		if keep := 2; len(lines) > 2 && (i == 0 || i == len(lines)-keep) {
			s.need(float64(keep) * bodyStyle.lead)
		}
		s.need(bodyStyle.lead)
		s.draw(left, s.y+bodyStyle.baseline(), bodyStyle, l)
		s.y += bodyStyle.lead
	}
	s.y += 5
}

// Note is a boxed remark that must not be overlooked: a waiver, a step that was overridden, what is still to do.
type Note struct{ Label, Text string }

func (b Note) set(s *sheet) {
	s.need(2 * bodyStyle.lead)
	label := s.cell(left, factLabel, b.Label, thStyle, Start)
	label.shaded = true
	s.row([]cell{label, s.cell(left+factLabel, bodyWidth-factLabel, b.Text, bodyStyle, Start)}, nil)
	s.y += 5
}

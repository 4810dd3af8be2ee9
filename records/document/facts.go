package document

// Fact is one named value. An empty value is printed as an empty box, so that nobody can claim that it was never asked.
type Fact struct {
	Label string
	Value string
	Wide  bool // takes the whole width
}

// Facts is a grid of named values, two a row unless one is wide or long.
type Facts struct{ Facts []Fact }

const factLabel = 76.0

func (b Facts) set(s *sheet) { s.facts(b.Facts) }

func (s *sheet) facts(facts []Fact) {
	if len(facts) == 0 {
		return
	}
	half := bodyWidth / 2
	for len(facts) > 0 {
		first := facts[0]
		if !s.narrow(first) || len(facts) == 1 || !s.narrow(facts[1]) {
			s.row(s.fact(first, left, bodyWidth), nil)
			facts = facts[1:]
			continue
		}
		s.row(append(s.fact(first, left, half), s.fact(facts[1], left+half, half)...), nil)
		facts = facts[2:]
	}
	s.y += 5
}

// narrow tells whether the fact does with half the width and two lines.
func (s *sheet) narrow(f Fact) bool {
	return !f.Wide && len(s.lines(f.Value, bodyStyle, bodyWidth/2-factLabel-2*padX)) <= 2
}

func (s *sheet) fact(f Fact, x, width float64) []cell {
	label := s.cell(x, factLabel, f.Label, labelStyle, Start)
	label.shaded = true
	return []cell{label, s.cell(x+factLabel, width-factLabel, f.Value, bodyStyle, Start)}
}

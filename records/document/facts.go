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

// height is that of the whole grid when it is small; a large one may be divided anywhere.
func (b Facts) height(s *sheet) float64 {
	sum := 0.0
	for _, row := range s.grid(b.Facts) {
		longest := 0
		for _, c := range row {
			longest = max(longest, len(c.lines))
		}
		sum += float64(longest)*bodyStyle.lead + 2*padY
	}
	if sum > (bodyBottom-bodyTop)/3 {
		return 3 * bodyStyle.lead
	}
	return sum
}

func (s *sheet) facts(facts []Fact) {
	for _, row := range s.grid(facts) {
		s.row(row, nil)
	}
	if len(facts) > 0 {
		s.y += 5
	}
}

// grid shares the facts out into rows of cells.
func (s *sheet) grid(facts []Fact) [][]cell {
	const half = bodyWidth / 2
	var rows [][]cell
	for len(facts) > 0 {
		first := facts[0]
		if !s.narrow(first) || len(facts) == 1 || !s.narrow(facts[1]) {
			rows = append(rows, s.fact(first, left, bodyWidth))
			facts = facts[1:]
			continue
		}
		rows = append(rows, append(s.fact(first, left, half), s.fact(facts[1], left+half, half)...))
		facts = facts[2:]
	}
	return rows
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

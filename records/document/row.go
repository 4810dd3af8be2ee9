package document

// cell is one box of a row: broken lines in one style.
type cell struct {
	x, w   float64
	lines  []string
	st     style
	align  Align
	shaded bool
	mark   *Mark // a check box in the first line
	small  bool  // small type, in the middle, as under a check box of a scale
}

// padding between a cell's rule and its text.
const (
	padX = 7.0
	padY = 3.5
)

func (s *sheet) cell(x, w float64, text string, st style, align Align) cell {
	return cell{x: x, w: w, lines: s.lines(text, st, w-2*padX), st: st, align: align}
}

// row sets cells side by side, as high as the highest. A row that does not fit moves to the next page; one that is longer than a third
// of a page is divided. After a turn, again (the table's head) is set before the rest.
func (s *sheet) row(cells []cell, again func()) {
	lead, longest := cells[0].st.lead, 0
	for _, c := range cells {
		longest = max(longest, len(c.lines))
	}
	for from := 0; from < longest; {
		rest := longest - from
		fits := int((bodyBottom - s.y - 2*padY) / lead)
		if fits < rest && (float64(rest)*lead < (bodyBottom-bodyTop)/3 || fits < 3) && s.y > bodyTop {
			s.turn()
			if again != nil {
				again()
			}
			fits = int((bodyBottom - s.y - 2*padY) / lead)
		}
		take := max(1, min(rest, fits))
		height := float64(take)*lead + 2*padY
		for _, c := range cells {
			if c.shaded {
				s.fill(c.x, s.y, c.w, height, shade)
			}
		}
		for _, c := range cells {
			s.box(c.x, s.y, c.w, height, rule)
			if c.mark != nil && from == 0 {
				s.tick(c.x+(c.w-tickSize)/2, s.y+padY+(c.st.lead-tickSize)/2, *c.mark)
			}
			for i := from; i < min(from+take, len(c.lines)); i++ {
				y := s.y + padY + float64(i-from)*lead + c.st.baseline()
				if c.small {
					s.aligned(c.x, c.w, y, smallStyle, c.lines[i], Middle)
					continue
				}
				s.aligned(c.x+padX, c.w-2*padX, y, c.st, c.lines[i], c.align)
			}
		}
		s.y += height
		from += take
		if from < longest {
			s.turn()
			if again != nil {
				again()
			}
		}
	}
}

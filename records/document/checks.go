package document

import "errors"

var errWideRow = errors.New("a table's row has more cells than its head")

var tdStyle = style{regular, 9.5, 16.5, ink}

// Mark is what stands in a check box.
type Mark int

// An open box, a tick, a cross, or a dash for what does not apply.
const (
	Open Mark = iota
	Yes
	No
	None
)

// Check is one line of a check list: what was checked, the result, and a remark.
type Check struct {
	Text string
	Mark Mark
	Note string
}

// Checks is a check list.
type Checks struct{ Checks []Check }

func (b Checks) set(s *sheet) {
	const boxWidth = 26.0
	for _, c := range b.Checks {
		text := c.Text
		if c.Note != "" {
			text += "\n" + c.Note
		}
		mark := c.Mark
		s.row([]cell{
			{x: left, w: boxWidth, st: tdStyle, mark: &mark},
			s.cell(left+boxWidth, bodyWidth-boxWidth, text, tdStyle, Start),
		}, nil)
	}
	s.y += 6
}

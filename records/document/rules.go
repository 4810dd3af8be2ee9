package document

// Align says where a text stands in its column.
type Align int

// The three places of a text in its column.
const (
	Start Align = iota
	Middle
	End
)

func (s *sheet) line(x1, y1, x2, y2, width float64, c colour) {
	s.pdf.SetLineType("solid")
	s.pdf.SetLineWidth(width)
	s.pdf.SetStrokeColor(c[0], c[1], c[2])
	s.pdf.Line(x1, y1, x2, y2)
}

func (s *sheet) box(x, y, w, h float64, c colour) {
	s.pdf.SetLineType("solid")
	s.pdf.SetLineWidth(0.5)
	s.pdf.SetStrokeColor(c[0], c[1], c[2])
	s.pdf.RectFromUpperLeftWithStyle(x, y, w, h, "D")
}

func (s *sheet) fill(x, y, w, h float64, c colour) {
	s.pdf.SetFillColor(c[0], c[1], c[2])
	s.pdf.RectFromUpperLeftWithStyle(x, y, w, h, "F")
}

const tickSize = 9.0

// tick draws a check box; the shipped fonts have none.
func (s *sheet) tick(x, y float64, mark Mark) {
	const size = tickSize
	s.box(x, y, size, size, soft)
	switch mark {
	case Yes:
		s.line(x+size*0.18, y+size*0.52, x+size*0.42, y+size*0.78, 1.2, ink)
		s.line(x+size*0.42, y+size*0.78, x+size*0.84, y+size*0.2, 1.2, ink)
	case No:
		s.line(x+size*0.22, y+size*0.22, x+size*0.78, y+size*0.78, 1.2, ink)
		s.line(x+size*0.22, y+size*0.78, x+size*0.78, y+size*0.22, 1.2, ink)
	case None:
		s.line(x+size*0.2, y+size*0.5, x+size*0.8, y+size*0.5, 1, soft)
	}
}

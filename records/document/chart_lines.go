package document

import "math"

const linesHeight = 150.0

func (b Lines) height(*sheet) float64 { return linesHeight + 70 }

func (b Lines) set(s *sheet) {
	greatest, err := sound(b.Labels, b.Series)
	if err != nil {
		s.fail(err)
		return
	}
	s.need(b.height(s))
	s.caption(b.Title)
	s.legend(b.Series, func(i int, x, y float64) { s.stroke(i, x, y, x+16, y); s.dot(i, x+8, y) })
	step := roundStep(max(b.Max, greatest) / 4)
	top := step * math.Max(1, math.Ceil(max(b.Max, greatest)/step))
	const axis = 34.0
	from, width := left+axis, bodyWidth-axis-8
	s.y += 6
	for v := 0.0; v <= top+step/2; v += step {
		y := s.y + linesHeight*(1-v/top)
		s.line(from, y, from+width, y, 0.4, rule)
		s.aligned(left, axis-5, y+2.8, smallStyle, s.plain(figure(v)+b.Unit), End)
	}
	place := func(i int, v float64) (float64, float64) {
		x := from + width/2
		if len(b.Labels) > 1 {
			x = from + 10 + (width-20)*float64(i)/float64(len(b.Labels)-1)
		}
		return x, s.y + linesHeight*(1-v/top)
	}
	for j, one := range b.Series {
		for i := range one.Values {
			x, y := place(i, one.Values[i])
			if i > 0 {
				px, py := place(i-1, one.Values[i-1])
				s.stroke(j, px, py, x, y)
			}
			s.dot(j, x, y)
		}
	}
	s.axis(b.Labels, width, func(i int) float64 { x, _ := place(i, 0); return x })
}

// axis prints the labels under the chart: as many as have room, the last one always.
func (s *sheet) axis(labels []string, width float64, at func(i int) float64) {
	widest := 1.0
	for _, l := range labels {
		widest = max(widest, s.width(s.plain(l), smallStyle)+8)
	}
	every := max(1, int(math.Ceil(widest*float64(len(labels))/width)))
	for i, l := range labels {
		if (len(labels)-1-i)%every == 0 {
			text := s.one(l, smallStyle, width)
			s.draw(min(max(left, at(i)-s.width(text, smallStyle)/2), right-s.width(text, smallStyle)), s.y+linesHeight+12, smallStyle, text)
		}
	}
	s.y += linesHeight + 24
}

// stroke draws a piece of a line in the dash of its series.
func (s *sheet) stroke(i int, x1, y1, x2, y2 float64) {
	c := tone(i)
	s.pdf.SetStrokeColor(c[0], c[1], c[2])
	s.pdf.SetLineWidth(1.4)
	s.pdf.SetCustomLineType([][]float64{nil, {5, 3}, {1.5, 2.5}, {8, 3, 1.5, 3}}[i%4], 0)
	s.pdf.Line(x1, y1, x2, y2)
	s.pdf.SetCustomLineType(nil, 0)
}

// dot marks a value in the shape of its series: a square, full or hollow, small or large.
func (s *sheet) dot(i int, x, y float64) {
	r := 2.2
	if i%2 == 0 {
		s.fill(x-r, y-r, 2*r, 2*r, tone(i))
		return
	}
	s.fill(x-r, y-r, 2*r, 2*r, colour{255, 255, 255})
	s.box(x-r, y-r, 2*r, 2*r, tone(i))
}

// roundStep gives the next of 1, 2, 5 times a power of ten.
func roundStep(v float64) float64 {
	if v <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if v <= m*unit {
			return m * unit
		}
	}
	return 10 * unit
}

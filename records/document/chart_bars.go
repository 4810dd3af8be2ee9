package document

const barHeight = 9.0

func (b Bars) height(*sheet) float64 { return 4 * bodyStyle.lead }

func (b Bars) set(s *sheet) {
	greatest, err := sound(b.Labels, b.Series)
	if err != nil {
		s.fail(err)
		return
	}
	scale := max(b.Max, greatest)
	if scale == 0 {
		scale = 1
	}
	const nameWidth, numberWidth = 128.0, 52.0
	from, length := left+nameWidth+8, bodyWidth-nameWidth-8-numberWidth
	head := func() {
		s.caption(b.Title)
		s.legend(b.Series, func(i int, x, y float64) { s.fill(x, y-3, 16, 6, tone(i)) })
	}
	s.need(b.height(s))
	head()
	for i, label := range b.Labels {
		name := s.lines(label, tdStyle, nameWidth)
		height := max(float64(len(name))*13, float64(len(b.Series))*(barHeight+2)) + 6
		if s.y+height > bodyBottom {
			s.turn()
			head()
		}
		top := s.y + (height-float64(len(name))*13)/2
		for j, l := range name {
			s.aligned(left, nameWidth, top+float64(j)*13+9.8, tdStyle, l, End)
		}
		y := s.y + (height-float64(len(b.Series))*(barHeight+2))/2
		for j, one := range b.Series {
			w := length * one.Values[i] / scale
			s.fill(from, y+1, w, barHeight, tone(j))
			s.draw(from+w+4, y+1+barHeight-1.3, smallStyle, s.plain(figure(one.Values[i])+b.Unit))
			y += barHeight + 2
		}
		s.line(from, s.y, from, s.y+height, 0.5, rule)
		s.y += height
	}
	s.y += 8
}

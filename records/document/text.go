package document

import "strings"

// plain gives the text as it will be printed, and tells of missing characters once a document.
func (s *sheet) plain(text string) string {
	return s.fonts.plain(text, func(r rune) {
		if !s.missing[r] && s.o.Missing != nil {
			s.o.Missing(r)
		}
		s.missing[r] = true
	})
}

func (s *sheet) glyph(face string, r rune) glyph {
	g, _ := s.fonts.find(face, r)
	return g
}

// width measures plain text, in points.
func (s *sheet) width(text string, st style) float64 {
	sum := 0.0
	for _, r := range text {
		sum += s.glyph(st.face, r).width
	}
	return sum * st.size
}

// lines makes a text plain and breaks it into lines.
func (s *sheet) lines(text string, st style, width float64) []string {
	return wrap(s.plain(text), width, func(t string) float64 { return s.width(t, st) })
}

// one makes a text plain and fits it into one line: what is too long ends in an ellipsis. Only for what is printed whole elsewhere.
func (s *sheet) one(text string, st style, width float64) string {
	text = strings.Join(strings.Fields(s.plain(text)), " ")
	if s.width(text, st) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && s.width(string(runes)+"…", st) > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// draw sets one line of plain text with its baseline at y.
func (s *sheet) draw(x, y float64, st style, text string) {
	s.pdf.SetTextColor(st.color[0], st.color[1], st.color[2])
	for text != "" {
		face, end := "", len(text)
		for i, r := range text {
			f := s.glyph(st.face, r).face
			if face == "" {
				face = f
			}
			if f != face {
				end = i
				break
			}
		}
		run := text[:end]
		text = text[end:]
		s.use(face)
		s.fail(s.pdf.SetFont(face, "", st.size))
		s.pdf.SetXY(x, y)
		s.fail(s.pdf.Text(run))
		x += s.width(run, st)
	}
}

// aligned sets one line in a box: from the left, in the middle, or to the right.
func (s *sheet) aligned(x, width, y float64, st style, text string, align Align) {
	switch align {
	case Middle:
		x += (width - s.width(text, st)) / 2
	case End:
		x += width - s.width(text, st)
	}
	s.draw(x, y, st, text)
}

// baseline is where the first baseline stands under the top of a line, for type of this style: the leading is shared out evenly.
func (st style) baseline() float64 { return st.lead/2 + st.size*0.36 }

package document

// Table is a table with a head that is repeated on every page. A row shorter than the head ends in empty cells; what is longer is an error.
type Table struct {
	Head   []string
	Shares []float64 // of the width, by column; nil: even
	Aligns []Align   // by column; nil: all from the start
	Rows   [][]string
	Empty  string // printed when there are no rows
}

func (b Table) set(s *sheet) {
	head := func() {
		cells := b.cells(s, b.Head, thStyle)
		for i := range cells {
			cells[i].shaded = true
		}
		s.row(cells, nil)
	}
	s.need(3 * bodyStyle.lead)
	head()
	for _, row := range b.Rows {
		if len(row) > len(b.Head) {
			s.fail(errWideRow)
			return
		}
		s.row(b.cells(s, row, tdStyle), head)
	}
	if len(b.Rows) == 0 && b.Empty != "" {
		s.row([]cell{s.cell(left, bodyWidth, b.Empty, labelStyle, Middle)}, nil)
	}
	s.y += 6
}

func (b Table) cells(s *sheet, texts []string, st style) []cell {
	sum := 0.0
	share := func(i int) float64 {
		if i < len(b.Shares) && b.Shares[i] > 0 {
			return b.Shares[i]
		}
		return 1
	}
	for i := range b.Head {
		sum += share(i)
	}
	var cells []cell
	x := left
	for i := range b.Head {
		text, align := "", Start
		if i < len(texts) {
			text = texts[i]
		}
		if i < len(b.Aligns) {
			align = b.Aligns[i]
		}
		w := bodyWidth * share(i) / sum
		cells = append(cells, s.cell(x, w, text, st, align))
		x += w
	}
	return cells
}

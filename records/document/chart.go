package document

import (
	"errors"
	"math"
	"strconv"
)

// Series is one row of numbers with its name.
type Series struct {
	Name   string
	Values []float64 // one for each label of the chart
}

// Bars is a chart of horizontal bars, one group a label: room for long Chinese names, and the number beside each bar.
type Bars struct {
	Title  string
	Unit   string // printed after each number, such as "%"
	Labels []string
	Series []Series
	Max    float64 // of the scale; 0: the greatest value
}

// Lines is a chart of lines over labels that stand in order, such as months. Lines differ in dash and mark, not in colour alone.
type Lines struct {
	Title  string
	Unit   string
	Labels []string
	Series []Series
	Max    float64 // of the scale; 0: the next round number over the greatest value
}

var errChart = errors.New("a chart needs one finite value, not below nought, for each label")

// sound tells whether the numbers fit the labels, and the greatest of them.
func sound(labels []string, series []Series) (greatest float64, err error) {
	for _, one := range series {
		if len(one.Values) != len(labels) {
			return 0, errChart
		}
		for _, v := range one.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
				return 0, errChart
			}
			greatest = max(greatest, v)
		}
	}
	return greatest, nil
}

// figure prints a number with at most one decimal.
func figure(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// tones tell series apart in print: dark, middle and light of the one accent.
func tone(i int) colour {
	return []colour{accent, {0x8f, 0xa6, 0xdd}, soft, {0xc8, 0xce, 0xd8}}[i%4]
}

// legend names the series, when there is more than one.
func (s *sheet) legend(series []Series, sample func(i int, x, y float64)) {
	if len(series) < 2 {
		return
	}
	x := left
	for i, one := range series {
		name := s.one(one.Name, smallStyle, bodyWidth/2)
		if w := s.width(name, smallStyle) + 38; x > left && x+w > right {
			x = left
			s.y += smallStyle.lead
		}
		sample(i, x, s.y+smallStyle.lead/2)
		s.draw(x+22, s.y+smallStyle.baseline(), smallStyle, name)
		x += s.width(name, smallStyle) + 38
	}
	s.y += smallStyle.lead + 4
}

func (s *sheet) caption(title string) {
	if title == "" {
		return
	}
	for _, l := range s.lines(title, thStyle, bodyWidth) {
		s.draw(left, s.y+thStyle.baseline(), thStyle, l)
		s.y += thStyle.lead
	}
}

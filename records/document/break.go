package document

import (
	"strings"

	"github.com/rivo/uniseg"
)

// wrap breaks a text that is already plain into lines no wider than width, which is measured in the unit that measure gives. Lines break
// where Unicode Standard Annex 14 allows it: between Chinese characters, but never before a closing mark or after an opening one, and not
// inside numbers and words. What is longer than a line and has no such place is broken between two characters at last. Spaces at a break
// are left out. An empty text is one empty line.
func wrap(text string, width float64, measure func(string) float64) []string {
	var lines []string
	line, state := "", -1
	flush := func() {
		lines = append(lines, strings.TrimRight(line, " "))
		line = ""
	}
	for rest := text; rest != ""; {
		var piece string
		piece, rest, _, state = uniseg.FirstLineSegmentInString(rest, state)
		bare := strings.TrimSuffix(piece, "\n")
		ends := bare != piece
		if line != "" && measure(line+strings.TrimRight(bare, " ")) > width {
			flush()
		}
		if measure(strings.TrimRight(bare, " ")) > width {
			bare = chop(bare, width, measure, func(full string) { lines = append(lines, full) })
		}
		line += bare
		if ends {
			flush()
		}
	}
	if line != "" || len(lines) == 0 {
		flush()
	}
	return lines
}

// chop cuts full lines off a piece that has no place to break, between characters as people see them, and gives what remains.
func chop(piece string, width float64, measure func(string) float64, full func(string)) string {
	line, state := "", -1
	for rest := piece; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if line != "" && strings.TrimSpace(cluster) != "" && measure(line+cluster) > width {
			full(line)
			line = ""
		}
		line += cluster
	}
	return line
}

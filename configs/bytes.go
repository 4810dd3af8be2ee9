package configs

import (
	"bytes"
	"unicode/utf8"
)

// firstBadByte finds what no configuration holds and YAML libraries disagree about: text that is not UTF-8, control
// characters. It gives nil when there is none.
func firstBadByte(text []byte) *Problem {
	for line, number := range lines(text) {
		column := 0
		for len(line) > 0 {
			column++
			r, size := utf8.DecodeRune(line)
			if r == utf8.RuneError && size == 1 {
				return &Problem{Line: number, Column: column, What: "is not UTF-8 text", Mend: "save the file as UTF-8"}
			}
			if r < ' ' && r != '\t' && !(r == '\r' && len(line) == 1) || r == 0x7f || r == 0xfeff {
				return &Problem{Line: number, Column: column, What: "holds a control character", Mend: "remove it"}
			}
			line = line[size:]
		}
	}
	return nil
}

// lines gives each line without its line feed, and its number from 1.
func lines(text []byte) func(yield func([]byte, int) bool) {
	return func(yield func([]byte, int) bool) {
		for number := 1; len(text) > 0; number++ {
			line, rest, _ := bytes.Cut(text, []byte{'\n'})
			if !yield(line, number) {
				return
			}
			text = rest
		}
	}
}

package document

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Plain gives a text as a document prints it, so that a test, or a court, can compare it with what is extracted from the PDF:
// in normal form C; line ends as \n; every kind of space as one plain space; invisible marks (control, direction, joiner, variation)
// left out; a character that the fonts lack in its common form (NFKC) if they have that, else as its code point in brackets, such as
// [U+0645]. Missing, when not nil, is told each of the last.
func Plain(text string, missing func(rune)) (string, error) {
	t, err := fonts()
	if err != nil {
		return "", err
	}
	return t.plain(text, missing), nil
}

func (t *typecase) plain(text string, missing func(rune)) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	var b strings.Builder
	for _, r := range norm.NFC.String(text) {
		switch {
		case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			b.WriteByte('\n')
		case r == '\t' || unicode.Is(unicode.Zs, r) && r != '\u3000':
			b.WriteByte(' ')
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
		default:
			b.WriteString(t.printable(r, missing))
		}
	}
	return b.String()
}

// printable gives a character that the fonts have, else its common form if they have that, else its code point.
func (t *typecase) printable(r rune, missing func(rune)) string {
	if _, ok := t.find(regular, r); ok {
		return string(r)
	}
	common := norm.NFKC.String(string(r))
	whole := common != string(r)
	for _, c := range common {
		_, ok := t.find(regular, c)
		whole = whole && ok
	}
	if whole {
		return common
	}
	if missing != nil {
		missing(r)
	}
	return fmt.Sprintf("[U+%04X]", r)
}

package records

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// gramsVersion changes when the same text would give other grams: the index is then made again.
const gramsVersion = 1

// gram is what the search compares: up to three runes in one number, 21 bits each. One Chinese character, two neighbouring
// ones, three neighbouring letters of a word, or the first letters of a short word after wordStart.
type gram int64

// wordStart marks grams of a word's beginning; it is no letter, so it meets no other gram.
const wordStart = '^'

func gramOf(a, b, c rune) gram { return gram(a)<<42 | gram(b)<<21 | gram(c) }

// searchable gives a text as it is compared: NFKC (full-width and half-width alike), lower case, one blank for whatever is
// neither letter nor digit.
func searchable(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	blank := true
	for _, r := range norm.NFKC.String(s) {
		r = unicode.ToLower(r)
		if r == utf8.RuneError || !(unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) {
			if !blank {
				b.WriteByte(' ')
			}
			blank = true
			continue
		}
		b.WriteRune(r)
		blank = false
	}
	return strings.TrimRight(b.String(), " ")
}

// ideographic reports whether a script writes words without blanks between them, so that neighbours are compared in pairs.
func ideographic(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r == 'ー'
}

// runs splits a searchable text into words, and into stretches of ideographs: "erp系统 u8" gives erp, 系统, u8.
func runs(s string) [][]rune {
	var out [][]rune
	for word := range strings.FieldsSeq(s) {
		runes := []rune(word)
		from := 0
		for i := 1; i <= len(runes); i++ {
			if i == len(runes) || ideographic(runes[i]) != ideographic(runes[from]) {
				out = append(out, runes[from:i])
				from = i
			}
		}
	}
	return out
}

// indexGrams gives every gram by which a searchable text can be found, sorted, each once.
func indexGrams(s string) []gram {
	var out []gram
	for _, run := range runs(s) {
		if ideographic(run[0]) {
			for i, r := range run {
				out = append(out, gramOf(0, 0, r))
				if i > 0 {
					out = append(out, gramOf(0, run[i-1], r))
				}
			}
			continue
		}
		out = append(out, gramOf(0, wordStart, run[0]))
		if len(run) > 1 {
			out = append(out, gramOf(wordStart, run[0], run[1]))
		}
		for i := 2; i < len(run); i++ {
			out = append(out, gramOf(run[i-2], run[i-1], run[i]))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// queryGrams gives the grams that a text must contain to contain this searchable query: the longest there are for each run,
// since shorter ones say less. Words of one or two letters are looked for at the beginning of words.
func queryGrams(s string) []gram {
	var out []gram
	for _, run := range runs(s) {
		switch wide := ideographic(run[0]); {
		case wide && len(run) == 1:
			out = append(out, gramOf(0, 0, run[0]))
		case wide:
			for i := 1; i < len(run); i++ {
				out = append(out, gramOf(0, run[i-1], run[i]))
			}
		case len(run) == 1:
			out = append(out, gramOf(0, wordStart, run[0]))
		case len(run) == 2:
			out = append(out, gramOf(wordStart, run[0], run[1]))
		default:
			for i := 2; i < len(run); i++ {
				out = append(out, gramOf(run[i-2], run[i-1], run[i]))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// contains reports whether a searchable text holds every run of a searchable query: the check that grams alone cannot give,
// because they do not know their order. Words of one or two letters count at the beginning of a word only.
func contains(text, query string) bool {
	for _, run := range runs(query) {
		if !containsRun(text, run) {
			return false
		}
	}
	return true
}

func containsRun(text string, run []rune) bool {
	part := string(run)
	if ideographic(run[0]) || len(run) > 2 {
		return strings.Contains(text, part)
	}
	for from := 0; ; {
		i := strings.Index(text[from:], part)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:from+i])
		if from+i == 0 || before == ' ' || ideographic(before) {
			return true
		}
		from += i + len(part)
	}
}

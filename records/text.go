package records

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest texts that are kept, in runes.
const (
	maxLine = 200
	maxText = 10000
)

// line makes a text fit for one line: valid UTF-8, no control characters or line breaks, spaces trimmed.
func line(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, s))
}

// text is line with line breaks and tabs kept.
func text(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if (unicode.IsControl(r) && r != '\n' && r != '\t') || r == utf8.RuneError {
			return -1
		}
		return r
	}, s))
}

// short adds a fault when s has more than limit runes.
func (f *faults) short(name, s string, limit int) {
	if n := utf8.RuneCountInString(s); n > limit {
		f.add(name, "too_long", "Shorten it.", "It has %d characters; %d are kept.", n, limit)
	}
}

// required adds a fault when s is empty or too long.
func (f *faults) required(name, s string, limit int, what, do string) {
	f.missing(s != "", name, what, do)
	f.short(name, s, limit)
}

// clip keeps at most limit runes of what a person did not type and cannot shorten.
func clip(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit])
	}
	return s
}

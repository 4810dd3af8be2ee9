package web

import (
	"maps"
	"strings"

	"hotline/queue"
)

// maskNumber hides the middle of a telephone number as Chinese practice does (138****8000): of what stands before the last
// four digits, the four next to them are hidden. Short numbers keep their last two digits. "" stays "".
func maskNumber(number string) string {
	digits := []rune(number)
	n := len(digits)
	from, to := n-8, n-4
	if n < 9 {
		from, to = 0, max(n-2, 0)
	}
	for i := max(from, 0); i < to; i++ {
		digits[i] = '*'
	}
	return string(digits)
}

// maskName keeps the first character of a person's name.
func maskName(name string) string {
	name = strings.TrimSpace(name)
	for i := range name {
		if i > 0 {
			return name[:i] + "**"
		}
	}
	return name
}

// maskEvent hides the caller's number and name, and the notes of hand-overs, which are for the receiver. hides is false when there
// was nothing to hide.
func maskEvent(e queue.Event) (masked queue.Event, hides bool) {
	if e.Data["number"] == "" && e.Data["name"] == "" && e.Data["note"] == "" {
		return e, false
	}
	e.Data = maps.Clone(e.Data)
	for key, mask := range map[string]func(string) string{"number": maskNumber, "name": maskName} {
		if v, ok := e.Data[key]; ok {
			e.Data[key] = mask(v)
		}
	}
	delete(e.Data, "note")
	return e, true
}

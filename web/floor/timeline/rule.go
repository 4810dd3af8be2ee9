package timeline

import (
	"strconv"
	"strings"
	"time"
)

// ParseRule reads the promise out of the rule that a verdict is stamped with, e.g. "three-rings/1 1s+4s x3" (queue.RingRule.String).
// ok is false for another text; then the rule is China's.
func ParseRule(text string) (r Rule, ok bool) {
	china := Rule{Cycle: 5 * time.Second, Rings: 3}
	fields := strings.Fields(text)
	if len(fields) != 3 {
		return china, false
	}
	on, off, found := strings.Cut(fields[1], "+")
	a, err := time.ParseDuration(on)
	if err != nil || !found {
		return china, false
	}
	b, err := time.ParseDuration(off)
	if err != nil || a+b <= 0 {
		return china, false
	}
	rings, err := strconv.Atoi(strings.TrimPrefix(fields[2], "x"))
	if err != nil || rings < 1 || rings > 99 {
		return china, false
	}
	return Rule{Cycle: a + b, Rings: rings}, true
}

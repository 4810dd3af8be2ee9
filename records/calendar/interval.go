package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// dayMinutes is the length of a day on the wall clock.
const dayMinutes = 24 * 60

// Interval is a stretch of one day, in minutes of its wall clock: From is in it, To is not; 1440 is midnight at the end.
type Interval struct{ From, To int }

// ParseInterval reads "09:00-12:00"; "24:00" ends a day. Work across midnight is two intervals of two days.
func ParseInterval(text string) (Interval, error) {
	from, to, ok := strings.Cut(strings.ReplaceAll(text, "–", "-"), "-")
	if !ok {
		return Interval{}, fmt.Errorf("%q is no interval like 09:00-12:00", text)
	}
	var in Interval
	var err error
	if in.From, err = parseMinute(from); err != nil {
		return Interval{}, err
	}
	if in.To, err = parseMinute(to); err != nil {
		return Interval{}, err
	}
	if in.From >= in.To {
		return Interval{}, fmt.Errorf("%q ends before it begins; write work across midnight as two intervals, until 24:00 and from 00:00 of the next day", text)
	}
	return in, nil
}

func parseMinute(text string) (int, error) {
	var h, m int
	text = strings.TrimSpace(text)
	if len(text) == 5 && text[2] == ':' {
		if n, err := fmt.Sscanf(text, "%02d:%02d", &h, &m); err == nil && n == 2 && h >= 0 && m >= 0 && m < 60 && h*60+m <= dayMinutes {
			return h*60 + m, nil
		}
	}
	return 0, fmt.Errorf("%q is no time of day like 09:00", text)
}

// String writes 09:00-12:00.
func (i Interval) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", i.From/60, i.From%60, i.To/60, i.To%60)
}

// MarshalText and UnmarshalText write and read 09:00-12:00.
func (i Interval) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (i *Interval) UnmarshalText(text []byte) (err error) {
	*i, err = ParseInterval(string(text))
	return err
}

// tidy sorts intervals and refuses those that overlap.
func tidy(intervals []Interval) ([]Interval, error) {
	out := slices.Clone(intervals)
	slices.SortFunc(out, func(a, b Interval) int { return cmp.Compare(a.From, b.From) })
	for i, in := range out {
		if in.From < 0 || in.To > dayMinutes || in.From >= in.To {
			return nil, fmt.Errorf("%v is no stretch of one day", in)
		}
		if i > 0 && in.From < out[i-1].To {
			return nil, fmt.Errorf("%v overlaps %v", in, out[i-1])
		}
	}
	return out, nil
}

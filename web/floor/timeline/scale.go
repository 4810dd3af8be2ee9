package timeline

import "time"

// scale turns instants into x. A talk may last a hundred times as long as the ringing before it; then the two halves of the picture
// have scales of their own, so that a second of ringing can still be seen.
type scale struct {
	from, bend, to  time.Time
	left, mid, rest float64 // x of from, width before the bend, width after it
}

const (
	bendShare = 0.62                   // of the width, for what comes before the bend
	bendPad   = 700 * time.Millisecond // shown after the verdict on the first scale
)

// newScale bends after the verdict when what follows is more than twice as long as what came before.
func newScale(s Story, left, width float64) scale {
	c := scale{from: s.From, to: s.To, left: left}
	whole := s.To.Sub(s.From)
	if whole < time.Second {
		whole = time.Second
		c.to = s.From.Add(whole)
	}
	c.bend, c.mid = c.to, width
	if s.Decided.IsZero() {
		return c
	}
	first := s.Decided.Sub(s.From) + bendPad
	if first < 3*time.Second {
		first = 3 * time.Second
	}
	if rest := whole - first; rest > 2*first {
		c.bend = s.From.Add(first)
		c.mid, c.rest = width*bendShare, width*(1-bendShare)
	}
	return c
}

func (c scale) bent() bool { return c.rest > 0 }

// x of an instant; what is outside of the picture stands at its edge.
func (c scale) x(at time.Time) float64 {
	switch {
	case !at.After(c.from):
		return c.left
	case !at.After(c.bend):
		return c.left + c.mid*ratio(at.Sub(c.from), c.bend.Sub(c.from))
	default:
		return c.left + c.mid + c.rest*min(ratio(at.Sub(c.bend), c.to.Sub(c.bend)), 1)
	}
}

func ratio(part, whole time.Duration) float64 {
	if whole <= 0 {
		return 0
	}
	return part.Seconds() / whole.Seconds()
}

// step is a round distance of ticks so that about n fit into a span.
func step(span time.Duration, n int) time.Duration {
	for _, d := range []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute,
		5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour,
	} {
		if int(span/d) <= n {
			return d
		}
	}
	return 24 * time.Hour
}

package timeline

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"

	"hotline/queue"
)

// Words are what the picture says, in the reader's language.
type Words interface {
	// Say gives the text of a key below "floor.picture.".
	Say(key string, args ...any) string
	// Name is how an agent is called.
	Name(login string) string
}

// Sizes in units of the picture; the page scales it to its width.
const (
	pictureWidth = 1200.0
	laneLeft     = 150.0
	rightEdge    = 24.0
	axisHeight   = 68.0
	laneHeight   = 46.0
	barHeight    = 22.0
	leastBar     = 3.0
)

// picture writes one SVG.
type picture struct {
	strings.Builder
	story Story
	words Words
	scale scale
	name  string // prefix of ids, so that two pictures fit one page
}

// SVG draws the story. The result is one svg element without scripts, styles and event handlers; every word in it is escaped.
func SVG(s Story, words Words, id string) string {
	p := &picture{story: s, words: words, scale: newScale(s, laneLeft, pictureWidth-laneLeft-rightEdge), name: html.EscapeString(id)}
	height := axisHeight + laneHeight*float64(len(s.Lanes)) + 8
	p.put(`<svg class="call-picture" viewBox="0 0 %.0f %.0f" role="img" aria-labelledby="%s-title" data-lanes="%d">`, pictureWidth, height, p.name, len(s.Lanes))
	p.put(`<title id="%s-title">%s</title>`, p.name, p.title())
	p.patterns()
	p.lanes()
	p.rings(height)
	p.axis(height)
	p.bridge()
	for _, b := range s.Bars {
		p.bar(b)
	}
	p.marks()
	p.flag()
	p.WriteString(`</svg>`)
	return p.String()
}

func (p *picture) put(format string, args ...any) { fmt.Fprintf(p, format, args...) }

func (p *picture) say(key string, args ...any) string {
	return html.EscapeString(p.words.Say(key, args...))
}

func (p *picture) title() string {
	v := p.story.Verdict
	switch {
	case v == nil && p.story.Live:
		return p.say("title.live")
	case v == nil:
		return p.say("title.none")
	case v.Answered && v.Met:
		return p.say("title.met", v.Rings, Seconds(v.Waited))
	case v.Answered:
		return p.say("title.late", v.Rings, Seconds(v.Waited))
	}
	return p.say("title.abandoned", v.Rings, Seconds(v.Waited))
}

// patterns double every colour by a shape: declined is crossed, cancelled dotted, rang out striped, hold hatched.
func (p *picture) patterns() {
	p.put(`<defs>`)
	for _, d := range []struct{ name, size, path string }{
		{Declined, "8", "M0 0L8 8M8 0L0 8"}, {Cancelled, "6", "M3 2.2a.8 .8 0 1 0 .01 0Z"}, {RangOut, "6", "M0 6L6 0"},
		{Unreached, "7", "M0 3.5H7"}, {string(HoldBar), "7", "M0 7L7 0"},
	} {
		p.put(`<pattern id="%s-%s" class="pattern pattern-%s" width="%s" height="%s" patternUnits="userSpaceOnUse"><rect width="%s" height="%s"/><path d="%s"/></pattern>`,
			p.name, d.name, d.name, d.size, d.size, d.size, d.size, d.path)
	}
	p.put(`</defs>`)
}

func laneTop(i int) float64 { return axisHeight + laneHeight*float64(i) }

func barTop(i int) float64 { return laneTop(i) + (laneHeight-barHeight)/2 }

func (p *picture) lanes() {
	for i, l := range p.story.Lanes {
		name := p.words.Name(l.Agent)
		if l.Kind != AgentLane {
			name = p.words.Say("lane." + string(l.Kind))
		}
		y := laneTop(i)
		p.put(`<g class="lane lane-%s" data-lane="%s"><line x1="%.0f" x2="%.0f" y1="%.1f" y2="%.1f"/><text x="%.0f" y="%.1f">%s</text></g>`,
			l.Kind, html.EscapeString(l.Agent), laneLeft, pictureWidth-rightEdge, y+laneHeight/2, y+laneHeight/2, laneLeft-14, y+laneHeight/2+5, html.EscapeString(clip(name, 11)))
	}
}

// clip keeps a name inside its lane's label; the table below says it whole. CJK characters are twice as wide as others.
func clip(name string, most int) string {
	width := 0
	for i, r := range name {
		width += 1
		if r >= 0x2e80 {
			width++
		}
		if width > 2*most-1 || width > most+5 {
			return name[:i] + "…"
		}
	}
	return name
}

// rings draws where each promised ring begins, and the end of the promise.
func (p *picture) rings(height float64) {
	s := p.story
	for ring := 1; ring <= s.Rings+1; ring++ {
		at := s.Ring1.Add(time.Duration(ring-1) * s.Cycle)
		if at.After(p.scale.bend) || at.After(s.To) {
			break
		}
		x := p.scale.x(at)
		class, label := fmt.Sprintf("ring ring-%d", max(1, min(3, 3-(s.Rings-ring)))), p.say("ring", ring)
		if ring > s.Rings {
			class, label = "ring ring-over", p.say("promise")
		}
		p.put(`<g class="%s"><line x1="%.1f" x2="%.1f" y1="18" y2="%.1f"/><text x="%.1f" y="14">%s</text></g>`, class, x, x, height-8, x+4, label)
	}
}

// axis writes seconds since ring 1 below the rings, on both scales.
func (p *picture) axis(_ float64) {
	s, c := p.story, p.scale
	ticks := func(from, to time.Time, n int) {
		d := step(to.Sub(from), n)
		for t := (from.Sub(s.Ring1)/d + 1) * d; !s.Ring1.Add(t).After(to); t += d {
			x := c.x(s.Ring1.Add(t))
			if x > pictureWidth-rightEdge-10 {
				break
			}
			if c.bent() && math.Abs(x-c.left-c.mid) < 24 {
				continue // the sign of the bend stands there
			}
			p.put(`<g class="tick"><line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text x="%.1f" y="%.1f">%s</text></g>`,
				x, x, axisHeight-10, axisHeight-4, x, axisHeight-13, clockOf(t))
		}
	}
	ticks(s.From, c.bend, 10)
	if c.bent() {
		x := c.left + c.mid
		p.put(`<path class="bend" d="M%.1f %.1fl-4 6l8 6l-8 6l8 6l-4 6"/>`, x, axisHeight-26)
		ticks(c.bend.Add(time.Second), c.to, 4)
	}
}

func clockOf(d time.Duration) string {
	s := int(d.Seconds())
	if s < 60 {
		return fmt.Sprintf("%d s", s)
	}
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// Seconds writes a duration with one digit behind the point.
func Seconds(d time.Duration) string {
	if d > -50*time.Millisecond && d < 0 {
		d = 0 // the journal keeps microseconds, a call's clock nanoseconds
	}
	return fmt.Sprintf("%.1f", d.Seconds())
}

// bridge fills what lies between caller and talker while they hear each other.
func (p *picture) bridge() {
	for _, b := range p.story.Bars {
		if b.Kind != TalkBar {
			continue
		}
		x, w := p.extent(b)
		p.put(`<rect class="bridge" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, x, barTop(0), w, barTop(b.Lane)+barHeight-barTop(0))
	}
}

func (p *picture) extent(b Bar) (x, width float64) {
	x = p.scale.x(b.From)
	return x, max(p.scale.x(b.To)-x, leastBar)
}

func (p *picture) bar(b Bar) {
	x, w := p.extent(b)
	y, h, class, fill := barTop(b.Lane), barHeight, "bar bar-"+string(b.Kind), ""
	switch b.Kind {
	case OfferBar:
		outcome := b.Outcome
		if outcome == "" {
			outcome = "open"
		}
		class += " offer-" + outcome
		if outcome != Accepted && outcome != "open" {
			fill = fmt.Sprintf(` fill="url(#%s-%s)"`, p.name, outcome)
		}
		if b.HandOver {
			class += " offer-handover"
		}
	case HoldBar:
		y, h = y+3, h-6
		fill = fmt.Sprintf(` fill="url(#%s-%s)"`, p.name, HoldBar)
	case WaitBar:
		y, h = y+7, h-14
	case GuestBar:
		y, h = y+4, h-8
	}
	if !b.Ended {
		class += " bar-live"
	}
	what := p.barWords(b)
	p.put(`<g class="%s" data-from="%d" data-to="%d"><title>%s</title><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="3"%s/>`,
		class, b.From.Sub(p.story.Ring1).Milliseconds(), b.To.Sub(p.story.Ring1).Milliseconds(), what, x, y, w, h, fill)
	if b.Kind == OfferBar && b.Ended {
		p.put(`<text class="sign" x="%.1f" y="%.1f">%s</text>`, x+w+4, y+h/2+5, sign(b.Outcome))
	}
	if b.Kind == TalkBar && w > 76 {
		p.put(`<text class="inside" x="%.1f" y="%.1f">%s</text>`, x+26, y+h/2+5, clockOf(b.To.Sub(b.From)))
	}
	p.put(`</g>`)
}

// sign is the shape of an outcome.
func sign(outcome string) string {
	switch outcome {
	case Accepted:
		return "✓"
	case Declined:
		return "✕"
	case RangOut:
		return "∅"
	case Unreached:
		return "!"
	}
	return "–"
}

func (p *picture) barWords(b Bar) string {
	who := p.words.Name(p.story.Lanes[b.Lane].Agent)
	length := Seconds(b.To.Sub(b.From))
	switch b.Kind {
	case OfferBar:
		outcome := b.Outcome
		if outcome == "" {
			outcome = "open"
		}
		text := p.words.Say("offer."+outcome, who, length)
		if outcome == Declined && b.Why != "" {
			text += p.words.Say("reason", b.Why)
		}
		return html.EscapeString(text)
	case TalkBar:
		return p.say("talk", who, length)
	case HoldBar:
		return p.say("hold", length)
	case GuestBar:
		return p.say("guest", who, length)
	}
	return p.say("wait", length)
}

// flag stands at the verdict.
func (p *picture) flag() {
	v, s := p.story.Verdict, p.story
	if v == nil {
		return
	}
	x := p.scale.x(s.Decided)
	class, text := "verdict verdict-met", p.say("flag.met", v.Rings, Seconds(v.Waited))
	switch {
	case !v.Answered:
		class, text = "verdict verdict-abandoned", p.say("flag.abandoned", v.Rings, Seconds(v.Waited))
	case !v.Met:
		class, text = "verdict verdict-late", p.say("flag.late", v.Rings, Seconds(v.Waited))
	}
	bottom := laneTop(0) + laneHeight - 4
	p.put(`<g class="%s"><title>%s</title><line x1="%.1f" x2="%.1f" y1="22" y2="%.1f"/>`, class, p.say("rule", v.Rule), x, x, bottom)
	width := 14 + 7.6*float64(wide(text))
	left := x
	if left+width > pictureWidth {
		left = x - width
	}
	p.put(`<rect x="%.1f" y="20" width="%.1f" height="22" rx="3"/><text x="%.1f" y="36">%s</text></g>`, left, width, left+7, text)
}

// wide estimates the width of a text in characters of Latin.
func wide(text string) (n int) {
	for _, r := range html.UnescapeString(text) {
		n++
		if r >= 0x2e80 {
			n++
		}
	}
	return n
}

// marks are the small signs in the lanes.
func (p *picture) marks() {
	for _, m := range p.story.Marks {
		if m.Kind == queue.EventRinging {
			x := p.scale.x(m.At)
			p.put(`<line class="mark-ringing" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, x, x, barTop(m.Lane)-3, barTop(m.Lane)+barHeight+3)
			continue
		}
		x, y := p.scale.x(m.At), laneTop(m.Lane)+laneHeight/2
		if m.Kind == queue.EventOwned || m.Kind == queue.EventHandTaken {
			x += 13 // inside the talk that it begins
		}
		p.put(`<g class="mark mark-%s"><title>%s</title><path d="%s" transform="translate(%.1f %.1f)"/></g>`,
			html.EscapeString(m.Kind), p.say("event."+m.Kind, m.Data["to"]), shape(m.Kind), x, y)
	}
}

// shape is a small path about the origin.
func shape(kind string) string {
	switch kind {
	case queue.EventHandOver:
		return "M-8 -5H2V-9L10 0L2 9V5H-8Z"
	case queue.EventHandBack:
		return "M8 -5H-2V-9L-10 0L-2 9V5H8Z"
	case queue.EventHandTaken, queue.EventOwned:
		return "M-6 0L-2 5L7 -6L5 -8L-2 1L-4.500 -2Z"
	case queue.EventAbandoned, queue.EventEnded, queue.EventRefused, queue.EventReopened:
		return "M-5 -5L0 -1.500L5 -5L1.500 0L5 5L0 1.500L-5 5L-1.500 0Z"
	case queue.EventOverflow, queue.EventWidened:
		return "M0 -6L6 5H-6Z"
	}
	return "M0 -5L5 0L0 5L-5 0Z"
}

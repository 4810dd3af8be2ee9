package document

import "time"

// Signature is one person's hand. Without a picture it is a box to be signed on paper.
type Signature struct {
	Role  string // who signs: "客户签字"
	Name  string
	Image []byte    // PNG or JPEG of the hand, as captured
	At    time.Time // when it was given
	Bound string    // hash of the file that was shown, when signed on a screen
	Via   string    // how: on the engineer's device, by link
}

// Signatures stand side by side, two a row, and are never divided. They are no part of the content's hash.
type Signatures struct{ Signatures []Signature }

const signatureHeight = 118.0

func (b Signatures) height(*sheet) float64 { return signatureHeight }

func (b Signatures) set(s *sheet) {
	s.y += 6
	width := (bodyWidth - 12) / 2
	for i, sig := range b.Signatures {
		if i%2 == 0 {
			s.need(signatureHeight + 6)
		}
		x := left + float64(i%2)*(width+12)
		s.box(x, s.y, width, signatureHeight, rule)
		s.draw(x+padX, s.y+padY+labelStyle.baseline(), labelStyle, s.one(sig.Role, labelStyle, width-2*padX))
		if len(sig.Image) > 0 {
			s.picture(sig.Image, x+padX, s.y+20, width-2*padX, 46, true)
		}
		y := s.y + 80
		s.line(x+padX, y-9, x+width-padX, y-9, 0.5, rule)
		when := s.o.minute(sig.At)
		if when == "" {
			when = s.o.say("日期：　　　　　　　　　　", "Date:                ")
		}
		s.aligned(x+padX, width-2*padX, y+3, labelStyle, s.plain(when), End)
		s.draw(x+padX, y+3, labelStyle, s.one(sig.Name, labelStyle, width-2*padX-s.width(when, labelStyle)-8))
		y += 14
		if sig.Via != "" {
			s.draw(x+padX, y+1, tinyStyle, s.one(sig.Via, tinyStyle, width-2*padX))
			y += tinyStyle.lead
		}
		if len(sig.Bound) == 64 {
			s.draw(x+padX, y+1, tinyStyle, "SHA-256 "+sig.Bound[:32])
			s.draw(x+padX+s.width("SHA-256 ", tinyStyle), y+1+tinyStyle.lead-1, tinyStyle, sig.Bound[32:])
		}
		if i%2 == 1 || i == len(b.Signatures)-1 {
			s.y += signatureHeight + 6
		}
	}
}

var tinyStyle = style{regular, 6.8, 9.5, soft}

package pbxtest

import (
	"context"
	"fmt"
	"math"
)

// A phone with a tone says that instead of a pattern, so that who is heard can be told in a mix, too.

const (
	toneLevel = 6000.0 // amplitude of a tone that is said, of 32767
	toneHeard = toneLevel / 3
	toneNot   = toneLevel / 8 // music has a little of every tone
	toneSpan  = 10            // packets looked at: 0.2 s
	toneNever = 25            // packets listened to: 0.5 s
)

// tonePacket is 20 ms of a tone in PCMA. Multiples of 50 Hz fit whole, so packets follow each other without a click.
func tonePacket(hz int) []byte {
	packet := make([]byte, 160)
	for i := range packet {
		packet[i] = alaw(int(toneLevel * math.Sin(2*math.Pi*float64(hz*i)/8000)))
	}
	return packet
}

// alaw codes one sample of 16 bits (ITU-T G.711).
func alaw(sample int) byte {
	sign := 0x80
	if sample < 0 {
		sign, sample = 0, -sample-1
	}
	sample = min(sample>>3, 0xfff) // 13 bits with sign
	exponent := 0
	for s := sample >> 5; s > 0; s >>= 1 {
		exponent++
	}
	mantissa := sample >> 1
	if exponent > 0 {
		mantissa = sample >> exponent
	}
	return byte(sign|exponent<<4|mantissa&0x0f) ^ 0x55
}

// linear undoes alaw.
func linear(code byte) float64 {
	c := int(code ^ 0x55)
	sample, exponent := (c&0x0f)<<4+8, c>>4&7
	if exponent > 0 {
		sample = (sample + 0x100) << (exponent - 1)
	}
	if c&0x80 == 0 {
		sample = -sample
	}
	return float64(sample)
}

// strength is the amplitude of a tone in 20 ms of PCMA (Goertzel's sum).
func strength(packet []byte, hz int) float64 {
	var re, im float64
	for i, code := range packet {
		s := linear(code)
		a := 2 * math.Pi * float64(hz*i) / 8000
		re, im = re+s*math.Cos(a), im+s*math.Sin(a)
	}
	return 2 * math.Hypot(re, im) / float64(len(packet))
}

// tones counts in how many of the last packets a tone is heard.
func (m *media) tones(hz int) (heard, silent int) {
	for _, packet := range m.last {
		switch level := strength(packet, hz); {
		case level > toneHeard:
			heard++
		case level < toneNot:
			silent++
		}
	}
	return heard, silent
}

// WaitTone waits until the tone of another phone is heard here (Behaviour.Tone), all the time for a fifth of a second.
func (c *PhoneCall) WaitTone(ctx context.Context, hz int) error {
	return c.media.wait(ctx, func() bool {
		heard, _ := c.media.tones(hz)
		return heard == toneSpan
	})
}

// WaitNoTone waits until the tone is not heard here at all for a fifth of a second.
func (c *PhoneCall) WaitNoTone(ctx context.Context, hz int) error {
	before := c.Received()
	return c.media.wait(ctx, func() bool {
		_, silent := c.media.tones(hz)
		return c.media.received >= before+toneSpan && silent == toneSpan
	})
}

// NeverTone listens for half a second and gives an error if the tone is heard in it.
func (c *PhoneCall) NeverTone(ctx context.Context, hz int) error {
	before, worst := c.Received(), 0.0
	err := c.media.wait(ctx, func() bool {
		if c.media.received > before {
			worst = max(worst, strength(c.media.last[len(c.media.last)-1], hz))
		}
		return c.media.received >= before+toneNever
	})
	if err == nil && worst > toneNot {
		err = fmt.Errorf("phone %s hears %d Hz at %.0f", c.media.phone.options.User, hz, worst)
	}
	return err
}

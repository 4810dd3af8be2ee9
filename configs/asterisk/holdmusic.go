package asterisk

import (
	"encoding/binary"
	"math"
)

// holdMusic is what a caller on hold hears: a soft rising chord every five seconds, so that the line is plainly alive,
// and nothing anybody holds rights in. Signed linear, 16 bit little endian, 8000 Hz, mono: Asterisk's "sln".
func holdMusic() []byte {
	const (
		rate   = 8000
		period = 5 * rate
		level  = 0.16 * math.MaxInt16
		decay  = 0.9 // per second: soft, but never silent
	)
	bars := [][]float64{
		{261.63, 329.63, 392.00, 523.25}, // C
		{220.00, 261.63, 329.63, 440.00}, // a
		{174.61, 261.63, 349.23, 440.00}, // F
		{196.00, 246.94, 392.00, 493.88}, // G
	}
	pcm := make([]byte, 0, 2*period*len(bars))
	for _, notes := range bars {
		for i := range period {
			sample := 0.0
			for n, hz := range notes {
				// Each note of the chord begins a quarter of a second after the one before.
				t := float64(i)/rate - 0.25*float64(n)
				if t < 0 {
					break
				}
				attack := math.Min(1, t/0.02) // no click
				sample += attack * math.Exp(-decay*t) * math.Sin(2*math.Pi*hz*t)
			}
			pcm = binary.LittleEndian.AppendUint16(pcm, uint16(int16(level*sample)))
		}
	}
	return pcm
}

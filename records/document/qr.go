package document

import (
	"fmt"

	"github.com/boombuler/barcode/qr"
)

// code draws a QR code (ISO/IEC 18004, error correction M) as vectors, so that it stays sharp on any printer.
func (s *sheet) code(content string, x, y, size float64) {
	c, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		s.fail(fmt.Errorf("QR code: %w", err))
		return
	}
	side := c.Bounds().Dx()
	dot := size / float64(side)
	s.pdf.SetFillColor(0, 0, 0)
	for row := range side {
		for col := 0; col < side; col++ {
			end := col
			for end < side && dark(c.At(end, row).RGBA()) {
				end++
			}
			if end > col {
				// A hair wider than its place, so that no viewer shows seams between the dots.
				s.pdf.RectFromUpperLeftWithStyle(x+float64(col)*dot, y+float64(row)*dot, float64(end-col)*dot+0.05, dot+0.05, "F")
				col = end
			}
		}
	}
}

func dark(r, _, _, _ uint32) bool { return r < 0x8000 }

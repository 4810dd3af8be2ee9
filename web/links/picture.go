package links

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
)

const (
	dotPixels  = 6
	quietZone  = 4 // dots of white around it (ISO/IEC 18004, 5.3.8)
	darkestYes = 0x8000
)

// enlarged draws a code large enough for a phone's camera.
func enlarged(c image.Image) ([]byte, error) {
	side := c.Bounds().Dx()
	size := (side + 2*quietZone) * dotPixels
	img := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	for y := range size {
		for x := range size {
			dx, dy := x/dotPixels-quietZone, y/dotPixels-quietZone
			if dx < 0 || dy < 0 || dx >= side || dy >= side {
				continue
			}
			if r, _, _, _ := c.At(dx, dy).RGBA(); r < darkestYes {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("links: %w", err)
	}
	return b.Bytes(), nil
}

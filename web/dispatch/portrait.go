package dispatch

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // portraits come as PNG, too
	"io"
)

const (
	maxPhoto     = 15 << 20
	portraitSide = 480 // pixels
	maxPixels    = 50_000_000
)

// portrait cuts a picture to a square around its middle and makes it small. It is drawn anew, so nothing that the camera wrote beside
// the picture is kept.
func portrait(body []byte) (io.Reader, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("portrait: %w", err)
	}
	if size.Width < 64 || size.Height < 64 || size.Width*size.Height > maxPixels {
		return nil, fmt.Errorf("portrait: %d × %d pixels", size.Width, size.Height)
	}
	from, _, err := image.Decode(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("portrait: %w", err)
	}
	side := min(size.Width, size.Height)
	left, top := from.Bounds().Min.X+(size.Width-side)/2, from.Bounds().Min.Y+(size.Height-side)/2
	to := min(side, portraitSide)
	out := image.NewRGBA(image.Rect(0, 0, to, to))
	for y := range to {
		for x := range to {
			out.SetRGBA(x, y, mean(from, left+x*side/to, top+y*side/to, left+(x+1)*side/to, top+(y+1)*side/to))
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: 85}); err != nil {
		return nil, fmt.Errorf("portrait: %w", err)
	}
	return &b, nil
}

// mean is the mean colour of a rectangle, on white where the picture is transparent.
func mean(from image.Image, x0, y0, x1, y1 int) color.RGBA {
	var r, g, b, n uint64
	for y := y0; y < max(y1, y0+1); y++ {
		for x := x0; x < max(x1, x0+1); x++ {
			cr, cg, cb, ca := from.At(x, y).RGBA()
			white := uint64(0xffff - ca)
			r, g, b, n = r+uint64(cr)+white, g+uint64(cg)+white, b+uint64(cb)+white, n+1
		}
	}
	return color.RGBA{uint8(r / n >> 8), uint8(g / n >> 8), uint8(b / n >> 8), 255} //nolint:gosec // below 256
}

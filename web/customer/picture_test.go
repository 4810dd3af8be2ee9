package customer_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

// picture is a sheet of paper of 300 by 100, with a stroke on it or without.
func picture(t *testing.T, stroke bool) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 300, 100))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for x := 20; stroke && x < 280; x++ {
		for y := 48; y < 52; y++ {
			img.Set(x, y, color.RGBA{16, 24, 48, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

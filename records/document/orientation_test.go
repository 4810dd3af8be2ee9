package document

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// photo is a JPEG of 40 by 20, white with a black corner at the top left, that says it was taken with orientation o.
func photo(t testing.TB, o uint16, order binary.AppendByteOrder) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 40, 20))
	for y := range 20 {
		for x := range 40 {
			if x >= 16 || y >= 8 {
				img.SetGray(x, y, color.Gray{255})
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	mark := "II"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM"
	}
	tiff := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x0112), 3), 1)
	tiff = order.AppendUint16(order.AppendUint16(tiff, o), 0)
	exif := append([]byte("Exif\x00\x00"), tiff...)
	out := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(out, exif...), b.Bytes()[2:]...)
}

// TestUpright: where the black corner of a picture comes to lie, for every way to hold a phone, in both byte orders.
func TestUpright(t *testing.T) {
	for o, corner := range map[uint16]image.Point{
		0: {0, 0}, 1: {0, 0}, 2: {39, 0}, 3: {39, 19}, 4: {0, 19}, 5: {0, 0}, 6: {19, 0}, 7: {19, 39}, 8: {0, 39}, 9: {0, 0},
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			img, err := decode(photo(t, o, order))
			if err != nil {
				t.Fatal(err)
			}
			if turned := img.Bounds().Dx() == 20; turned != (o >= 5 && o <= 8) {
				t.Errorf("%d: the picture is %v", o, img.Bounds())
			}
			for _, p := range []image.Point{{0, 0}, {img.Bounds().Dx() - 1, 0}, {0, img.Bounds().Dy() - 1}, {img.Bounds().Dx() - 1, img.Bounds().Dy() - 1}} {
				r, _, _, _ := img.At(p.X, p.Y).RGBA()
				if black := r < 0x8000; black != (p == corner) {
					t.Errorf("orientation %d: at %v black is %v", o, p, black)
				}
			}
		}
	}
}

// FuzzOrientation: no file makes it read past its end.
func FuzzOrientation(f *testing.F) {
	f.Add(photo(f, 6, binary.LittleEndian))
	f.Add([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 8, 'E', 'x', 'i', 'f', 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		if o := orientation(data); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}

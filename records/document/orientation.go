package document

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation reads how a phone was held when it took a JPEG: the tag 0x0112 of its Exif data (Exif 2.32, 4.6.4), 1 to 8, and 1 when there
// is none or it makes no sense. A picture that stands on its head is no evidence that anybody likes to look at.
func orientation(data []byte) int {
	for rest, ok := bytes.CutPrefix(data, []byte{0xff, 0xd8}); ok && len(rest) >= 4 && rest[0] == 0xff; {
		size := int(binary.BigEndian.Uint16(rest[2:])) // of the segment, these two bytes included
		if rest[1] == 0xda || size < 2 || len(rest) < 2+size {
			return 1 // the picture itself begins, or the file is cut off
		}
		if exif, found := bytes.CutPrefix(rest[4:2+size], []byte("Exif\x00\x00")); found && rest[1] == 0xe1 {
			return tiffOrientation(exif)
		}
		rest = rest[2+size:]
	}
	return 1
}

// tiffOrientation looks through the first directory of a TIFF header (TIFF 6.0, section 2).
func tiffOrientation(tiff []byte) int {
	const header, entry, tag = 8, 12, 0x0112
	if len(tiff) < header {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < header || at+2 > len(tiff) {
		return 1
	}
	for range order.Uint16(tiff[at:]) {
		if at+2+entry > len(tiff) {
			return 1
		}
		if field := tiff[at+2 : at+2+entry]; order.Uint16(field) == tag {
			if o := int(order.Uint16(field[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
		at += entry
	}
	return 1
}

// upright turns a picture as its orientation says.
func upright(img image.Image, o int) image.Image {
	if o == 1 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	size := image.Rect(0, 0, w, h)
	if o >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch o {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.Set(tx, ty, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

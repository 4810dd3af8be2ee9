package document

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"github.com/signintech/gopdf"
)

// Photo is a picture with its caption: what it shows, who took it, when.
type Photo struct {
	Image   []byte // JPEG or PNG
	Caption string
}

// Photos stand two a row.
type Photos struct{ Photos []Photo }

// maxPixels refuses pictures that would take all memory when unpacked (40 megapixels: more than a phone's camera makes).
const maxPixels = 40 << 20

const photoHeight = 160.0

func (b Photos) height(*sheet) float64 { return photoHeight + 2*smallStyle.lead + 2*padY }

func (b Photos) set(s *sheet) {
	for i := 0; i < len(b.Photos); i += 2 {
		pair := b.Photos[i:min(i+2, len(b.Photos))]
		width := bodyWidth / 2
		s.need(b.height(s))
		var captions []cell
		for j, p := range pair {
			x := left + float64(j)*width
			s.box(x, s.y, width, photoHeight, rule)
			s.picture(p.Image, x+4, s.y+4, width-8, photoHeight-8, false)
			captions = append(captions, s.cell(x, width, p.Caption, smallStyle, Start))
		}
		s.y += photoHeight
		s.row(captions, nil)
		s.y += 8
	}
}

// picture draws an image as large as the box allows, in its middle. Every picture is decoded and encoded again: what else a file carries
// (place, camera, scripts) does not get into the document. Ink is drawn black on white, without loss.
func (s *sheet) picture(data []byte, x, y, w, h float64, hand bool) {
	img, err := decode(data)
	if err != nil {
		s.fail(err)
		return
	}
	flat := image.NewRGBA(img.Bounds())
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), img, img.Bounds().Min, draw.Over)
	var buf bytes.Buffer
	if hand {
		gray := image.NewGray(flat.Bounds())
		draw.Draw(gray, gray.Bounds(), flat, flat.Bounds().Min, draw.Src)
		err = png.Encode(&buf, gray)
	} else {
		err = jpeg.Encode(&buf, flat, &jpeg.Options{Quality: 85})
	}
	if err != nil {
		s.fail(fmt.Errorf("picture: %w", err))
		return
	}
	holder, err := gopdf.ImageHolderByBytes(buf.Bytes())
	if err != nil {
		s.fail(fmt.Errorf("picture: %w", err))
		return
	}
	scale := min(w/float64(img.Bounds().Dx()), h/float64(img.Bounds().Dy()))
	iw, ih := float64(img.Bounds().Dx())*scale, float64(img.Bounds().Dy())*scale
	s.fail(s.pdf.ImageByHolder(holder, x+(w-iw)/2, y+(h-ih)/2, &gopdf.Rect{W: iw, H: ih}))
}

func decode(data []byte) (image.Image, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	if size.Width <= 0 || size.Height <= 0 || size.Width*size.Height > maxPixels {
		return nil, fmt.Errorf("picture: %d × %d pixels cannot be printed", size.Width, size.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	return upright(img, orientation(data)), nil
}

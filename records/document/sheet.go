package document

import (
	"bytes"
	"fmt"
	"io"

	"github.com/signintech/gopdf"
)

// Measures of the A4 page in points. The body keeps 18 mm to the sides, room enough to punch and file it.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	left       = 51.0
	right      = pageWidth - left
	bodyWidth  = right - left
	bodyTop    = 66.0
	bodyBottom = pageHeight - 60.0
)

// colour is red, green, blue.
type colour [3]uint8

// Ink on paper: text, secondary text, rules, shades, and the one accent. Readable in a black-and-white copy.
var (
	ink    = colour{0x18, 0x20, 0x2c}
	soft   = colour{0x4a, 0x56, 0x67}
	rule   = colour{0xb9, 0xc2, 0xce}
	shade  = colour{0xf3, 0xf5, 0xf8}
	accent = colour{0x1b, 0x3f, 0x9f}
)

// style is how a text is set.
type style struct {
	face  string
	size  float64
	lead  float64 // from one baseline to the next
	color colour
}

var (
	titleStyle = style{semibold, 19, 28, ink}
	headStyle  = style{semibold, 11.5, 18, ink}
	bodyStyle  = style{regular, 10, 16.5, ink}
	labelStyle = style{regular, 9, 16.5, soft}
	thStyle    = style{semibold, 9, 16.5, ink}
	smallStyle = style{regular, 8, 12, soft}
)

// sheet is a document being typeset: the page that is written, and where on it the next block begins.
type sheet struct {
	pdf     *gopdf.GoPdf
	fonts   *typecase
	o       Options
	y       float64
	pages   int
	missing map[rune]bool
	faces   map[string]bool // what the document has of the fonts: one that is not used is not in it
	err     error           // the first thing that went wrong; everything after it is left undone
}

func newSheet(o Options) (*sheet, error) {
	f, err := fonts()
	if err != nil {
		return nil, err
	}
	s := &sheet{pdf: &gopdf.GoPdf{}, fonts: f, o: o, missing: map[rune]bool{}, faces: map[string]bool{}}
	s.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: pageWidth, H: pageHeight}})
	s.use(regular)
	s.use(semibold)
	s.turn()
	return s, s.err
}

// use puts a face into the document, once.
func (s *sheet) use(face string) {
	if s.faces[face] {
		return
	}
	s.faces[face] = true
	if err := s.pdf.AddTTFFontFromFontContainer(face, &s.fonts.container); err != nil {
		s.fail(fmt.Errorf("use font %s: %w", face, err))
	}
}

// turn begins a new page.
func (s *sheet) turn() {
	s.pdf.AddPage()
	s.pages++
	s.y = bodyTop
}

// need begins a new page unless height is left on this one.
func (s *sheet) need(height float64) {
	if s.y+height > bodyBottom && s.y > bodyTop {
		s.turn()
	}
}

// fail keeps the first error.
func (s *sheet) fail(err error) {
	if s.err == nil && err != nil {
		s.err = err
	}
}

// write ends the document.
func (s *sheet) write(w io.Writer) error {
	if s.err != nil {
		return s.err
	}
	// gopdf does not look at what a writer says: it writes into memory.
	var b bytes.Buffer
	if _, err := s.pdf.WriteTo(&b); err != nil {
		return fmt.Errorf("make the PDF: %w", err)
	}
	pdf, err := mend(b.Bytes(), s.o.Lang)
	if err != nil {
		return err
	}
	if _, err := w.Write(pdf); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

package document

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the fonts
	"fmt"
	"io"
	"sync"

	"github.com/signintech/gopdf"
)

// Noto Sans SC in two weights, under the SIL Open Font License (font/OFL.txt); font/README.md says how they were made and ADR 0012 why.
var (
	//go:embed font/regular.ttf.gz
	regularTTF []byte
	//go:embed font/semibold.ttf.gz
	semiboldTTF []byte
)

// Names of the faces inside a PDF.
const (
	regular  = "NotoSansSC"
	semibold = "NotoSansSC-SemiBold"
)

// typecase holds the parsed fonts. It is only read after it was made, so any number of documents share it.
type typecase struct {
	container gopdf.FontContainer
	faces     map[string]*gopdf.SubsetFontObj
}

// fonts parses the shipped fonts at the first document, once a process: 10 MB of outlines nobody needs who prints nothing.
var fonts = sync.OnceValues(func() (*typecase, error) {
	t := &typecase{faces: map[string]*gopdf.SubsetFontObj{}}
	for name, packed := range map[string][]byte{regular: regularTTF, semibold: semiboldTTF} {
		r, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, fmt.Errorf("unpack font %s: %w", name, err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("unpack font %s: %w", name, err)
		}
		if err := t.container.AddTTFFontData(name, data); err != nil {
			return nil, fmt.Errorf("parse font %s: %w", name, err)
		}
		face := &gopdf.SubsetFontObj{}
		face.SetTtfFontOption(gopdf.TtfOption{})
		if err := face.SetTTFData(data); err != nil {
			return nil, fmt.Errorf("parse font %s: %w", name, err)
		}
		t.faces[name] = face
	}
	return t, nil
})

// glyph is one character in one face.
type glyph struct {
	face  string
	width float64 // of the size of the type
}

// find gives the glyph of a character, from the wanted face or, when that one lacks it, from the regular face, which has them all.
func (t *typecase) find(face string, r rune) (glyph, bool) {
	for _, name := range []string{face, regular} {
		f := t.faces[name]
		if index, err := f.CharCodeToGlyphIndex(r); err == nil && index != 0 {
			return glyph{face: name, width: float64(f.GlyphIndexToPdfWidth(index)) / 1000}, true
		}
	}
	return glyph{}, false
}

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

// Noto Sans SC in two weights, and what it lacks of Hangul and of emoji in outline, under the SIL Open Font License (font/OFL.txt); font/README.md says how they were made and ADR 0012 why.
var (
	//go:embed font/regular.ttf.gz
	regularTTF []byte
	//go:embed font/semibold.ttf.gz
	semiboldTTF []byte
	//go:embed font/emoji.ttf.gz
	emojiTTF []byte
	//go:embed font/hangul.ttf.gz
	hangulTTF []byte
)

// Names of the faces inside a PDF.
const (
	regular  = "NotoSansSC"
	semibold = "NotoSansSC-SemiBold"
	hangul   = "NotoSansKR"
	emoji    = "NotoEmoji"
)

// typecase holds the parsed fonts. It is only read after it was made, so any number of documents share it.
type typecase struct {
	container gopdf.FontContainer
	faces     map[string]map[rune]glyph
}

// fonts parses the shipped fonts at the first document, once a process: 10 MB of outlines nobody needs who prints nothing.
var fonts = sync.OnceValues(func() (*typecase, error) {
	t := &typecase{faces: map[string]map[rune]glyph{}}
	for name, packed := range map[string][]byte{regular: regularTTF, semibold: semiboldTTF, hangul: hangulTTF, emoji: emojiTTF} {
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
		t.faces[name] = glyphs(name, face)
	}
	return t, nil
})

// glyph is one character in one face.
type glyph struct {
	face  string
	index uint
	width float64 // of the size of the type
}

// glyphs lists what a font has. gopdf looks each character up from the beginning of the font's table; here it is asked once.
func glyphs(name string, f *gopdf.SubsetFontObj) map[rune]glyph {
	found, font := map[rune]glyph{}, f.GetTTFParser()
	add := func(r rune, index uint) {
		if index != 0 {
			found[r] = glyph{face: name, index: index, width: float64(f.GlyphIndexToPdfWidth(index)) / 1000}
		}
	}
	// The basic plane: a cmap table of format 4 (OpenType specification, cmap).
	for s := range int(font.SegCount) {
		for c := font.StartCount[s]; c <= font.EndCount[s] && c < 0xffff; c++ {
			index := c + font.IdDelta[s]
			if offset := font.IdRangeOffset[s]; offset != 0 {
				index = font.GlyphIdArray[int(offset/2+c-font.StartCount[s])-(int(font.SegCount)-s)]
				if index != 0 {
					index += font.IdDelta[s]
				}
			}
			add(rune(c), index&0xffff)
		}
	}
	// What lies beyond: format 12.
	for _, group := range font.GroupingTables() {
		for c := max(group.StartCharCode, 0x10000); c <= group.EndCharCode; c++ {
			add(rune(c), c-group.StartCharCode+group.GlyphID)
		}
	}
	return found
}

// find gives the glyph of a character, from the wanted face or, when that one lacks it, from the regular face, which has all of Chinese, then
// from those of other scripts.
func (t *typecase) find(face string, r rune) (glyph, bool) {
	for _, from := range []string{face, regular, hangul, emoji} {
		if g, ok := t.faces[from][r]; ok {
			return g, true
		}
	}
	return glyph{}, false
}

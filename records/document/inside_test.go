package document

import (
	"cmp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestGlyphsAreNotShared walks over both fonts: no two characters that Plain leaves as they are may share a glyph, because a PDF gives
// one character for a glyph back.
func TestGlyphsAreNotShared(t *testing.T) {
	f, err := fonts()
	if err != nil {
		t.Fatal(err)
	}
	for name, face := range f.faces {
		owner := map[uint]rune{}
		for r, g := range face {
			if unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Cc, r) || f.plain(string(r), nil) != string(r) {
				continue
			}
			if other, taken := owner[g.index]; taken {
				t.Errorf("%s: U+%04X and U+%04X share glyph %d", name, other, r, g.index)
			}
			owner[g.index] = r
		}
		if least := map[string]int{emoji: 1300, hangul: 11_172}[name]; len(owner) < cmp.Or(least, 7000) {
			t.Errorf("%s has only %d characters", name, len(owner))
		}
	}
}

// TestCoverage: customers' names. All of the unified ideographs' first block but the latest sixteen, nearly all of extension A, and
// all of GB 2312 in the heavier weight too.
func TestCoverage(t *testing.T) {
	f, err := fonts()
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range []struct {
		name     string
		from, to rune
		lack     int
	}{{"unified ideographs", 0x4e00, 0x9fff, 16}, {"extension A", 0x3400, 0x4dbf, 10}, {"full-width forms", 0xff01, 0xff5e, 0}, {"ASCII", 0x21, 0x7e, 0}, {"Latin-1", 0xa1, 0xac, 0}} {
		lack := 0
		for r := block.from; r <= block.to; r++ {
			if _, ok := f.find(regular, r); !ok {
				lack++
			}
		}
		if lack > block.lack {
			t.Errorf("%d of %s are missing, want at most %d", lack, block.name, block.lack)
		}
	}
	for _, r := range "王芳李强喆赟翀頔昇堃淼犇㛃㼆䶮龘𫖮" {
		if _, ok := f.find(semibold, r); !ok {
			t.Errorf("%c is missing", r)
		}
	}
}

// TestLines: the rules of Chinese line breaking, on random text and every width.
func TestLines(t *testing.T) {
	const closing, opening = "，。、；：？！）》】”’…%％", "（《【“‘"
	each := func(s string) float64 {
		w := 0.0
		for _, r := range s {
			w++
			if r > 0x2e80 {
				w++
			}
		}
		return w
	}
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"系统", "月结", "问题", "，", "。", "（甲）", "“乙”", "《丙》", "1,204.50", "ERP", "2026-11-20", " ", "80%", "、", "？", "\n"}), 1, 60).Draw(t, "pieces"), "")
	})
	rapid.Check(t, func(t *rapid.T) {
		in, width := text.Draw(t, "text"), float64(rapid.IntRange(24, 60).Draw(t, "width"))
		lines := wrap(in, width, each)
		strip := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
		if got := strip(strings.Join(lines, "")); got != strip(in) {
			t.Fatalf("lost text: %q", got)
		}
		for i, l := range lines {
			if each(l) > width {
				t.Fatalf("line %q is wider than %v", l, width)
			}
			first, _ := utf8.DecodeRuneInString(l)
			last, _ := utf8.DecodeLastRuneInString(l)
			// A mark that itself follows a line end or a space in the text may stand first.
			asked := strings.Contains(in, "\n"+string(first)) || strings.Contains(in, " "+string(first)) || strings.HasPrefix(in, string(first))
			if i > 0 && strings.ContainsRune(closing, first) && !asked && !crowded(in, width, each) {
				t.Fatalf("line begins with %q: %q", first, lines)
			}
			if strings.ContainsRune(opening, last) && i+1 < len(lines) {
				t.Fatalf("line ends with %q: %q", last, lines)
			}
		}
		for _, word := range []string{"1,204.50", "ERP"} {
			if strings.Count(strings.Join(lines, "|"), word) != strings.Count(in, word) && !crowded(in, width, each) {
				t.Fatalf("%s was broken: %q", word, lines)
			}
		}
	})
}

// crowded tells that the text has a stretch without any place to break that is longer than the line, which must be broken somewhere.
func crowded(in string, width float64, each func(string) float64) bool {
	for _, piece := range wrap(in, 1e-9, func(s string) float64 {
		if each(s) > width {
			return 1
		}
		return 0
	}) {
		if each(piece) >= width {
			return true
		}
	}
	return false
}

package document_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/records/document"
)

// TestSamples typesets one of each, twice, to the same bytes, in both languages. With LOOK set to a directory the files stay there, to be
// looked at.
func TestSamples(t *testing.T) {
	for _, lang := range []string{"zh-Hans", "en"} {
		o := options()
		o.Lang = lang
		o.Missing = func(r rune) { t.Errorf("the fonts lack %q", r) }
		for name, r := range samples(t, o) {
			first, sum, err := r.Bytes(o)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			again, sumAgain, err := samples(t, o)[name].Bytes(o)
			if err != nil || !bytes.Equal(first, again) || sum != sumAgain {
				t.Errorf("%s in %s is not the same the second time (%v)", name, lang, err)
			}
			if dir := os.Getenv("LOOK"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, name+"-"+lang+".pdf"), first, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// TestHash: the hash of the content is that of the unsigned paper, and any change of the content changes it.
func TestHash(t *testing.T) {
	o := options()
	m := workOrder(t)
	signed := m.Report(o).Hash()
	m.Signatures = nil
	if got := m.Report(o).Hash(); got != signed {
		t.Errorf("signing changed the content's hash from %s to %s", signed, got)
	}
	m.Checks[3].Mark = document.Yes
	if m.Report(o).Hash() == signed {
		t.Error("a changed check list has the same hash")
	}
}

// TestRefused: what cannot be printed truly is refused.
func TestRefused(t *testing.T) {
	for name, b := range map[string]document.Block{
		"a value that is no number": document.Bars{Labels: []string{"a"}, Series: []document.Series{{Values: []float64{math.NaN()}}}},
		"a value too few":           document.Lines{Labels: []string{"a", "b"}, Series: []document.Series{{Values: []float64{1}}}},
		"a cell too many":           document.Table{Head: []string{"a"}, Rows: [][]string{{"1", "2"}}},
		"no picture":                document.Photos{Photos: []document.Photo{{Image: []byte("GIF8")}}},
	} {
		if err := (document.Report{Title: "t", Number: "n", Blocks: []document.Block{b}}).PDF(&bytes.Buffer{}, options()); err == nil {
			t.Errorf("%s was printed", name)
		}
	}
	full := errors.New("disk full")
	if err := workOrder(t).PDF(broken{full}, options()); !errors.Is(err, full) {
		t.Errorf("a failing writer gave %v", err)
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// TestMissing: a character that the fonts lack is printed as its code point and told once.
func TestMissing(t *testing.T) {
	var told []rune
	o := options()
	o.Verify, o.Missing = "", func(r rune) { told = append(told, r) }
	r := document.Report{Title: "t", Number: "n", Blocks: []document.Block{document.Paragraph{Text: "好👍好𒀀好𒀀"}}}
	if got := strings.Join(extract(t, r, o), ""); got != "t好👍好[U+12000]好[U+12000]" {
		t.Errorf("printed %q", got)
	}
	if string(told) != "𒀀" {
		t.Errorf("told of %q", string(told))
	}
}

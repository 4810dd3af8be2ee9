package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/signintech/gopdf"
)

// Report is any document: what stands at its head, and its blocks from top to bottom.
type Report struct {
	Title    string
	Subtitle string // under the title: a period, a copy ("customer's copy"). Empty: none
	Number   string // the document's own number, on every page and in the QR code
	Facts    []Fact // the grid under the title
	Blocks   []Block
	Issued   time.Time // when these data were fixed; the PDF's date, and part of the hash
}

// Block is a part of a document. The package's own types are all there are.
type Block interface {
	set(s *sheet)
}

// undivided is a block that begins with something that cannot be divided: its heading stays with it.
type undivided interface {
	height(s *sheet) float64 // of the part that should not be divided, in points
}

// Hash is the SHA-256 of the content, in hex: title, number, facts, blocks and language as they are printed, without signatures. The
// unsigned document that a customer is shown and the signed one that is kept have the same hash. It stands at the foot of every page.
func (r Report) Hash() string {
	type named struct {
		Kind  string
		Block Block
	}
	content := struct {
		Title, Subtitle, Number string
		Facts                   []Fact
		Blocks                  []named
		Issued                  time.Time
	}{r.Title, r.Subtitle, r.Number, r.Facts, nil, r.Issued.UTC()}
	for _, b := range r.Blocks {
		if _, signed := b.(Signatures); !signed {
			content.Blocks = append(content.Blocks, named{fmt.Sprintf("%T", b), b})
		}
	}
	sum := sha256.New()
	// Blocks are structs of texts, numbers and bytes: they can always be encoded, except a chart of a value that is no number.
	if err := json.NewEncoder(sum).Encode(content); err != nil {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// PDF typesets the report onto A4 pages. The same report and options give the same bytes. Errors: a picture that cannot be read, a
// chart of a value that is no number, or what w says.
func (r Report) PDF(w io.Writer, o Options) error {
	hash := r.Hash()
	if hash == "" {
		return fmt.Errorf("document %s: a value is no number", r.Number)
	}
	s, err := newSheet(o)
	if err != nil {
		return err
	}
	s.pdf.SetInfo(gopdf.PdfInfo{Title: s.plain(r.Title + " " + r.Number), Author: s.plain(o.Company), Subject: "SHA-256 " + hash, Creator: "Hotline", CreationDate: r.Issued.UTC()})
	s.opening(r, hash)
	s.facts(r.Facts)
	for i, b := range r.Blocks {
		if _, heading := b.(Section); heading && i+1 < len(r.Blocks) {
			if next, ok := r.Blocks[i+1].(undivided); ok {
				s.need(headStyle.lead + 14 + next.height(s))
			}
		}
		b.set(s)
	}
	for page := 1; page <= s.pages; page++ {
		s.furniture(r, hash, page)
	}
	if err := s.write(w); err != nil {
		return fmt.Errorf("document %s: %w", r.Number, err)
	}
	return nil
}

// Bytes typesets the report into memory and gives the file's own SHA-256 in hex beside it, the one that signatures and copies are bound to.
func (r Report) Bytes(o Options) (pdf []byte, sum string, err error) {
	var b bytes.Buffer
	if err := r.PDF(&b, o); err != nil {
		return nil, "", err
	}
	digest := sha256.Sum256(b.Bytes())
	return b.Bytes(), hex.EncodeToString(digest[:]), nil
}

package records

import (
	"context"
	"io"
	"strings"
	"time"
)

// Issued is a document that left the house: on paper, by link or by mail.
type Issued struct {
	ID     string    `db:"id"          json:"id"`
	Number string    `db:"number"      json:"number"` // printed on it, e.g. that of the order
	Kind   string    `db:"kind"        json:"kind"`   // work_order, remote_report, …
	Hash   string    `db:"hash"        json:"hash"`   // of the content without signatures, as printed on it (document.Report.Hash)
	File   string    `db:"file"        json:"file"`   // id
	SHA256 string    `db:"sha256"      json:"sha256"` // of the file
	Order  string    `db:"order_id"    json:"order,omitempty"`
	Case   string    `db:"case_number" json:"case,omitempty"`
	By     string    `db:"issued_by"   json:"by"`
	At     time.Time `db:"-"           json:"at"`
}

type issuedRow struct {
	Issued
	At stamp `db:"issued_at"`
}

func (r issuedRow) issued() Issued {
	i := r.Issued
	i.At = r.At.time()
	return i
}

// IssueDocument keeps the file of a document and enters it into the register against which the codes on paper are checked. The same
// bytes under the same number again give the first entry. in.File, SHA256, ID and At are given by it.
// Errors: ErrInvalid, ErrNotFound (order).
func (s *Store) IssueDocument(ctx context.Context, by Actor, in Issued, name string, body io.Reader) (Issued, error) {
	in.Number, in.Kind = line(in.Number), line(in.Kind)
	var f faults
	f.required("number", in.Number, maxLine, "The document's number is missing.", "Number it.")
	f.required("kind", in.Kind, maxLine, "The document's kind is missing.", "Name it.")
	f.missing(len(in.Hash) == 64, "hash", "The hash of the content is missing.", "Give document.Report.Hash.")
	if err := f.problem(ErrInvalid, "document_invalid", "Mend the fields named.", "The document cannot be issued like this."); err != nil {
		return Issued{}, err
	}
	file, err := s.SaveFile(ctx, by.Login, name, body)
	if err != nil {
		return Issued{}, err
	}
	var out Issued
	err = s.write(ctx, "issue document", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		if in.Order != "" {
			o, err := t.order(ctx, in.Order)
			if err != nil {
				return err
			}
			in.Order = o.ID
			set(&in.Case, o.Case)
		}
		var row issuedRow
		found, err := t.find(ctx, &row, `SELECT * FROM issued WHERE number = ? AND sha256 = ?`, in.Number, file.SHA256)
		if err != nil || found {
			out = row.issued()
			return err
		}
		in.ID, in.File, in.SHA256, in.By, in.At = newID(t.now), file.ID, file.SHA256, a.name, t.now
		out = in
		return t.do(ctx, `INSERT INTO issued (id, number, kind, hash, file, sha256, order_id, case_number, issued_by, issued_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, in.ID, in.Number, in.Kind, in.Hash, in.File, in.SHA256, in.Order, in.Case, in.By, at(in.At))
	})
	return out, err
}

// IssuedOf lists the documents of an order (id), newest first.
func (s *Store) IssuedOf(ctx context.Context, order string) ([]Issued, error) {
	var rows []issuedRow
	err := s.read().list(ctx, &rows, `SELECT * FROM issued WHERE order_id = ? ORDER BY issued_at DESC, id DESC LIMIT 200`, order)
	return mapped(rows, issuedRow.issued), s.explain("issued documents", err)
}

// Genuine is what may be told about a number and a hash to whoever reads them off a paper: no names, no contents.
type Genuine struct {
	Known  bool      `json:"known"`            // a document with this number and hash was issued here
	Kind   string    `json:"kind,omitempty"`   // what it is
	At     time.Time `json:"at,omitzero"`      // when it was first issued
	Latest bool      `json:"latest,omitempty"` // no other content was issued under this number since
}

// VerifyIssued checks a document's number with the hash printed on it: at least its first sixteen hex digits.
// Whether the number alone exists is not told.
func (s *Store) VerifyIssued(ctx context.Context, number, hash string) (Genuine, error) {
	hash = strings.ToLower(strings.ReplaceAll(hash, " ", ""))
	if len(hash) < 16 || len(hash) > 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return Genuine{}, nil
	}
	var rows []issuedRow
	if err := s.read().list(ctx, &rows, `SELECT * FROM issued WHERE number = ? ORDER BY issued_at, id`, number); err != nil {
		return Genuine{}, s.explain("verify document", err)
	}
	var v Genuine
	for _, r := range rows {
		match := strings.HasPrefix(r.Hash, hash)
		if match && !v.Known {
			v = Genuine{Known: true, Kind: r.Kind, At: r.At.time()}
		}
		v.Latest = v.Known && match
	}
	return v, nil
}

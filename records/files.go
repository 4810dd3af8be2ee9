package records

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"
)

// File is a file of an order. Its bytes lie under Options.Files by their SHA-256, each content once, like attachments.
type File struct {
	ID     string    `db:"id"       json:"id"`
	SHA256 string    `db:"sha256"   json:"sha256"` // hex
	Name   string    `db:"name"     json:"name"`
	Size   int64     `db:"size"     json:"size"`  // bytes
	Media  string    `db:"media"    json:"media"` // sniffed from the bytes (WHATWG MIME Sniffing)
	By     string    `db:"added_by" json:"by"`
	At     time.Time `db:"-"        json:"at"`
}

type fileRow struct {
	File
	At stamp `db:"added_at"`
}

// SaveFile keeps a file; it is durable when it returns. name is shown to people. Errors: ErrInvalid (too large, empty,
// files switched off).
func (s *Store) SaveFile(ctx context.Context, by, name string, body io.Reader) (File, error) {
	if s.opt.Files == "" {
		return File{}, problem(ErrInvalid, "attachments_off", "Ask the administrator.", "This hotline takes no files.")
	}
	a := Attachment{Name: fileName(name)}
	if err := s.keepBytes(&a, body); err != nil {
		return File{}, err
	}
	f := File{SHA256: a.SHA256, Name: a.Name, Size: a.Size, Media: a.Media, By: by}
	err := s.write(ctx, "save file", func(t *txn) error {
		f.ID, f.At = newID(t.now), t.now
		set(&f.By, t.by)
		return t.do(ctx, `INSERT INTO files (id, sha256, name, size, media, added_by, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			f.ID, f.SHA256, f.Name, f.Size, f.Media, f.By, at(f.At))
	})
	return f, err
}

// OpenFile opens a file for reading; the caller closes it. Who may read it is the caller's business: see FileOrders.
// Errors: ErrNotFound.
func (s *Store) OpenFile(ctx context.Context, id string) (File, *os.File, error) {
	f, err := s.read().file(ctx, id)
	if err != nil {
		return f, nil, s.explain("file", err)
	}
	body, err := s.openBytes(f.SHA256)
	return f, body, err
}

func (s *Store) openBytes(sum string) (*os.File, error) {
	if s.opt.Files == "" || len(sum) < 2 {
		return nil, notFound("file", sum)
	}
	body, err := os.Open(s.filePath(sum))
	if err != nil {
		return nil, fmt.Errorf("records: file: %w", err)
	}
	return body, nil
}

func (c conn) file(ctx context.Context, id string) (File, error) {
	var row fileRow
	found, err := c.find(ctx, &row, `SELECT * FROM files WHERE id = ?`, id)
	if err == nil && !found {
		err = notFound("file", id)
	}
	f := row.File
	f.At = row.At.time()
	return f, err
}

package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Attachment is a file of a case. Its bytes lie under Options.Files by their SHA-256, each content once.
type Attachment struct {
	ID     string    `db:"id"          json:"id"`
	Case   string    `db:"case_number" json:"case"`
	SHA256 string    `db:"sha256"      json:"sha256"` // hex
	Name   string    `db:"name"        json:"name"`
	Size   int64     `db:"size"        json:"size"`  // bytes
	Media  string    `db:"media"       json:"media"` // sniffed from the bytes (WHATWG MIME Sniffing), not what the sender said
	By     string    `db:"added_by"    json:"by"`
	At     time.Time `db:"-"           json:"at"`
}

type attachmentRow struct {
	Attachment
	At stamp `db:"added_at"`
}

func (r attachmentRow) attachment() Attachment {
	a := r.Attachment
	a.At = r.At.time()
	return a
}

// NewAttachment is a file to keep.
type NewAttachment struct {
	Case, By string
	Name     string // as the sender calls it; only its last part is kept
	Body     io.Reader
}

const maxFileName = 120 // runes

// AddAttachment keeps a file of a case; it is durable when it returns, and in the audit log. The same file again gives the
// first one. Errors: ErrNotFound (case), ErrInvalid (too large, too many, empty, attachments switched off).
func (s *Store) AddAttachment(ctx context.Context, n NewAttachment) (Attachment, error) {
	if s.opt.Files == "" {
		return Attachment{}, problem(ErrInvalid, "attachments_off", "Ask the administrator.", "This hotline takes no attachments.")
	}
	if _, err := s.Case(ctx, n.Case); err != nil { // before megabytes are written for nothing
		return Attachment{}, err
	}
	a := Attachment{Case: n.Case, By: n.By, Name: fileName(n.Name)}
	if err := s.keepBytes(&a, n.Body); err != nil {
		return Attachment{}, err
	}
	err := s.write(ctx, "add attachment", func(t *txn) error {
		var row attachmentRow
		found, err := t.find(ctx, &row, `SELECT * FROM attachments WHERE case_number = ? AND sha256 = ? AND name = ?`, a.Case, a.SHA256, a.Name)
		if err != nil {
			return err
		}
		if found {
			a = row.attachment()
			return nil
		}
		var count int
		if err := t.get(ctx, &count, `SELECT COUNT(*) FROM attachments WHERE case_number = ?`, a.Case); err != nil {
			return err
		}
		if count >= s.opt.MaxFiles {
			return problem(ErrInvalid, "attachments_full", "Put several files into one archive.", "A case keeps %d files.", s.opt.MaxFiles)
		}
		a.ID, a.At = newID(t.now), t.now
		if err := t.do(ctx, `INSERT INTO attachments (id, case_number, sha256, name, size, media, added_by, added_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, a.ID, a.Case, a.SHA256, a.Name, a.Size, a.Media, a.By, at(a.At)); err != nil {
			return err
		}
		return t.audit(ctx, AuditEntry{By: a.By, Action: "case.attachment-added", Object: a.Case, Data: a.SHA256 + " " + a.Name})
	})
	return a, err
}

// keepBytes writes the bytes under their hash: into a file of another name first, so that a file with a hash for a name is
// always whole.
func (s *Store) keepBytes(a *Attachment, body io.Reader) (err error) {
	if err := os.MkdirAll(s.opt.Files, 0o750); err != nil {
		return fmt.Errorf("records: attachments: %w", err)
	}
	file, err := os.CreateTemp(s.opt.Files, "arriving-*")
	if err != nil {
		return fmt.Errorf("records: attachment: %w", err)
	}
	defer func() {
		if gone := os.Remove(file.Name()); gone != nil && !errors.Is(gone, os.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}()
	sum := sha256.New()
	begin := make([]byte, 0, 512)
	a.Size, err = io.Copy(io.MultiWriter(file, sum, (*beginning)(&begin)), io.LimitReader(body, s.opt.MaxFile+1))
	if err != nil {
		return errors.Join(fmt.Errorf("records: attachment: %w", err), file.Close())
	}
	a.SHA256, a.Media = hex.EncodeToString(sum.Sum(nil)), http.DetectContentType(begin)
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("records: attachment: %w", err)
	}
	switch {
	case a.Size > s.opt.MaxFile:
		return problem(ErrInvalid, "attachment_too_large", "Send a smaller file, or a part of it.",
			"%s is larger than %d MB.", a.Name, s.opt.MaxFile>>20)
	case a.Size == 0:
		return problem(ErrInvalid, "attachment_empty", "Choose another file.", "%s is empty.", a.Name)
	}
	place := s.filePath(a.SHA256)
	if err := os.MkdirAll(filepath.Dir(place), 0o750); err != nil {
		return fmt.Errorf("records: attachment: %w", err)
	}
	if err := os.Rename(file.Name(), place); err != nil {
		return fmt.Errorf("records: attachment: %w", err)
	}
	dir, err := os.Open(filepath.Dir(place)) // the name, too, must survive the loss of power
	if err != nil {
		return fmt.Errorf("records: attachment: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("records: attachment: %w", err)
	}
	return nil
}

func (s *Store) filePath(sum string) string { return filepath.Join(s.opt.Files, sum[:2], sum) }

// beginning keeps the first bytes, from which the type is told.
type beginning []byte

func (b *beginning) Write(p []byte) (int, error) {
	*b = append(*b, p[:min(len(p), cap(*b)-len(*b))]...)
	return len(p), nil
}

// fileName makes a name safe to show and to save: its last part, on one line, not too long, its extension kept.
func fileName(s string) string {
	s = line(path.Base(strings.ReplaceAll(s, `\`, "/")))
	s = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/|?*`, r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 { // and what turns text round
			return '_'
		}
		return r
	}, s), ". ")
	if s == "" {
		return "file"
	}
	if runes := []rune(s); len(runes) > maxFileName {
		ext := []rune(path.Ext(s))
		if len(ext) > 12 {
			ext = nil
		}
		s = string(runes[:maxFileName-len(ext)]) + string(ext)
	}
	return s
}

// Attachments lists the files of a case, oldest first.
func (s *Store) Attachments(ctx context.Context, number string) ([]Attachment, error) {
	var rows []attachmentRow
	err := s.read().list(ctx, &rows, `SELECT * FROM attachments WHERE case_number = ? ORDER BY added_at, id`, number)
	return mapped(rows, attachmentRow.attachment), s.explain("attachments", err)
}

// OpenAttachment opens a file of a case for reading; that it was read is in the audit log. The caller closes it.
// Errors: ErrNotFound (of that case).
func (s *Store) OpenAttachment(ctx context.Context, number, id string) (Attachment, *os.File, error) {
	var row attachmentRow
	found, err := s.read().find(ctx, &row, `SELECT * FROM attachments WHERE id = ? AND case_number = ?`, id, number)
	if err != nil {
		return Attachment{}, nil, s.explain("attachment", err)
	}
	if !found {
		return Attachment{}, nil, notFound("attachment", id)
	}
	file, err := os.Open(s.filePath(row.SHA256))
	if err != nil {
		return Attachment{}, nil, fmt.Errorf("records: attachment: %w", err)
	}
	if err := s.Audit(ctx, AuditEntry{Action: "case.attachment-read", Object: number, Data: row.SHA256 + " " + row.Name}); err != nil {
		return Attachment{}, nil, errors.Join(err, file.Close())
	}
	return row.attachment(), file, nil
}

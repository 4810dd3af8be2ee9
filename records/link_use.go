package records

import (
	"context"
	"crypto/subtle"
	"fmt"
	"os"
)

// held gives the link of a token to the device that it is bound to.
func (s *Store) held(ctx context.Context, t *txn, token, device string) (linkRow, error) {
	row, err := s.linkOf(ctx, t.conn, token)
	if err != nil {
		return row, err
	}
	if row.Device == "" || subtle.ConstantTimeCompare([]byte(row.Device), []byte(tokenHash(device))) != 1 {
		return row, linkRefused(ErrForbidden, "link_elsewhere", "The link was opened on another device.")
	}
	return row, nil
}

// UseLink counts one use, after what the link is for was done. turn is Link.Used as it was seen before: of two requests with the same turn
// one counts and both get the link, so that a repeated press does no harm. Errors: as OpenLink.
func (s *Store) UseLink(ctx context.Context, token, device string, turn int, detail string) (Link, error) {
	var row linkRow
	err := s.write(ctx, "use link", func(t *txn) (err error) {
		if row, err = s.held(ctx, t, token, device); err != nil {
			return err
		}
		if row.Used == turn+1 {
			return nil // the same press again
		}
		if err := row.usable(t.now); err != nil {
			return err
		}
		n, err := t.exec(ctx, `UPDATE links SET used = used + 1, used_at = ? WHERE id = ? AND used = ?`, at(t.now), row.ID, turn)
		if err != nil {
			return err
		}
		if n == 0 {
			return linkRefused(ErrExpired, "link_used", "The link has been used.")
		}
		row.Used, row.UsedAt = turn+1, at(t.now)
		if err := t.linkEvent(ctx, row.ID, "used", clip(line(detail), maxLine)); err != nil {
			return err
		}
		return t.tellLinkUsed(ctx, row.link())
	})
	return row.link(), err
}

// ReadLink opens the file of a link for the device that it is bound to, and records that these bytes were delivered: when, and their
// hash. A link that has been used still shows what was signed until it ends. The caller closes the file.
// Errors: as OpenLink, and ErrNotFound when there is no file.
func (s *Store) ReadLink(ctx context.Context, token, device string) (Link, File, *os.File, error) {
	var row linkRow
	var file File
	err := s.write(ctx, "read link", func(t *txn) (err error) {
		if row, err = s.held(ctx, t, token, device); err != nil {
			return err
		}
		asIfNew := row
		asIfNew.Used = 0
		if err := asIfNew.usable(t.now); err != nil {
			return err
		}
		if row.File == "" {
			return notFound("file", "")
		}
		if file, err = t.file(ctx, row.File); err != nil {
			return err
		}
		if row.ShownAt == 0 {
			row.ShownAt = at(t.now)
			if err := t.do(ctx, `UPDATE links SET shown_at = ? WHERE id = ?`, row.ShownAt, row.ID); err != nil {
				return err
			}
		}
		return t.linkEvent(ctx, row.ID, "shown", file.SHA256)
	})
	if err != nil {
		return Link{}, File{}, nil, err
	}
	body, err := os.Open(s.filePath(file.SHA256))
	if err != nil {
		return Link{}, File{}, nil, fmt.Errorf("records: file of a link: %w", err)
	}
	return row.link(), file, body, nil
}

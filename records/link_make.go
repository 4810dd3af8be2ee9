package records

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// NewLink is a link to make. For whom it is, and what for, never changes afterwards.
type NewLink struct {
	Purpose    string
	Order      string // id or number
	Case       string // of the order when empty
	Step, Need string // of the order: what the answer is evidence for
	Subject    string // what it is about, as the customer reads it
	File       string // id of what is shown
	Contact    string // id; Name and Number are taken from it where they are empty
	Name       string // who is asked
	Number     string // telephone number whose last four digits are asked for at the first opening; "" asks nothing
	Data       json.RawMessage
	Until      time.Time // 0 = in seven days; 90 days at most
	Uses       int       // 0 = any number until then. A confirmation, a consent, a signature: 1
}

const (
	linkLasts   = 7 * 24 * time.Hour
	linkLongest = 90 * 24 * time.Hour
)

// NewLink makes a link. token is its secret part, signed (see linktoken), 48 letters and digits; only its hash is kept, so it can be given
// away now or never. Errors: ErrNotFound (order, contact, file), ErrInvalid, ErrForbidden (a customer makes no links).
func (s *Store) NewLink(ctx context.Context, by Actor, in NewLink) (l Link, token string, err error) {
	now := s.now()
	in.Subject, in.Name = line(in.Subject), line(in.Name)
	set(&in.Until, now.Add(linkLasts))
	var f faults
	f.missing(slices.Contains([]string{LinkConfirm, LinkConsent, LinkSign, LinkSurvey, LinkRegister, LinkDownload, LinkIdentity, LinkVault}, in.Purpose),
		"purpose", "The purpose is unknown.", "Use one of the known purposes.")
	f.short("subject", in.Subject, maxLine)
	f.short("name", in.Name, maxLine)
	f.missing(in.Until.After(now) && !in.Until.After(now.Add(linkLongest)), "until", "The link would end too soon or too late.", "Let it end within 90 days.")
	f.missing(in.Uses >= 0 && in.Uses <= 1000, "uses", "The number of uses is not acceptable.", "Use 0 to 1000.")
	f.missing(len(in.Data) == 0 || json.Valid(in.Data) && len(in.Data) <= 16<<10, "data", "The data are not JSON, or too long.", "Send short JSON.")
	f.missing((in.Purpose != LinkSign && in.Purpose != LinkDownload) || in.File != "", "file", "There is no document to show.", "Issue the document first.")
	if err := f.problem(ErrInvalid, "link_invalid", "Mend the fields named.", "The link cannot be made like this."); err != nil {
		return Link{}, "", err
	}
	if token, err = s.opt.Links.Sign(in.Purpose, in.Until); err != nil {
		return Link{}, "", fmt.Errorf("records: new link: %w", err)
	}
	err = s.write(ctx, "new link", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		if a.Customer != "" {
			return problem(ErrForbidden, "link_by_customer", "Ask the hotline.", "A customer cannot make a link.")
		}
		if err := t.fillLink(ctx, &in); err != nil {
			return err
		}
		row := linkRow{ID: newID(t.now)}
		sum := ""
		if in.File != "" {
			file, err := t.file(ctx, in.File)
			if err != nil {
				return err
			}
			sum = file.SHA256
		}
		if err := t.do(ctx, `INSERT INTO links (id, token, purpose, order_id, case_number, step, need, subject, file, sha256, contact_id, name,
			number, data, uses, ends_at, made_by, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, row.ID, tokenHash(token),
			in.Purpose, in.Order, in.Case, in.Step, in.Need, in.Subject, null(in.File), sum, null(in.Contact), in.Name, in.Number, string(in.Data),
			in.Uses, at(in.Until), a.name, at(t.now)); err != nil {
			return err
		}
		if err := t.linkEvent(ctx, row.ID, "made", a.name); err != nil {
			return err
		}
		if err := t.audit(ctx, AuditEntry{By: a.name, Action: "link.made", Object: row.ID, Data: in.Purpose + " " + in.Order + in.Case}); err != nil {
			return err
		}
		if err := t.get(ctx, &row, selectLink+` WHERE l.id = ?`, row.ID); err != nil {
			return err
		}
		l = row.link()
		return nil
	})
	if err != nil {
		return Link{}, "", err
	}
	return l, token, nil
}

// fillLink takes from the order and the contact what was not named.
func (t *txn) fillLink(ctx context.Context, in *NewLink) error {
	if in.Order != "" {
		o, err := t.order(ctx, in.Order)
		if err != nil {
			return err
		}
		in.Order = o.ID
		set(&in.Case, o.Case)
		if in.Contact == "" && in.Name == "" {
			in.Contact, in.Name = o.ContactID, o.ContactName
		}
		if in.Number == "" && in.Contact == o.ContactID {
			in.Number = o.ContactNumber
		}
	}
	if in.Contact != "" && (in.Name == "" || in.Number == "") {
		c, err := t.contact(ctx, in.Contact)
		if err != nil {
			return err
		}
		set(&in.Name, c.Name)
		if in.Number == "" && len(c.Numbers) > 0 {
			in.Number = c.Numbers[0].Number
		}
	}
	if in.Name == "" {
		return problem(ErrInvalid, "link_invalid", "Name the person.", "It is not said for whom the link is.")
	}
	return nil
}

// RevokeLink ends a link before its time. Errors: ErrNotFound. A revoked link stays as it is.
func (s *Store) RevokeLink(ctx context.Context, by Actor, id string) (Link, error) {
	var row linkRow
	err := s.write(ctx, "revoke link", func(t *txn) error {
		a, err := t.acting(ctx, by)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `UPDATE links SET revoked_at = ?, revoked_by = ? WHERE id = ? AND revoked_at IS NULL`, at(t.now), a.name, id)
		if err != nil {
			return err
		}
		if n == 1 {
			if err := t.linkEvent(ctx, id, "revoked", a.name); err != nil {
				return err
			}
			if err := t.audit(ctx, AuditEntry{By: a.name, Action: "link.revoked", Object: id}); err != nil {
				return err
			}
		}
		found, err := t.find(ctx, &row, selectLink+` WHERE l.id = ?`, id)
		if err == nil && !found {
			err = notFound("link", id)
		}
		return err
	})
	return row.link(), err
}

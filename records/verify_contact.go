package records

import (
	"context"
	"time"
)

// VerificationInput says that an agent made sure whom they talk to: step 2 of the hotline's procedure.
type VerificationInput struct {
	Contact string    `json:"contact"`
	Call    string    `json:"call,omitempty"`
	Case    string    `json:"case,omitempty"` // "" = the case of Call
	By      string    `json:"by"`
	How     string    `json:"how"` // "agreement number", "call back", "question", …
	Detail  string    `json:"detail,omitempty"`
	At      time.Time `json:"at,omitzero"` // zero = now
}

// Verification is a recorded verification.
type Verification struct {
	ID      string    `db:"id"          json:"id"`
	Contact string    `db:"contact_id"  json:"contact"`
	Call    string    `db:"call"        json:"call,omitempty"`
	Case    string    `db:"case_number" json:"case,omitempty"`
	By      string    `db:"verified_by" json:"by"`
	How     string    `db:"how"         json:"how"`
	Detail  string    `db:"detail"      json:"detail,omitempty"`
	At      time.Time `db:"-"           json:"at"`
}

type verificationRow struct {
	Verification
	At stamp `db:"verified_at"`
}

// Verify records a verification, and makes the contact that of the case unless the case has another one already.
// Errors: ErrIncomplete, ErrNotFound.
func (s *Store) Verify(ctx context.Context, in VerificationInput) (Verification, error) {
	in.How, in.Detail = line(in.How), text(in.Detail)
	var f faults
	f.missing(in.Contact != "", "contact", "Who was verified is missing.", "Choose the contact.")
	f.missing(in.By != "", "by", "Who verified is missing.", "Log in.")
	f.required("how", in.How, maxLine, "How the person was verified is missing.", "Say by what: agreement number, call back, …")
	f.short("detail", in.Detail, maxText)
	if err := f.problem(ErrIncomplete, "verification_incomplete", "Fill in the fields named.",
		"The verification cannot be recorded like this."); err != nil {
		return Verification{}, err
	}
	var v Verification
	err := s.write(ctx, "verify", func(t *txn) error {
		k, err := t.contact(ctx, in.Contact)
		if err != nil {
			return err
		}
		v = Verification{
			ID: newID(t.now), Contact: in.Contact, Call: in.Call, Case: in.Case, By: in.By, How: in.How, Detail: in.Detail,
			At: in.At,
		}
		if v.At.IsZero() {
			v.At = t.now
		}
		if v.Case == "" && v.Call != "" {
			if _, err := t.find(ctx, &v.Case, `SELECT case_number FROM case_calls WHERE call = ?`, v.Call); err != nil {
				return err
			}
		}
		if v.Case != "" {
			if err := t.identify(ctx, v.Case, k); err != nil {
				return err
			}
		}
		return t.do(ctx, `INSERT INTO verifications (id, contact_id, call, case_number, verified_by, how, detail, verified_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, v.ID, v.Contact, v.Call, v.Case, v.By, v.How, v.Detail, at(v.At))
	})
	return v, err
}

// identify gives a case its contact, if it has none.
func (t *txn) identify(ctx context.Context, number string, k Contact) error {
	c, err := t.caseByNumber(ctx, number)
	if err != nil || c.ContactID != "" {
		return err
	}
	if err := t.do(ctx, `UPDATE cases SET contact_id = ?, customer_id = ?, updated_at = ?, version = version + 1 WHERE number = ?`,
		k.ID, null(k.CustomerID), at(t.now), number); err != nil {
		return err
	}
	return t.touchCase(ctx, number)
}

// Verifications lists how and when a contact was verified, newest first.
func (s *Store) Verifications(ctx context.Context, contactID string) ([]Verification, error) {
	if contactID == "" {
		return nil, notFound("contact", contactID)
	}
	var rows []verificationRow
	err := s.read().list(ctx, &rows, `SELECT * FROM verifications WHERE contact_id = ? ORDER BY verified_at DESC, id DESC LIMIT 100`,
		contactID)
	return mapped(rows, func(r verificationRow) Verification {
		v := r.Verification
		v.At = r.At.time()
		return v
	}), s.explain("verifications", err)
}

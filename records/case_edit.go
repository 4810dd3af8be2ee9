package records

import (
	"context"
	"fmt"
	"time"
)

// NewCase is a case that is opened without a call, e.g. from an e-mail. Its owner is who opens it.
type NewCase struct {
	Owner       string
	Caller      string // telephone number of the customer, "" = unknown
	ContactID   string
	CustomerID  string // "" = that of the contact
	Subject     string
	Description string
	Product     string
	Category    string
	Severity    string // "" = normal
}

// CaseChange changes what is not nil.
type CaseChange struct {
	By          string
	Version     int64 // the version that was seen; 0 = whatever it is now
	ContactID   *string
	CustomerID  *string
	Subject     *string
	Description *string
	Product     *string
	Category    *string
	Severity    *string
}

// Note is a remark on a case.
type Note struct {
	ID   string    `db:"id"     json:"id"`
	At   time.Time `db:"-"      json:"at"`
	By   string    `db:"author" json:"by"`
	Text string    `db:"text"   json:"text"`
}

type noteRow struct {
	Note
	At stamp `db:"at"`
}

// CreateCase opens a case without a call. Errors: ErrInvalid, ErrNotFound (owner, contact, customer).
func (s *Store) CreateCase(ctx context.Context, n NewCase) (Case, error) {
	row := Case{
		Caller: s.callerKey(n.Caller), ContactID: n.ContactID, CustomerID: n.CustomerID, Subject: n.Subject,
		Description: n.Description, Product: n.Product, Category: n.Category, Severity: n.Severity, Owner: n.Owner,
	}
	if err := row.check(); err != nil {
		return Case{}, err
	}
	var out Case
	err := s.write(ctx, "create case", func(t *txn) error {
		if _, err := t.colleague(ctx, n.Owner); err != nil {
			return err
		}
		var err error
		out, err = t.openCase(ctx, row, ownerChange{input: claim, owner: n.Owner, actor: n.Owner})
		return err
	})
	return out, err
}

// UpdateCase changes what a case is about; owner and state have their own ways. Errors: ErrNotFound, ErrConflict, ErrInvalid.
func (s *Store) UpdateCase(ctx context.Context, number string, ch CaseChange) (Case, error) {
	var out Case
	err := s.write(ctx, "update case", func(t *txn) error {
		c, err := t.caseByNumber(ctx, number)
		if err != nil {
			return err
		}
		if ch.Version != 0 && ch.Version != c.Version {
			return stale("case", number, ch.Version, c.Version)
		}
		ch.apply(&c)
		if out, err = t.saveFacts(ctx, c); err != nil {
			return err
		}
		return nil
	})
	return out, err
}

func (ch CaseChange) apply(c *Case) {
	if ch.ContactID != nil && *ch.ContactID != c.ContactID {
		c.ContactID, c.CustomerID = *ch.ContactID, "" // the customer follows the contact unless named
	}
	for to, from := range map[*string]*string{
		&c.CustomerID: ch.CustomerID, &c.Subject: ch.Subject, &c.Description: ch.Description,
		&c.Product: ch.Product, &c.Category: ch.Category, &c.Severity: ch.Severity,
	} {
		if from != nil {
			*to = *from
		}
	}
}

// saveFacts writes what a case is about, unless somebody changed the case since c was read.
func (t *txn) saveFacts(ctx context.Context, c Case) (Case, error) {
	if err := c.check(); err != nil {
		return c, err
	}
	if err := t.resolvePeople(ctx, &c); err != nil {
		return c, err
	}
	if err := t.touchCase(ctx, c.Number); err != nil { // numbers of the contact it had
		return c, err
	}
	n, err := t.exec(ctx, `UPDATE cases SET contact_id = ?, customer_id = ?, subject = ?, description = ?, product = ?,
		category = ?, severity = ?, updated_at = ?, version = version + 1 WHERE number = ? AND version = ?`,
		null(c.ContactID), null(c.CustomerID), c.Subject, c.Description, c.Product, c.Category, c.Severity, at(t.now),
		c.Number, c.Version)
	if err != nil {
		return c, err
	}
	if n == 0 {
		return c, stale("case", c.Number, c.Version, c.Version+1)
	}
	if err := t.touchCase(ctx, c.Number); err != nil {
		return c, err
	}
	if c.State == CaseSolved { // what others find when they look for a solution follows
		if err := t.indexSolved(ctx, c.Number); err != nil {
			return c, err
		}
	}
	return t.caseByNumber(ctx, c.Number)
}

// resolvePeople checks contact and customer and fills the customer in.
func (t *txn) resolvePeople(ctx context.Context, c *Case) error {
	if c.ContactID != "" {
		k, err := t.contact(ctx, c.ContactID)
		if err != nil {
			return err
		}
		set(&c.CustomerID, k.CustomerID)
	}
	if c.CustomerID != "" {
		if _, err := t.customer(ctx, c.CustomerID); err != nil {
			return err
		}
	}
	return nil
}

func (c *Case) check() error {
	c.Subject, c.Product, c.Category, c.Description = line(c.Subject), line(c.Product), line(c.Category), text(c.Description)
	set(&c.Severity, SeverityNormal)
	var f faults
	f.short("subject", c.Subject, maxLine)
	f.short("product", c.Product, maxLine)
	f.short("category", c.Category, maxLine)
	f.short("description", c.Description, maxText)
	f.severity(c.Severity)
	return f.problem(ErrInvalid, "case_invalid", "Mend the fields named.", "The case cannot be stored like this.")
}

func (f *faults) severity(s string) {
	switch s {
	case SeverityLow, SeverityNormal, SeverityHigh, SeverityCritical:
	default:
		f.add("severity", "unknown", "Use low, normal, high or critical.", "There is no severity %q.", s)
	}
}

// openCase inserts a case with its first owner: the move unowned → owned.
func (t *txn) openCase(ctx context.Context, c Case, ch ownerChange) (Case, error) {
	if _, ok := ownership.step(unowned, ch.input); !ok || ch.owner == "" {
		return c, fmt.Errorf("a case begins with a claim, not with %q by %q", ch.input, ch.owner)
	}
	if err := t.resolvePeople(ctx, &c); err != nil {
		return c, err
	}
	day := t.now.In(t.s.opt.Zone).Format("20060102")
	n, err := t.next(ctx, "case-"+day)
	if err != nil {
		return c, err
	}
	c.Number = fmt.Sprintf("C-%s-%04d", day, n)
	set(&c.Severity, SeverityNormal)
	if err := t.do(ctx, `INSERT INTO cases (number, caller, customer_id, contact_id, subject, description, product, category,
		severity, state, owner, opened_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.Number, c.Caller, null(c.CustomerID), null(c.ContactID), c.Subject, c.Description, c.Product, c.Category,
		c.Severity, CaseOpen, ch.owner, at(t.now), at(t.now)); err != nil {
		return c, err
	}
	if err := t.writeHistory(ctx, c.Number, "", ch.owner, ch); err != nil {
		return c, err
	}
	if err := t.touchCase(ctx, c.Number); err != nil {
		return c, err
	}
	return t.caseByNumber(ctx, c.Number)
}

// AddNote adds a remark to a case. Errors: ErrNotFound, ErrIncomplete, ErrInvalid.
func (s *Store) AddNote(ctx context.Context, number, by, remark string) (Note, error) {
	remark = text(remark)
	var f faults
	f.required("text", remark, maxText, "The note is empty.", "Write something.")
	if err := f.problem(ErrIncomplete, "note_incomplete", "Write a note.", "The note cannot be stored like this."); err != nil {
		return Note{}, err
	}
	var n Note
	err := s.write(ctx, "add note", func(t *txn) (err error) {
		n, err = t.addNote(ctx, number, by, remark)
		return err
	})
	return n, err
}

func (t *txn) addNote(ctx context.Context, number, by, remark string) (Note, error) {
	n := Note{ID: newID(t.now), At: t.now, By: by, Text: remark}
	if _, err := t.caseByNumber(ctx, number); err != nil {
		return n, err
	}
	t.seen(number)
	return n, t.do(ctx, `INSERT INTO case_notes (id, case_number, at, author, text) VALUES (?, ?, ?, ?, ?)`,
		n.ID, number, at(n.At), by, remark)
}

// Notes lists the remarks on a case, oldest first.
func (s *Store) Notes(ctx context.Context, number string) ([]Note, error) {
	var rows []noteRow
	err := s.read().list(ctx, &rows, `SELECT id, at, author, text FROM case_notes WHERE case_number = ? ORDER BY at, id`, number)
	return mapped(rows, noteRow.note), s.explain("notes", err)
}

func (r noteRow) note() Note {
	n := r.Note
	n.At = r.At.time()
	return n
}

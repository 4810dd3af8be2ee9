package records

import (
	"context"
	"slices"
	"time"
)

// Contact is a person. Several contacts may share one number (a switchboard).
type Contact struct {
	ID           string    `db:"id"            json:"id"`
	CustomerID   string    `db:"customer_id"   json:"customer_id,omitempty"`
	CustomerName string    `db:"customer_name" json:"customer_name,omitempty"` // read only
	Name         string    `db:"name"          json:"name"`
	Email        string    `db:"email"         json:"email"`
	Language     string    `db:"language"      json:"language,omitempty"` // "zh", "en"; "" = that of the queue that was called
	Notes        string    `db:"notes"         json:"notes"`
	Numbers      []Number  `db:"-"             json:"numbers"`
	CreatedAt    time.Time `db:"-"             json:"created_at"`
	UpdatedAt    time.Time `db:"-"             json:"updated_at"`
	Version      int64     `db:"version"       json:"version"`
}

// Number is one telephone number of a contact, in E.164 once stored.
type Number struct {
	Number string `db:"number" json:"number"`
	Label  string `db:"label"  json:"label"` // "mobile", "office", …
}

type contactRow struct {
	Contact
	CreatedAt stamp `db:"created_at"`
	UpdatedAt stamp `db:"updated_at"`
}

const selectContact = `SELECT k.id, COALESCE(k.customer_id, '') AS customer_id, COALESCE(c.name, '') AS customer_name,
	k.name, k.email, k.language, k.notes, k.created_at, k.updated_at, k.version
	FROM contacts k LEFT JOIN customers c ON c.id = k.customer_id `

// check cleans a contact and normalises its numbers.
func (s *Store) check(c *Contact) error {
	c.Name, c.Email, c.Notes = line(c.Name), line(c.Email), text(c.Notes)
	var f faults
	f.required("name", c.Name, maxLine, "A contact needs a name.", "Enter the person's name.")
	f.short("email", c.Email, maxLine)
	f.short("notes", c.Notes, maxText)
	f.missing(slices.Contains([]string{"", "zh", "en"}, c.Language), "language", "The language is unknown.", "Choose zh, en or none.")
	numbers := make([]Number, 0, len(c.Numbers))
	for _, n := range c.Numbers {
		e164, ok := Normalise(n.Number, s.opt.Region)
		if !ok {
			f.add("numbers", "not_a_number", "Enter it with area code; put an extension into the notes.",
				"%q is not a telephone number.", n.Number)
			continue
		}
		if !slices.ContainsFunc(numbers, func(m Number) bool { return m.Number == e164 }) {
			numbers = append(numbers, Number{Number: e164, Label: line(n.Label)})
		}
	}
	if len(numbers) > 20 {
		f.add("numbers", "too_many", "Keep the ones in use.", "%d numbers are too many; 20 are kept.", len(numbers))
	}
	c.Numbers = numbers
	return f.problem(ErrInvalid, "contact_invalid", "Mend the fields named.", "The contact cannot be stored like this.")
}

// AddContact stores a new contact with its numbers normalised; the audit log says so. Errors: ErrInvalid, ErrNotFound (customer).
func (s *Store) AddContact(ctx context.Context, c Contact) (Contact, error) {
	if err := s.check(&c); err != nil {
		return Contact{}, err
	}
	var out Contact
	err := s.write(ctx, "add contact", func(t *txn) (err error) {
		out, err = t.addContact(ctx, c)
		return err
	})
	return out, err
}

func (t *txn) addContact(ctx context.Context, c Contact) (Contact, error) {
	if c.CustomerID != "" {
		if _, err := t.customer(ctx, c.CustomerID); err != nil {
			return Contact{}, err
		}
	}
	c.ID = newID(t.now)
	if err := t.do(ctx, `INSERT INTO contacts (id, customer_id, name, email, language, notes, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, c.ID, null(c.CustomerID), c.Name, c.Email, c.Language, c.Notes, at(t.now), at(t.now)); err != nil {
		return Contact{}, err
	}
	if err := t.setNumbers(ctx, c); err != nil {
		return Contact{}, err
	}
	out, err := t.contact(ctx, c.ID)
	if err != nil {
		return Contact{}, err
	}
	return out, t.audit(ctx, AuditEntry{Action: "contact.add", Object: out.ID, Data: contactChanges(Contact{}, out)})
}

// UpdateContact replaces what is known of c.ID, numbers included, if c.Version is still the newest; the audit log says what changed.
// Errors: ErrInvalid, ErrNotFound, ErrConflict.
func (s *Store) UpdateContact(ctx context.Context, c Contact) (Contact, error) {
	if err := s.check(&c); err != nil {
		return Contact{}, err
	}
	var out Contact
	err := s.write(ctx, "update contact", func(t *txn) error {
		old, err := t.contact(ctx, c.ID)
		if err != nil {
			return err
		}
		if old.Version != c.Version {
			return stale("contact", c.ID, c.Version, old.Version)
		}
		if c.CustomerID != "" {
			if _, err := t.customer(ctx, c.CustomerID); err != nil {
				return err
			}
		}
		if err := t.do(ctx, `UPDATE contacts SET customer_id = ?, name = ?, email = ?, language = ?, notes = ?, updated_at = ?,
			version = version + 1 WHERE id = ?`, null(c.CustomerID), c.Name, c.Email, c.Language, c.Notes, at(t.now), c.ID); err != nil {
			return err
		}
		for _, n := range old.Numbers {
			t.touch(n.Number)
		}
		if err := t.setNumbers(ctx, c); err != nil {
			return err
		}
		if out, err = t.contact(ctx, c.ID); err != nil {
			return err
		}
		return t.audit(ctx, AuditEntry{Action: "contact.change", Object: c.ID, Data: contactChanges(old, out)})
	})
	return out, err
}

func (t *txn) setNumbers(ctx context.Context, c Contact) error {
	if err := t.do(ctx, `DELETE FROM contact_numbers WHERE contact_id = ?`, c.ID); err != nil {
		return err
	}
	for i, n := range c.Numbers {
		t.touch(n.Number)
		if err := t.do(ctx, `INSERT INTO contact_numbers (contact_id, number, label, position) VALUES (?, ?, ?, ?)`,
			c.ID, n.Number, n.Label, i); err != nil {
			return err
		}
	}
	return nil
}

// Contact gives one contact. Errors: ErrNotFound.
func (s *Store) Contact(ctx context.Context, id string) (Contact, error) {
	c, err := s.read().contact(ctx, id)
	return c, s.explain("contact", err)
}

// Contacts lists the contacts of a customer by name.
func (s *Store) Contacts(ctx context.Context, customerID string) ([]Contact, error) {
	c, err := s.read().contacts(ctx, selectContact+`WHERE k.customer_id = ? ORDER BY k.name, k.id`, customerID)
	return c, s.explain("contacts", err)
}

// FindContacts lists contacts whose name, customer or number contains what was typed, by name, at most limit (50 when 0).
// Nothing typed finds nobody.
func (s *Store) FindContacts(ctx context.Context, part string, limit int) ([]Contact, error) {
	part = line(part)
	if part == "" {
		return []Contact{}, nil
	}
	number := part
	if e164, ok := Normalise(part, s.opt.Region); ok {
		number = e164
	}
	c, err := s.read().contacts(ctx, selectContact+`WHERE k.name LIKE ? ESCAPE '!' OR c.name LIKE ? ESCAPE '!' OR k.id IN
		(SELECT contact_id FROM contact_numbers WHERE number = ?) ORDER BY k.name, k.id LIMIT ?`,
		containing(part), containing(part), number, pageLimit(limit))
	return c, s.explain("find contacts", err)
}

func (c conn) contact(ctx context.Context, id string) (Contact, error) {
	found, err := c.contacts(ctx, selectContact+`WHERE k.id = ?`, id)
	if err != nil {
		return Contact{}, err
	}
	if len(found) == 0 {
		return Contact{}, notFound("contact", id)
	}
	return found[0], nil
}

func (c conn) contacts(ctx context.Context, query string, args ...any) ([]Contact, error) {
	var rows []contactRow
	if err := c.list(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	out := make([]Contact, 0, len(rows))
	for _, r := range rows {
		k := r.Contact
		k.CreatedAt, k.UpdatedAt = r.CreatedAt.time(), r.UpdatedAt.time()
		k.Numbers = []Number{}
		if err := c.list(ctx, &k.Numbers, `SELECT number, label FROM contact_numbers WHERE contact_id = ? ORDER BY position`,
			k.ID); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

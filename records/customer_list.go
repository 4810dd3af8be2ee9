package records

import (
	"context"
	"slices"
	"strings"
)

// CustomerFilter narrows CustomerList. Cursor is Page.Next of the page before.
type CustomerFilter struct {
	Text   string // each word in name, code, place or service centre, or in a contact's name; or a contact's number, however written
	Cursor string
	Limit  int
}

// CustomerRow is one customer of a list.
type CustomerRow struct {
	Customer
	People int      // how many contacts there are
	Named  []string // some of them by name, those that were looked for first
}

// namedPeople is how many contacts a row names.
const namedPeople = 3

// CustomerList lists customers by the time they were entered, newest first. Errors: ErrInvalid (cursor).
func (s *Store) CustomerList(ctx context.Context, f CustomerFilter) (Page[CustomerRow], error) {
	after, err := parseCursor(f.Cursor)
	if err != nil {
		return Page[CustomerRow]{}, err
	}
	var q query
	words := s.words(f.Text)
	for _, w := range words {
		like := containing(w.text)
		q.and(`c.name LIKE ? ESCAPE '!' OR c.code LIKE ? ESCAPE '!' OR c.region LIKE ? ESCAPE '!' OR c.address LIKE ? ESCAPE '!'
			OR c.service_centre LIKE ? ESCAPE '!' OR c.id IN (SELECT customer_id FROM contacts WHERE name LIKE ? ESCAPE '!')
			OR c.id IN (SELECT k.customer_id FROM contact_numbers n JOIN contacts k ON k.id = n.contact_id WHERE n.number = ?)`,
			like, like, like, like, like, like, w.number)
	}
	q.page("c.created_at", "c.id", after)
	limit := pageLimit(f.Limit)
	var page Page[CustomerRow]
	err = s.snapshot(ctx, "customer list", func(c conn) error {
		var rows []customerRow
		if err := c.list(ctx, &rows, q.sql("SELECT c.* FROM customers c", "c.created_at DESC, c.id DESC", limit), q.args...); err != nil {
			return err
		}
		page = Page[CustomerRow]{Items: mapped(rows, func(r customerRow) CustomerRow { return CustomerRow{Customer: r.customer()} })}
		if len(rows) == limit {
			last := rows[len(rows)-1]
			page.Next = cursor{last.CreatedAt, last.ID}.String()
		}
		return c.namePeople(ctx, page.Items, words)
	})
	return page, err
}

// sought is one word that somebody looks for; number is what it is as a telephone number, "" when it is none.
type sought struct{ text, number string }

// words takes apart what was typed. A number may be written with blanks between its digits.
func (s *Store) words(typed string) []sought {
	typed = line(typed)
	if e164, ok := Normalise(typed, s.opt.Region); ok {
		return []sought{{typed, e164}}
	}
	var all []sought
	for _, w := range strings.Fields(typed) {
		e164, _ := Normalise(w, s.opt.Region)
		all = append(all, sought{w, e164})
	}
	return all[:min(len(all), 8)] // nobody looks for more, and each costs a look through the table
}

// namePeople fills in how many contacts there are, and who.
func (c conn) namePeople(ctx context.Context, rows []CustomerRow, words []sought) error {
	numbers := []any{""}
	for _, w := range words {
		if w.number != "" {
			numbers = append(numbers, w.number)
		}
	}
	for i := range rows {
		var people []struct {
			Name string `db:"name"`
			Has  bool   `db:"has"`
		}
		if err := c.list(ctx, &people, `SELECT k.name, EXISTS (SELECT 1 FROM contact_numbers n WHERE n.contact_id = k.id
			AND n.number IN (?`+strings.Repeat(", ?", len(numbers)-1)+`)) AS has FROM contacts k WHERE k.customer_id = ? ORDER BY k.name, k.id`,
			append(slices.Clone(numbers), rows[i].ID)...); err != nil {
			return err
		}
		var first, then []string
		for _, p := range people {
			if p.Has || slices.ContainsFunc(words, func(w sought) bool { return strings.Contains(strings.ToLower(p.Name), strings.ToLower(w.text)) }) {
				first = append(first, p.Name)
			} else {
				then = append(then, p.Name)
			}
		}
		all := append(first, then...)
		rows[i].People, rows[i].Named = len(all), all[:min(len(all), namedPeople)]
	}
	return nil
}

// LooseContacts lists contacts who belong to no customer, newest first, at most limit (50 when 0): all of them, or those whose name holds
// what was typed or whose number it is.
func (s *Store) LooseContacts(ctx context.Context, part string, limit int) ([]Contact, error) {
	part = line(part)
	number, _ := Normalise(part, s.opt.Region)
	c, err := s.read().contacts(ctx, selectContact+`WHERE k.customer_id IS NULL AND (k.name LIKE ? ESCAPE '!' OR k.id IN
		(SELECT contact_id FROM contact_numbers WHERE number = ?)) ORDER BY k.created_at DESC, k.id DESC LIMIT ?`,
		containing(part), number, pageLimit(limit))
	return c, s.explain("contacts without customer", err)
}

// ReadNumber is Normalise for a number as it is dialled where this store is.
func (s *Store) ReadNumber(raw string) (e164 string, ok bool) { return Normalise(raw, s.opt.Region) }

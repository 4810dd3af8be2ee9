package customers

import (
	"net/http"
	"net/mail"
	"slices"
	"strings"

	"hotline/records"
)

// numberRow is one telephone number in the form of a contact.
type numberRow struct {
	Number, Label string
	Fault         string
	Focus         bool
	Share         string // the number that others have too, when it is to be asked whether they share it
	Shared        bool   // they do
}

// spareRows is how many empty rows a form has for more numbers.
const spareRows = 2

// mostNumbers is how many numbers a contact has at most.
const mostNumbers = 20

func rowsOfNumbers(numbers []records.Number) []numberRow {
	var rows []numberRow
	for _, n := range numbers {
		rows = append(rows, numberRow{Number: n.Number, Label: n.Label})
	}
	return withSpare(rows)
}

func withSpare(rows []numberRow) []numberRow {
	return append(rows, make([]numberRow, max(0, min(spareRows, mostNumbers-len(rows))))...)
}

// readRows takes the rows in which something was typed.
func readRows(r *http.Request) []numberRow {
	var rows []numberRow
	labels := r.PostForm["label"]
	for i, n := range r.PostForm["number"] {
		row := numberRow{Number: strings.TrimSpace(n)}
		if i < len(labels) {
			row.Label = strings.TrimSpace(labels[i])
		}
		if row.Number != "" && len(rows) <= mostNumbers {
			rows = append(rows, row)
		}
	}
	return rows
}

// written puts numbers into one text, by which two lists of them are compared.
func written(numbers []records.Number) string {
	all := make([]string, len(numbers))
	for i, n := range numbers {
		all[i] = strings.TrimSpace(n.Number + " " + n.Label)
	}
	return strings.Join(all, ", ")
}

// typedContact makes a contact of what was typed, and notes what is wrong with it in f and rows.
func (c *Customers) typedContact(r *http.Request, f *Form, rows []numberRow, stored records.Contact, moves bool) (records.Contact, error) {
	next := stored
	next.Version = f.Version
	next.Name, next.Email, next.Language, next.Notes = f.Values["name"], f.Values["email"], f.Values["language"], f.Values["notes"]
	if next.Name == "" {
		f.Faults["name"] = c.say(r, "customers.fault.missing")
	}
	if next.Email != "" {
		if a, err := mail.ParseAddress(next.Email); err != nil || a.Address != next.Email {
			f.Faults["email"] = c.say(r, "customers.fault.email")
		}
	}
	if !slices.Contains([]string{"", "zh", "en"}, next.Language) {
		next.Language, f.Values["language"] = "", ""
	}
	if moves {
		if err := c.typedCustomer(r, f, &next); err != nil {
			return next, err
		}
	}
	next.Numbers = nil
	for i := range rows {
		number, err := c.typedNumber(r, &rows[i], stored)
		if err != nil {
			return next, err
		}
		next.Numbers = append(next.Numbers, records.Number{Number: number, Label: rows[i].Label})
		if rows[i].Fault != "" {
			f.Faults["numbers"] = c.say(r, "customers.fault.numbers")
		}
	}
	f.Values["numbers"] = written(next.Numbers)
	return next, nil
}

// typedNumber reads one number. One that somebody else has already is only taken when it was said that they share it, as people behind
// a switchboard do.
func (c *Customers) typedNumber(r *http.Request, row *numberRow, stored records.Contact) (string, error) {
	number, ok := c.store.ReadNumber(row.Number)
	if !ok {
		row.Fault = c.say(r, "customers.fault.not_a_number")
		return row.Number, nil
	}
	if slices.ContainsFunc(stored.Numbers, func(n records.Number) bool { return n.Number == number }) {
		return number, nil
	}
	found, err := c.store.Recognise(r.Context(), number)
	if err != nil {
		return number, err
	}
	var whose []string
	for _, k := range found.Contacts {
		switch {
		case k.ID == stored.ID && stored.ID != "":
		case k.CustomerName != "":
			whose = append(whose, c.say(r, "customers.whose", k.Name, k.CustomerName))
		default:
			whose = append(whose, k.Name)
		}
	}
	if len(whose) == 0 {
		return number, nil
	}
	row.Share, row.Shared = number, slices.Contains(r.PostForm["shared"], number)
	if !row.Shared {
		row.Fault = c.say(r, "customers.fault.taken", strings.Join(whose, c.say(r, "customers.and")))
	}
	return number, nil
}

// typedCustomer finds the customer to whom the contact belongs from now on; none when nothing was typed.
func (c *Customers) typedCustomer(r *http.Request, f *Form, next *records.Contact) error {
	name := f.Values["customer"]
	if name == next.CustomerName {
		return nil
	}
	if next.CustomerID, next.CustomerName = "", ""; name == "" {
		return nil
	}
	found, err := c.store.Customers(r.Context(), name, knownCustomers)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(x records.Customer) bool { return x.Name != name })
	switch len(found) {
	case 0:
		f.Faults["customer"] = c.say(r, "customers.fault.customer")
	case 1:
		next.CustomerID = found[0].ID
	default:
		f.Faults["customer"] = c.say(r, "customers.fault.ambiguous")
	}
	return nil
}

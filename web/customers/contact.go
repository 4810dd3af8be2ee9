package customers

import (
	"errors"
	"net/http"
	"net/url"

	"hotline/records"
	"hotline/web/ui"
)

// contactPage is the form of a contact, new or known.
type contactPage struct {
	Form
	Contact   records.Contact // as stored; no ID: a new one
	Rows      []numberRow
	Moves     bool     // may say whose contact it is
	Customers []string // some of those that may be chosen
}

// At is where the form is sent to.
func (p contactPage) At() string {
	at := placeOf(p.Contact.CustomerID) + "/contacts"
	if p.Contact.ID != "" {
		at += "/" + url.PathEscape(p.Contact.ID)
	}
	return at
}

// Back is where the form was opened.
func (p contactPage) Back() string {
	if p.Contact.CustomerID == "" {
		return "/customers"
	}
	return placeOf(p.Contact.CustomerID)
}

// knownCustomers is how many names the list of customers suggests; others are typed.
const knownCustomers = 200

func contactValues(k records.Contact, moves bool) map[string]string {
	values := map[string]string{"name": k.Name, "email": k.Email, "language": k.Language, "notes": k.Notes, "numbers": written(k.Numbers)}
	if moves {
		values["customer"] = k.CustomerName
	}
	return values
}

// theirContact loads the contact of the address, if it is the visitor's to change. Whose contact it is, records says and not the address.
func (c *Customers) theirContact(r *http.Request) (records.Contact, error) {
	k, err := c.store.Contact(r.Context(), r.PathValue("contact"))
	if err != nil {
		return k, err
	}
	return k, c.theirs(r, k)
}

func (c *Customers) theirs(r *http.Request, k records.Contact) error {
	may, err := c.mayTouch(r.Context(), ui.VisitorOf(r.Context()), k.CustomerID, k.ID)
	if err == nil && !may {
		err = errNotTheirs
	}
	return err
}

// nobodyYet is the contact that would be added to the customer of the address.
func (c *Customers) nobodyYet(r *http.Request) (records.Contact, error) {
	customer, err := c.store.Customer(r.Context(), r.PathValue("id"))
	if err != nil {
		return records.Contact{}, err
	}
	k := records.Contact{CustomerID: customer.ID, CustomerName: customer.Name}
	return k, c.theirs(r, k)
}

func (c *Customers) newContact(w http.ResponseWriter, r *http.Request) {
	k, err := c.nobodyYet(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showContact(w, r, http.StatusOK, k, newForm(contactValues(k, false), 0), rowsOfNumbers(nil))
}

func (c *Customers) editContact(w http.ResponseWriter, r *http.Request) {
	k, err := c.theirContact(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showContact(w, r, http.StatusOK, k, newForm(contactValues(k, manages(ui.VisitorOf(r.Context()))), k.Version), rowsOfNumbers(k.Numbers))
}

func (c *Customers) showContact(w http.ResponseWriter, r *http.Request, status int, k records.Contact, f Form, rows []numberRow) {
	f.focus("name", "numbers", "email", "language", "customer", "notes")
	p := contactPage{Form: f, Contact: k, Rows: rows, Moves: k.ID != "" && manages(ui.VisitorOf(r.Context()))}
	for i, row := range rows {
		if row.Fault != "" && (p.Focus == "" || p.Focus == "numbers") {
			p.Focus, rows[i].Focus = "number", true
		}
	}
	if p.Moves {
		known, err := c.store.Customers(r.Context(), "", knownCustomers)
		if err != nil {
			c.fail(w, r, err)
			return
		}
		for _, x := range known {
			p.Customers = append(p.Customers, x.Name)
		}
	}
	c.pages.Render(w, r, status, "customers/contact", p)
}

func (c *Customers) addContact(w http.ResponseWriter, r *http.Request) {
	k, err := c.nobodyYet(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.keepContact(w, r, k)
}

func (c *Customers) saveContact(w http.ResponseWriter, r *http.Request) {
	k, err := c.theirContact(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.keepContact(w, r, k)
}

// keepContact stores what was typed; stored is what there is, without ID for a new contact.
func (c *Customers) keepContact(w http.ResponseWriter, r *http.Request, stored records.Contact) {
	ctx := r.Context()
	moves := stored.ID != "" && manages(ui.VisitorOf(ctx))
	names := []string{"name", "email", "language", "notes", "numbers"}
	if moves {
		names = append(names, "customer")
	}
	f := readForm(r, names...)
	rows := readRows(r)
	next, err := c.typedContact(r, &f, rows, stored, moves)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if len(f.Faults) > 0 {
		c.showContact(w, r, http.StatusUnprocessableEntity, stored, f, withSpare(rows))
		return
	}
	var kept records.Contact
	if stored.ID == "" {
		kept, err = c.store.AddContact(ctx, next)
	} else {
		kept, err = c.store.UpdateContact(ctx, next)
	}
	switch {
	case err == nil && kept.CustomerID == "":
		http.Redirect(w, r, "/customers", http.StatusSeeOther)
	case err == nil:
		at := placeOf(kept.CustomerID) + "?saved=contact&contact=" + url.QueryEscape(kept.ID) + "#contact-" + url.PathEscape(kept.ID)
		http.Redirect(w, r, at, http.StatusSeeOther) //nolint:gosec // a path of ours, its parts are escaped
	case errors.Is(err, records.ErrConflict):
		c.contactConflict(w, r, stored.ID, f, rows, moves)
	case errors.Is(err, records.ErrInvalid) && c.refusedBy(r, &f, err):
		c.showContact(w, r, http.StatusUnprocessableEntity, stored, f, withSpare(rows))
	default:
		c.fail(w, r, err)
	}
}

func (c *Customers) contactConflict(w http.ResponseWriter, r *http.Request, id string, f Form, rows []numberRow, moves bool) {
	k, err := c.store.Contact(r.Context(), id)
	if err == nil {
		err = c.theirs(r, k) // it may have gone to another customer meanwhile
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	f.meet(contactValues(k, moves), k.Version, func(name, value string) string { return c.worded(r, name, value) })
	if f.Taken["numbers"] != "" {
		rows = nil
		for _, n := range k.Numbers {
			rows = append(rows, numberRow{Number: n.Number, Label: n.Label})
		}
	}
	c.lastChange(r.Context(), &f, k.ID, k.UpdatedAt)
	c.showContact(w, r, http.StatusConflict, k, f, withSpare(rows))
}

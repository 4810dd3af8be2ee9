package customers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"hotline/records"
	"hotline/web/ui"
)

// createPage is the form of a new customer with the first of their people.
type createPage struct {
	Form
	Rows    []numberRow
	Centres []centreChoice
	Like    []candidate
	Held    bool // nothing else keeps it from being saved
	None    bool // it was said that the new customer is none of these
}

// candidate is who may be meant by the new customer: somebody with the same number, or a name that holds the one typed.
type candidate struct {
	ID, Place, Name, Region, Centre string
	Why                             []string
}

// newFields are the fields of the form, in its order.
func newFields() []string {
	return []string{"name", "kind", "person", "numbers", "region", "service_centre", "address"}
}

// namesLike is how many customers of a like name are shown.
const namesLike = 5

// create shows the form. What was looked for in vain on the list stands in it already.
func (c *Customers) create(w http.ResponseWriter, r *http.Request) {
	f := newForm(map[string]string{"kind": records.CustomerOrganisation}, 0)
	var rows []numberRow
	if q := strings.TrimSpace(r.URL.Query().Get("q")); q != "" {
		if _, ok := c.store.ReadNumber(q); ok {
			rows = append(rows, numberRow{Number: q})
		} else {
			f.Values["name"] = q
		}
	}
	f.Focus = "name"
	p := createPage{Form: f, Rows: rows}
	like, err := c.like(r, f.Values["name"], rows)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p.Like = like
	c.showCreate(w, r, http.StatusOK, p)
}

func (c *Customers) showCreate(w http.ResponseWriter, r *http.Request, status int, p createPage) {
	p.focus(newFields()...)
	for i, row := range p.Rows {
		if row.Fault != "" && (p.Focus == "" || p.Focus == "numbers") {
			p.Focus, p.Rows[i].Focus = "number", true
		}
	}
	p.Rows = withSpare(p.Rows)
	p.Centres = c.centres(ui.VisitorOf(r.Context()).Lang, p.Values["service_centre"])
	c.pages.Render(w, r, status, "customers/new", p)
}

// alike answers while the form is filled in: who may be meant. What was typed comes in the body, so that no number stands in an address.
func (c *Customers) alike(w http.ResponseWriter, r *http.Request) {
	p, _, _, err := c.typedNew(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.pages.Fragment(w, r, http.StatusOK, "customers/_alike", p)
}

// add stores a new customer, with the first of their people if one was named, once nobody known is meant or it was said so.
func (c *Customers) add(w http.ResponseWriter, r *http.Request) {
	p, customer, person, err := c.typedNew(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if len(p.Faults) > 0 || len(p.Like) > 0 && !p.None {
		if p.Held = len(p.Faults) == 0; p.Held {
			p.Focus = "none" // the question is below the first screen
		}
		c.showCreate(w, r, http.StatusUnprocessableEntity, p)
		return
	}
	id, err := c.enter(r.Context(), customer, person)
	switch {
	case err == nil:
		http.Redirect(w, r, placeOf(id)+"?saved=new", http.StatusSeeOther) //nolint:gosec // a path of ours, its parts are escaped
	case errors.Is(err, records.ErrInvalid) && c.refusedBy(r, &p.Form, ofOneForm(err)):
		c.showCreate(w, r, http.StatusUnprocessableEntity, p)
	default:
		c.fail(w, r, err)
	}
}

func (c *Customers) enter(ctx context.Context, customer records.Customer, person records.Contact) (id string, err error) {
	if person.Name == "" {
		customer, err = c.store.AddCustomer(ctx, customer)
		return customer.ID, err
	}
	person, err = c.store.AddPerson(ctx, customer, person)
	return person.CustomerID, err
}

// ofOneForm gives the faults of customer and contact the names that their fields have in the form.
func ofOneForm(err error) error {
	p, is := errors.AsType[*records.Problem](err)
	if !is {
		return err
	}
	one := *p
	one.Fields = slices.Clone(p.Fields)
	for i, x := range one.Fields {
		name, ofCustomer := strings.CutPrefix(x.Name, "customer.")
		if !ofCustomer && name == "name" && p.Code == "contact_invalid" {
			name = "person"
		}
		one.Fields[i].Name = name
	}
	return &one
}

// typedNew makes a customer and a contact of what was typed, notes what is wrong with it, and looks for who may be meant. Somebody who is
// served in their own name is their own contact.
func (c *Customers) typedNew(r *http.Request) (p createPage, customer records.Customer, person records.Contact, err error) {
	p.Form, p.Rows = readForm(r, newFields()...), readRows(r)
	v := p.Values
	if !slices.Contains([]string{records.CustomerOrganisation, records.CustomerPerson}, v["kind"]) {
		v["kind"] = records.CustomerOrganisation
	}
	customer = records.Customer{Kind: v["kind"], Name: v["name"], Region: v["region"], ServiceCentre: v["service_centre"], Address: v["address"]}
	person.Name = v["person"]
	if customer.Name == "" {
		p.Faults["name"] = c.say(r, "customers.fault.missing")
	}
	for i := range p.Rows {
		number, ok := c.store.ReadNumber(p.Rows[i].Number)
		if !ok {
			p.Rows[i].Fault = c.say(r, "customers.fault.not_a_number")
			p.Faults["numbers"] = c.say(r, "customers.fault.numbers")
		}
		person.Numbers = append(person.Numbers, records.Number{Number: number, Label: p.Rows[i].Label})
	}
	if customer.Kind == records.CustomerPerson && person.Name == "" {
		person.Name = customer.Name
	}
	if person.Name == "" && len(person.Numbers) > 0 {
		p.Faults["person"] = c.say(r, "customers.fault.whose")
	}
	p.Like, err = c.like(r, customer.Name, p.Rows)
	shown := r.PostForm["shown"]
	p.None = r.PostFormValue("none") != "" && !slices.ContainsFunc(p.Like, func(x candidate) bool { return !slices.Contains(shown, x.ID) })
	return p, customer, person, err
}

// like looks for who may be meant: whoever has one of the numbers first, then who is called so.
func (c *Customers) like(r *http.Request, name string, rows []numberRow) ([]candidate, error) {
	ctx, lang := r.Context(), ui.VisitorOf(r.Context()).Lang
	var all []candidate
	meant := func(x candidate, why string) {
		if i := slices.IndexFunc(all, func(y candidate) bool { return y.ID == x.ID }); i >= 0 {
			all[i].Why = append(all[i].Why, why)
			return
		}
		x.Why = []string{why}
		all = append(all, x)
	}
	of := func(x records.Customer) candidate {
		return candidate{ID: x.ID, Place: placeOf(x.ID), Name: x.Name, Region: x.Region, Centre: c.centre(lang, x.ServiceCentre)}
	}
	for _, row := range rows {
		number, ok := c.store.ReadNumber(row.Number)
		if !ok {
			continue
		}
		found, err := c.store.Recognise(ctx, number)
		if err != nil {
			return nil, err
		}
		for _, k := range found.Contacts {
			why := c.say(r, "customers.like.number", number, k.Name)
			if k.CustomerID == "" {
				meant(candidate{ID: k.ID, Place: placeOf("") + "/contacts/" + k.ID, Name: k.Name}, c.say(r, "customers.like.loose", number))
				continue
			}
			customer, err := c.store.Customer(ctx, k.CustomerID)
			if err != nil {
				return nil, err
			}
			meant(of(customer), why)
		}
	}
	if name = strings.TrimSpace(name); name == "" {
		return all, nil
	}
	found, err := c.store.Customers(ctx, name, namesLike)
	for _, x := range found {
		why := "customers.like.name"
		if x.Name == name {
			why = "customers.like.same"
		}
		meant(of(x), c.say(r, why))
	}
	return all, err
}

package customers

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"hotline/records"
	"hotline/web/ui"
)

// editPage is the form of a customer.
type editPage struct {
	Form
	Customer records.Customer // as stored
	Ranks    bool             // may say who is served before others
	Centres  []centreChoice
}

type centreChoice struct {
	Code, Name string
	Chosen     bool
}

// fieldsOf are the fields of a customer that the visitor may change, in the order of the form. Who waits for whom is the service manager's
// to decide.
func fieldsOf(v ui.Visitor) []string {
	names := []string{"name", "kind", "region", "address", "service_centre", "agreement", "notes"}
	if v.Has(records.RoleSupervisor) {
		names = append(names, "vip", "priority")
	}
	return names
}

// valuesOf gives the named fields of a customer as a form has them.
func valuesOf(c records.Customer, names []string) map[string]string {
	all := map[string]string{
		"name": c.Name, "kind": c.Kind, "region": c.Region, "address": c.Address, "service_centre": c.ServiceCentre, "agreement": c.Agreement, "notes": c.Notes,
		"vip": "", "priority": strconv.Itoa(c.Priority),
	}
	if c.VIP {
		all["vip"] = "1"
	}
	for name := range all {
		if !slices.Contains(names, name) {
			delete(all, name)
		}
	}
	return all
}

func (c *Customers) edit(w http.ResponseWriter, r *http.Request) {
	customer, err := c.store.Customer(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showEdit(w, r, http.StatusOK, customer, newForm(valuesOf(customer, fieldsOf(ui.VisitorOf(r.Context()))), customer.Version))
}

func (c *Customers) showEdit(w http.ResponseWriter, r *http.Request, status int, customer records.Customer, f Form) {
	v := ui.VisitorOf(r.Context())
	f.focus(fieldsOf(v)...)
	p := editPage{Form: f, Customer: customer, Ranks: v.Has(records.RoleSupervisor)}
	p.Centres = c.centres(v.Lang, f.Values["service_centre"])
	c.pages.Render(w, r, status, "customers/edit", p)
}

// centres are the service centres to choose from, the one that is written there among them; none where the operator lists none, and any
// may be typed.
func (c *Customers) centres(lang, is string) []centreChoice {
	if len(c.opt.Centres) == 0 {
		return nil
	}
	all, known := []centreChoice{{Code: "", Name: "–", Chosen: is == ""}}, is == ""
	for _, x := range c.opt.Centres {
		all = append(all, centreChoice{x.Code, x.Name.In(lang), x.Code == is})
		known = known || x.Code == is
	}
	if !known {
		all = append(all, centreChoice{is, is, true})
	}
	return all
}

func (c *Customers) save(w http.ResponseWriter, r *http.Request) {
	ctx, names := r.Context(), fieldsOf(ui.VisitorOf(r.Context()))
	stored, err := c.store.Customer(ctx, r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	f := readForm(r, names...)
	next := stored
	next.Version = f.Version
	next.Kind = f.Values["kind"]
	next.Name, next.Region, next.Address, next.ServiceCentre = f.Values["name"], f.Values["region"], f.Values["address"], f.Values["service_centre"]
	next.Agreement, next.Notes = f.Values["agreement"], f.Values["notes"]
	if slices.Contains(names, "priority") {
		next.VIP = f.Values["vip"] != ""
		if next.Priority, err = strconv.Atoi(f.Values["priority"]); err != nil {
			next.Priority = -1 // which records refuses with everything else that is wrong
		}
	}
	_, err = c.store.UpdateCustomer(ctx, next)
	switch {
	case err == nil:
		http.Redirect(w, r, placeOf(stored.ID)+"?saved=customer", http.StatusSeeOther) //nolint:gosec // a path of ours, its parts are escaped
	case errors.Is(err, records.ErrConflict):
		if stored, err = c.store.Customer(ctx, stored.ID); err != nil {
			c.fail(w, r, err)
			return
		}
		f.meet(valuesOf(stored, names), stored.Version, func(name, value string) string { return c.worded(r, name, value) })
		c.lastChange(ctx, &f, stored.ID, stored.UpdatedAt)
		c.showEdit(w, r, http.StatusConflict, stored, f)
	case errors.Is(err, records.ErrInvalid) && c.refusedBy(r, &f, err):
		c.showEdit(w, r, http.StatusUnprocessableEntity, stored, f)
	default:
		c.fail(w, r, err)
	}
}

// worded says the value of a field as people read it.
func (c *Customers) worded(r *http.Request, name, value string) string {
	switch {
	case name == "kind" && value != "":
		return c.say(r, "customers.kind."+value)
	case name == "vip" && value == "":
		return c.say(r, "customers.no")
	case name == "vip":
		return c.say(r, "customers.yes")
	case name == "language" && value == "":
		return c.say(r, "customers.language.none")
	case name == "language":
		return c.say(r, "customers.language."+value)
	case name == "service_centre" && value != "":
		return c.centre(ui.VisitorOf(r.Context()).Lang, value)
	case value == "":
		return c.say(r, "customers.empty")
	}
	return value
}

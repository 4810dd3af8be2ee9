package customers

import (
	"net/http"

	"hotline/records"
	"hotline/web/ui"
)

// page is one customer.
type page struct {
	Customer records.Customer
	Centre   string
	Contacts []person
	Open     []caseRow
	Closed   []caseRow
	Orders   []orderRow
	Manages  bool // the customer's own data
	Touches  bool // those of the contacts, who are shown whole
	Saved    string
}

// person is a contact as the visitor may see them.
type person struct {
	records.Contact
	Saved bool
}

type caseRow struct {
	records.Case
	StateName string
}

type orderRow struct {
	records.Order
	KindName, StateName string
}

// What is shown of a customer's history: whoever needs more looks at the case or the order.
const (
	openCases   = 50
	closedCases = 10
	lastOrders  = 10
)

func (c *Customers) show(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	customer, err := c.store.Customer(ctx, r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := page{Customer: customer, Centre: c.centre(v.Lang, customer.ServiceCentre), Manages: manages(v)}
	if saved := r.URL.Query().Get("saved"); saved == "customer" || saved == "contact" || saved == "new" {
		p.Saved = saved
	}
	if p.Touches, err = c.mayTouch(ctx, v, customer.ID, ""); err == nil {
		err = c.people(r, &p)
	}
	if err == nil {
		err = c.history(r, &p)
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if !p.Touches {
		p.Customer.Address = ui.MaskAddress(p.Customer.Address)
	}
	c.pages.Render(w, r, http.StatusOK, "customers/show", p)
}

// people fills in the contacts; to whom they are none of their business, numbers and addresses are cut.
func (c *Customers) people(r *http.Request, p *page) error {
	contacts, err := c.store.Contacts(r.Context(), p.Customer.ID)
	for _, k := range contacts {
		if !p.Touches {
			for i := range k.Numbers {
				k.Numbers[i].Number = ui.MaskNumber(k.Numbers[i].Number)
			}
			k.Email = ui.MaskMail(k.Email)
		}
		p.Contacts = append(p.Contacts, person{k, k.ID == r.URL.Query().Get("contact")})
	}
	return err
}

func (c *Customers) history(r *http.Request, p *page) error {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	rows := func(f records.CaseFilter) (all []caseRow, err error) {
		f.Customer = p.Customer.ID
		found, err := c.store.Cases(ctx, f)
		for _, x := range found.Items {
			all = append(all, caseRow{x, c.say(r, "timeline.case."+x.State)})
		}
		return all, err
	}
	var err error
	if p.Open, err = rows(records.CaseFilter{Open: true, Limit: openCases}); err != nil {
		return err
	}
	if p.Closed, err = rows(records.CaseFilter{Closed: true, Limit: closedCases}); err != nil {
		return err
	}
	f := records.OrderFilter{Customer: p.Customer.ID, Limit: lastOrders}
	if !manages(v) {
		f.Mine = v.Login // the others would not open
	}
	orders, err := c.store.Orders(ctx, f)
	names := map[string]string{}
	for _, d := range c.store.Procedures() {
		names[d.Code] = d.Name.In(v.Lang)
	}
	for _, o := range orders.Items {
		name := names[o.Procedure]
		if name == "" {
			name = o.Procedure
		}
		p.Orders = append(p.Orders, orderRow{o, name, o.State.Name().In(v.Lang)})
	}
	return err
}

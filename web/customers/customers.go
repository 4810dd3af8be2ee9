// Package customers is where a customer's data are looked up and kept right: what is known of the organisation, its people with their
// numbers, and its cases and orders. Who may change what is decided here; that two people do not overwrite each other, by records.
package customers

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"hotline/records"
	"hotline/records/procedure"
	"hotline/web/ui"
)

// Records is what the pages read and write. *records.Store has it.
type Records interface {
	CustomerList(ctx context.Context, f records.CustomerFilter) (records.Page[records.CustomerRow], error)
	LooseContacts(ctx context.Context, part string, limit int) ([]records.Contact, error)
	Customer(ctx context.Context, id string) (records.Customer, error)
	Customers(ctx context.Context, part string, limit int) ([]records.Customer, error)
	AddCustomer(ctx context.Context, c records.Customer) (records.Customer, error)
	AddPerson(ctx context.Context, customer records.Customer, contact records.Contact) (records.Contact, error)
	UpdateCustomer(ctx context.Context, c records.Customer) (records.Customer, error)
	Contact(ctx context.Context, id string) (records.Contact, error)
	Contacts(ctx context.Context, customerID string) ([]records.Contact, error)
	AddContact(ctx context.Context, c records.Contact) (records.Contact, error)
	UpdateContact(ctx context.Context, c records.Contact) (records.Contact, error)
	ReadNumber(raw string) (e164 string, ok bool)
	Recognise(ctx context.Context, number string) (records.Recognition, error)
	Cases(ctx context.Context, f records.CaseFilter) (records.Page[records.Case], error)
	Orders(ctx context.Context, f records.OrderFilter) (records.Page[records.Order], error)
	Procedures() []procedure.Definition
	AuditLog(ctx context.Context, f records.AuditFilter) (records.Page[records.AuditEntry], error)
	Users(ctx context.Context) ([]records.User, error)
}

// Centre is a service centre of the operator's.
type Centre struct {
	Code string
	Name records.Bilingual
}

// Options says what the pages are made of. Pages and Records are required.
type Options struct {
	Pages   *ui.Pages
	Records Records
	Centres []Centre
	Log     *slog.Logger
}

// Customers serves the pages.
type Customers struct {
	opt   Options
	pages *ui.Pages
	store Records
	log   *slog.Logger
}

// New makes the pages; Mount shows them.
func New(o Options) *Customers {
	return &Customers{opt: o, pages: o.Pages, store: o.Records, log: cmp.Or(o.Log, slog.Default()).With("component", "customers")}
}

// Mount adds the pages to the site.
func (c *Customers) Mount(r ui.Router) {
	readers := []string{records.RoleAgent, records.RoleSupervisor, records.RoleDispatcher}
	managers := []string{records.RoleSupervisor, records.RoleDispatcher}
	r.Page("GET /customers", readers, c.list)
	r.Page("GET /customers/new", managers, c.create)
	r.Page("POST /customers/new/alike", managers, c.alike)
	r.Page("POST /customers", managers, c.add)
	r.Page("GET /customers/{id}", readers, c.show)
	r.Page("GET /customers/{id}/edit", managers, c.edit)
	r.Page("POST /customers/{id}", managers, c.save)
	r.Page("GET /customers/{id}/contacts/new", readers, c.newContact)
	r.Page("POST /customers/{id}/contacts", readers, c.addContact)
	r.Page("GET /customers/{id}/contacts/{contact}", readers, c.editContact)
	r.Page("POST /customers/{id}/contacts/{contact}", readers, c.saveContact)
}

// nobody stands in the address for the customer of somebody who has none.
const nobody = "-"

func placeOf(customer string) string { return "/customers/" + url.PathEscape(cmp.Or(customer, nobody)) }

// manages says who keeps all customers' data.
func manages(v ui.Visitor) bool {
	return v.Has(records.RoleSupervisor) || v.Has(records.RoleDispatcher)
}

// mayTouch says whether the visitor keeps the data of a customer's contacts, and so sees them whole: who manages, and the agent who owns an
// open case of theirs. contact is asked about for somebody without customer.
func (c *Customers) mayTouch(ctx context.Context, v ui.Visitor, customer, contact string) (bool, error) {
	if manages(v) {
		return true, nil
	}
	f := records.CaseFilter{Open: true, Owner: v.Login, Customer: customer, Limit: 1}
	if customer == "" {
		f.Contact = contact
	}
	if customer == "" && contact == "" || !v.Has(records.RoleAgent) {
		return false, nil
	}
	own, err := c.store.Cases(ctx, f)
	return len(own.Items) > 0, err
}

// errNotTheirs refuses an agent who owns no open case of the customer.
var errNotTheirs = errors.New("customers: no open case of this customer is theirs")

// fail answers for an error that no change of a form would mend.
func (c *Customers) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, key := http.StatusInternalServerError, "customers.trouble.internal"
	switch {
	case errors.Is(err, errNotTheirs):
		status, key = http.StatusForbidden, "customers.trouble.notyours"
	case errors.Is(err, records.ErrNotFound):
		status, key = http.StatusNotFound, "customers.trouble.unknown"
	case errors.Is(err, records.ErrInvalid):
		status, key = http.StatusUnprocessableEntity, "customers.trouble.cursor"
	case errors.Is(err, records.ErrBusy), errors.Is(err, context.DeadlineExceeded):
		status, key = http.StatusServiceUnavailable, "customers.trouble.busy"
	case errors.Is(err, context.Canceled):
	default:
		c.log.ErrorContext(r.Context(), "a page of customers failed", "path", r.Pattern, "err", err)
	}
	c.pages.Trouble(w, r, status, c.say(r, key), c.say(r, key+".do"))
}

func (c *Customers) say(r *http.Request, key string, args ...any) string {
	return c.pages.Say(ui.VisitorOf(r.Context()).Lang, key, args...)
}

// centre is the name of a service centre; one that the operator does not list is its own name.
func (c *Customers) centre(lang, code string) string {
	for _, known := range c.opt.Centres {
		if known.Code == code {
			return known.Name.In(lang)
		}
	}
	return code
}

package records

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Kinds of customers.
const (
	CustomerOrganisation = "organisation"
	CustomerPerson       = "person" // who is served in their own name
)

// Customer is who is served.
type Customer struct {
	ID            string    `db:"id"             json:"id"`
	Code          string    `db:"code"           json:"code,omitempty"` // the house's own number; only an import sets it
	Kind          string    `db:"kind"           json:"kind"`           // "organisation", "person"; "" in a change: as it is
	Name          string    `db:"name"           json:"name"`
	Region        string    `db:"region"         json:"region"`
	Address       string    `db:"address"        json:"address,omitempty"` // where engineers go
	ServiceCentre string    `db:"service_centre" json:"service_centre"`
	Agreement     string    `db:"agreement"      json:"agreement"` // what was agreed, in words
	VIP           bool      `db:"vip"            json:"vip"`
	Priority      int       `db:"priority"       json:"priority"` // 0…99, raises callers in the queue
	Notes         string    `db:"notes"          json:"notes"`
	CreatedAt     time.Time `db:"-"              json:"created_at"`
	UpdatedAt     time.Time `db:"-"              json:"updated_at"`
	Version       int64     `db:"version"        json:"version"`
}

type customerRow struct {
	Customer
	CreatedAt stamp `db:"created_at"`
	UpdatedAt stamp `db:"updated_at"`
}

func (r customerRow) customer() Customer {
	c := r.Customer
	c.CreatedAt, c.UpdatedAt = r.CreatedAt.time(), r.UpdatedAt.time()
	return c
}

func (c *Customer) check() error {
	c.Code, c.Name, c.Region, c.Address, c.ServiceCentre = line(c.Code), line(c.Name), line(c.Region), line(c.Address), line(c.ServiceCentre)
	c.Agreement, c.Notes = text(c.Agreement), text(c.Notes)
	var f faults
	f.required("name", c.Name, maxLine, "A customer needs a name.", "Enter the name of the organisation or the person.")
	f.missing(slices.Contains([]string{"", CustomerOrganisation, CustomerPerson}, c.Kind), "kind", "This kind of customer is unknown.", "Choose organisation or person.")
	f.short("region", c.Region, maxLine)
	f.short("address", c.Address, maxLine)
	f.short("service_centre", c.ServiceCentre, maxLine)
	f.short("agreement", c.Agreement, maxText)
	f.short("notes", c.Notes, maxText)
	if c.Priority < 0 || c.Priority > 99 {
		f.add("priority", "range", "Use 0 to 99.", "%d is no priority.", c.Priority)
	}
	return f.problem(ErrInvalid, "customer_invalid", "Mend the fields named.", "The customer cannot be stored like this.")
}

// AddCustomer stores a new customer, an organisation unless it is said to be a person; ID, times and Version are given by the store, and
// the audit log says so. Errors: ErrInvalid.
func (s *Store) AddCustomer(ctx context.Context, c Customer) (Customer, error) {
	if err := c.check(); err != nil {
		return Customer{}, err
	}
	err := s.write(ctx, "add customer", func(t *txn) (err error) {
		c, err = t.addCustomer(ctx, c)
		return err
	})
	return c, err
}

func (t *txn) addCustomer(ctx context.Context, c Customer) (Customer, error) {
	c.ID, c.CreatedAt, c.UpdatedAt, c.Version = newID(t.now), t.now, t.now, 1
	c.Kind = cmp.Or(c.Kind, CustomerOrganisation)
	if err := t.do(ctx, `INSERT INTO customers
		(id, code, kind, name, region, address, service_centre, agreement, vip, priority, notes, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.ID, c.Code, c.Kind, c.Name, c.Region, c.Address, c.ServiceCentre, c.Agreement, c.VIP, c.Priority, c.Notes, at(t.now), at(t.now)); err != nil {
		return Customer{}, err
	}
	return c, t.audit(ctx, AuditEntry{Action: "customer.add", Object: c.ID, Data: customerChanges(Customer{}, c)})
}

// UpdateCustomer replaces what is known of c.ID, if c.Version is still the newest; the audit log says what changed. Errors: ErrInvalid, ErrNotFound, ErrConflict.
func (s *Store) UpdateCustomer(ctx context.Context, c Customer) (Customer, error) {
	if err := c.check(); err != nil {
		return Customer{}, err
	}
	var out Customer
	err := s.write(ctx, "update customer", func(t *txn) error {
		old, err := t.customer(ctx, c.ID)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `UPDATE customers SET kind = ?, name = ?, region = ?, address = ?, service_centre = ?, agreement = ?, vip = ?,
			priority = ?, notes = ?, updated_at = ?, version = version + 1 WHERE id = ? AND version = ?`,
			cmp.Or(c.Kind, old.Kind), c.Name, c.Region, c.Address, c.ServiceCentre, c.Agreement, c.VIP, c.Priority, c.Notes, at(t.now), c.ID, c.Version)
		if err != nil {
			return err
		}
		if out, err = t.customer(ctx, c.ID); err != nil {
			return err
		}
		if n == 0 {
			return stale("customer", c.ID, c.Version, out.Version)
		}
		if err := t.audit(ctx, AuditEntry{Action: "customer.change", Object: c.ID, Data: customerChanges(old, out)}); err != nil {
			return err
		}
		return t.touchCustomer(ctx, c.ID)
	})
	return out, err
}

// Customer gives one customer. Errors: ErrNotFound.
func (s *Store) Customer(ctx context.Context, id string) (Customer, error) {
	c, err := s.read().customer(ctx, id)
	return c, s.explain("customer", err)
}

// Customers lists customers whose name contains part, by name, at most limit (50 when 0).
func (s *Store) Customers(ctx context.Context, part string, limit int) ([]Customer, error) {
	var rows []customerRow
	err := s.read().list(ctx, &rows, `SELECT * FROM customers WHERE name LIKE ? ESCAPE '!' ORDER BY name, id LIMIT ?`,
		containing(part), pageLimit(limit))
	return mapped(rows, customerRow.customer), s.explain("customers", err)
}

func (c conn) customer(ctx context.Context, id string) (Customer, error) {
	var row customerRow
	found, err := c.find(ctx, &row, `SELECT * FROM customers WHERE id = ?`, id)
	if err == nil && !found {
		err = notFound("customer", id)
	}
	return row.customer(), err
}

package records

import (
	"context"
	"slices"
)

// writeCustomers does what the plan says. New ones go in many at a time: others wait for the database meanwhile.
func (t *txn) writeCustomers(ctx context.Context, p *importPlan, deeds []*customerDeed) error {
	ids := make([]string, len(deeds))
	var customers [][]any
	for i, d := range deeds {
		ids[i] = d.Old.ID
		switch {
		case ids[i] == "":
			ids[i] = newID(t.now)
			customers = append(customers, []any{
				ids[i], d.New.Code, d.New.Name, d.New.Region, d.New.Address, d.New.ServiceCentre, d.New.Agreement, d.New.VIP, d.New.Priority, d.New.Notes, at(t.now), at(t.now),
			})
		case d.New != d.Old:
			if err := t.changeCustomer(ctx, d.New); err != nil {
				return err
			}
		}
	}
	if err := t.insertMany(ctx, `INSERT INTO customers (id, code, name, region, address, service_centre, agreement, vip, priority, notes, created_at, updated_at)`, customers); err != nil {
		return err
	}
	var contacts, numbers [][]any
	for i, d := range deeds {
		for _, k := range d.Contacts {
			id, from := k.Old.ID, len(k.Old.Numbers)
			switch {
			case id == "":
				id = newID(t.now)
				contacts = append(contacts, []any{id, ids[i], k.New.Name, k.New.Email, k.New.Notes, at(t.now), at(t.now)})
			case k.changed():
				if err := t.do(ctx, `UPDATE contacts SET customer_id = COALESCE(customer_id, ?), name = ?, email = ?, notes = ?, updated_at = ?,
					version = version + 1 WHERE id = ?`, ids[i], k.New.Name, k.New.Email, k.New.Notes, at(t.now), id); err != nil {
					return err
				}
			}
			for j, n := range k.New.Numbers[from:] {
				t.touch(n.Number)
				numbers = append(numbers, []any{id, n.Number, n.Label, from + j})
			}
		}
		if i%500 == 0 {
			p.file.progress(i, len(deeds))
		}
	}
	if err := t.insertMany(ctx, `INSERT INTO contacts (id, customer_id, name, email, notes, created_at, updated_at)`, contacts); err != nil {
		return err
	}
	return t.insertMany(ctx, `INSERT INTO contact_numbers (contact_id, number, label, position)`, numbers)
}

func (k *contactDeed) changed() bool {
	return k.Old.CustomerID == "" || k.New.Name != k.Old.Name || k.New.Email != k.Old.Email || k.New.Notes != k.Old.Notes ||
		!slices.Equal(k.New.Numbers, k.Old.Numbers)
}

func (t *txn) changeCustomer(ctx context.Context, c Customer) error {
	if err := t.do(ctx, `UPDATE customers SET code = ?, name = ?, region = ?, address = ?, service_centre = ?, agreement = ?, vip = ?, priority = ?, notes = ?,
		updated_at = ?, version = version + 1 WHERE id = ?`,
		c.Code, c.Name, c.Region, c.Address, c.ServiceCentre, c.Agreement, c.VIP, c.Priority, c.Notes, at(t.now), c.ID); err != nil {
		return err
	}
	return t.touchCustomer(ctx, c.ID)
}

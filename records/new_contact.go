package records

import "context"

// AddPerson stores a new contact together with a new customer, or neither; the audit log says so of both. Errors: ErrInvalid; the names of a customer's
// fields begin with "customer.".
func (s *Store) AddPerson(ctx context.Context, customer Customer, contact Contact) (Contact, error) {
	var f faults
	for prefix, err := range map[string]error{"customer.": customer.check(), "": s.check(&contact)} {
		if p, ok := err.(*Problem); ok { //nolint:errorlint // check gives nothing else, and nothing wrapped
			for _, fault := range p.Fields {
				fault.Name = prefix + fault.Name
				f = append(f, fault)
			}
		}
	}
	if err := f.problem(ErrInvalid, "contact_invalid", "Mend the fields named.", "The contact cannot be stored like this."); err != nil {
		return Contact{}, err
	}
	var out Contact
	err := s.write(ctx, "add person", func(t *txn) (err error) {
		if customer, err = t.addCustomer(ctx, customer); err != nil {
			return err
		}
		contact.CustomerID = customer.ID
		out, err = t.addContact(ctx, contact)
		return err
	})
	return out, err
}

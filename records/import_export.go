package records

import (
	"context"
	"strconv"
	"strings"
)

// exportBatch is how many customers are read at a time.
const exportBatch = 200

// ExportCustomers tells all customers row by row, in the fields and the order in which they are imported: what is exported can be changed in
// a spreadsheet and imported again.
func (s *Store) ExportCustomers(ctx context.Context, tell func(cells []string) error) error {
	after := ""
	for {
		var rows []customerRow
		if err := s.read().list(ctx, &rows, `SELECT * FROM customers WHERE id > ? ORDER BY id LIMIT ?`, after, exportBatch); err != nil {
			return s.explain("export customers", err)
		}
		if len(rows) == 0 {
			return nil
		}
		for _, r := range rows {
			after = r.ID
			contacts, err := s.Contacts(ctx, r.ID)
			if err != nil {
				return err
			}
			if len(contacts) == 0 {
				contacts = []Contact{{}}
			}
			for _, k := range contacts {
				if err := tell(customerCells(r.Customer, k)); err != nil {
					return err
				}
			}
		}
	}
}

func customerCells(c Customer, k Contact) []string {
	numbers := make([]string, len(k.Numbers))
	for i, n := range k.Numbers {
		numbers[i] = n.Number
	}
	return []string{
		c.Code, c.Name, c.Region, c.Address, c.ServiceCentre, c.Agreement, yesNo(c.VIP), strconv.Itoa(c.Priority), c.Notes, k.Name, strings.Join(numbers, "; "), k.Email, k.Notes,
	}
}

// ExportProducts tells all products and their categories likewise.
func (s *Store) ExportProducts(ctx context.Context, tell func(cells []string) error) error {
	all, err := s.Products(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := tell([]string{p.Code, p.Name.Zh, p.Name.En, "", "", "", yesNo(p.InUse)}); err != nil {
			return err
		}
		for _, c := range p.Categories {
			if err := tell([]string{p.Code, p.Name.Zh, p.Name.En, c.Code, c.Name.Zh, c.Name.En, yesNo(c.InUse)}); err != nil {
				return err
			}
		}
	}
	return nil
}

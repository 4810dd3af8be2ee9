package records

import (
	"context"
	"slices"
	"strconv"
)

// findCustomers finds which customers the file means: by code; else the only one of that name.
func (c conn) findCustomers(ctx context.Context, p *importPlan, deeds []*customerDeed) error {
	var codes, names []string
	for _, d := range deeds {
		codes, names = append(codes, d.New.Code), append(names, d.New.Name)
	}
	byCode, byName := map[string]Customer{}, map[string][]Customer{}
	rows, err := within[customerRow](ctx, c, `SELECT * FROM customers WHERE code <> '' AND code IN (?)`, codes)
	if err != nil {
		return err
	}
	for _, r := range rows {
		byCode[r.Code] = r.customer()
	}
	if rows, err = within[customerRow](ctx, c, `SELECT * FROM customers WHERE name IN (?) ORDER BY id`, distinct(names)); err != nil {
		return err
	}
	for _, r := range rows {
		byName[r.Name] = append(byName[r.Name], r.customer())
	}
	taken := map[string]int{} // id → row that means it
	for _, d := range deeds {
		old, there := byCode[d.New.Code]
		if d.New.Code == "" || !there {
			same := byName[d.New.Name]
			if d.New.Code != "" { // one that has a code has another one: this is somebody else
				same = slices.DeleteFunc(slices.Clone(same), func(c Customer) bool { return c.Code != "" })
			}
			if len(same) > 1 {
				p.fault(d.rows[0], "name", "ambiguous", "")
			}
			if len(same) == 1 {
				old = same[0]
			}
		}
		if first, twice := taken[old.ID]; twice && old.ID != "" {
			p.fault(d.rows[0], "code", "twice", strconv.Itoa(p.rows[first].Line))
			continue
		}
		taken[old.ID] = d.rows[0]
		d.Old = old
	}
	return nil
}

func distinct(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

// known are the contacts that a file may mean.
type known struct {
	ofCustomer map[string][]Contact // by customer
	byNumber   map[string][]Contact // by number, whoever's they are
}

// peopleOf reads the contacts of the customers of a file, and those who have one of its numbers.
func (c conn) peopleOf(ctx context.Context, deeds []*customerDeed) (known, error) {
	var ids, numbers []string
	for _, d := range deeds {
		if d.Old.ID != "" {
			ids = append(ids, d.Old.ID)
		}
		for _, k := range d.Contacts {
			for _, n := range k.New.Numbers {
				numbers = append(numbers, n.Number)
			}
		}
	}
	rows, err := within[contactRow](ctx, c, selectContact+`WHERE k.customer_id IN (?) ORDER BY k.id`, ids)
	if err != nil {
		return known{}, err
	}
	more, err := within[contactRow](ctx, c, selectContact+`WHERE k.id IN (SELECT contact_id FROM contact_numbers WHERE number IN (?)) ORDER BY k.id`, distinct(numbers))
	if err != nil {
		return known{}, err
	}
	all := map[string]*Contact{}
	var order []string
	for _, r := range slices.Concat(rows, more) {
		if all[r.ID] == nil {
			k := r.Contact
			k.Numbers = []Number{}
			all[r.ID] = &k
			order = append(order, r.ID)
		}
	}
	type numberRow struct {
		Contact string `db:"contact_id"`
		Number
	}
	theirs, err := within[numberRow](ctx, c, `SELECT contact_id, number, label FROM contact_numbers WHERE contact_id IN (?) ORDER BY contact_id, position`, order)
	if err != nil {
		return known{}, err
	}
	for _, n := range theirs {
		all[n.Contact].Numbers = append(all[n.Contact].Numbers, n.Number)
	}
	out := known{ofCustomer: map[string][]Contact{}, byNumber: map[string][]Contact{}}
	for _, id := range order {
		k := *all[id]
		if k.CustomerID != "" {
			out.ofCustomer[k.CustomerID] = append(out.ofCustomer[k.CustomerID], k)
		}
		for _, n := range k.Numbers {
			out.byNumber[n.Number] = append(out.byNumber[n.Number], k)
		}
	}
	return out, nil
}

// customer completes what becomes of a customer: empty cells leave what is there.
func (p *importPlan) customer(d *customerDeed) {
	said := d.New
	row := d.rows[0]
	if d.Old.ID == "" {
		if said.Name == "" {
			p.fault(row, "name", "missing", "")
		}
		p.mark(row, rowNew)
		return
	}
	d.New = d.Old
	var changes []ImportChange
	change := func(field string, to *string, v string) {
		if _, is := d.said[field]; is && *to != v {
			changes = append(changes, ImportChange{field, *to, v})
			*to = v
		}
	}
	change("code", &d.New.Code, said.Code)
	change("name", &d.New.Name, said.Name)
	change("region", &d.New.Region, said.Region)
	change("address", &d.New.Address, said.Address)
	change("service_centre", &d.New.ServiceCentre, said.ServiceCentre)
	change("agreement", &d.New.Agreement, said.Agreement)
	change("notes", &d.New.Notes, said.Notes)
	vip, priority := yesNo(d.New.VIP), strconv.Itoa(d.New.Priority)
	change("vip", &vip, yesNo(said.VIP))
	change("priority", &priority, strconv.Itoa(said.Priority))
	if _, is := d.said["vip"]; is {
		d.New.VIP = said.VIP
	}
	if _, is := d.said["priority"]; is {
		d.New.Priority = said.Priority
	}
	if len(changes) > 0 {
		p.mark(row, rowChanged, changes...)
	}
}

// contact finds whom a contact of the file means, by number, else by name, and completes what becomes of them.
func (p *importPlan) contact(d *customerDeed, k *contactDeed, people known) {
	row := k.rows[0]
	mine := people.ofCustomer[d.Old.ID]
	for _, n := range k.New.Numbers {
		for _, other := range people.byNumber[n.Number] {
			switch {
			case other.CustomerID == "" && other.Name == k.New.Name: // somebody who called before anybody knew where from
				mine = append(slices.Clone(mine), other)
			case other.CustomerID != "" && d.Old.ID == "" && d.New.Code == "":
				// A new customer without a code whose number is somebody else's is more likely the same one under another name.
				p.fault(row, "contact.numbers", "number_of_other", other.CustomerName)
			}
		}
	}
	for _, old := range mine {
		shared := slices.ContainsFunc(old.Numbers, func(n Number) bool {
			return slices.ContainsFunc(k.New.Numbers, func(m Number) bool { return m.Number == n.Number })
		})
		if k.Old.ID == "" && shared || old.Name == k.New.Name { // the name decides when several share a number
			k.Old = old
		}
	}
	said := k.New
	if k.Old.ID == "" {
		p.mark(row, rowNew)
		return
	}
	k.New = k.Old
	var changes []ImportChange
	change := func(field string, to *string, v string) {
		if v != "" && *to != v {
			changes = append(changes, ImportChange{field, *to, v})
			*to = v
		}
	}
	change("contact.name", &k.New.Name, said.Name)
	change("contact.email", &k.New.Email, said.Email)
	change("contact.notes", &k.New.Notes, said.Notes)
	k.New.Numbers = joinNumbers(k.Old.Numbers, said.Numbers)
	for _, n := range k.New.Numbers[len(k.Old.Numbers):] {
		changes = append(changes, ImportChange{"contact.numbers", "", n.Number})
	}
	if k.Old.CustomerID == "" {
		changes = append(changes, ImportChange{"name", "", d.New.Name})
	}
	if len(k.New.Numbers) > 20 {
		p.fault(row, "contact.numbers", "too_many", "")
	}
	if len(changes) > 0 {
		p.mark(row, rowChanged, changes...)
	}
}

package records

import (
	"context"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// customerDeed is what an import does to one customer and its contacts. Old is what the records hold now.
type customerDeed struct {
	Old, New Customer // Old.ID "": there is none yet
	Contacts []*contactDeed
	rows     []int
	said     map[string]int // by field: the row that said it first
}

// contactDeed is what it does to one contact.
type contactDeed struct {
	Old, New Contact
	rows     []int
}

// numberSeparators stand between several numbers of one cell.
var numberSeparators = regexp.MustCompile(`[;；,，、/|\n]+`)

// planCustomers: a row names a customer, by its code or else by its name, and a contact of it where it has one. Empty cells leave what is there.
func (s *Store) planCustomers(ctx context.Context, c conn, p *importPlan) error {
	deeds := s.customersOfFile(p)
	if err := c.findCustomers(ctx, p, deeds); err != nil {
		return err
	}
	people, err := c.peopleOf(ctx, deeds)
	if err != nil {
		return err
	}
	for i, d := range deeds {
		p.customer(d)
		for _, k := range d.Contacts {
			p.contact(d, k, people)
		}
		if i%1000 == 0 {
			p.file.progress(i, len(deeds))
		}
	}
	p.deeds = deeds
	p.write = func(ctx context.Context, t *txn) error { return t.writeCustomers(ctx, p, deeds) }
	return nil
}

// customersOfFile gathers rows that mean the same customer, and checks what each row says by itself.
func (s *Store) customersOfFile(p *importPlan) []*customerDeed {
	var deeds []*customerDeed
	byCode, byName := map[string]*customerDeed{}, map[string][]*customerDeed{}
	for row := range p.rows {
		code, name := p.cell(row, "code"), p.cell(row, "name")
		if code == "" && name == "" {
			p.fault(row, "name", "missing", "")
			continue
		}
		d := byCode[code]
		if code == "" || d == nil {
			d = nil
			same := byName[name]
			if name != "" && code != "" { // a row before it, without the code
				same = slices.DeleteFunc(slices.Clone(same), func(d *customerDeed) bool { return d.New.Code != "" })
			}
			switch {
			case name != "" && len(same) == 1:
				d = same[0]
			case name != "" && len(same) > 1:
				p.fault(row, "name", "ambiguous", "")
				continue
			}
		}
		if d == nil {
			d = &customerDeed{said: map[string]int{}}
			deeds = append(deeds, d)
		}
		d.rows = append(d.rows, row)
		p.say(d, row)
		if code != "" {
			byCode[code] = d
		}
		if name != "" && !slices.Contains(byName[name], d) {
			byName[name] = append(byName[name], d)
		}
		s.contactOfRow(p, d, row)
	}
	return deeds
}

// say notes what a row says of its customer. Two rows must not say different things.
func (p *importPlan) say(d *customerDeed, row int) {
	for field, to := range map[string]*string{
		"code": &d.New.Code, "name": &d.New.Name, "region": &d.New.Region, "address": &d.New.Address, "service_centre": &d.New.ServiceCentre, "agreement": &d.New.Agreement, "notes": &d.New.Notes,
	} {
		if v := p.cell(row, field); p.new(d, row, field, v, *to) {
			*to = v
			limit := maxLine
			switch field {
			case "agreement", "notes":
				limit = maxText
			case "code":
				limit = 64
			}
			if len([]rune(v)) > limit {
				p.fault(row, field, "too_long", "")
			}
		}
	}
	if v := p.cell(row, "vip"); v != "" {
		vip, ok := yes(v)
		if !ok {
			p.fault(row, "vip", "yes_no", "")
		} else if p.new(d, row, "vip", yesNo(vip), yesNo(d.New.VIP)) {
			d.New.VIP = vip
		}
	}
	if v := p.cell(row, "priority"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > 99 {
			p.fault(row, "priority", "range", "")
		} else if p.new(d, row, "priority", strconv.Itoa(n), strconv.Itoa(d.New.Priority)) {
			d.New.Priority = n
		}
	}
}

// new reports whether a row is the first to say something of a field; what contradicts an earlier row is a fault.
func (p *importPlan) new(d *customerDeed, row int, field, v, before string) bool {
	if v == "" {
		return false
	}
	first, said := d.said[field]
	if !said {
		d.said[field] = row
		return true
	}
	if v != before {
		p.fault(row, field, "conflict", before+" ("+strconv.Itoa(p.rows[first].Line)+")")
	}
	return false
}

// contactOfRow adds the contact that a row names, if it does.
func (s *Store) contactOfRow(p *importPlan, d *customerDeed, row int) {
	name, email := p.cell(row, "contact.name"), p.cell(row, "contact.email")
	k := Contact{Name: name, Email: email, Notes: p.cell(row, "contact.notes"), Numbers: []Number{}}
	for _, raw := range numberSeparators.Split(p.cell(row, "contact.numbers"), -1) {
		if raw = strings.TrimSpace(raw); raw == "" {
			continue
		}
		e164, ok := Normalise(raw, s.opt.Region)
		if !ok {
			p.fault(row, "contact.numbers", "not_a_number", clip(raw, 40))
			continue
		}
		if !slices.ContainsFunc(k.Numbers, func(n Number) bool { return n.Number == e164 }) {
			k.Numbers = append(k.Numbers, Number{Number: e164})
		}
	}
	if name == "" {
		if email+k.Notes != "" || len(k.Numbers) > 0 || p.cell(row, "contact.numbers") != "" {
			p.fault(row, "contact.name", "missing", "")
		}
		return
	}
	p.tooLong(row, "contact.name")
	p.tooLong(row, "contact.email")
	if email != "" {
		if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
			p.fault(row, "contact.email", "email", "")
		}
	}
	for _, known := range d.Contacts {
		if known.New.Name == name { // the same person again, with another number
			known.rows = append(known.rows, row)
			known.New.Numbers = joinNumbers(known.New.Numbers, k.Numbers)
			set(&known.New.Email, k.Email)
			set(&known.New.Notes, k.Notes)
			return
		}
	}
	d.Contacts = append(d.Contacts, &contactDeed{New: k, rows: []int{row}})
}

// joinNumbers adds numbers that are not there yet.
func joinNumbers(have, more []Number) []Number {
	out := slices.Clone(have)
	for _, n := range more {
		if !slices.ContainsFunc(out, func(h Number) bool { return h.Number == n.Number }) {
			out = append(out, n)
		}
	}
	return out
}

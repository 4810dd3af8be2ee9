package web

import (
	"context"
	"slices"

	"hotline/queue"
	"hotline/records"
	"hotline/web/ui"
)

// keeper says whose data somebody keeps, and so sees whole; of the others they see numbers and addresses in part, as on the pages.
type keeper struct {
	all                 bool
	customers, contacts map[string]bool // of their open cases
}

// keeperOf: service managers and dispatchers keep all, an agent those whose open case is theirs.
func (s *Site) keeperOf(ctx context.Context, w *who) (keeper, error) {
	k := keeper{all: w.has(Supervisor) || w.has(Dispatcher), customers: map[string]bool{}, contacts: map[string]bool{}}
	if k.all {
		return k, nil
	}
	for cursor := ""; ; {
		page, err := s.opt.Records.Cases(ctx, records.CaseFilter{Open: true, Owner: w.Login, Cursor: cursor, Limit: 500})
		if err != nil {
			return k, err
		}
		for _, c := range page.Items {
			k.customers[c.CustomerID], k.contacts[c.ContactID] = true, true
		}
		if cursor = page.Next; cursor == "" {
			delete(k.customers, "") // nobody's case is not everybody's
			delete(k.contacts, "")
			return k, nil
		}
	}
}

// keeps is asked about a contact where there is no customer.
func (k keeper) keeps(customer, contact string) bool {
	return k.all || k.customers[customer] || customer == "" && k.contacts[contact]
}

// contact gives a contact as they may see it; asked is a number that they know.
func (k keeper) contact(c records.Contact, asked string) records.Contact {
	if k.keeps(c.CustomerID, c.ID) {
		return c
	}
	c.Email = ui.MaskMail(c.Email)
	c.Numbers = slices.Clone(c.Numbers)
	for i, n := range c.Numbers {
		if n.Number != asked {
			c.Numbers[i].Number = ui.MaskNumber(n.Number)
		}
	}
	return c
}

func (k keeper) customer(c records.Customer) records.Customer {
	if !k.keeps(c.ID, "") {
		c.Address = ui.MaskAddress(c.Address)
	}
	return c
}

// each applies what somebody may see to a list.
func each[T any](items []T, see func(T) T) []T {
	out := make([]T, len(items))
	for i, item := range items {
		out[i] = see(item)
	}
	return out
}

// discreetCase gives a case as somebody may see it. The caller's number is for its owner, for who is on its call and for whoever keeps the
// customer's data; that somebody else than the owner was told it is in the audit log.
func (s *Site) discreetCase(ctx context.Context, w *who, c records.Case) (records.Case, error) {
	if c.Caller == "" || c.Owner == w.Login {
		return c, nil
	}
	k, err := s.keeperOf(ctx, w)
	if err != nil {
		return c, err
	}
	if !k.keeps(c.CustomerID, c.ContactID) && !s.onCallOf(w, c.Number) {
		c.Caller = ui.MaskNumber(c.Caller)
		return c, nil
	}
	return c, s.opt.Records.Audit(ctx, records.AuditEntry{By: w.Login, Action: "case.number-read", Object: c.Number})
}

func (s *Site) onCallOf(w *who, number string) bool {
	return slices.ContainsFunc(s.opt.Calls.Calls(), func(live queue.CallView) bool {
		return live.Case == number && own(w, &callItem{Live: &live})
	})
}

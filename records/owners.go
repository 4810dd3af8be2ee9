package records

import (
	"context"
	"slices"
)

// NumberOwner is what the queue must know of a caller before anybody answers (I3): whom their open cases belong to, and
// how urgent they are.
type NumberOwner struct {
	Number   string
	Owners   []string // owners of open cases, the one touched last first
	Team     string   // of the first owner
	Priority int      // 0…99
}

// What raises a caller's priority beside the customer's own figure.
const (
	priorityVIP      = 20
	priorityCritical = 20
	priorityHigh     = 10
)

// OnOwnerChange calls f with every number whose owners or priority may have changed, after the change is durable. f is
// called by the goroutine that made the change: it hands the number on and returns. Changes by other processes are not seen.
func (s *Store) OnOwnerChange(f func(number string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owners = append(slices.Clone(s.owners), f)
}

// NumberOwner tells how a number stands now; no owners and priority 0 for one that means nothing special.
func (s *Store) NumberOwner(ctx context.Context, number string) (NumberOwner, error) {
	var out NumberOwner
	err := s.snapshot(ctx, "number owner", func(c conn) (err error) {
		out, err = c.numberOwner(ctx, s.callerKey(number))
		return err
	})
	return out, err
}

// OpenCaseOwners lists every number that leads to an open case or has a priority: what the queue's projection is rebuilt from.
func (s *Store) OpenCaseOwners(ctx context.Context) ([]NumberOwner, error) {
	out := []NumberOwner{}
	err := s.snapshot(ctx, "open case owners", func(c conn) error {
		var numbers []string
		if err := c.list(ctx, &numbers, `SELECT caller FROM cases WHERE closed_at IS NULL AND caller <> ''
			UNION SELECT n.number FROM contact_numbers n JOIN cases s ON s.contact_id = n.contact_id WHERE s.closed_at IS NULL
			UNION SELECT n.number FROM contact_numbers n JOIN contacts k ON k.id = n.contact_id
				JOIN customers c ON c.id = k.customer_id WHERE c.vip = TRUE OR c.priority > 0
			ORDER BY 1`); err != nil {
			return err
		}
		for _, number := range numbers {
			o, err := c.numberOwner(ctx, number)
			if err != nil {
				return err
			}
			if len(o.Owners) > 0 || o.Priority > 0 {
				out = append(out, o)
			}
		}
		return nil
	})
	return out, err
}

func (c conn) numberOwner(ctx context.Context, number string) (NumberOwner, error) {
	out := NumberOwner{Number: number, Owners: []string{}}
	if number == "" {
		return out, nil
	}
	cases, err := c.openCasesOf(ctx, number, 20)
	if err != nil {
		return out, err
	}
	severity := 0
	for _, k := range cases {
		if !slices.Contains(out.Owners, k.Owner) {
			out.Owners = append(out.Owners, k.Owner)
		}
		switch k.Severity {
		case SeverityCritical:
			severity = max(severity, priorityCritical)
		case SeverityHigh:
			severity = max(severity, priorityHigh)
		}
	}
	if len(cases) > 0 {
		out.Team = cases[0].OwnerTeam
	}
	var customers []struct {
		VIP      bool `db:"vip"`
		Priority int  `db:"priority"`
	}
	if err := c.list(ctx, &customers, `SELECT DISTINCT c.vip, c.priority FROM customers c JOIN contacts k ON k.customer_id = c.id
		JOIN contact_numbers n ON n.contact_id = k.id WHERE n.number = ?`, number); err != nil {
		return out, err
	}
	standing := 0
	for _, k := range customers {
		p := k.Priority
		if k.VIP {
			p += priorityVIP
		}
		standing = max(standing, p)
	}
	out.Priority = min(99, standing+severity)
	return out, nil
}

// touch notes that a number's owners may change with this transaction.
func (t *txn) touch(number string) {
	if number != "" {
		t.numbers[number] = struct{}{}
	}
}

// OnCase calls f with the number of a case after every change that its page shows, once it is durable: owner, state, facts, notes,
// calls, orders, follow-up. f must not block: it belongs to who made the change. Only this process's changes are heard.
func (s *Store) OnCase(f func(number string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.caseChanges = append(s.caseChanges, f)
}

// seen notes that the page of a case changes with this transaction.
func (t *txn) seen(number string) {
	if number != "" {
		t.cases[number] = struct{}{}
	}
}

// touchCase notes all numbers that lead to a case.
func (t *txn) touchCase(ctx context.Context, number string) error {
	t.seen(number)
	var numbers []string
	err := t.list(ctx, &numbers, `SELECT caller FROM cases WHERE number = ?
		UNION SELECT n.number FROM contact_numbers n JOIN cases s ON s.contact_id = n.contact_id WHERE s.number = ?`, number, number)
	for _, n := range numbers {
		t.touch(n)
	}
	return err
}

// touchCustomer notes all numbers of a customer's contacts.
func (t *txn) touchCustomer(ctx context.Context, id string) error {
	var numbers []string
	err := t.list(ctx, &numbers, `SELECT n.number FROM contact_numbers n JOIN contacts k ON k.id = n.contact_id
		WHERE k.customer_id = ?`, id)
	for _, n := range numbers {
		t.touch(n)
	}
	return err
}

package records

import (
	"context"
	"fmt"
	"time"

	"hotline/records/procedure"
)

// visitProcedure is the procedure of a regular visit (configs/procedures/visit.yaml).
const visitProcedure = "visit"

// VisitPlan says how often the service manager visits a customer (domain description §4, step 4).
type VisitPlan struct {
	CustomerID   string    `db:"customer_id"   json:"customer_id"`
	CustomerName string    `db:"customer_name" json:"customer_name"`
	Months       int       `db:"months"        json:"months"`
	Manager      string    `db:"manager"       json:"manager"`
	Reason       string    `db:"reason"        json:"reason"` // the agreement it follows from
	NextAt       time.Time `db:"-"             json:"next_at"`
	Order        string    `db:"order_number"  json:"order,omitempty"` // of the visit that is under way
	Version      int64     `db:"version"       json:"version"`
}

type visitPlanRow struct {
	VisitPlan
	NextAt stamp `db:"next_at"`
}

func (r visitPlanRow) plan() VisitPlan {
	p := r.VisitPlan
	p.NextAt = r.NextAt.time()
	return p
}

const selectVisitPlan = `SELECT p.customer_id, c.name AS customer_name, p.months, p.manager, p.reason, p.next_at, p.order_number, p.version
	FROM visit_plans p JOIN customers c ON c.id = p.customer_id`

// SetVisitPlan plans regular visits of a customer, or changes the plan. Errors: ErrNotFound, ErrForbidden, ErrIncomplete.
func (s *Store) SetVisitPlan(ctx context.Context, by string, p VisitPlan) (VisitPlan, error) {
	p.Reason = text(p.Reason)
	var out VisitPlan
	err := s.write(ctx, "set visit plan", func(t *txn) error {
		user, err := t.user(ctx, by)
		if err != nil {
			return err
		}
		if !user.Is(RoleSupervisor) {
			return notManager()
		}
		var f faults
		f.missing(p.Months >= 1 && p.Months <= 36, "months", "How often is missing.", "Write every how many months, 1 to 36.")
		f.missing(!p.NextAt.IsZero(), "next", "The next visit's date is missing.", "Choose when the next visit is due.")
		f.missing(p.Manager != "", "manager", "Who visits is missing.", "Choose the service manager.")
		f.short("reason", p.Reason, maxText)
		if err := f.problem(ErrIncomplete, "visit_incomplete", "Fill in the fields named.", "The plan is not complete."); err != nil {
			return err
		}
		if _, err := t.customer(ctx, p.CustomerID); err != nil {
			return err
		}
		if _, err := t.colleague(ctx, p.Manager); err != nil {
			return err
		}
		if err := t.do(ctx, `INSERT INTO visit_plans (customer_id, months, manager, reason, next_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (customer_id) DO UPDATE SET months = excluded.months, manager = excluded.manager, reason = excluded.reason,
			next_at = excluded.next_at, version = visit_plans.version + 1`, p.CustomerID, p.Months, p.Manager, p.Reason, at(p.NextAt)); err != nil {
			return err
		}
		if err := t.audit(ctx, AuditEntry{By: by, Action: "visit.plan", Object: p.CustomerID, Reason: p.Reason, Data: fmt.Sprintf("every %d months", p.Months)}); err != nil {
			return err
		}
		var row visitPlanRow
		if _, err := t.find(ctx, &row, selectVisitPlan+` WHERE p.customer_id = ?`, p.CustomerID); err != nil {
			return err
		}
		out = row.plan()
		return nil
	})
	return out, err
}

// VisitPlans lists the plans, the next visit first. Errors: ErrInvalid (cursor).
func (s *Store) VisitPlans(ctx context.Context, from string, limit int) (Page[VisitPlan], error) {
	after := cursor{}
	if from != "" {
		var err error
		if after, err = parseCursor(from); err != nil {
			return Page[VisitPlan]{}, err
		}
	}
	var q query
	q.and("p.next_at > ? OR (p.next_at = ? AND p.customer_id > ?)", int64(after.at), int64(after.at), after.key)
	n := pageLimit(limit)
	var rows []visitPlanRow
	if err := s.read().list(ctx, &rows, q.sql(selectVisitPlan, "p.next_at, p.customer_id", n), q.args...); err != nil {
		return Page[VisitPlan]{}, s.explain("visit plans", err)
	}
	page := Page[VisitPlan]{Items: mapped(rows, visitPlanRow.plan)}
	if len(rows) == n {
		page.Next = cursor{rows[n-1].NextAt, rows[n-1].CustomerID}.String()
	}
	return page, nil
}

// visitAhead is how long before its day a visit's order is opened, to agree the time with the customer.
const visitAhead = 14 * 24 * time.Hour

// sweepVisits opens the orders of visits that come due, and plans the next visit when one has ended: the months count from the
// planned date, so that a late visit does not move the rhythm.
func (t *txn) sweepVisits(ctx context.Context, now time.Time) (int, error) {
	var rows []visitPlanRow
	if err := t.list(ctx, &rows, selectVisitPlan+` LEFT JOIN orders o ON o.number = p.order_number
		WHERE p.order_number = '' AND p.next_at <= ? OR o.ended_at IS NOT NULL ORDER BY p.next_at, p.customer_id LIMIT ?`, at(now.Add(visitAhead)), sweepBatch); err != nil {
		return 0, err
	}
	for _, r := range rows {
		p := r.plan()
		if p.Order != "" {
			next := p.NextAt.AddDate(0, p.Months, 0)
			for next.Before(now) {
				next = next.AddDate(0, p.Months, 0)
			}
			if err := t.do(ctx, `UPDATE visit_plans SET order_number = '', next_at = ?, version = version + 1 WHERE customer_id = ?`, at(next), p.CustomerID); err != nil {
				return 0, err
			}
			continue
		}
		if !hasProcedure(t.s.opt.Procedures, visitProcedure) {
			return 0, nil
		}
		if err := t.openVisit(ctx, p); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

func (t *txn) openVisit(ctx context.Context, p VisitPlan) error {
	in := OpenOrder{Procedure: visitProcedure, CustomerID: p.CustomerID, Manager: p.Manager, Engineer: p.Manager, RespondBy: p.NextAt.AddDate(0, 0, 1), Subject: p.CustomerName}
	var contact struct {
		ID     string `db:"id"`
		Name   string `db:"name"`
		Number string `db:"number"`
	}
	found, err := t.find(ctx, &contact, `SELECT k.id, k.name, n.number FROM contacts k JOIN contact_numbers n ON n.contact_id = k.id
		WHERE k.customer_id = ? ORDER BY k.created_at, k.id, n.position LIMIT 1`, p.CustomerID)
	if err != nil {
		return err
	}
	if found {
		in.ContactID, in.Contact, in.Number = contact.ID, contact.Name, contact.Number
	}
	o, err := t.openOrder(ctx, Actor{}, in)
	if err != nil {
		return err
	}
	if err := t.do(ctx, `UPDATE visit_plans SET order_number = ?, version = version + 1 WHERE customer_id = ?`, o.Number, p.CustomerID); err != nil {
		return err
	}
	return t.notice(ctx, Notice{
		Kind: NoticeVisit, Login: p.Manager, Detail: fmt.Sprintf("%s is to be visited by %s.", p.CustomerName, p.NextAt.In(t.s.opt.Zone).Format(time.DateOnly)),
	}, o.ID)
}

func hasProcedure(list []procedure.Definition, code string) bool {
	for _, d := range list {
		if d.Code == code {
			return true
		}
	}
	return false
}

package records

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hotline/records/procedure"
)

// QualityFilter narrows the quality report: orders by the time they were opened, cases by theirs. Empty fields do not narrow.
type QualityFilter struct {
	From, To  time.Time
	Centre    string
	Engineer  string // of orders; of the hotline's own rules, the case's owner
	Product   string
	Procedure string
}

// QualityRow counts how one rule was kept.
type QualityRow struct {
	Procedure string         `json:"procedure"`
	Rule      string         `json:"rule"`
	Name      procedure.Text `json:"name"`
	Proven    int            `json:"proven"`
	Waived    int            `json:"waived"`  // waived or overridden, with a reason
	Missing   int            `json:"missing"` // ended without proof, or past its time
	Pending   int            `json:"pending"`
}

// Judged is how many have a verdict.
func (r QualityRow) Judged() int { return r.Proven + r.Waived + r.Missing }

// QualityItem is one order, or one case, behind a number of the report.
type QualityItem struct {
	Order    string    `db:"number"      json:"order,omitempty"`
	Case     string    `db:"case_number" json:"case,omitempty"`
	Subject  string    `db:"subject"     json:"subject"`
	Customer string    `db:"customer"    json:"customer,omitempty"`
	Engineer string    `db:"engineer"    json:"engineer,omitempty"`
	At       time.Time `db:"-"           json:"at"`
}

// lyingAfter is how long a case may stand open without a promise, an escalation or a solution, and nothing done about it, before nobody can
// say any more that it is being worked on.
const lyingAfter = 24 * time.Hour

// ruleVerdict is how a rule of an order stands at now: what ran out since the order was last touched is missing.
func ruleVerdict(now time.Time) string {
	return fmt.Sprintf(`CASE WHEN v.verdict = 'pending' AND v.missing_from <= %d THEN 'missing' ELSE v.verdict END`, int64(at(now)))
}

// caseVerdict judges the hotline's own rules on a case s (domain description §1), as they stand at now. A rule that does not concern a
// case has no verdict.
func caseVerdict(fact string, now time.Time) string {
	switch fact {
	case procedure.FactRings: // the human answer that opened the case (I6)
		return `(SELECT CASE WHEN a.met THEN 'proven' ELSE 'missing' END FROM case_calls k JOIN calls a ON a.call = k.call
			WHERE k.case_number = s.number AND k.opened AND a.answered AND a.rule <> '' ORDER BY k.answered_at LIMIT 1)`
	case procedure.FactSolved:
		// Not solved by phone is excused by the situation that the escalation describes, or by the department that accepted it (I4). It is
		// missing where there is no such word, where the promised call was not made, and where the case was left lying.
		return fmt.Sprintf(`CASE WHEN EXISTS (SELECT 1 FROM escalations e WHERE e.case_number = s.number) THEN
				CASE WHEN EXISTS (SELECT 1 FROM escalations e WHERE e.case_number = s.number AND TRIM(e.situation) = '') THEN 'missing' ELSE 'waived' END
			WHEN s.state = 'referred' THEN 'waived' WHEN s.state = 'solved' THEN 'proven'
			WHEN s.state = 'callback' THEN CASE WHEN s.promised_at < %d THEN 'missing' ELSE 'pending' END
			WHEN s.state = 'open' AND (s.updated_at < %d OR EXISTS (SELECT 1 FROM notices n WHERE n.case_number = s.number AND n.kind = 'wrapup-timeout'))
			THEN 'missing' ELSE 'pending' END`, int64(at(now)), int64(at(now.Add(-lyingAfter))))
	case procedure.FactTold: // concerns only what went on to other service
		return `(SELECT CASE WHEN MIN(CASE WHEN e.told_means <> '' AND e.told_procedure <> '' AND e.told_at > 0 AND e.contact_number <> '' THEN 1 ELSE 0 END) = 1
			THEN 'proven' ELSE 'missing' END FROM escalations e WHERE e.case_number = s.number HAVING COUNT(*) > 0)`
	case procedure.FactOwned: // owners change by acceptance, or by a manager with a reason (I2); a case left lying is missing
		return `CASE WHEN EXISTS (SELECT 1 FROM ownership_history h WHERE h.case_number = s.number AND h.input = 'override') THEN 'waived'
			WHEN s.closed_at IS NOT NULL THEN 'proven'
			WHEN s.state = 'open' AND EXISTS (SELECT 1 FROM notices n WHERE n.case_number = s.number AND n.kind = 'wrapup-timeout') THEN 'missing' ELSE 'pending' END`
	}
	return `NULL`
}

// Quality counts how often each quality rule of each service was proven, waived or missing.
func (s *Store) Quality(ctx context.Context, f QualityFilter) ([]QualityRow, error) {
	out := []QualityRow{}
	err := s.snapshot(ctx, "quality", func(c conn) error {
		for _, d := range s.qualityDefinitions(f.Procedure) {
			counts, err := qualityCounts(ctx, c, d, f, s.now())
			if err != nil {
				return err
			}
			for _, rule := range d.Rules {
				row := counts[rule.Code]
				row.Procedure, row.Rule, row.Name = d.Code, rule.Code, rule.Name
				out = append(out, row)
			}
		}
		return nil
	})
	return out, err
}

// qualityDefinitions puts the hotline first, then the services in the order of the description.
func (s *Store) qualityDefinitions(only string) []procedure.Definition {
	order := []string{"hotline", "remote", "onsite", "consultation", "followup", "visit", "open_class", "consulting", "development"}
	all := slices.DeleteFunc(s.Procedures(), func(d procedure.Definition) bool { return only != "" && d.Code != only })
	slices.SortStableFunc(all, func(a, b procedure.Definition) int {
		place := func(d procedure.Definition) int {
			if i := slices.Index(order, d.Code); i >= 0 {
				return i
			}
			return len(order)
		}
		return place(a) - place(b)
	})
	return all
}

func qualityCounts(ctx context.Context, c conn, d procedure.Definition, f QualityFilter, now time.Time) (map[string]QualityRow, error) {
	type count struct {
		Rule    string `db:"rule"`
		Verdict string `db:"verdict"`
		N       int    `db:"n"`
	}
	var counts []count
	if d.Scope == procedure.ScopeOrder {
		q := f.orders(d.Code)
		if err := c.list(ctx, &counts, q.plain(`SELECT v.rule, `+ruleVerdict(now)+` AS verdict, COUNT(*) AS n FROM orders o JOIN rule_verdicts v ON v.order_id = o.id`)+
			" GROUP BY 1, 2", q.args...); err != nil {
			return nil, fmt.Errorf("rules of %s: %w", d.Code, err)
		}
	} else {
		for _, rule := range d.Rules {
			var some []count
			q := f.cases()
			if err := c.list(ctx, &some, `SELECT ? AS rule, v.verdict, COUNT(*) AS n FROM (`+q.plain(`SELECT `+caseVerdict(rule.Proof[0].Fact, now)+
				` AS verdict FROM cases s LEFT JOIN customers k ON k.id = s.customer_id`)+`) AS v WHERE v.verdict IS NOT NULL GROUP BY v.verdict`,
				append([]any{rule.Code}, q.args...)...); err != nil {
				return nil, fmt.Errorf("rule %s: %w", rule.Code, err)
			}
			counts = append(counts, some...)
		}
	}
	out := map[string]QualityRow{}
	for _, x := range counts {
		row := out[x.Rule]
		switch procedure.Verdict(x.Verdict) {
		case procedure.Proven:
			row.Proven = x.N
		case procedure.Excused:
			row.Waived = x.N
		case procedure.Missing:
			row.Missing = x.N
		case procedure.Pending:
			row.Pending = x.N
		}
		out[x.Rule] = row
	}
	return out, nil
}

// orders narrows orders o. One that was continued is judged by the order that ends it.
func (f QualityFilter) orders(code string) *query {
	q := &query{}
	q.equal("o.kind", code)
	q.and("o.state <> 'continued'")
	q.between("o.opened_at", f.From, f.To)
	q.equal("o.service_centre", f.Centre)
	q.equal("o.engineer", f.Engineer)
	q.equal("o.product", f.Product)
	return q
}

// cases narrows cases s of customers k.
func (f QualityFilter) cases() *query {
	q := &query{}
	q.between("s.opened_at", f.From, f.To)
	q.equal("k.service_centre", f.Centre)
	q.equal("s.owner", f.Engineer)
	q.equal("s.product", f.Product)
	return q
}

// QualityList gives the orders or cases behind a number of the report, newest first. Errors: ErrNotFound (rule), ErrInvalid
// (cursor).
func (s *Store) QualityList(ctx context.Context, code, rule string, verdict procedure.Verdict, f QualityFilter, page string, limit int) (Page[QualityItem], error) {
	after, err := parseCursor(page)
	if err != nil {
		return Page[QualityItem]{}, err
	}
	all := s.qualityDefinitions(code)
	i := -1
	if len(all) == 1 && code != "" {
		i = slices.IndexFunc(all[0].Rules, func(r procedure.Rule) bool { return r.Code == rule })
	}
	if i < 0 {
		return Page[QualityItem]{}, notFound("rule", code+"."+rule)
	}
	limit = pageLimit(limit)
	var rows []struct {
		QualityItem
		At  stamp  `db:"at"`
		Key string `db:"key"`
	}
	if all[0].Scope == procedure.ScopeOrder {
		q := f.orders(code)
		q.and("v.rule = ? AND "+ruleVerdict(s.now())+" = ?", rule, string(verdict))
		q.page("o.opened_at", "o.id", after)
		err = s.read().list(ctx, &rows, q.sql(`SELECT o.number, COALESCE(o.case_number, '') AS case_number, o.subject, COALESCE(k.name, '') AS customer,
			o.engineer, o.opened_at AS at, o.id AS key FROM orders o JOIN rule_verdicts v ON v.order_id = o.id
			LEFT JOIN customers k ON k.id = o.customer_id`, "o.opened_at DESC, o.id DESC", limit), q.args...)
	} else {
		q := f.cases()
		q.and(caseVerdict(all[0].Rules[i].Proof[0].Fact, s.now())+" = ?", string(verdict))
		q.page("s.opened_at", "s.number", after)
		err = s.read().list(ctx, &rows, q.sql(`SELECT '' AS number, s.number AS case_number, s.subject, COALESCE(k.name, '') AS customer,
			s.owner AS engineer, s.opened_at AS at, s.number AS key FROM cases s LEFT JOIN customers k ON k.id = s.customer_id`,
			"s.opened_at DESC, s.number DESC", limit), q.args...)
	}
	if err != nil {
		return Page[QualityItem]{}, s.explain("quality list", err)
	}
	out := Page[QualityItem]{Items: []QualityItem{}}
	for _, r := range rows {
		r.QualityItem.At = r.At.time()
		out.Items = append(out.Items, r.QualityItem)
	}
	if len(rows) == limit {
		out.Next = cursor{rows[limit-1].At, rows[limit-1].Key}.String()
	}
	return out, nil
}

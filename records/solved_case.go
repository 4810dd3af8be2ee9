package records

import (
	"context"
	"encoding/json"
	"fmt"
)

// indexSolved makes a solved case findable, or brings what is found of it up to date.
func (t *txn) indexSolved(ctx context.Context, number string) error {
	docs, err := t.solvedCases(ctx, `w.case_number = ?`, number)
	if err != nil || len(docs) == 0 {
		return err
	}
	return t.index(ctx, docs[len(docs)-1])
}

// solvedCases reads solved cases with what solved them, in the order in which they were solved.
func (c conn) solvedCases(ctx context.Context, where string, args ...any) ([]searchDoc, error) {
	var rows []struct {
		searchDoc
		Facts string `db:"facts"`
	}
	if err := c.list(ctx, &rows, `SELECT 0 AS doc, 'case' AS kind, s.number AS ref, s.subject AS title, s.description AS symptom,
		'' AS solution, s.product, s.category, w.at, w.facts FROM wrapups w JOIN cases s ON s.number = w.case_number
		WHERE w.outcome = 'solved' AND s.state = 'solved' AND `+where+` ORDER BY w.id`, args...); err != nil {
		return nil, err
	}
	docs := make([]searchDoc, len(rows))
	for i, r := range rows {
		var in WrapUpInput
		if err := json.Unmarshal([]byte(r.Facts), &in); err != nil {
			return nil, fmt.Errorf("facts of %s: %w", r.Ref, err)
		}
		docs[i] = r.searchDoc
		if in.Solved != nil {
			docs[i].Solution = in.Solved.Solution
		}
	}
	return docs, nil
}

// UseSolution notes that a known solution is tried for a case. It counts for the solution once the case is solved; the
// same again changes nothing. Errors: ErrNotFound (case, solution).
func (s *Store) UseSolution(ctx context.Context, number, kind, ref, by string) (Solution, error) {
	var out Solution
	err := s.write(ctx, "use solution", func(t *txn) error {
		if _, err := t.caseByNumber(ctx, number); err != nil {
			return err
		}
		var d searchDoc
		found, err := t.find(ctx, &d, `SELECT * FROM search_docs WHERE kind = ? AND ref = ?`, kind, ref)
		if err != nil {
			return err
		}
		if !found {
			return notFound("solution", ref)
		}
		out = Solution{
			Kind: d.Kind, Ref: d.Ref, Title: d.Title, Symptom: d.Symptom, Solution: d.Solution, Product: d.Product,
			Category: d.Category, At: d.At.time(),
		}
		return t.do(ctx, `INSERT INTO solution_uses (case_number, kind, ref, used_by, used_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (case_number, kind, ref) DO NOTHING`, number, kind, ref, by, at(t.now))
	})
	return out, err
}

// DropSolution takes UseSolution back, as long as the case is open. Errors: ErrNotFound, ErrConflict (closed).
func (s *Store) DropSolution(ctx context.Context, number, kind, ref string) error {
	return s.write(ctx, "drop solution", func(t *txn) error {
		c, err := t.caseByNumber(ctx, number)
		if err != nil {
			return err
		}
		if c.ownerState() == closed {
			return problem(ErrConflict, "case_closed", "Leave it as it is.", "The case %s is closed.", number)
		}
		return t.do(ctx, `DELETE FROM solution_uses WHERE case_number = ? AND kind = ? AND ref = ?`, number, kind, ref)
	})
}

// SolutionsUsed lists the known solutions that were used for a case, in the order of their use.
func (s *Store) SolutionsUsed(ctx context.Context, number string) ([]Solution, error) {
	var rows []searchDoc
	err := s.read().list(ctx, &rows, `SELECT d.* FROM solution_uses u JOIN search_docs d ON d.kind = u.kind AND d.ref = u.ref
		WHERE u.case_number = ? ORDER BY u.used_at, u.ref`, number)
	return mapped(rows, func(d searchDoc) Solution {
		return Solution{
			Kind: d.Kind, Ref: d.Ref, Title: d.Title, Symptom: d.Symptom, Solution: d.Solution, Product: d.Product,
			Category: d.Category, At: d.At.time(),
		}
	}), s.explain("solutions used", err)
}

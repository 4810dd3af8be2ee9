package records

import "context"

// useNotHelped is the outcome of a use that did not help.
const useNotHelped = "not_helped"

// UseSolution notes that a known solution is tried for a case. It counts for the solution once the case is solved; the
// same again changes nothing, except that it helps now if it did not before. Errors: ErrNotFound (case, solution), ErrConflict (closed).
func (s *Store) UseSolution(ctx context.Context, number, kind, ref, by string) (Solution, error) {
	var out Solution
	err := s.write(ctx, "use solution", func(t *txn) error {
		if err := t.mustBeOpen(ctx, number); err != nil {
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
		out = d.solution()
		return t.do(ctx, `INSERT INTO solution_uses (case_number, kind, ref, used_by, used_at, version)
			VALUES (?, ?, ?, ?, ?, COALESCE((SELECT live FROM articles WHERE number = ?), 0))
			ON CONFLICT (case_number, kind, ref) DO UPDATE SET outcome = ''`, number, kind, ref, by, at(t.now), ref)
	})
	return out, err
}

// SolutionFailed notes that a solution was tried for a case and did not help. Errors: ErrNotFound (case, use), ErrConflict (closed).
func (s *Store) SolutionFailed(ctx context.Context, number, kind, ref string) error {
	return s.write(ctx, "solution failed", func(t *txn) error {
		if err := t.mustBeOpen(ctx, number); err != nil {
			return err
		}
		n, err := t.exec(ctx, `UPDATE solution_uses SET outcome = ? WHERE case_number = ? AND kind = ? AND ref = ?`, useNotHelped, number, kind, ref)
		if err == nil && n == 0 {
			err = notFound("use of solution", ref)
		}
		return err
	})
}

// DropSolution takes UseSolution back, as long as the case is open. Errors: ErrNotFound, ErrConflict (closed).
func (s *Store) DropSolution(ctx context.Context, number, kind, ref string) error {
	return s.write(ctx, "drop solution", func(t *txn) error {
		if err := t.mustBeOpen(ctx, number); err != nil {
			return err
		}
		return t.do(ctx, `DELETE FROM solution_uses WHERE case_number = ? AND kind = ? AND ref = ?`, number, kind, ref)
	})
}

// mustBeOpen refuses what only an open case allows.
func (t *txn) mustBeOpen(ctx context.Context, number string) error {
	c, err := t.caseByNumber(ctx, number)
	if err == nil && c.ownerState() == closed {
		err = problem(ErrConflict, "case_closed", "Leave it as it is.", "The case %s is closed.", number)
	}
	return err
}

// SolutionsUsed lists the known solutions that were used for a case, in the order of their use. An article that was withdrawn since
// is listed as it was used.
func (s *Store) SolutionsUsed(ctx context.Context, number string) ([]Solution, error) {
	var rows []struct {
		searchDoc
		Outcome string `db:"outcome"`
	}
	err := s.read().list(ctx, &rows, `SELECT COALESCE(d.doc, 0) AS doc, u.kind, u.ref, COALESCE(d.title, v.title_zh || ? || v.title_en, '') AS title,
		COALESCE(d.symptom, v.symptom_zh || ? || v.symptom_en, '') AS symptom, COALESCE(d.solution, v.body_zh || ? || v.body_en, '') AS solution,
		COALESCE(d.product, v.product, '') AS product, COALESCE(d.category, v.category, '') AS category, COALESCE(d.at, u.used_at) AS at, u.outcome
		FROM solution_uses u LEFT JOIN search_docs d ON d.kind = u.kind AND d.ref = u.ref
		LEFT JOIN article_versions v ON v.number = u.ref AND v.version = u.version
		WHERE u.case_number = ? ORDER BY u.used_at, u.ref`, languageSeam, languageSeam, languageSeam, number)
	out := make([]Solution, 0, len(rows))
	for _, r := range rows {
		sol := r.solution()
		sol.Useless = r.Outcome == useNotHelped
		out = append(out, sol)
	}
	return out, s.explain("solutions used", err)
}

func (d searchDoc) solution() Solution {
	return Solution{
		Kind: d.Kind, Ref: d.Ref, Title: d.Title, Symptom: d.Symptom, Solution: d.Solution, Product: d.Product, Category: d.Category, At: d.At.time(),
	}
}

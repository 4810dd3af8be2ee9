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

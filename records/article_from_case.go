package records

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
)

// ArticleFromCase gives what an article about a case would begin with: what it was about and what solved it, with customer, contact
// and their numbers hidden. Nothing is kept yet. Errors: ErrNotFound.
func (s *Store) ArticleFromCase(ctx context.Context, number string) (NewArticle, error) {
	var out NewArticle
	err := s.snapshot(ctx, "article from case", func(c conn) error {
		k, err := c.caseByNumber(ctx, number)
		if err != nil {
			return err
		}
		solution, err := c.solutionOf(ctx, number)
		if err != nil {
			return err
		}
		hide := func(text string) Bilingual {
			text = Anonymise(text, k.CustomerName, k.ContactName)
			if chinese.MatchString(k.Subject + k.Description + solution) {
				return Bilingual{Zh: text}
			}
			return Bilingual{En: text}
		}
		out = NewArticle{Kind: SolutionArticle, FromCase: number, Text: ArticleText{
			Title: hide(k.Subject), Symptom: hide(k.Description), Body: hide(solution), Product: k.Product, Category: k.Category,
		}}
		return nil
	})
	return out, err
}

var chinese = regexp.MustCompile(`\p{Han}`)

// solutionOf gives what a case was solved with, as its last wrap-up says; "" when it was not.
func (c conn) solutionOf(ctx context.Context, number string) (string, error) {
	var facts string
	found, err := c.find(ctx, &facts, `SELECT facts FROM wrapups WHERE case_number = ? AND outcome = ? ORDER BY id DESC LIMIT 1`, number, OutcomeSolved)
	if err != nil || !found {
		return "", err
	}
	var in WrapUpInput
	if err := json.Unmarshal([]byte(facts), &in); err != nil {
		return "", fmt.Errorf("facts of %s: %w", number, err)
	}
	if in.Solved == nil {
		return "", nil
	}
	return in.Solved.Solution, nil
}

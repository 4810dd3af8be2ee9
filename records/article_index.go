package records

import "context"

// indexArticle makes what is shown of an article findable, or takes it out of the search. When it is shown from and until
// is asked at every search: time passes without anybody writing.
func (t *txn) indexArticle(ctx context.Context, number string) error {
	var row articleRow
	found, err := t.find(ctx, &row, selectLive+` WHERE a.number = ?`, number)
	if err != nil {
		return err
	}
	if !found {
		return t.do(ctx, `DELETE FROM search_docs WHERE ref = ? AND kind <> ?`, number, SolutionCase)
	}
	a := row.article()
	return t.index(ctx, searchDoc{
		Kind: a.Kind, Ref: a.Number, Title: a.Text.Title.joined(), Symptom: a.Text.Symptom.joined(), Solution: a.Text.Body.joined(),
		Product: a.Text.Product, Category: a.Text.Category, At: at(a.From),
	})
}

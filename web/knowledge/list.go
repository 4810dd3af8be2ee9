package knowledge

import (
	"net/http"
	"net/url"
	"strings"

	"hotline/records"
	"hotline/web/ui"
)

// listPage is the list of articles.
type listPage struct {
	Show    string // "" published, review, draft, withdrawn
	Text    string
	Product string
	Counts  map[string]int // by state
	Choices []choice
	Rows    []row
	Older   string
}

// row is one article of a list.
type row struct {
	records.Article
	Title, Kind, By string
	Link            string
	Unread          bool
	Lead            string // how its text begins
}

// choice is one entry of a list to choose from.
type choice struct {
	Value, Name string
	Chosen      bool
}

const rowsOf = 30

func (k *Knowledge) list(w http.ResponseWriter, r *http.Request) {
	q, v := r.URL.Query(), ui.VisitorOf(r.Context())
	p := listPage{Show: q.Get("show"), Text: strings.TrimSpace(q.Get("q")), Product: q.Get("product")}
	f := records.ArticleFilter{Product: p.Product, Text: p.Text, Cursor: q.Get("cursor"), Limit: rowsOf}
	switch s := records.ArticleState(p.Show); s {
	case records.ArticleReview, records.ArticleDraft, records.ArticleWithdrawn:
		f.State = s
	default:
		p.Show, f.Shown = "", true
	}
	counts, err := k.store.ArticleCounts(r.Context())
	if err != nil {
		k.fail(w, r, err)
		return
	}
	p.Counts = map[string]int{}
	for state, n := range counts {
		p.Counts[string(state)] = n
	}
	for _, product := range k.opt.Products() {
		p.Choices = append(p.Choices, choice{product.Code, product.Name.In(v.Lang), product.Code == p.Product})
	}
	if f.Shown && p.Text != "" {
		p.Rows, err = k.found(r, records.SolutionQuery{Text: p.Text, Product: p.Product, Written: true, Limit: 50})
	} else {
		p.Rows, p.Older, err = k.page(r, f, q)
	}
	if err != nil {
		k.fail(w, r, err)
		return
	}
	k.pages.Render(w, r, http.StatusOK, "knowledge/list", p)
}

// page reads one page of a list; older is the address of the next.
func (k *Knowledge) page(r *http.Request, f records.ArticleFilter, q url.Values) (rows []row, older string, err error) {
	page, err := k.store.Articles(r.Context(), f)
	if err != nil {
		return nil, "", err
	}
	named, err := k.names(r.Context())
	if err != nil {
		return nil, "", err
	}
	for _, a := range page.Items {
		rows = append(rows, k.row(r, a, named))
	}
	if page.Next != "" {
		q.Set("cursor", page.Next)
		older = "?" + q.Encode()
	}
	return rows, older, nil
}

func (k *Knowledge) row(r *http.Request, a records.Article, named func(string) string) row {
	lang := ui.VisitorOf(r.Context()).Lang
	link := "/knowledge/" + a.Number
	if a.Version != a.Live {
		link += "?version=newest"
	}
	return row{
		Article: a, Title: a.Text.Title.In(lang), Kind: k.kind(lang, a.Text.Product, a.Text.Category), By: named(a.Author), Link: link,
		Lead: lead(a.Text.Body.In(lang)),
	}
}

// found searches what is published, the best first.
func (k *Knowledge) found(r *http.Request, q records.SolutionQuery) ([]row, error) {
	found, err := k.store.Solutions(r.Context(), q)
	if err != nil {
		return nil, err
	}
	lang := ui.VisitorOf(r.Context()).Lang
	var rows []row
	for _, s := range found {
		a, err := k.store.ShownArticle(r.Context(), s.Ref, q.Public)
		if err != nil {
			continue // withdrawn in this moment
		}
		if q.Product == "" || a.Text.Product == q.Product {
			rows = append(rows, row{
				Article: a, Title: a.Text.Title.In(lang), Kind: k.kind(lang, a.Text.Product, a.Text.Category),
				Link: "/knowledge/" + a.Number, Lead: lead(a.Text.Body.In(lang)),
			})
		}
	}
	return rows, nil
}

// lead is how a text begins.
func lead(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	const most = 90
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

package knowledge

import (
	"net/http"
	"strings"

	"hotline/records"
	"hotline/web/ui"
)

// helpPage is what customers find without an account: published solutions and news.
type helpPage struct {
	Company string
	Call    []string
	Text    string
	News    []row
	Rows    []row
	Older   string
}

// helpArticle is one of them.
type helpArticlePage struct {
	Company     string
	Call        []string
	A           records.Article
	Title       string
	Symptom     string
	Body, About string
}

const newsOf = 3 // on the first page

func (k *Knowledge) help(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p := helpPage{Company: k.opt.Company, Call: k.opt.Call, Text: strings.TrimSpace(q.Get("q"))}
	var err error
	if p.Text != "" {
		p.Rows, err = k.found(r, records.SolutionQuery{Text: p.Text, Public: true, Limit: 20})
	} else {
		f := records.ArticleFilter{Kind: records.SolutionArticle, Shown: true, Public: true, Cursor: q.Get("cursor"), Limit: 20}
		p.Rows, p.Older, err = k.page(r, f, q)
		if err == nil && f.Cursor == "" {
			p.News, _, err = k.page(r, records.ArticleFilter{Kind: records.SolutionNews, Shown: true, Public: true, Limit: newsOf}, q)
		}
	}
	if err != nil {
		k.fail(w, r, err)
		return
	}
	k.pages.Render(w, r, http.StatusOK, "knowledge/help", p)
}

func (k *Knowledge) helpArticle(w http.ResponseWriter, r *http.Request) {
	a, err := k.store.ShownArticle(r.Context(), r.PathValue("number"), true)
	if err != nil {
		k.fail(w, r, err)
		return
	}
	lang := ui.VisitorOf(r.Context()).Lang
	k.pages.Render(w, r, http.StatusOK, "knowledge/helparticle", helpArticlePage{
		Company: k.opt.Company, Call: k.opt.Call, A: a, Title: a.Text.Title.In(lang), Symptom: a.Text.Symptom.In(lang), Body: a.Text.Body.In(lang),
		About: k.kind(lang, a.Text.Product, a.Text.Category),
	})
}

package knowledge

import (
	"net/http"
	"strings"

	"hotline/records"
	"hotline/web/ui"
)

// editPage is the form of an article.
type editPage struct {
	Number   string // "" for a new one
	Kind     string
	Case     string
	Lock     int64
	Text     records.ArticleText
	Choices  []choice // product|category
	Returned string   // why it was given back
	Faults   faults
	Focus    string
}

func (k *Knowledge) begin(w http.ResponseWriter, r *http.Request) {
	p := editPage{Kind: records.SolutionArticle, Case: r.FormValue("case")}
	if r.FormValue("kind") == records.SolutionNews {
		p.Kind = records.SolutionNews
	}
	if p.Case != "" {
		from, err := k.store.ArticleFromCase(r.Context(), p.Case)
		if err != nil {
			k.fail(w, r, err)
			return
		}
		p.Text = from.Text
	}
	k.form(w, r, http.StatusOK, p)
}

func (k *Knowledge) edit(w http.ResponseWriter, r *http.Request) {
	a, err := k.store.ArticleFile(r.Context(), r.PathValue("number"))
	if err != nil {
		k.fail(w, r, err)
		return
	}
	p := editPage{Number: a.Number, Kind: a.Kind, Case: a.FromCase, Lock: a.Lock, Text: a.Text}
	if len(a.Events) > 0 && a.Events[0].Input == "return" {
		p.Returned = a.Events[0].Reason
	}
	k.form(w, r, http.StatusOK, p)
}

func (k *Knowledge) form(w http.ResponseWriter, r *http.Request, status int, p editPage) {
	lang := ui.VisitorOf(r.Context()).Lang
	is := p.Text.Product + "|" + p.Text.Category
	known := is == "|"
	for _, product := range k.opt.Products() {
		if !product.InUse && product.Code != p.Text.Product {
			continue
		}
		add := func(value, name string) {
			p.Choices = append(p.Choices, choice{value, name, value == is})
			known = known || value == is
		}
		add(product.Code+"|", product.Name.In(lang))
		for _, c := range product.Categories {
			if c.InUse || product.Code+"|"+c.Code == is {
				add(product.Code+"|"+c.Code, product.Name.In(lang)+" ▸ "+c.Name.In(lang))
			}
		}
	}
	if !known {
		p.Choices = append(p.Choices, choice{is, k.kind(lang, p.Text.Product, p.Text.Category), true})
	}
	k.pages.Render(w, r, status, "knowledge/edit", p)
}

func read(r *http.Request) editPage {
	both := func(name string) records.Bilingual {
		clean := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
		return records.Bilingual{Zh: clean(r.FormValue(name + ".zh")), En: clean(r.FormValue(name + ".en"))}
	}
	p := editPage{Number: r.PathValue("number"), Kind: r.FormValue("kind"), Case: r.FormValue("case"), Lock: lockOf(r)}
	p.Text = records.ArticleText{Title: both("title"), Symptom: both("symptom"), Body: both("body")}
	p.Text.Product, p.Text.Category, _ = strings.Cut(r.FormValue("about"), "|")
	return p
}

func (k *Knowledge) draft(w http.ResponseWriter, r *http.Request) {
	p := read(r)
	a, err := k.store.DraftArticle(r.Context(), ui.VisitorOf(r.Context()).Login, records.NewArticle{Kind: p.Kind, FromCase: p.Case, Text: p.Text})
	k.kept(w, r, p, a, err)
}

func (k *Knowledge) revise(w http.ResponseWriter, r *http.Request) {
	p := read(r)
	a, err := k.store.ReviseArticle(r.Context(), ui.VisitorOf(r.Context()).Login, p.Number, p.Lock, p.Text)
	k.kept(w, r, p, a, err)
}

// kept goes on after a version was kept: to the review when that was asked for in the same step.
func (k *Knowledge) kept(w http.ResponseWriter, r *http.Request, p editPage, a records.Article, err error) {
	if p.Faults = k.faultsOf(r, err); p.Faults != nil {
		p.Focus = p.Faults.first("title.zh", "symptom.zh", "body.zh", "title.en", "symptom.en", "body.en")
		k.form(w, r, http.StatusUnprocessableEntity, p)
		return
	}
	if err == nil && r.FormValue("do") == "submit" {
		a, err = k.store.SubmitArticle(r.Context(), ui.VisitorOf(r.Context()).Login, a.Number, a.Lock)
	}
	if err != nil {
		k.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/knowledge/"+a.Number+"?version=newest", http.StatusSeeOther)
}

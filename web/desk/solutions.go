package desk

import (
	"net/http"

	"hotline/records"
	"hotline/web/ui"
)

// solutionsFound are known solutions for what is typed.
type solutionsFound struct {
	Case  string
	Asked bool
	Items []solution
}

type solution struct {
	records.Solution
	Kind string // product ▸ category
	Used bool   // it is used for this case already
}

func (d *Desk) solutions(w http.ResponseWriter, r *http.Request) {
	ctx, v, number := r.Context(), ui.VisitorOf(r.Context()), r.PathValue("number")
	asked := r.FormValue("q") // a search of its own goes before what the form says
	about := ""
	if asked == "" {
		asked, about = r.FormValue("subject"), r.FormValue("description")
	}
	found, err := d.store.Solutions(ctx, records.SolutionQuery{
		Text: asked, About: about, Product: codeOf(d.products(), r.FormValue("product")), Not: number, Limit: 6,
	})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	used, err := d.store.SolutionsUsed(ctx, number)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	inUse := map[string]bool{}
	for _, u := range used {
		inUse[u.Kind+u.Ref] = !u.Useless
	}
	page := solutionsFound{Case: number, Asked: asked != "" || about != ""}
	for _, s := range found {
		page.Items = append(page.Items, solution{Solution: s.In(v.Lang), Kind: d.kind(v.Lang, s.Product, s.Category), Used: inUse[s.Kind+s.Ref]})
	}
	d.pages.Fragment(w, r, http.StatusOK, "desk/_solutions", page)
}

// useSolution links a known solution with the case and gives its text to be inserted.
func (d *Desk) useSolution(w http.ResponseWriter, r *http.Request) {
	s, err := d.store.UseSolution(r.Context(), r.PathValue("number"), r.FormValue("kind"), r.FormValue("ref"), ui.VisitorOf(r.Context()).Login)
	if err != nil {
		d.failJSON(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, s.In(ui.VisitorOf(r.Context()).Lang))
}

// solutionFailed notes that a solution was tried and did not help: it stays with the case and is counted against the solution.
func (d *Desk) solutionFailed(w http.ResponseWriter, r *http.Request) {
	if err := d.store.SolutionFailed(r.Context(), r.PathValue("number"), r.FormValue("kind"), r.FormValue("ref")); err != nil {
		d.failJSON(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, struct{}{})
}

// usedIn gives the solutions of a case in the visitor's language.
func (d *Desk) usedIn(r *http.Request, number string) ([]records.Solution, error) {
	used, err := d.store.SolutionsUsed(r.Context(), number)
	for i, u := range used {
		used[i] = u.In(ui.VisitorOf(r.Context()).Lang)
	}
	return used, err
}

func (d *Desk) dropSolution(w http.ResponseWriter, r *http.Request) {
	if err := d.store.DropSolution(r.Context(), r.PathValue("number"), r.FormValue("kind"), r.FormValue("ref")); err != nil {
		d.failJSON(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, struct{}{})
}

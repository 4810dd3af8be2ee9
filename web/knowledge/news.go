package knowledge

import (
	"net/http"
	"slices"

	"hotline/records"
	"hotline/web/ui"
)

// newsPage is what is new, the newest first.
type newsPage struct {
	Rows   []row
	Unread int
	Older  string
}

func (k *Knowledge) news(w http.ResponseWriter, r *http.Request) {
	var p newsPage
	unread, err := k.store.UnreadNews(r.Context(), ui.VisitorOf(r.Context()).Login)
	if err == nil {
		q := r.URL.Query()
		p.Rows, p.Older, err = k.page(r, records.ArticleFilter{Kind: records.SolutionNews, Shown: true, Cursor: q.Get("cursor"), Limit: rowsOf}, q)
	}
	if err != nil {
		k.fail(w, r, err)
		return
	}
	p.Unread = len(unread)
	for i, n := range p.Rows {
		p.Rows[i].Unread = slices.Contains(unread, n.Number)
	}
	k.pages.Render(w, r, http.StatusOK, "knowledge/news", p)
}

func (k *Knowledge) readAll(w http.ResponseWriter, r *http.Request) {
	login := ui.VisitorOf(r.Context()).Login
	unread, err := k.store.UnreadNews(r.Context(), login)
	for _, number := range unread {
		if err == nil {
			err = k.store.ReadNews(r.Context(), login, number)
		}
	}
	if err != nil {
		k.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/news", http.StatusSeeOther)
}

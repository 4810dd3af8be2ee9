package customers

import (
	"net/http"
	"net/url"
	"strings"

	"hotline/records"
	"hotline/web/ui"
)

// listPage is what was found.
type listPage struct {
	Text    string
	Rows    []row
	Loose   []records.Contact // who belong to no customer
	First   bool              // nothing newer is left out
	Older   string
	Manages bool // may enter a new one
}

type row struct {
	records.CustomerRow
	Centre string
}

// More is how many contacts the row does not name.
func (r row) More() int { return r.People - len(r.Named) }

const (
	rowsOf  = 30
	looseOf = 10
)

func (c *Customers) list(w http.ResponseWriter, r *http.Request) {
	ctx, q, lang := r.Context(), r.URL.Query(), ui.VisitorOf(r.Context()).Lang
	p := listPage{Text: strings.TrimSpace(q.Get("q")), First: q.Get("cursor") == "", Manages: manages(ui.VisitorOf(ctx))}
	page, err := c.store.CustomerList(ctx, records.CustomerFilter{Text: p.Text, Cursor: q.Get("cursor"), Limit: rowsOf})
	if err == nil && p.First {
		p.Loose, err = c.store.LooseContacts(ctx, p.Text, looseOf)
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	for _, x := range page.Items {
		p.Rows = append(p.Rows, row{x, c.centre(lang, x.ServiceCentre)})
	}
	if page.Next != "" {
		next := url.Values{"cursor": {page.Next}}
		if p.Text != "" {
			next.Set("q", p.Text)
		}
		p.Older = "?" + next.Encode()
	}
	c.pages.Render(w, r, http.StatusOK, "customers/list", p)
}

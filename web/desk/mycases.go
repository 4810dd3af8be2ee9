package desk

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// caseList is the page of one's own cases.
type caseList struct {
	Places places
	Text   string
	Show   string // "open" or "closed"
	Rows   []caseRow
	More   bool // there are older ones
}

// caseRow is one case of a list.
type caseRow struct {
	records.Case
	Kind    string
	Due     string
	Late    bool
	Left    float64 // share of the promised time that is left, 0…1
	From    time.Time
	Drafted bool // something is typed and not finished
}

func (d *Desk) myCases(w http.ResponseWriter, r *http.Request) {
	ctx, v := r.Context(), ui.VisitorOf(r.Context())
	list := caseList{Text: strings.TrimSpace(r.FormValue("text")), Show: "open"}
	if r.FormValue("show") == "closed" {
		list.Show = "closed"
	}
	var err error
	if list.Places, err = d.places(r, "cases"); err != nil {
		d.fail(w, r, err)
		return
	}
	const most = 200
	page, err := d.store.Cases(ctx, records.CaseFilter{
		Owner: v.Login, Text: list.Text, Open: list.Show == "open", Closed: list.Show == "closed", Limit: most,
	})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	list.More = page.Next != ""
	for _, c := range page.Items {
		list.Rows = append(list.Rows, d.row(r, c, list.Places.Drafted))
	}
	if list.Show == "open" {
		slices.SortStableFunc(list.Rows, soonest)
	}
	if r.Header.Get("HX-Request") == "true" {
		d.pages.Fragment(w, r, http.StatusOK, "desk/cases#rows", list)
		return
	}
	d.pages.Render(w, r, http.StatusOK, "desk/cases", list)
}

// soonest orders by the promised time; what has none comes after, the worst first.
func soonest(a, b caseRow) int {
	if a.PromisedAt.IsZero() != b.PromisedAt.IsZero() {
		if a.PromisedAt.IsZero() {
			return 1
		}
		return -1
	}
	rank := map[string]int{records.SeverityCritical: 0, records.SeverityHigh: 1, records.SeverityNormal: 2, records.SeverityLow: 3}
	return cmp.Or(a.PromisedAt.Compare(b.PromisedAt), cmp.Compare(rank[a.Severity], rank[b.Severity]), a.OpenedAt.Compare(b.OpenedAt))
}

func (d *Desk) row(r *http.Request, c records.Case, drafted []string) caseRow {
	v := ui.VisitorOf(r.Context())
	row := caseRow{Case: c, Kind: d.kind(v.Lang, c.Product, c.Category), Drafted: slices.Contains(drafted, c.Number), From: c.UpdatedAt}
	if c.PromisedAt.IsZero() || !c.ClosedAt.IsZero() {
		return row
	}
	row.Due, row.Late = d.until(r, c.PromisedAt), c.PromisedAt.Before(d.now())
	if whole := c.PromisedAt.Sub(c.UpdatedAt); whole > 0 {
		row.Left = min(max(float64(c.PromisedAt.Sub(d.now()))/float64(whole), 0), 1)
	}
	return row
}

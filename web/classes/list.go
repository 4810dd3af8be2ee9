package classes

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// listPage is the list of classes.
type listPage struct {
	Rows    []records.Class
	Text    string
	Ended   bool
	More    string // address of the next page
	Nothing bool   // there is no class at all
}

func (c *Classes) list(w http.ResponseWriter, r *http.Request) {
	p := listPage{Text: r.FormValue("text"), Ended: r.FormValue("ended") != ""}
	page, err := c.store.Classes(r.Context(), records.ClassFilter{Active: !p.Ended, Text: p.Text, Cursor: r.FormValue("cursor")})
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p.Rows, p.Nothing = page.Items, len(page.Items) == 0 && p.Text == "" && r.FormValue("cursor") == ""
	if page.Next != "" {
		q := url.Values{"cursor": {page.Next}, "text": {p.Text}}
		if p.Ended {
			q.Set("ended", "1")
		}
		p.More = "/classes?" + q.Encode()
	}
	if r.Header.Get("HX-Request") == "true" && r.FormValue("cursor") != "" {
		c.pages.Fragment(w, r, http.StatusOK, "classes/list#rows", p)
		return
	}
	c.pages.Render(w, r, http.StatusOK, "classes/list", p)
}

// planPage is the form of a class, new or changed.
type planPage struct {
	Plan    records.ClassPlan
	Goals   string // one a line
	Closes  string // as an input has it
	Refused []string
}

func (c *Classes) blank(w http.ResponseWriter, r *http.Request) {
	c.pages.Render(w, r, http.StatusOK, "classes/new", planPage{Plan: records.ClassPlan{Seats: 20, FrontierBy: ui.VisitorOf(r.Context()).Name}})
}

const minute = "2006-01-02T15:04" // as a datetime-local input has it

// planOf reads the form of a class.
func planOf(r *http.Request) records.ClassPlan {
	seats, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("seats")))
	if err != nil {
		seats = 0 // refused with the other faults
	}
	return records.ClassPlan{
		Title: r.PostFormValue("title"), About: r.PostFormValue("about"), Audience: r.PostFormValue("audience"), Frontier: r.PostFormValue("frontier"),
		FrontierBy: r.PostFormValue("frontier_by"), Goals: strings.Split(r.PostFormValue("goals"), "\n"), Seats: seats, ClosesAt: timeOf(r, "closes"),
	}
}

// timeOf reads a time in the visitor's zone; zero when there is none.
func timeOf(r *http.Request, name string) time.Time {
	t, err := time.ParseInLocation(minute, r.PostFormValue(name), ui.VisitorOf(r.Context()).Zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

func (c *Classes) make(w http.ResponseWriter, r *http.Request) {
	plan := planOf(r)
	k, err := c.store.OpenClass(r.Context(), staff(r), plan)
	if err == nil {
		http.Redirect(w, r, "/classes/"+url.PathEscape(k.Number), http.StatusSeeOther)
		return
	}
	told, ok := c.refused(r, err)
	if !ok {
		c.fail(w, r, err)
		return
	}
	c.pages.Render(w, r, statusOf(err), "classes/new", planPage{Plan: plan, Goals: r.PostFormValue("goals"), Closes: r.PostFormValue("closes"), Refused: told})
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, records.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, records.ErrForbidden):
		return http.StatusForbidden
	case errors.Is(err, records.ErrConflict):
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

// Package caller is the page on which somebody calls the hotline from a browser, without an account.
package caller

import (
	"net/http"

	"hotline/web/ui"
)

// Line is a number that can be called.
type Line struct {
	Number string
	Zh, En string // of the queue behind it, as callers know it
	// CycleMS and Rings are the ring clock that the page shows, as the promise counts it.
	CycleMS int64
	Rings   int
}

// Title is what callers know the line by, in a language.
func (l Line) Title(lang string) string {
	if lang == "en" {
		return l.En
	}
	return l.Zh
}

// Options says what can be called.
type Options struct {
	Pages *ui.Pages
	Lines []Line
	STUN  []string // host:port
}

// Page is the caller's page.
type Page struct{ opt Options }

// New makes the page.
func New(o Options) *Page { return &Page{o} }

// Mount puts it at /call, open to everybody.
func (p *Page) Mount(r ui.Router) { r.Open("GET /call", p.show) }

// view is what templates/caller/call.html shows.
type view struct {
	Lines  []Line
	Dialed string   // the line that was asked for
	ICE    []server // for the browser
}

type server struct {
	URLs []string `json:"urls"`
}

func (p *Page) show(w http.ResponseWriter, r *http.Request) {
	v := view{Lines: p.opt.Lines, Dialed: r.URL.Query().Get("line"), ICE: []server{}}
	for _, at := range p.opt.STUN {
		v.ICE = append(v.ICE, server{URLs: []string{"stun:" + at}})
	}
	p.opt.Pages.Render(w, r, http.StatusOK, "caller/call", v)
}

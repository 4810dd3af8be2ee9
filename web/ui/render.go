package ui

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// press prints one page. Template functions know the visitor, and html/template binds functions when it parses: so a press keeps
// some plates, each with functions of its own, and gives one visitor a plate at a time. A plate takes milliseconds and half a megabyte
// to make, so the first is kept for good, and those that a rush needed for as long as the garbage collector lets them.
type press struct {
	layout string
	make   func() (*plate, error)
	first  chan *plate // room for one
	more   sync.Pool
}

func (pr *press) take() (*plate, error) {
	select {
	case pl := <-pr.first:
		return pl, nil
	default:
	}
	if pl, ok := pr.more.Get().(*plate); ok {
		return pl, nil
	}
	return pr.make()
}

func (pr *press) give(pl *plate) {
	select {
	case pr.first <- pl:
	default:
		pr.more.Put(pl)
	}
}

type plate struct {
	pages   *Pages
	set     *template.Template
	visitor Visitor
	url     *url.URL // of the page; nil in checks
	now     time.Time
}

// path is where the visitor is.
func (pl *plate) path() string {
	if pl.url == nil {
		return ""
	}
	return pl.url.Path
}

// inLang gives the address of the same page in another language.
func (pl *plate) inLang(lang string) string {
	query := url.Values{}
	if pl.url != nil {
		query = pl.url.Query()
	}
	query.Set("lang", lang)
	return "?" + query.Encode()
}

// put executes a block for the visitor of the request.
func (pr *press) put(b *bytes.Buffer, r *http.Request, block string, data any) error {
	pl, err := pr.take()
	if err != nil {
		return err
	}
	defer pr.give(pl)
	pl.visitor, pl.url, pl.now = VisitorOf(r.Context()), r.URL, time.Now()
	return pl.set.ExecuteTemplate(b, block, data)
}

// Render answers with a page, "area/page", inside the layout that it names.
func (p *Pages) Render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	pr := p.presses[name]
	if pr == nil {
		p.broken(w, r, name, "there is no such page")
		return
	}
	p.answer(w, r, status, pr, pr.layout, name, data)
}

// Fragment answers with one block and no layout, for htmx: a block that all share ("area/_name"), the content of a page
// ("area/page"), or a block that a page defines ("area/page#block").
func (p *Pages) Fragment(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	page, block, inPage := strings.Cut(name, "#")
	pr := p.presses[page]
	switch {
	case pr == nil:
		pr, block = p.shared, name
	case !inPage:
		block = "content"
	}
	p.answer(w, r, status, pr, block, name, data)
}

// Block prints one shared block ("area/_name") for the visitor of the request, to be put into a page of another area.
func (p *Pages) Block(r *http.Request, name string, data any) (template.HTML, error) {
	var b bytes.Buffer
	if err := p.shared.put(&b, r, name, data); err != nil {
		return "", fmt.Errorf("ui: block %s: %w", name, err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // html/template escaped it
}

func (p *Pages) answer(w http.ResponseWriter, r *http.Request, status int, pr *press, block, name string, data any) {
	var b bytes.Buffer
	if err := pr.put(&b, r, block, data); err != nil {
		p.broken(w, r, name, err.Error())
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", VisitorOf(r.Context()).Lang)
	h.Set("Vary", "Accept-Language, Cookie, HX-Request")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// broken answers for a page of ours that cannot be shown, without using templates again.
func (p *Pages) broken(w http.ResponseWriter, r *http.Request, name, why string) {
	p.opt.Log.ErrorContext(r.Context(), "page cannot be shown", "page", name, "err", why)
	http.Error(w, p.Say(VisitorOf(r.Context()).Lang, "ui.trouble.broken"), http.StatusInternalServerError)
}

// trouble is what ui/trouble.html shows.
type trouble struct {
	Status   int
	What, Do string
}

// Refused is Trouble with what the rooms said, in English, of a refusal: the visitor reads it in their language.
func (p *Pages) Refused(w http.ResponseWriter, r *http.Request, status int, what, do string) {
	lang := VisitorOf(r.Context()).Lang
	p.Trouble(w, r, status, p.Refusal(lang, what), p.Refusal(lang, do))
}

// Trouble answers with an error page: what happened, and what to do. For htmx it is a fragment, shown as a message
// above the page (app.js), which leaves what was typed where it is.
func (p *Pages) Trouble(w http.ResponseWriter, r *http.Request, status int, what, do string) {
	data := trouble{status, what, do}
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Retarget", "#messages")
		w.Header().Set("HX-Reswap", "beforeend")
		w.Header().Set("HX-Reselect", ".toast")
		p.Fragment(w, r, status, "ui/_trouble", data)
		return
	}
	p.Render(w, r, status, "ui/trouble", data)
}

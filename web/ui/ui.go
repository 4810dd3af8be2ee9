// Package ui is what all pages of the hotline are made of: layouts and templates, texts in both languages, assets and the design
// system.
//
// Pages are templates/<area>/<page>.html and are named "area/page". A page defines the blocks "title" and "content", may define
// "head", and chooses its layout by {{define "layout"}}bare{{end}} ("app" when it does not). Files whose name begins with an
// underscore are blocks named "area/_name", or define such, that every page can use.
//
// Everything that can be wrong with a template is an error of New: a text, asset, icon or block that does not exist, or a place
// where html/template cannot escape.
package ui

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"time"
)

//go:embed all:templates texts icons refusals notes
var files embed.FS

//go:embed static
var static embed.FS

// Options says what the pages know of the house.
type Options struct {
	Dev     bool                     // show /design
	Zone    *time.Location           // of visitors who chose none; time.Local when nil
	Log     *slog.Logger             // slog.Default() when nil
	Company string                   // shown beside the product's name; may be empty
	Bell    bool                     // show the bell of notifications, which web/bell answers
	Help    string                   // optional: where somebody without an account finds help, "/help"
	Call    string                   // optional: the number that they can call
	Notice  func(lang string) string // optional: a line every page shows, in the visitor's language; "" shows none
}

// Pages renders the pages and serves their assets.
type Pages struct {
	opt      Options
	texts    texts
	refusals sentences // what rooms refuse with
	notes    sentences // what they write beside what people write
	reports  sentences // what they write where nobody else does
	assets   *assets
	icons    map[string]string
	presses  map[string]*press // by page
	shared   *press            // all blocks that pages share, for fragments
}

// New parses every template and text. An unknown text, asset, icon or block, or a place that cannot be escaped, is an error here.
func New(o Options) (*Pages, error) { return build(o, files, static) }

func build(o Options, files, static fs.FS) (*Pages, error) {
	o.Zone = cmp.Or(o.Zone, time.Local)
	o.Log = cmp.Or(o.Log, slog.Default()).With("component", "ui")
	if o.Notice == nil {
		o.Notice = func(string) string { return "" }
	}
	p := &Pages{opt: o}
	var err error
	if p.texts, err = readTexts(files); err != nil {
		return nil, fmt.Errorf("ui: texts: %w", err)
	}
	if err := p.readSentences(files); err != nil {
		return nil, fmt.Errorf("ui: sentences: %w", err)
	}
	if p.assets, err = readAssets(static); err != nil {
		return nil, fmt.Errorf("ui: assets: %w", err)
	}
	if p.icons, err = readIcons(files); err != nil {
		return nil, fmt.Errorf("ui: icons: %w", err)
	}
	if err := p.parse(files); err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	return p, nil
}

func (p *Pages) readSentences(files fs.FS) (err error) {
	if p.refusals, err = readSentences(files, "refusals/*.yaml", nil); err != nil {
		return err
	}
	if p.notes, err = readSentences(files, "notes/notes.yaml", p.refusals.codes); err != nil {
		return err
	}
	p.reports, err = readSentences(files, "notes/reports.yaml", p.refusals.codes)
	return err
}

// Dev says whether pages for developers are shown.
func (p *Pages) Dev() bool { return p.opt.Dev }

// Company is the name in the head of pages and documents; may be empty.
func (p *Pages) Company() string { return p.opt.Company }

// Zone is the time zone of visitors who chose none.
func (p *Pages) Zone() *time.Location { return p.opt.Zone }

// Asset gives the path under which a file of static is served, "" when there is none.
func (p *Pages) Asset(name string) string {
	path, err := p.assets.url(name)
	if err != nil {
		return ""
	}
	return path
}

// Static serves /static/<hash>/…; mount it at "GET /static/".
func (p *Pages) Static() http.Handler { return p.assets }

// Icon serves the icon that pages name by themselves to those who show something of ours that is no page, as a PDF; mount it at
// "GET /favicon.ico". Browsers go by its type, not by its name. That path stays the same when the icon changes, so it is kept for a day.
func (p *Pages) Icon() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.assets.serve(w, r, "icon.svg", "public, max-age=86400")
	})
}

// Knows says whether there is a text of that key.
func (p *Pages) Knows(key string) bool {
	_, ok := p.texts[key]
	return ok
}

// Say gives the text of a key in a language; {0}, {1} … stand for the arguments. A key that does not exist says itself, and is
// logged: tests find those that code names.
func (p *Pages) Say(lang, key string, args ...any) string {
	s, ok := p.texts.say(lang, key, args)
	if !ok {
		p.opt.Log.Error("there is no such text", "key", key)
	}
	return s
}

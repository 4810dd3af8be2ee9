package ui

import (
	"encoding/json"
	"fmt"
	"html/template"
	"time"
)

// functions are what templates can call; they see the plate's visitor.
func (pl *plate) functions() template.FuncMap {
	p := pl.pages
	return template.FuncMap{
		// texts
		"t":    func(key string, args ...any) string { return p.Say(pl.visitor.Lang, key, args...) },
		"word": func(prefix string, name any) string { return p.Say(pl.visitor.Lang, fmt.Sprint(prefix, name)) },
		// A name that others may add to: what has no text stands for itself.
		"wordor": func(prefix string, name any) string {
			if key := fmt.Sprint(prefix, name); p.Knows(key) {
				return p.Say(pl.visitor.Lang, key)
			}
			return fmt.Sprint(name)
		},
		// What the hotline itself wrote among what people write, and where nobody else does.
		"note":   func(text string) string { return p.Note(pl.visitor.Lang, text) },
		"report": func(text string) string { return p.Report(pl.visitor.Lang, text) },
		"texts":  func(prefix string) (template.JS, error) { return asJSON(p.texts.under(pl.visitor.Lang, prefix)) },
		// who looks, and where
		"visitor":  func() Visitor { return pl.visitor },
		"has":      func(role string) bool { return pl.visitor.Has(role) },
		"here":     pl.path,
		"inlang":   pl.inLang,
		"nav":      func() []area { return areas(pl.visitor, pl.path()) },
		"bell":     func() bool { return p.opt.Bell },
		"company":  func() string { return p.opt.Company },
		"help":     func() string { return p.opt.Help },
		"call":     func() string { return p.opt.Call },
		"notice":   func() string { return p.opt.Notice(pl.visitor.Lang) },
		"sum":      func(a, b int) int { return a + b },
		"hhmm":     func(at time.Time) string { return at.In(pl.visitor.Zone).Format("15:04") },
		"date":     func(at time.Time) string { return at.In(pl.visitor.Zone).Format(time.DateOnly) },
		"number":   func(n string) string { return number(pl.visitor, n) },
		"clock":    func(at time.Time) string { return clock(pl.visitor, at) },
		"hour":     func(at time.Time) string { return hour(pl.visitor, at) },
		"datetime": func(at time.Time) string { return datetime(pl.visitor, at) },
		"ago":      func(at time.Time) string { return p.ago(pl.visitor, at, pl.now) },
		"span":     func(from, to time.Time) string { return span(pl.visitor, from, to) },
		"duration": duration,
		"rfc3339":  func(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) },
		// assets
		"asset": p.assets.url,
		"icon":  p.icon,
		// data
		"json": asJSON,
		"dict": dict,
	}
}

// asJSON encodes data for a <script type="application/json"> block. encoding/json escapes <, > and &, so nothing in it can end
// the block.
func asJSON(v any) (template.JS, error) {
	data, err := json.Marshal(v)
	return template.JS(data), err //nolint:gosec // JSON, escaped by its encoder
}

// dict makes a map of pairs, to hand several values to a block.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict needs pairs of name and value")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

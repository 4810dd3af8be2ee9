package ui

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// wording is one text in one language. Plural forms follow CLDR's names; Chinese has only "other", English has "one" as well.
type wording struct {
	One   string
	Other string
}

// wordingOf reads a plain sentence or {one: …, other: …}. (Decoding by an own UnmarshalYAML costs a second for a thousand texts.)
func wordingOf(raw any) (wording, error) {
	switch raw := raw.(type) {
	case string:
		return wording{Other: raw}, nil
	case map[string]any:
		one, okOne := raw["one"].(string)
		other, okOther := raw["other"].(string)
		if okOne && okOther && len(raw) == 2 {
			return wording{one, other}, nil
		}
	}
	return wording{}, fmt.Errorf("is neither a sentence nor one and other: %v", raw)
}

// sheet is one text in both languages.
type sheet struct{ Zh, En wording }

// sheetOf reads {zh: …, en: …}.
func sheetOf(raw map[string]any) (s sheet, err error) {
	if len(raw) != 2 || raw["zh"] == nil || raw["en"] == nil {
		return s, fmt.Errorf("is not said in zh and en, and only in these")
	}
	if s.Zh, err = wordingOf(raw["zh"]); err != nil {
		return s, err
	}
	if s.En, err = wordingOf(raw["en"]); err != nil {
		return s, err
	}
	return s, s.check()
}

func (s sheet) in(lang string) wording {
	if lang == English {
		return s.En
	}
	return s.Zh
}

// texts holds every text by its key.
type texts map[string]sheet

// readTexts reads texts/*.yaml. Keys are unique over all files; each has both languages, which take the same arguments.
func readTexts(files fs.FS) (texts, error) {
	names, err := fs.Glob(files, "texts/*.yaml")
	if err != nil {
		return nil, err
	}
	all := texts{}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var some map[string]map[string]any
		if err := yaml.UnmarshalWithOptions(data, &some, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for key, raw := range some {
			if _, twice := all[key]; twice {
				return nil, fmt.Errorf("%s: %q stands elsewhere too", path.Base(name), key)
			}
			if all[key], err = sheetOf(raw); err != nil {
				return nil, fmt.Errorf("%s: %q %w", path.Base(name), key, err)
			}
		}
	}
	return all, nil
}

func (s sheet) check() error {
	if s.Zh.Other == "" || s.En.Other == "" {
		return fmt.Errorf("is not said in both languages")
	}
	want := holes(s.Zh.Other)
	for _, form := range []string{s.En.Other, s.En.One, s.Zh.One} {
		if form != "" && !slices.Equal(holes(form), want) {
			return fmt.Errorf("takes other arguments in another language or form")
		}
	}
	return nil
}

// holes gives the arguments that a text takes, "{0}", "{1}" …, in their order, each once.
func holes(text string) []string {
	var found []string
	for i := range 10 {
		if hole := fmt.Sprintf("{%d}", i); strings.Contains(text, hole) {
			found = append(found, hole)
		}
	}
	return found
}

// say fills a text. The plural form follows the first argument that is a whole number.
func (t texts) say(lang, key string, args []any) (string, bool) {
	s, ok := t[key]
	if !ok {
		return key, false
	}
	w := s.in(lang)
	text := w.Other
	if w.One != "" && one(args) {
		text = w.One
	}
	if len(args) == 0 {
		return text, true
	}
	pairs := make([]string, 0, 2*len(args))
	for i, a := range args {
		pairs = append(pairs, fmt.Sprintf("{%d}", i), fmt.Sprint(a))
	}
	return strings.NewReplacer(pairs...).Replace(text), true
}

func one(args []any) bool {
	for _, a := range args {
		switch n := a.(type) {
		case int:
			return n == 1
		case int64:
			return n == 1
		}
	}
	return false
}

// under gives all texts whose key begins with prefix, for scripts: a sentence, or {one, other}.
func (t texts) under(lang, prefix string) map[string]any {
	out := map[string]any{}
	for key, s := range t {
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		if w := s.in(lang); w.One != "" {
			out[key] = map[string]string{"one": w.One, "other": w.Other}
		} else {
			out[key] = w.Other
		}
	}
	return out
}

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

// UnmarshalYAML takes a plain sentence or {one: …, other: …}.
func (w *wording) UnmarshalYAML(data []byte) error {
	if yaml.Unmarshal(data, &w.Other) == nil {
		return nil
	}
	var forms struct {
		One   string `yaml:"one"`
		Other string `yaml:"other"`
	}
	if err := yaml.UnmarshalWithOptions(data, &forms, yaml.Strict()); err != nil {
		return err
	}
	w.One, w.Other = forms.One, forms.Other
	return nil
}

// sheet is one text in both languages, as the YAML has it.
type sheet struct {
	Zh wording `yaml:"zh"`
	En wording `yaml:"en"`
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
		var some map[string]sheet
		if err := yaml.UnmarshalWithOptions(data, &some, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for key, s := range some {
			if _, twice := all[key]; twice {
				return nil, fmt.Errorf("%s: %q stands elsewhere too", path.Base(name), key)
			}
			if err := s.check(); err != nil {
				return nil, fmt.Errorf("%s: %q %w", path.Base(name), key, err)
			}
			all[key] = s
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

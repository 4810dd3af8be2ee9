package ui

import (
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// parse makes the press of every page, and the one of all blocks.
func (p *Pages) parse(files fs.FS) error {
	shared, pages := map[string]string{}, map[string]string{}
	err := fs.WalkDir(files, "templates", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, file)
		name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
		if strings.HasPrefix(name, "layout/") || strings.HasPrefix(path.Base(name), "_") {
			shared[name] = string(data)
		} else {
			pages[name] = string(data)
		}
		return err
	})
	if err != nil {
		return err
	}
	if p.blocks, err = p.newPress("", shared); err != nil {
		return err
	}
	p.presses = make(map[string]*press, len(pages))
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		sources := maps.Clone(shared)
		sources[name] = pages[name]
		if p.presses[name], err = p.newPress(name, sources); err != nil {
			return err
		}
	}
	return nil
}

// newPress parses the sources of one page, or, without a page, those that all share, and checks them.
func (p *Pages) newPress(page string, sources map[string]string) (*press, error) {
	// Layouts come first: their empty blocks are defaults that pages replace.
	names := slices.SortedFunc(maps.Keys(sources), func(a, b string) int {
		return strings.Compare(order(a, page)+a, order(b, page)+b)
	})
	pr := &press{make: func() (*plate, error) {
		pl := &plate{pages: p}
		pl.set = template.New("").Funcs(pl.functions()).Option("missingkey=error")
		for _, name := range names {
			if _, err := pl.set.New(name).Parse(sources[name]); err != nil {
				return nil, fmt.Errorf("template %w", err)
			}
		}
		return pl, nil
	}}
	first, err := pr.make()
	if err != nil {
		return nil, err
	}
	if page != "" {
		pr.layout = "layout/" + layoutOf(first.set)
		for _, block := range []string{pr.layout, "title", "content"} {
			if first.set.Lookup(block) == nil {
				return nil, fmt.Errorf("template %s: there is no %q", page, block)
			}
		}
	}
	if err := p.check(first.set, page, pr.layout); err != nil {
		return nil, err
	}
	pr.idle.Put(first)
	return pr, nil
}

func order(name, page string) string {
	switch {
	case strings.HasPrefix(name, "layout/"):
		return "1"
	case name == page:
		return "3"
	}
	return "2"
}

// layoutOf reads the block "layout" of a page.
func layoutOf(set *template.Template) string {
	if t := set.Lookup("layout"); t != nil {
		return strings.TrimSpace(t.Tree.Root.String())
	}
	return "app"
}

package ui

import (
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"text/template/parse"
	"time"
)

// blocks are the blocks that some files define, by name.
type blocks map[string]*parse.Tree

// parse makes the press of every page, and the one of all shared blocks.
func (p *Pages) parse(files fs.FS) error {
	shared, pages := blocks{}, map[string]blocks{}
	functions := (&plate{pages: p}).functions()
	err := fs.WalkDir(files, "templates", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(file, "templates/"), ".html")
		own, err := readBlocks(files, file, name, functions)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(name, "layout/") && !strings.HasPrefix(path.Base(name), "_") {
			pages[name] = own
			return nil
		}
		for block, tree := range own {
			// Layouts share their defaults ({{block "head" .}}), which are the same in each.
			if _, twice := shared[block]; twice && strings.Contains(block, "/") {
				return fmt.Errorf("template %s: the block %q is defined elsewhere too", name, block)
			}
			shared[block] = tree
		}
		return nil
	})
	if err != nil {
		return err
	}
	if p.shared, err = p.newPress("", shared, nil); err != nil {
		return err
	}
	p.presses = make(map[string]*press, len(pages))
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		if p.presses[name], err = p.newPress(name, shared, pages[name]); err != nil {
			return err
		}
	}
	return nil
}

// readBlocks parses one file.
func readBlocks(files fs.FS, file, name string, functions template.FuncMap) (blocks, error) {
	data, err := fs.ReadFile(files, file)
	if err != nil {
		return nil, err
	}
	whole := name + ".html" // what stands outside of blocks
	set, err := template.New(whole).Funcs(functions).Parse(string(data))
	if err != nil {
		return nil, fmt.Errorf("template %w", err)
	}
	found := blocks{}
	for _, t := range set.Templates() {
		switch {
		case t.Tree == nil:
		case t.Name() != whole:
			found[t.Name()] = t.Tree
		case !parse.IsEmptyTree(t.Tree.Root): // a layout, or a shared file that is one block as a whole
			found[name] = t.Tree
		}
	}
	return found, nil
}

// newPress makes the press of a page out of its own blocks and the shared ones that it needs, or, without a page, of all that are
// shared, and checks them.
func (p *Pages) newPress(page string, shared, own blocks) (*press, error) {
	all := maps.Clone(shared)
	maps.Copy(all, own)
	pr := &press{first: make(chan *plate, 1)}
	var roots []string
	if page == "" {
		roots = slices.DeleteFunc(slices.Sorted(maps.Keys(shared)), func(name string) bool { return !strings.Contains(name, "/_") })
	} else {
		pr.layout = "layout/app"
		if tree := own["layout"]; tree != nil {
			pr.layout = "layout/" + strings.TrimSpace(tree.Root.String())
		}
		roots = append([]string{pr.layout, "title", "content"}, slices.Sorted(maps.Keys(own))...)
	}
	needed, err := p.needed(all, page, roots)
	if err != nil {
		return nil, err
	}
	pr.make = func() (*plate, error) {
		pl := &plate{pages: p, visitor: Visitor{Lang: Chinese, Zone: time.UTC}}
		pl.set = template.New("").Funcs(pl.functions()).Option("missingkey=error")
		for name, tree := range needed {
			if _, err := pl.set.AddParseTree(name, tree.Copy()); err != nil {
				return nil, fmt.Errorf("template %s: %w", name, err)
			}
		}
		return pl, nil
	}
	first, err := pr.make()
	if err != nil {
		return nil, err
	}
	if err := escapes(first.set, page, roots); err != nil {
		return nil, err
	}
	pr.give(first)
	return pr, nil
}

// needed gives the blocks that roots lead to, and finds on the way everything that they name and that is not there.
func (p *Pages) needed(all blocks, page string, roots []string) (blocks, error) {
	found := blocks{}
	for queue := slices.Clone(roots); len(queue) > 0; queue = queue[1:] {
		name := queue[0]
		tree, ok := all[name]
		if !ok {
			return nil, fmt.Errorf("template %s: there is no block %q", page, name)
		}
		if _, seen := found[name]; seen {
			continue
		}
		found[name] = tree
		for _, c := range callsIn(tree.Root) {
			if c.function == "template" {
				queue = append(queue, c.argument)
			} else if err := p.checkCall(c); err != nil {
				return nil, fmt.Errorf("template %s: block %s: %w", page, name, err)
			}
		}
	}
	return found, nil
}

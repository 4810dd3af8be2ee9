package ui

import (
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
)

// readIcons reads the shapes of the icons (lucide.dev, vendored by vendor.mjs; licence in static/vendor).
func readIcons(files fs.FS) (map[string]string, error) {
	names, err := fs.Glob(files, "icons/*.svg")
	if err != nil {
		return nil, err
	}
	all := make(map[string]string, len(names))
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		all[strings.TrimSuffix(path.Base(name), ".svg")] = strings.TrimSpace(string(data))
	}
	return all, nil
}

// icon draws one beside a text; it says nothing itself, so screen readers pass over it.
func (p *Pages) icon(name string) (template.HTML, error) {
	shapes, ok := p.icons[name]
	if !ok {
		return "", fmt.Errorf("there is no icon %q", name)
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + shapes + `</svg>`), nil //nolint:gosec // shapes are files of ours
}

package ui

import (
	"slices"
	"strings"
)

// place is one entry of the navigation.
type place struct {
	Path, Icon string
	Name       string // of the text: "ui.nav." + Name
	Current    bool
	roles      []string // none: everybody signed in
}

// places gives the navigation of a visitor, in the order in which it is shown.
func places(v Visitor, path string) []place {
	all := []place{
		{Path: "/desk", Icon: "headset", Name: "desk", roles: []string{"agent"}},
		{Path: "/supervise", Icon: "layout-dashboard", Name: "supervise", roles: []string{"supervisor"}},
		{Path: "/calls", Icon: "phone", Name: "calls", roles: []string{"supervisor"}},
		{Path: "/wall", Icon: "monitor", Name: "wall", roles: []string{"supervisor"}},
		{Path: "/knowledge", Icon: "book-open", Name: "knowledge", roles: []string{"agent", "supervisor", "dispatcher"}},
		{Path: "/import", Icon: "upload", Name: "import", roles: []string{"administrator"}},
		{Path: "/admin/users", Icon: "users", Name: "users", roles: []string{"administrator"}},
		{Path: "/admin/audit", Icon: "scroll-text", Name: "audit", roles: []string{"administrator"}},
	}
	mine := slices.DeleteFunc(all, func(p place) bool {
		return len(p.roles) > 0 && !slices.ContainsFunc(p.roles, v.Has)
	})
	for i, p := range mine {
		mine[i].Current = path == p.Path || strings.HasPrefix(path, p.Path+"/")
	}
	return mine
}

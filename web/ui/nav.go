package ui

import (
	"slices"
	"strings"
)

// place is one page of the navigation.
type place struct {
	Path, Icon string
	Name       string // of the text: "ui.nav." + Name
	Current    bool
	area       string
	roles      []string // none: everybody signed in
}

// area is one entry of the top bar: the places that are used for one kind of work. An area of one place goes by its name.
type area struct {
	Name    string // of the text: "ui.nav." + Name
	Icon    string
	Current bool
	Places  []place
}

// areas gives the navigation of a visitor, in the order in which it is shown. An area in which they may see nothing is left out.
func areas(v Visitor, path string) []area {
	mine := slices.DeleteFunc(places(), func(p place) bool {
		return len(p.roles) > 0 && !slices.ContainsFunc(p.roles, v.Has)
	})
	here := -1
	for i, p := range mine {
		if (path == p.Path || strings.HasPrefix(path, p.Path+"/")) && (here < 0 || len(p.Path) > len(mine[here].Path)) {
			here = i
		}
	}
	if here >= 0 {
		mine[here].Current = true
	}
	icons := map[string]string{"floor": "layout-dashboard", "service": "wrench", "customers": "circle-user", "admin": "settings"}
	var all []area
	for _, p := range mine {
		if n := len(all); n == 0 || all[n-1].Name != p.area {
			all = append(all, area{Name: p.area, Icon: icons[p.area]})
		}
		a := &all[len(all)-1]
		a.Places = append(a.Places, p)
		a.Current = a.Current || p.Current
	}
	for i, a := range all {
		if len(a.Places) == 1 {
			all[i].Name, all[i].Icon = a.Places[0].Name, a.Places[0].Icon
		}
	}
	return all
}

// places are all pages of the navigation; those of one area stand together.
func places() []place {
	return []place{
		{Path: "/desk", Icon: "headset", Name: "desk", area: "desk", roles: []string{"agent"}},
		{Path: "/supervise", Icon: "layout-dashboard", Name: "supervise", area: "floor", roles: []string{"supervisor"}},
		{Path: "/calls", Icon: "phone", Name: "calls", area: "floor", roles: []string{"supervisor"}},
		{Path: "/wall", Icon: "monitor", Name: "wall", area: "floor", roles: []string{"supervisor"}},
		{Path: "/dispatch", Icon: "layout-dashboard", Name: "dispatch", area: "service", roles: []string{"dispatcher", "supervisor"}},
		{Path: "/dispatch/calendar", Icon: "calendar-clock", Name: "plan", area: "service", roles: []string{"dispatcher", "supervisor"}},
		{Path: "/orders", Icon: "clipboard-list", Name: "orders", area: "service", roles: []string{"agent", "engineer", "supervisor", "dispatcher"}},
		{Path: "/quality", Icon: "shield-check", Name: "quality", area: "service", roles: []string{"supervisor"}},
		{Path: "/visit", Icon: "smartphone", Name: "visit", area: "service", roles: []string{"engineer"}},
		{Path: "/visitcode", Icon: "shield-check", Name: "visitcode", area: "service", roles: []string{"agent", "supervisor", "dispatcher"}},
		{Path: "/dispatch/calendars", Icon: "calendar", Name: "calendars", area: "service", roles: []string{"dispatcher", "administrator"}},
		{Path: "/followup", Icon: "phone-outgoing", Name: "followup", area: "service", roles: []string{"supervisor"}},
		{Path: "/customers", Icon: "circle-user", Name: "customers", area: "customers", roles: []string{"agent", "supervisor", "dispatcher"}},
		{Path: "/classes", Icon: "users", Name: "classes", area: "customers", roles: []string{"agent", "supervisor", "dispatcher"}},
		{Path: "/engagements", Icon: "building-2", Name: "engagements", area: "customers", roles: []string{"engineer", "supervisor", "dispatcher"}},
		{Path: "/knowledge", Icon: "book-open", Name: "knowledge", area: "customers", roles: []string{"agent", "supervisor", "dispatcher"}},
		{Path: "/news", Icon: "info", Name: "news", area: "customers", roles: []string{"agent", "supervisor", "dispatcher"}},
		{Path: "/feedback", Icon: "activity", Name: "digest", area: "customers", roles: []string{"agent", "supervisor", "dispatcher"}},
		{Path: "/import", Icon: "upload", Name: "import", area: "admin", roles: []string{"administrator"}},
		{Path: "/admin/users", Icon: "users", Name: "users", area: "admin", roles: []string{"administrator"}},
		{Path: "/admin/audit", Icon: "scroll-text", Name: "audit", area: "admin", roles: []string{"administrator"}},
	}
}

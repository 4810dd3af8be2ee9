package ui

import (
	"slices"
	"testing"
)

// What somebody sees of the navigation: areas of one place go by that place's name, and the longest path is where they are.
func TestAreas(t *testing.T) {
	names := func(all []area) (names []string) {
		for _, a := range all {
			names = append(names, a.Name)
		}
		return names
	}
	one := areas(Visitor{Roles: []string{"agent"}}, "/desk/cases")
	if got := names(one); got[0] != "desk" || slices.Contains(got, "admin") || slices.Contains(got, "floor") || !one[0].Current || one[0].Icon != "headset" {
		t.Errorf("an agent sees %+v", one)
	}
	all := areas(Visitor{Roles: []string{"agent", "supervisor", "dispatcher", "administrator", "engineer"}}, "/admin/users/wang")
	for i, a := range all {
		if slices.Contains(names(all[:i]), a.Name) {
			t.Errorf("area %s stands in two places: put its pages together", a.Name)
		}
		for _, p := range a.Places {
			if p.Current != (p.Path == "/admin/users") {
				t.Errorf("%s: current %v", p.Path, p.Current)
			}
		}
		if a.Current != (a.Name == "admin") {
			t.Errorf("area %s: current %v", a.Name, a.Current)
		}
	}
	if got := areas(Visitor{}, "/"); len(got) != 0 {
		t.Errorf("nobody sees %+v", got)
	}
}

package procedures_test

import (
	"slices"
	"testing"

	"hotline/configs/procedures"
	"hotline/records/procedure"
)

// TestShipped: every service of the domain description is there, whole, and says everything in both languages.
func TestShipped(t *testing.T) {
	all, err := procedure.ParseAll(procedures.Files)
	if err != nil {
		t.Fatal(err)
	}
	// Steps, deliverables and quality rules that the domain description counts, at least.
	want := map[string][3]int{
		"hotline": {0, 0, 4}, "remote": {5, 3, 3}, "onsite": {10, 3, 3}, "consultation": {4, 1, 1}, "followup": {3, 1, 1},
		"visit": {3, 1, 1}, "open_class": {6, 1, 3}, "consulting": {4, 2, 1}, "development": {5, 4, 1},
	}
	for _, d := range all {
		w, ok := want[d.Code]
		if !ok {
			t.Errorf("%s is no service of the domain description", d.Code)
		}
		if len(d.Steps) < w[0] || len(d.Deliverables) < w[1] || len(d.Rules) < w[2] {
			t.Errorf("%s has %d steps, %d deliverables, %d rules; at least %v", d.Code, len(d.Steps), len(d.Deliverables), len(d.Rules), w)
		}
		for _, s := range d.Steps {
			if len(s.Needs) == 0 {
				t.Errorf("%s.%s asks for no evidence", d.Code, s.Code)
			}
		}
		delete(want, d.Code)
	}
	for code := range want {
		t.Errorf("%s is missing", code)
	}
	if !slices.IsSortedFunc(all, func(a, b procedure.Definition) int { return compare(a.Code, b.Code) }) {
		t.Error("not in the order of names")
	}
}

func compare(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

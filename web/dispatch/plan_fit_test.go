package dispatch

import "testing"

// TestFit: what stands in a block of the plan is cut to its width, with a mark that it is.
func TestFit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "华东一厂": "华东一厂", "华东精工制造有限公司": "华东精工制造…", "ACME": "ACME", "Shanghai Precision": "Shanghai…", "华东 ACME": "华东 ACME", "华东 ACME Works": "华东 ACME…",
	} {
		if got := fit(text, 100, 14); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	if got := fit("华东", 10, 14); got != "…" {
		t.Errorf("without room: %q", got)
	}
}

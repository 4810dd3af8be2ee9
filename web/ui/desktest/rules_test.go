package desktest

import (
	"os/exec"
	"testing"
)

// The rules of the desk that need no page hold in node.
func TestRules(t *testing.T) {
	t.Parallel()
	if out, err := exec.CommandContext(t.Context(), "node", "--test", "testdata/rules.test.mjs").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

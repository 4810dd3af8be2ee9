package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hotline/web/ui"
)

// Whatever is kept in the audit log has a word in both languages, so that administrators read no codes.
func TestAuditedActionsHaveWords(t *testing.T) {
	pages, err := ui.New(ui.Options{})
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`Action: "([a-z.-]+[a-z])"|audited\([^"\n]*"([a-z]+\.[a-z-]+)"|change(?:User|UserWith|Engineer)\(ctx, "([a-z.-]+)"`)
	seen := map[string]bool{}
	for _, room := range []string{"../records", "."} {
		err := filepath.WalkDir(room, func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range said.FindAllStringSubmatch(string(text), -1) {
				seen[m[1]+m[2]+m[3]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, made := range []string{"vault.read", "vault.close", "article.publish", "order.override", "followup.close", "import.applied", "agent.paused"} {
		seen[made] = true // put together at run time
	}
	if len(seen) < 30 {
		t.Fatalf("only %d actions were found in the sources: %v", len(seen), seen)
	}
	for action := range seen {
		if !pages.Knows("admin.audit.do." + action) {
			t.Errorf("the audit log shows %q as it is: add the text admin.audit.do.%[1]s", action)
		}
	}
}

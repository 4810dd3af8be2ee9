package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/records/linktoken"
)

// TestLinksRotate: the operator's rotation leaves links on their way alive, and refuses where the key comes from elsewhere.
func TestLinksRotate(t *testing.T) {
	dir := t.TempDir()
	ring, ends := linktoken.File(filepath.Join(dir, "links.key")), time.Now().Add(time.Hour)
	token, err := ring.Sign("survey", ends)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "links.key"))
	if err != nil {
		t.Fatal(err)
	}
	r := hotline(t, nil, "", "links", "rotate", "--data", dir)
	if r.code != exitOK || !strings.Contains(r.out, "still work") || strings.Contains(r.out, strings.TrimSpace(string(before))) {
		t.Errorf("rotate: %d %s %s", r.code, r.out, r.errors)
	}
	if err := ring.Verify(token, time.Now()); err != nil {
		t.Errorf("a link on its way: %v", err)
	}
	key := strings.Repeat("ab", 32)
	if r := hotline(t, []string{"HOTLINE_LINKS_KEY=" + key}, "", "links", "rotate", "--data", dir); r.code != exitFailed || strings.Contains(r.errors, key) {
		t.Errorf("a key from elsewhere: %d %s", r.code, r.errors)
	}
	if r := hotline(t, []string{"HOTLINE_LINKS_KEY=nonsense"}, "", "links", "rotate", "--data", dir); r.code != exitFailed || strings.Contains(r.errors, "nonsense") {
		t.Errorf("no key: %d %s", r.code, r.errors)
	}
}

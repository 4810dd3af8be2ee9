package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A page that a document names is one that the site has: in its tables of routes, or below one of them.
func TestDocumentsNamePagesThatExist(t *testing.T) {
	routes := routesOf(t)
	named := regexp.MustCompile("(?:`|\\]\\()(?:(?:GET|POST|PUT|PATCH|DELETE) )?(/[a-z][A-Za-z0-9_{}/.…*-]*)(?:\\?[^`)]*)?(?:`|\\))")
	seen := 0
	documents, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	adr, err := filepath.Glob(filepath.Join(root, "docs", "adr", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(append(documents, adr...), filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			page := strings.TrimRight(m[1], "…/*")
			// Not pages: the API has a document of its own, the rest are files of a machine.
			if strings.HasPrefix(page, "/api") || slices.ContainsFunc([]string{"/etc", "/var", "/usr", "/opt", "/dev", "/run", "/proc", "/ari", "/tmp", "/root", "/home", "/lib", "/srv"}, func(dir string) bool { return page == dir || strings.HasPrefix(page, dir+"/") }) {
				continue
			}
			seen++
			if !slices.ContainsFunc(routes, func(route string) bool { return leads(route, page) }) {
				t.Errorf("%s names %s, which is no page", filepath.Base(file), m[1])
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d pages were found in the documents", seen)
	}
}

// routesOf reads the patterns that are mounted from the sources of web.
func routesOf(t *testing.T) []string {
	t.Helper()
	pattern := regexp.MustCompile(`"(?:GET|POST) (/[^"]*)"`)
	routes := []string{"/"}
	err := filepath.WalkDir(filepath.Join(root, "web"), func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range pattern.FindAllStringSubmatch(string(text), -1) {
			routes = append(routes, strings.TrimSuffix(m[1], "{$}"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(routes) < 100 {
		t.Fatalf("only %d routes were found", len(routes))
	}
	return append(routes, "/sip/{switch}", "/debug/pprof")
}

// leads reports whether a path is a route, or the beginning of one; what stands in braces fits anything.
func leads(route, page string) bool {
	have, want := strings.Split(strings.Trim(route, "/"), "/"), strings.Split(strings.Trim(page, "/"), "/")
	if len(want) > len(have) {
		return false
	}
	for i, part := range want {
		if have[i] != part && !strings.HasPrefix(have[i], "{") && !strings.HasPrefix(part, "{") {
			return false
		}
	}
	return true
}

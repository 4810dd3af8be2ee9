package ui

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hotline/web/browser"
)

// The vendored files are what the pinned packages give: nobody edits them, and a new pin comes with its files.
func TestVendoredFilesAreThePackages(t *testing.T) {
	t.Parallel()
	fresh := t.TempDir()
	node := exec.CommandContext(t.Context(), "node", "vendor.mjs", fresh)
	node.Env = append(os.Environ(), "HOTLINE_NODE="+browser.NodeDir(t.Context(), t.Fatalf))
	if out, err := node.CombinedOutput(); err != nil {
		t.Fatalf("vendor.mjs: %v\n%s", err, out)
	}
	for _, dir := range []string{"static/vendor", "icons"} {
		here, there := contents(t, os.DirFS(dir)), contents(t, os.DirFS(filepath.Join(fresh, dir)))
		if len(there) == 0 {
			t.Errorf("%s: nothing was made", dir)
		}
		for name, want := range there {
			if here[name] != want {
				t.Errorf("%s/%s is not what the package gives: npm run vendor", dir, name)
			}
		}
		for name := range here {
			if _, ok := there[name]; !ok {
				t.Errorf("%s/%s comes from no package: npm run vendor", dir, name)
			}
		}
	}
}

func contents(t *testing.T, tree fs.FS) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tree, name)
		all[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// All our JavaScript is type-checked, strictly. The packages' types are outside the tree, so the check runs in a directory that has
// both by link.
func TestJavaScriptIsTypeChecked(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	node, both := browser.NodeDir(t.Context(), t.Fatalf), t.TempDir()
	for name, target := range map[string]string{
		"web": filepath.Join(root, "web"), "tsconfig.json": filepath.Join(root, "tsconfig.json"),
		"node_modules": filepath.Join(node, "node_modules"), "package.json": filepath.Join(root, "package.json"),
	} {
		if err := os.Symlink(target, filepath.Join(both, name)); err != nil {
			t.Fatal(err)
		}
	}
	check := func(args ...string) ([]byte, error) {
		tsc := exec.CommandContext(t.Context(), "node", append([]string{filepath.Join(node, "node_modules/typescript/bin/tsc"), "--project", "tsconfig.json"}, args...)...)
		tsc.Dir = both
		return tsc.CombinedOutput()
	}
	if out, err := check(); err != nil {
		t.Errorf("tsc: %v\n%s", err, out)
	}
	// That nothing is wrong would also be said when nothing was read.
	if out, err := check("--listFilesOnly"); err != nil || !contains(out, "static/stream.js", "static/ringbar.js") {
		t.Errorf("tsc does not read our files: %v\n%s", err, out)
	}
}

func contains(out []byte, parts ...string) bool {
	for _, part := range parts {
		if !strings.Contains(string(out), part) {
			return false
		}
	}
	return true
}

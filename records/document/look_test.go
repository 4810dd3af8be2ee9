package document_test

import (
	"os"
	"path/filepath"
	"testing"
)

// TestLook writes the sample documents to the directory in LOOK, to be rendered and judged by eye.
func TestLook(t *testing.T) {
	dir := t.TempDir()
	if keep := os.Getenv("LOOK"); keep != "" {
		dir = keep
	}
	pdf, _, err := workOrder(t).Report(options()).Bytes(options())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "workorder.pdf"), pdf, 0o600); err != nil {
		t.Fatal(err)
	}
}

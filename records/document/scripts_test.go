package document_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hotline/records/document"
)

// Emoji and Hangul, which customers write, stand in a document as they were written, and come out of it the same.
func TestOtherScripts(t *testing.T) {
	o := options()
	o.Verify, o.Missing = "", func(r rune) { t.Errorf("the fonts lack %q", r) }
	const text = "扫描枪😀连接不上👍，联系人김철수（서울）🔧⚠"
	r := document.Report{Title: "t", Number: "n", Blocks: []document.Block{document.Paragraph{Text: text}}}
	if got := strings.Join(extract(t, r, o), ""); got != "t"+text {
		t.Errorf("printed %q", got)
	}
}

// A document says in which language it is and what it is called, and carries no font that it does not use.
func TestDocumentSaysWhatItIs(t *testing.T) {
	for lang, want := range map[string]string{"zh-Hans": "/Lang (zh-CN)", "en": "/Lang (en)"} {
		o := options()
		o.Lang = lang
		pdf, _, err := workOrder(t).Report(o).Bytes(o)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(pdf, []byte(want)) || !bytes.Contains(pdf, []byte("/DisplayDocTitle true")) || bytes.Contains(pdf, []byte("NotoEmoji")) {
			t.Errorf("%s: the catalogue lacks %s or its title, or there is a font too many", lang, want)
		}
		file := filepath.Join(t.TempDir(), "x.pdf")
		if err := os.WriteFile(file, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		said, err := exec.CommandContext(t.Context(), "pdfinfo", file).CombinedOutput()
		if err != nil {
			t.Fatalf("pdfinfo (poppler-utils): %v %s", err, said)
		}
		for _, line := range []string{"Title: ", "Subject: ", "Author: ", "CreationDate: "} {
			if !strings.Contains(string(said), line) {
				t.Errorf("%s: pdfinfo does not tell %s", lang, line)
			}
		}
		if strings.Contains(string(said), "Syntax Error") {
			t.Errorf("%s: %s", lang, said)
		}
	}
}

package records_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/records"
)

func testAttachments(t *testing.T, open opener) {
	dir := filepath.Join(t.TempDir(), "attachments")
	ctx := records.By(t.Context(), "li")
	s := open(t).open(t, func(o *records.Options) { o.Files, o.MaxFile, o.MaxFiles = dir, 1<<10, 3 })
	staff(t, s)
	own := answer(t, s, "c1", "li", "")
	add := func(name, body string) (records.Attachment, error) {
		return s.AddAttachment(ctx, records.NewAttachment{Case: own.Number, By: "li", Name: name, Body: strings.NewReader(body)})
	}
	first := get[records.Attachment](t)(add(`C:\fakepath\错误 <截图>.png`, "\x89PNG\r\n\x1a\nrest"))
	equal(t, "name", first.Name, "错误 _截图_.png")
	equal(t, "media", first.Media, "image/png")
	equal(t, "size", first.Size, 12)
	again := get[records.Attachment](t)(add(`错误 <截图>.png`, "\x89PNG\r\n\x1a\nrest"))
	equal(t, "once", again.ID, first.ID)
	page := get[records.Attachment](t)(add("innocent.png", "<html><script>alert(1)</script>"))
	equal(t, "what it is, not what it says", page.Media, "text/html; charset=utf-8")

	got, file, err := s.OpenAttachment(ctx, own.Number, first.ID)
	must(t, err)
	body := get[[]byte](t)(io.ReadAll(file))
	must(t, file.Close())
	equal(t, "bytes", string(body), "\x89PNG\r\n\x1a\nrest")
	equal(t, "row", got, first)
	_, _, err = s.OpenAttachment(ctx, "C-0", first.ID) // an id of another case opens nothing
	refused(t, err, records.ErrNotFound)

	for body, kind := range map[string]error{"": records.ErrInvalid, strings.Repeat("x", 1<<10+1): records.ErrInvalid} {
		_, err := add("x", body)
		refused(t, err, kind)
	}
	_, err = s.AddAttachment(ctx, records.NewAttachment{Case: "C-0", By: "li", Name: "x", Body: strings.NewReader("x")})
	refused(t, err, records.ErrNotFound)
	long := get[records.Attachment](t)(add("../../"+strings.Repeat("长", 200)+".log", strings.Repeat("x", 1<<10)))
	equal(t, "long name", len([]rune(long.Name)) == 120 && strings.HasSuffix(long.Name, ".log"), true)
	_, err = add("one too many", "x")
	refused(t, err, records.ErrInvalid)

	equal(t, "listed", len(get[[]records.Attachment](t)(s.Attachments(ctx, own.Number))), 3)
	log := get[records.Page[records.AuditEntry]](t)(s.AuditLog(ctx, records.AuditFilter{Object: own.Number}))
	actions := map[string]int{}
	for _, e := range log.Items {
		actions[e.By+" "+e.Action]++
	}
	equal(t, "audited", actions["li case.attachment-added"]*10+actions["li case.attachment-read"], 31)
	var stray []string
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(path, "arriving") {
			stray = append(stray, path)
		}
		return err
	}))
	equal(t, "nothing half-written stays", strings.Join(stray, " "), "")

	none := open(t).open(t)
	_, err = none.AddAttachment(ctx, records.NewAttachment{Case: own.Number, By: "li", Name: "x", Body: bytes.NewReader([]byte("x"))})
	refused(t, err, records.ErrInvalid)
}

// FuzzFileName: whatever a sender calls a file, the name that is kept is one line that names a file and nothing else.
func FuzzFileName(f *testing.F) {
	for _, name := range []string{"a.png", "../../etc/passwd", `C:\x\y.log`, "", ".", "..", "\u202egnp.exe", "a\r\nSet-Cookie: x", strings.Repeat("长", 300) + ".tar.gz", "\xff\x00", "日志 .txt "} {
		f.Add(name)
	}
	s := openAt(f, filepath.Join(f.TempDir(), "hotline.db"), func(o *records.Options) {
		o.Files, o.MaxFiles = filepath.Join(f.TempDir(), "attachments"), 1<<30
	})
	staff(f, s)
	own := get[records.Case](f)(s.CreateCase(f.Context(), records.NewCase{Owner: "li"}))
	f.Fuzz(func(t *testing.T, name string) {
		a := get[records.Attachment](t)(s.AddAttachment(t.Context(), records.NewAttachment{Case: own.Number, By: "li", Name: name, Body: strings.NewReader("x")}))
		if a.Name == "" || len([]rune(a.Name)) > 120 || strings.ContainsAny(a.Name, "/\\\r\n\x00\"<>:|?*\u202e") || strings.Trim(a.Name, ". ") != a.Name || filepath.Base(a.Name) != a.Name {
			t.Errorf("%q is kept as %q", name, a.Name)
		}
	})
}

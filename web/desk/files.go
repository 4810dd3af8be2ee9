package desk

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// uploadTime bounds how long one file may take to arrive: 20 MB over a slow line.
const uploadTime = 5 * time.Minute

// filesOf is the list of a case's files.
type filesOf struct {
	Case  string
	Files []fileRow
}

type fileRow struct {
	records.Attachment
	SizeText string
}

func listFiles(number string, all []records.Attachment) filesOf {
	f := filesOf{Case: number}
	for _, a := range all {
		f.Files = append(f.Files, fileRow{a, sizeText(a.Size)})
	}
	return f
}

// sizeText is a size as people read it: 512 B, 1.2 MB (decimal, IEC 80000-13).
func sizeText(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

func (d *Desk) files(w http.ResponseWriter, r *http.Request) {
	all, err := d.store.Attachments(r.Context(), r.PathValue("number"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.pages.Fragment(w, r, http.StatusOK, "desk/_files", listFiles(r.PathValue("number"), all))
}

// addFile takes one file of a multipart form, streamed: it is never held in memory.
func (d *Desk) addFile(w http.ResponseWriter, r *http.Request) {
	ctl := http.NewResponseController(w)
	_ = ctl.SetReadDeadline(time.Now().Add(uploadTime)) // recorders in tests have none
	r.Body = http.MaxBytesReader(w, r.Body, d.opt.MaxFile+(1<<20))
	part, err := firstFile(r)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, trouble{What: d.say(r, "work.trouble.upload"), Do: d.say(r, "work.trouble.upload.do")})
		return
	}
	a, err := d.store.AddAttachment(r.Context(), records.NewAttachment{
		Case: r.PathValue("number"), By: ui.VisitorOf(r.Context()).Login, Name: part.FileName(), Body: part,
	})
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		writeJSON(w, http.StatusRequestEntityTooLarge, trouble{What: d.say(r, "work.trouble.large"), Do: d.say(r, "work.trouble.large.do")})
		return
	}
	if err != nil {
		d.failJSON(w, r, err)
		return
	}
	_ = ctl.SetReadDeadline(time.Time{})
	writeJSON(w, http.StatusCreated, a)
}

func firstFile(r *http.Request) (*multipart.Part, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, fmt.Errorf("upload: %w", err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("upload: no file in the form")
		}
		if err != nil {
			return nil, fmt.Errorf("upload: %w", err)
		}
		if part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
	}
}

// file gives a file to be saved, never to be shown by the browser: it came from outside.
func (d *Desk) file(w http.ResponseWriter, r *http.Request) {
	a, body, err := d.store.OpenAttachment(r.Context(), r.PathValue("number"), r.PathValue("id"))
	if err != nil {
		d.fail(w, r, err)
		return
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Type", a.Media)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", a.At, body)
}

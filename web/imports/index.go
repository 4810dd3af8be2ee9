package imports

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

// uploadTime bounds how long a file may take to arrive: 10 MB over a slow line.
const uploadTime = 5 * time.Minute

// indexPage is where imports begin, with those there were.
type indexPage struct {
	Max   string
	Items []records.Import
	Older string
}

func (m *Imports) index(w http.ResponseWriter, r *http.Request) {
	page, err := m.store.Imports(r.Context(), r.FormValue("cursor"), 20)
	if err != nil {
		m.fail(w, r, err)
		return
	}
	p := indexPage{Max: size(m.opt.MaxFile), Items: page.Items}
	if page.Next != "" {
		p.Older = "/import?cursor=" + page.Next
	}
	m.pages.Render(w, r, http.StatusOK, "imports/index", p)
}

// size is a size as people read it (decimal, IEC 80000-13).
func size(n int64) string {
	if n < 1_000_000 {
		return fmt.Sprintf("%d kB", (n+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// upload takes the file of a multipart form: first its kind, then the file.
func (m *Imports) upload(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // recorders in tests have none
	r.Body = http.MaxBytesReader(w, r.Body, m.opt.MaxFile+(64<<10))
	kind, name, data, err := read(r)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		m.trouble(w, r, http.StatusRequestEntityTooLarge, "imports.trouble.size")
		return
	}
	if err != nil || name == "" {
		m.trouble(w, r, http.StatusBadRequest, "imports.trouble.nofile")
		return
	}
	i, err := m.store.UploadImport(r.Context(), ui.VisitorOf(r.Context()).Login, kind, name, data)
	if err != nil {
		m.fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/import/"+i.ID, http.StatusSeeOther)
}

func read(r *http.Request) (kind, name string, data []byte, err error) {
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		return "", "", nil, errors.Join(err, http.ErrNotMultipart)
	}
	form := multipart.NewReader(r.Body, params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return kind, name, data, nil
		}
		if err != nil {
			return "", "", nil, fmt.Errorf("next part: %w", err)
		}
		body, err := io.ReadAll(part) // bounded with the request
		if err != nil {
			return "", "", nil, fmt.Errorf("part: %w", err)
		}
		switch part.FormName() {
		case "kind":
			kind = string(body)
		case "file":
			name, data = part.FileName(), body
		}
	}
}

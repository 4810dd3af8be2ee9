package customer

import (
	"mime"
	"net/http"

	"hotline/records"
)

// file gives the document of a link. That these bytes were delivered, and when, is recorded before the first of them goes out.
func (s *Site) file(w http.ResponseWriter, r *http.Request) {
	l, file, body, err := s.opt.Records.ReadLink(r.Context(), r.PathValue("token"), s.device(r))
	if err != nil {
		s.refuse(w, r, records.Link{}, false, err)
		return
	}
	defer func() {
		if err := body.Close(); err != nil {
			s.log.ErrorContext(r.Context(), "close a document", "link", l.ID, "err", err)
		}
	}()
	h := w.Header()
	how := "attachment"
	if file.Media == "application/pdf" {
		how = "inline"
		h.Set("Content-Security-Policy", "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'none'") // a viewer brings its own styles
	}
	h.Set("Content-Type", file.Media)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": file.Name}))
	http.ServeContent(w, r, "", file.At, body)
}

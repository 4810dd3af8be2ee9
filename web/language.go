package web

import (
	"net/http"
	"slices"

	"hotline/web/ui"
)

// apiLanguage is the language of who sent a request: what they chose on the pages, else the browser's or program's Accept-Language
// (RFC 9110 §12.5.4); English for a program that says nothing.
func (s *Site) apiLanguage(r *http.Request) string {
	if r == nil {
		return ui.English
	}
	return ui.LangOr(ui.English, s.lookOf(r).Lang, r.Header.Get("Accept-Language"))
}

// worded gives a problem in the language of who sent the request. Code, type, status and the names of fields are for programs and stay.
func (s *Site) worded(r *http.Request, p *Problem) *Problem {
	told := *p
	told.lang = s.apiLanguage(r)
	told.Title, told.Detail = s.pages.Refusal(told.lang, p.Title), s.pages.Refusal(told.lang, p.Detail)
	told.Do = s.pages.Refusal(told.lang, p.Do)
	told.Fields = slices.Clone(p.Fields)
	for i, f := range told.Fields {
		if len(f.sentences) == 0 {
			f.sentences = []string{f.What}
		}
		told.Fields[i].What = s.pages.Refusals(told.lang, f.sentences...)
	}
	return &told
}

// refuse answers with a problem where huma does not write the answer itself.
func (s *Site) refuse(w http.ResponseWriter, r *http.Request, p *Problem) {
	writeProblem(w, s.worded(r, p))
}

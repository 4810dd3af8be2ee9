package customer

import (
	"net/http"
	"slices"
	"strings"

	"hotline/records"
)

// checking is the page that checks a document.
type checking struct {
	Number, Hash string
	Asked        bool
	Found        records.Genuine
	Kind         string
	Hotline      string
}

// verify tells whether a document with this number and this hash was issued here. It tells nothing about anybody.
func (s *Site) verify(w http.ResponseWriter, r *http.Request) {
	c := checking{Number: r.PathValue("number"), Hash: r.URL.Query().Get("h"), Hotline: s.opt.Hotline}
	if c.Number == "" {
		c.Number = strings.TrimSpace(r.URL.Query().Get("number"))
	}
	c.Asked = c.Number != "" && c.Hash != ""
	status := http.StatusOK
	if c.Asked {
		found, err := s.opt.Records.VerifyIssued(r.Context(), c.Number, c.Hash)
		if err != nil {
			s.refuse(w, r, records.Link{}, false, err)
			return
		}
		c.Found = found
		if found.Known {
			c.Kind = s.kind(r, found.Kind)
		} else {
			status = http.StatusNotFound
		}
	}
	s.opt.Pages.Render(w, r, status, "customer/verify", c)
}

// kind is the name of a kind of document.
func (s *Site) kind(r *http.Request, kind string) string {
	if !slices.Contains([]string{"work_order", "remote_report", "survey", "training_report", "consultation_minutes", "case_file"}, kind) {
		kind = "other"
	}
	return s.say(r, "link.kind."+kind)
}

package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// auditPage lists privileged actions. From and To are days in the visitor's zone, both included.
type auditPage struct {
	By, Action, Object string
	From, To           string
	Entries            []records.AuditEntry
	Older              string // path of the next page, "" at the end
	First              bool   // nothing newer is left out
	Faults             formFaults
	Focus              string
}

func (s *Site) showAudit(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	word := func(name string) string { return cut(strings.TrimSpace(q.Get(name)), 200) }
	p := auditPage{
		By: word("by"), Action: word("action"), Object: word("object"), From: word("from"), To: word("to"),
		First: q.Get("cursor") == "", Faults: formFaults{},
	}
	f := records.AuditFilter{By: p.By, Action: p.Action, Object: p.Object, Cursor: word("cursor"), Limit: 50}
	f.From = s.day(r, p.Faults, "from", p.From, 0)
	f.To = s.day(r, p.Faults, "to", p.To, 1)
	status := http.StatusOK
	if len(p.Faults) > 0 {
		status, p.Focus = http.StatusUnprocessableEntity, p.Faults.First("from", "to")
	} else {
		page, err := s.opt.Records.AuditLog(r.Context(), f)
		if err != nil {
			s.failed(w, r, err)
			return
		}
		p.Entries = page.Items
		if page.Next != "" {
			next := url.Values{"cursor": {page.Next}}
			for name, value := range map[string]string{"by": p.By, "action": p.Action, "object": p.Object, "from": p.From, "to": p.To} {
				if value != "" {
					next.Set(name, value)
				}
			}
			p.Older = "/admin/audit?" + next.Encode()
		}
	}
	s.pages.Render(w, r, status, "admin/audit", p)
}

// day reads a date in the visitor's zone, so many days later. A day may have 23 or 25 hours.
func (s *Site) day(r *http.Request, faults formFaults, name, text string, later int) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.ParseInLocation(time.DateOnly, text, ui.VisitorOf(r.Context()).Zone)
	if err != nil {
		faults[name] = s.say(r, "fault.date.format")
		return time.Time{}
	}
	return at.AddDate(0, 0, later)
}

// cut keeps at most n bytes of what nobody would type longer.
func cut(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "")
	}
	return s
}

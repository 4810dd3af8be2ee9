package customer

import (
	"errors"
	"net/http"
	"strconv"

	"hotline/records"
)

// act does what the customer sent. The deed comes first, the count after it: a crash between them leaves a link that can be pressed again,
// which finds its deed done.
func (s *Site) act(w http.ResponseWriter, r *http.Request) {
	token, device := r.PathValue("token"), s.device(r)
	l, bound, err := s.opt.Records.OpenLink(r.Context(), token, device)
	if err != nil || !bound {
		if err == nil {
			s.ask(w, r, http.StatusForbidden, l, "")
			return
		}
		s.refuse(w, r, l, bound, err)
		return
	}
	purpose := s.opt.Purposes[l.Purpose]
	if purpose == nil {
		s.refuse(w, r, l, true, nil)
		return
	}
	turn, err := strconv.Atoi(r.PostFormValue("turn"))
	if err != nil || turn != l.Used {
		s.page(w, r, http.StatusConflict, l, s.say(r, "link.trouble.again"))
		return
	}
	done, err := purpose.Act(r.Context(), s.visit(r, l), r.PostForm)
	if err != nil {
		s.troubled(w, r, l, err)
		return
	}
	if l, err = s.opt.Records.UseLink(r.Context(), token, device, turn, done.Detail); err != nil {
		s.refuse(w, r, l, true, err)
		return
	}
	if done.File {
		http.Redirect(w, r, path(r)+"/file", http.StatusSeeOther) //nolint:gosec // below /c/ of this site
		return
	}
	e := ended{Title: done.Title, Text: done.Text, Good: true, At: l.UsedAt, Hotline: s.opt.Hotline}
	if l.File != "" {
		e.Path = path(r) + "/file"
	}
	if !l.Spent() {
		e.Back = path(r)
	}
	s.opt.Pages.Render(w, r, http.StatusOK, "customer/ended", e)
}

// troubled brings the page back with what is to be mended.
func (s *Site) troubled(w http.ResponseWriter, r *http.Request, l records.Link, err error) {
	if t, ok := errors.AsType[Trouble](err); ok {
		s.page(w, r, http.StatusUnprocessableEntity, l, s.say(r, string(t)))
		return
	}
	p, ok := errors.AsType[*records.Problem](err)
	if !ok || p.Code == "" {
		s.refuse(w, r, l, true, err)
		return
	}
	s.log.WarnContext(r.Context(), "a customer's answer cannot be kept", "link", l.ID, "purpose", l.Purpose, "err", err)
	s.page(w, r, http.StatusConflict, l, s.say(r, "link.trouble.late"))
}

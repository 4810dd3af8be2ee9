package customer

import (
	"errors"
	"net/http"
	"time"

	"hotline/records"
)

// opening is the page that asks for the digits.
type opening struct {
	Path, Purpose string
	Digits        bool // are asked for
	Trouble       string
	Hotline       string
}

// ended is the page of a link that cannot be used, and the receipt of one that this device has used.
type ended struct {
	Title, Text string
	Good        bool
	At          time.Time
	Path        string // of the document, when it may still be read
	Back        string // of a link that can be used again
	Hotline     string
}

// show answers GET: it changes nothing, whoever follows the link.
func (s *Site) show(w http.ResponseWriter, r *http.Request) {
	l, bound, err := s.opt.Records.OpenLink(r.Context(), r.PathValue("token"), s.device(r))
	switch {
	case err != nil:
		s.refuse(w, r, l, bound, err)
	case !bound:
		s.ask(w, r, http.StatusOK, l, "")
	default:
		s.page(w, r, http.StatusOK, l, "")
	}
}

// open binds the link to this device.
func (s *Site) open(w http.ResponseWriter, r *http.Request) {
	l, device, err := s.opt.Records.BindLink(r.Context(), r.PathValue("token"), r.PostFormValue("digits"))
	if errors.Is(err, records.ErrCredentials) {
		if l, _, err = s.opt.Records.OpenLink(r.Context(), r.PathValue("token"), ""); err == nil {
			s.ask(w, r, http.StatusUnprocessableEntity, l, s.say(r, "link.open.wrong"))
			return
		}
	}
	if err != nil {
		// The same device may have bound it a moment ago, by a double press.
		l, bound, again := s.opt.Records.OpenLink(r.Context(), r.PathValue("token"), s.device(r))
		if again == nil && bound {
			http.Redirect(w, r, path(r), http.StatusSeeOther) //nolint:gosec // below /c/ of this site
			return
		}
		s.refuse(w, r, l, bound, err)
		return
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure follows the configuration, as for the session
		Name: s.cookieName(r), Value: device, Path: "/c/", MaxAge: int(time.Until(l.EndsAt)/time.Second) + 1,
		HttpOnly: true, Secure: s.opt.TLS, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, path(r), http.StatusSeeOther) //nolint:gosec // below /c/ of this site
}

func (s *Site) ask(w http.ResponseWriter, r *http.Request, status int, l records.Link, trouble string) {
	s.opt.Pages.Render(w, r, status, "customer/open", opening{
		Path: path(r), Purpose: l.Purpose, Digits: l.AsksDigits(), Trouble: trouble, Hotline: s.opt.Hotline,
	})
}

// page shows what the link is for.
func (s *Site) page(w http.ResponseWriter, r *http.Request, status int, l records.Link, trouble string) {
	purpose := s.opt.Purposes[l.Purpose]
	if purpose == nil {
		s.refuse(w, r, l, true, nil)
		return
	}
	v := s.visit(r, l)
	name, data, err := purpose.Page(r.Context(), v)
	if err != nil {
		s.refuse(w, r, l, true, err)
		return
	}
	s.opt.Pages.Render(w, r, status, name, View{Visit: v, Data: data, Trouble: trouble, Hotline: s.opt.Hotline})
}

// refuse says politely why the link does not work, and whom to call. A stranger learns nothing of what it was for.
func (s *Site) refuse(w http.ResponseWriter, r *http.Request, l records.Link, mine bool, err error) {
	status, key := http.StatusGone, code(err)
	switch key {
	case "link_used":
		if mine {
			s.receipt(w, r, l)
			return
		}
	case "link_unknown":
		status = http.StatusNotFound
	case "link_elsewhere", "link_locked":
		status = http.StatusForbidden
	case "link_revoked", "link_ended":
	default:
		s.log.ErrorContext(r.Context(), "a customer's link cannot be served", "link", l.ID, "purpose", l.Purpose, "err", err)
		status, key = http.StatusServiceUnavailable, "link_fault"
	}
	s.opt.Pages.Render(w, r, status, "customer/ended", ended{
		Title: s.say(r, "link.refused."+key), Text: s.say(r, "link.refused."+key+".do"), Hotline: s.opt.Hotline,
	})
}

// receipt tells the device that answered what was kept, and when.
func (s *Site) receipt(w http.ResponseWriter, r *http.Request, l records.Link) {
	e := ended{
		Title: s.say(r, "link.receipt"), Text: s.say(r, "link.receipt."+l.Purpose), Good: true, At: l.UsedAt, Hotline: s.opt.Hotline,
	}
	if l.File != "" {
		e.Path = path(r) + "/file"
	}
	s.opt.Pages.Render(w, r, http.StatusOK, "customer/ended", e)
}

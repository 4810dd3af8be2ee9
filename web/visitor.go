package web

import (
	"context"
	"net/http"
	"net/url"
	"time"
	_ "time/tzdata" // visitors choose their zone also where the machine has none

	"hotline/web/ui"
)

// look is how a visitor wants to see the pages. It lives in a cookie of its own, so that the login page has it too.
type look struct {
	Lang, Theme string
	Zone        string // IANA name, "" as the house
}

const lookAge = 365 * 24 * time.Hour

func (s *Site) lookName() string {
	if s.opt.TLS {
		return "__Host-hotline-look"
	}
	return "hotline-look"
}

// lookOf reads the cookie; what does not make sense in it is passed over.
func (s *Site) lookOf(r *http.Request) look {
	c, err := r.Cookie(s.lookName())
	if err != nil {
		return look{}
	}
	v, err := url.ParseQuery(c.Value)
	if err != nil {
		return look{}
	}
	return look{v.Get("lang"), v.Get("theme"), v.Get("zone")}.sound()
}

// sound drops what is not one of the choices.
func (l look) sound() look {
	if l.Lang != ui.Chinese && l.Lang != ui.English {
		l.Lang = ""
	}
	if l.Theme != "light" && l.Theme != "dark" {
		l.Theme = ""
	}
	if zoneOf(l.Zone) == nil {
		l.Zone = ""
	}
	return l
}

// zoneOf loads a time zone, nil for "" and for what is none. "Local" is the server's and no choice of a visitor.
func zoneOf(name string) *time.Location {
	if name == "" || name == "Local" || len(name) > 64 {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}

func (s *Site) lookCookie(l look) *http.Cookie {
	v := url.Values{}
	for name, value := range map[string]string{"lang": l.Lang, "theme": l.Theme, "zone": l.Zone} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return &http.Cookie{ //nolint:gosec // Secure follows the configuration, as for the session
		Name: s.lookName(), Value: v.Encode(), Path: "/", MaxAge: int(lookAge / time.Second),
		HttpOnly: true, Secure: s.opt.TLS, SameSite: http.SameSiteLaxMode,
	}
}

// visitor is who looks at a page and how: ?lang= is kept in the cookie, which goes before what the browser says of itself.
func (s *Site) visitor(w http.ResponseWriter, r *http.Request, user *who) ui.Visitor {
	l := s.lookOf(r)
	if asked := (look{Lang: r.URL.Query().Get("lang")}).sound(); asked.Lang != "" && asked.Lang != l.Lang {
		l.Lang = asked.Lang
		http.SetCookie(w, s.lookCookie(l))
	}
	v := ui.Visitor{Lang: ui.LangOf(l.Lang, r.Header.Get("Accept-Language")), Theme: l.Theme, Zone: s.pages.Zone()}
	if zone := zoneOf(l.Zone); zone != nil {
		v.Zone = zone
	}
	if user != nil {
		v.Login, v.Name, v.Team, v.Session, v.Roles = user.Login, user.Name, user.Team, user.Session, texts(user.Roles)
	}
	return v
}

// bringLook gives a browser that has chosen nothing yet what its user chose elsewhere. It is a convenience: failing it, one signs in
// all the same.
func (s *Site) bringLook(ctx context.Context, w http.ResponseWriter, r *http.Request, login string) {
	if _, err := r.Cookie(s.lookName()); err == nil {
		return
	}
	u, err := s.opt.Records.User(ctx, login)
	if err != nil {
		s.log.WarnContext(ctx, "how a user wants to see the pages cannot be read", "login", login, "err", err)
		return
	}
	if l := look(u.Look).sound(); l != (look{}) {
		http.SetCookie(w, s.lookCookie(l))
	}
}

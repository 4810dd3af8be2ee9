package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ui"
)

// settingsPage is what somebody sets for themselves.
type settingsPage struct {
	Look     look
	Zones    []string // suggestions; any IANA name is taken
	House    string   // the house's zone
	Saved    string   // what was just done: "look", "password", "session", "sessions"
	Faults   formFaults
	Focus    string // the first field at fault
	Sessions []sessionItem
}

type sessionItem struct {
	records.Session
	Device string
	Mine   bool // the one that asks
}

func (s *Site) mountSettings(r ui.Router) {
	r.Page("GET /settings", nil, func(w http.ResponseWriter, r *http.Request) {
		s.showSettings(w, r, http.StatusOK, settingsPage{Look: s.lookOf(r), Saved: r.URL.Query().Get("saved")})
	})
	r.Page("POST /settings/look", nil, s.takeLook)
	r.Page("POST /settings/password", nil, s.takePassword)
	r.Page("POST /settings/sessions/{id}/end", nil, func(w http.ResponseWriter, r *http.Request) {
		s.endSession(w, r, "session", func(ctx context.Context, user *who) error {
			return s.opt.Records.EndSession(ctx, user.Login, r.PathValue("id"))
		})
	})
	r.Page("POST /settings/sessions/end-others", nil, func(w http.ResponseWriter, r *http.Request) {
		s.endSession(w, r, "sessions", func(ctx context.Context, user *who) error {
			return s.opt.Records.EndOtherSessions(ctx, user.Login, user.Session)
		})
	})
	r.Page("POST /settings/sessions/end-all", nil, func(w http.ResponseWriter, r *http.Request) {
		s.endSession(w, r, "sessions", func(ctx context.Context, user *who) error {
			return s.opt.Records.RevokeSessions(ctx, user.Login)
		})
	})
}

func (s *Site) showSettings(w http.ResponseWriter, r *http.Request, status int, p settingsPage) {
	user := whoOf(r.Context())
	all, err := s.opt.Records.Sessions(r.Context(), user.Login)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	for _, session := range all {
		p.Sessions = append(p.Sessions, sessionItem{session, deviceName(session.From.Agent), session.ID == user.Session})
	}
	if p.Look.Lang == "" {
		p.Look.Lang = ui.VisitorOf(r.Context()).Lang
	}
	if !slices.Contains([]string{"look", "password", "session", "sessions"}, p.Saved) {
		p.Saved = ""
	}
	p.House, p.Zones = houseZone(s.pages.Zone(), s.now()), someZones()
	p.Focus = p.Faults.First("old", "password", "repeat", "zone")
	s.pages.Render(w, r, status, "ui/settings", p)
}

// houseZone names a zone for people; the machine's own is called by its distance from UTC.
func houseZone(zone *time.Location, now time.Time) string {
	if name := zone.String(); name != "Local" {
		return name
	}
	return now.In(zone).Format("UTC-07:00")
}

// someZones are suggested before the browser adds all it knows.
func someZones() []string {
	return []string{
		"Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Europe/London", "Europe/Berlin",
		"America/New_York", "America/Los_Angeles", "UTC",
	}
}

// takeLook keeps language, theme and zone with the user and in this browser.
func (s *Site) takeLook(w http.ResponseWriter, r *http.Request) {
	asked := look{r.PostForm.Get("lang"), r.PostForm.Get("theme"), strings.TrimSpace(r.PostForm.Get("zone"))}
	kept := asked.sound()
	if asked.Zone != "" && kept.Zone == "" {
		if len(asked.Zone) > 64 {
			asked.Zone = ""
		}
		s.showSettings(w, r, http.StatusUnprocessableEntity, settingsPage{Look: asked, Faults: formFaults{"zone": s.say(r, "fault.zone.unknown")}})
		return
	}
	if err := s.opt.Records.SetLook(r.Context(), whoOf(r.Context()).Login, records.Look(kept)); err != nil {
		s.failed(w, r, err)
		return
	}
	http.SetCookie(w, s.lookCookie(kept))
	// Language and theme stand on the frame around what htmx replaces, so the whole page is loaded anew.
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", "/settings?saved=look")
		return
	}
	http.Redirect(w, r, "/settings?saved=look", http.StatusSeeOther)
}

// takePassword changes the visitor's own password. All their sessions end; this browser gets a new one.
func (s *Site) takePassword(w http.ResponseWriter, r *http.Request) {
	user := whoOf(r.Context())
	old, fresh, repeat := r.PostForm.Get("old"), r.PostForm.Get("password"), r.PostForm.Get("repeat")
	again := func(status int, faults formFaults) {
		s.showSettings(w, r, status, settingsPage{Look: s.lookOf(r), Faults: faults})
	}
	faults := formFaults{}
	if old == "" || len(old) > 1024 {
		faults["old"] = s.say(r, "fault.old.missing")
	}
	if fresh == "" {
		faults["password"] = s.say(r, "fault.password.missing")
	} else if repeat != fresh {
		faults["repeat"] = s.say(r, "fault.repeat.differs")
	}
	if len(faults) > 0 {
		again(http.StatusUnprocessableEntity, faults)
		return
	}
	if _, err := s.authenticate(r.Context(), user.Login, old); err != nil {
		p := s.problemFor(r.Context(), "change-password", err)
		switch p.Code {
		case codeBadLogin:
			again(http.StatusUnprocessableEntity, formFaults{"old": s.say(r, "fault.old.wrong")})
		case codeThrottled:
			w.Header()["Retry-After"] = p.GetHeaders()["Retry-After"]
			again(p.Status, formFaults{"old": s.say(r, "login.throttled") + " " + s.say(r, "login.throttled.do", minutes(p.retry))})
		default:
			s.failed(w, r, err)
		}
		return
	}
	if err := s.opt.Records.SetPassword(r.Context(), user.Login, fresh); err != nil {
		if faults, status, ok := s.faultsOf(r, err); ok {
			again(status, faults)
			return
		}
		s.failed(w, r, err)
		return
	}
	token, session, err := s.opt.Records.NewSessionFrom(r.Context(), user.Login, s.device(r))
	if err != nil {
		s.failed(w, r, err)
		return
	}
	http.SetCookie(w, s.cookie(token, session.EndsAt))
	http.Redirect(w, r, "/settings?saved=password", http.StatusSeeOther)
}

// endSession ends sessions of the visitor; when their own was among them, they sign in anew.
func (s *Site) endSession(w http.ResponseWriter, r *http.Request, saved string, end func(context.Context, *who) error) {
	user := whoOf(r.Context())
	if err := end(r.Context(), user); err != nil {
		s.failed(w, r, err)
		return
	}
	if _, err := s.userOf(r.Context(), user.token); err != nil {
		http.SetCookie(w, s.cookie("", s.now()))
		s.leave(w, r, "/login")
		return
	}
	http.Redirect(w, r, "/settings?"+url.Values{"saved": {saved}}.Encode(), http.StatusSeeOther)
}

// leave sends the whole page elsewhere, also when htmx asks.
func (s *Site) leave(w http.ResponseWriter, r *http.Request, path string) {
	if r.Header.Get("HX-Request") == "true" {
		w.Header().Set("HX-Redirect", path)
		return
	}
	http.Redirect(w, r, path, http.StatusSeeOther)
}

// device is where a request comes from, for the list of sessions.
func (s *Site) device(r *http.Request) records.Device {
	return records.Device{Agent: r.UserAgent(), Address: source(r, s.opt.TrustedProxies).String()}
}

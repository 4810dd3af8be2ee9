package web

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"hotline/records"
	"hotline/web/ice"
)

// sipPath is where browsers speak SIP over websocket (RFC 7118) with the first switch, on the address that served the page. Each
// further switch has its name behind it.
const sipPath = "/sip"

// Softphone says how a browser becomes a phone.
type Softphone struct {
	// Lines are the switches that take browsers, none when empty. An agent's phone registers at each: a call may come from any.
	// Callers come to the first.
	Lines   []PhoneLine
	Callers bool // callers may come by browser: a websocket needs no session
	// Admit lets a caller's browser in by the ticket of its account, once; done is called when its websocket has closed. Optional.
	Admit func(ticket string) (done func(), ok bool)
	ICE   ice.Servers // for browsers behind NAT
}

// PhoneLine is the way of browsers to one switch.
type PhoneLine struct {
	Switch  string
	Handler http.Handler // SIP over websocket
	Media   bool         // the switch carries the sound itself: announcements, music on hold, listening in, three in one call
}

// pathOf gives the path of the i-th line's websocket.
func (s Softphone) pathOf(i int) string {
	if i == 0 {
		return sipPath
	}
	return sipPath + "/" + s.Lines[i].Switch
}

// media says that every switch carries the sound itself.
func (s Softphone) media() bool {
	return len(s.Lines) > 0 && !slices.ContainsFunc(s.Lines, func(l PhoneLine) bool { return !l.Media })
}

// The kinds of phone that an agent may have.
const (
	phoneBrowser = "browser"
	phoneSIP     = "sip"
)

// phoneAccount is how an agent's phone signs in.
type phoneAccount struct {
	Kind  string       `json:"kind" enum:"browser,sip" doc:"what rings for this agent"`
	Lines []phoneLine  `json:"lines" doc:"the switches; a browser's phone registers at each; empty when none takes browsers"`
	URI   string       `json:"uri" doc:"address of record"`
	Login string       `json:"login"`
	Realm string       `json:"realm"`
	HA1   string       `json:"ha1,omitempty" doc:"digest credential of a browser's phone (RFC 2617 §3.2.2.2); keep it in memory only"`
	ICE   []ice.Server `json:"ice" doc:"STUN and TURN servers for the voice of a browser"`
	Until *time.Time   `json:"ice_until,omitempty" doc:"when the TURN credentials expire; ask again before"`
	Media bool         `json:"media" doc:"every switch carries the sound: it can announce, play music, let others listen or join"`
}

type phoneLine struct {
	Switch string `json:"switch" doc:"its name; calls of this switch have it at the beginning of their id"`
	Path   string `json:"path" doc:"of the websocket, on this host"`
	Media  bool   `json:"media" doc:"this switch carries the sound"`
}

type phoneInput struct {
	Body struct {
		Kind string `json:"kind" enum:"browser,sip"`
	}
}

func (s *Site) describePhone() {
	handle(s, op{
		id: "get-phone", method: http.MethodGet, path: apiBase + "/phone", tag: "live", roles: []Role{Agent},
		summary: "Tell how one's own phone signs in",
		doc:     "A browser's phone gets its credential here, made at the first time; it is not to be stored.",
		codes:   []string{codeNotFound},
	}, func(ctx context.Context, w *who, _ *struct{}) (*uncached[phoneAccount], error) {
		return s.phone(ctx, w.Login)
	})
	handle(s, op{
		id: "choose-phone", method: http.MethodPost, path: apiBase + "/phone", tag: "live", roles: []Role{Agent},
		summary: "Choose between the browser and a SIP phone",
		codes:   []string{codeNotFound, codeConflict},
	}, func(ctx context.Context, w *who, in *phoneInput) (*uncached[phoneAccount], error) {
		browser := in.Body.Kind == phoneBrowser
		if browser && len(s.opt.Softphone.Lines) == 0 {
			p := problem(codeConflict, "No switch here takes browsers as phones.")
			p.Do = "Use a SIP phone, or ask the administrator."
			return nil, p
		}
		user, err := s.opt.Records.User(ctx, w.Login)
		if err != nil {
			return nil, err
		}
		if user.WebRTC != browser {
			if _, err := s.changed(s.opt.Records.UpdateUser(ctx, w.Login, records.UserChange{WebRTC: &browser, Version: user.Version})); err != nil {
				return nil, err
			}
		}
		return s.phone(ctx, w.Login)
	})
}

// uncached is an answer that nobody on the way may keep.
type uncached[T any] struct {
	CacheControl string `header:"Cache-Control"`
	Body         T
}

// phone gives the account of a user's phone. A browser that has none yet gets one: its secret is used once, to make HA1, and
// known to nobody.
func (s *Site) phone(ctx context.Context, login string) (*uncached[phoneAccount], error) {
	user, err := s.opt.Records.User(ctx, login)
	if err != nil {
		return nil, err
	}
	if user.WebRTC && user.HA1 == "" {
		if _, err := s.opt.Records.SetPhoneSecret(ctx, login); err != nil {
			return nil, err
		}
		if user, err = s.changed(s.opt.Records.User(ctx, login)); err != nil {
			return nil, err
		}
	}
	soft := s.opt.Softphone
	account := phoneAccount{
		Kind: phoneSIP, Lines: make([]phoneLine, len(soft.Lines)), URI: "sip:" + login + "@" + phoneDomain, Login: login, Realm: phoneDomain,
		Media: soft.media(),
	}
	for i, l := range soft.Lines {
		account.Lines[i] = phoneLine{Switch: l.Switch, Path: soft.pathOf(i), Media: l.Media}
	}
	if user.WebRTC {
		account.Kind, account.HA1 = phoneBrowser, user.HA1
	}
	var until time.Time
	if account.ICE, until = soft.ICE.For(login, soft.ICE.Lifetime); !until.IsZero() {
		account.Until = &until
	}
	return &uncached[phoneAccount]{CacheControl: "no-store", Body: account}, nil
}

// serveSIP carries a browser's websocket to the first switch: from our own pages only, and for people who are signed in unless
// callers may come this way too, by a ticket or freely. The switch asks for its digest credential all the same.
func (s *Site) serveSIP(w http.ResponseWriter, r *http.Request) {
	s.carrySIP(w, r, 0)
}

// serveFurtherSIP is serveSIP for the switches after the first, to which no caller comes.
func (s *Site) serveFurtherSIP(w http.ResponseWriter, r *http.Request) {
	at := slices.IndexFunc(s.opt.Softphone.Lines, func(l PhoneLine) bool { return l.Switch == r.PathValue("switch") })
	if at < 1 {
		s.refuse(w, r, problem(codeNotFound, "There is no such switch."))
		return
	}
	s.carrySIP(w, r, at)
}

func (s *Site) carrySIP(w http.ResponseWriter, r *http.Request, line int) {
	if origin, err := url.Parse(r.Header.Get("Origin")); err != nil || !strings.EqualFold(origin.Host, r.Host) {
		s.refuse(w, r, problem(codeCrossOrigin, "A page of another site asked for a telephone."))
		return
	}
	if ticket := r.URL.Query().Get("ticket"); ticket != "" && line == 0 && s.opt.Softphone.Admit != nil {
		done, ok := s.opt.Softphone.Admit(ticket)
		if !ok {
			s.refuse(w, r, problem(codeForbidden, "This ticket is used or too old."))
			return
		}
		defer done()
	} else if line > 0 || !s.opt.Softphone.Callers {
		user, err := s.signedIn(r)
		if err == nil && !user.any([]Role{Agent, Supervisor}) {
			err = problem(codeForbidden, "This needs the role agent or supervisor.")
		}
		if err != nil {
			s.refuse(w, r, s.problemFor(r.Context(), "sip", err))
			return
		}
	}
	if client := source(r, s.opt.TrustedProxies); client.IsValid() {
		// The switch counts by source: behind a proxy of ours that is the client, not the proxy.
		if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && peer.Addr().Unmap() != client {
			r = r.WithContext(r.Context())
			r.RemoteAddr = netip.AddrPortFrom(client, peer.Port()).String()
		}
	}
	s.opt.Softphone.Lines[line].Handler.ServeHTTP(w, r)
}

// phoneDomain is realm and domain of all phone accounts (pbx.Realm).
const phoneDomain = "hotline"

package web

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"hotline/records"
)

// sipPath is where browsers speak SIP over websocket (RFC 7118) with a switch, on the address that served the page.
const sipPath = "/sip"

// Softphone says how a browser becomes a phone.
type Softphone struct {
	Handler http.Handler // SIP over websocket; nil: no switch here takes browsers
	Switch  string       // the switch behind it
	Callers bool         // callers may come by browser: a websocket needs no session
	// Admit lets a caller's browser in by the ticket of its account, once; done is called when its websocket has closed. Optional.
	Admit func(ticket string) (done func(), ok bool)
	Media bool     // it carries the sound itself: announcements, music on hold, listening in, three in one call
	STUN  []string // host:port, for browsers behind NAT
}

// The kinds of phone that an agent may have.
const (
	phoneBrowser = "browser"
	phoneSIP     = "sip"
)

type iceServer struct {
	URLs []string `json:"urls"`
}

// phoneAccount is how an agent's phone signs in.
type phoneAccount struct {
	Kind   string      `json:"kind" enum:"browser,sip" doc:"what rings for this agent"`
	Switch string      `json:"switch" doc:"where the browser's phone registers"`
	Path   string      `json:"path,omitempty" doc:"of the websocket, on this host; absent when no switch takes browsers"`
	URI    string      `json:"uri" doc:"address of record"`
	Login  string      `json:"login"`
	Realm  string      `json:"realm"`
	HA1    string      `json:"ha1,omitempty" doc:"digest credential of a browser's phone (RFC 2617 §3.2.2.2); keep it in memory only"`
	ICE    []iceServer `json:"ice"`
	Media  bool        `json:"media" doc:"the switch carries the sound: it can announce, play music, let others listen or join"`
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
		if browser && s.opt.Softphone.Handler == nil {
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
		Kind: phoneSIP, Switch: soft.Switch, URI: "sip:" + login + "@" + phoneDomain, Login: login, Realm: phoneDomain,
		ICE: []iceServer{}, Media: soft.Media,
	}
	if soft.Handler != nil {
		account.Path = sipPath
	}
	if user.WebRTC {
		account.Kind, account.HA1 = phoneBrowser, user.HA1
	}
	for _, at := range soft.STUN {
		account.ICE = append(account.ICE, iceServer{URLs: []string{"stun:" + at}})
	}
	return &uncached[phoneAccount]{CacheControl: "no-store", Body: account}, nil
}

// serveSIP carries a browser's websocket to the switch: from our own pages only, and for people who are signed in unless
// callers may come this way too, by a ticket or freely. The switch asks for its digest credential all the same.
func (s *Site) serveSIP(w http.ResponseWriter, r *http.Request) {
	if origin, err := url.Parse(r.Header.Get("Origin")); err != nil || !strings.EqualFold(origin.Host, r.Host) {
		writeProblem(w, problem(codeCrossOrigin, "A page of another site asked for a telephone."))
		return
	}
	if ticket := r.URL.Query().Get("ticket"); ticket != "" && s.opt.Softphone.Admit != nil {
		done, ok := s.opt.Softphone.Admit(ticket)
		if !ok {
			writeProblem(w, problem(codeForbidden, "This ticket is used or too old."))
			return
		}
		defer done()
	} else if !s.opt.Softphone.Callers {
		user, err := s.signedIn(r)
		if err == nil && !user.any([]Role{Agent, Supervisor}) {
			err = problem(codeForbidden, "This needs the role agent or supervisor.")
		}
		if err != nil {
			writeProblem(w, s.problemFor(r.Context(), "sip", err))
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
	s.opt.Softphone.Handler.ServeHTTP(w, r)
}

// phoneDomain is realm and domain of all phone accounts (pbx.Realm).
const phoneDomain = "hotline"

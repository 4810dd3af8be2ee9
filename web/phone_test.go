package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hotline/records"
	"hotline/web/ice"
)

func TestPhoneOfABrowser(t *testing.T) {
	t.Parallel()
	var told atomic.Pointer[records.User]
	h := newHouse(t, func(o *Options) {
		o.UserChanged = func(u records.User) { told.Store(&u) }
		o.Softphone = Softphone{
			Lines: []PhoneLine{{Switch: "main", Handler: http.NotFoundHandler()}, {Switch: "north", Handler: http.NotFoundHandler(), Media: true}},
			ICE:   ice.Servers{STUN: []string{"stun.example:3478"}, TURN: []string{"turn:turn.example:3478"}, Secret: "sixteen-and-more", Lifetime: time.Hour},
		}
	})
	var a phoneAccount
	h.do(t, "anna", "GET", "/api/v1/phone", nil).want(http.StatusOK, &a)
	if a.Kind != phoneSIP || a.HA1 != "" || len(a.Lines) != 2 || a.Lines[0].Path != sipPath || a.Lines[1] != (phoneLine{"north", "/sip/north", true}) || a.URI != "sip:anna@hotline" || a.Media {
		t.Errorf("a SIP phone's account is %+v", a)
	}

	r := h.do(t, "anna", "POST", "/api/v1/phone", obj{"kind": "browser"})
	r.want(http.StatusOK, &a)
	if a.Kind != phoneBrowser || len(a.HA1) != 32 || a.Lines[0].Switch != "main" || len(a.ICE) != 2 || a.ICE[0].URLs[0] != "stun:stun.example:3478" {
		t.Errorf("a browser's account is %+v", a)
	}
	if relay := a.ICE[1]; a.Until == nil || relay.Username != fmt.Sprintf("%d:anna", a.Until.Unix()) || relay.Credential == "" {
		t.Errorf("for a relay it gets %+v until %v", relay, a.Until)
	}
	if strings.Contains(string(r.Body), "sixteen-and-more") {
		t.Error("the browser is told the relay's secret")
	}
	if got := r.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the credential may be kept: Cache-Control %q", got)
	}
	if u := told.Load(); u == nil || u.HA1 != a.HA1 || !u.WebRTC {
		t.Errorf("the switches were told %+v", u)
	}
	first := a.HA1
	h.do(t, "anna", "GET", "/api/v1/phone", nil).want(http.StatusOK, &a)
	if a.HA1 != first {
		t.Error("a second look made another credential: the phone that is registered would fall off")
	}
	a = phoneAccount{}
	h.do(t, "anna", "POST", "/api/v1/phone", obj{"kind": "sip"}).want(http.StatusOK, &a)
	if a.Kind != phoneSIP || a.HA1 != "" {
		t.Errorf("back to a SIP phone: %+v", a)
	}
	h.do(t, "anna", "POST", "/api/v1/phone", obj{"kind": "fax"}).problem(http.StatusUnprocessableEntity, codeInvalid)
}

func TestNoSwitchTakesBrowsers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var a phoneAccount
	h.do(t, "anna", "GET", "/api/v1/phone", nil).want(http.StatusOK, &a)
	if len(a.Lines) != 0 {
		t.Errorf("a websocket is promised: %+v", a)
	}
	h.do(t, "anna", "POST", "/api/v1/phone", obj{"kind": "browser"}).problem(http.StatusConflict, codeConflict)
	h.do(t, "", "GET", sipPath, nil).problem(http.StatusNotFound, codeNotFound)
}

// Behind a proxy of ours the switch counts the client by its address, and never believes a stranger who names another.
func TestSwitchCountsTheClient(t *testing.T) {
	t.Parallel()
	for _, trusted := range []bool{false, true} {
		var peer atomic.Value
		h := newHouse(t, func(o *Options) {
			o.Softphone = Softphone{Callers: true, Lines: []PhoneLine{{Switch: "main", Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { peer.Store(r.RemoteAddr) })}}}
			if trusted {
				o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
			}
		})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+sipPath, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", h.server.URL)
		req.Header.Set("X-Forwarded-For", "198.51.100.9, 203.0.113.7")
		h.send(t, req).want(http.StatusOK, nil)
		want := map[bool]string{false: "127.0.0.1", true: "203.0.113.7"}[trusted]
		at, err := netip.ParseAddrPort(peer.Load().(string))
		if err != nil || at.Addr().String() != want || at.Port() == 0 {
			t.Errorf("trusted %v: the switch sees %v, want %s", trusted, at, want)
		}
	}
}

func TestWebsocketOfPhones(t *testing.T) {
	t.Parallel()
	served := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	further := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusLoopDetected) })
	for _, callers := range []bool{false, true} {
		h := newHouse(t, func(o *Options) {
			o.Softphone = Softphone{Lines: []PhoneLine{{Switch: "main", Handler: served}, {Switch: "north", Handler: further}}, Callers: callers}
		})
		askAt := func(path, login, origin string) int {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.server.URL+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			if login != "" {
				req.Header.Set("Authorization", "Bearer "+h.tokens[login])
			}
			if origin != "" {
				req.Header.Set("Origin", origin)
			}
			return h.send(t, req).Status
		}
		ask := func(login, origin string) int { return askAt(sipPath, login, origin) }
		// Callers have no business at the further switches, whatever the first allows.
		for _, c := range []struct {
			path, login string
			want        int
		}{
			{"/sip/north", "anna", http.StatusLoopDetected},
			{"/sip/north", "", http.StatusUnauthorized},
			{"/sip/north?ticket=x", "", http.StatusUnauthorized},
			{"/sip/north", "dan", http.StatusForbidden},
			{"/sip/main", "anna", http.StatusNotFound},
			{"/sip/south", "anna", http.StatusNotFound},
		} {
			if got := askAt(c.path, c.login, h.server.URL); got != c.want {
				t.Errorf("callers %v: %q at %s is answered %d, want %d", callers, c.login, c.path, got, c.want)
			}
		}
		h.do(t, "anna", "GET", "/api/v1/me", nil).want(http.StatusOK, nil)
		h.do(t, "dan", "GET", "/api/v1/me", nil).want(http.StatusOK, nil)
		stranger, dispatcher := http.StatusUnauthorized, http.StatusForbidden
		if callers {
			stranger, dispatcher = http.StatusTeapot, http.StatusTeapot
		}
		for _, c := range []struct {
			login, origin string
			want          int
		}{
			{"anna", h.server.URL, http.StatusTeapot},
			{"dan", h.server.URL, dispatcher},
			{"", h.server.URL, stranger},
			{"anna", "", http.StatusForbidden},
			{"anna", "https://elsewhere.example", http.StatusForbidden},
			{"anna", "null", http.StatusForbidden},
		} {
			if got := ask(c.login, c.origin); got != c.want {
				t.Errorf("callers %v: %q from %q is answered %d, want %d", callers, c.login, c.origin, got, c.want)
			}
		}
	}
}

package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
)

// secure sets the headers that every answer has. The API serves no scripts, styles or frames, so the policy forbids all of
// them; pages loosen it as far as they need (pageHeaders).
func secure(tls bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if tls {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// pageHeaders loosens the policy for a page: scripts, styles, pictures, sounds and connections of this site, and the microphone for the
// phone. Nothing inline, nothing of others.
func pageHeaders(h http.Header, r *http.Request) {
	connect := "'self'"
	if host := r.Host; host != "" && len(host) < 256 && strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == "" {
		// Older browsers do not count websockets of the same host as 'self'.
		connect += " ws://" + host + " wss://" + host
	}
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "+
		"font-src 'self'; media-src 'self' blob:; connect-src "+connect+"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(self)")
	h.Set("Referrer-Policy", "same-origin")
}

// answer remembers what was answered, for the log, and whether a panic may still be answered with a problem.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the first status.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write is an implicit 200.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach flush and deadlines.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// requestHeader tells the client the id under which the log speaks of its request.
const requestHeader = "X-Request-Id"

// teller answers with a problem in the language of who asks.
type teller func(http.ResponseWriter, *http.Request, *Problem)

// logged gives each request an id, writes one log line, and turns a panic into a 500 problem. Queries are not logged: they
// may hold numbers.
func logged(log *slog.Logger, now func() time.Time, tell teller, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visit{uuid.NewString(), r, now()}
		w.Header().Set(requestHeader, v.id)
		a := &answer{ResponseWriter: w}
		defer func() { //nolint:contextcheck // it gets the request's own context
			fault := recover()
			a.settle(r.Context(), log, v, now(), fault, tell)
			if fault == http.ErrAbortHandler {
				panic(fault)
			}
		}()
		next.ServeHTTP(a, r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
	})
}

// settle answers for a handler that panicked, and writes the log line.
func (a *answer) settle(ctx context.Context, log *slog.Logger, v visit, now time.Time, fault any, tell teller) {
	log = log.With("request", v.id, "method", v.request.Method, "path", loggedPath(v.request.URL.Path))
	if fault != nil && fault != http.ErrAbortHandler {
		log.ErrorContext(ctx, "request panicked", "panic", fault, "stack", string(debug.Stack()))
		if a.status == 0 {
			tell(a, v.request, problem(codeInternal, "Something went wrong on our side."))
		}
	}
	level := slog.LevelDebug
	if a.status >= 500 {
		level = slog.LevelWarn
	}
	log.Log(ctx, level, "request", "status", a.status, "took", now.Sub(v.began))
}

// loggedPath leaves out the secret of a customer's link: who reads the log must not be able to act for the customer.
func loggedPath(path string) string {
	rest, ok := strings.CutPrefix(path, "/c/")
	if !ok {
		return path
	}
	_, below, _ := strings.Cut(rest, "/")
	return strings.TrimSuffix("/c/…/"+below, "/")
}

// source is the address that a request came from: the peer, or, when the peer is a trusted proxy, the last address in
// X-Forwarded-For that is not one.
func source(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && within(addr, trusted); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
	}
	return addr
}

// SourceOf tells where a request came from; see Options.TrustedProxies. It is for pages of other packages that bound something by source.
func SourceOf(trusted []netip.Prefix) func(*http.Request) netip.Addr {
	return func(r *http.Request) netip.Addr { return source(r, trusted) }
}

func within(a netip.Addr, nets []netip.Prefix) bool {
	for _, n := range nets {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// forwarded says that a proxy passed the request on, so the peer address says nothing about the client.
func forwarded(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

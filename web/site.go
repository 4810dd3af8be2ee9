// Package web is the hotline over HTTP: the JSON API with its OpenAPI document, live events, health and metrics.
//
// It keeps nothing itself but the ring of live events: presence is agent's, calls are queue's, and what must never be lost
// is in records.
package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"hotline/records"
	"hotline/web/ui"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"
)

// Options says what the site shows and drives. Fields are required unless their comment says otherwise.
type Options struct {
	Version string
	Log     *slog.Logger
	Now     func() time.Time // optional: time.Now

	Records Records
	Agents  Presence
	Calls   Switchboard
	Hub     *Hub

	Pages  *ui.Pages         // optional: made with defaults
	Mounts []func(ui.Router) // optional: the pages of other packages, mounted behind the guard

	UserChanged func(records.User) // optional: called after a user was added or changed, to tell roster and switches

	QueueTitles map[string]Title // optional: what people call a queue, by its name

	Softphone Softphone // optional: where browsers are phones

	Parts      []Part                 // optional: what /readyz checks
	Collectors []prometheus.Collector // optional: further metrics, e.g. of the switch drivers

	PauseReasons   []Reason // optional: the operator's words for the reasons that Agents knows by their codes
	DeclineReasons []Reason // why an agent may decline a call; none: any word will do
	Discreet       bool     // agents are not told who listens to their talks: not by the API and the live stream either

	OperatorToken  string         // optional: opens /metrics and the details of /readyz from elsewhere than loopback
	TLS            bool           // served over TLS, here or by the proxy in front: Secure cookie with the __Host- prefix, HSTS
	TrustedProxies []netip.Prefix // optional: proxies whose X-Forwarded-For is believed
	TrustedOrigins []string       // optional: "https://host" origins of other sites that may call with the cookie
	Logins         LoginLimit     // optional: how many wrong passwords are taken
	MaxStreams     int            // optional: open event streams at once, 2,000 when 0
	PeerStreams    int            // optional: of these, of one login, 8 when 0
}

// Reason is one choice of a list that agents see, in the operator's own words.
type Reason struct {
	Code string `json:"code"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

func (o *Options) mayDecline(reason string) bool {
	return len(o.DeclineReasons) == 0 || slices.ContainsFunc(o.DeclineReasons, func(r Reason) bool { return r.Code == reason })
}

// Site is the hotline's HTTP side.
type Site struct {
	opt      Options
	log      *slog.Logger
	now      func() time.Time
	began    time.Time
	api      huma.API
	spec     []byte
	pages    *ui.Pages
	metrics  http.Handler
	measured measured
	problems map[string]kind
	throttle *throttle
	streams  *streamCount
	mux      *http.ServeMux
	handler  http.Handler

	stop     chan struct{} // closed when draining begins
	stopOnce func()
}

// New builds the site. The error says which option cannot be used.
func New(o Options) (*Site, error) {
	if o.Log == nil || o.Records == nil || o.Agents == nil || o.Calls == nil || o.Hub == nil {
		return nil, fmt.Errorf("web: Log, Records, Agents, Calls and Hub are required")
	}
	for _, p := range o.Parts {
		if p.Name == "" || p.Check == nil {
			return nil, fmt.Errorf("web: part %q has no name or no check", p.Name)
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Site{
		opt: o, log: o.Log.With("component", "web"), now: o.Now, began: o.Now(),
		problems: map[string]kind{}, throttle: newThrottle(o.Logins, o.Now),
		streams: newStreamCount(o.MaxStreams, o.PeerStreams),
	}
	o.Hub.discreet.Store(o.Discreet)
	s.stop = make(chan struct{})
	s.stopOnce = sync.OnceFunc(func() { close(s.stop); o.Hub.close() })
	for _, k := range kinds() {
		s.problems[k.code] = k
	}
	var err error
	if s.pages = o.Pages; s.pages == nil {
		if s.pages, err = ui.New(ui.Options{Log: o.Log}); err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
	}
	if s.metrics, err = s.newMetrics(o.Collectors); err != nil {
		return nil, err
	}
	if s.handler, err = s.route(); err != nil {
		return nil, err
	}
	return s, nil
}

// ServeHTTP answers one request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Drain ends the event streams and makes /readyz say down. Requests are still answered. It is idempotent and returns at once.
func (s *Site) Drain() { s.stopOnce() }

func (s *Site) draining() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}

// route builds the route table.
func (s *Site) route() (http.Handler, error) {
	mux := http.NewServeMux()
	s.mux = mux
	s.api = humago.New(mux, s.config())
	s.describeSession()
	s.describeQueues()
	s.describeFloor()
	s.describeAgents()
	s.describeCalls()
	s.describeCommands()
	s.describeCases()
	s.describeHandOvers()
	s.describePeople()
	s.describeEscalations()
	s.describeOrders()
	s.describeDesk()
	s.describePhone()
	s.describeUsers()
	s.describeNotices()
	if err := s.describe(); err != nil {
		return nil, err
	}
	mux.HandleFunc("GET "+specPath, s.serveSpec)
	mux.HandleFunc("GET /healthz", s.serveHealth)
	mux.HandleFunc("GET /readyz", s.serveReady)
	mux.HandleFunc("GET /metrics", s.serveMetrics)
	if len(s.opt.Softphone.Lines) > 0 {
		mux.HandleFunc("GET "+sipPath, s.serveSIP)
		mux.HandleFunc("GET "+sipPath+"/{switch}", s.serveFurtherSIP)
	}
	mux.Handle("GET "+staticPath, s.pages.Static())
	mux.Handle("GET /favicon.ico", s.pages.Icon())
	s.mountPages()
	mux.HandleFunc("/", s.unrouted(mux))

	origins := http.NewCrossOriginProtection()
	for _, origin := range s.opt.TrustedOrigins {
		if err := origins.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("web: trusted origin: %w", err)
		}
	}
	origins.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, problem(codeCrossOrigin, "A browser sent this from another site."))
	}))
	return logged(s.log, s.now, s.refuse, secure(s.opt.TLS, s.measure(origins.Handler(mux)))), nil
}

// unrouted answers what no route takes: 405 with Allow when the path exists for another method, else 404; a browser that
// asks for a page gets one.
func (s *Site) unrouted(mux *http.ServeMux) http.HandlerFunc {
	missing := s.page(func(w http.ResponseWriter, r *http.Request) {
		s.trouble(w, r, http.StatusNotFound, "ui.trouble.notfound")
	})
	return func(w http.ResponseWriter, r *http.Request) {
		probe := r.Clone(r.Context())
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
			probe.Method = method
			if _, pattern := mux.Handler(probe); pattern != "/" && pattern != "" {
				w.Header().Add("Allow", method)
			}
		}
		if w.Header().Get("Allow") != "" {
			s.refuse(w, r, problem(codeMethod, "This address does not take %s.", method(r)))
			return
		}
		if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
			missing.ServeHTTP(w, r)
			return
		}
		s.refuse(w, r, problem(codeNotFound, "There is nothing at this address."))
	}
}

// method gives the request's method if it is a plain word, so that nothing odd is repeated.
func method(r *http.Request) string {
	if len(r.Method) > 10 {
		return "that method"
	}
	return r.Method
}

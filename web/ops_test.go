package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func part(name string, s Standing, detail string) Part {
	return Part{Name: name, Check: func(context.Context) (Standing, string) { return s, detail }}
}

// ask calls the site as from an address, with headers.
func ask(s *Site, from, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.RemoteAddr = from
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

const (
	here = "127.0.0.1:5000"
	away = "192.0.2.7:5000"
)

func TestReadiness(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		parts  []Part
		status int
		has    []string
	}{
		{"all up", []Part{part("database", Up, "")}, 200, []string{`"state":"up"`}},
		{"degraded is ready", []Part{part("board", Degraded, "local"), part("database", Up, "")}, 200, []string{`"state":"degraded"`, `"local"`}},
		{"what is missing is named", []Part{part("switch a", Down, "refused"), part("board", Degraded, "")}, 503, []string{`"missing":["switch a"]`, "refused"}},
		{"silence is missing", []Part{{Name: "journal", Check: func(ctx context.Context) (Standing, string) {
			<-ctx.Done()
			<-t.Context().Done()
			return Up, ""
		}}}, 503, []string{`"missing":["journal"]`, "no answer"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, func(o *Options) { o.Parts = c.parts })
			w := ask(h.site, here, "/readyz")
			for _, want := range c.has {
				if w.Code != c.status || !strings.Contains(w.Body.String(), want) {
					t.Errorf("%d %s, want %d and %s", w.Code, w.Body, c.status, want)
				}
			}
			// From elsewhere: the same verdict and names, no details.
			w = ask(h.site, away, "/readyz")
			if w.Code != c.status || strings.Contains(w.Body.String(), "detail") {
				t.Errorf("from elsewhere: %d %s", w.Code, w.Body)
			}
			h.site.Drain()
			if w = ask(h.site, here, "/readyz"); w.Code != 503 || !strings.Contains(w.Body.String(), "draining") {
				t.Errorf("while draining: %d %s", w.Code, w.Body)
			}
			if w = ask(h.site, away, "/healthz"); w.Code != 200 {
				t.Errorf("healthz %d", w.Code)
			}
		})
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	calls := prometheus.NewCounter(prometheus.CounterOpts{Name: "hotline_ari_calls_total", Help: "x"})
	h := newHouse(t, func(o *Options) { o.OperatorToken, o.Collectors = "operator", []prometheus.Collector{calls} })
	calls.Inc()
	h.do(t, "sue", "GET", "/api/v1/queues", nil).want(http.StatusOK, nil)
	w := ask(h.site, here, "/metrics")
	for _, want := range []string{
		`hotline_queue_waiting{queue="service"} 3`, `hotline_queue_longest_wait_seconds{queue="service"} 6.4`,
		`hotline_queue_offered_today{queue="service"} 4`, `hotline_queue_answered_within_three_rings_today{queue="service"} 2`,
		`hotline_queue_abandoned_today{queue="service",ring="2"} 1`, `hotline_queue_abandoned_today{queue="service",ring="8+"} 0`,
		`hotline_queue_asa_seconds_today{queue="service"} 4.2`, `hotline_queue_agents{queue="service",state="ready"} 2`,
		`hotline_agents{state="offline"} 3`, `hotline_queue_three_rings_ratio{queue="service"} 0.5`, `hotline_queue_agents_missing{queue="service"} 1`,
		`hotline_pop_latency_seconds_count 0`, "hotline_events_streams 0", "hotline_ari_calls_total 1", "go_goroutines",
		`hotline_http_requests_total{class="2xx",route="GET /api/v1/queues"} 1`,
	} {
		if !strings.Contains(w.Body.String(), want+"\n") && !strings.Contains(w.Body.String(), want+" ") {
			t.Errorf("metrics lack %s", want)
		}
	}
	if strings.Contains(w.Body.String(), "occupancy") {
		t.Error("a share of nothing is told as a number")
	}
	for name, c := range map[string]struct {
		w      *httptest.ResponseRecorder
		status int
	}{
		"elsewhere":                 {ask(h.site, away, "/metrics"), 403},
		"elsewhere, token":          {ask(h.site, away, "/metrics", "Authorization", "Bearer operator"), 200},
		"elsewhere, wrong token":    {ask(h.site, away, "/metrics", "Authorization", "Bearer other"), 403},
		"here, wrong token":         {ask(h.site, here, "/metrics", "Authorization", "Bearer other"), 403},
		"here, through a proxy":     {ask(h.site, here, "/metrics", "X-Forwarded-For", "192.0.2.7"), 403},
		"IPv6 loopback":             {ask(h.site, "[::1]:99", "/metrics"), 200},
		"an address that is no one": {ask(h.site, "pipe", "/metrics"), 403},
	} {
		if c.w.Code != c.status {
			t.Errorf("%s: %d, want %d", name, c.w.Code, c.status)
		}
	}
	// Without a token configured, an empty one opens nothing.
	if w := ask(newHouse(t).site, away, "/metrics", "Authorization", "Bearer "); w.Code != 403 {
		t.Errorf("empty token: %d", w.Code)
	}
}

func TestRootPageSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.Parts = []Part{part("switch <a>", Down, "secret detail")} })
	for accept, want := range map[string]string{
		"": "服务热线", "zh-CN": "服务热线", "zh-TW": "服务热线", "fr": "Service hotline", "en-GB,en;q=0.9": "Service hotline", "de;q=0.9,en;q=0.5": "Service hotline", ";;;": "服务热线",
	} {
		w := ask(h.site, away, "/", "Accept-Language", accept)
		body := w.Body.String()
		if w.Code != 200 || !strings.Contains(body, want) || !strings.Contains(body, "switch &lt;a&gt;") || strings.Contains(body, "secret") {
			t.Errorf("for %q: %d %s", accept, w.Code, body)
		}
	}
	if w := ask(h.site, away, "/static/x/base.css"); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") {
		t.Errorf("style sheet: %d %s", w.Code, w.Header())
	}
}

// Beside a PDF or JSON no page names the icon, so browsers ask for it where icons have always been.
func TestTheIconWithoutAPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	icon := ask(h.site, away, "/favicon.ico")
	if icon.Code != 200 || icon.Header().Get("Content-Type") != "image/svg+xml" || icon.Body.String() != ask(h.site, away, h.site.pages.Asset("icon.svg")).Body.String() {
		t.Errorf("the icon: %d %s %s", icon.Code, icon.Header(), icon.Body)
	}
	// Its path has no hash, so a new icon must not wait for a year.
	if kept := icon.Header().Get("Cache-Control"); kept != "public, max-age=86400" {
		t.Errorf("the icon is kept: %q", kept)
	}
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) { o.TLS = true })
	for _, path := range []string{"/", "/healthz", specPath, "/api/v1/me", "/nothing", "/static/x/none.css", "/problems/not-found", "/login"} {
		header := ask(h.site, away, path).Header()
		csp := header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Strict-Transport-Security": "max-age=31536000", "Cache-Control": "no-store",
		} {
			if header.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, header.Get(name))
			}
		}
		if policy := header.Get("Referrer-Policy"); policy != "no-referrer" && policy != "same-origin" {
			t.Errorf("%s: Referrer-Policy is %q", path, policy)
		}
		if header.Get(requestHeader) == "" {
			t.Errorf("%s: no request id", path)
		}
	}
}

func TestUnknownAddressesAndMethods(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.do(t, "", "GET", "/nothing/here", nil).problem(http.StatusNotFound, codeNotFound)
	h.do(t, "", "GET", "/static/../site.go", nil).want(http.StatusNotFound, nil)
	r := h.do(t, "", "DELETE", "/api/v1/login", nil)
	r.problem(http.StatusMethodNotAllowed, codeMethod)
	if got := r.Header.Values("Allow"); len(got) != 1 || got[0] != "POST" {
		t.Errorf("Allow %v", got)
	}
	for _, k := range kinds() {
		if r := h.do(t, "", "GET", "/problems/"+k.code+"?lang=en", nil); r.Status != 200 || !strings.Contains(string(r.Body), k.title) {
			t.Errorf("/problems/%s: %d", k.code, r.Status)
		}
	}
	h.do(t, "", "GET", "/problems/wrapup-incomplete", nil).want(http.StatusOK, nil)
	h.do(t, "", "GET", "/problems/%3Cscript%3E", nil).want(http.StatusNotFound, nil)
}

func TestPanicIsOneAnswerNotTheEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	broken := logged(h.site.log, h.site.now, h.site.refuse, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }))
	w := httptest.NewRecorder()
	broken.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 500 || strings.Contains(w.Body.String(), "boom") || !strings.Contains(w.Body.String(), codeInternal) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	good := newHouse(t).site.opt
	for name, spoil := range map[string]func(*Options){
		"nothing given":      func(o *Options) { *o = Options{} },
		"part without check": func(o *Options) { o.Parts = []Part{{Name: "x"}} },
		"origin with path":   func(o *Options) { o.TrustedOrigins = []string{"https://x/y"} },
		"metric twice": func(o *Options) {
			c := prometheus.NewCounter(prometheus.CounterOpts{Name: "x_total", Help: "x"})
			o.Collectors = []prometheus.Collector{c, c}
		},
	} {
		o := good
		spoil(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSourceAddress(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.7:1", "", "192.0.2.7"},
		{"192.0.2.7:1", "198.51.100.1", "192.0.2.7"}, // not a trusted proxy: whatever it says
		{"10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"}, // the first hop that is not ours, from behind
		{"10.0.0.1:1", "garbage", "10.0.0.1"},
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:1", "2001:db8::1", "2001:db8::1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := source(r, proxies).String(); got != c.want {
			t.Errorf("%s by %s: %s, want %s", c.forwarded, c.peer, got, c.want)
		}
	}
}

func TestErrorsThatAreNotForPeopleStayInside(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.site.problemFor(t.Context(), "x", errors.New("dial tcp 10.1.2.3: password=secret"))
	if p.Status != 500 || strings.Contains(p.Detail+p.Do, "secret") {
		t.Errorf("%+v", p)
	}
	if p := h.site.problemFor(t.Context(), "x", context.DeadlineExceeded); p.Status != 503 {
		t.Errorf("%+v", p)
	}
}

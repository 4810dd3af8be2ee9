package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// measured are the site's own metrics.
type measured struct {
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	fell     prometheus.Counter
	refused  prometheus.Counter
}

// newMetrics makes a registry of this site's own, so that two sites in one process do not meet in a global one.
func (s *Site) newMetrics(more []prometheus.Collector) (http.Handler, error) {
	s.measured = measured{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hotline_http_requests_total", Help: "Requests answered, by route and status class.",
		}, []string{"route", "class"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "hotline_http_seconds", Help: "Time to answer a request, streams and long polls left out.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"route"}),
		fell: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hotline_events_slow_readers_total", Help: "Readers of live events that were disconnected for being too slow.",
		}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hotline_sign_ins_refused_total", Help: "Sign-ins refused: wrong password or throttled.",
		}),
	}
	registry := prometheus.NewRegistry()
	all := append([]prometheus.Collector{
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		s.measured.requests, s.measured.took, s.measured.fell, s.measured.refused,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hotline_events_streams", Help: "Event streams open now.",
		}, func() float64 { return float64(s.streams.open()) }),
		&queueCollector{calls: s.opt.Calls, agents: s.opt.Agents},
	}, more...)
	for _, c := range all {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("web: metrics: %w", err)
		}
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{Registry: registry, ErrorHandling: promhttp.HTTPErrorOnError}), nil
}

// measure counts requests by route pattern, never by address: addresses have no bound.
func (s *Site) measure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		a := &answer{ResponseWriter: w}
		next.ServeHTTP(a, r)
		route := r.Pattern
		if route == "" || route == "/" {
			route = "none"
		}
		s.measured.requests.WithLabelValues(route, strconv.Itoa(a.status/100)+"xx").Inc()
		if !strings.HasSuffix(route, "/events") && !strings.HasSuffix(route, sipPath) && r.URL.Query().Get("wait") == "" {
			s.measured.took.WithLabelValues(route).Observe(time.Since(began).Seconds())
		}
	})
}

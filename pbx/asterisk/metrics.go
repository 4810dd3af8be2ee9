package asterisk

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics of all drivers, one label "switch" each. Make one per process.
type Metrics struct {
	events     *prometheus.CounterVec
	unknown    *prometheus.CounterVec
	malformed  *prometheus.CounterVec
	bytes      *prometheus.CounterVec
	backlog    *prometheus.GaugeVec
	overflows  *prometheus.CounterVec
	connects   *prometheus.CounterVec
	usurped    *prometheus.CounterVec
	healed     *prometheus.CounterVec
	unexpected *prometheus.CounterVec
	requests   *prometheus.CounterVec
	latency    *prometheus.HistogramVec
	calls      *prometheus.GaugeVec
	rings      *prometheus.CounterVec
	ready      *prometheus.CounterVec
}

// NewMetrics registers with reg; nil registers nowhere.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "hotline", Subsystem: "ari", Name: name, Help: help,
		}, append([]string{"switch"}, labels...))
	}
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: "hotline", Subsystem: "ari", Name: name, Help: help,
		}, []string{"switch"})
	}
	m := &Metrics{
		events:     counter("events_total", "Events by type.", "type"),
		unknown:    counter("events_unknown_total", "Events of a type that this version does not know."),
		malformed:  counter("events_malformed_total", "Frames that are no event."),
		bytes:      counter("event_bytes_total", "Bytes of event frames."),
		backlog:    gauge("backlog_bytes", "Bytes of frames read and not yet decoded."),
		overflows:  counter("backlog_overflows_total", "Connections dropped because the backlog was full."),
		connects:   counter("connects_total", "Connections made, the first included."),
		usurped:    counter("usurped_total", "Times another controller took the application."),
		healed:     counter("healed_total", "Ends and leftovers found by looking, not by an event.", "what"),
		unexpected: counter("unexpected_total", "Inputs that changed nothing: duplicates and late ones.", "what"),
		requests:   counter("requests_total", "REST calls.", "verb", "what", "status"),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "hotline", Subsystem: "ari", Name: "request_seconds", Help: "Duration of REST calls.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 3},
		}, []string{"switch", "verb", "what"}),
		calls: gauge("calls", "Callers' calls on the switch."),
		rings: counter("rings_total", "Phones asked to ring."),
		ready: counter("rings_ready_total", "Phones asked to ring by a leg that stood ready before the call came."),
	}
	if reg != nil {
		reg.MustRegister(m.events, m.unknown, m.malformed, m.bytes, m.backlog, m.overflows, m.connects, m.usurped,
			m.healed, m.unexpected, m.requests, m.latency, m.calls, m.rings, m.ready)
	}
	return m
}

// counters are one switch's.
type counters struct {
	all                          *Metrics
	name                         string
	unknown, malformed, bytes    prometheus.Counter
	overflows, connects, usurped prometheus.Counter
	backlog, calls               prometheus.Gauge
	rings, ready                 prometheus.Counter
}

func (m *Metrics) of(name string) *counters {
	return &counters{
		all: m, name: name,
		unknown: m.unknown.WithLabelValues(name), malformed: m.malformed.WithLabelValues(name),
		bytes: m.bytes.WithLabelValues(name), overflows: m.overflows.WithLabelValues(name),
		connects: m.connects.WithLabelValues(name), usurped: m.usurped.WithLabelValues(name),
		backlog: m.backlog.WithLabelValues(name), calls: m.calls.WithLabelValues(name),
		rings: m.rings.WithLabelValues(name), ready: m.ready.WithLabelValues(name),
	}
}

func (c *counters) event(kind string)    { c.all.events.WithLabelValues(c.name, kind).Inc() }
func (c *counters) heal(what string)     { c.all.healed.WithLabelValues(c.name, what).Inc() }
func (c *counters) surprise(what string) { c.all.unexpected.WithLabelValues(c.name, what).Inc() }
func (c *counters) request(verb, what, status string, took time.Duration) {
	c.all.requests.WithLabelValues(c.name, verb, what, status).Inc()
	c.all.latency.WithLabelValues(c.name, verb, what).Observe(took.Seconds())
}

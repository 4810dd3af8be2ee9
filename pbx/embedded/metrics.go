package embedded

import (
	"strconv"

	"github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus"

	"hotline/pbx"
)

// Metrics of all embedded switches, one label "switch" each. Make one per process.
type Metrics struct {
	events, requests, responses, registers, drops, ends, unexpected, probes *prometheus.CounterVec
	calls, phones, connections, transactions                                *prometheus.GaugeVec
}

// NewMetrics registers with reg; nil registers nowhere.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "hotline", Subsystem: "sip", Name: name, Help: help,
		}, append([]string{"switch"}, labels...))
	}
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: "hotline", Subsystem: "sip", Name: name, Help: help,
		}, []string{"switch"})
	}
	m := &Metrics{
		events:       counter("events_total", "Events told to the hotline, by kind.", "kind"),
		requests:     counter("requests_total", "Requests taken, by method; one that nobody knows counts as other.", "method"),
		responses:    counter("responses_total", "Final answers given, by method and code.", "method", "code"),
		registers:    counter("registers_total", "REGISTERs by outcome.", "outcome"),
		drops:        counter("dropped_total", "Messages and connections thrown away, by reason.", "reason"),
		ends:         counter("calls_ended_total", "Calls by how they ended.", "code"),
		unexpected:   counter("unexpected_total", "Inputs that changed nothing: duplicates and late ones.", "what"),
		probes:       counter("probes_lost_total", "OPTIONS to phones that were not answered."),
		calls:        gauge("calls", "Callers' calls on the switch."),
		phones:       gauge("phones", "Phones that can be reached."),
		connections:  gauge("connections", "TCP connections and websockets."),
		transactions: gauge("transactions", "SIP transactions under way."),
	}
	if reg != nil {
		reg.MustRegister(m.events, m.requests, m.responses, m.registers, m.drops, m.ends, m.unexpected, m.probes, m.calls,
			m.phones, m.connections, m.transactions)
	}
	return m
}

// counters are one switch's.
type counters struct {
	all        *Metrics
	name       string
	probesLost prometheus.Counter
}

func (m *Metrics) of(name string) *counters {
	return &counters{all: m, name: name, probesLost: m.probes.WithLabelValues(name)}
}

func (c *counters) told(kind pbx.Kind) { c.all.events.WithLabelValues(c.name, string(kind)).Inc() }

func (c *counters) register(outcome string) { c.all.registers.WithLabelValues(c.name, outcome).Inc() }
func (c *counters) drop(reason string)      { c.all.drops.WithLabelValues(c.name, reason).Inc() }
func (c *counters) surprise(what string)    { c.all.unexpected.WithLabelValues(c.name, what).Inc() }
func (c *counters) ended(code pbx.EndCode)  { c.all.ends.WithLabelValues(c.name, string(code)).Inc() }

func (c *counters) request(method sip.RequestMethod) {
	c.all.requests.WithLabelValues(c.name, known(method)).Inc()
}

func (c *counters) answered(method sip.RequestMethod, code int) {
	if code >= 200 {
		c.all.responses.WithLabelValues(c.name, known(method), strconv.Itoa(code)).Inc()
	}
}

// known keeps strangers' words out of the labels.
func known(method sip.RequestMethod) string {
	switch method {
	case sip.INVITE, sip.ACK, sip.CANCEL, sip.BYE, sip.OPTIONS, sip.REGISTER, sip.INFO, sip.UPDATE, sip.REFER, sip.SUBSCRIBE,
		sip.NOTIFY, sip.MESSAGE, sip.PUBLISH, sip.PRACK:
		return string(method)
	}
	return "other"
}

func (c *counters) gauges(calls, phones, connections, transactions int) {
	c.all.calls.WithLabelValues(c.name).Set(float64(calls))
	c.all.phones.WithLabelValues(c.name).Set(float64(phones))
	c.all.connections.WithLabelValues(c.name).Set(float64(connections))
	c.all.transactions.WithLabelValues(c.name).Set(float64(transactions))
}

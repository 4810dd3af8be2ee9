package web

import (
	"strconv"

	"hotline/agent"

	"github.com/prometheus/client_golang/prometheus"
)

// queueCollector gives the live numbers at the moment they are scraped. Counts of today are gauges: they begin anew at
// midnight, which a counter must not.
type queueCollector struct {
	calls  Switchboard
	agents Presence
}

// desc describes one metric of queues.
func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("hotline_"+name, help, labels, nil)
}

// Describe sends nothing: the collector is unchecked, because queues and states come and go with the configuration.
func (*queueCollector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c *queueCollector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, q := range c.calls.Queues() {
		one := func(name, help string, v float64) { gauge(desc("queue_"+name, help, "queue"), v, q.Queue) }
		one("waiting", "Callers who wait now.", float64(q.Waiting))
		one("talking", "Calls in progress now.", float64(q.Talking))
		one("longest_wait_seconds", "Longest wait of a caller now, from ring 1.", q.LongestWait)
		one("longest_ring", "Ring that the longest waiting caller hears; 0: nobody waits.", float64(q.LongestRing))
		one("load_erlang", "Arrivals times handling time of the last 30 minutes.", q.Load)
		one("agents_staffed", "Agents signed in and not paused.", float64(q.Staffed))
		one("agents_needed", "Agents needed by Erlang C for the queue's target.", float64(q.Needed))
		one("agents_missing", "Agents missing now by Erlang C.", float64(q.Missing))
		one("offered_today", "Calls that entered the queue today.", float64(q.Today.Offered))
		one("answered_today", "Calls answered by a human today.", float64(q.Today.Answered))
		one("answered_within_three_rings_today", "Calls answered within three rings today.", float64(q.Today.Met))
		one("short_abandoned_today", "Callers who gave up inside the first ring today.", float64(q.Today.Short))
		one("machine_today", "Calls that a machine took today.", float64(q.Today.Machine))
		one("lost_today", "Calls that ended for another reason before a human answered today.", float64(q.Today.Lost))
		one("asa_seconds_today", "Average speed of answer today.", q.Today.ASASeconds)
		one("aht_seconds_today", "Average handling time today.", q.Today.AHTSeconds)
		for _, share := range []struct {
			name, help string
			v          *float64
		}{
			{"three_rings_ratio", "Answered within three rings ÷ decided, short abandons included.", q.Today.ThreeRings},
			{"three_rings_no_short_ratio", "Answered within three rings ÷ decided, without short abandons.", q.Today.ThreeRingsNoShort},
			{"occupancy_ratio", "Talk and wrap-up ÷ time staffed today.", q.Today.Occupancy},
		} {
			if share.v != nil { // nothing to share: no sample, rather than a zero that looks like a disaster
				one(share.name, share.help, *share.v)
			}
		}
		byRing := desc("queue_abandoned_today", "Callers who gave up today, by the ring that sounded.", "queue", "ring")
		for i, n := range q.Today.AbandonedByRing {
			ring := strconv.Itoa(i + 1)
			if i == len(q.Today.AbandonedByRing)-1 {
				ring += "+"
			}
			gauge(byRing, float64(n), q.Queue, ring)
		}
		byState := desc("queue_agents", "Agents who serve the queue, by state.", "queue", "state")
		for _, state := range states() {
			gauge(byState, float64(q.Agents[string(state)]), q.Queue, string(state))
		}
	}
	c.presence(gauge)
	out <- popLatency(c.agents.PopLatency())
}

func (c *queueCollector) presence(gauge func(*prometheus.Desc, float64, ...string)) {
	count := map[agent.State]int{}
	desks := 0
	for _, v := range c.agents.Views() {
		count[v.State]++
		if v.DeskOpen {
			desks++
		}
	}
	byState := desc("agents", "Agents by state.", "state")
	for _, state := range states() {
		gauge(byState, float64(count[state]), string(state))
	}
	gauge(desc("desks_open", "Agents' desks connected now."), float64(desks))
	gauge(desc("pops_unseen", "Screen pops for agents without a connected desk, since the start."), float64(c.agents.PopLatency().Unseen))
}

func popLatency(l agent.Latency) prometheus.Metric {
	return prometheus.MustNewConstSummary(
		desc("pop_latency_seconds", "Time from pushing a screen pop to its acknowledgement by the browser."),
		uint64(l.Count), l.Mean.Seconds()*float64(l.Count),
		map[float64]float64{0.5: l.P50.Seconds(), 0.9: l.P90.Seconds(), 0.99: l.P99.Seconds(), 1: l.Max.Seconds()},
	)
}

// states lists all states, so that a state without agents is 0 and not absent.
func states() []agent.State {
	return []agent.State{
		agent.Offline, agent.Ready, agent.Offered, agent.Ringing, agent.Talking, agent.WrapUp, agent.Paused, agent.Unreachable,
	}
}

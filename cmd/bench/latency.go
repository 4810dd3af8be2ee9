package main

import (
	"context"
	"fmt"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// seats is how many phones each variant has: calls last a third of a second, so at the default rate some 3 are busy.
const seats = 20

// warmUp is how many calls of each variant nobody measures.
const warmUp = 20

// variant is one way to serve a caller.
type variant struct {
	name string
	did  func(n int) string
}

var variants = []variant{
	{"Dial()", func(n int) string { return fmt.Sprint(didDirect + n%seats) }},
	{"Queue()", func(int) string { return didQueue }},
	{"hotline", func(int) string { return house.DIDMain }},
}

// usage is what one variant's round cost, a call.
type usage struct {
	asterisk, hotline, redis          float64 // CPU, ms
	events, requests, steps, commands float64
	rings, ready                      float64 // phones asked to ring; of these by a leg that stood ready
}

// latencies is one variant's round.
type latencies struct {
	ring50, ring99, answer50, answer99 float64 // ms
	usage
}

// measureLatency lets the variants take turns at the same arrivals.
func measureLatency(s *stage, o options) []row {
	c := openCentre(s, seats, pbxtest.Behaviour{Answer: true, HangUpAfter: 300 * time.Millisecond})
	ctx, cancel := context.WithCancel(context.Background())
	s.Cleanup(cancel)
	c.rung.listen(ctx, c.agents...)
	c.rung.listen(ctx, c.queue...)
	c.rung.listen(ctx, c.dial...)
	for _, v := range variants {
		_, err := c.load(warmUp, o.rate, 0, v.did)
		s.must(v.name, err)
	}
	rounds := make([][]latencies, len(variants))
	for round := range o.rounds {
		for k := range variants {
			i := (k + round) % len(variants) // nobody is always the first
			before := c.used()
			samples, err := c.load(o.calls, o.rate, uint64(round)+1, variants[i].did)
			s.must(variants[i].name, err)
			l := summarise(samples)
			l.usage = c.used().since(before, o.calls)
			rounds[i] = append(rounds[i], l)
			s.progress("round %d, %-7s  INVITE→INVITE p50 %.2f p99 %.2f ms, answered p50 %.2f ms, CPU %.1f ms a call", round+1,
				variants[i].name, l.ring50, l.ring99, l.answer50, l.asterisk+l.hotline+l.redis)
		}
	}
	return latencyRows(rounds[0], rounds[1], rounds[2])
}

// totals are counters at one moment.
type totals struct{ usage }

// used reads every counter when nothing is going on.
func (c *centre) used() totals {
	m := c.settle()
	var t totals
	for pid, into := range map[int]*float64{
		c.Asterisk.PID(): &t.asterisk, c.PID(): &t.hotline, c.Redis.PID(): &t.redis,
	} {
		spent, err := cpuTime(pid)
		c.stage.must("CPU time", err)
		*into = milliseconds(spent)
	}
	t.events, t.requests = m["hotline_ari_events_total"], m["hotline_ari_requests_total"]
	t.rings, t.ready = m["hotline_ari_rings_total"], m["hotline_ari_rings_ready_total"]
	t.steps = m["hotline_redis_commands_total"]
	redis, err := countCommands(context.Background(), c.Redis.Addr)
	c.stage.must("Redis", err)
	t.commands = redis.all
	return t
}

func (t totals) since(before totals, calls int) usage {
	per := func(now, then float64) float64 { return (now - then) / float64(calls) }
	return usage{
		asterisk: per(t.asterisk, before.asterisk), hotline: per(t.hotline, before.hotline), redis: per(t.redis, before.redis),
		events: per(t.events, before.events), requests: per(t.requests, before.requests),
		steps: per(t.steps, before.steps), commands: per(t.commands, before.commands),
		rings: per(t.rings, before.rings), ready: per(t.ready, before.ready),
	}
}

func summarise(samples []sample) latencies {
	var rings, answers []float64
	for _, x := range samples {
		rings, answers = append(rings, milliseconds(x.ring)), append(answers, milliseconds(x.answer))
	}
	return latencies{
		ring50: quantile(rings, 0.5), ring99: quantile(rings, 0.99),
		answer50: quantile(answers, 0.5), answer99: quantile(answers, 0.99),
	}
}

// column picks one figure of every round.
func column(rounds []latencies, pick func(latencies) float64) []float64 {
	values := make([]float64, len(rounds))
	for i, l := range rounds {
		values[i] = pick(l)
	}
	return values
}

func latencyRows(dial, queue, hotline []latencies) []row {
	const none = -1
	line := func(what, unit, whom string, most float64, pick func(latencies) float64) row {
		d, q, h := column(dial, pick), column(queue, pick), column(hotline, pick)
		r := row{what: what, unit: unit, dial: median(d), queue: median(q), hotline: median(h), ratio: medianRatio(h, d)}
		if whom == "Queue()" {
			r.ratio = medianRatio(h, q)
		}
		if most != none {
			r.goals = []goal{against(whom, r.ratio, most)}
		}
		return r
	}
	count := func(what string, pick func(latencies) float64, goals ...goal) row {
		return alone(what, "a call", median(column(hotline, pick)), goals...)
	}
	events := median(column(hotline, func(l latencies) float64 { return l.events }))
	return []row{
		line("INVITE → agent's INVITE, p50", "ms", "Dial()", 1.6, func(l latencies) float64 { return l.ring50 }),
		line("INVITE → agent's INVITE, p99", "ms", "Dial()", 2.0, func(l latencies) float64 { return l.ring99 }),
		line("INVITE → answered, p50", "ms", "Queue()", 1.3, func(l latencies) float64 { return l.answer50 }),
		line("INVITE → answered, p99", "ms", "Queue()", none, func(l latencies) float64 { return l.answer99 }),
		line("CPU of Asterisk", "ms a call", "Dial()", none, func(l latencies) float64 { return l.asterisk }),
		line("CPU of the hotline", "ms a call", "", none, func(l latencies) float64 { return l.usage.hotline }),
		line("CPU of Redis", "ms a call", "", none, func(l latencies) float64 { return l.redis }),
		line("CPU of all three", "ms a call", "Dial()", none, func(l latencies) float64 {
			return l.asterisk + l.usage.hotline + l.redis
		}),
		count("ARI events", func(l latencies) float64 { return l.events }, atMost(events, 10, "")),
		count("ARI requests (REST)", func(l latencies) float64 { return l.requests }),
		alone("phones rung by a leg that stood ready", "%", median(column(hotline, func(l latencies) float64 { return 100 * l.ready / max(l.rings, l.ready, 1e-9) }))),
		count("steps on the board (Redis round trips)", func(l latencies) float64 { return l.steps }),
		count("Redis commands, those inside scripts included", func(l latencies) float64 { return l.commands }),
	}
}

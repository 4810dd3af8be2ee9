package main

import (
	"context"
	"fmt"
	"time"

	"hotline/queue"
)

// matchesARound is how many matches of each kind are timed in a round, each followed by a PING.
const matchesARound = 500

// timed is one kind of match in one round.
type timed struct {
	step, ping float64 // p50, µs
	server     float64 // mean, µs of server time
}

// measureMatching times the one script that matches, from both sides: a caller who finds an idle agent among many, and an
// agent who comes ready and finds the most urgent of many callers.
func measureMatching(s *stage, o options) []row {
	f := openBoard(s)
	ctx := context.Background()
	s.progress("%d agents with %d skills come ready, %d callers begin to wait", idleAgents, skills, waitingCalls)
	s.must("agents", side(idleAgents, func(n int) error {
		_, err := f.Ready(ctx, quietAgent(n))
		return err
	}))
	now := time.Now()
	s.must("callers", side(waitingCalls, func(n int) error {
		_, err := f.Enqueue(ctx, crowdedCall(n, now.Add(time.Duration(n-waitingCalls)*time.Millisecond)))
		return err
	}))
	var calls, agents []timed
	for round := range o.rounds {
		began := time.Now()
		base := round * matchesARound
		call := func(n int) queue.Waiting { return quietCall(base+n, began) }
		t, _, err := f.time(ctx, func(n int) ([]queue.Match, error) {
			e, err := f.Enqueue(ctx, call(n))
			return e.Matches, err
		})
		s.must("a caller who finds an agent", err)
		calls = append(calls, t)
		s.must("leave", side(matchesARound, func(n int) error {
			_, err := f.Leave(ctx, call(n).Call)
			return err
		}))

		t, matches, err := f.time(ctx, func(n int) ([]queue.Match, error) { return f.Ready(ctx, crowdedAgent(base+n)) })
		s.must("an agent who finds a caller", err)
		agents = append(agents, t)
		s.must("serve", f.serve(ctx, matches))
		s.progress("round %d  a call comes: p50 %.0f µs, PING %.0f µs, server %.1f µs; an agent comes: %.0f, %.0f, %.1f", round+1,
			calls[round].step, calls[round].ping, calls[round].server, agents[round].step, agents[round].ping, agents[round].server)
	}
	what := fmt.Sprintf("%d agents × %d skills, %d callers", idleAgents, skills, waitingCalls)
	return append(matchingRows("match for a new caller, "+what, calls), matchingRows("match for an agent come ready, same board", agents)...)
}

// time does one step and one PING in turn. Each step must give one match.
func (b *redisBoard) time(ctx context.Context, step func(n int) ([]queue.Match, error)) (t timed, matches []queue.Match, err error) {
	before, err := countCommands(ctx, b.addr)
	if err != nil {
		return t, nil, err
	}
	var steps, pings []float64
	for n := range matchesARound {
		began := time.Now()
		got, err := step(n)
		steps = append(steps, microseconds(time.Since(began)))
		if err != nil {
			return t, nil, err
		}
		if len(got) != 1 {
			return t, nil, fmt.Errorf("step %d gave %d matches: %v", n, len(got), got)
		}
		matches = append(matches, got...)
		began = time.Now()
		if err := b.Ping(ctx); err != nil {
			return t, nil, err
		}
		pings = append(pings, microseconds(time.Since(began)))
	}
	after, err := countCommands(ctx, b.addr)
	if err != nil {
		return t, nil, err
	}
	if scripts := after.scripts - before.scripts; scripts != matchesARound {
		return t, nil, fmt.Errorf("%d steps made %.0f scripts run", matchesARound, scripts)
	}
	return timed{
		step: quantile(steps, 0.5), ping: quantile(pings, 0.5),
		server: microseconds(after.spent-before.spent) / matchesARound,
	}, matches, nil
}

// serve ends what was matched and lets as many new callers wait, so that the next round finds the same board.
func (b *redisBoard) serve(ctx context.Context, matches []queue.Match) error {
	now := time.Now()
	return side(len(matches), func(n int) error {
		m := matches[n]
		if _, err := b.Unready(ctx, m.Agent); err != nil {
			return err
		}
		if _, err := b.Leave(ctx, m.Call); err != nil {
			return err
		}
		_, err := b.Enqueue(ctx, crowdedCall(waitingCalls+n, now))
		return err
	})
}

func matchingRows(what string, rounds []timed) []row {
	pick := func(of func(timed) float64) (values []float64) {
		for _, t := range rounds {
			values = append(values, of(t))
		}
		return values
	}
	steps, pings := pick(func(t timed) float64 { return t.step }), pick(func(t timed) float64 { return t.ping })
	ratio, server := medianRatio(steps, pings), median(pick(func(t timed) float64 { return t.server }))
	first := alone(what+", p50", "µs", median(steps), against("PING", ratio, 2))
	first.ratio = ratio
	return []row{first, alone("… of which Redis itself", "µs", server, atMost(server, 25, "µs")), alone("… PING in the same loop, p50", "µs", median(pings))}
}

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"hotline/queue"
)

// spread is the time over which the armed deadlines come due, window how long each round looks at them.
const (
	spread = 100 * time.Second
	window = 5 * time.Second
)

// measureDeadlines arms one deadline for each of many waiting callers and looks how late they fire: from the instant
// promised until the distributor would hear of it, the step on Redis that makes it fire only once included.
func measureDeadlines(s *stage, o options) []row {
	b := openBoard(s)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	s.Cleanup(func() { cancel(); running.Wait() })

	s.progress("%d callers begin to wait", waitingCalls)
	epochs := make([]int64, waitingCalls)
	began := time.Now()
	s.must("callers", side(waitingCalls, func(n int) error {
		w := crowdedCall(n, began)
		w.Deadlines = nil
		e, err := b.Enqueue(ctx, w)
		epochs[n] = e.Epoch
		return err
	}))

	// Arming takes about as long as it took to get here.
	start := time.Now().Add(time.Since(began) + time.Since(began)/2 + time.Second)
	late := &lateness{}
	deadlines := queue.NewDeadlines(b, func(queue.Deadline) {}, queue.DeadlineOptions{Late: late.note})
	due := func(n int) queue.Due {
		draw := rand.New(rand.NewPCG(uint64(n), 1)) //nolint:gosec // the same every time is what is wanted
		return queue.Due{At: start.Add(time.Duration(draw.Int64N(int64(spread)))), Kind: "max-wait@bench"}
	}
	s.must("arm", side(waitingCalls, func(n int) error {
		d, call := due(n), crowdedCall(n, began).Call
		if err := b.Arm(ctx, call, epochs[n], []queue.Due{d}); err != nil {
			return err
		}
		deadlines.Arm(queue.Deadline{Call: call, Epoch: epochs[n], Kind: d.Kind, At: d.At})
		return nil
	}))
	if wait := time.Until(start); wait > 0 {
		<-time.After(wait)
	} else {
		s.Fatalf("arming %d deadlines took longer than it should", waitingCalls)
	}
	running.Go(func() { _ = deadlines.Run(ctx) }) // ends with ctx

	var p50, p99, worst []float64
	for round := range min(o.rounds, int(spread/window)-1) {
		late.take()
		<-time.After(window)
		seen := late.take()
		if expected := float64(waitingCalls) * window.Seconds() / spread.Seconds(); float64(len(seen)) < 0.9*expected {
			s.Fatalf("%d deadlines fired where about %.0f were due", len(seen), expected)
		}
		p50, p99 = append(p50, quantile(seen, 0.5)), append(p99, quantile(seen, 0.99))
		worst = append(worst, quantile(seen, 1))
		s.progress("round %d  %d fired, late by p50 %.2f p99 %.2f, at most %.2f ms", round+1, len(seen), p50[round], p99[round], worst[round])
	}
	what := fmt.Sprintf("deadline fires late, %d armed, %.0f/s", waitingCalls, float64(waitingCalls)/spread.Seconds())
	return []row{
		alone(what+", p50", "ms", median(p50)),
		alone("… p99", "ms", median(p99), atMost(median(p99), 5, "ms")),
		alone("… worst", "ms", median(worst)),
	}
}

// lateness collects how late deadlines were, in ms.
type lateness struct {
	mu   sync.Mutex
	seen []float64
}

func (l *lateness) note(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = append(l.seen, milliseconds(d))
}

// take gives what came since the last time.
func (l *lateness) take() []float64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := l.seen
	l.seen = nil
	return seen
}

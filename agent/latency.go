package agent

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Latency is how long screen pops took from the server to the screen and back, since the start.
type Latency struct {
	Count                    int64 // acknowledged pops
	Unseen                   int64 // pops for agents without a connected desk
	Mean, P50, P90, P99, Max time.Duration
}

// popClock measures in microseconds, 1 µs … 60 s, to three digits.
type popClock struct {
	mu     sync.Mutex
	hist   *hdrhistogram.Histogram
	unseen int64
}

func newPopClock() *popClock {
	return &popClock{hist: hdrhistogram.New(1, time.Minute.Microseconds(), 3)}
}

func (c *popClock) pushed(seen bool) {
	if seen {
		return
	}
	c.mu.Lock()
	c.unseen++
	c.mu.Unlock()
}

// acked records one latency; what took longer than the scale counts as its end.
func (c *popClock) acked(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// Cannot fail: the value is inside the histogram's range.
	_ = c.hist.RecordValue(min(max(1, d.Microseconds()), time.Minute.Microseconds()))
}

// PopLatency is the distribution of Ack's latencies for pushes of kind "pop". It is exact to three digits.
func (r *Roster) PopLatency() Latency {
	c := r.pops
	c.mu.Lock()
	defer c.mu.Unlock()
	us := func(v int64) time.Duration { return time.Duration(v) * time.Microsecond }
	return Latency{
		Count: c.hist.TotalCount(), Unseen: c.unseen,
		Mean: time.Duration(c.hist.Mean() * float64(time.Microsecond)),
		P50:  us(c.hist.ValueAtPercentile(50)), P90: us(c.hist.ValueAtPercentile(90)), P99: us(c.hist.ValueAtPercentile(99)),
		Max: us(c.hist.Max()),
	}
}

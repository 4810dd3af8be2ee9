package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"hotline/queue"
)

// crowdInMemory is how many callers wait when their memory is weighed; the first so many are not weighed: they pay for what
// exists once.
const (
	crowdInMemory = 10_000
	notWeighed    = 500
)

// weight is what is in use at one moment, in bytes.
type weight struct{ redis, live float64 }

// measureMemory weighs a waiting call: in Redis, and in a Distributor as the hotline wires it (Redis with the ledger for when
// it is gone, deadlines). Nobody is ready, so every caller waits.
func measureMemory(s *stage, _ options) []row {
	b := openBoard(s)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	s.Cleanup(func() { cancel(); running.Wait() })
	quiet := slog.New(slog.DiscardHandler)
	board := queue.NewFailover(b, queue.NewLocalBoard(queue.BoardOptions{Node: "bench"}), queue.FailoverOptions{
		Timeout: 10 * time.Second, // a machine under load is no reason to weigh another mode
		Log:     quiet,
	})
	var distributor *queue.Distributor
	deadlines := queue.NewDeadlines(board, func(d queue.Deadline) { distributor.Due(d) }, queue.DeadlineOptions{Log: quiet})
	floor := &emptyFloor{}
	distributor = queue.NewDistributor(queue.Config{
		Node: "bench", BoardTimeout: 15 * time.Second,
		Hotlines: []queue.HotlineConfig{{Name: "main", DIDs: []string{"4001"}, Queue: "main"}},
		Queues: []queue.QueueConfig{{
			Name: "main", MaxWait: 5 * time.Minute, NoAgents: 4 * time.Minute,
			Overflow: []queue.Overflow{{When: queue.WhenNoAgents, Do: queue.DoManager}},
		}},
	}, board, deadlines, floor, floor, floor, floor, quiet)
	running.Go(func() { _ = board.Run(ctx) }) // all three end with ctx
	running.Go(func() { _ = deadlines.Run(ctx) })
	running.Go(func() { _ = distributor.Run(ctx) })

	floor.crowd(s, distributor, 0, notWeighed)
	before := b.weigh(s)
	floor.crowd(s, distributor, notWeighed, notWeighed+crowdInMemory)
	after := b.weigh(s)
	if board.Mode() != queue.ModeShared {
		s.Fatalf("the board is in mode %s: Redis was not heard of in time", board.Mode())
	}
	redis, live := (after.redis-before.redis)/crowdInMemory, (after.live-before.live)/crowdInMemory
	s.progress("%d more callers wait: %.0f bytes of Redis, %.0f of Go a call", crowdInMemory, redis, live)
	return []row{
		alone("memory of a waiting call in Redis", "bytes", redis, atMost(redis, 1024, "bytes")),
		alone("memory of a waiting call in Go (heap and stacks)", "bytes", live, atMost(live, 4096, "bytes")),
	}
}

// weigh gives what is in use once nothing is left to collect.
func (b *redisBoard) weigh(s *stage) weight {
	var m runtime.MemStats
	for range 4 { // a stack shrinks by half with each collection
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	info, err := askRedis(context.Background(), b.addr, "memory")
	s.must("Redis", err)
	used, err := strconv.ParseFloat(info["used_memory"], 64)
	s.must("Redis' used_memory", err)
	return weight{redis: used, live: float64(m.HeapAlloc + m.StackInuse)}
}

// emptyFloor is a call centre where nobody works: no phone is ever rung, every caller waits.
type emptyFloor struct{ waiting, other atomic.Int64 }

// crowd lets callers from … to-1 arrive and waits until all of them wait.
func (f *emptyFloor) crowd(s *stage, d *queue.Distributor, from, to int) {
	const ahead = 64
	late := time.Now().Add(2 * time.Minute)
	wait := func(n int) {
		for f.waiting.Load() < int64(n) {
			if time.Now().After(late) {
				s.Fatalf("of %d callers only %d wait", n, f.waiting.Load())
			}
			<-time.After(time.Millisecond)
		}
	}
	for n := from; n < to; n++ {
		wait(n - ahead)
		now := time.Now()
		d.Arrived(queue.Call{
			ID: fmt.Sprintf("bench-%d.%06d", now.Unix(), n), Switch: "bench", DID: "4001", Number: fmt.Sprintf("+86137%08d", n),
			Shown: fmt.Sprintf("137%08d", n), Arrived: now, Ring1: now,
		})
	}
	wait(to)
	if n := f.other.Load(); n > 0 {
		s.Fatalf("%d phones were rung where nobody works", n)
	}
}

// Write implements queue.Book: it only counts who waits.
func (f *emptyFloor) Write(e queue.Event) {
	if e.Kind == queue.EventQueued {
		f.waiting.Add(1)
	}
}

func (f *emptyFloor) Own(context.Context, queue.Call, string, string, time.Time) (queue.Owned, error) {
	f.other.Add(1)
	return queue.Owned{}, nil
}

func (f *emptyFloor) Ring(context.Context, queue.RingRequest) error { f.other.Add(1); return nil }

func (f *emptyFloor) Connect(context.Context, string, string) error         { f.other.Add(1); return nil }
func (f *emptyFloor) Release(context.Context, string, string, string) error { return nil }
func (f *emptyFloor) Tell(string, string, string, map[string]any)           {}
func (f *emptyFloor) HangUp(context.Context, string, string) error          { return nil }
func (f *emptyFloor) Play(context.Context, string, string) error            { return nil }
func (f *emptyFloor) Hold(context.Context, string) error                    { return nil }
func (f *emptyFloor) Resume(context.Context, string) error                  { return nil }
func (f *emptyFloor) Offer(queue.Offer) bool                                { f.other.Add(1); return false }
func (f *emptyFloor) Withdraw(queue.Withdrawal)                             {}
func (f *emptyFloor) Talk(queue.Talk)                                       {}
func (f *emptyFloor) Over(queue.Over)                                       {}

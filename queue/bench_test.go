package queue

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// benchRedis is a real redis-server; HOTLINE_BENCH_REDIS may name another one, or "miniredis".
func benchRedis(b *testing.B) *RedisBoard {
	b.Helper()
	url := os.Getenv("HOTLINE_BENCH_REDIS")
	switch url {
	case "":
		url = startRedis(b).url()
	case "miniredis":
		url = "redis://" + miniredis.RunT(b).Addr()
	}
	board, err := DialBoard(context.Background(), url, BoardOptions{Node: "n1", Prefix: fmt.Sprintf("{bench%d}", time.Now().UnixNano())})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { board.Close() })
	return board
}

const (
	benchAgents  = 10_000
	benchQueues  = 30 // each agent serves three of them
	benchWaiting = 100_000
)

// crowd fills a board with ready agents and with calls that wait in queues which nobody ready serves.
func crowd(b *testing.B, board Board, agents, waiting int) {
	b.Helper()
	ctx := context.Background()
	now := time.Now()
	var all sync.WaitGroup
	for part := range 8 {
		all.Go(func() {
			for i := part; i < agents; i += 8 {
				if _, err := board.Ready(ctx, benchAgent(i, now)); err != nil {
					b.Error(err)
					return
				}
			}
			for i := part; i < waiting; i += 8 {
				if _, err := board.Enqueue(ctx, benchCall("wait", i, fmt.Sprintf("busy%d", i%benchQueues), now)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
}

func benchAgent(i int, now time.Time) Idle {
	a := Idle{Agent: fmt.Sprintf("agent%05d", i), Team: fmt.Sprintf("team%d", i%50), Since: now.Add(-time.Duration(i) * time.Millisecond)}
	for k := range 3 {
		a.Queues = append(a.Queues, Level{Queue: fmt.Sprintf("queue%d", (i+k*7)%benchQueues), Level: 1 + (i+k)%3, Strategy: StrategyLongestIdle})
	}
	return a
}

func benchCall(name string, i int, queue string, now time.Time) Waiting {
	return Waiting{
		Call: fmt.Sprintf("%s-1790000000.%06d", name, i), Switch: "pbx-a", Queue: queue, Number: fmt.Sprintf("+86139%08d", i),
		Ring1: now.Add(time.Duration(i) * time.Millisecond), Budget: 15 * time.Second, First: one, Token: "did:4008001234",
		Deadlines: []Due{{now.Add(5 * time.Hour), "step:2"}, {now.Add(10 * time.Hour), "step:3"}, {now.Add(20 * time.Hour), "max-wait"}},
	}
}

// BenchmarkRedisMatch is the way of a call over the shared board: enqueue and match, answer, leave, agent ready again;
// among 10,000 agents × 3 skills and 100,000 calls that wait. It prints the match against a bare PING and the server's
// time by INFO commandstats. Goals: p50 at most 2 × PING, 25 µs of server time, 1 KiB of Redis for a waiting call.
//
// "hot" asks without a pause, "paced" every two milliseconds, as calls come: then both sides have to wake up first.
func BenchmarkRedisMatch(b *testing.B) {
	b.Run("hot", func(b *testing.B) { benchMatch(b, 0) })
	b.Run("paced", func(b *testing.B) { benchMatch(b, 2*time.Millisecond) })
}

func benchMatch(b *testing.B, pace time.Duration) {
	board := benchRedis(b)
	ctx := context.Background()
	crowd(b, board, benchAgents, 0)
	before := usedMemory(b, board)
	crowd(b, board, 0, benchWaiting)
	waiting := usedMemory(b, board)
	now := time.Now()
	pings, matches := make([]time.Duration, 0, b.N), make([]time.Duration, 0, b.N)
	var server [4]stat // enqueue, answer, leave, ready
	took := func(i int, order func() error) time.Duration {
		from := server[i].begin(b, board, len(matches))
		start := time.Now()
		if err := order(); err != nil {
			b.Fatal(err)
		}
		d := time.Since(start)
		server[i].end(b, board, from)
		return d
	}
	wait := func() {}
	if pace > 0 {
		tick := time.NewTicker(pace)
		defer tick.Stop()
		wait = func() { <-tick.C }
	}
	b.ResetTimer()
	for i := range b.N {
		wait()
		start := time.Now()
		if err := board.Ping(ctx); err != nil {
			b.Fatal(err)
		}
		pings = append(pings, time.Since(start))
		wait()
		call := benchCall("new", i, fmt.Sprintf("queue%d", i%benchQueues), now)
		var agent string
		matches = append(matches, took(0, func() error {
			e, err := board.Enqueue(ctx, call)
			if err == nil && len(e.Matches) != 1 {
				err = fmt.Errorf("matches %v", e.Matches)
			}
			if err == nil {
				agent = e.Matches[0].Agent
			}
			return err
		}))
		took(1, func() error { _, err := board.Answer(ctx, call.Call, agent, now); return err })
		took(2, func() error { _, err := board.Leave(ctx, call.Call); return err })
		took(3, func() error {
			n, err := strconv.Atoi(strings.TrimPrefix(agent, "agent"))
			if err != nil {
				return err
			}
			_, err = board.Ready(ctx, benchAgent(n, time.Now()))
			return err
		})
	}
	b.StopTimer()
	b.ReportMetric(micros(quantile(pings, 0.5)), "ping-p50-µs")
	b.ReportMetric(micros(quantile(matches, 0.5)), "match-p50-µs")
	b.ReportMetric(micros(quantile(matches, 0.99)), "match-p99-µs")
	b.ReportMetric(micros(quantile(matches, 0.5))/micros(quantile(pings, 0.5)), "match/ping")
	for i, name := range []string{"enqueue", "answer", "leave", "ready"} {
		b.ReportMetric(micros(quantile(server[i].each, 0.5)), name+"-server-p50-µs")
	}
	b.ReportMetric(float64(waiting-before)/benchWaiting, "redis-B/waiting")
}

// stat is the server's time for one step by INFO commandstats, asked for in a tenth of the rounds.
type stat struct{ each []time.Duration }

func (s *stat) begin(b *testing.B, board *RedisBoard, round int) [2]float64 {
	if round%10 != 0 {
		return [2]float64{-1}
	}
	return evalsha(b, board)
}

func (s *stat) end(b *testing.B, board *RedisBoard, from [2]float64) {
	if from[0] < 0 {
		return
	}
	to := evalsha(b, board)
	s.each = append(s.each, time.Duration((to[1]-from[1])/(to[0]-from[0])*float64(time.Microsecond)))
}

// evalsha reads calls and microseconds of EVALSHA; miniredis counts none.
func evalsha(b *testing.B, board *RedisBoard) (v [2]float64) {
	info, err := board.client.Info(context.Background(), "commandstats").Result()
	if err != nil {
		return v
	}
	for line := range strings.Lines(info) {
		if rest, ok := strings.CutPrefix(line, "cmdstat_evalsha:"); ok {
			if _, err := fmt.Sscanf(rest, "calls=%f,usec=%f", &v[0], &v[1]); err != nil {
				b.Fatal(err)
			}
		}
	}
	return v
}

func usedMemory(b *testing.B, board *RedisBoard) int64 {
	b.Helper()
	info, err := board.client.Info(context.Background(), "memory").Result()
	if err != nil {
		return 0
	}
	for line := range strings.Lines(info) {
		if rest, ok := strings.CutPrefix(line, "used_memory:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return n
		}
	}
	return 0
}

func quantile(d []time.Duration, q float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[min(int(q*float64(len(d))), len(d)-1)]
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// BenchmarkDeadlines arms 100,000 deadlines, falling due within thirty seconds, and prints how late they fire; goal: p99 at
// most 5 ms. One round is one firing.
func BenchmarkDeadlines(b *testing.B) {
	for _, kind := range []string{"local", "redis"} {
		b.Run(kind, func(b *testing.B) {
			var board Board = NewLocalBoard(BoardOptions{})
			if kind == "redis" {
				board = benchRedis(b)
			}
			benchDeadlines(b, board)
		})
	}
}

func benchDeadlines(b *testing.B, board Board) {
	const span = 30 * time.Second
	ctx, cancel := context.WithCancel(context.Background())
	start := time.Now().Add(30 * time.Second)
	armed := make([]Deadline, benchWaiting)
	var all sync.WaitGroup
	for part := range 8 {
		all.Go(func() {
			for i := part; i < benchWaiting; i += 8 {
				w := benchCall("due", i, "q", start)
				w.Deadlines = []Due{{start.Add(time.Duration(i) * span / benchWaiting), "step:2"}}
				e, err := board.Enqueue(ctx, w)
				if err != nil {
					b.Error(err)
					return
				}
				armed[i] = Deadline{Call: w.Call, Epoch: e.Epoch, Kind: "step:2", At: w.Deadlines[0].At}
			}
		})
	}
	if all.Wait(); b.Failed() {
		b.FailNow()
	}
	if time.Now().After(start) {
		b.Fatal("arming took longer than the first deadline allows")
	}
	var mu sync.Mutex
	late := make([]time.Duration, 0, benchWaiting)
	done := make(chan struct{})
	d := NewDeadlines(board, func(Deadline) {
		mu.Lock()
		defer mu.Unlock()
		if len(late) == benchWaiting {
			close(done)
		}
	}, DeadlineOptions{Late: func(l time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		late = append(late, l)
	}})
	for _, x := range armed {
		d.Arm(x)
	}
	var run sync.WaitGroup
	run.Go(func() { _ = d.Run(ctx) })
	b.ResetTimer()
	<-done
	b.StopTimer()
	cancel()
	run.Wait()
	b.ReportMetric(micros(quantile(late, 0.5)), "late-p50-µs")
	b.ReportMetric(micros(quantile(late, 0.99)), "late-p99-µs")
	b.ReportMetric(micros(quantile(late, 1)), "late-max-µs")
}

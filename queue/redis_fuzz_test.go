package queue

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// FuzzRedisArguments gives the scripts names of any bytes: they mean nothing but themselves, on both boards alike.
func FuzzRedisArguments(f *testing.F) {
	for _, s := range []string{"a", "", "{x}", "1:a", "r:a", "\x00", "\r\n", "a b", "-1", "nan", "%s", "')", "\xff", "😀", "500&PJSIP/trunk/00", "${SHELL(id)}"} {
		f.Add(s, s+"q", s, 3, int64(5))
		f.Add("call", s, "agent"+s, -1, int64(-1))
	}
	client, err := openRedis("redis://" + miniredis.RunT(f).Addr())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { client.Close() })
	f.Fuzz(func(t *testing.T, call, queue, agent string, n int, ms int64) {
		if err := client.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		c := newClock()
		local := NewLocalBoard(BoardOptions{Node: agent, Now: c.Now})
		redis := NewRedisBoard(client, BoardOptions{Node: agent, Now: c.Now})
		both := func(name string, order func(Board) (any, error)) {
			t.Helper()
			a, errA := order(local)
			b, errB := order(redis)
			if !errors.Is(errB, errA) && errA.Error() != errB.Error() || errA == nil && errB != nil || !reflect.DeepEqual(a, b) {
				t.Fatalf("%s: local %+v %v\nredis %+v %v", name, a, errA, b, errB)
			}
		}
		ctx := t.Context()
		when := time.UnixMilli(ms)
		both("know", func(b Board) (any, error) {
			return nil, b.Know(ctx, call, Caller{Owners: []string{agent, queue}, Team: queue, Priority: n % 100})
		})
		both("ready", func(b Board) (any, error) {
			return b.Ready(ctx, Idle{Agent: agent, Team: queue, Since: when, Calls: n, Last: when, Queues: []Level{{Queue: queue, Level: n, Strategy: agent}, {Queue: call, Manager: true}}})
		})
		var epoch int64
		both("enqueue", func(b Board) (any, error) {
			e, err := b.Enqueue(ctx, Waiting{
				Call: call, Switch: agent, Queue: queue, Number: call, Ring1: when, Budget: time.Duration(n) * time.Second, Priority: n % 100, MaxWaiting: n,
				First: Step{Who: StepTeam, More: n % 5, Team: queue}, Deadlines: []Due{{when, agent}}, Token: queue,
			})
			epoch = e.Epoch
			return e, err
		})
		both("widen", func(b Board) (any, error) {
			return b.Widen(ctx, call, epoch, Step{Who: StepManager, More: n % 5, Team: agent})
		})
		both("fire", func(b Board) (any, error) { return b.Fire(ctx, Deadline{Call: call, Epoch: epoch, Kind: agent}) })
		both("lookup", func(b Board) (any, error) { return b.Lookup(ctx, call) })
		both("miss", func(b Board) (any, error) { return b.Miss(ctx, call, agent, n%2 == 0) })
		both("ready again", func(b Board) (any, error) {
			return b.Ready(ctx, Idle{Agent: agent, Queues: []Level{{Queue: queue, Level: n}}, Lacks: []string{call, queue}[:max(n, 0)%3]})
		})
		both("move", func(b Board) (any, error) { return b.Move(ctx, call, agent) })
		both("answer", func(b Board) (any, error) { return b.Answer(ctx, call, agent, when) })
		both("lease", func(b Board) (any, error) { return b.Lease(ctx, time.Second) })
		both("lookup", func(b Board) (any, error) { return b.Lookup(ctx, call) })
		both("restore", func(b Board) (any, error) { return b.Restore(ctx, local.Standing()) })
		both("lookup", func(b Board) (any, error) { return b.Lookup(ctx, call) })
		both("reopen", func(b Board) (any, error) { return b.Reopen(ctx, call, agent) })
		// A second agent and a second call, nobody's: the short ways of the scripts.
		plain := Waiting{Call: call + "2", Switch: queue, Queue: queue, Number: agent, Ring1: when, First: one, Deadlines: []Due{{when, call}}, Token: agent}
		idle := Idle{Agent: agent + "2", Since: when, Last: when, Queues: []Level{{Queue: call, Strategy: queue}, {Queue: queue, Level: n, Strategy: StrategyRoundRobin}}}
		both("a plain ready", func(b Board) (any, error) { return b.Ready(ctx, idle) })
		both("a plain call", func(b Board) (any, error) { return b.Enqueue(ctx, plain) })
		both("lookup", func(b Board) (any, error) { return b.Lookup(ctx, plain.Call) })
		both("unready", func(b Board) (any, error) { return b.Unready(ctx, idle.Agent) })
		both("leave", func(b Board) (any, error) { return b.Leave(ctx, plain.Call) })
		both("calls", func(b Board) (any, error) { return b.Calls(ctx, agent) })
		both("leave", func(b Board) (any, error) { return b.Leave(ctx, call) })
	})
}

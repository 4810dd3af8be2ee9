package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hotline/pbx/pbxtest"
	"hotline/queue"
)

// What stands on the board when matching is measured. Half of the queues are crowded: callers wait, nobody is idle. The
// other half is quiet: agents are idle, nobody waits. So a match can be made on either side, as often as wanted.
const (
	queues       = 30
	skills       = 3 // queues an agent serves
	idleAgents   = 10_000
	waitingCalls = 100_000
)

// redisBoard is a board on a Redis of its own.
type redisBoard struct {
	*queue.RedisBoard
	addr string // of its Redis
}

func openBoard(s *stage) *redisBoard {
	b := &redisBoard{addr: pbxtest.StartRedis(s).Addr}
	board, err := queue.DialBoard(context.Background(), "redis://"+b.addr+"/0", queue.BoardOptions{Node: "bench"})
	s.must("board", err)
	s.Cleanup(func() { _ = board.Close() })
	b.RedisBoard = board
	return b
}

// handsAtOnce is how many steps fill a board side by side.
const handsAtOnce = 8

// side does work for 0 … n-1 with several hands and gives the first error.
func side(n int, work func(int) error) error {
	errs := make(chan error, handsAtOnce)
	var all sync.WaitGroup
	for hand := range handsAtOnce {
		all.Go(func() {
			for i := hand; i < n; i += handsAtOnce {
				if err := work(i); err != nil {
					errs <- fmt.Errorf("number %d: %w", i, err)
					return
				}
			}
		})
	}
	all.Wait()
	close(errs)
	return <-errs
}

func queueName(n int) string { return fmt.Sprintf("queue-%02d", n) }

// levels are an agent's skills in neighbouring queues of one half, which begins with the queue numbered from.
func levels(n, from int) (list []queue.Level) {
	for k := range skills {
		list = append(list, queue.Level{
			Queue: queueName(from + (n+k*4)%(queues/2)), Level: 1 + (n+k)%3, Strategy: queue.StrategyLongestIdle,
		})
	}
	return list
}

func quietAgent(n int) queue.Idle {
	return queue.Idle{Agent: fmt.Sprintf("agent%05d", n), Since: time.Now(), Queues: levels(n, queues/2)}
}

// crowdedAgent finds callers who wait in each of their queues.
func crowdedAgent(n int) queue.Idle {
	return queue.Idle{Agent: fmt.Sprintf("busy%05d", n), Since: time.Now(), Queues: levels(n, 0)}
}

// crowdedCall waits, with the first step and the deadlines of the default ladder.
func crowdedCall(n int, ring1 time.Time) queue.Waiting {
	return waiting(fmt.Sprintf("bench-%d.%06d", ring1.Unix(), n), queueName(n%(queues/2)), fmt.Sprintf("+86137%08d", n), ring1)
}

// quietCall finds an idle agent at once.
func quietCall(n int, ring1 time.Time) queue.Waiting {
	return waiting(fmt.Sprintf("quiet-%d.%06d", ring1.Unix(), n), queueName(queues/2+n%(queues/2)), fmt.Sprintf("+86136%08d", n), ring1)
}

func waiting(call, name, number string, ring1 time.Time) queue.Waiting {
	const cycle = 5 * time.Second
	w := queue.Waiting{
		Call: call, Switch: "bench", Queue: name, Number: number, Ring1: ring1, Budget: 3 * cycle,
		First: queue.Step{Ring: 1, More: 1, Who: queue.StepBest}, Token: "4001",
	}
	for n, step := range queue.DefaultLadder()[1:] {
		w.Deadlines = append(w.Deadlines, queue.Due{
			At: ring1.Add(time.Duration(step.Ring-1) * cycle), Kind: fmt.Sprintf("step:%d@%s", n+1, name),
		})
	}
	w.Deadlines = append(w.Deadlines, queue.Due{At: ring1.Add(5 * time.Minute), Kind: "max-wait@" + name})
	return w
}

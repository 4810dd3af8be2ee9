package queue

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
)

func TestNodeTakesOverAndFetchesMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		first := NewLocalBoard(BoardOptions{Node: "n1"})
		other := desk{t: t, ctx: ctx, world: world{clock: newClock()}, Board: first.Beside("n2")}
		var mu sync.Mutex // the callbacks come from the node's goroutine
		var orphans, mail []string
		lost := 0
		node := NewNode(first, NodeOptions{
			Orphan: func(k Known) { mu.Lock(); defer mu.Unlock(); orphans = append(orphans, k.Call) },
			Match:  func(m Match) { mu.Lock(); defer mu.Unlock(); mail = append(mail, m.Call+">"+m.Agent) },
			Lost:   func() { mu.Lock(); defer mu.Unlock(); lost++ },
		})
		var run sync.WaitGroup
		run.Go(func() { _ = node.Run(ctx) })
		defer func() {
			cancel()
			run.Wait()
		}()
		synctest.Wait()
		desk{t: t, ctx: ctx, world: other.world, Board: first}.enqueue("c1", "q")
		d := other
		d.want(d.ready("a", 0, at("q", 1)))
		synctest.Wait() // without any time passing
		mu.Lock()
		if !slices.Equal(mail, []string{"c1>a"}) {
			t.Errorf("mail %q", mail)
		}
		mu.Unlock()
		if _, err := other.Lease(ctx, 3*time.Second); err != nil {
			t.Fatal(err)
		}
		for i := range takeOverBatch + 1 {
			other.enqueue(string(rune('A'+i)), "p")
		}
		lapse(2 * time.Second)
		synctest.Wait()
		mu.Lock()
		if len(orphans) != 0 {
			t.Errorf("the living was robbed of %q", orphans)
		}
		mu.Unlock()
		lapse(2 * time.Second)
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if len(orphans) != takeOverBatch+1 {
			t.Errorf("%d orphans", len(orphans))
		}
		if lost != 0 {
			t.Errorf("the lease was lost %d times", lost)
		}
	})
}

func TestNodeIsWokenThroughRedis(t *testing.T) {
	for name, url := range map[string]string{"miniredis": "redis://" + miniredis.RunT(t).Addr(), "redis-server": startRedis(t).url()} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			n1, n2 := dialNode(t, url, "n1"), dialNode(t, url, "n2")
			mail := make(chan Match, 1)
			node := NewNode(n1, NodeOptions{TTL: time.Hour, Match: func(m Match) { mail <- m }}) // only the bell can bring it
			var run sync.WaitGroup
			run.Go(func() { _ = node.Run(ctx) })
			defer run.Wait()
			defer cancel()
			d := desk{t: t, ctx: ctx, world: world{clock: newClock()}, Board: n1}
			d.enqueue("c1", "q")
			d.Board = n2
			// The subscription may not stand yet when the first letter is written: the bell rings again for each.
			for i := 0; ; i++ {
				d.want(d.ready("a", 0, at("q", 1)))
				select {
				case m := <-mail:
					if m.Call != "c1" || m.Agent != "a" {
						t.Errorf("match %+v", m)
					}
					return
				case <-time.After(50 * time.Millisecond):
					if i == 200 {
						t.Fatal("no mail")
					}
					d.Board = n1
					d.matched(d.Miss(ctx, "c1", "a", false))()
					d.Board = n2
				}
			}
		})
	}
}

func dialNode(t *testing.T, url, node string) *RedisBoard {
	t.Helper()
	b, err := DialBoard(t.Context(), url, BoardOptions{Node: node})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

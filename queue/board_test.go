package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// world is one board as several nodes see it, and the clock they share.
type world struct {
	*clock
	node func(name string) Board
}

type clock struct{ ms atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ms.Store(1_790_000_000_000)
	return c
}

func (c *clock) Now() time.Time                { return time.UnixMilli(c.ms.Load()) }
func (c *clock) pass(d time.Duration)          { c.ms.Add(d.Milliseconds()) }
func (c *clock) ago(d time.Duration) time.Time { return c.Now().Add(-d) }

func localWorld(*testing.T) world {
	c := newClock()
	first := NewLocalBoard(BoardOptions{Node: "n1", Now: c.Now})
	return world{c, func(name string) Board {
		if name == "n1" {
			return first
		}
		return first.Beside(name)
	}}
}

// redisWorld gives worlds that keep apart by their prefix on one server.
func redisWorld(url string) func(*testing.T) world {
	var n atomic.Int64
	return func(t *testing.T) world {
		c := newClock()
		prefix := fmt.Sprintf("{t%d}", n.Add(1))
		return world{c, func(name string) Board {
			b, err := DialBoard(t.Context(), url, BoardOptions{Node: name, Prefix: prefix, Now: c.Now, StreamMax: 1000})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { b.Close() })
			return b
		}}
	}
}

func TestLocalBoard(t *testing.T) { testBoard(t, localWorld) }

func TestRedisBoardOnMiniredis(t *testing.T) {
	testBoard(t, redisWorld("redis://"+miniredis.RunT(t).Addr()))
}

func TestRedisBoardOnRedisServer(t *testing.T) { testBoard(t, redisWorld(startRedis(t).url())) }

// testBoard is what every Board must do.
func testBoard(t *testing.T, newWorld func(*testing.T) world) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, desk)
	}{
		{"longest idle of the best level", boardLongestIdle},
		{"strategies", boardStrategies},
		{"order of waiting calls", boardOrder},
		{"owner first", boardOwner},
		{"team before others", boardTeam},
		{"managers only by their step", boardManagers},
		{"widening", boardWiden},
		{"phones at some switches", boardReach},
		{"owner, team, manager, keeper elsewhere", boardReachOfOthers},
		{"a phone moves while it rings", boardReachMoves},
		{"crowds elsewhere", boardReachCrowd},
		{"hungry after unserved", boardHungry},
		{"missed calls", boardMissed},
		{"answer", boardAnswer},
		{"answer without a claim", boardAnswerUnclaimed},
		{"reopen", boardReopen},
		{"enqueue again, full queue", boardEnqueueAgain},
		{"presence while ringing", boardPresenceWhileRinging},
		{"move and leave", boardMoveLeave},
		{"deadlines", boardDeadlines},
		{"found calls", boardFound},
		{"mailbox", boardMail},
		{"dead node", boardDeadNode},
		{"restore", boardRestore},
		{"strange names", boardStrangeNames},
		{"concurrent answers", boardConcurrentAnswers},
		{"wrong input", boardWrongInput},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			c.run(t, desk{t: t, ctx: t.Context(), world: w, Board: w.node("n1")})
		})
	}
}

// desk shortens what the tests say to a board.
type desk struct {
	t   *testing.T
	ctx context.Context
	world
	Board
}

func (d desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func at(queue string, level int) Level {
	return Level{Queue: queue, Level: level, Strategy: StrategyLongestIdle}
}

func (d desk) ready(agent string, idle time.Duration, levels ...Level) []Match {
	d.t.Helper()
	m, err := d.Ready(d.ctx, Idle{Agent: agent, Since: d.ago(idle), Queues: levels})
	d.must(err)
	return m
}

// one is a first step that rings the best agent.
var one = Step{Who: StepBest, More: 1}

func (d desk) enqueue(call, queue string, change ...func(*Waiting)) Enqueued {
	d.t.Helper()
	w := Waiting{Call: call, Switch: "pbx", Queue: queue, Ring1: d.Now(), Budget: 15 * time.Second, First: one}
	for _, c := range change {
		c(&w)
	}
	e, err := d.Enqueue(d.ctx, w)
	d.must(err)
	return e
}

func (d desk) known(call string) Known {
	d.t.Helper()
	k, err := d.Lookup(d.ctx, call)
	d.must(err)
	return k
}

// want compares matches, written "call>agent why", in order.
func (d desk) want(got []Match, want ...string) {
	d.t.Helper()
	var have []string
	for _, m := range got {
		have = append(have, m.Call+">"+m.Agent+" "+m.Why)
	}
	if !slices.Equal(have, want) {
		d.t.Fatalf("matches %q, want %q", have, want)
	}
}

func (d desk) matched(m []Match, err error) func(want ...string) {
	d.t.Helper()
	d.must(err)
	return func(want ...string) { d.t.Helper(); d.want(m, want...) }
}

func (d desk) ringing(call string, want ...string) {
	d.t.Helper()
	if got := d.known(call).Ringing; !slices.Equal(got, want) {
		d.t.Fatalf("%s rings %q, want %q", call, got, want)
	}
}

func (d desk) wantErr(err, want error) {
	d.t.Helper()
	if !errors.Is(err, want) {
		d.t.Fatalf("error %v, want %v", err, want)
	}
}

func boardStrangeNames(t *testing.T, d desk) {
	names := []string{
		"a b", "{x}", "1:2:3", "r:x", "q", "\x00", "\r\nDEL x\r\n", "😀", strings.Repeat("n", 10_000), "\xff\xfe", "'); redis.call('FLUSHALL') --", "-1", "1e9", "win", "%s",
	}
	for _, n := range names {
		d.must(d.Know(d.ctx, "num"+n, Caller{Owners: []string{n, "x" + n}, Team: n, Priority: 3}))
		d.want(d.ready(n, time.Second, Level{Queue: n, Level: 2, Strategy: n}))
		e := d.enqueue(n, n, func(w *Waiting) {
			w.Switch, w.Number, w.Token, w.Deadlines = n, "num"+n, n, []Due{{d.Now(), n}, {d.Now(), "k" + n}}
		})
		d.want(e.Matches, n+">"+n+" owner")
		if !slices.Equal(e.Caller.Owners, []string{n, "x" + n}) || e.Caller.Team != n || e.Caller.Priority != 3 {
			t.Fatalf("caller %+v", e.Caller)
		}
		k := d.known(n)
		if k.Call != n || k.Switch != n || k.Queue != n || k.Token != n || k.Number != "num"+n || len(k.Deadlines) != 2 || k.Deadlines[1].Kind != max(n, "k"+n) {
			t.Fatalf("known %+v", k)
		}
		d.ringing(n, n)
		fired, err := d.Fire(d.ctx, Deadline{Call: n, Epoch: e.Epoch, Kind: n})
		d.must(err)
		if !fired {
			t.Fatalf("%q did not fire", n)
		}
		d.matched(d.Miss(d.ctx, n, n, false))()
		if k := d.known(n); !slices.Equal(k.Missed, []string{n}) || len(k.Ringing) != 0 {
			t.Fatalf("known %+v", k)
		}
		d.matched(d.Ready(d.ctx, Idle{Agent: n, Team: n, Queues: []Level{at(n, 1)}}))(n + ">" + n + " owner")
		won, err := d.Answer(d.ctx, n, n, d.Now())
		d.must(err)
		if won.Winner != n {
			t.Fatalf("won %+v", won)
		}
		ids, err := d.Calls(d.ctx, n)
		d.must(err)
		if !slices.Equal(ids, []string{n}) {
			t.Fatalf("calls %q", ids)
		}
		_, err = d.Leave(d.ctx, n)
		d.must(err)
	}
}

func boardConcurrentAnswers(t *testing.T, d desk) {
	const rounds, phones = 20, 4
	for i := range rounds {
		call := fmt.Sprintf("c%d", i)
		for a := range phones {
			d.ready(fmt.Sprintf("a%d", a), time.Minute, at("q", 1))
		}
		e := d.enqueue(call, "q", func(w *Waiting) { w.First = Step{Who: StepEveryone} })
		if len(e.Matches) != phones {
			t.Fatalf("%d phones ring", len(e.Matches))
		}
		var wins, taken atomic.Int64
		var all sync.WaitGroup
		for _, m := range e.Matches {
			all.Go(func() {
				switch won, err := d.Answer(d.ctx, call, m.Agent, d.Now()); {
				case err == nil && won.Winner == m.Agent && len(won.Losers) == phones-1:
					wins.Add(1)
				case errors.Is(err, ErrTaken) && won.Winner != m.Agent:
					taken.Add(1)
				default:
					t.Errorf("%s: %+v %v", m.Agent, won, err)
				}
			})
		}
		all.Wait()
		if wins.Load() != 1 || taken.Load() != phones-1 {
			t.Fatalf("%d winners, %d losers", wins.Load(), taken.Load())
		}
		left, err := d.Leave(d.ctx, call)
		d.must(err)
		d.want(left.Matches)
	}
}

func boardWrongInput(t *testing.T, d desk) {
	for _, w := range []Waiting{{Queue: "q"}, {Call: "c"}, {Call: "c", Queue: "q", Ringing: []string{""}}, {Call: "c", Queue: "q", First: Step{Who: "nobody"}}} {
		if _, err := d.Enqueue(d.ctx, w); err == nil {
			t.Errorf("%+v was enqueued", w)
		}
	}
	e := d.enqueue("c", "q")
	if _, err := d.Widen(d.ctx, "c", e.Epoch, Step{Who: "nobody"}); err == nil {
		t.Error("an unknown step widened")
	}
	_, err := d.Widen(d.ctx, "x", 1, one)
	d.wantErr(err, ErrUnknown)
	_, err = d.Answer(d.ctx, "x", "a", d.Now())
	d.wantErr(err, ErrUnknown)
	_, err = d.Leave(d.ctx, "x")
	d.wantErr(err, ErrUnknown)
	_, err = d.Adopt(d.ctx, "x")
	d.wantErr(err, ErrUnknown)
	_, err = d.Lookup(d.ctx, "x")
	d.wantErr(err, ErrUnknown)
	claimed, err := d.Unready(d.ctx, "x")
	d.must(err)
	if claimed != "" {
		t.Errorf("a stranger rings for %q", claimed)
	}
	gone, cancel := context.WithCancel(d.ctx)
	cancel()
	if _, err := d.Ready(gone, Idle{Agent: "a"}); err == nil {
		t.Error("a cancelled context was not heeded")
	}
}

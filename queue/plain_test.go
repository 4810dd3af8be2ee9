package queue

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestThePlainCasesTakeTheShortWay gives the boards one order at the end of a short story, and says whether it must, or must
// not, take the short way of its script. Results and keys are those of the long way, and of the board in memory.
func TestThePlainCasesTakeTheShortWay(t *testing.T) {
	client, err := openRedis(startRedis(t).url())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	long := longScripts(t)
	level := func(queue string, n int) Level { return Level{Queue: queue, Level: n, Strategy: StrategyLongestIdle} }
	boss := func(queue string) Level { return Level{Queue: queue, Level: 1, Manager: true} }
	ringAll := Level{Queue: "q0", Level: 1, Strategy: StrategyRingAll}
	known := func(w *Waiting) { w.Number = "+1" }
	owned := Caller{Owners: []string{"a0"}}

	for _, c := range []struct {
		name  string
		story func(s story)
		plain bool
	}{
		// The last order is Enqueue.
		{"a new call finds an agent", func(s story) { s.ready("a0", level("q0", 2)); s.call("c0", "q0") }, true},
		{"one of several, in many queues", func(s story) {
			s.ready("a0", level("q1", 1), boss("q2"), level("q0", 3))
			s.ready("a1", boss("q2"), level("q0", 2), level("q1", 9))
			s.call("c0", "q0")
		}, true},
		{"others ring before it", func(s story) {
			s.ready("a0", level("q0", 1))
			s.ready("a1", level("q0", 1))
			s.call("c0", "q0")
			s.call("c1", "q0")
		}, true},
		{"anonymous, no deadline, with a token", func(s story) {
			s.ready("a0", level("q0", 1))
			s.call("c0", "q0", func(w *Waiting) { w.Number, w.Deadlines, w.Token = "", nil, strings.Repeat("t", longToken) })
		}, true},
		{"two deadlines of one kind", func(s story) {
			s.ready("a0", level("q0", 1))
			s.call("c0", "q0", func(w *Waiting) { w.Deadlines = []Due{{s.Now(), "step:2"}, {s.Now().Add(time.Hour), "step:2"}} })
		}, true},
		{"room in the queue", func(s story) {
			s.ready("a0", level("q0", 1))
			s.call("c0", "q0", func(w *Waiting) { w.MaxWaiting = 1 })
		}, true},
		{"a full queue", func(s story) {
			s.call("c1", "q0")
			s.ready("a0", level("q0", 1))
			s.ready("a1", level("q0", 1))
			s.call("c0", "q0", func(w *Waiting) { w.MaxWaiting = 1 })
		}, false},
		{"nobody is idle", func(s story) { s.ready("a0", level("q1", 1)); s.call("c0", "q0") }, false},
		{"only a manager is idle", func(s story) { s.ready("boss", boss("q0")); s.call("c0", "q0") }, false},
		{"the call is there already", func(s story) {
			s.call("c0", "q1")
			s.ready("a0", level("q0", 1))
			s.call("c0", "q0")
		}, false},
		{"a known caller", func(s story) {
			s.know("+1", Caller{Priority: 3})
			s.ready("a0", level("q0", 1))
			s.call("c0", "q0", known)
		}, false},
		{"a queue that rings all", func(s story) { s.ready("a0", ringAll); s.ready("a1", ringAll); s.call("c0", "q0") }, false},
		{"a queue that rings all no more", func(s story) {
			s.ready("a0", ringAll)
			s.ready("a1", level("q0", 1))
			s.call("c0", "q0")
		}, true},
		{"two agents at once", func(s story) {
			s.ready("a0", level("q0", 1))
			s.call("c0", "q0", func(w *Waiting) { w.First.More = 2 })
		}, false},
		{"another first step", func(s story) {
			s.ready("a0", level("q0", 1))
			s.call("c0", "q0", func(w *Waiting) { w.First.Who = StepTeam })
		}, false},
		{"kept for one agent", func(s story) {
			s.ready("a0", level("q0", 1))
			s.call("c0", "q0", func(w *Waiting) { w.Keep = "a0" })
		}, false},
		{"a phone rings already", func(s story) {
			s.ready("a0", level("q0", 1))
			s.call("c0", "q0", func(w *Waiting) { w.Ringing = []string{"a1"} })
		}, false},
		{"a long token", func(s story) {
			s.ready("a0", level("q0", 1))
			s.call("c0", "q0", func(w *Waiting) { w.Token = strings.Repeat("t", longToken+1) })
		}, false},
		{"names of any bytes", func(s story) {
			s.ready("\r\n", level("1:2", 1), level("m3:", 2), level("\x00", 3), level("'\xff", 4))
			s.call("r:%s", "\x00", func(w *Waiting) { w.Switch, w.Number, w.Token = "-1", "1e9", "{x}" })
		}, true},

		// The last order is Ready.
		{"an agent finds a call", func(s story) { s.call("c0", "q0"); s.ready("a0", level("q0", 4)) }, true},
		{"a call of any bytes", func(s story) {
			s.call("r:%s", "'\xff")
			s.ready("\r\n", level("1:2", 1), level("m3:", 2), level("'\xff", 4))
		}, true},
		{"the most urgent of several queues", func(s story) {
			s.call("c0", "q0")
			s.call("c1", "q1", func(w *Waiting) { w.Priority = 2 })
			s.call("c2", "q2", func(w *Waiting) { w.Priority = 1 })
			s.ready("a0", level("q0", 1), level("q1", 2), level("q2", 3))
		}, true},
		{"a call of a team that is not theirs", func(s story) {
			s.call("c0", "q0", func(w *Waiting) { w.First = Step{Who: StepTeam, More: 2, Team: "north"} })
			s.team, s.who = "south", "a0"
			s.ready("a0", level("q0", 1))
		}, true},
		{"a call of their team", func(s story) {
			s.call("c0", "q0", func(w *Waiting) { w.First = Step{Who: StepTeam, More: 1, Team: "north"} })
			s.team, s.who = "north", "a0"
			s.ready("a0", level("q0", 1))
		}, true},
		{"a call that wants two more", func(s story) {
			s.call("c0", "q0")
			s.widen("c0", Step{Who: StepBest, More: 2})
			s.ready("a0", level("q0", 1))
		}, true},
		{"a call that wants everyone and the managers", func(s story) {
			s.call("c0", "q0")
			s.widen("c0", Step{Who: StepEveryone})
			s.widen("c0", Step{Who: StepManager})
			s.ready("a0", level("q0", 1))
		}, true},
		{"after a talk", func(s story) { s.talk("c1", "a0", level("q0", 1)); s.call("c0", "q0"); s.ready("a0", level("q0", 1)) }, true},
		{"after a talk, in another team", func(s story) {
			s.talk("c1", "a0", level("q0", 1))
			s.call("c0", "q0")
			s.team, s.who = "north", "a0"
			s.ready("a0", level("q0", 1))
		}, false},
		{"after a talk, nobody waits", func(s story) { s.talk("c1", "a0", level("q0", 1)); s.ready("a0", level("q0", 1)) }, false},
		{"nobody waits", func(s story) { s.call("c0", "q1"); s.ready("a0", level("q0", 1)) }, false},
		{"idle already", func(s story) { s.ready("a0", level("q1", 1)); s.call("c0", "q0"); s.ready("a0", level("q0", 1)) }, false},
		{"ringing", func(s story) {
			s.ready("a0", level("q1", 1))
			s.call("c1", "q1")
			s.call("c0", "q0")
			s.ready("a0", level("q0", 1))
		}, false},
		{"a call that rings somebody", func(s story) {
			s.ready("a1", level("q0", 1))
			s.call("c0", "q0", func(w *Waiting) { w.First.More = 2 })
			s.ready("a0", level("q0", 1))
		}, false},
		{"a call that they missed", func(s story) {
			s.ready("a0", level("q0", 1))
			s.call("c0", "q0")
			s.miss("c0", "a0")
			s.ready("a0", level("q0", 1))
		}, false},
		{"a call of another node", func(s story) { s.call("c0", "q0"); s.node = "n2"; s.ready("a0", level("q0", 1)) }, false},
		{"equally urgent calls", func(s story) {
			s.call("c1", "q0")
			s.call("c0", "q1")
			s.ready("a0", level("q0", 1), level("q1", 1))
		}, false},
		{"their own caller", func(s story) {
			s.know("+1", owned)
			s.call("c0", "q1", known)
			s.call("c1", "q0")
			s.ready("a0", level("q0", 1))
		}, false},
		{"a call that is kept for them", func(s story) {
			s.call("c0", "q0", func(w *Waiting) { w.Keep = "a0" })
			s.call("c1", "q0")
			s.ready("a0", level("q0", 1))
		}, false},
		{"a manager", func(s story) { s.call("c0", "q0"); s.ready("boss", level("q0", 1), boss("q1")) }, false},
		{"a queue that rang all", func(s story) {
			s.ready("a1", ringAll)
			s.call("c1", "q0")
			s.call("c0", "q0")
			s.ready("a0", level("q0", 1))
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newModel(t, t, client, fmt.Sprintf("{%s}", c.name), long)
			before := map[string]int{}
			c.story(story{model: m, node: "n1", last: before})
			if m.compare(); before["short"] != flag(c.plain) {
				t.Errorf("the last order took the short way %d times, want %d", before["short"], flag(c.plain))
			}
		})
	}
}

// story gives a model's boards orders as node; last tells whether the last of them took the short way.
type story struct {
	*model
	node      string
	who, team string // an agent's team
	last      map[string]int
}

func (s story) boards() (local, redis Board) { return s.local[s.node], s.redis[s.node] }

func (s story) note() {
	s.last["short"] = len(s.plain)
	clear(s.plain)
}

func (s story) call(call, queue string, change ...func(*Waiting)) {
	w := Waiting{
		Call: call, Switch: "s1", Queue: queue, Number: "+86" + call, Ring1: s.Now(), Budget: 15 * time.Second, First: one,
		Deadlines: []Due{{s.Now().Add(5 * time.Second), "step:2"}, {s.Now().Add(time.Minute), "max-wait"}},
	}
	for _, c := range change {
		c(&w)
	}
	local, redis := s.boards()
	short(s.model, "enqueue", local, redis, func(b Board) (Enqueued, error) { return b.Enqueue(s.ctx, w) })
	s.note()
}

func (s story) ready(agent string, levels ...Level) {
	s.pass(time.Second)
	a := Idle{Agent: agent, Since: s.Now(), Calls: 3, Last: s.ago(time.Hour), Queues: levels}
	if agent == s.who {
		a.Team = s.team
	}
	local, redis := s.boards()
	short(s.model, "ready", local, redis, func(b Board) ([]Match, error) { return b.Ready(s.ctx, a) })
	s.note()
}

func (s story) know(number string, c Caller) {
	local, redis := s.boards()
	same(s.model, local, redis, func(b Board) (struct{}, error) { return struct{}{}, b.Know(s.ctx, number, c) })
}

func (s story) widen(call string, step Step) {
	local, redis := s.boards()
	same(s.model, local, redis, func(b Board) ([]Match, error) { return b.Widen(s.ctx, call, s.table.calls[call].epoch, step) })
}

func (s story) miss(call, agent string) {
	local, redis := s.boards()
	same(s.model, local, redis, func(b Board) ([]Match, error) { return b.Miss(s.ctx, call, agent, false) })
}

// talk has the agent take a call.
func (s story) talk(call, agent string, levels ...Level) {
	s.ready(agent, levels...)
	s.call(call, levels[0].Queue)
	local, redis := s.boards()
	same(s.model, local, redis, func(b Board) (Won, error) { return b.Answer(s.ctx, call, agent, s.Now()) })
}

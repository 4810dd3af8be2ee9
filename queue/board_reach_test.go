package queue

import (
	"fmt"
	"testing"
	"time"
)

// Agents whose phones are not at every switch: reachedAt tells the board so, on says of which switch a call is.

func (d desk) reachedAt(i Idle) []Match {
	d.t.Helper()
	m, err := d.Ready(d.ctx, i)
	d.must(err)
	return m
}

func on(name string) func(*Waiting) { return func(w *Waiting) { w.Switch = name } }

func boardReach(t *testing.T, d desk) {
	best := Idle{Agent: "best", Since: d.ago(time.Hour), Queues: []Level{at("q", 1)}, Lacks: []string{"b", "c"}}
	d.want(d.reachedAt(best))
	d.want(d.reachedAt(Idle{Agent: "other", Since: d.ago(time.Minute), Queues: []Level{at("q", 2)}, Lacks: []string{"a"}}))
	e := d.enqueue("b1", "q", on("b"))
	d.want(e.Matches, "b1>other skill 2")
	// Idle agents of elsewhere are no help, at no step of the ladder.
	late := d.enqueue("b2", "q", on("b"))
	d.want(late.Matches)
	d.matched(d.Widen(d.ctx, "b2", late.Epoch, Step{Who: StepEveryone}))()
	// A caller who waits elsewhere is passed over for the first who can be helped.
	d.want(d.enqueue("a1", "q", on("a")).Matches, "a1>best skill 1")
	d.want(d.enqueue("a2", "q", on("a")).Matches)
	d.want(d.reachedAt(Idle{Agent: "a-only", Queues: []Level{at("q", 1)}, Lacks: []string{"b"}}), "a2>a-only skill 1")
	// Freed, each takes what they can be reached for.
	d.enqueue("a3", "q", on("a"))
	d.matched(d.Miss(d.ctx, "a1", "best", true))("a3>best skill 1")
	left, err := d.Leave(d.ctx, "b1")
	d.must(err)
	d.want(left.Matches, "b2>other everyone")
	// The phone comes up at the switch at last: who waits there is matched at once. It goes: nobody is.
	d.enqueue("c1", "q", on("c"))
	_, err = d.Leave(d.ctx, "a3")
	d.must(err)
	d.want(d.reachedAt(best), "a1>best skill 1") // tried again: nothing else wants them
	d.matched(d.Miss(d.ctx, "a1", "best", true))()
	best.Lacks = []string{"b"}
	d.want(d.reachedAt(best), "c1>best skill 1")
	_, err = d.Leave(d.ctx, "c1")
	d.must(err)
	best.Lacks = []string{"a", "b", "c"}
	d.want(d.reachedAt(best))
	d.want(d.enqueue("c2", "q", on("c")).Matches)
	best.Lacks = nil
	d.want(d.reachedAt(best), "c2>best skill 1")
}

func boardReachOfOthers(_ *testing.T, d desk) {
	d.must(d.Know(d.ctx, "+861", Caller{Owners: []string{"wang", "li"}, Team: "north"}))
	for _, i := range []Idle{
		{Agent: "wang", Team: "east", Queues: []Level{at("q", 9)}, Lacks: []string{"a"}},
		{Agent: "li", Team: "east", Queues: []Level{at("q", 9)}, Lacks: []string{"a"}},
		{Agent: "n1", Team: "north", Queues: []Level{at("q", 3)}, Lacks: []string{"a"}},
		{Agent: "n2", Team: "north", Queues: []Level{at("q", 4)}, Lacks: []string{"a"}},
		{Agent: "n3", Team: "north", Queues: []Level{at("q", 5)}},
		{Agent: "best", Team: "south", Queues: []Level{at("q", 1)}},
		{Agent: "boss1", Since: d.ago(time.Hour), Queues: []Level{{Queue: "q", Level: 1, Manager: true}}, Lacks: []string{"a"}},
		{Agent: "boss2", Queues: []Level{{Queue: "q", Level: 1, Manager: true}}},
	} {
		d.want(d.reachedAt(i))
	}
	e := d.enqueue("c1", "q", on("a"), func(w *Waiting) { w.Number, w.First = "+861", Step{Who: StepTeam, More: 2} })
	d.want(e.Matches, "c1>n3 team", "c1>best skill 1")
	d.matched(d.Widen(d.ctx, "c1", e.Epoch, Step{Who: StepManager, More: 2}))("c1>boss2 manager")
	// The owner's phone registers there: their caller rings it, beside those who ring already.
	d.want(d.reachedAt(Idle{Agent: "li", Queues: []Level{at("q", 9)}}), "c1>li owner")
	// A call that is kept waits until the phone is at its switch.
	d.want(d.enqueue("kept", "q", on("a"), func(w *Waiting) { w.Keep = "n1" }).Matches)
	d.want(d.reachedAt(Idle{Agent: "n1", Queues: []Level{at("q", 3)}, Lacks: []string{"a"}}))
	d.want(d.reachedAt(Idle{Agent: "n1", Queues: []Level{at("q", 3)}, Lacks: []string{"b"}}), "kept>n1 return")
	// A phone found ringing is believed.
	d.enqueue("found", "q", on("a"), func(w *Waiting) { w.Ringing = []string{"n2"} })
	d.ringing("found", "n2")
}

func boardReachMoves(_ *testing.T, d desk) {
	agent := Idle{Agent: "x", Queues: []Level{at("q", 1)}}
	d.want(d.reachedAt(agent))
	d.want(d.enqueue("a1", "q", on("a")).Matches, "a1>x skill 1")
	d.enqueue("a2", "q", on("a"))
	d.enqueue("b1", "q", on("b"))
	// The phone is lost at the switch of the call that rings it: the claim stands, and only what comes after counts.
	agent.Lacks = []string{"a"}
	d.want(d.reachedAt(agent))
	d.ringing("a1", "x")
	left, err := d.Leave(d.ctx, "a1")
	d.must(err)
	d.want(left.Matches, "b1>x skill 1")
	agent.Lacks = nil
	d.want(d.reachedAt(agent))
	_, err = d.Answer(d.ctx, "b1", "x", d.Now())
	d.must(err)
	d.want(d.ready("x", 0, at("q", 1)), "a2>x skill 1") // the call was handed over
}

// boardReachCrowd: many agents and callers of one switch stand before the one agent and the one caller of another.
func boardReachCrowd(_ *testing.T, d desk) {
	const crowd = 700 // more than any page that is read at once
	elsewhere := []string{"b"}
	for i := range crowd {
		d.want(d.reachedAt(Idle{Agent: fmt.Sprintf("a%d", i), Team: "north", Since: d.ago(time.Hour), Queues: []Level{at("q", 1)}, Lacks: elsewhere}))
	}
	d.want(d.enqueue("b0", "q", on("b"), func(w *Waiting) { w.First = Step{Who: StepTeam, More: 1, Team: "north"} }).Matches)
	d.want(d.ready("b", 0, at("q", 2)), "b0>b skill 2")
	e := d.enqueue("b1", "q", on("b"), func(w *Waiting) { w.First = Step{Who: StepEveryone} })
	d.want(e.Matches)
	for i := range 3 {
		d.want(d.ready(fmt.Sprintf("b%d", i), 0, at("p", 2)))
	}
	d.matched(d.Move(d.ctx, "b1", "p"))("b1>b0 everyone", "b1>b1 everyone", "b1>b2 everyone")
	for i := range crowd {
		d.enqueue(fmt.Sprintf("b-%d", i), "r", on("b"))
	}
	d.enqueue("a-last", "r", on("a"), func(w *Waiting) { w.Ring1 = d.Now().Add(time.Second) })
	d.want(d.reachedAt(Idle{Agent: "x", Queues: []Level{at("r", 1)}, Lacks: elsewhere}), "a-last>x skill 1")
}

// BenchmarkPhonesElsewhere is a match behind many idle agents, or many waiting calls, of another switch: what passing them over costs.
func BenchmarkPhonesElsewhere(b *testing.B) {
	for _, crowd := range []int{0, 100, 1000, 5000} {
		for _, what := range []string{"agents", "calls"} {
			b.Run(fmt.Sprintf("%d %s", crowd, what), func(b *testing.B) {
				board, ctx, now := benchRedis(b), b.Context(), time.Now()
				must := func(err error) {
					if err != nil {
						b.Fatal(err)
					}
				}
				for i := range crowd {
					if what == "agents" {
						_, err := board.Ready(ctx, Idle{Agent: fmt.Sprintf("a%d", i), Since: now.Add(-time.Hour), Queues: []Level{at("q", 1)}, Lacks: []string{"b"}})
						must(err)
						continue
					}
					_, err := board.Enqueue(ctx, Waiting{Call: fmt.Sprintf("b%d", i), Switch: "b", Queue: "q", Ring1: now.Add(-time.Hour), Budget: time.Second, First: one})
					must(err)
				}
				mine := Idle{Agent: "mine", Since: now, Queues: []Level{at("q", 2)}}
				call := Waiting{Call: "call", Switch: "b", Queue: "q", Ring1: now, Budget: time.Second, First: one}
				if what == "calls" {
					mine.Lacks, call.Switch = []string{"b"}, "a"
				}
				for b.Loop() {
					_, err := board.Ready(ctx, mine)
					must(err)
					e, err := board.Enqueue(ctx, call)
					must(err)
					if len(e.Matches) != 1 || e.Matches[0].Agent != "mine" {
						b.Fatalf("matched %+v", e.Matches)
					}
					_, err = board.Leave(ctx, call.Call)
					must(err)
					_, err = board.Unready(ctx, "mine")
					must(err)
				}
			})
		}
	}
}

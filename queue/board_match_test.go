package queue

import (
	"testing"
	"time"
)

func boardLongestIdle(t *testing.T, d desk) {
	d.ready("expert-new", time.Second, at("q", 1))
	d.ready("expert-old", time.Minute, at("q", 1))
	d.ready("novice", time.Hour, at("q", 2))
	d.want(d.enqueue("c1", "q").Matches, "c1>expert-old skill 1")
	d.want(d.enqueue("c2", "q").Matches, "c2>expert-new skill 1")
	d.want(d.enqueue("c3", "q").Matches, "c3>novice skill 2")
	e := d.enqueue("c4", "q")
	d.want(e.Matches)
	if e.Place != 3 {
		t.Errorf("%d calls ahead, want 3: those who ring wait too", e.Place)
	}
	d.want(d.enqueue("other", "p").Matches)
}

func boardStrategies(t *testing.T, d desk) {
	with := func(queue, strategy string) Level { return Level{Queue: queue, Level: 1, Strategy: strategy} }
	d.matched(d.Ready(d.ctx, Idle{Agent: "busy", Since: d.ago(time.Hour), Calls: 9, Queues: []Level{with("few", StrategyFewestCalls)}}))()
	d.matched(d.Ready(d.ctx, Idle{Agent: "lazy", Since: d.ago(time.Second), Calls: 2, Queues: []Level{with("few", StrategyFewestCalls)}}))()
	d.matched(d.Ready(d.ctx, Idle{Agent: "idle", Since: d.ago(time.Minute), Calls: 2, Queues: []Level{with("few", StrategyFewestCalls)}}))()
	d.want(d.enqueue("f1", "few").Matches, "f1>idle skill 1")
	d.want(d.enqueue("f2", "few").Matches, "f2>lazy skill 1")
	d.want(d.enqueue("f3", "few").Matches, "f3>busy skill 1")

	for i, agent := range []string{"r1", "r2", "r3"} {
		d.matched(d.Ready(d.ctx, Idle{Agent: agent, Last: d.ago(time.Duration(9-i) * time.Minute), Queues: []Level{with("round", StrategyRoundRobin)}}))()
	}
	for _, agent := range []string{"r1", "r2", "r3", "r1", "r2"} {
		d.pass(time.Second)
		d.want(d.enqueue("round", "round").Matches, "round>"+agent+" skill 1")
		left, err := d.Leave(d.ctx, "round")
		d.must(err)
		d.want(left.Matches)
	}

	d.ready("all1", time.Minute, with("all", StrategyRingAll))
	d.ready("all2", time.Hour, with("all", StrategyRingAll))
	d.want(d.enqueue("a", "all").Matches, "a>all2 everyone", "a>all1 everyone")
	d.want(d.ready("all3", 0, with("all", StrategyRingAll)), "a>all3 everyone")
}

func boardOrder(t *testing.T, d desk) {
	d.enqueue("late", "q", func(w *Waiting) { w.Ring1 = d.Now().Add(time.Second) })
	d.enqueue("early", "q")
	d.enqueue("same-b", "q", func(w *Waiting) { w.Ring1 = d.Now().Add(2 * time.Second) })
	d.enqueue("same-a", "q", func(w *Waiting) { w.Ring1 = d.Now().Add(2 * time.Second) })
	d.enqueue("short", "p", func(w *Waiting) { w.Budget = 9 * time.Second })
	if e := d.enqueue("vip", "q", func(w *Waiting) { w.Ring1, w.Priority = d.Now().Add(time.Minute), 5 }); e.Place != 0 {
		t.Errorf("the priority call has %d ahead", e.Place)
	}
	d.must(d.Know(d.ctx, "+8610", Caller{Priority: 9}))
	d.enqueue("known", "p", func(w *Waiting) { w.Ring1, w.Number = d.Now().Add(time.Hour), "+8610" })
	for i, want := range []string{"known", "vip", "short", "early", "late", "same-a", "same-b"} {
		d.want(d.ready(string(rune('a'+i)), 0, at("q", 3), at("p", 3)), want+">"+string(rune('a'+i))+" skill 3")
	}
}

func boardOwner(t *testing.T, d desk) {
	d.must(d.Know(d.ctx, "+861", Caller{Owners: []string{"wang", "li"}, Team: "north"}))
	owned := func(w *Waiting) { w.Number = "+861" }
	d.ready("best", time.Hour, at("q", 1))
	d.ready("li", time.Second, at("q", 9))
	e := d.enqueue("c1", "q", owned)
	d.want(e.Matches, "c1>li owner")
	if e.Caller.Team != "north" || len(e.Caller.Owners) != 2 {
		t.Errorf("caller %+v", e.Caller)
	}
	// Another call of the same caller: both owners are away, the best agent rings; wang comes and joins the ringing.
	d.want(d.enqueue("c2", "q", owned).Matches, "c2>best skill 1")
	d.enqueue("urgent", "q", func(w *Waiting) { w.Priority = 90 })
	d.want(d.ready("wang", 0, at("q", 5)), "c1>wang owner")
	d.ringing("c1", "li", "wang")
	// An owner who serves other queues only is still the caller's own.
	d.must(d.Know(d.ctx, "+862", Caller{Owners: []string{"zhao"}}))
	d.ready("zhao", 0, at("elsewhere", 1))
	d.want(d.enqueue("c3", "q", func(w *Waiting) { w.Number = "+862" }).Matches, "c3>zhao owner")
	d.must(d.Know(d.ctx, "+862", Caller{}))
	d.want(d.ready("zhao2", 0, at("elsewhere", 1)))
	if e := d.enqueue("c4", "q", func(w *Waiting) { w.Number = "+862" }); len(e.Caller.Owners) != 0 {
		t.Errorf("a forgotten caller has owners %q", e.Caller.Owners)
	}
}

func boardTeam(_ *testing.T, d desk) {
	d.must(d.Know(d.ctx, "+861", Caller{Owners: []string{"gone"}, Team: "north"}))
	d.matched(d.Ready(d.ctx, Idle{Agent: "best", Queues: []Level{at("q", 1)}}))()
	d.matched(d.Ready(d.ctx, Idle{Agent: "north1", Team: "north", Queues: []Level{at("q", 5), at("p", 1)}}))()
	d.matched(d.Ready(d.ctx, Idle{Agent: "south1", Team: "south", Queues: []Level{at("q", 2)}}))()
	e := d.enqueue("c1", "q", func(w *Waiting) { w.Number, w.First = "+861", Step{Who: StepTeam, More: 2} })
	d.want(e.Matches, "c1>north1 team", "c1>best skill 1")
	d.matched(d.Widen(d.ctx, "c1", e.Epoch, Step{Who: StepTeam, More: 1, Team: "south"}))("c1>south1 team")
	d.matched(d.Widen(d.ctx, "c1", e.Epoch, Step{Who: StepTeam, More: 1, Team: "south"}))()
	d.matched(d.Ready(d.ctx, Idle{Agent: "south2", Team: "south", Queues: []Level{at("q", 2)}}))("c1>south2 team")
}

func boardManagers(_ *testing.T, d desk) {
	boss := func(queue string) Level { return Level{Queue: queue, Level: 1, Manager: true} }
	d.want(d.ready("boss", time.Hour, boss("q")))
	e := d.enqueue("c1", "q", func(w *Waiting) { w.First = Step{Who: StepEveryone} })
	d.want(e.Matches)
	d.matched(d.Widen(d.ctx, "c1", e.Epoch, Step{Who: StepManager, More: 2}))("c1>boss manager")
	d.want(d.ready("boss2", 0, boss("q"), at("p", 1)), "c1>boss2 manager")
	d.want(d.ready("boss3", 0, boss("q")))
	d.want(d.ready("agent", 0, at("q", 1)), "c1>agent everyone")
	d.matched(d.Miss(d.ctx, "c1", "boss2", true))("c1>boss3 manager")
	d.ringing("c1", "agent", "boss", "boss3")
	// I3 goes before: the manager's own caller.
	d.must(d.Know(d.ctx, "+861", Caller{Owners: []string{"boss4"}}))
	d.want(d.ready("boss4", 0, boss("q")))
	d.want(d.enqueue("c2", "q", func(w *Waiting) { w.Number = "+861" }).Matches, "c2>boss4 owner")
}

func boardWiden(_ *testing.T, d desk) {
	for i, agent := range []string{"a", "b", "c", "d", "e"} {
		d.ready(agent, time.Duration(9-i)*time.Minute, at("q", 1))
	}
	e := d.enqueue("c1", "q")
	d.want(e.Matches, "c1>a skill 1")
	d.matched(d.Widen(d.ctx, "c1", e.Epoch, Step{Ring: 2, Who: StepBest, More: 2}))("c1>b skill 1", "c1>c skill 1")
	d.matched(d.Widen(d.ctx, "c1", e.Epoch-1, Step{Who: StepEveryone}))()
	d.matched(d.Widen(d.ctx, "c1", e.Epoch, Step{}))()
	d.matched(d.Widen(d.ctx, "c1", e.Epoch, Step{Ring: 3, Who: StepEveryone}))("c1>d everyone", "c1>e everyone")
	d.ringing("c1", "a", "b", "c", "d", "e")
	d.want(d.ready("f", 0, at("q", 7)), "c1>f everyone")
}

func boardHungry(_ *testing.T, d desk) {
	d.ready("a", 0, at("q", 1))
	d.enqueue("everyone", "q", func(w *Waiting) { w.First, w.Priority = Step{Who: StepEveryone}, 50 })
	d.enqueue("two", "q", func(w *Waiting) { w.First, w.Ring1 = Step{Who: StepBest, More: 2}, d.ago(time.Minute) })
	d.enqueue("unserved", "q")
	d.want(d.ready("b", 0, at("q", 1)), "two>b skill 1")
	d.want(d.ready("c", 0, at("q", 1)), "unserved>c skill 1")
	d.want(d.ready("d", 0, at("q", 1)), "everyone>d everyone")
	d.want(d.ready("e", 0, at("q", 1)), "everyone>e everyone")
	d.ringing("everyone", "a", "d", "e")
}

func boardMissed(t *testing.T, d desk) {
	d.ready("a", time.Minute, at("q", 1))
	d.ready("b", time.Second, at("q", 1))
	e := d.enqueue("c1", "q")
	d.want(e.Matches, "c1>a skill 1")
	// b takes a's place; a is back, but not for this call while b rings.
	d.matched(d.Miss(d.ctx, "c1", "a", false))("c1>b skill 1")
	d.want(d.ready("a", 0, at("q", 1)))
	// A switch fault puts b back at once; both missed it now: nobody rings, and nothing spins.
	d.matched(d.Miss(d.ctx, "c1", "b", true))()
	d.ringing("c1")
	if k := d.known("c1"); len(k.Missed) != 2 {
		t.Errorf("missed by %q", k.Missed)
	}
	// Everybody else was tried: the next step of the ladder rings them again.
	d.matched(d.Widen(d.ctx, "c1", e.Epoch, one))("c1>b skill 1")
	d.matched(d.Miss(d.ctx, "c1", "b", false))()
	// So does an agent who comes ready anew, when no call wants them more.
	d.enqueue("c2", "q")
	d.ringing("c2", "a")
	d.want(d.ready("b", 0, at("q", 1)), "c1>b skill 1")
	// A miss of an agent who does not ring is nothing.
	d.matched(d.Miss(d.ctx, "c1", "a", true))()
	// A freed agent takes the next call that waits.
	d.enqueue("c3", "q")
	d.matched(d.Miss(d.ctx, "c2", "a", true))("c3>a skill 1")
}

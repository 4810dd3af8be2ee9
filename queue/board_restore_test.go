package queue

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"
)

// boardRestore: a board that lost everything stands again as one node knew it; a board that went on keeps what others took.
func boardRestore(t *testing.T, d desk) {
	ledger := NewLocalBoard(BoardOptions{Node: "n1", Now: d.Now})
	l := desk{t: t, ctx: d.ctx, world: d.world, Board: ledger}
	d.must(ledger.Know(d.ctx, "+861", Caller{Owners: []string{"boss", "a0"}, Team: "north", Priority: 7}))
	for i := range 4 {
		l.matched(l.Ready(d.ctx, Idle{Agent: fmt.Sprintf("a%d", i), Team: "north", Since: d.ago(time.Minute), Calls: i, Last: d.ago(time.Hour), Queues: []Level{at("q", 1), {Queue: "p", Level: 2, Strategy: StrategyFewestCalls}}}))()
	}
	l.enqueue("ring", "q", func(w *Waiting) {
		w.Number, w.Token, w.Deadlines = "+861", "tok", []Due{{d.Now().Add(time.Second), "step:2"}}
		w.First = Step{Who: StepTeam, More: 2, Team: "south"}
	})
	l.enqueue("talk", "q")
	_, err := l.Answer(d.ctx, "talk", "a2", d.Now())
	d.must(err)
	l.enqueue("missed", "p", func(w *Waiting) { w.First = Step{Who: StepEveryone} })
	l.matched(l.Miss(d.ctx, "missed", "a3", false))()
	l.enqueue("wait", "q")
	want := ledger.Standing()

	// An empty board.
	fenced, err := d.Restore(d.ctx, want)
	d.must(err)
	if len(fenced) != 0 {
		t.Errorf("fenced %q", fenced)
	}
	for _, k := range want.Calls {
		if got := d.known(k.Call); !reflect.DeepEqual(got, k) {
			t.Errorf("restored %+v\nwant     %+v", got, k)
		}
	}
	if l, err := d.Lease(d.ctx, time.Second); err != nil || len(l.Matches) != 0 {
		t.Errorf("restoring matched %+v %v", l.Matches, err)
	}
	if e := d.enqueue("new", "r", func(w *Waiting) { w.Number = "+861" }); e.Epoch <= want.Calls[0].Epoch || e.Caller.Priority != 7 {
		t.Errorf("enqueued %+v", e)
	}
	d.matched(d.Ready(d.ctx, Idle{Agent: "a3", Queues: []Level{at("q", 1)}}))("wait>a3 skill 1")

	// Meanwhile another node took "talk", and brought an agent and a caller of its own.
	other := desk{t: t, ctx: d.ctx, world: d.world, Board: d.node("n2")}
	taken, err := other.Adopt(d.ctx, "talk")
	d.must(err)
	other.ready("b", 0, at("q", 1))
	other.enqueue("theirs", "q")
	other.ringing("theirs", "b")
	d.pass(time.Second)
	l.enqueue("late", "q")
	_, err = l.Leave(d.ctx, "missed")
	d.must(err)
	fenced, err = d.Restore(d.ctx, ledger.Standing())
	d.must(err)
	if !slices.Equal(fenced, []string{"talk"}) {
		t.Errorf("fenced %q", fenced)
	}
	if k := d.known("talk"); k.Node != "n2" || k.Epoch != taken.Epoch {
		t.Errorf("talk %+v", k)
	}
	for _, call := range []string{"missed", "new"} { // unknown to the ledger
		_, err = d.Lookup(d.ctx, call)
		d.wantErr(err, ErrUnknown)
	}
	other.ringing("theirs", "b")
	// a3 rang for "wait", of which the ledger knows nothing: free, and matched anew by mail.
	leased, err := d.Lease(d.ctx, time.Second)
	d.must(err)
	d.want(leased.Matches, "wait>a3 skill 1")
	_, err = other.Leave(d.ctx, "theirs")
	d.must(err)
	leased, err = d.Lease(d.ctx, time.Second)
	d.must(err)
	d.want(leased.Matches, "late>b skill 1")
}

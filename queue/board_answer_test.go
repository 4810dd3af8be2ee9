package queue

import (
	"slices"
	"testing"
	"time"
)

func boardAnswer(t *testing.T, d desk) {
	for i, agent := range []string{"a", "b", "c"} {
		d.ready(agent, time.Duration(3-i)*time.Minute, at("q", 1))
	}
	d.enqueue("c1", "q", func(w *Waiting) { w.First = Step{Who: StepBest, More: 3}; w.Deadlines = []Due{{d.Now(), "step:2"}} })
	d.enqueue("c2", "q")
	won, err := d.Answer(d.ctx, "c1", "b", d.Now())
	d.must(err)
	if won.Winner != "b" || !slices.Equal(won.Losers, []string{"a", "c"}) {
		t.Fatalf("won %+v", won)
	}
	d.want(won.Matches, "c2>a skill 1")
	again, err := d.Answer(d.ctx, "c1", "b", d.Now())
	d.must(err)
	if again.Winner != "b" || len(again.Losers)+len(again.Matches) != 0 {
		t.Errorf("answered again: %+v", again)
	}
	late, err := d.Answer(d.ctx, "c1", "c", d.Now())
	d.wantErr(err, ErrTaken)
	if late.Winner != "b" {
		t.Errorf("taken by %q", late.Winner)
	}
	if due, err := d.Due(d.ctx, d.Now().Add(time.Hour), 10); err != nil || len(due) != 0 {
		t.Errorf("an answered call has deadlines due: %v %v", due, err)
	}
	if k := d.known("c1"); k.Winner != "b" || !k.AnsweredAt.Equal(d.Now()) || len(k.Ringing) != 0 {
		t.Errorf("known %+v", k)
	}
	// c has the idle time it had: it stands before d.
	d.ready("d", time.Second, at("q", 1))
	d.want(d.enqueue("c3", "q").Matches, "c3>c skill 1")
	left, err := d.Leave(d.ctx, "c1")
	d.must(err)
	if len(left.Freed) != 0 {
		t.Errorf("leaving freed %q: the winner goes into wrap-up", left.Freed)
	}
	d.want(d.enqueue("c4", "q").Matches, "c4>d skill 1")
	d.want(d.enqueue("c5", "q").Matches)
}

func boardAnswerUnclaimed(t *testing.T, d desk) {
	d.ready("a", time.Minute, at("q", 1))
	d.ready("b", time.Second, at("q", 1))
	d.enqueue("c1", "q")
	won, err := d.Answer(d.ctx, "c1", "b", d.Now()) // idle, not rung
	d.must(err)
	if won.Winner != "b" || !slices.Equal(won.Losers, []string{"a"}) {
		t.Fatalf("won %+v", won)
	}
	d.want(d.enqueue("c2", "q").Matches, "c2>a skill 1")
	_, err = d.Answer(d.ctx, "c2", "b", d.Now())
	d.wantErr(err, ErrBusy)
	d.enqueue("c3", "q")
	_, err = d.Answer(d.ctx, "c3", "a", d.Now())
	d.wantErr(err, ErrBusy)
	won, err = d.Answer(d.ctx, "c3", "stranger", d.Now())
	d.must(err)
	if won.Winner != "stranger" {
		t.Fatalf("won %+v", won)
	}
	// Handed over: the talker comes free while the call lives on.
	d.want(d.ready("stranger", 0, at("q", 1)))
	d.want(d.enqueue("c4", "q").Matches, "c4>stranger skill 1")
	_, err = d.Leave(d.ctx, "c3")
	d.must(err)
	d.ringing("c4", "stranger")
}

func boardReopen(t *testing.T, d desk) {
	d.ready("a", time.Minute, at("q", 1))
	d.ready("b", time.Second, at("q", 1))
	armed := []Due{{d.Now().Add(5 * time.Second), "step:2"}}
	e := d.enqueue("c1", "q", func(w *Waiting) { w.First, w.Deadlines = Step{Who: StepBest, More: 2}, armed })
	d.matched(d.Reopen(d.ctx, "c1", "a"))()
	_, err := d.Answer(d.ctx, "c1", "a", d.Now())
	d.must(err)
	d.pass(6 * time.Second)
	step := Deadline{Call: "c1", Epoch: e.Epoch, Kind: "step:2"}
	if fired, err := d.Fire(d.ctx, step); err != nil || fired {
		t.Fatalf("a deadline of an answered call fired: %v", err)
	}
	_, err = d.Reopen(d.ctx, "c1", "b")
	d.wantErr(err, ErrTaken)
	d.matched(d.Reopen(d.ctx, "c1", "a"))("c1>b skill 1")
	k := d.known("c1")
	if k.Winner != "" || !k.AnsweredAt.IsZero() || !k.Ring1.Equal(d.ago(6*time.Second)) || !slices.Equal(k.Missed, []string{"a"}) {
		t.Errorf("known %+v", k)
	}
	due, err := d.Due(d.ctx, d.Now(), 10)
	d.must(err)
	if len(due) != 1 || due[0].Kind != "step:2" {
		t.Fatalf("due %v", due)
	}
	if fired, err := d.Fire(d.ctx, step); err != nil || !fired {
		t.Fatalf("the deadline of a reopened call did not fire: %v", err)
	}
	d.want(d.enqueue("c2", "q").Matches) // a is not idle until Ready
	d.want(d.ready("a", 0, at("q", 1)), "c2>a skill 1")
}

func boardEnqueueAgain(t *testing.T, d desk) {
	d.ready("a", 0, at("q", 1))
	first := d.enqueue("c1", "q", func(w *Waiting) { w.MaxWaiting = 2 })
	again := d.enqueue("c1", "q", func(w *Waiting) { w.MaxWaiting = 1; w.First = Step{Who: StepEveryone} })
	d.want(again.Matches, "c1>a skill 1")
	if again.Epoch != first.Epoch || first.Epoch == 0 {
		t.Errorf("epochs %d, %d", first.Epoch, again.Epoch)
	}
	d.enqueue("c2", "q", func(w *Waiting) { w.MaxWaiting = 2 })
	_, err := d.Enqueue(d.ctx, Waiting{Call: "c3", Queue: "q", MaxWaiting: 2})
	d.wantErr(err, ErrFull)
	_, err = d.Lookup(d.ctx, "c3")
	d.wantErr(err, ErrUnknown)
	_, err = d.Answer(d.ctx, "c1", "a", d.Now())
	d.must(err)
	if e := d.enqueue("c3", "q", func(w *Waiting) { w.MaxWaiting = 2 }); e.Place != 1 || e.Epoch <= first.Epoch {
		t.Errorf("enqueued %+v", e)
	}
}

func boardPresenceWhileRinging(t *testing.T, d desk) {
	d.ready("a", 0, at("q", 1))
	d.enqueue("c1", "q")
	claimed, err := d.Unready(d.ctx, "a")
	d.must(err)
	if claimed != "c1" {
		t.Fatalf("claimed %q", claimed)
	}
	d.ringing("c1", "a")
	d.matched(d.Miss(d.ctx, "c1", "a", true))()
	d.want(d.enqueue("c2", "q").Matches)
	// Ready said while the phone rings counts when it stops.
	d.want(d.ready("b", 0, at("q", 1)), "c1>b skill 1")
	d.want(d.ready("b", 0, at("q", 2)))
	d.ringing("c1", "b")
	d.matched(d.Miss(d.ctx, "c1", "b", false))("c2>b skill 2")
	claimed, err = d.Unready(d.ctx, "b")
	d.must(err)
	if claimed != "c2" {
		t.Fatalf("claimed %q", claimed)
	}
	left, err := d.Leave(d.ctx, "c2")
	d.must(err)
	if !slices.Equal(left.Freed, []string{"b"}) {
		t.Errorf("freed %q", left.Freed)
	}
	d.want(left.Matches)
	// Idle agents go at once; a changed profile replaces the old one.
	d.ready("c", 0, at("p", 1))
	d.ready("c", 0, at("r", 1))
	d.want(d.enqueue("c3", "p").Matches)
	claimed, err = d.Unready(d.ctx, "c")
	d.must(err)
	if claimed != "" {
		t.Fatalf("claimed %q", claimed)
	}
	d.want(d.enqueue("c4", "r").Matches)
}

func boardMoveLeave(t *testing.T, d desk) {
	d.ready("p", 0, at("p", 1))
	d.ready("q", 0, at("q", 1))
	d.enqueue("c1", "q", func(w *Waiting) { w.First = Step{Who: StepBest, More: 2} })
	d.matched(d.Move(d.ctx, "c1", "p"))("c1>p skill 1")
	d.ringing("c1", "p", "q")
	if k := d.known("c1"); k.Queue != "p" {
		t.Errorf("known %+v", k)
	}
	d.enqueue("c2", "q")
	left, err := d.Leave(d.ctx, "c1")
	d.must(err)
	if !slices.Equal(left.Freed, []string{"p", "q"}) {
		t.Errorf("freed %q", left.Freed)
	}
	d.want(left.Matches, "c2>q skill 1")
	_, err = d.Leave(d.ctx, "c1")
	d.wantErr(err, ErrUnknown)
	if ids, err := d.Calls(d.ctx, "pbx"); err != nil || !slices.Equal(ids, []string{"c2"}) {
		t.Errorf("calls %q %v", ids, err)
	}
	_, err = d.Answer(d.ctx, "c2", "q", d.Now())
	d.must(err)
	_, err = d.Move(d.ctx, "c2", "p")
	d.wantErr(err, ErrTaken)
	_, err = d.Leave(d.ctx, "c2")
	d.must(err)
	d.want(d.ready("q", 0, at("q", 1)))
}

func boardDeadlines(t *testing.T, d desk) {
	in := func(s time.Duration) time.Time { return d.Now().Add(s * time.Second) }
	e := d.enqueue("c1", "q", func(w *Waiting) { w.Deadlines = []Due{{in(10), "step:3"}, {in(5), "step:2"}, {in(60), "max-wait"}} })
	d.enqueue("c2", "q", func(w *Waiting) { w.Deadlines = []Due{{in(4), "step:2"}} })
	kinds := func(list []Deadline, err error) (s []string) {
		d.must(err)
		for _, x := range list {
			s = append(s, x.Call+" "+x.Kind)
		}
		return s
	}
	if got := kinds(d.Due(d.ctx, in(3), 9)); len(got) != 0 {
		t.Errorf("due %q", got)
	}
	d.pass(10 * time.Second)
	if got := kinds(d.Due(d.ctx, d.Now(), 9)); !slices.Equal(got, []string{"c2 step:2", "c1 step:2", "c1 step:3"}) {
		t.Errorf("due %q", got)
	}
	if got := kinds(d.Due(d.ctx, d.Now(), 1)); !slices.Equal(got, []string{"c2 step:2"}) {
		t.Errorf("due %q", got)
	}
	fire := func(kind string, epoch int64) bool {
		ok, err := d.Fire(d.ctx, Deadline{Call: "c1", Epoch: epoch, Kind: kind})
		d.must(err)
		return ok
	}
	if fire("step:2", e.Epoch-1) || !fire("step:2", e.Epoch) || fire("step:2", e.Epoch) || fire("max-wait", e.Epoch) || fire("none", e.Epoch) {
		t.Error("a deadline fires once, when it is due, in its epoch")
	}
	if got := kinds(d.Due(d.ctx, d.Now(), 9)); !slices.Equal(got, []string{"c2 step:2", "c1 step:3"}) {
		t.Errorf("due %q", got)
	}
	d.must(d.Arm(d.ctx, "c1", e.Epoch, []Due{{d.Now(), "max-wait"}, {in(1), "more"}}))
	d.must(d.Arm(d.ctx, "c1", e.Epoch-1, []Due{{d.Now(), "stale"}}))
	k := d.known("c1")
	if got := kinds(k.Deadlines, nil); !slices.Equal(got, []string{"c1 max-wait", "c1 step:3", "c1 more"}) || k.Deadlines[0].Epoch != e.Epoch {
		t.Errorf("armed %v", k.Deadlines)
	}
	if !fire("max-wait", e.Epoch) {
		t.Error("a deadline armed anew did not fire")
	}
	d.wantErr(d.Arm(d.ctx, "x", 1, nil), ErrUnknown)
}

func boardFound(t *testing.T, d desk) {
	d.ready("a", 0, at("q", 1))
	d.ready("b", 0, at("q", 1))
	d.enqueue("c0", "q")
	d.ringing("c0", "a")
	e := d.enqueue("c1", "q", func(w *Waiting) { w.First, w.Ringing, w.Token = Step{}, []string{"a", "b", "stranger"}, "tok" })
	d.want(e.Matches, "c1>b adopted", "c1>stranger adopted")
	if k := d.known("c1"); k.Token != "tok" {
		t.Errorf("token %q", k.Token)
	}
	left, err := d.Leave(d.ctx, "c1")
	d.must(err)
	if !slices.Equal(left.Freed, []string{"b", "stranger"}) {
		t.Errorf("freed %q", left.Freed)
	}
	d.want(d.enqueue("c2", "q").Matches, "c2>b skill 1")
	d.want(d.enqueue("c3", "q").Matches)
}

package queue

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func boardMail(t *testing.T, d desk) {
	other := desk{d.t, d.ctx, d.world, d.node("n2")}
	d.enqueue("c1", "q")
	d.enqueue("c2", "q")
	e := other.enqueue("c3", "q", func(w *Waiting) { w.Priority = 1 })
	d.want(d.ready("a", 0, at("q", 1))) // c3 is the other node's
	d.want(d.ready("b", 0, at("q", 1)), "c1>b skill 1")
	d.want(other.ready("c", 0, at("q", 1)))
	l, err := other.Lease(d.ctx, time.Second)
	d.must(err)
	d.want(l.Matches, "c3>a skill 1")
	if l.Matches[0].Epoch != e.Epoch || l.Lost || len(l.Orphans) != 0 {
		t.Errorf("leased %+v", l)
	}
	if l, err = other.Lease(d.ctx, time.Second); err != nil || len(l.Matches) != 0 {
		t.Errorf("mail came twice: %+v %v", l, err)
	}
	// A claim that ended meanwhile is not delivered.
	d.matched(d.Miss(d.ctx, "c2", "c", false))()
	if l, err = d.Lease(d.ctx, time.Second); err != nil || len(l.Matches) != 0 {
		t.Errorf("a dead letter: %+v %v", l, err)
	}
	_, err = d.Answer(d.ctx, "c3", "a", d.Now())
	d.wantErr(err, ErrFenced)
	_, err = d.Leave(d.ctx, "c3")
	d.wantErr(err, ErrFenced)
	_, err = d.Miss(d.ctx, "c3", "a", true)
	d.wantErr(err, ErrFenced)
}

func boardDeadNode(t *testing.T, d desk) {
	other := desk{d.t, d.ctx, d.world, d.node("n2")}
	lease := func(b Board) Leased {
		l, err := b.Lease(d.ctx, 3*time.Second)
		d.must(err)
		return l
	}
	lease(d)
	lease(other)
	d.ready("a", 0, at("q", 1))
	d.ready("b", 0, at("q", 1))
	due := d.Now().Add(2 * time.Second)
	talk := other.enqueue("talk", "q")
	e := other.enqueue("ring", "q", func(w *Waiting) { w.Deadlines, w.Token = []Due{{due, "step:2"}}, "tok" })
	other.enqueue("wait", "q")
	_, err := other.Answer(d.ctx, "talk", "a", d.Now())
	d.must(err)

	d.pass(2 * time.Second)
	if l := lease(d); len(l.Orphans) != 0 || l.Lost {
		t.Fatalf("the living were robbed: %+v", l)
	}
	d.pass(1001 * time.Millisecond)
	l := lease(d)
	var ids []string
	for _, k := range l.Orphans {
		ids = append(ids, k.Call)
		if k.Node != "n1" || k.Epoch <= talk.Epoch {
			t.Errorf("orphan %+v", k)
		}
	}
	if slices.Sort(ids); !slices.Equal(ids, []string{"ring", "talk", "wait"}) {
		t.Fatalf("orphans %q", ids)
	}
	k := d.known("ring")
	if !slices.Equal(k.Ringing, []string{"b"}) || k.Token != "tok" || len(k.Deadlines) != 1 || k.Deadlines[0].Epoch != k.Epoch {
		t.Errorf("ring %+v", k)
	}
	if k := d.known("talk"); k.Winner != "a" {
		t.Errorf("talk %+v", k)
	}
	// The dead node is not dead after all: it is fenced.
	if l := lease(other); !l.Lost || len(l.Orphans) != 0 {
		t.Errorf("the robbed node leased %+v", l)
	}
	_, err = other.Answer(d.ctx, "ring", "b", d.Now())
	d.wantErr(err, ErrFenced)
	if fired, err := other.Fire(d.ctx, Deadline{Call: "ring", Epoch: e.Epoch, Kind: "step:2"}); err != nil || fired {
		t.Errorf("a stale deadline fired: %v", err)
	}
	if fired, err := d.Fire(d.ctx, Deadline{Call: "ring", Epoch: k.Epoch, Kind: "step:2"}); err != nil || !fired {
		t.Errorf("the inherited deadline did not fire: %v", err)
	}
	_, err = d.Answer(d.ctx, "ring", "b", d.Now())
	d.must(err)
	// Adoption by name, and its fencing.
	adopted, err := other.Adopt(d.ctx, "wait")
	d.must(err)
	if adopted.Node != "n2" || adopted.Epoch <= k.Epoch {
		t.Errorf("adopted %+v", adopted)
	}
	_, err = d.Leave(d.ctx, "wait")
	d.wantErr(err, ErrFenced)

	// A great node's calls are taken in portions.
	for i := range takeOverBatch + 10 {
		other.enqueue(fmt.Sprintf("many%d", i), "p")
	}
	d.pass(time.Hour)
	if n := len(lease(d).Orphans); n != takeOverBatch {
		t.Errorf("%d orphans at once", n)
	}
	if n := len(lease(d).Orphans); n != 11 {
		t.Errorf("then %d", n)
	}
	if l := lease(d); len(l.Orphans) != 0 || l.Lost {
		t.Errorf("then %+v", l)
	}
}

package agent

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// read takes what a desk has got so far and gives the kinds; states are "state:<state>".
func read(d *Desk) (kinds []string) {
	for {
		select {
		case p, ok := <-d.Pushes():
			if !ok {
				return append(kinds, "end")
			}
			if v, isView := p.Data.(View); isView {
				p.Kind += ":" + string(v.State)
			}
			kinds = append(kinds, p.Kind)
		default:
			return kinds
		}
	}
}

func mustRead(t *testing.T, d *Desk, want ...string) {
	t.Helper()
	if got := read(d); !slices.Equal(got, want) {
		t.Errorf("desk got %q, want %q", got, want)
	}
}

func open(t *testing.T, r *Roster, login, session string) *Desk {
	t.Helper()
	d, err := r.OpenDesk(login, session)
	must(t, err)
	return d
}

func TestDeskSeesTheCallAndALateDeskToo(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
		d := open(t, r, "li", "s")
		ready(t, r, "li")
		mustRead(t, d, "state:offline", "state:offline", "state:ready")
		r.Offered("li", "a-1")
		if n := r.Push("li", Push{Kind: "pop", Call: "a-1", Data: "first"}); n != 1 {
			t.Errorf("pop delivered to %d", n)
		}
		r.Push("li", Push{Kind: "card", Call: "a-1"})
		r.Push("li", Push{Kind: "pop", Call: "a-1", Data: "second"})
		r.Push("li", Push{Kind: "withdrawn", Call: "a-0"})
		mustRead(t, d, "state:offered", "pop", "card", "pop", "withdrawn")
		late := open(t, r, "li", "s") // another tab of the same session
		if v, _ := r.View("li"); !v.DeskOpen {
			t.Error("the desk is not shown")
		}
		first := <-late.Pushes()
		pop := <-late.Pushes()
		if first.Kind != "state" || pop.Kind != "pop" || pop.Data != "second" {
			t.Errorf("the late tab got %+v, %+v", first, pop)
		}
		mustRead(t, late, "card")
		mustRead(t, d, "state:offered")
		r.Withdrawn("li", "a-1", "lost", false)
		r.Push("li", Push{Kind: "withdrawn", Call: "a-1"})
		mustRead(t, d, "state:ready", "withdrawn")
		mustRead(t, late, "state:ready", "withdrawn")
		mustRead(t, open(t, r, "li", "s"), "state:ready")
	})
}

func TestDeskTakenOver(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
		one, two := open(t, r, "li", "s1"), open(t, r, "li", "s1")
		read(one)
		read(two)
		other := open(t, r, "li", "s2")
		mustRead(t, one, "replaced", "end")
		mustRead(t, two, "replaced", "end")
		if !errors.Is(one.Err(), ErrDeskReplaced) || other.Err() != nil {
			t.Errorf("ends: %v, %v", one.Err(), other.Err())
		}
		one.Heartbeat() // an ended tab says nothing any more
		one.Close()
		if r.Beat("li", "s1", true) || !r.Beat("li", "s2", false) {
			t.Error("the wrong session lives")
		}
	})
}

func TestSlowDeskIsDisconnected(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
		slow, fast := open(t, r, "li", "s"), open(t, r, "li", "s")
		for i := range 200 {
			r.Push("li", Push{Kind: "card", Data: i})
			read(fast)
		}
		if !errors.Is(slow.Err(), ErrDeskSlow) || fast.Err() != nil {
			t.Fatalf("ends: %v, %v", slow.Err(), fast.Err())
		}
		n := 0
		for p := range slow.Pushes() {
			if p.Kind == "card" {
				if p.Data != n {
					t.Fatalf("gap at %d: %v", n, p.Data)
				}
				n++
			}
		}
		if n == 0 {
			t.Error("nothing of what came before the end could be read")
		}
		for range 200 {
			r.Push("li", Push{Kind: "card"})
		}
		if v, _ := r.View("li"); v.DeskOpen {
			t.Error("shown as open when all tabs are disconnected")
		}
	})
}

func TestDeskLost(t *testing.T) {
	for _, c := range []struct {
		name  string
		bring func(t *testing.T, r *Roster)
		state State // once the desk is lost
		then  func(r *Roster)
		end   State
		note  []string
	}{
		{"ready", func(t *testing.T, r *Roster) { ready(t, r, "li") }, Paused, nil, Paused, []string{"desk-lost li "}},
		{"unreachable", func(t *testing.T, r *Roster) { must(t, r.Ready("li", "li")) }, Paused, nil, Paused, []string{"desk-lost li "}},
		{"offline", func(*testing.T, *Roster) {}, Offline, nil, Offline, nil},
		{
			"talking", func(t *testing.T, r *Roster) { talking(t, r, "li", "a-1") }, Talking,
			func(r *Roster) { r.CallOver("li", "a-1", "sales", time.Now()) }, Paused,
			[]string{"desk-lost li a-1"},
		},
		{
			"talking, desk back before the end", func(t *testing.T, r *Roster) { talking(t, r, "li", "a-1") }, Talking,
			func(r *Roster) {
				if _, err := r.OpenDesk("li", "s"); err != nil {
					panic(err)
				}
				r.CallOver("li", "a-1", "sales", time.Now())
			}, Ready, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHouse(t, nil, func(t *testing.T, r *Roster, h *house) {
				d := open(t, r, "li", "s")
				c.bring(t, r)
				for range 3 {
					pass(20 * time.Second)
					d.Heartbeat()
				}
				pass(30*time.Second - time.Nanosecond)
				if d.Err() != nil {
					t.Fatal("lost too early")
				}
				pass(time.Nanosecond)
				if !errors.Is(d.Err(), ErrDeskSilent) {
					t.Errorf("ended by %v", d.Err())
				}
				v := mustState(t, r, "li", c.state)
				if v.DeskOpen || v.State == Paused && v.Reason != ReasonDeskLost {
					t.Errorf("%+v", v)
				}
				if c.then != nil {
					c.then(r)
				}
				mustState(t, r, "li", c.end)
				synctest.Wait()
				if _, notes, _ := h.heard(); !slices.Equal(notes, c.note) {
					t.Errorf("managers told %q, want %q", notes, c.note)
				}
			})
		})
	}
}

func TestReloadIsNoLoss(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
		d := open(t, r, "li", "s")
		ready(t, r, "li")
		pass(29 * time.Second)
		d.Close()
		if !errors.Is(d.Err(), ErrDeskClosed) {
			t.Error(d.Err())
		}
		pass(29 * time.Second)
		mustState(t, r, "li", Ready)
		d = open(t, r, "li", "s")
		pass(29 * time.Second)
		mustState(t, r, "li", Ready)
		d.Close()
		pass(30 * time.Second)
		if v := mustState(t, r, "li", Paused); v.Reason != ReasonDeskLost {
			t.Errorf("%+v", v)
		}
	})
}

func TestPopMeasuredFromPushToAck(t *testing.T) {
	inHouse(t, nil, func(t *testing.T, r *Roster, _ *house) {
		if n := r.Push("li", Push{ID: "unseen", Kind: "pop", Call: "a-0"}); n != 0 {
			t.Errorf("delivered to %d desks that are not", n)
		}
		d := open(t, r, "li", "s")
		read(d)
		for i := range 100 {
			r.Push("li", Push{Kind: "pop", Call: "a-1", At: time.Now().Add(-time.Hour)})
			p := <-d.Pushes()
			pass(time.Duration(i+1) * time.Millisecond)
			latency, ok := r.Ack("li", p.ID, time.Now())
			if want := time.Duration(i+1) * time.Millisecond; !ok || latency != want {
				t.Fatalf("latency %v, %v; want %v", latency, ok, want)
			}
			if _, again := r.Ack("li", p.ID, time.Now()); again {
				t.Fatal("one pop acknowledged twice")
			}
		}
		r.Push("li", Push{ID: "no-pop", Kind: "card"})
		if _, ok := r.Ack("li", "no-pop", time.Now()); !ok {
			t.Error("a card was not acknowledged")
		}
		if _, ok := r.Ack("wang", "no-pop", time.Now()); ok {
			t.Error("acknowledged by somebody else")
		}
		l := r.PopLatency()
		near := func(got, want time.Duration) bool { return got > want*99/100 && got < want*101/100 }
		if l.Count != 100 || l.Unseen != 1 || !near(l.P50, 50*time.Millisecond) || !near(l.P99, 99*time.Millisecond) ||
			!near(l.Max, 100*time.Millisecond) || !near(l.Mean, 50500*time.Microsecond) {
			t.Errorf("%+v", l)
		}
	})
}

func TestStopEndsDesks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse()
		r := newRoster(options(h), h)
		stop := running(t, r)
		d := open(t, r, "li", "s")
		stop()
		if mustRead(t, d, "state:offline", "end"); !errors.Is(d.Err(), ErrStopping) {
			t.Errorf("ended by %v", d.Err())
		}
	})
}

package agent

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// act is one thing that one of the four sources does to one agent.
type act struct {
	Do    string
	Login string
	Call  string
	Queue string
	Wait  bool // until the news of it are delivered
}

func drawAct(rt *rapid.T, i int) act {
	pick := func(name string, from ...string) string {
		return rapid.SampledFrom(from).Draw(rt, fmt.Sprintf("%s %d", name, i))
	}
	a := act{
		Do: pick("do", "ready", "ready", "sign-in", "pause", "sign-out", "wrapped-up", // desk and API
			"phone-up", "phone-up", "phone-down", "phone-up", "phone-partly", "phone-partly", // registration
			"offer", "offer", "offer", "offer", "lost", "missed", "missed too often", // queue
			"ring", "talk", "talk", "over", "over", "gone", // PBX
			"20 s"),
		Login: pick("agent", "li", "wang"),
		Queue: pick("queue", "sales", "repair"),
		Wait:  rapid.Bool().Draw(rt, fmt.Sprintf("wait %d", i)),
	}
	a.Call = pick("call", callsOf(a.Login)...)
	return a
}

// callsOf gives the calls that an agent may meet. Each agent has a switch of their own, so that a switch that lost a call
// concerns one of them only.
func callsOf(login string) []string {
	return []string{login + "-1", login + "-2", login + "-3"}
}

// model says in the plainest words where an agent ought to be. No desk is open, so a wrap-up that runs out pauses.
type model struct {
	duty    duty
	phone   bool
	lacks   []string
	in      State // Offered, Ringing, Talking, WrapUp, or "" without a call
	call    string
	past    string
	wrapped bool
	end     time.Time
}

func (m *model) want() State {
	if m.in != "" {
		return m.in
	}
	return settle(m.duty, m.phone)
}

func (m *model) free() { m.past, m.in, m.call, m.wrapped = m.call, "", "", false }

func (m *model) believe(a act, now time.Time) (accepted bool) {
	switch own := m.in != "" && m.call == a.Call; a.Do {
	case "ready":
		m.duty = dutyOn
	case "sign-in":
		if m.want() == Offline {
			m.duty = dutyOn
		}
	case "pause":
		if m.want() != Offline {
			m.duty = dutyAway
		}
	case "sign-out":
		m.duty = dutyOff
	case "phone-up", "phone-down", "phone-partly":
		m.phone, m.lacks = a.Do != "phone-down", nil
		if a.Do == "phone-partly" {
			m.lacks = []string{a.Queue}
		}
	case "offer":
		if m.want() == Ready {
			m.in, m.call, m.past = Offered, a.Call, ""
			return true
		}
		return own && (m.in == Offered || m.in == Ringing)
	case "lost", "missed", "missed too often":
		if own && m.in != WrapUp {
			if a.Do == "missed too often" && m.duty == dutyOn {
				m.duty = dutyAway
			}
			m.free()
		} else if a.Do == "missed too often" && m.in == "" && a.Call != m.past && m.duty == dutyOn {
			m.duty = dutyAway
		}
	case "ring":
		switch {
		case own && m.in == Offered:
			m.in = Ringing
		case m.want() == Ready && a.Call != m.past:
			m.in, m.call, m.past = Ringing, a.Call, ""
		}
	case "talk":
		if !own {
			m.wrapped = false
		}
		if own && m.in == WrapUp {
			m.wrapped = false
		}
		m.in, m.call, m.past = Talking, a.Call, ""
	case "over", "gone":
		switch {
		case !own || m.in == WrapUp:
		case m.in == Talking && !m.wrapped && (a.Do == "gone" || a.Queue == "repair"):
			m.in, m.end = WrapUp, now.Add(time.Minute)
		default:
			m.free()
		}
	case "wrapped-up":
		switch {
		case own && m.in == Talking:
			m.wrapped = true
		case own && m.in == WrapUp:
			m.free()
		}
	case "20 s":
		if m.in == WrapUp && !now.Before(m.end) {
			if m.duty == dutyOn {
				m.duty = dutyAway
			}
			m.free()
		}
	}
	return false
}

// TestPresenceProperty: whatever desk, registration, queue and PBX say, in whatever order, an agent is where the last
// inputs put them, in at most one call, never ready without a phone; and the queue believes that an agent can be offered
// calls exactly when that is so.
func TestPresenceProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 80).Draw(rt, "length")
		acts := make([]act, n)
		for i := range acts {
			acts[i] = drawAct(rt, i)
		}
		var wrong error
		synctest.Test(t, func(t *testing.T) { wrong = play(t, acts) })
		if wrong != nil {
			rt.Fatal(wrong)
		}
	})
}

func play(t *testing.T, acts []act) error {
	h := newHouse()
	o := options(h)
	o.OfferLimit = 24 * time.Hour
	r := newRoster(o, h)
	defer running(t, r)()
	board := &idleLists{house: h, claims: map[string]string{}}
	r.SetQueueing(board)
	models := map[string]*model{"li": {duty: dutyOff}, "wang": {duty: dutyOff}}
	for i, a := range acts {
		if a.Do == "20 s" {
			pass(20 * time.Second)
			for _, m := range models {
				m.believe(a, time.Now())
			}
		} else {
			accepted := board.act(r, a)
			if believed := models[a.Login].believe(a, time.Now()); a.Do == "offer" && accepted != believed {
				return fmt.Errorf("act %d %+v: offer accepted is %v, not %v", i, a, accepted, believed)
			}
		}
		for login, m := range models {
			v, _ := r.View(login)
			if v.State != m.want() || v.Call != m.call || v.PhoneUp != m.phone {
				return fmt.Errorf("act %d %+v: %s is %s in %q, phone %v; want %s in %q, %v", i, a, login, v.State, v.Call,
					v.PhoneUp, m.want(), m.call, m.phone)
			}
			if v.State.busy() != (v.Call != "") || v.State == Ready && !v.PhoneUp || !slices.Equal(v.PhoneLacks, m.lacks) {
				return fmt.Errorf("act %d %+v: %+v", i, a, v)
			}
		}
		if a.Wait {
			synctest.Wait()
		}
	}
	pass(3 * time.Second) // longer than the doubt
	for login := range models {
		v, _ := r.View(login)
		if listed := board.isListed(login); listed != (v.State == Ready) {
			return fmt.Errorf("in the end %s is %s, and the queue lists them: %v", login, v.State, listed)
		}
		if lacks := board.listedWithout(login); v.State == Ready && !slices.Equal(lacks, v.PhoneLacks) {
			return fmt.Errorf("in the end %s lacks %v, and the queue believes %v", login, v.PhoneLacks, lacks)
		}
	}
	return nil
}

// idleLists keeps idle lists and claims as the contract of queue.Board says.
type idleLists struct {
	*house
	mu     sync.Mutex
	claims map[string]string // login → call
}

// AgentReady lists an agent unless there is a claim, which then decides.
func (b *idleLists) AgentReady(login string, since time.Time, lacks ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.claims[login] == "" {
		b.house.AgentReady(login, since, lacks...)
	}
}

// act does one act as its source does it: the queue finishes with its board before it withdraws an offer.
func (b *idleLists) act(r *Roster, a act) (accepted bool) {
	if a.Do == "offer" || a.Do == "ring" || a.Do == "talk" {
		synctest.Wait() // the queue rings nobody of whom it has not heard
	}
	switch a.Do {
	case "ready":
		_ = r.Ready(a.Login, a.Login)
	case "sign-in":
		_ = r.SignIn(a.Login, a.Login)
	case "pause":
		_ = r.Pause(a.Login, "meal", a.Login) // refused when signed out, as the model knows
	case "sign-out":
		_ = r.SignOut(a.Login, a.Login)
	case "phone-up":
		r.PhoneUp(a.Login, time.Time{})
	case "phone-partly":
		r.PhoneUp(a.Login, time.Time{}, a.Queue) // any two names of switches do
	case "phone-down":
		r.PhoneDown(a.Login, time.Time{})
	case "offer":
		before, _ := r.View(a.Login)
		had := b.set(a.Login, a.Call, false)
		if accepted = r.Offered(a.Login, a.Call); !accepted || before.Call != "" {
			b.set(a.Login, had, false)
		}
	case "lost", "missed", "missed too often":
		own := b.holds(a.Login, a.Call)
		if own {
			b.set(a.Login, "", a.Do == "lost")
		} else if v, _ := r.View(a.Login); v.Call == "" {
			b.list(a.Login, a.Do == "lost" && b.isListed(a.Login)) // Miss takes off whom it does not requeue
		}
		outcome := map[bool]string{true: "lost", false: "missed"}[a.Do == "lost"]
		r.Withdrawn(a.Login, a.Call, outcome, a.Do == "missed too often")
	case "ring":
		r.RingingNow(a.Login, a.Call)
	case "talk":
		b.set(a.Login, "", false)
		r.Talking(a.Login, a.Call, time.Now())
	case "over", "gone":
		if b.holds(a.Login, a.Call) {
			b.set(a.Login, "", true)
		}
		if a.Do == "over" {
			r.CallOver(a.Login, a.Call, a.Queue, time.Now())
		} else {
			live := slices.DeleteFunc(callsOf(a.Login), func(c string) bool { return c == a.Call })
			r.CallsSynced(a.Login, live, time.Now())
		}
	case "wrapped-up":
		_ = r.WrappedUp(a.Login, a.Call)
	}
	return accepted
}

func (b *idleLists) holds(login, call string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.claims[login] == call
}

// set changes a claim, and the lists with it, and gives the claim before.
func (b *idleLists) set(login, call string, listed bool) (had string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	had = b.claims[login]
	b.claims[login] = call
	b.list(login, listed)
	return had
}

// TestConcurrentSources hammers one roster from all sides: every change follows from the one before it, versions grow,
// and nobody is ready without a phone.
func TestConcurrentSources(t *testing.T) {
	h := newHouse()
	o := options(h)
	r := newRoster(o, h)
	var mu sync.Mutex
	last := map[string]View{}
	r.OnChange(func(v View, from State, _, _ string) {
		mu.Lock()
		defer mu.Unlock()
		before, seen := last[v.Login]
		if seen && (before.State != from || v.Version <= before.Version) {
			t.Errorf("%s: from %s (%d) follows %s (%d)", v.Login, from, v.Version, before.State, before.Version)
		}
		if v.State == Ready && !v.PhoneUp || v.State.busy() != (v.Call != "") {
			t.Errorf("%+v", v)
		}
		last[v.Login] = v
	})
	stop := running(t, r)
	var all sync.WaitGroup
	for _, login := range []string{"li", "wang", "zhao"} {
		for source := range 4 {
			all.Go(func() { hammer(r, login, source) })
		}
	}
	all.Wait()
	stop()
	mu.Lock()
	defer mu.Unlock()
	for _, v := range r.Views() {
		if last[v.Login].State != v.State {
			t.Errorf("%s is %s, and the last change heard was to %s", v.Login, v.State, last[v.Login].State)
		}
	}
}

func hammer(r *Roster, login string, source int) {
	for i := range 300 {
		call := fmt.Sprintf("a-%d", i)
		switch source {
		case 0:
			_ = r.Ready(login, login)
			if i%7 == 0 {
				_ = r.Pause(login, "meal", login)
			}
		case 1:
			r.PhoneUp(login, time.Time{})
			if i%5 == 0 {
				r.PhoneDown(login, time.Time{})
			}
		case 2:
			if r.Offered(login, call) {
				r.RingingNow(login, call)
				if i%2 == 0 {
					r.Withdrawn(login, call, "missed", false)
					continue
				}
				r.Talking(login, call, time.Now())
				r.CallOver(login, call, "sales", time.Now())
			}
		case 3:
			if d, err := r.OpenDesk(login, "s"); err == nil {
				r.Push(login, Push{Kind: "pop", Call: call})
				d.Heartbeat()
				d.Close()
			}
			r.Views()
		}
	}
}

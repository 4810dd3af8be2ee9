package queue

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// desk replays a morning by hand.
type morning struct {
	n     *Numbers
	start time.Time
	calls int
}

func newMorning() *morning {
	cfg := testConfig()
	m := &morning{n: NewNumbers(cfg), start: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	var agents []Agent
	for _, login := range []string{"ann", "bob", "boss"} {
		agents = append(agents, Agent{Login: login, Manager: login == "boss", Queues: []Level{{Queue: "support", Level: 1}}})
	}
	m.n.SetAgents(agents)
	return m
}

func (m *morning) apply(kind string, at time.Duration, call, agent string, data map[string]string, v *Verdict) {
	m.n.Apply(Event{Kind: kind, At: m.start.Add(at), Call: call, Queue: "support", Agent: agent, Data: data, Verdict: v})
}

func (m *morning) presence(at time.Duration, agent, to string) {
	m.apply(EventPresence, at, "", agent, map[string]string{"to": to}, nil)
}

func (m *morning) arrive(at time.Duration) string {
	m.calls++
	call := fmt.Sprintf("sw-%d", m.calls)
	m.apply(EventArrived, at, call, "", map[string]string{"ring1": m.start.Add(at).Format(time.RFC3339Nano)}, nil)
	m.apply(EventQueued, at, call, "", nil, nil)
	return call
}

func (m *morning) answered(at, waited, talk time.Duration, agent string) {
	call := m.arrive(at)
	v := china().Answered(waited)
	m.apply(EventOffered, at, call, agent, nil, nil)
	m.apply(EventAnswered, at+waited, call, agent, nil, &v)
	m.apply(EventEnded, at+waited+talk, call, agent, nil, nil)
}

func (m *morning) abandoned(at, waited time.Duration) {
	call := m.arrive(at)
	v := china().Abandoned(waited)
	m.apply(EventAbandoned, at+waited, call, "", nil, &v)
	m.apply(EventEnded, at+waited, call, "", nil, nil)
}

func near(got *float64, want float64) bool { return got != nil && math.Abs(*got-want) < 1e-9 }

func TestServiceLevelsOfOneMorning(t *testing.T) {
	m := newMorning()
	m.answered(0, 3*time.Second, 100*time.Second, "ann")                     // first ring
	m.answered(2*time.Minute, 14*time.Second, 50*time.Second, "ann")         // third ring
	m.answered(4*time.Minute, 15*time.Second, 60*time.Second, "bob")         // a moment too late
	m.abandoned(5*time.Minute, 2*time.Second)                                // short
	m.abandoned(6*time.Minute, 12*time.Second)                               // in the third ring
	m.abandoned(7*time.Minute, 90*time.Second)                               // long after
	call := m.arrive(8 * time.Minute)                                        // a machine takes a call-back request in time
	m.apply(EventMachine, 8*time.Minute+10*time.Second, call, "", nil, nil)  //
	m.apply(EventCallback, 8*time.Minute+10*time.Second, call, "", nil, nil) //
	m.apply(EventEnded, 8*time.Minute+30*time.Second, call, "", nil, nil)    //
	lost := m.arrive(9 * time.Minute)                                        // the switch lost it
	m.apply(EventEnded, 9*time.Minute+time.Second, lost, "", nil, nil)

	q := m.n.Queues(m.start.Add(10 * time.Minute))[0]
	w := q.Today
	if w.Offered != 8 || w.Decided != 8 || w.Answered != 3 || w.Met != 2 || w.Abandoned != 3 || w.Short != 1 || w.Machine != 1 || w.Callbacks != 1 || w.Lost != 1 {
		t.Errorf("window %+v", w)
	}
	if w.AbandonedByRing != [ringsCounted]int{1, 0, 1, 0, 0, 0, 0, 1} {
		t.Errorf("abandons by ring %v", w.AbandonedByRing)
	}
	for name, c := range map[string]struct {
		got  *float64
		want float64
	}{
		"three rings":    {w.ThreeRings, 2.0 / 8},
		"without short":  {w.ThreeRingsNoShort, 2.0 / 7},
		"app_queue SL":   {w.AppQueueSL, 2.0 / 3},
		"app_queue SL2":  {w.AppQueueSL2, 4.0 / 6},
		"Amazon Connect": {w.ConnectSL, 5.0 / 7},
		"Genesys":        {w.GenesysSL, 2.0 / 5},
	} {
		if !near(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	if want := (3.0 + 14 + 15) / 3; math.Abs(w.ASASeconds-want) > 1e-9 || math.Abs(w.AHTSeconds-70) > 1e-9 {
		t.Errorf("ASA %v, AHT %v", w.ASASeconds, w.AHTSeconds)
	}
	if q.Waiting != 0 || q.LongestRing != 0 {
		t.Errorf("queue %+v", q)
	}
}

func TestWaitingNow(t *testing.T) {
	m := newMorning()
	m.arrive(0)
	m.arrive(8 * time.Second)
	q := m.n.Queues(m.start.Add(11 * time.Second))[0]
	if q.Waiting != 2 || q.LongestWait != 11 || q.LongestRing != 3 {
		t.Errorf("queue %+v", q)
	}
	if q.Today.ThreeRings != nil || q.Today.Offered != 2 {
		t.Errorf("nothing is decided yet: %+v", q.Today)
	}
}

func TestOccupancyAndHandlingTime(t *testing.T) {
	m := newMorning()
	m.presence(0, "ann", "ready")
	m.presence(0, "bob", "paused")
	m.presence(time.Minute, "ann", "talking")
	m.answered(time.Minute, 0, 2*time.Minute, "ann")
	m.presence(3*time.Minute, "ann", "wrapup")
	m.presence(4*time.Minute, "ann", "ready")
	now := m.start.Add(6 * time.Minute)
	a := m.n.Agents(now)[0]
	if a.Login != "ann" || a.State != "ready" || a.Today.TalkSeconds != 120 || a.Today.WrapUpSeconds != 60 || a.Today.StaffSeconds != 360 || !near(a.Today.Occupancy, 0.5) {
		t.Errorf("ann %+v", a)
	}
	q := m.n.Queues(now)[0]
	if q.Today.AHTSeconds != 180 || !near(q.Last30.Occupancy, 0.5) {
		t.Errorf("queue %+v", q)
	}
	if q.Agents["ready"] != 1 || q.Agents["paused"] != 1 || q.Agents["offline"] != 1 || q.Staffed != 1 {
		t.Errorf("agents %v, staffed %d", q.Agents, q.Staffed)
	}
	// A state that lasts counts while it lasts.
	later := m.n.Agents(m.start.Add(16 * time.Minute))[0]
	if later.Today.StaffSeconds != 960 {
		t.Errorf("staffed %v", later.Today.StaffSeconds)
	}
}

// 100 calls in 30 minutes of 180 s are 10 erlangs: 18 agents are needed (domain.md); one is there.
func TestAgentsMissingNow(t *testing.T) {
	m := newMorning()
	m.presence(0, "ann", "ready")
	m.presence(0, "boss", "ready") // a manager is no staff
	v := china().Answered(0)
	for i := range 110 {
		at := time.Duration(i) * 18 * time.Second
		if i >= 10 {
			m.apply(EventEnded, at, fmt.Sprintf("sw-%d", i-9), "ann", nil, nil)
		}
		m.apply(EventAnswered, at, m.arrive(at), "ann", nil, &v)
	}
	q := m.n.Queues(m.start.Add(110*18*time.Second - time.Second))[0]
	if math.Abs(q.Load-10) > 0.1 || q.Needed != 18 || q.Staffed != 1 || q.Missing != 17 {
		t.Errorf("load %v, needed %d, staffed %d, missing %d", q.Load, q.Needed, q.Staffed, q.Missing)
	}
}

func TestWindowsAndTheDayBoundaryInTheZone(t *testing.T) {
	cfg := testConfig()
	cfg.Zone = time.FixedZone("CST", 8*3600)
	n := NewNumbers(cfg)
	m := &morning{n: n, start: time.Date(2026, 11, 22, 15, 50, 0, 0, time.UTC)} // 23:50 in China
	m.answered(0, time.Second, time.Second, "ann")
	m.answered(15*time.Minute, time.Second, time.Second, "ann") // 00:05 of the next day
	at := func(d time.Duration) QueueNumbers { return n.Queues(m.start.Add(d))[0] }
	if q := at(16 * time.Minute); q.Today.Answered != 1 || q.Last30.Answered != 2 {
		t.Errorf("after midnight: today %d, last 30 minutes %d", q.Today.Answered, q.Last30.Answered)
	}
	if q := at(40 * time.Minute); q.Last30.Answered != 1 {
		t.Errorf("the first has left the window: %d", q.Last30.Answered)
	}
	if q := at(25 * time.Hour); q.Today.Answered != 0 || q.Last30.Answered != 0 {
		t.Errorf("the next day: %+v", q.Today)
	}
}

func TestATalkThatBreaksOffAndAHandOverAreTwoTalksOfOneCall(t *testing.T) {
	m := newMorning()
	call := m.arrive(0)
	v := china().Answered(4 * time.Second)
	m.apply(EventAnswered, 4*time.Second, call, "ann", nil, &v)
	m.apply(EventReopened, 64*time.Second, call, "ann", nil, nil)
	m.apply(EventQueued, 64*time.Second, call, "", nil, nil)
	if q := m.n.Queues(m.start.Add(70 * time.Second))[0]; q.Waiting != 1 || q.Talking != 0 {
		t.Errorf("queue %+v", q)
	}
	m.apply(EventAnswered, 80*time.Second, call, "bob", nil, nil)
	m.apply(EventHandTaken, 110*time.Second, call, "boss", nil, nil)
	m.apply(EventEnded, 120*time.Second, call, "boss", nil, nil)
	q := m.n.Queues(m.start.Add(3 * time.Minute))[0]
	if q.Today.Answered != 1 || q.Today.Offered != 1 || q.Today.Lost != 0 || q.Talking != 0 || q.Waiting != 0 {
		t.Errorf("window %+v", q.Today)
	}
	talk := map[string]float64{}
	for _, a := range m.n.Agents(m.start.Add(3 * time.Minute)) {
		talk[a.Login] = a.Today.TalkSeconds
	}
	if talk["ann"] != 60 || talk["bob"] != 30 || talk["boss"] != 10 {
		t.Errorf("talk %v", talk)
	}
}

// The journal says it all again: numbers rebuilt from the events equal the live ones.
func TestNumbersAreRebuiltByReplay(t *testing.T) {
	inHouse(t, testConfig(), func(h *house) {
		h.staff("ann", "bob", "cid", "boss")
		first := h.ringIn()
		h.sleepUntil(3 * time.Second)
		h.answer("ann")
		h.wantState(first, "talking")
		second := h.ringIn()
		h.sleepUntil(9 * time.Second)
		h.abandon(second)
		h.wantState(second, "ended")
		h.handOver(first, Target{Agent: "cid"})
		h.wantRinging("cid")
		h.answer("cid")
		h.wantState(first, "talking")
		h.sleepUntil(70 * time.Second)
		h.ringIn()
		h.sleepUntil(73 * time.Second)
		h.mu.Lock()
		journal := slices.Clone(h.events)
		h.mu.Unlock()
		again := NewNumbers(testConfig())
		again.SetAgents(h.d.seats.profiles())
		for _, e := range journal {
			again.Apply(e)
		}
		live, err := json.Marshal([]any{h.d.Queues(), h.d.Agents()})
		if err != nil {
			t.Fatal(err)
		}
		rebuilt, err := json.Marshal([]any{again.Queues(time.Now()), again.Agents(time.Now())})
		if err != nil {
			t.Fatal(err)
		}
		if string(live) != string(rebuilt) {
			t.Errorf("live    %s\nrebuilt %s", live, rebuilt)
		}
		if q := h.d.Queues()[0]; q.Waiting != 1 || q.Talking != 1 || q.Today.Abandoned != 1 || q.Today.Answered != 1 {
			t.Errorf("queue %+v", q)
		}
	})
}

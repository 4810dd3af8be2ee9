package floor

import (
	"fmt"
	"math/rand/v2"
	"time"

	"hotline/queue"
	"hotline/records"
)

// staffed makes agents and puts them where they stand.
func (h *house) staffed(queues []string, n int, seed uint64) {
	h.t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	agents := []queue.Agent{
		{Login: "anna", Queues: []queue.Level{{Queue: queues[0], Level: 1}}}, {Login: "ben", Queues: []queue.Level{{Queue: queues[0], Level: 2}}},
	}
	for i := range n {
		agents = append(agents, queue.Agent{Login: fmt.Sprintf("agent%02d", i), Queues: []queue.Level{{Queue: queues[i%len(queues)], Level: 1}}})
	}
	h.board.numbers.SetAgents(agents)
	for _, a := range agents {
		state := []string{"ready", "ready", "talking", "wrapup", "paused", "ringing", "unreachable"}[rng.IntN(7)]
		h.presence(a.Login, state, time.Now().Add(-time.Duration(rng.IntN(900))*time.Second))
	}
}

func (h *house) presence(login, to string, at time.Time) {
	h.t.Helper()
	h.board.tell(h.t, queue.Event{Kind: queue.EventPresence, At: at, Agent: login, Data: map[string]string{"to": to, "reason": "meal"}})
}

// caller is one call that the test drives.
type caller struct {
	h     *house
	id, q string
	at    time.Time
	row   records.CallRow
}

func (h *house) rings(id, q, number, name string, at time.Time) *caller {
	h.t.Helper()
	c := &caller{h: h, id: id, q: q, at: at, row: records.CallRow{Call: id, Switch: "a", DID: "4000", Queue: q, Number: number, Name: name, Arrived: at, Ring1: at}}
	c.tell(queue.EventArrived, 0, "", map[string]string{"number": number, "name": name, "did": "4000", "switch": "a", "ring1": at.Format(time.RFC3339Nano)})
	c.tell(queue.EventQueued, 0, "", nil)
	return c
}

func (c *caller) tell(kind string, after time.Duration, agent string, data map[string]string) {
	c.h.t.Helper()
	c.h.board.tell(c.h.t, queue.Event{Kind: kind, At: c.at.Add(after), Call: c.id, Queue: c.q, Agent: agent, Data: data})
}

func (c *caller) offered(after time.Duration, agent string) {
	c.h.t.Helper()
	c.tell(queue.EventOffered, after, agent, map[string]string{"why": "skill 1", "ring": "1"})
}

func (c *caller) answered(after time.Duration, agent string) {
	c.h.t.Helper()
	v := china().Answered(after)
	c.h.board.tell(c.h.t, queue.Event{Kind: queue.EventAnswered, At: c.at.Add(after), Call: c.id, Queue: c.q, Agent: agent, Data: map[string]string{"winner": agent}, Verdict: &v})
	c.verdict(v, agent)
	c.tell(queue.EventConnected, after+40*time.Millisecond, agent, map[string]string{"gap_ms": "40"})
}

func (c *caller) gaveUp(after time.Duration) {
	c.h.t.Helper()
	v := china().Abandoned(after)
	c.h.board.tell(c.h.t, queue.Event{Kind: queue.EventAbandoned, At: c.at.Add(after), Call: c.id, Queue: c.q, Data: map[string]string{"ring": fmt.Sprint(v.Rings)}, Verdict: &v})
	c.verdict(v, "")
	c.ended(after, "abandoned")
}

func (c *caller) verdict(v queue.Verdict, agent string) {
	c.row.Rule, c.row.Answered, c.row.Rings, c.row.WaitedMS, c.row.Met, c.row.Short = v.Rule, v.Answered, v.Rings, v.Waited.Milliseconds(), v.Met, v.Short
	if v.Answered {
		c.row.Agent, c.row.AnsweredAt = agent, c.at.Add(v.Waited)
	}
	c.h.store.Journal().AppendVerdict(c.row)
}

func (c *caller) ended(after time.Duration, end string) {
	c.h.t.Helper()
	c.tell(queue.EventEnded, after, "", map[string]string{"end": end})
	c.row.Ended, c.row.End = c.at.Add(after), end
	c.h.store.Journal().AppendEnd(c.row)
}

// morning plays two hours of calls up to now in every queue, and leaves some waiting and some talking.
func (h *house) morning(queues []string, perQueue int, seed uint64) {
	h.t.Helper()
	rng := rand.New(rand.NewPCG(seed, 2))
	now := time.Now()
	for k, q := range queues {
		for i := range perQueue {
			at := now.Add(-time.Duration(rng.IntN(7200)) * time.Second).Truncate(time.Millisecond)
			if at.After(now.Add(-3 * time.Minute)) {
				at = at.Add(-4 * time.Minute)
			}
			c := h.rings(fmt.Sprintf("m-%d-%d", k, i), q, fmt.Sprintf("+86138%08d", rng.IntN(100_000_000)), "王芳", at)
			who := fmt.Sprintf("agent%02d", rng.IntN(20))
			c.offered(0, who)
			wait := time.Duration(rng.ExpFloat64()*5500) * time.Millisecond
			if wait > 8*time.Second && rng.IntN(2) == 0 {
				c.gaveUp(wait)
				continue
			}
			if rng.IntN(25) == 0 {
				c.gaveUp(2 * time.Second)
				continue
			}
			c.answered(wait, who)
			c.ended(wait+time.Duration(30+rng.IntN(120))*time.Second, "caller")
		}
		for i := range rng.IntN(4) {
			c := h.rings(fmt.Sprintf("w-%d-%d", k, i), q, fmt.Sprintf("+86139%08d", rng.IntN(100_000_000)), "李强", now.Add(-time.Duration(rng.IntN(22))*time.Second))
			c.offered(0, "anna")
		}
		c := h.rings(fmt.Sprintf("t-%d", k), q, "+8613700137000", "赵六", now.Add(-2*time.Minute))
		c.offered(0, "ben")
		c.answered(4*time.Second, "ben")
	}
}

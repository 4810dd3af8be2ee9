package main

import (
	"maps"
	"time"

	"hotline/agent"
	"hotline/queue"
	"hotline/records"
)

// desks tells presence and the agent's desk what the queue does with them (queue.Desks).
type desks struct {
	roster   *agent.Roster
	cards    *cards
	greeting greeting
	now      func() time.Time
}

// greeting is what the agent reads out, in both languages.
type greeting struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// pop is the screen pop: pushed before the phone rings.
type pop struct {
	Call     string        `json:"call"`
	Number   string        `json:"number"`
	Name     string        `json:"name"`
	DID      string        `json:"did"`
	Queue    string        `json:"queue"`
	Why      string        `json:"why"`      // "owner", "skill 2", … : why it came to this agent
	Ring1    time.Time     `json:"ring1"`    // the ring bar counts from here
	Ring     int           `json:"ring"`     // ring that sounds now
	CycleMS  int64         `json:"cycle_ms"` // length of one ring
	Deadline time.Time     `json:"deadline"` // end of the ring budget
	HandBy   string        `json:"hand_by,omitempty"`
	Note     string        `json:"note,omitempty"`
	Card     *records.Card `json:"card,omitempty"` // follows as "card" when the records are slower than the match
	Greeting greeting      `json:"greeting"`
}

func (d *desks) Offer(o queue.Offer) bool {
	claim := d.roster.Offered
	if o.Why == queue.AsMonitor || o.Why == queue.WhyTakeOver {
		claim = d.roster.Summoned // they asked for it themself
	}
	if !claim(o.Agent, o.Call.ID) {
		return false
	}
	p := pop{
		Call: o.Call.ID, Number: o.Call.Shown, Name: o.Call.Name, DID: o.Call.DID, Queue: o.Queue, Why: o.Why,
		Ring1: o.Call.Ring1, Ring: o.Ring, CycleMS: o.Cycle.Milliseconds(), Deadline: o.By, HandBy: o.HandBy, Note: o.Subject,
		Greeting: d.greeting,
	}
	p.Card = d.cards.get(o.Call.ID, func(card records.Card) {
		d.push(o.Agent, "card", o.Call.ID, map[string]any{"card": card})
	})
	d.push(o.Agent, "pop", o.Call.ID, p)
	return true
}

// Reaches says whether the agent's phone is at the switch (queue.Reach).
func (d *desks) Reaches(login, switchName string) bool { return d.roster.Reaches(login, switchName) }

func (d *desks) Withdraw(w queue.Withdrawal) {
	d.push(w.Agent, "withdrawn", w.Call, map[string]any{"outcome": w.Outcome, "winner": w.Winner, "ring": w.Ring})
	d.roster.Withdrawn(w.Agent, w.Call, w.Outcome, w.Pause)
}

func (d *desks) Talk(t queue.Talk) {
	if t.As == "" {
		d.roster.Talking(t.Agent, t.Call.ID, t.At)
	} else {
		d.roster.Joined(t.Agent, t.Call.ID, t.At)
	}
	d.push(t.Agent, "talk", t.Call.ID, map[string]any{
		"at": t.At, "queue": t.Queue, "rings": t.Verdict.Rings, "waited_ms": t.Verdict.Waited.Milliseconds(),
		"met": t.Verdict.Met, "adopted": t.Adopted, "as": t.As,
	})
}

func (d *desks) Over(o queue.Over) {
	d.push(o.Agent, "over", o.Call, wordOf(o))
	if o.Unheard {
		d.roster.CallUnheard(o.Agent, o.Call, o.Queue, o.At)
		return
	}
	if o.Free {
		d.roster.CallLeft(o.Agent, o.Call, o.Queue, o.At)
		return
	}
	d.roster.CallOver(o.Agent, o.Call, o.Queue, o.At)
}

// wordOf is what the desk learns of a talk that is over. A time by which the caller comes back is said only where one does.
func wordOf(o queue.Over) map[string]any {
	word := map[string]any{
		"end": o.End, "at": o.At, "talked_ms": o.Talked.Milliseconds(), "handed_to": o.HandedTo, "as": o.As, "free": o.Free,
	}
	if !o.ReturnBy.IsZero() {
		word["return_by"] = o.ReturnBy
	}
	return word
}

// Tell passes word of a call on to somebody in it, with the name of whom it is about.
func (d *desks) Tell(login, call, kind string, data map[string]any) {
	said := maps.Clone(data)
	for _, who := range []string{"by", "agent"} {
		about, ok := said[who].(string)
		if !ok {
			continue
		}
		if v, known := d.roster.View(about); known && v.Name != "" {
			said["name"], said[who+"_name"] = v.Name, v.Name
			break
		}
	}
	d.push(login, kind, call, said)
}

func (d *desks) push(login, kind, call string, data any) {
	d.roster.Push(login, agent.Push{Kind: kind, At: d.now(), Call: call, Data: data})
}

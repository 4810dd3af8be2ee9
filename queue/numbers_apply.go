package queue

import "time"

// Apply counts one event.
func (n *Numbers) Apply(e Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.first.IsZero() || e.At.Before(n.first) {
		n.first = e.At
	}
	if e.Kind == EventPresence {
		n.presence(e)
		return
	}
	if e.Kind == EventReach {
		n.agent(e.Agent).lacks = e.Data["lacks"]
		return
	}
	if e.Call == "" {
		return
	}
	c := n.calls[e.Call]
	if c == nil {
		if e.Kind != EventArrived && e.Kind != EventAdopted {
			return // ended already, or of a life that nobody told us of
		}
		c = &callTally{ring1: e.At, queue: e.Queue, on: e.Data["switch"], shown: arrivedAs(e)}
		if ring1, err := time.Parse(time.RFC3339Nano, e.Data["ring1"]); err == nil {
			c.ring1 = ring1
		}
		n.calls[e.Call] = c
	}
	c.shown.apply(e)
	switch e.Kind {
	case EventQueued:
		n.queued(c, e)
	case EventOverflow:
		if e.Data["do"] == DoQueue && c.waiting {
			n.count(c.queue, e.At, func(k *counts) { k.flowOut++ })
		}
	case EventOffered:
		if e.Data["why"] == AsMonitor {
			break // asked for it
		}
		n.countAgent(e.Agent, e.At, func(k *counts) { k.offered++ })
	case EventMissed:
		n.countAgent(e.Agent, e.At, func(k *counts) { k.missed++ })
	case EventDeclined:
		n.countAgent(e.Agent, e.At, func(k *counts) { k.declined++ })
	case EventAnswered:
		n.answered(c, e)
	case EventHandTaken:
		n.talkOver(c, e.At)
		n.talkBegins(c, e.Agent, e.At)
	case EventReopened:
		n.talkOver(c, e.At)
		c.waiting = true
	case EventAbandoned:
		n.abandoned(c, e)
	case EventMachine:
		n.decide(c, e.At, func(k *counts) { k.machine++ })
	case EventCallback:
		n.decide(c, e.At, func(k *counts) { k.machine++ }) // unless it was said by the machine, which counted then
		inTime := e.At.Sub(c.ring1) < n.plan.rules[c.queue].Budget()
		n.count(c.queue, e.At, func(k *counts) {
			k.callbacks++
			if inTime {
				k.callbackInTime++
			}
		})
	case EventAdopted:
		n.adopted(c, e)
	case EventEnded:
		n.talkOver(c, e.At)
		n.decide(c, e.At, func(k *counts) { k.lost++ })
		delete(n.calls, e.Call)
	}
}

func (n *Numbers) count(queue string, at time.Time, count func(*counts)) {
	if s := n.queues[queue]; s != nil {
		s.note(at, n.zone, count)
	}
}

func (n *Numbers) countAgent(login string, at time.Time, count func(*counts)) {
	n.agent(login).spans.note(at, n.zone, count)
}

// decide counts the one outcome of a call in its queue.
func (n *Numbers) decide(c *callTally, at time.Time, count func(*counts)) {
	c.waiting = false
	if c.decided {
		return
	}
	c.decided = true
	n.count(c.queue, at, count)
}

// queued: a call enters a queue, or comes back to one after a talk that broke off.
func (n *Numbers) queued(c *callTally, e Event) {
	c.queue, c.waiting = e.Queue, true
	if !c.decided {
		n.count(e.Queue, e.At, func(k *counts) { k.offered++ })
	}
}

func (n *Numbers) answered(c *callTally, e Event) {
	if e.Verdict != nil {
		n.decideAnswered(c, e)
	}
	n.talkBegins(c, e.Agent, e.At)
}

func (n *Numbers) decideAnswered(c *callTally, e Event) {
	n.decide(c, e.At, func(k *counts) {
		k.answered++
		k.waited += e.Verdict.Waited
		if e.Verdict.Met {
			k.met++
		}
	})
}

func (n *Numbers) abandoned(c *callTally, e Event) {
	v := e.Verdict
	if v == nil {
		return
	}
	inTime := v.Waited < n.plan.rules[c.queue].Budget()
	n.decide(c, e.At, func(k *counts) {
		k.abandoned++
		k.byRing[min(max(v.Rings, 1), ringsCounted)-1]++
		if v.Short {
			k.short++
		}
		if inTime {
			k.abandonedInTime++
		}
	})
}

// adopted: a call found on the switch. What the events before the crash said stands; what they had no time to say follows
// from the verdict.
func (n *Numbers) adopted(c *callTally, e Event) {
	if c.queue == "" {
		c.queue = e.Queue
	}
	if e.Verdict != nil {
		n.decideAnswered(c, e)
	}
	if e.Data["state"] != presenceTalking {
		c.waiting = true
		return
	}
	c.decided, c.waiting = true, false // answered while nobody counted: it is in no window
	if c.agent == "" {
		n.talkBegins(c, e.Agent, e.At)
	}
}

func (n *Numbers) talkBegins(c *callTally, agent string, at time.Time) {
	c.waiting, c.agent, c.talkSince = false, agent, at
	n.countAgent(agent, at, func(k *counts) { k.answered++ })
	n.agent(agent).lastQueue = c.queue
}

// talkOver books the talk that ends now, if there is one.
func (n *Numbers) talkOver(c *callTally, at time.Time) {
	if c.agent == "" {
		return
	}
	talked := max(at.Sub(c.talkSince), 0)
	book := func(k *counts) {
		k.talked += talked
		k.handled++
	}
	n.count(c.queue, at, book)
	n.countAgent(c.agent, at, book)
	c.agent = ""
}

// presence books the state that an agent leaves. Wrap-up counts for the queue that was talked in last, too.
func (n *Numbers) presence(e Event) {
	a := n.agent(e.Agent)
	if a.state != "" && e.At.After(a.since) {
		a.spans.spread(a.since, e.At, n.zone, a.count)
		if s := n.queues[a.lastQueue]; s != nil && a.state == presenceWrapUp {
			s.spread(a.since, e.At, n.zone, func(k *counts, part time.Duration) { k.wrapped += part })
		}
	}
	a.state, a.since, a.reason, a.call = e.Data["to"], e.At, e.Data["reason"], e.Data["call"]
}

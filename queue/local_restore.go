package queue

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// Restore implements Board.
func (b *LocalBoard) Restore(ctx context.Context, s Standing) ([]string, error) {
	r, done, err := b.step(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	keep := map[string]bool{}
	for _, k := range s.Calls {
		keep[k.Call] = true
	}
	var held []string
	for e := range r.due.of(r.node) {
		held = append(held, e.id)
	}
	for _, id := range sorted(held) {
		if !keep[id] {
			_, freed := r.leave(r.calls[id])
			r.offerAll(freed)
		}
	}
	for number, c := range s.Callers {
		r.know(number, c)
	}
	var hungry, idle, fenced []string
	for _, p := range s.Agents {
		if id := r.restoreAgent(p); id != "" {
			hungry = append(hungry, id)
		}
	}
	for _, k := range s.Calls {
		if c := r.calls[k.Call]; c != nil && c.node != r.node && c.epoch > k.Epoch {
			fenced = append(fenced, k.Call)
			continue
		}
		idle = append(idle, r.restoreCall(k)...)
	}
	for _, p := range s.Agents {
		r.settle(p.Agent)
	}
	r.matches = nil
	for _, agent := range r.keepers(s, idle) {
		if a := r.agents[agent]; a != nil && a.claim == "" {
			r.offerKept(a)
		}
	}
	for _, k := range s.Calls {
		r.refill(k.Call)
	}
	for _, id := range distinct(hungry) {
		r.refill(id)
	}
	for _, p := range s.Agents {
		r.reoffer(p.Agent)
	}
	for _, agent := range distinct(idle) {
		r.reoffer(agent)
	}
	for _, m := range r.matches {
		r.send(r.calls[m.Call], m)
	}
	return sorted(fenced), nil
}

// keepers are those for whom a call may be kept, in the order in which they take it.
func (r *round) keepers(s Standing, idle []string) (agents []string) {
	for _, p := range s.Agents {
		agents = append(agents, p.Agent)
	}
	var keepers []string
	for _, k := range s.Calls {
		if k.Keep != "" {
			keepers = append(keepers, k.Keep)
		}
	}
	return slices.Concat(agents, distinct(idle), distinct(keepers))
}

func (r *round) refill(call string) {
	if c := r.calls[call]; c != nil && c.winner == "" {
		r.fill(c, false)
	}
}

func (r *round) reoffer(agent string) {
	if a := r.agents[agent]; a != nil && a.claim == "" {
		r.offer(a, true)
	}
}

// settle frees an agent whose call does not know them: it ended, or went to another node.
func (r *round) settle(agent string) {
	a := r.agents[agent]
	if a == nil || a.claim == "" {
		return
	}
	c := r.calls[a.claim]
	if c != nil && (a.talking && c.winner == agent || !a.talking && c.ringing[agent] != "") {
		return
	}
	r.free(a, !a.talking)
}

// restoreAgent names the call that lost this agent by it.
func (r *round) restoreAgent(p Placed) (hungry string) {
	a := r.agents[p.Agent]
	keep := false
	if a != nil && a.claim != "" {
		if c := r.calls[a.claim]; !a.talking && c != nil && c.ringing[p.Agent] != "" && (c.Call != p.Call || p.Talking) {
			if keep = c.node != r.node && p.Call == ""; !keep {
				r.unclaim(c, p.Agent)
				r.index(c)
				hungry = c.Call
			}
		}
	} else if a != nil {
		r.unlist(a)
	}
	if a == nil {
		a = &worker{}
		r.agents[p.Agent] = a
	}
	r.profile(a, p.Idle)
	if keep { // another node rings them; only this node believed them idle
		a.after = afterReady
		return ""
	}
	a.claim, a.talking, a.after = p.Call, p.Talking, p.after
	if p.Call == "" {
		r.list(a)
	}
	return hungry
}

// restoreCall names the agents who came free by it.
func (r *round) restoreCall(k Known) (idle []string) {
	if c := r.calls[k.Call]; c != nil {
		idle = r.forget(c, k)
	}
	r.epoch = max(r.epoch, k.Epoch)
	c := r.renew(k)
	for _, agent := range k.Ringing {
		a := r.agents[agent]
		switch {
		case a == nil:
			r.agents[agent] = &worker{Idle: Idle{Agent: agent}, claim: k.Call, after: afterGone}
		case a.claim == "":
			r.unlist(a)
			a.claim = k.Call
		case a.claim != k.Call || a.talking:
			continue
		}
		c.ring(agent, k.rest.why[agent])
		if k.rest.why[agent] == whyManager {
			c.ringManagers++
		}
	}
	if k.Winner != "" && r.restoreWinner(k) {
		idle = append(idle, k.Winner)
	}
	r.index(c)
	return idle
}

// restoreWinner binds the winner to the call, unless they came free since; it says whether they are idle by it.
func (r *round) restoreWinner(k Known) bool {
	a := r.agents[k.Winner]
	switch {
	case a == nil:
		r.agents[k.Winner] = &worker{Idle: Idle{Agent: k.Winner}, claim: k.Call, talking: true}
	case a.claim != k.Call || a.talking:
	case a.after == afterReady:
		return r.free(a, true)
	default: // the board took them for ringing
		a.talking, a.after = true, ""
	}
	return false
}

// renew makes the call as it was known, without those who ring.
func (r *round) renew(k Known) *standing {
	c := &standing{
		Waiting: Waiting{Call: k.Call, Switch: k.Switch, Queue: k.Queue, Number: k.Number, Ring1: k.Ring1, Token: k.Token, Keep: k.Keep},
		node:    r.node, epoch: k.Epoch, caller: k.Caller, score: k.rest.score, agents: k.rest.agents, managers: k.rest.managers,
		team: k.rest.team, everyone: k.rest.everyone, winner: k.Winner, answeredAt: k.AnsweredAt,
		deadlines: map[string]time.Time{},
	}
	for _, agent := range k.Missed {
		c.miss(agent)
	}
	for _, d := range k.Deadlines {
		c.deadlines[d.Kind] = d.At
	}
	r.calls[k.Call] = c
	r.switches.put(k.Switch, k.Call, 0)
	return c
}

// forget takes away what the board held of a call that is written anew.
func (r *round) forget(c *standing, k Known) (idle []string) {
	for agent := range c.ringing {
		if a := r.agents[agent]; a != nil && a.claim == c.Call && k.rest.why[agent] == "" && agent != k.Winner && r.free(a, true) {
			idle = append(idle, agent)
		}
	}
	if a := r.agents[c.winner]; a != nil && a.claim == c.Call && c.winner != k.Winner {
		r.forgetAgent(a)
	}
	r.unindex(c)
	r.switches.drop(c.Switch, c.Call)
	delete(r.calls, c.Call)
	return idle
}

// Standing is what this node knows: its calls, the most urgent first, all agents and callers on the board.
func (b *LocalBoard) Standing() Standing {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Standing{Callers: maps.Clone(b.t.callers)}
	for _, c := range b.t.calls {
		if c.node == b.opt.Node {
			s.Calls = append(s.Calls, c.known())
		}
	}
	slices.SortFunc(s.Calls, func(a, b Known) int {
		return cmp.Or(cmp.Compare(a.rest.score, b.rest.score), cmp.Compare(a.Call, b.Call))
	})
	for _, a := range b.t.agents {
		i := a.Idle
		i.Queues = slices.Clone(i.Queues)
		s.Agents = append(s.Agents, Placed{Idle: i, Call: a.claim, Talking: a.talking, after: a.after})
	}
	slices.SortFunc(s.Agents, func(a, b Placed) int { return cmp.Compare(a.Agent, b.Agent) })
	return s
}

package queue

import (
	"maps"
	"slices"
	"time"
)

// The moves change one call or one agent and match nothing: what Board methods do before they match.

func (r *round) add(w Waiting, caller Caller, epoch int64) *standing {
	score := callScore(w.Priority+caller.Priority, w.Ring1.Add(w.Budget))
	w.Ring1 = moment(w.Ring1)
	c := &standing{
		Waiting: w, node: r.node, epoch: epoch, caller: caller, score: score,
		deadlines: map[string]time.Time{},
	}
	for _, d := range w.Deadlines {
		c.deadlines[d.Kind] = moment(d.At)
	}
	c.Waiting.Deadlines, c.Waiting.Ringing = nil, nil // kept in the maps
	r.calls[w.Call] = c
	r.switches.put(w.Switch, w.Call, 0)
	r.index(c)
	return c
}

// begin does the call's first step, unless it is kept for one agent.
func (r *round) begin(c *standing) {
	if c.Keep == "" {
		r.apply(c, c.First)
	}
}

func (r *round) place(c *standing) int { return max(r.line.place(c.Queue, c.Call), 0) }

// adopt claims agents whose phones ring already. One whom the board does not know has no profile to come back to.
func (r *round) adopt(c *standing, agents []string) {
	for _, agent := range agents {
		a := r.agents[agent]
		if a == nil {
			a = &worker{Idle: Idle{Agent: agent}}
			r.agents[agent] = a
		} else if a.claim != "" {
			continue
		}
		gone := len(a.Queues) == 0
		r.claim(c, a, whyAdopted)
		if gone {
			a.after = afterGone
		}
	}
}

func (r *round) ready(i Idle) *worker {
	for _, l := range i.Queues {
		switch {
		case l.Manager || l.Strategy == "": // says nothing of the queue's strategy
		case l.Strategy == StrategyRingAll:
			r.ringAll[l.Queue] = true
		default:
			delete(r.ringAll, l.Queue)
		}
	}
	a := r.agents[i.Agent]
	if a == nil {
		a = &worker{}
		r.agents[i.Agent] = a
	}
	r.unlist(a)
	r.profile(a, i)
	if a.claim != "" && !a.talking {
		a.after = afterReady
		return a
	}
	a.claim, a.talking, a.after = "", false, ""
	r.list(a)
	return a
}

func (r *round) unready(agent string) string {
	a := r.agents[agent]
	if a == nil {
		return ""
	}
	if a.claim != "" && !a.talking {
		a.after = afterGone
		return a.claim
	}
	r.unlist(a)
	r.forgetAgent(a)
	return ""
}

func (r *round) win(c *standing, agent string, at time.Time) (losers []string, freed []*worker) {
	a := r.agents[agent]
	if a == nil {
		a = &worker{Idle: Idle{Agent: agent}}
		r.agents[agent] = a
	}
	r.unlist(a)
	a.claim, a.talking, a.after = c.Call, true, ""
	c.winner, c.answeredAt = agent, moment(at)
	r.open(c)
	losers, freed = r.freeRinging(c, agent)
	r.index(c)
	return losers, freed
}

func (r *round) reopen(c *standing) {
	if a := r.agents[c.winner]; a != nil && a.claim == c.Call {
		r.forgetAgent(a)
	}
	c.miss(c.winner)
	c.winner, c.answeredAt = "", time.Time{}
	r.index(c)
}

// miss gives the agent when they are idle again.
func (r *round) miss(c *standing, agent string, requeue bool) *worker {
	r.unclaim(c, agent)
	c.miss(agent)
	r.index(c)
	if a := r.agents[agent]; a != nil && r.free(a, requeue) {
		return a
	}
	return nil
}

func (r *round) move(c *standing, queue string) {
	r.unindex(c)
	c.Queue = queue
	r.index(c)
}

func (r *round) leave(c *standing) (names []string, freed []*worker) {
	names, freed = r.freeRinging(c, "")
	if a := r.agents[c.winner]; a != nil && a.claim == c.Call {
		r.forgetAgent(a)
	}
	r.unindex(c)
	r.switches.drop(c.Switch, c.Call)
	delete(r.calls, c.Call)
	return names, freed
}

func (c *standing) known() Known {
	k := Known{
		Call: c.Call, Switch: c.Switch, Queue: c.Queue, Number: c.Number, Node: c.node, Ring1: c.Ring1, Epoch: c.epoch,
		Winner: c.winner, AnsweredAt: c.answeredAt, Caller: c.caller, Token: c.Token, Keep: c.Keep,
		Ringing: slices.Sorted(maps.Keys(c.ringing)), Missed: slices.Sorted(maps.Keys(c.missed)),
		rest: rest{score: c.score, agents: c.agents, managers: c.managers, team: c.team, everyone: c.everyone},
	}
	if len(c.ringing) > 0 {
		k.rest.why = maps.Clone(c.ringing)
	}
	for kind, at := range c.deadlines {
		k.Deadlines = append(k.Deadlines, Deadline{Call: c.Call, Epoch: c.epoch, Kind: kind, At: at})
	}
	slices.SortFunc(k.Deadlines, compareDeadlines)
	return k
}

// matches are the claims that the call has now.
func (c *standing) matches() (present []Match) {
	for _, agent := range slices.Sorted(maps.Keys(c.ringing)) {
		present = append(present, Match{Call: c.Call, Agent: agent, Epoch: c.epoch, Why: c.ringing[agent]})
	}
	return present
}

func (c *standing) enqueued(place int, matches []Match) Enqueued {
	return Enqueued{Epoch: c.epoch, Caller: c.caller, Place: place, Matches: matches}
}

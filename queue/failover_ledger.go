package queue

// The ledger of a Failover: how the table follows decisions that another board made. Answers of steps that ran beside each
// other may arrive in another order than they were made, so every lesson is taken only as far as it fits, and a claim
// that comes later wins over one that the table still holds.

// teach lets f change the table as this node.
func (b *LocalBoard) teach(f func(*round)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&round{table: b.t, node: b.opt.Node})
}

func (r *round) learnEnqueued(w Waiting, e Enqueued) {
	if r.calls[w.Call] == nil {
		c := r.add(w, e.Caller, e.Epoch)
		r.epoch = max(r.epoch, e.Epoch)
		r.begin(c)
		r.index(c)
	}
	r.learnMatches(e.Matches)
}

// learnMatches claims as the other board did.
func (r *round) learnMatches(matches []Match) {
	for _, m := range matches {
		c := r.calls[m.Call]
		if c == nil || c.winner != "" || c.ringing[m.Agent] != "" {
			continue
		}
		r.release(m.Agent, m.Call)
		a := r.known(m.Agent)
		r.claim(c, a, m.Why)
		if len(a.Queues) == 0 {
			a.after = afterGone
		}
	}
}

// known gives an agent, if need be one whom only other nodes know and who has no profile to come back to.
func (r *round) known(agent string) *worker {
	a := r.agents[agent]
	if a == nil {
		a = &worker{Idle: Idle{Agent: agent}}
		r.agents[agent] = a
	}
	return a
}

// release ends what the table believes an agent does for another call than the one named.
func (r *round) release(agent, call string) {
	a := r.agents[agent]
	if a == nil || a.claim == "" || a.claim == call {
		return
	}
	if c := r.calls[a.claim]; c != nil && c.ringing[agent] != "" {
		r.unclaim(c, agent)
		r.index(c)
	}
	a.claim, a.talking, a.after = "", false, ""
}

// learnKnown takes a call that this node adopted; of one that it had already, only the epoch is new.
func (r *round) learnKnown(k Known) {
	r.epoch = max(r.epoch, k.Epoch)
	if c := r.calls[k.Call]; c != nil {
		c.epoch = k.Epoch
		return
	}
	for _, agent := range append([]string{k.Winner}, k.Ringing...) {
		if agent != "" {
			r.release(agent, k.Call)
		}
	}
	r.restoreCall(k)
}

// loseCall forgets a call that another node took over.
func (r *round) loseCall(call string) {
	if c := r.calls[call]; c != nil {
		r.leave(c)
	}
}

func (r *round) learnStanding(s Standing, fenced []string) {
	for _, p := range s.Agents {
		r.restoreAgent(p)
	}
	for _, k := range s.Calls {
		r.restoreCall(k)
	}
	for _, call := range fenced {
		r.loseCall(call)
	}
}

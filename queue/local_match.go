package queue

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// round is one step of one node on the table: it collects the matches that this node must act on.
type round struct {
	*table
	node    string
	matches []Match
}

// claim makes call and agent belong to each other. A match for a call of another node goes to that node's mailbox.
func (r *round) claim(c *standing, a *worker, why string) {
	r.unlist(a)
	a.claim, a.Last, a.after = c.Call, r.now(), ""
	c.ring(a.Agent, why)
	if why == whyManager {
		c.ringManagers++
	}
	r.index(c)
	m := Match{Call: c.Call, Agent: a.Agent, Epoch: c.epoch, Why: why}
	if c.node == r.node {
		r.matches = append(r.matches, m)
		return
	}
	r.send(c, m)
}

// send puts a match into the mailbox of the call's node.
func (r *round) send(c *standing, m Match) {
	if c.mailed == nil {
		c.mailed = map[string]bool{}
	}
	c.mailed[m.Agent] = true
	r.mail[c.node] = append(r.mail[c.node], m)
	r.ring(c.node)
}

// unclaim takes the agent from those who ring for the call.
func (r *round) unclaim(c *standing, agent string) {
	if c.ringing[agent] == whyManager {
		c.ringManagers--
	}
	delete(c.ringing, agent)
	delete(c.mailed, agent)
}

// reaches says that the agent's phone can ring at the call's switch.
func (a *worker) reaches(c *standing) bool { return !slices.Contains(a.Lacks, c.Switch) }

// fill gives a waiting call the phones that it wants, as far as there are idle ones. Agents whose phones cannot ring for it are
// passed over; those who missed the call too, unless again is set and nobody else rings.
func (r *round) fill(c *standing, again bool) {
	if a := r.agents[c.Keep]; a != nil && a.claim == "" && len(c.ringing) == 0 && a.reaches(c) {
		r.claim(c, a, whyReturn)
	}
	at := 0
	for len(c.ringing)-c.ringManagers < c.agents {
		a, why := r.pick(c, false, &at)
		if a == nil && again && len(c.ringing) == 0 {
			a, why = r.pick(c, true, new(int))
		}
		if a == nil {
			break
		}
		r.claim(c, a, why)
	}
	at = 0
	for c.ringManagers < c.managers {
		a := r.first(r.managers[c.Queue], c, false, &at)
		if a == nil && again && len(c.ringing) == 0 {
			a = r.first(r.managers[c.Queue], c, true, new(int))
		}
		if a == nil {
			break
		}
		r.claim(c, a, whyManager)
	}
}

// pick chooses the next agent for a call: owner, team, best of the queue from place at on (see first).
func (r *round) pick(c *standing, again bool, at *int) (*worker, string) {
	for _, owner := range c.caller.Owners {
		if a := r.agents[owner]; a != nil && a.claim == "" && (again || !c.missed[owner]) && a.reaches(c) {
			return a, whyOwner
		}
	}
	if c.team != "" {
		if a := r.firstOfTeam(c, again); a != nil {
			return a, whyTeam
		}
	}
	a := r.first(r.idle[c.Queue], c, again, at)
	if a == nil {
		return nil, ""
	}
	return a, r.why(c, a)
}

// first is the first of a list who may ring for the call. Its search begins at place *at and leaves there where it ended: who stands
// before has been passed over for this call, so many who cannot be reached are looked at once and not for each phone that rings.
func (r *round) first(list *ranking, c *standing, again bool, at *int) *worker {
	if list == nil {
		return nil
	}
	for ; *at < list.order.Len(); *at++ {
		e, _ := list.order.GetAt(*at)
		if a := r.agents[e.id]; (again || !c.missed[e.id]) && a.reaches(c) {
			return a
		}
	}
	return nil
}

// firstOfTeam is the best idle agent of the call's team in its queue.
func (r *round) firstOfTeam(c *standing, again bool) *worker {
	var best rank
	for agent := range r.teams[c.team] {
		score, idle := r.idle.score(c.Queue, agent)
		if e := (rank{score, agent}); idle && (again || !c.missed[agent]) && r.agents[agent].reaches(c) && (best.id == "" || e.compare(best) < 0) {
			best = e
		}
	}
	return r.agents[best.id]
}

func (r *round) why(c *standing, a *worker) string {
	if c.team != "" && c.team == a.Team {
		return whyTeam
	}
	if c.everyone || c.agents >= everybody {
		return whyEveryone
	}
	for _, l := range a.Queues {
		if l.Queue == c.Queue && !l.Manager {
			return fmt.Sprintf("skill %d", clampLevel(l.Level))
		}
	}
	return whyOwner
}

// offer finds a call for an idle agent: the agent's own callers, then the most urgent of all queues they serve, at the switches
// where their phone can ring. With
// again, when nothing else wants the agent, a call that they missed and that rings nobody now.
func (r *round) offer(a *worker, again bool) {
	if r.offerKept(a) {
		return
	}
	if c := r.owned(a, false); c != nil {
		r.claim(c, a, whyOwner)
		return
	}
	if c, why := r.urgent(a, false); c != nil {
		r.claim(c, a, why)
		return
	}
	if !again {
		return
	}
	if c := r.owned(a, true); c != nil {
		r.claim(c, a, whyOwner)
	} else if c, why := r.urgent(a, true); c != nil {
		r.claim(c, a, why)
	}
}

// offerKept gives an idle agent the call that is kept for them, before any other.
func (r *round) offerKept(a *worker) bool {
	for e := range r.kept.of(a.Agent) {
		if c := r.calls[e.id]; len(c.ringing) == 0 && a.reaches(c) {
			r.claim(c, a, whyReturn)
			return true
		}
	}
	return false
}

func (r *round) owned(a *worker, again bool) *standing {
	for e := range r.own.of(a.Agent) {
		if c := r.calls[e.id]; (!c.missed[a.Agent] || again && len(c.ringing) == 0) && a.reaches(c) {
			return c
		}
	}
	return nil
}

func (r *round) urgent(a *worker, again bool) (*standing, string) {
	var best rank
	var manager bool
	for _, l := range a.Queues {
		list := r.want.of(l.Queue)
		if l.Manager {
			list = r.wantManagers.of(l.Queue)
		}
		for e := range list {
			if again && e.score >= served {
				break
			}
			if c := r.calls[e.id]; !again && c.missed[a.Agent] || !a.reaches(c) {
				continue
			}
			if best.id == "" || e.compare(best) < 0 {
				best, manager = e, l.Manager
			}
			break
		}
	}
	c := r.calls[best.id]
	if c == nil {
		return nil, ""
	}
	if manager {
		return c, whyManager
	}
	return c, r.why(c, a)
}

// offerAll finds calls for agents who came free together: who was idle longest chooses first.
func (r *round) offerAll(freed []*worker) {
	slices.SortFunc(freed, func(a, b *worker) int {
		return cmp.Or(cmp.Compare(millis(a.Since), millis(b.Since)), cmp.Compare(a.Agent, b.Agent))
	})
	for _, a := range freed {
		r.offer(a, false)
	}
}

// freeRinging sends everybody who rings for the call, except one, back to the idle lists; it names all and gives the idle.
func (r *round) freeRinging(c *standing, except string) (names []string, freed []*worker) {
	for _, agent := range slices.Sorted(maps.Keys(c.ringing)) {
		r.unclaim(c, agent)
		if agent == except {
			continue
		}
		names = append(names, agent)
		if a := r.agents[agent]; r.free(a, true) {
			freed = append(freed, a)
		}
	}
	return names, freed
}

// ring wakes a node that has mail.
func (t *table) ring(node string) {
	select {
	case t.bell(node) <- struct{}{}:
	default:
	}
}

func (t *table) bell(node string) chan struct{} {
	if t.wake[node] == nil {
		t.wake[node] = make(chan struct{}, 1)
	}
	return t.wake[node]
}

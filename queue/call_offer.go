package queue

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"time"
)

// brake keeps a call from ringing the same agent again too soon after it failed: a switch that refuses at once, or an
// agent who declines and is ready again, must not become a busy loop.
type brake struct {
	times int
	until time.Time
}

const (
	brakeDeclined = 2 * time.Second        // after an agent's own no
	brakeFault    = 250 * time.Millisecond // after a fault, doubled each time
	brakeLongest  = 5 * time.Second
	overdueGrace  = 2 * time.Second // the switch itself stops a phone; this much later we do
	rouseLongest  = 30 * time.Second
	goneGrace     = 500 * time.Millisecond // "call or leg gone" is followed by an event that says which
)

func (leg *callLeg) stop() {
	if leg.overdue != nil {
		leg.overdue.Stop()
	}
}

// offer rings the agents that the board has claimed for this call: the desk first, then the phone.
func (c *liveCall) offer(in callInput) {
	for _, m := range in.matches {
		c.offerOne(m)
	}
	runtime.Gosched() // the phones are asked first; what follows here can wait
}

func (c *liveCall) offerOne(m Match) {
	if m.Epoch < c.epoch || c.offered(m.Agent) != nil {
		return
	}
	if c.reopened && !c.claimed(m.Agent) {
		return // a letter from before the answer that came to nothing
	}
	if wait := c.brakes[m.Agent].until.Sub(c.now()); wait > 0 {
		c.after(wait, callInput{kind: inMatched, matches: []Match{m}})
		return
	}
	leg := c.newLeg(m.Agent, m.Why)
	if !c.d.seats.take(m.Agent, leg.id, &m) {
		return // comes back when the phone is free
	}
	ring := c.ringNow()
	taken := c.reaches(m.Agent) && c.d.desks.Offer(Offer{
		Call: c.Call, Queue: c.queue, Agent: m.Agent, Leg: leg.id, Why: m.Why, Ring: ring,
		By: c.Ring1.Add(c.rule.Budget()), Cycle: c.rule.Cycle(), Caller: c.caller,
	})
	if !taken {
		c.d.freeLine(leg.id)
		c.write(EventUnreached, c.now(), m.Agent, map[string]string{"outcome": "not-ready"})
		c.matched(c.missOnBoard(c.ID, m.Agent, false))
		return
	}
	c.legs[leg.id] = leg
	leg.offered, leg.claimed = true, true
	c.ring(leg, inRingFailed)
	c.d.seats.rung(m.Agent, c.now())
	c.write(EventOffered, c.now(), m.Agent, map[string]string{"why": m.Why, "ring": strconv.Itoa(ring), "leg": leg.id})
}

// reaches says that an agent's phone can ring at the call's switch.
func (c *liveCall) reaches(agent string) bool {
	return c.d.reach == nil || c.d.reach.Reaches(agent, c.Switch)
}

func (c *liveCall) newLeg(agent, why string) *callLeg {
	c.legCount++
	return &callLeg{id: legID(c.ID, agent, c.legCount), agent: agent, why: why}
}

// offered gives the leg by which an agent is being rung.
func (c *liveCall) offered(agent string) *callLeg {
	for _, leg := range c.legs {
		if leg.agent == agent && leg.offered {
			return leg
		}
	}
	return nil
}

// claimed asks the board whether the agent is still this call's.
func (c *liveCall) claimed(agent string) bool {
	var known Known
	err := c.onBoardStep(func(ctx context.Context) (err error) {
		known, err = c.d.board.Lookup(ctx, c.ID)
		return err
	})
	if err != nil {
		c.trouble("lookup", err)
		return true // better one offer too many: the desk's gate decides
	}
	for _, a := range known.Ringing {
		if a == agent {
			return true
		}
	}
	return false
}

// ring asks the switch for the agent's phone; failure comes back as the given input.
func (c *liveCall) ring(leg *callLeg, failed inputKind) {
	timeout := c.d.plan.queues[c.queue].RingNoAnswer
	request := RingRequest{
		Call: c.ID, Leg: leg.id, Agent: leg.agent, CallerID: c.Shown, CallerName: c.Name, Timeout: timeout,
	}
	asked := make(chan struct{})
	leg.asked = asked
	c.aside(func(ctx context.Context) (callInput, bool) {
		defer close(asked)
		err := c.d.phones.Ring(ctx, request)
		return callInput{kind: failed, leg: request.Leg, agent: request.Agent, why: outcomeFault, err: err}, err != nil
	})
	overdue := inOfferOverdue
	switch failed {
	case inHandEnded:
		overdue = inHandOverdue
	case inGuestEnded:
		overdue = inGuestOverdue
	}
	leg.overdue = c.after(timeout+overdueGrace, callInput{kind: overdue, leg: leg.id, why: legNoAnswer})
}

// noteRinging writes that the phone itself said that it rings.
func (c *liveCall) noteRinging(in callInput) {
	if leg := c.legs[in.leg]; leg != nil {
		c.write(EventRinging, in.at, leg.agent, map[string]string{"leg": leg.id})
	}
}

// ringFailed ends an offer whose phone could not be rung. A call or leg that is gone is followed by the event that says
// so; until then nobody else is rung for a caller who may have left.
func (c *liveCall) ringFailed(in callInput) {
	leg := c.legs[in.leg]
	if leg == nil || !leg.offered || leg == c.winner {
		return
	}
	if errors.Is(in.err, ErrUnknown) {
		c.after(goneGrace, callInput{kind: inRingFailed, leg: in.leg})
		return
	}
	c.log.Warn("a phone could not be rung", "agent", leg.agent, "leg", leg.id, "error", in.err)
	c.endOffer(leg, outcomeFault, in.at)
	c.letLegGo(leg, legCancelled)
}

// missed ends an offer whose phone stopped.
func (c *liveCall) missed(in callInput) {
	if leg := c.legs[in.leg]; leg != nil && leg.offered {
		c.endOffer(leg, outcomeOf(in.why), in.at)
	}
}

// overdue ends an offer that the switch should have ended by itself.
func (c *liveCall) overdue(in callInput) {
	if leg := c.legs[in.leg]; leg != nil && leg.offered && leg != c.winner {
		c.endOffer(leg, outcomeMissed, in.at)
		c.letLegGo(leg, legNoAnswer)
	}
}

// decline ends an offer that the agent refused at the desk.
func (c *liveCall) decline(in callInput) {
	leg := c.offered(in.agent)
	if leg == nil {
		c.reply(in.order, errNotOffered(c.ID, in.agent))
		return
	}
	leg.sayNo(in.order)
	c.endOffer(leg, outcomeDeclined, in.at)
	c.letLegGo(leg, legDeclined)
	c.reply(in.order, nil)
}

// sayNo keeps why an agent declined, for the journal.
func (leg *callLeg) sayNo(o *order) {
	if o != nil {
		leg.reason, leg.note = o.reason, o.note
	}
}

// outcomeOf says in the desk's words why a ringing leg ended.
func outcomeOf(legEnd string) string {
	switch legEnd {
	case legNoAnswer:
		return outcomeMissed
	case legDeclined, legHungUp:
		return outcomeDeclined
	case legBusy:
		return outcomeBusy
	case legUnreachable:
		return outcomeUnreachable
	case legCancelled, legCallerGone:
		return outcomeAbandoned // the switch stopped it with the caller; the call's own end follows
	}
	return outcomeFault
}

// endOffer ends one agent's claim without an answer: the board first, so that presence finds it settled when it says that
// the agent is ready again.
func (c *liveCall) endOffer(leg *callLeg, outcome string, at time.Time) {
	own := c.missOnBoard(c.ID, leg.agent, outcome == outcomeAbandoned)
	c.withdraw(leg, outcome, "", at)
	c.returnMissed(leg, outcome, at)
	c.matched(own)
	c.rouseLater()
}

// rouseLater makes sure of a caller for whom everybody has been tried: after a ring's time somebody is tried again, then
// after longer and longer.
func (c *liveCall) rouseLater() {
	if c.now().Before(c.rouseDue) || c.ringsSomewhere() {
		return
	}
	c.rouseWait = min(max(2*c.rouseWait, c.rule.Cycle()), rouseLongest)
	c.rouseDue = c.now().Add(c.rouseWait)
	c.after(c.rouseWait, callInput{kind: inRouse})
}

func (c *liveCall) ringsSomewhere() bool {
	for _, leg := range c.legs {
		if leg.offered {
			return true
		}
	}
	return false
}

// rouse asks the board for one more agent, those who missed the call included, if no phone rings for it.
func (c *liveCall) rouse(callInput) {
	if c.ringsSomewhere() {
		c.rouseWait = 0
		return
	}
	if c.keep != "" {
		c.rouseLater() // their own readiness brings them
		return
	}
	c.widenBy(Step{Ring: c.ringNow(), More: 1, Who: StepBest}, callInput{kind: inStepDue, n: rouseStep})
	c.rouseLater()
}

// withdraw tells desk and journal the end of an offer, once.
func (c *liveCall) withdraw(leg *callLeg, outcome, winner string, at time.Time) {
	if !leg.offered {
		return
	}
	leg.offered = false
	leg.stop()
	ring := c.rule.Ring(at.Sub(c.Ring1))
	w := Withdrawal{Call: c.ID, Agent: leg.agent, Outcome: outcome, Winner: winner, Ring: ring}
	data := map[string]string{"ring": strconv.Itoa(ring), "leg": leg.id}
	kind := EventUnreached
	switch outcome {
	case outcomeLost:
		kind, data["winner"] = EventLost, winner
	case outcomeMissed:
		kind = EventMissed
		if leg.why != whyReturn { // whose phone died is not to be paused for it
			w.Pause = c.d.seats.missedOne(leg.agent, c.d.plan.queues[c.queue].MissedPause)
		}
		c.brake(leg.agent, brakeDeclined)
	case outcomeDeclined:
		kind = EventDeclined
		for key, said := range map[string]string{"reason": leg.reason, "note": leg.note} {
			if said != "" {
				data[key] = said
			}
		}
		c.brake(leg.agent, brakeDeclined)
	case outcomeAbandoned, outcomeReturned:
		data["outcome"] = outcome
	default:
		data["outcome"] = outcome
		c.brake(leg.agent, min(brakeFault<<min(c.brakes[leg.agent].times, 8), brakeLongest))
	}
	if outcome != outcomeAbandoned {
		c.write(kind, at, leg.agent, data)
	}
	if !leg.claimed && (outcome == outcomeLost || outcome == outcomeAbandoned) {
		// Presence takes it that the board has the agent back. It has not: an adopted phone, a hand-over, a winner. Said
		// before presence hears of it, so that its own later word wins.
		c.d.readyAgain(leg.agent, c.now())
	}
	c.d.desks.Withdraw(w)
}

func (c *liveCall) brake(agent string, wait time.Duration) {
	if c.brakes == nil {
		c.brakes = map[string]brake{}
	}
	c.brakes[agent] = brake{times: c.brakes[agent].times + 1, until: c.now().Add(wait)}
}

// missOnBoard ends a claim on the board; a board that fails is asked again beside the call.
func (c *liveCall) missOnBoard(call, agent string, requeue bool) (matches []Match) {
	if !c.onBoard && call == c.ID {
		return nil
	}
	miss := func(ctx context.Context) (err error) {
		matches, err = c.d.board.Miss(ctx, call, agent, requeue)
		return err
	}
	if err := c.onBoardStep(miss); err != nil && !settled(err) {
		c.trouble("miss", err)
		c.d.insist("miss", func(ctx context.Context) ([]Match, error) { return c.d.board.Miss(ctx, call, agent, requeue) })
	}
	return matches
}

// letLegGo gives a leg up: the switch ends it, then the agent's phone is free for the next call. A request to ring that
// is still on its way is waited for: a release that overtakes it would find nothing to release.
func (c *liveCall) letLegGo(leg *callLeg, why string) {
	leg.stop()
	leg.gone = true
	delete(c.legs, leg.id)
	if leg.ended {
		c.d.freeLine(leg.id)
		return
	}
	id, asked := leg.id, leg.asked
	c.aside(func(ctx context.Context) (callInput, bool) {
		if asked != nil {
			select {
			case <-asked:
			case <-ctx.Done():
			}
		}
		c.d.release(ctx, c.ID, id, why)
		c.d.freeLine(id)
		return callInput{}, false
	})
}

// releaseLate ends a leg that answered when there was nothing to answer any more.
func (c *liveCall) releaseLate(in callInput) {
	c.aside(func(ctx context.Context) (callInput, bool) {
		c.d.release(ctx, c.ID, in.leg, legCancelled)
		return callInput{}, false
	})
}

// dropEnded forgets a leg that the switch has ended, once nobody is owed a word about it.
func (c *liveCall) dropEnded(raw callInput) {
	leg := c.legs[raw.leg]
	if raw.kind != rawLegEnded || leg == nil || leg.offered || leg == c.winner {
		return
	}
	leg.stop()
	delete(c.legs, leg.id)
	c.d.freeLine(leg.id)
}

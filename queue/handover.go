package queue

import (
	"context"
	"fmt"
	"time"
)

// handMark separates a call's id from the number of its hand-over in the id under which a hand-over to a queue or to the
// managers stands on the board: the board then finds the receiver as it finds anybody's agent.
const handMark = "~ho"

// Target says to whom a call is handed over: exactly one of an agent, a queue, or the service managers.
type Target struct {
	Agent   string
	Queue   string
	Manager bool
}

// String names the target for the journal: an agent's login, "queue:<name>" or "manager".
func (t Target) String() string {
	switch {
	case t.Agent != "":
		return t.Agent
	case t.Queue != "":
		return "queue:" + t.Queue
	}
	return "manager"
}

// handOver is a hand-over that nobody has accepted yet (I2): talker and owner stay until somebody does.
type handOver struct {
	from, note string
	to         Target
	shadow     string // id on the board; "" when handed to one agent
	leg        *callLeg
	due        *time.Timer
	outcome    string // of the last receiver, for the journal
	inside     bool   // the receiver is in the call already, as a guest
	accept     *order // of the receiver at their desk
	forced     bool   // a service manager takes the call over (note is the reason)
}

// offerHand begins a hand-over.
func (c *liveCall) offerHand(in callInput) {
	o := in.order
	err := c.checkHand(o)
	if err == nil {
		c.hand = &handOver{from: o.by, to: o.to, note: o.note, outcome: outcomeReturned}
		if o.to.Agent != "" {
			err = c.handToAgent(o.to.Agent)
		} else {
			err = c.handToQueue()
		}
	}
	if err != nil {
		c.hand = nil
		c.reply(o, err)
		c.raise(callInput{kind: inHandRefused, at: in.at})
		return
	}
	c.write(EventHandOver, in.at, o.by, map[string]string{"to": o.to.String(), "note": o.note})
	c.hand.due = c.after(c.d.plan.queues[c.queue].HandOverTime, callInput{kind: inHandDue, n: c.handCount})
	c.reply(o, nil)
}

func (c *liveCall) checkHand(o *order) error {
	if c.winner == nil || c.winner.agent != o.by {
		return errNotYours(c.ID, o.by)
	}
	if o.to.Agent == o.by {
		return errBusy(o.to.Agent)
	}
	if o.to.Agent != "" {
		if known := c.d.seats.knows(o.to.Agent); !known {
			return errUnknownAgent(o.to.Agent)
		}
		if c.d.seats.keptFor(o.to.Agent) != "" {
			return errBusy(o.to.Agent) // a caller waits for them
		}
	}
	if _, known := c.d.plan.queues[o.to.Queue]; o.to.Queue != "" && !known {
		return errUnknownQueue(o.to.Queue)
	}
	c.handCount++
	return nil
}

// handToAgent rings one agent. Presence is the gate; then the board must not give them another call meanwhile.
func (c *liveCall) handToAgent(agent string) error {
	if c.expert != nil && c.expert.leg.agent == agent {
		return c.handToExpert()
	}
	if !c.reaches(agent) {
		return errUnreached(agent, c.Switch)
	}
	leg := c.newLeg(agent, "handover")
	if !c.d.seats.take(agent, leg.id, nil) {
		return errBusy(agent)
	}
	if !c.d.desks.Offer(c.handOffer(leg)) {
		c.d.freeLine(leg.id)
		return errBusy(agent)
	}
	leg.offered = true
	if err := c.holdBack(leg); err != nil {
		return err
	}
	c.ringReceiver(leg)
	return nil
}

// handToQueue lets the board find the receiver, before the callers who wait: somebody holds this one for them.
func (c *liveCall) handToQueue() error {
	queue, step := c.hand.to.Queue, Step{Ring: 1, More: 1, Who: StepBest}
	if c.hand.to.Manager {
		queue, step = c.queue, Step{Ring: 1, More: 1, Who: StepManager}
	}
	shadow := fmt.Sprintf("%s%s%d", c.ID, handMark, c.handCount)
	var result Enqueued
	err := c.onBoardStep(func(ctx context.Context) (err error) {
		result, err = c.d.board.Enqueue(ctx, Waiting{
			Call: shadow, Switch: c.Switch, Queue: queue, Ring1: c.now(), Budget: c.rule.Budget(), Priority: 99, First: step,
		})
		return err
	})
	if err != nil {
		c.trouble("enqueue hand-over", err)
		return errBoard(err)
	}
	c.hand.shadow = shadow
	c.matchedHand(result.Matches)
	return nil
}

// matchedHand takes matches of a step for the hand-over: its own as the next input, others where they belong.
func (c *liveCall) matchedHand(matches []Match) {
	for _, m := range matches {
		if m.Call == c.hand.shadow {
			c.raise(callInput{kind: inHandMatched, at: c.now(), matches: []Match{m}})
		} else {
			c.d.route([]Match{m})
		}
	}
}

func (c *liveCall) handOffer(leg *callLeg) Offer {
	return Offer{
		Call: c.Call, Queue: c.queue, Agent: leg.agent, Leg: leg.id, Why: leg.why, Ring: 1,
		By: c.now().Add(c.d.plan.queues[c.queue].HandOverTime), Cycle: c.rule.Cycle(), Caller: c.caller, HandBy: c.hand.from, Subject: c.hand.note,
	}
}

// ringHand rings the receiver whom the board found.
func (c *liveCall) ringHand(in callInput) {
	for _, m := range in.matches {
		if m.Call != c.hand.shadow || c.hand.leg != nil {
			continue
		}
		if wait := c.brakes[m.Agent].until.Sub(c.now()); wait > 0 {
			c.after(wait, callInput{kind: inHandMatched, matches: []Match{m}})
			continue
		}
		leg := c.newLeg(m.Agent, m.Why)
		if !c.d.seats.take(m.Agent, leg.id, &m) {
			continue
		}
		if !c.reaches(m.Agent) || !c.d.desks.Offer(c.handOffer(leg)) {
			c.d.freeLine(leg.id)
			c.matchedHand(c.missOnBoard(c.hand.shadow, m.Agent, false))
			continue
		}
		leg.offered, leg.claimed = true, true
		c.ringReceiver(leg)
	}
}

func (c *liveCall) ringReceiver(leg *callLeg) {
	c.hand.leg, c.legs[leg.id] = leg, leg
	c.ring(leg, inHandEnded)
	c.write(EventOffered, c.now(), leg.agent, map[string]string{"why": "handover", "by": c.hand.from, "leg": leg.id})
}

// handMissed ends one receiver's offer. Of a queue the next one is rung; a single agent's no ends the hand-over.
func (c *liveCall) handMissed(in callInput) {
	leg := c.hand.leg
	if leg == nil || leg.id != in.leg {
		return
	}
	outcome, end := outcomeOf(in.why), legCancelled
	if in.kind == inHandDeclined {
		outcome, end = outcomeDeclined, legDeclined
	}
	c.hand.outcome = outcome
	leg.sayNo(in.order)
	if c.hand.inside && outcome == outcomeDeclined {
		c.write(EventDeclined, in.at, leg.agent, map[string]string{"leg": leg.id, "reason": leg.reason, "note": leg.note})
	}
	c.endReceiver(outcome, end, in.at)
	c.reply(in.order, nil)
	if c.hand.shadow == "" {
		c.concludeHand(in)
	}
}

// endReceiver ends the offer of the receiver who rings now: the board first, see endOffer.
func (c *liveCall) endReceiver(outcome, end string, at time.Time) {
	leg := c.hand.leg
	if leg == nil {
		return
	}
	c.hand.leg = nil
	if c.hand.inside { // a guest goes on as one
		c.d.desks.Tell(leg.agent, c.ID, "handover", map[string]any{"by": c.hand.from, "outcome": outcome})
		return
	}
	var matches []Match
	if c.hand.shadow != "" {
		matches = c.missOnBoard(c.hand.shadow, leg.agent, outcome == outcomeAbandoned)
	}
	c.withdraw(leg, outcome, "", at)
	c.letLegGo(leg, end)
	c.matchedHand(matches)
}

// handOverdue ends a hand-over that nobody accepted in time, or that its sender took back.
func (c *liveCall) handOverdue(in callInput) {
	if in.kind == inHandDue && in.n != c.handCount {
		return
	}
	if o := in.order; o != nil && o.by != c.hand.from {
		c.reply(o, errNotYours(c.ID, o.by))
		return
	}
	c.hand.outcome = outcomeReturned
	c.endReceiver(outcomeReturned, legCancelled, in.at)
	c.reply(in.order, nil)
	c.concludeHand(in)
}

// concludeHand says what an unaccepted hand-over leaves: the talker, or a caller alone.
func (c *liveCall) concludeHand(in callInput) {
	kind := inHandReturned
	if c.winner == nil {
		kind = inCallerAlone
	}
	c.raise(callInput{kind: kind, at: in.at, why: c.hand.outcome})
}

// handBack is the end of a hand-over that nobody accepted: the call stays with, or comes back to, who had it (I2).
func (c *liveCall) handBack(in callInput) { c.endHand(in.at, c.hand.outcome) }

// endHand ends the hand-over without a receiver, if there is one.
func (c *liveCall) endHand(at time.Time, outcome string) {
	h := c.hand
	if h == nil {
		return
	}
	h.due.Stop()
	if leg := h.leg; leg != nil && !h.inside {
		c.withdraw(leg, outcome, "", at)
		c.letLegGo(leg, legCancelled)
	}
	c.hand = nil
	if h.shadow != "" {
		c.d.route(c.d.leave(h.shadow))
	}
	c.write(EventHandBack, at, h.from, map[string]string{"to": h.to.String(), "outcome": outcome})
}

// leaveCaller: the talker hung up, or their phone died, before anybody accepted. The caller hears music; the hand-over
// goes on, and when it comes to nothing the caller waits again, their owner first.
func (c *liveCall) leaveCaller(in callInput) {
	end := endAgent
	if in.kind == inWinnerDied {
		end = in.why
	}
	c.endTalk(in.at, end, "")
	if !c.hand.inside { // else the expert is with the caller
		c.playMusic()
	}
	c.reply(in.order, nil)
}

// swap connects the receiver who picked up.
func (c *liveCall) swap(in callInput) {
	leg := c.hand.leg
	leg.stop()
	leg.claimed = false
	c.hand.accept = in.order
	if c.hand.shadow != "" {
		var won Won
		err := c.onBoardStep(func(ctx context.Context) (err error) {
			won, err = c.d.board.Answer(ctx, c.hand.shadow, leg.agent, in.at)
			return err
		})
		if err != nil {
			c.trouble("answer hand-over", err)
		}
		c.d.route(won.Matches)
	}
	c.aside(func(ctx context.Context) (callInput, bool) {
		if err := c.d.phones.Connect(ctx, c.ID, leg.id); err != nil {
			return callInput{kind: inSwapFailed, leg: leg.id, why: outcomeFault, err: err}, true
		}
		return callInput{kind: inSwapped, leg: leg.id}, true
	})
}

// swapFailed: the receiver's phone died or could not be connected; the talker still has the caller.
func (c *liveCall) swapFailed(in callInput) {
	if c.hand.leg != nil && in.leg == c.hand.leg.id {
		c.hand.outcome = outcomeFault
		c.reply(c.hand.accept, errParty(in.err))
		c.endReceiver(outcomeFault, legCancelled, in.at)
	}
	c.concludeHand(in)
}

// oldLegGone: the old talker's leg ended while the receiver is being connected. If the swap itself dropped it, handTaken
// has the rest.
func (c *liveCall) oldLegGone(in callInput) {
	if in.why != legHandedOver {
		c.endTalk(in.at, endAgent, "")
	}
	c.reply(in.order, nil)
}

// handTaken: the receiver talks with the caller. Only now the old talker's part is over.
func (c *liveCall) handTaken(in callInput) {
	h := c.hand
	h.due.Stop()
	c.hand = nil
	old := h.from
	taken := map[string]string{"to": h.leg.agent, "from": old}
	if h.forced {
		taken["forced"], taken["reason"] = "true", h.note
	}
	c.write(EventHandTaken, in.at, h.leg.agent, taken)
	c.guestTalks(h.leg, in.at)
	if c.winner != nil {
		c.winner.ended = true // the switch drops it with the swap
		c.endTalk(in.at, legHandedOver, h.leg.agent)
	}
	c.winner = h.leg
	c.talk(in.at, false)
	c.follow()
	c.d.seats.answeredOne(h.leg.agent, in.at)
	c.reply(h.accept, nil)
	if h.shadow != "" {
		c.d.route(c.d.leave(h.shadow))
	}
	c.stopMusic()
}

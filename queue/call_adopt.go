package queue

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Legs as a driver finds them; see FoundLeg.
const (
	foundRinging   = "ringing"
	foundAnswered  = "answered"
	foundConnected = "connected"
	foundHears     = "monitoring"
)

// legsPerEpoch keeps the names of a call's legs apart between the processes that drive it one after the other.
const legsPerEpoch = 1000

// rebuild makes a call that the switch carries this node's own (I9): the switch says which legs there are, the board which
// queue, clock and winner. What the board has lost is rebuilt from the switch.
func (c *liveCall) rebuild(in callInput) {
	var known Known
	c.driven = c.now()
	err := c.onBoardStep(func(ctx context.Context) (err error) {
		known, err = c.d.board.Adopt(ctx, c.ID)
		return err
	})
	switch {
	case err == nil:
		c.remember(known)
	case !errors.Is(err, ErrUnknown):
		c.trouble("adopt", err)
		c.after(c.tries.wait(), callInput{kind: inAdopt, found: in.found})
		return
	}
	connected, answered := c.foundLegs(in.found.Legs, known.Winner)
	switch {
	case connected != nil:
		c.foundTalking(connected, known, in)
	case answered != nil:
		c.foundAnswered(answered, known, in)
	default:
		c.foundWaiting(known, in)
	}
}

// remember takes over what the board knows: place and clock stay what they were.
func (c *liveCall) remember(known Known) {
	c.onBoard, c.epoch = true, known.Epoch
	c.legCount = legsPerEpoch * int(known.Epoch) // legs of the process before that are gone had names, too
	if _, exists := c.d.plan.queues[known.Queue]; exists {
		c.queue = known.Queue
	}
	if !known.Ring1.IsZero() {
		c.Ring1 = known.Ring1
	}
	if c.Number == "" {
		c.Number = known.Number
	}
	if at, err := time.Parse(time.RFC3339Nano, known.Token); err == nil {
		c.brokeOff(at)
	}
	if c.rememberKept(known) {
		return // its ladder lies before it
	}
	// A deadline that the board does not hold any more has fired; what it asked for is in the board's own book.
	c.climbed = map[string]bool{}
	for _, due := range c.d.plan.queues[c.queue].schedule(c.rule, c.Ring1) {
		armed := slices.ContainsFunc(known.Deadlines, func(d Deadline) bool { return d.Kind == due.Kind })
		if !armed && !due.At.After(c.now()) {
			c.climbed[due.Kind] = true
		}
	}
}

// brokeOff: a human had talked with the caller before, and their phone died. The verdict is fixed (I6).
func (c *liveCall) brokeOff(at time.Time) {
	c.fixed(at)
	c.reopened, c.human, c.owning = true, true, true
	c.wants.first, c.wants.limitless = true, true
}

// fixed takes over the verdict of an answer before our time.
func (c *liveCall) fixed(at time.Time) {
	v := c.rule.Answered(at.Sub(c.Ring1))
	c.answeredAt, c.verdict = at, &v
}

// foundLegs takes the legs over. Ringing and answered ones are offers again; their agents' desks are told.
func (c *liveCall) foundLegs(found []FoundLeg, winner string) (connected, answered *callLeg) {
	for _, f := range found {
		leg := &callLeg{id: f.ID, agent: f.Agent, why: "adopted"}
		c.legCount = max(c.legCount, legNumber(f.ID)) // a new leg must not get an old one's name
		c.legs[leg.id] = leg
		c.d.seats.take(leg.agent, leg.id, nil)
		switch {
		case f.State == foundConnected && (connected == nil || before(leg, connected, winner)):
			connected = leg
		case f.State == foundAnswered && answered == nil:
			answered = leg
		case f.State == foundHears:
			c.endFoundMonitor(leg)
		}
	}
	return connected, answered
}

// endFoundMonitor ends a service manager's part whom the process before let listen: whoever is heard must know it, and nobody
// remembers what the agent was told.
func (c *liveCall) endFoundMonitor(leg *callLeg) {
	at := c.now()
	c.letLegGo(leg, legCancelled)
	c.d.desks.Over(Over{Call: c.ID, Queue: c.queue, Agent: leg.agent, End: endSystem, At: at, Free: true, Adopted: true, As: AsMonitor})
	c.write(EventMonitored, at, leg.agent, map[string]string{"state": "left", "reason": "adopted", "by": leg.agent, "leg": leg.id})
}

// before says which of two connected legs is more likely the talker's: the board's winner, else the one that was rung first; a
// third party comes later.
func before(a, b *callLeg, winner string) bool {
	if (a.agent == winner) != (b.agent == winner) {
		return a.agent == winner
	}
	return legNumber(a.id) < legNumber(b.id)
}

// legNumber is the last part of a leg's id; 0 when it is none.
func legNumber(id string) int {
	n, err := strconv.Atoi(id[strings.LastIndex(id, "~")+1:])
	if err != nil {
		return 0
	}
	return n
}

// offerAgain makes an offer of a leg that rings already. The phone rings whatever the desk says.
func (c *liveCall) offerAgain(leg *callLeg) {
	leg.offered = true
	taken := c.d.desks.Offer(Offer{
		Call: c.Call, Queue: c.queue, Agent: leg.agent, Leg: leg.id, Why: leg.why, Ring: c.ringNow(),
		By: c.Ring1.Add(c.rule.Budget()), Cycle: c.rule.Cycle(), Caller: c.caller,
	})
	if !taken {
		c.log.Warn("an adopted phone rings for an agent whose desk is not ready", "agent", leg.agent)
	}
	timeout := c.d.plan.queues[c.queue].RingNoAnswer + overdueGrace
	leg.overdue = c.after(timeout, callInput{kind: inOfferOverdue, leg: leg.id})
}

func (c *liveCall) adopted(state string, at time.Time, agent string) {
	e := c.event(EventAdopted, at, agent, map[string]string{
		"state": state, "did": c.DID, "number": c.Number, "name": c.Name, "switch": c.Switch, "ring1": c.Ring1.Format(time.RFC3339Nano),
	})
	e.Verdict = c.verdict
	c.tell(e)
}

// foundTalking: a leg is connected. The verdict follows from the instants that the board kept, so it is what it was; if
// the board has lost them it is not guessed.
func (c *liveCall) foundTalking(leg *callLeg, known Known, in callInput) {
	c.winner, c.answerSeen, c.pickedUp = leg, in.at, in.at
	switch {
	case c.verdict != nil:
	case known.AnsweredAt.IsZero():
		c.answeredAt = in.at
	default:
		c.fixed(known.AnsweredAt)
		c.pickedUp = known.AnsweredAt
	}
	if c.onBoard && known.Winner == "" {
		won, err := c.answerOnBoard(leg.agent, in.at)
		if err != nil {
			c.trouble("answer", err)
		}
		c.d.route(won.Matches)
	}
	for _, other := range c.legs {
		if other != leg && c.joined(other, in.found.Legs) {
			c.adoptGuest(other, in.at)
		} else if other != leg {
			// A loser, or the receiver of a hand-over whose sender has forgotten it.
			c.offerAgain(other)
			c.withdraw(other, outcomeReturned, "", in.at)
			c.letLegGo(other, legCancelled)
		}
	}
	c.raise(callInput{kind: inFoundTalking, at: in.at})
}

// joined says that a leg is connected beside the talker's: a third party of the talk, not ours to drop.
func (c *liveCall) joined(leg *callLeg, found []FoundLeg) bool {
	return slices.ContainsFunc(found, func(f FoundLeg) bool { return f.ID == leg.id && f.State == foundConnected })
}

// adoptTalk goes on with a talk: presence is told, ownership made sure of once more (it is idempotent by call).
func (c *liveCall) adoptTalk(in callInput) {
	c.adopted("talking", in.at, c.winner.agent)
	c.talk(c.pickedUp, true)
	c.own(c.winner.agent)
}

// foundAnswered: somebody picked up while nobody drove the call; they get the caller now.
func (c *liveCall) foundAnswered(leg *callLeg, known Known, in callInput) {
	at := in.at
	switch {
	case known.AnsweredAt.IsZero():
	case known.Winner == leg.agent:
		at = known.AnsweredAt
	default: // the receiver of a hand-over, or one who came after a phone that died
		c.brokeOff(known.AnsweredAt)
		c.owning = false
		c.own(known.Winner)
	}
	for _, each := range c.legs {
		c.offerAgain(each)
	}
	c.adopted("answered", in.at, leg.agent)
	c.raise(callInput{kind: inOfferAnswered, leg: leg.id, agent: leg.agent, at: at})
}

// foundWaiting: nobody has picked up. Phones that ring go on; agents whom the board claimed and whose phone does not ring
// are rung now.
func (c *liveCall) foundWaiting(known Known, in callInput) {
	for _, leg := range c.legs {
		c.offerAgain(leg)
	}
	if known.Winner != "" && !known.AnsweredAt.IsZero() {
		// Their agent's phone died while nobody listened: first in line, with the verdict they have.
		c.brokeOff(known.AnsweredAt)
		c.owning = false
		c.own(known.Winner)
		c.leaveBoard()
		c.climbed = nil
		c.keepFor(known.Winner, legUnreachable, in.at)
		c.d.desks.Over(Over{
			Call: c.ID, Queue: c.queue, Agent: known.Winner, End: legUnreachable, At: in.at, Free: c.keep != "", ReturnBy: c.keepUntil, Adopted: true,
		})
	}
	if c.human {
		c.playMusic() // who was answered before must not hear silence
	}
	c.adopted("waiting", in.at, "")
	if !c.onBoard {
		c.raise(callInput{kind: inRetry, at: in.at})
		return
	}
	var matches []Match
	for _, agent := range known.Ringing {
		if c.offered(agent) == nil {
			matches = append(matches, Match{Call: c.ID, Agent: agent, Epoch: c.epoch, Why: orElse(agent == c.keep, whyReturn, whyAdopted)})
		}
	}
	c.raise(callInput{kind: inFoundWaiting, at: in.at, matches: c.deal(matches)})
}

package queue

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"time"
)

const (
	endGrace    = 5 * time.Second // the switch's word that a call has ended may take so long
	endPatience = 3               // then it is asked again so often before the call counts as gone
)

// endTalk ends the present talker's part, once.
func (c *liveCall) endTalk(at time.Time, end, handedTo string) {
	leg := c.winner
	if leg == nil {
		return
	}
	c.winner = nil
	c.talker, c.talked = leg.agent, max(at.Sub(c.talkSince), 0)
	c.letLegGo(leg, legOf(end))
	c.d.desks.Over(Over{
		Call: c.ID, Queue: c.queue, Agent: leg.agent, End: end, At: at, Talked: c.talked, HandedTo: handedTo,
		Free: c.keep == leg.agent, ReturnBy: c.keepUntil, Unheard: end == legUnheard,
	})
}

// legOf is how a talker's leg ends when the call ends so.
func legOf(end string) string {
	switch end {
	case endCaller:
		return legCallerGone
	case legHandedOver:
		return legHandedOver
	case legUnreachable, legFault, legUnheard:
		return end // a hang-up would end the call
	}
	return legHungUp
}

// agentHungUp ends the talk at the agent's own hang-up, before the switch has ended the call: the agent is free for the
// next caller at once.
func (c *liveCall) agentHungUp(in callInput) {
	c.endTalk(in.at, endAgent, "")
	runtime.Gosched() // the word that the agent is free goes before this call's own end
}

// awaitEnd: the agent's leg ended because the caller is gone; the call's own end follows.
func (c *liveCall) awaitEnd(in callInput) {
	c.hangUpWhy = endCaller
	c.after(endGrace, callInput{kind: inEndDue})
}

// hangUp tells the switch to end the call.
func (c *liveCall) hangUp(in callInput) {
	switch {
	case in.kind == inWinnerHungUp:
		c.hangUpWhy = endAgent
	case in.kind == inPlayEnded, in.kind == inMachineDue:
		c.hangUpWhy = endAnnouncement
	case !c.human:
		c.hangUpWhy = endRefused
	case c.winner != nil && in.by == c.winner.agent:
		c.hangUpWhy = endAgent
	default:
		c.hangUpWhy = endSystem
	}
	if in.kind == inRefused {
		c.write(EventRefused, in.at, "", map[string]string{"reason": "queue-full", "did": c.DID, "number": c.Number})
	}
	c.askEnd(in.order)
}

func (c *liveCall) askEnd(o *order) {
	why := c.hangUpWhy
	c.aside(func(ctx context.Context) (callInput, bool) {
		err := c.d.phones.HangUp(ctx, c.ID, why)
		if err != nil && !errors.Is(err, ErrUnknown) {
			o.refuse(errSwitch(err))
			c.log.Warn("the switch did not end a call; asking again", "error", err)
			return callInput{}, false
		}
		o.accept()
		return callInput{kind: inEndSaid}, true
	})
	c.after(endGrace, callInput{kind: inEndDue})
}

func (c *liveCall) noteEndSaid(callInput) { c.hangUps++ }

// hangUpAgain repeats a hang-up that was not followed by the call's end. A switch that took it several times and still
// reports none has lost the call.
func (c *liveCall) hangUpAgain(in callInput) {
	if c.hangUps >= endPatience {
		c.raise(callInput{kind: inCallEnded, why: endUnknown, at: in.at})
		return
	}
	c.askEnd(nil)
}

// finish is the one end of a call: verdict if it was abandoned, every offer withdrawn, the board left, the agent's part
// over.
func (c *liveCall) finish(in callInput) {
	if c.winner != nil && c.winner.offered { // won, and the audio path was being made
		if in.why == endAbandoned {
			c.winner = nil // never talked: withdrawn with the others
		} else {
			c.confirm(callInput{at: in.at}) // the caller did reach the human, for an instant
		}
	}
	if in.why == endCaller && !c.human {
		in.why = endAbandoned // somebody picked up, too late for this caller to hear them
	}
	if c.verdict == nil && !c.human && in.why == endAbandoned {
		v := c.rule.Abandoned(in.at.Sub(c.Ring1))
		c.verdict = &v
		abandoned := c.event(EventAbandoned, in.at, "", map[string]string{"ring": strconv.Itoa(v.Rings)})
		abandoned.Verdict = &v
		c.tell(abandoned)
	}
	c.endHand(in.at, outcomeAbandoned)
	c.unkeep(outcomeAbandoned, in.at)
	c.endGuests(in.at, in.why)
	// Desks first: they must know that their agents are free before the board gives them the next call.
	for _, leg := range c.legs {
		c.withdraw(leg, outcomeAbandoned, "", in.at)
	}
	var freed []Match
	if c.onBoard {
		c.onBoard = false
		freed = c.d.leave(c.ID)
	}
	who, talked := "", time.Duration(0)
	if c.winner != nil {
		who, talked = c.winner.agent, max(in.at.Sub(c.talkSince), 0)
		c.endTalk(in.at, in.why, "")
	} else if c.talker != "" {
		who, talked = c.talker, c.talked
	}
	for _, leg := range c.legs {
		c.letLegGo(leg, legCancelled)
	}
	c.write(EventEnded, in.at, who, map[string]string{"end": in.why, "talk_ms": strconv.FormatInt(talked.Milliseconds(), 10)})
	c.d.route(freed)
}

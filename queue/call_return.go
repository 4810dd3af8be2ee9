package queue

import (
	"context"
	"time"
)

// A talk that broke off because the agent's phone died (a browser reloaded, a telephone without power) is kept for that
// agent for QueueConfig.ReturnTime: nobody else is rung for the caller, and no other call is given to the agent. As soon as
// the phone is reachable again it is rung, with "return" as the reason. Then, or when the agent declines, lets it ring, or
// cannot come at all, the call goes to the ladder before everybody else. Verdict and owner stay what they were.

// keepFor keeps the call for an agent, from the moment it stands on the board again.
func (c *liveCall) keepFor(agent, why string, at time.Time) {
	wait := c.d.plan.queues[c.queue].ReturnTime
	if wait <= 0 || agent == "" {
		return
	}
	c.keep, c.keepUntil = agent, c.now().Add(wait)
	c.d.seats.keep(agent, c.ID)
	c.write(EventKept, at, agent, map[string]string{"until": c.keepUntil.Format(time.RFC3339Nano), "reason": why})
}

// unkeep forgets for whom the call is kept, and why it was.
func (c *liveCall) unkeep(why string, at time.Time) {
	if c.keep == "" {
		return
	}
	c.d.seats.unkeep(c.keep, c.ID)
	c.write(EventUnkept, at, c.keep, map[string]string{"reason": why})
	c.d.desks.Tell(c.keep, c.ID, "unkept", map[string]any{"reason": why, "at": at})
	c.keep, c.keepUntil = "", time.Time{}
}

// rememberKept takes over for whom a call was kept by the process before.
func (c *liveCall) rememberKept(known Known) bool {
	if known.Keep == "" {
		return false
	}
	c.keep, c.keepUntil = known.Keep, c.now()
	c.d.seats.keep(c.keep, c.ID)
	for _, d := range known.Deadlines {
		if d.Kind == dueKind(dueReturn, known.Queue, 0) {
			c.keepUntil = d.At
			return true
		}
	}
	c.after(0, callInput{kind: inReturnDue}) // it has fired already; that process did not come to act on it
	return true
}

// returnDue ends that the call is kept: the time is over, or the agent cannot come.
func (c *liveCall) returnDue(in callInput) {
	why := "time"
	if in.kind == inKeeperAway {
		if in.agent != c.keep {
			return
		}
		why = in.why
	}
	c.openLine(why, in.at)
}

// openLine gives a call that was kept for one agent to the ladder. Should they ring, they ring on.
func (c *liveCall) openLine(why string, at time.Time) {
	if c.keep == "" {
		return
	}
	c.unkeep(why, at)
	if !c.onBoard {
		return // it is enqueued for everybody
	}
	q := c.d.plan.queues[c.queue]
	dues := c.dues(q)
	if err := c.onBoardStep(func(ctx context.Context) error { return c.d.board.Arm(ctx, c.ID, c.epoch, dues) }); err != nil {
		c.trouble("arm", err)
		c.leaveBoard()
		c.raise(callInput{kind: inRetry, at: at})
		return
	}
	c.climb(callInput{})
	c.widenBy(q.first(), callInput{kind: inStepDue, n: 0})
}

// returnMissed: the agent for whom the call is kept did not take it. Their own no ends the keeping; a phone that could not
// be rung is tried again while there is time.
func (c *liveCall) returnMissed(leg *callLeg, outcome string, at time.Time) {
	if c.keep != leg.agent {
		return
	}
	switch outcome {
	case outcomeDeclined, outcomeMissed:
		c.openLine(outcome, at)
	case outcomeAbandoned:
		c.brake(leg.agent, brakeDeclined) // the board rings them at once, but the caller may be gone
	}
}

// AgentAway says that an agent cannot be offered calls before they say so themselves: signed out, or paused. A call that is
// kept for them goes to the ladder at once.
func (d *Distributor) AgentAway(login, why string) {
	if call := d.seats.keptFor(login); call != "" {
		d.send(call, callInput{kind: inKeeperAway, at: d.cfg.Now(), agent: login, why: why})
	}
}

// PhoneLost says on behalf of the talker's desk that their phone is not in the talk any more though the switch has not
// noticed: the page was loaded anew. The caller does not wait for the switch to find out. Errors are *Refusal.
func (d *Distributor) PhoneLost(ctx context.Context, call, agent string) error {
	return d.command(ctx, call, inPhoneLost, order{by: agent})
}

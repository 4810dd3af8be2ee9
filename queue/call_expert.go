package queue

import (
	"context"
	"time"
)

// invite rings an expert's phone for the talk. The talker stays the talker and, if they are, the owner.
func (c *liveCall) invite(in callInput) {
	o := in.order
	agent := o.to.Agent
	known := c.d.seats.knows(agent)
	var err error
	switch {
	case c.winner == nil || c.winner.agent != o.by:
		err = errNotYours(c.ID, o.by)
	case !known:
		err = errUnknownAgent(agent)
	case !c.d.can(c.ID, AsExpert):
		err = errUnsupported("A third party cannot join a talk on this switch.")
	case c.expert != nil:
		err = errThird(c.expert.leg.agent)
	case agent == o.by || c.d.seats.keptFor(agent) != "":
		err = errBusy(agent)
	}
	if err == nil {
		g := &guest{kind: AsExpert, state: guestRings, by: o.by, note: o.note, leg: c.newLeg(agent, AsExpert)}
		if err = c.ringGuest(g, AsExpert); err == nil {
			c.expert = g
			c.write(EventExpert, in.at, agent, map[string]string{"state": "asked", "by": o.by, "note": o.note, "leg": g.leg.id})
		}
	}
	c.reply(o, err)
}

// letExpertGo ends the expert's part at the talker's word, or before they came.
func (c *liveCall) letExpertGo(in callInput) {
	switch {
	case c.expert == nil:
		c.reply(in.order, errNoGuest(c.ID))
	case (c.winner == nil || c.winner.agent != in.by) && c.expert.leg.agent != in.by:
		c.reply(in.order, errNotYours(c.ID, in.by))
	default:
		c.guestStep(callInput{kind: inGuestOff, at: in.at, leg: c.expert.leg.id, why: "let go", order: in.order})
	}
}

// handToExpert offers the call to the expert who is in it already: nothing rings, they say yes or no at their desk (Accept,
// Decline). The caller goes on talking with both.
func (c *liveCall) handToExpert() error {
	g := c.expert
	if g.state != guestIn {
		return errBusy(g.leg.agent)
	}
	c.hand.leg, c.hand.inside = g.leg, true
	c.d.desks.Tell(g.leg.agent, c.ID, "handover", map[string]any{
		"by": c.hand.from, "note": c.hand.note, "until": c.now().Add(c.d.plan.queues[c.queue].HandOverTime),
	})
	c.write(EventOffered, c.now(), g.leg.agent, map[string]string{"why": "handover", "by": c.hand.from, "leg": g.leg.id})
	return nil
}

// Invite asks an expert into a talk: their phone rings, and when they pick up all three hear each other. by, the talker,
// stays the talker; hanging up ends the call for all, unless a hand-over to the expert was accepted before. It returns when
// the expert is being rung. Errors are *Refusal.
func (d *Distributor) Invite(ctx context.Context, call, by, agent, note string) error {
	return d.command(ctx, call, inInvite, order{by: by, to: Target{Agent: agent}, note: note})
}

// LetExpertGo ends the expert's part; by is the talker, or the expert. Errors are *Refusal.
func (d *Distributor) LetExpertGo(ctx context.Context, call, by string) error {
	return d.command(ctx, call, inExpertOff, order{by: by})
}

// Accept takes a hand-over at the desk by an expert who is in the talk already; everybody else accepts by picking up. It
// returns when the expert is the talker. Errors are *Refusal.
func (d *Distributor) Accept(ctx context.Context, call, agent string) error {
	return d.command(ctx, call, inAccept, order{by: agent})
}

// can says whether the call's switch lets a guest of this kind in.
func (d *Distributor) can(call, what string) bool {
	return d.parties != nil && d.parties.Can(call, what)
}

// adoptGuest takes over a third party whom the process before let in. Who they were is not known to the switch: they are taken
// for an expert, whose part ends with the call.
func (c *liveCall) adoptGuest(leg *callLeg, at time.Time) {
	if c.expert != nil {
		return
	}
	leg.why = AsExpert
	c.expert = &guest{kind: AsExpert, state: guestIn, by: c.winner.agent, leg: leg, since: at}
	c.d.desks.Talk(Talk{Call: c.Call, Queue: c.queue, Agent: leg.agent, At: at, As: AsExpert, Adopted: true})
	c.sayGuest(c.expert, "in", at, "adopted")
}

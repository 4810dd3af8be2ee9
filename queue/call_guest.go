package queue

import (
	"context"
	"errors"
	"time"
)

// Parties is what conferences and supervision need of the telephone switch. Phones that do not have it let nobody in.
type Parties interface {
	// Can says whether the call's switch can do it at all: AsExpert or AsMonitor.
	Can(call, what string) bool
	// Join adds an answered leg to the talk, heard by all.
	Join(ctx context.Context, call, leg string) error
	// Monitor lets an answered leg hear the talk of the call's present talker: MonitorListen, MonitorWhisper, MonitorBarge.
	// Said again it changes the way in place, and follows the talker after a hand-over.
	Monitor(ctx context.Context, call, leg, mode string) error
}

// ringGuest rings the phone of a guest: desk first, as for any offer. The board must not give them a call meanwhile.
func (c *liveCall) ringGuest(g *guest, why string) error {
	agent := g.leg.agent
	if !c.reaches(agent) {
		return errUnreached(agent, c.Switch)
	}
	if !c.d.seats.take(agent, g.leg.id, nil) {
		return errBusy(agent)
	}
	if !c.d.desks.Offer(Offer{
		Call: c.Call, Queue: c.queue, Agent: agent, Leg: g.leg.id, Why: why, Ring: 1,
		By: c.now().Add(c.d.plan.queues[c.queue].RingNoAnswer), Cycle: c.rule.Cycle(), Caller: c.caller, HandBy: g.by, Subject: g.note,
	}) {
		c.d.freeLine(g.leg.id)
		return errBusy(agent)
	}
	g.leg.offered = true
	if err := c.holdBack(g.leg); err != nil {
		return err
	}
	c.legs[g.leg.id] = g.leg
	c.ring(g.leg, inGuestEnded)
	c.write(EventOffered, c.now(), agent, map[string]string{"why": why, "by": g.by, "leg": g.leg.id})
	return nil
}

// holdBack takes an agent off the idle lists whom the desk has just been offered a call that the board does not know. One whom
// the board gave to a caller in that very moment is that caller's.
func (c *liveCall) holdBack(leg *callLeg) error {
	var claimed string
	err := c.onBoardStep(func(ctx context.Context) (err error) {
		claimed, err = c.d.board.Unready(ctx, leg.agent)
		return err
	})
	if err != nil {
		c.trouble("unready", err) // the desk's gate refuses whatever the board matches meanwhile
	}
	if claimed == "" {
		return nil
	}
	c.withdraw(leg, outcomeReturned, "", c.now())
	c.d.freeLine(leg.id)
	return errBusy(leg.agent)
}

// guestJoins makes the audio of a guest who picked up.
func (c *liveCall) guestJoins(g *guest, in callInput) {
	g.leg.stop()
	c.let(g, in.order)
}

// let asks the switch for the guest's audio, as they want it now.
func (c *liveCall) let(g *guest, o *order) {
	leg, mode := g.leg.id, g.wish
	g.asked, g.busy = g.changes, true
	c.aside(func(ctx context.Context) (callInput, bool) {
		var err error
		if g.kind == AsExpert {
			err = c.d.parties.Join(ctx, c.ID, leg)
		} else {
			err = c.d.parties.Monitor(ctx, c.ID, leg, mode)
		}
		if err != nil {
			return callInput{kind: inGuestFailed, leg: leg, why: outcomeFault, err: err, order: o}, true
		}
		return callInput{kind: inGuestJoined, leg: leg, by: mode, order: o}, true
	})
}

// guestEnters: the guest hears the talk.
func (c *liveCall) guestEnters(g *guest, in callInput) {
	g.leg.offered, g.since = false, in.at
	c.d.desks.Talk(Talk{Call: c.Call, Queue: c.queue, Agent: g.leg.agent, At: in.at, As: g.kind})
	if g.kind == AsExpert {
		c.sayGuest(g, "in", in.at, "")
	}
	c.guestHears(g, in)
}

// guestHears takes how a monitor hears now, and tells whom it concerns.
func (c *liveCall) guestHears(g *guest, in callInput) {
	c.reply(in.order, nil)
	g.busy = false
	if g.kind != AsMonitor {
		return
	}
	g.mode = in.by
	c.sayMonitored(g, in.at)
	if g.asked != g.changes { // another wish came meanwhile, or another talker
		c.let(g, nil)
	}
}

// guestUnchanged: the switch did not change how a monitor hears.
func (c *liveCall) guestUnchanged(g *guest, in callInput) {
	g.busy = false
	c.reply(in.order, errParty(in.err))
	if g.asked != g.changes {
		c.let(g, nil)
		return
	}
	g.wish = g.mode
	if in.order == nil && !errors.Is(in.err, ErrUnknown) {
		c.log.Warn("a monitor does not follow the talk", "agent", g.leg.agent, "error", in.err)
	}
}

// guestMissed: the guest did not come.
func (c *liveCall) guestMissed(g *guest, in callInput) {
	outcome, end := outcomeOf(in.why), legCancelled
	switch {
	case in.kind == inGuestDeclined:
		outcome, end = outcomeDeclined, legDeclined
	case errors.Is(in.err, ErrUnsupported):
		outcome = "unsupported"
	case outcome == outcomeAbandoned:
		outcome = outcomeReturned
	}
	g.leg.sayNo(in.order)
	c.withdraw(g.leg, orElse(outcome == "unsupported", outcomeFault, outcome), "", in.at)
	c.letLegGo(g.leg, end)
	c.sayGuest(g, "missed", in.at, outcome)
	c.reply(in.order, nil)
}

// guestCalledOff: who asked for the guest wants them no more.
func (c *liveCall) guestCalledOff(g *guest, in callInput) {
	c.withdraw(g.leg, outcomeReturned, "", in.at)
	c.letLegGo(g.leg, legCancelled)
	c.sayGuest(g, "off", in.at, "")
	c.reply(in.order, nil)
}

// guestLeaves ends a guest's part. They owe no wrap-up: they were not the talker.
func (c *liveCall) guestLeaves(g *guest, in callInput) {
	c.letLegGo(g.leg, legCancelled)
	c.d.desks.Over(Over{
		Call: c.ID, Queue: c.queue, Agent: g.leg.agent, End: in.why, At: in.at, Talked: max(in.at.Sub(g.since), 0), Free: true, As: g.kind,
	})
	c.sayGuest(g, "left", in.at, in.why)
	c.reply(in.order, nil)
}

// guestForgotten takes the guest out of the call, and ends what was wanted of them.
func (c *liveCall) guestForgotten(g *guest, at time.Time) {
	if g == c.expert {
		c.expert = nil
	}
	if g == c.monitor {
		c.monitor = nil
	}
	if c.hand != nil && c.hand.leg == g.leg {
		c.raise(callInput{kind: inHandEnded, at: at, leg: g.leg.id, why: legHungUp})
	}
}

// endGuests ends every guest's part: the call is over, or its talk broke off.
func (c *liveCall) endGuests(at time.Time, why string) {
	for _, g := range []*guest{c.expert, c.monitor} {
		if g != nil {
			c.guestStep(callInput{kind: inGuestOff, at: at, leg: g.leg.id, why: why})
		}
	}
}

// guestTalks: a guest becomes the talker. The rest of their part is a talker's.
func (c *liveCall) guestTalks(leg *callLeg, at time.Time) {
	g := c.guestOf(leg.id)
	if g == nil {
		return
	}
	c.sayGuest(g, "talks", at, "")
	if g == c.expert {
		c.expert = nil
	} else {
		c.monitor = nil
	}
}

// sayGuest writes what became of a guest, and tells the talker of an expert.
func (c *liveCall) sayGuest(g *guest, what string, at time.Time, reason string) {
	data := map[string]string{"state": what, "by": g.by, "leg": g.leg.id}
	if reason != "" {
		data["reason"] = reason
	}
	kind := EventExpert
	if g.kind == AsMonitor {
		kind = EventMonitored
		data["mode"] = g.wish
		if c.winner != nil {
			data["talker"] = c.winner.agent
		}
	}
	c.write(kind, at, g.leg.agent, data)
	switch {
	case c.winner == nil:
	case g.kind == AsExpert:
		c.d.desks.Tell(c.winner.agent, c.ID, "expert", map[string]any{"agent": g.leg.agent, "state": what, "reason": reason, "at": at})
	case what == "left" || what == "talks":
		c.tellTalker(map[string]any{"by": g.leg.agent, "mode": "", "since": g.since})
	}
}

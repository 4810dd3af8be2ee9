package queue

import (
	"context"
	"time"
)

// How a service manager hears a talk.
const (
	MonitorListen  = "listen"  // neither agent nor caller hears them
	MonitorWhisper = "whisper" // the agent hears them, the caller does not
	MonitorBarge   = "barge"   // everybody hears them
)

// Monitoring is a service manager in a talk, as shown.
type Monitoring struct {
	By    string    `json:"by"`
	Mode  string    `json:"mode"` // "" while their phone rings
	Since time.Time `json:"since,omitzero"`
}

// listen rings a service manager's own phone for the talk, or changes how they hear it.
func (c *liveCall) listen(in callInput) {
	o := in.order
	known := c.d.seats.knows(o.by)
	var err error
	switch {
	case !c.d.can(c.ID, AsMonitor):
		err = errUnsupported("Nobody can listen to a talk on this switch.")
	case c.winner == nil:
		err = errWrongState(c.state, in.kind)
	case c.monitor != nil && c.monitor.leg.agent == o.by:
		c.hearOtherwise(in)
		return
	case c.monitor != nil:
		err = errThird(c.monitor.leg.agent)
	case !known:
		err = errNoPhone(o.by)
	case c.winner.agent == o.by || c.expert != nil && c.expert.leg.agent == o.by:
		err = errBusy(o.by)
	}
	if err == nil {
		g := &guest{kind: AsMonitor, state: guestRings, by: o.by, wish: o.mode, leg: c.newLeg(o.by, AsMonitor)}
		if err = c.ringGuest(g, AsMonitor); err == nil {
			c.monitor = g
			c.sayGuest(g, "asked", in.at, "")
		}
	}
	c.reply(o, err)
}

// hearOtherwise changes how the manager hears. While their phone rings it is only a wish.
func (c *liveCall) hearOtherwise(in callInput) {
	g := c.monitor
	g.wish = in.order.mode
	g.changes++
	if g.state != guestIn || g.busy {
		c.reply(in.order, nil) // asked for when the switch has answered
		return
	}
	c.let(g, in.order)
}

// changeListening is PATCH: only for who listens already.
func (c *liveCall) changeListening(in callInput) {
	if c.monitor == nil || c.monitor.leg.agent != in.by {
		c.reply(in.order, errNoGuest(c.ID))
		return
	}
	c.hearOtherwise(in)
}

// stopListening ends the manager's part.
func (c *liveCall) stopListening(in callInput) {
	if c.monitor == nil || c.monitor.leg.agent != in.by {
		c.reply(in.order, errNoGuest(c.ID))
		return
	}
	c.guestStep(callInput{kind: inGuestOff, at: in.at, leg: c.monitor.leg.id, why: "stopped", order: in.order})
}

// sayMonitored writes how the talk is heard now and tells its agent, if agents are told.
func (c *liveCall) sayMonitored(g *guest, at time.Time) {
	c.sayGuest(g, g.mode, at, "")
	c.tellTalker(map[string]any{"by": g.leg.agent, "mode": g.mode, "since": g.since})
}

func (c *liveCall) tellTalker(data map[string]any) {
	if c.winner != nil && !c.d.cfg.TellNobodyOfMonitors {
		c.d.desks.Tell(c.winner.agent, c.ID, "monitored", data)
	}
}

// follow brings the manager who listens to the new talker, and tells that one.
func (c *liveCall) follow() {
	if g := c.monitor; g != nil && g.state == guestIn {
		if g.changes++; !g.busy {
			c.let(g, nil)
		}
	}
}

// takeOver gives the talk to a service manager at their own word: a hand-over that the talker is not asked about. Who listens
// already is the talker at once; another one's phone is rung first.
func (c *liveCall) takeOver(in callInput) {
	o := in.order
	known := c.d.seats.knows(o.by)
	var err error
	switch {
	case c.winner == nil || c.winner.agent == o.by:
		err = errBusy(o.by)
	case !known:
		err = errNoPhone(o.by)
	default:
		c.handCount++
		c.hand = &handOver{from: c.winner.agent, to: Target{Agent: o.by}, note: o.note, outcome: outcomeReturned, forced: true}
		err = c.callForTakeOver(o.by, in.at)
	}
	if err != nil {
		c.hand = nil
		c.reply(o, err)
		c.raise(callInput{kind: inHandRefused, at: in.at})
		return
	}
	c.write(EventTakeOver, in.at, o.by, map[string]string{"from": c.hand.from, "reason": o.note})
	c.hand.due = c.after(c.d.plan.queues[c.queue].HandOverTime, callInput{kind: inHandDue, n: c.handCount})
	c.reply(o, nil)
}

func (c *liveCall) callForTakeOver(by string, at time.Time) error {
	for _, g := range []*guest{c.monitor, c.expert} {
		if g == nil || g.leg.agent != by {
			continue
		}
		if g.state != guestIn {
			return errBusy(by)
		}
		c.hand.leg, c.hand.inside = g.leg, true
		c.raise(callInput{kind: inHandAnswered, at: at, leg: g.leg.id, agent: by})
		return nil
	}
	if !c.reaches(by) {
		return errUnreached(by, c.Switch)
	}
	leg := c.newLeg(by, WhyTakeOver)
	if !c.d.seats.take(by, leg.id, nil) {
		return errBusy(by)
	}
	offer := c.handOffer(leg)
	if !c.d.desks.Offer(offer) {
		c.d.freeLine(leg.id)
		return errBusy(by)
	}
	leg.offered = true
	if err := c.holdBack(leg); err != nil {
		return err
	}
	c.ringReceiver(leg)
	return nil
}

// WhyTakeOver is on the pop of a service manager who takes a call over.
const WhyTakeOver = "takeover"

// Monitor lets a service manager hear a talk: their own phone rings, and when they pick up they hear it in the way of mode.
// Said again it changes the way in place. It returns when the phone is being rung, or the way is changed. Errors are *Refusal.
func (d *Distributor) Monitor(ctx context.Context, call, by, mode string) error {
	return d.monitor(ctx, call, inMonitor, by, mode)
}

// SetMonitor changes how a service manager who listens hears the talk. Errors are *Refusal.
func (d *Distributor) SetMonitor(ctx context.Context, call, by, mode string) error {
	return d.monitor(ctx, call, inMonitorMode, by, mode)
}

func (d *Distributor) monitor(ctx context.Context, call string, kind inputKind, by, mode string) error {
	switch mode {
	case MonitorListen, MonitorWhisper, MonitorBarge:
		return d.command(ctx, call, kind, order{by: by, mode: mode})
	}
	return errMode(mode)
}

// StopMonitor ends it. Errors are *Refusal.
func (d *Distributor) StopMonitor(ctx context.Context, call, by string) error {
	return d.command(ctx, call, inMonitorOff, order{by: by})
}

// TakeOver makes a service manager the talker, with a reason and without anybody's acceptance; the former talker wraps up. It
// returns when their phone is being rung, or at once if they listen already. Errors are *Refusal.
func (d *Distributor) TakeOver(ctx context.Context, call, by, reason string) error {
	return d.command(ctx, call, inTakeOver, order{by: by, note: reason})
}

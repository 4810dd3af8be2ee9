package queue

import "context"

// hold parks the caller; only who talks with them may.
func (c *liveCall) hold(in callInput) { c.setHold(in, c.d.voice.Hold, true) }

// resume brings the caller back.
func (c *liveCall) resume(in callInput) { c.setHold(in, c.d.voice.Resume, false) }

func (c *liveCall) setHold(in callInput, do func(context.Context, string) error, on bool) {
	if c.winner == nil || c.winner.agent != in.by {
		c.reply(in.order, errNotYours(c.ID, in.by))
		return
	}
	c.aside(func(ctx context.Context) (callInput, bool) {
		if err := do(ctx, c.ID); err != nil {
			in.order.refuse(errSwitch(err))
			return callInput{}, false
		}
		return callInput{kind: inHeld, on: on, order: in.order}, true
	})
}

// noteHold takes what desk or phone did as the truth.
func (c *liveCall) noteHold(in callInput) {
	c.reply(in.order, nil)
	if c.winner == nil || c.held == in.on {
		return
	}
	c.held = in.on
	kind := EventResumed
	if in.on {
		kind = EventHeld
	}
	c.write(kind, in.at, c.winner.agent, nil)
}

// noteUnheard says that nothing comes from the caller's side: the agent sees why the line is silent, and the picture of the call why
// it was in vain. Nobody else is rung for it: they would hear as little, and the caller may hear this agent.
func (c *liveCall) noteUnheard(in callInput) {
	if c.winner != nil {
		c.write(EventUnheard, in.at, c.winner.agent, nil)
	}
}

// move puts a waiting call into another queue at a supervisor's word.
func (c *liveCall) move(in callInput) {
	o := in.order
	if _, known := c.d.plan.queues[o.queue]; !known {
		c.reply(o, errUnknownQueue(o.queue))
		return
	}
	if o.queue != c.queue {
		c.unkeep("moved", in.at)
		c.write(EventOverflow, in.at, "", map[string]string{"when": "supervisor", "do": DoQueue, "to": o.queue, "by": o.by})
		c.enterQueue(o.queue)
	}
	c.reply(o, nil)
}

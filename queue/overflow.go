package queue

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// overflow acts when the caller has waited too long.
func (c *liveCall) overflow(callInput) { c.overflowFor(WhenMaxWait) }

// overflowNoAgents acts when nobody at all is signed in; otherwise it looks again after the same time.
func (c *liveCall) overflowNoAgents(in callInput) {
	if c.d.numbers.SignedIn(c.queue) == 0 {
		c.overflowFor(WhenNoAgents)
		return
	}
	c.after(max(c.d.plan.queues[c.queue].NoAgents, time.Second), callInput{kind: inNoAgentsDue})
}

// overflowFull acts when the queue holds as many calls as it may. Without a rule that helps, the call is refused: the only
// case in which a caller of a hotline is.
func (c *liveCall) overflowFull(in callInput) {
	if !c.overflowFor(WhenFull) {
		c.raise(callInput{kind: inRefused, at: in.at})
	}
}

// overflowFor applies the first rule for the occasion that can be applied. Each occasion acts once per queue, and a queue
// that the call has been in is not entered again, so rules that point at each other end. While a rule is carried out the
// caller goes on hearing ringback, and the phones that ring go on ringing.
func (c *liveCall) overflowFor(when string) bool {
	key := when + "@" + c.queue
	if c.overdone[key] {
		return false
	}
	if c.overdone == nil {
		c.overdone, c.visited = map[string]bool{}, map[string]bool{}
	}
	c.overdone[key], c.visited[c.queue] = true, true
	for _, rule := range c.d.plan.queues[c.queue].overflow(when) {
		if c.applyOverflow(rule) {
			return true
		}
	}
	return false
}

func (c *liveCall) applyOverflow(rule Overflow) bool {
	said := map[string]string{"when": rule.When, "do": rule.Do}
	switch rule.Do {
	case DoQueue:
		if _, exists := c.d.plan.queues[rule.Queue]; !exists || c.visited[rule.Queue] {
			return false
		}
		said["to"] = rule.Queue
		c.write(EventOverflow, c.now(), "", said)
		c.enterQueue(rule.Queue)
	case DoManager:
		c.write(EventOverflow, c.now(), "", said)
		if c.onBoard {
			c.widenBy(Step{Ring: c.ringNow(), Who: StepManager}, callInput{kind: inStepDue, n: managerStep})
			return true
		}
		c.wants.limitless, c.wants.manager = true, true
		c.raise(callInput{kind: inRetry, at: c.now()})
	case DoCallback, DoMessage:
		said["to"] = rule.Media
		c.write(EventOverflow, c.now(), "", said)
		c.machine = &rule
		c.raise(callInput{kind: inMachineWanted, at: c.now()})
	default:
		return false
	}
	return true
}

// enterQueue changes the call's queue with the clock it has. A call that the board holds is moved with the phones that
// ring; one that it would not take is enqueued there.
func (c *liveCall) enterQueue(queue string) {
	c.queue, c.place1 = queue, c.now()
	if !c.onBoard {
		c.raise(callInput{kind: inRetry, at: c.now()})
		return
	}
	var matches []Match
	err := c.onBoardStep(func(ctx context.Context) (err error) {
		matches, err = c.d.board.Move(ctx, c.ID, queue)
		return err
	})
	if err == nil {
		dues := c.dues(c.d.plan.queues[queue])
		err = c.onBoardStep(func(ctx context.Context) error { return c.d.board.Arm(ctx, c.ID, c.epoch, dues) })
	}
	if err != nil {
		c.trouble("move", err)
		c.leaveBoard()
		c.raise(callInput{kind: inRetry, at: c.now()})
		return
	}
	c.write(EventQueued, c.now(), "", map[string]string{"moved": "true"})
	c.climb(callInput{})
	c.widenBy(c.d.plan.queues[queue].first(), callInput{kind: inStepDue, n: 0})
	c.matched(matches)
}

// play lets a machine speak. The phones ring on until it does.
func (c *liveCall) play(callInput) {
	media, promise := c.machine.Media, c.machine.Do == DoCallback && c.callable() != ""
	c.aside(func(ctx context.Context) (callInput, bool) {
		err := c.d.voice.Play(ctx, c.ID, media)
		if errors.Is(err, ErrUnsupported) && promise {
			return callInput{kind: inPlayUnable, err: err}, true
		}
		if err != nil {
			return callInput{kind: inPlayFailed, err: err}, true
		}
		return callInput{kind: inPlayed}, true
	})
}

// silencePhones ends the offers once a machine speaks, and takes the call off the board: the caller is not waiting for a
// human in this call any more.
func (c *liveCall) silencePhones(in callInput) {
	c.waitNoMore(in.at)
	c.write(EventMachine, in.at, "", map[string]string{"media": c.machine.Media})
	if number := c.callable(); c.machine.Do == DoCallback && number != "" {
		c.write(EventCallback, in.at, "", map[string]string{"number": number, "name": c.Name, "did": c.DID})
	}
	c.after(c.d.cfg.MessageLimit, callInput{kind: inMachineDue})
}

// promiseUnsaid takes the request to be called back on a switch that can say nothing: the caller hears busy, as the call is
// refused next, and is called back. Ringing on would cost them their time for nothing: the rule says that nobody is there.
func (c *liveCall) promiseUnsaid(in callInput) {
	c.waitNoMore(in.at)
	c.write(EventCallback, in.at, "", map[string]string{
		"number": c.callable(), "name": c.Name, "did": c.DID, "said": "false",
	})
}

// callable is where the caller can be called back; "" for an anonymous one.
func (c *liveCall) callable() string { return cmp.Or(c.Number, c.Shown) }

// waitNoMore ends the offers and takes the call off the board.
func (c *liveCall) waitNoMore(at time.Time) {
	for _, leg := range c.legs {
		c.withdraw(leg, outcomeAbandoned, "", at)
	}
	for _, leg := range c.legs {
		c.letLegGo(leg, legCancelled)
	}
	c.leaveBoard()
}

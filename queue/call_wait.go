package queue

import (
	"context"
	"errors"
	"strconv"
	"time"
)

// announce writes the arrival. setup_ms is the time from INVITE to ring 1, which the verdict does not contain.
func (c *liveCall) announce(in callInput) {
	c.write(EventArrived, c.Ring1, "", map[string]string{
		"did": c.DID, "number": c.Number, "name": c.Name, "switch": c.Switch, "ring1": c.Ring1.Format(time.RFC3339Nano),
		"setup_ms": strconv.FormatInt(c.Ring1.Sub(c.Arrived).Milliseconds(), 10),
	})
}

// enqueue puts the call on the board and takes the first matches, in one step. A board that fails is asked again; the
// caller hears ringback meanwhile.
func (c *liveCall) enqueue(callInput) {
	q, ok := c.d.plan.queues[c.queue]
	if !ok {
		c.log.Error("a hotline feeds a queue that does not exist; the call is refused", "queue", c.queue)
		c.raise(callInput{kind: inRefused, at: c.now()})
		return
	}
	var result Enqueued
	asked := c.now()
	err := c.onBoardStep(func(ctx context.Context) (err error) {
		result, err = c.d.board.Enqueue(ctx, c.demand(q))
		return err
	})
	switch {
	case errors.Is(err, ErrFull):
		c.raise(callInput{kind: inFull, at: c.now()})
		return
	case err != nil:
		c.trouble("enqueue", err)
		c.after(c.tries.wait(), callInput{kind: inRetry})
		return
	}
	c.tries.reset()
	again := c.onBoard
	if !again {
		c.driven = asked
	}
	c.onBoard, c.epoch, c.caller, c.place = true, result.Epoch, result.Caller, result.Place
	own := c.deal(result.Matches)
	c.raise(callInput{kind: inEnqueued, at: c.now(), matches: own})
	if again {
		return
	}
	data := map[string]string{
		"place": strconv.Itoa(result.Place), "priority": strconv.Itoa(q.Priority + result.Caller.Priority), "did": c.DID,
	}
	if len(result.Caller.Owners) > 0 {
		data["owner"] = result.Caller.Owners[0]
	}
	c.write(EventQueued, c.now(), "", data)
}

// demand says what the board must know of the call.
func (c *liveCall) demand(q QueueConfig) Waiting {
	w := Waiting{
		Call: c.ID, Switch: c.Switch, Queue: q.Name, Number: c.Number, Ring1: c.Ring1, Budget: c.rule.Budget(),
		Priority: q.Priority, MaxWaiting: q.MaxWaiting, First: q.first(), Deadlines: c.dues(q),
	}
	if c.human {
		w.Token = c.answeredAt.Format(time.RFC3339Nano) // a later node must know that the verdict is fixed
	}
	if c.wants.limitless {
		w.MaxWaiting = 0
	}
	if c.wants.manager {
		w.First = Step{Ring: 1, Who: StepManager}
	}
	if c.wants.everyone {
		w.First = Step{Ring: 1, Who: StepEveryone}
	}
	if c.wants.first {
		w.Priority = 99
	}
	w.Keep = c.keep
	for _, leg := range c.legs {
		if leg.offered {
			w.Ringing = append(w.Ringing, leg.agent)
		}
	}
	return w
}

// dues lists the deadlines that still lie before the call in queue q. Overflow is not for callers who had a human
// already, nor for those whom overflow could not help.
func (c *liveCall) dues(q QueueConfig) []Due {
	if c.keep != "" {
		return []Due{{At: c.keepUntil, Kind: dueKind(dueReturn, q.Name, 0)}}
	}
	var due []Due
	for _, at := range q.schedule(c.rule, c.Ring1) {
		what, _, _, _ := parseDue(at.Kind)
		if c.climbed[at.Kind] || what != dueStep && (c.reopened || c.wants.limitless) {
			continue
		}
		due = append(due, at)
	}
	return due
}

// climb arms what lies before the call. What is past already fires at once.
func (c *liveCall) climb(callInput) {
	for _, due := range c.dues(c.d.plan.queues[c.queue]) {
		c.d.alarms.Arm(Deadline{Call: c.ID, Epoch: c.epoch, Kind: due.Kind, At: due.At})
	}
}

// deal sorts the matches that a step on the board gave: the call's own come back, the others go where they belong.
func (c *liveCall) deal(matches []Match) (own []Match) {
	var others []Match
	for _, m := range matches {
		if m.Call == c.ID {
			own = append(own, m)
		} else {
			others = append(others, m)
		}
	}
	c.d.route(others)
	return own
}

// matched takes the call's own matches as the next input.
func (c *liveCall) matched(matches []Match) {
	if own := c.deal(matches); len(own) > 0 {
		c.raise(callInput{kind: inMatched, at: c.now(), matches: own})
	}
}

// Steps that are on no ladder: everybody rings because overflow failed, the managers because overflow says so, one more
// because nobody rings.
const (
	everyoneStep = -1
	managerStep  = -2
	rouseStep    = -3
)

// widen does one ladder step: further phones ring, those that ring go on.
func (c *liveCall) widen(in callInput) {
	ladder := c.d.plan.queues[c.queue].Ladder
	switch in.n {
	case everyoneStep:
		c.widenBy(Step{Ring: c.ringNow(), Who: StepEveryone}, in)
		return
	case managerStep:
		c.widenBy(Step{Ring: c.ringNow(), Who: StepManager}, in)
		return
	case rouseStep:
		return // tried again by its own clock
	}
	kind := dueKind(dueStep, c.queue, in.n)
	if in.n >= len(ladder) || c.climbed[kind] {
		return
	}
	if !c.widenBy(ladder[in.n], in) {
		return
	}
	if c.climbed == nil {
		c.climbed = map[string]bool{}
	}
	c.climbed[kind] = true
}

// widenBy asks the board for further agents. False: it could not, and the same input comes again.
func (c *liveCall) widenBy(step Step, in callInput) bool {
	var matches []Match
	err := c.onBoardStep(func(ctx context.Context) (err error) {
		matches, err = c.d.board.Widen(ctx, c.ID, c.epoch, step)
		return err
	})
	switch {
	case errors.Is(err, ErrFenced):
		c.raise(callInput{kind: inFenced, at: c.now()})
		return false
	case errors.Is(err, ErrUnknown): // the board was lost and has come back empty
		c.onBoard = false
		c.raise(callInput{kind: inRetry, at: c.now()})
		return false
	case err != nil:
		c.trouble("widen", err)
		c.after(c.tries.wait(), callInput{kind: inStepDue, n: in.n})
		return false
	}
	c.tries.reset()
	if in.n == rouseStep && len(matches) == 0 {
		return true
	}
	c.write(EventWidened, c.now(), "", map[string]string{
		"ring": strconv.Itoa(c.ringNow()), "step": step.Who, "added": strconv.Itoa(len(matches)),
	})
	c.matched(matches)
	return true
}

// trouble counts and logs a step that the board did not do.
func (c *liveCall) trouble(what string, err error) {
	c.d.trouble.Add(1)
	c.log.Warn("the board did not do a step", "step", what, "state", string(c.state), "error", err)
}

// keepRinging is what remains when overflow cannot do its part: everybody rings, without limit.
func (c *liveCall) keepRinging(in callInput) {
	c.log.Warn("overflow failed; everybody rings instead", "error", in.err)
	c.wants.limitless, c.wants.everyone, c.machine = true, true, nil
	if c.onBoard {
		c.widen(callInput{kind: inStepDue, at: in.at, n: everyoneStep})
	}
}

package queue

import (
	"context"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"
)

// Leg ends and call ends in the switch's words (package pbx), as far as the queue must tell them apart.
const (
	legCancelled   = "cancelled"
	legDeclined    = "declined"
	legBusy        = "busy"
	legNoAnswer    = "no-answer"
	legUnreachable = "unreachable"
	legHungUp      = "hung-up"
	legCallerGone  = "caller-gone"
	legHandedOver  = "handed-over"
	legUnheard     = "unheard"
	legFault       = "fault"

	endAbandoned    = "abandoned"
	endCaller       = "caller"
	endAgent        = "agent"
	endSystem       = "system"
	endAnnouncement = "announcement"
	endRefused      = "refused"
	endUnknown      = "unknown"
)

// Withdrawal outcomes; see Withdrawal.
const (
	outcomeLost        = "lost"
	outcomeAbandoned   = "abandoned"
	outcomeMissed      = "missed"
	outcomeDeclined    = "declined"
	outcomeUnreachable = "unreachable"
	outcomeBusy        = "busy"
	outcomeFault       = "fault"
	outcomeReturned    = "returned"
)

// callLeg is one agent's phone within a call.
type callLeg struct {
	id, agent, why string
	offered        bool          // the desk was offered and has not heard the end of it: one Withdraw or one Talk is owed
	claimed        bool          // by the board, which puts the agent back on the idle lists when somebody else answers
	ended          bool          // the switch said so
	gone           bool          // given up by us
	joining        bool          // Connect was asked for
	reason, note   string        // why the agent declined
	asked          chan struct{} // closed when the switch has answered the request to ring; nil for an adopted leg
	overdue        *time.Timer
}

// liveCall is one caller's call, owned by whoever runs live. Nothing here is touched by anybody else, but
// inbox and view.
type liveCall struct {
	Call
	d       *Distributor
	rule    RingRule
	log     *slog.Logger
	inbox   inbox
	raised  []callInput
	replies []func()
	view    atomic.Pointer[CallView]

	state     callState
	queue     string
	epoch     int64
	onBoard   bool
	driven    time.Time // when this node had not yet asked the board to be its driver
	wants     want
	caller    Caller
	place     int
	place1    time.Time // since when it is in this queue
	visited   map[string]bool
	overdone  map[string]bool // overflow occasions used up, by queue
	climbed   map[string]bool // deadlines done
	legs      map[string]*callLeg
	legCount  int
	brakes    map[string]brake
	rouseDue  time.Time
	rouseWait time.Duration
	timers    []*time.Timer
	tries     *backoff

	winner      *callLeg
	answeredAt  time.Time // switch's time of the answer that counts: the first after which a human talked
	pickedUp    time.Time // switch's time of the present winner's answer
	answerSeen  time.Time // our time of it
	talkSince   time.Time // the present talker's beginning
	talker      string    // who talked last, and how long
	talked      time.Duration
	human       bool     // a human has talked with the caller
	verdict     *Verdict // fixed once (I6)
	reopened    bool
	keep        string    // the agent for whom the call is kept: their talk broke off
	keepUntil   time.Time // until then
	owning      bool
	owned       *Owned
	held, music bool
	machine     *Overflow
	hand        *handOver
	handCount   int
	expert      *guest // asked in by the talker
	monitor     *guest // a service manager who listens
	hangUpWhy   string
	hangUps     int

	news []Event // what this input brought, to be written when everything it asks for is under way
}

// want is how the call is to be enqueued: differently after a full queue and after a talk that broke off.
type want struct {
	limitless bool // no MaxWaiting: overflow could not do better
	everyone  bool // ring everybody: overflow failed
	manager   bool // start with the service managers
	first     bool // before everybody else: the talk broke off
}

func newLiveCall(d *Distributor, call Call, hotline HotlineConfig) *liveCall {
	c := &liveCall{
		Call: call, d: d, rule: hotline.Rule, queue: hotline.Queue, state: stateArriving, inbox: inbox{backlog: &d.backlog},
		log: d.log.With("call", call.ID), legs: map[string]*callLeg{}, tries: newBackoff(), place1: call.Ring1,
	}
	c.publish()
	return c
}

// put sends the call an input and reports whether it will see it.
func (c *liveCall) put(in callInput) bool {
	taken, wake := c.inbox.put(in)
	if wake {
		c.d.beside(c.live)
	}
	return taken
}

// live owns the call while there are inputs. It goes when there are none, so that a waiting call costs no stack, and the
// next input starts it again: at any time at most one goroutine runs a call's code.
func (c *liveCall) live(ctx context.Context) {
	for ctx.Err() == nil {
		batch := c.inbox.take()
		if len(batch) == 0 {
			return
		}
		for i, in := range batch {
			c.handle(in)
			if c.state == stateEnded {
				c.close(batch[i+1:])
				return
			}
		}
		c.show()
	}
}

// close is the end of the call's life here.
func (c *liveCall) close(rest []callInput) {
	c.quiet()
	c.d.forget(c)
	c.show()
	for _, in := range append(rest, c.inbox.close()...) {
		c.unexpected(in)
	}
}

// reply answers an order once its effect can be seen. Only the call's goroutine calls it.
func (c *liveCall) reply(o *order, err error) {
	if o != nil {
		c.replies = append(c.replies, func() { o.answer(err) })
	}
}

// show makes the present state visible, then answers those who asked for it.
func (c *liveCall) show() {
	c.publish()
	for _, answer := range c.replies {
		answer()
	}
	c.replies = nil
}

// quiet stops the call's timers.
func (c *liveCall) quiet() {
	for _, t := range c.timers {
		t.Stop()
	}
	for _, leg := range c.legs {
		leg.stop()
	}
}

// handle moves the call by one input and by all that this raises.
func (c *liveCall) handle(raw callInput) {
	in, ok := c.classify(raw)
	if !ok {
		return
	}
	c.step(in)
	for len(c.raised) > 0 {
		next := c.raised[0]
		c.raised = c.raised[1:]
		c.step(next)
	}
	if len(c.news) > 0 {
		runtime.Gosched() // requests to the switch that have just been made go first: a caller waits for them
		c.flush()
	}
	c.dropEnded(raw)
}

func (c *liveCall) step(in callInput) {
	r, ok := c.d.table[c.state][in.kind]
	if !ok {
		c.unexpected(in)
		return
	}
	c.state = r.next
	for _, e := range r.effects {
		e.do(c, in)
	}
}

// unexpected is the explicit no-op: counted, logged, and refused when somebody waits for an answer.
func (c *liveCall) unexpected(in callInput) {
	if in.order != nil {
		in.order.refuse(errWrongState(c.state, in.kind))
		return
	}
	if in.kind == inStrayEnded {
		return // a leg that we had given up; dropEnded has the rest
	}
	c.d.unexpected.Add(1)
	c.log.Debug("an input that this state does not expect moves nothing", "state", string(c.state), "input", string(in.kind),
		"leg", in.leg, "agent", in.agent, "why", in.why)
}

// raise lets an effect say what came of it. It is handled before anything else.
func (c *liveCall) raise(in callInput) { c.raised = append(c.raised, in) }

// after sends the call an input later. The timer dies with the call.
func (c *liveCall) after(wait time.Duration, in callInput) *time.Timer {
	t := time.AfterFunc(wait, func() {
		in.at = c.d.cfg.Now()
		c.put(in)
	})
	c.timers = append(c.timers, t)
	return t
}

// aside runs one request to the switch next to the call; what it returns comes back as an input.
func (c *liveCall) aside(work func(context.Context) (callInput, bool)) {
	c.d.beside(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, c.d.cfg.PhoneTimeout)
		defer cancel()
		if in, ok := work(ctx); ok {
			in.at = c.d.cfg.Now()
			if !c.put(in) && in.order != nil {
				in.order.refuse(errUnknownCall(c.ID))
			}
		}
	})
}

// onBoardStep is one bounded step on the board. A node that stops lets it finish, so that no input is half done.
func (c *liveCall) onBoardStep(step func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.d.life), c.d.cfg.BoardTimeout)
	defer cancel()
	return step(ctx)
}

func (c *liveCall) now() time.Time { return c.d.cfg.Now() }

func (c *liveCall) ringNow() int { return c.rule.Ring(c.now().Sub(c.Ring1)) }

func (c *liveCall) event(kind string, at time.Time, agent string, data map[string]string) Event {
	return Event{Kind: kind, At: at, Call: c.ID, Queue: c.queue, Agent: agent, Data: data}
}

func (c *liveCall) write(kind string, at time.Time, agent string, data map[string]string) {
	c.tell(c.event(kind, at, agent, data))
}

// tell keeps an event until the input that brought it is handled: writing takes longer than ringing a phone may wait for.
func (c *liveCall) tell(e Event) { c.news = append(c.news, e) }

// flush writes what has been told, in order.
func (c *liveCall) flush() {
	for _, e := range c.news {
		c.d.write(e)
	}
	c.news = nil
}

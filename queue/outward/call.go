package outward

import (
	"context"
	"sync"
	"time"
)

// call is one call out. Its fields below mu belong to its goroutine.
type call struct {
	d      *Dialer
	id     string
	req    Request
	permit Permit
	number string // as it is dialled
	found  bool   // begun by an earlier process

	mu    sync.Mutex // guards what follows
	inbox []Event
	state string
	since time.Time
	wake  chan struct{}

	picked  bool // the agent's phone was answered
	reading *reading
	timer   *time.Timer
	done    bool
}

func newCall(d *Dialer, id string, r Request) *call {
	return &call{d: d, id: id, req: r, state: "calling", since: time.Now(), wake: make(chan struct{}, 1)}
}

// tell puts an event into the inbox.
func (c *call) tell(e Event) {
	c.mu.Lock()
	c.inbox = append(c.inbox, e)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *call) view() View {
	c.mu.Lock()
	defer c.mu.Unlock()
	return View{
		Call: c.id, Login: c.req.Login, Purpose: c.req.Purpose, Ref: c.req.Ref, Machine: c.req.Machine, State: c.state, Since: c.since,
	}
}

func (c *call) be(state string, at time.Time) {
	c.mu.Lock()
	c.state, c.since = state, at
	c.mu.Unlock()
}

// live works off the inbox until the call has ended or ctx does.
func (c *call) live(ctx context.Context) {
	defer func() {
		if c.timer != nil {
			c.timer.Stop()
		}
	}()
	for !c.done {
		select {
		case <-c.wake:
		case <-ctx.Done():
			return // it goes on at the switch
		}
		c.mu.Lock()
		events := c.inbox
		c.inbox = nil
		c.mu.Unlock()
		for _, e := range events {
			if !c.done {
				c.handle(ctx, e)
			}
		}
	}
}

func (c *call) note(kind string, at time.Time, data map[string]any) {
	c.d.opt.Ledger.Note(c.id, kind, c.req.Login, at, data)
}

func (c *call) handle(ctx context.Context, e Event) {
	switch e.Kind {
	case Phone:
		c.dial(ctx, e.At)
	case Ringing:
		c.be("ringing", e.At)
		c.note("out.ringing", e.At, nil)
	case Answered:
		c.answered(ctx, e.At)
	case Digit:
		c.read(ctx, scriptKey, e.Digit, e.At)
	case Played:
		c.read(ctx, scriptPlayed, "", e.At)
	case silence:
		c.read(ctx, scriptSilent, "", e.At)
	case hangUp:
		c.end(ctx)
	case Ended:
		c.over(e.End, e.At)
	}
}

// dial: the agent waits for the number. Whether it is still to be called is asked in this moment.
func (c *call) dial(ctx context.Context, at time.Time) {
	if !c.req.Machine {
		c.picked = true
		c.d.opt.Desk.Talking(c.req.Login, c.id, at)
		c.note("out.phone", at, nil)
	}
	err := c.d.opt.Ledger.Still(ctx, c.id)
	if err == nil {
		c.be("dialling", at)
		err = c.d.opt.Line.Reach(ctx, c.id, c.number, c.d.opt.Rules.NumberRing)
	}
	if err != nil {
		c.d.log.WarnContext(ctx, "a call out is not made after all", "call", c.id, "err", err)
		c.note("out.stopped", at, map[string]any{"why": err.Error()})
		c.end(ctx)
	}
}

func (c *call) answered(ctx context.Context, at time.Time) {
	c.be("talking", at)
	c.note("out.answered", at, nil)
	recording := ""
	if c.d.opt.Rules.Record {
		if err := c.d.opt.Line.Record(ctx, c.id, c.id); err != nil {
			c.d.log.WarnContext(ctx, "a call out is not recorded", "call", c.id, "err", err)
		} else {
			recording = c.id
		}
	}
	c.d.opt.Ledger.Answered(c.id, at, recording)
	if c.req.Machine {
		var deeds []deed
		c.reading, deeds = read(c.d.opt.Script(c.permit.Lang))
		c.do(ctx, deeds, at)
	}
}

// read passes an input on to the script.
func (c *call) read(ctx context.Context, in scriptInput, key string, at time.Time) {
	if c.reading == nil {
		return
	}
	if in == scriptKey && c.timer != nil {
		c.timer.Stop()
	}
	c.do(ctx, c.reading.step(in, key), at)
}

func (c *call) do(ctx context.Context, deeds []deed, at time.Time) {
	for _, what := range deeds {
		var err error
		switch {
		case what.hush:
			err = c.d.opt.Line.Hush(ctx, c.id)
		case what.say != "":
			err = c.d.opt.Line.Say(ctx, c.id, what.say)
		case what.wait > 0:
			if c.timer != nil {
				c.timer.Stop()
			}
			c.timer = time.AfterFunc(what.wait, func() { c.tell(Event{Kind: silence, At: time.Now(), Call: c.id}) })
		case what.answer[0] != "":
			c.d.opt.Ledger.Said(c.id, what.answer[0], what.answer[1], at)
		case what.hangUp:
			c.end(ctx)
		}
		if err != nil { // the customer hung up, or a prompt is not there: nobody is left in silence
			c.d.log.WarnContext(ctx, "the survey cannot go on", "call", c.id, "err", err)
			c.end(ctx)
			return
		}
	}
}

// end asks the switch to end the call; Ended follows, now where the switch does not know it any more.
func (c *call) end(ctx context.Context) {
	why := "cancelled"
	if v := c.view(); v.State == "talking" {
		why = "system"
	}
	if err := c.d.opt.Line.End(ctx, c.id, why); err != nil {
		c.tell(Event{Kind: Ended, At: time.Now(), Call: c.id, End: "unknown"})
	}
}

// over is the end, once.
func (c *call) over(end string, at time.Time) {
	if c.done {
		return
	}
	c.done = true
	if c.reading != nil {
		c.reading.step(scriptGone, "")
	}
	if !c.req.Machine && c.req.Login != "" {
		c.d.opt.Desk.Over(c.req.Login, c.id, end, c.picked || c.found, at)
	}
	c.note("out.ended", at, map[string]any{"end": end})
	c.d.opt.Ledger.Ended(c.id, end, at)
}

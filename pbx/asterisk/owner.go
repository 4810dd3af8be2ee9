package asterisk

import (
	"context"
	"runtime"
	"time"

	"golang.org/x/time/rate"

	"hotline/pbx"
)

// order is something for the owner to do with the tracker. done is closed when it is done, or refused with err.
type order struct {
	act    func(t *tracker) error
	always bool // also while the switch is not connected
	err    *error
	done   chan struct{}
}

// Timing of looks: two soon after a connection, to act on what its snapshot left open, then one each LookEvery.
const (
	soon      = time.Second
	soonLooks = enough + 1
)

// owner is the goroutine that the tracker belongs to.
type owner struct {
	d       *Driver
	sink    pbx.Sink
	t       *tracker
	session *session
	quick   int       // looks still due soon
	next    time.Time // when the next look is due
	looking bool
	grumble rate.Sometimes // log lines about frames that are no use
}

func newOwner(d *Driver, sink pbx.Sink) *owner {
	return &owner{
		d: d, sink: sink, t: newTracker(d.opt.Name, d.opt.App, d.opt.RingCycle, max(d.opt.NoVoice, 0)),
		grumble: rate.Sometimes{First: 3, Interval: 10 * time.Second},
	}
}

// batch is how many frames are worked off before orders get a turn.
const batch = 16

// run serves until ctx ends.
func (o *owner) run(ctx context.Context, sessions <-chan *session) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		next, ready := sessions, (<-chan struct{})(nil)
		if o.session != nil {
			next, ready = nil, o.session.backlog.ready
		}
		select {
		case <-ctx.Done():
		case s := <-next:
			o.begin(ctx, s)
		case ord := <-o.d.orders:
			o.serve(ctx, ord)
		case <-ready:
			frames, done := o.session.backlog.take(batch)
			for _, f := range frames {
				o.decode(ctx, f)
			}
			if done {
				o.lose(ctx)
			}
		case now := <-tick.C:
			o.tick(ctx, now)
		}
	}
	if o.session != nil {
		o.session.end(ctx.Err())
		close(o.session.drained)
	}
}

// begin takes a new connection's snapshot. Its frames come after.
func (o *owner) begin(ctx context.Context, s *session) {
	o.session = s
	o.d.log.InfoContext(ctx, "connected", "channels", len(s.first.Channels), "known_calls", len(o.t.calls))
	o.t.sync(s.first, time.Now().UTC())
	s.first = snapshot{}
	o.quick, o.next = soonLooks, time.Now().Add(soon)
	o.flush(ctx)
}

// lose ends a connection whose last frame is worked off.
func (o *owner) lose(ctx context.Context) {
	why := o.session.why()
	close(o.session.drained)
	o.session = nil
	if ctx.Err() != nil {
		return
	}
	o.d.log.WarnContext(ctx, "connection lost", "why", why)
	o.t.tell(pbx.Event{Kind: pbx.SwitchDown, At: time.Now().UTC(), Detail: why})
	o.flush(ctx)
}

func (o *owner) serve(ctx context.Context, ord order) {
	defer close(ord.done)
	if o.session == nil && !ord.always {
		*ord.err = pbx.ErrDown
		return
	}
	*ord.err = ord.act(o.t)
	o.flush(ctx)
}

// flush tells what the tracker wants told, and starts what it wants done.
func (o *owner) flush(ctx context.Context) {
	events, effects, odd := o.t.take()
	for _, what := range odd {
		o.d.m.surprise(what)
		o.d.log.DebugContext(ctx, "input without effect", "what", what)
	}
	for _, e := range events {
		o.sink(e)
		if e.Kind == pbx.CallEnded && e.End.Code == pbx.EndToDialplan && o.quick == 0 {
			o.quick, o.next = soonLooks, time.Now().Add(soon) // it rings agents' phones now
		}
	}
	if soonest := time.Now().Add(soon); o.t.unsettled() && o.next.After(soonest) {
		o.next = soonest
	}
	if len(events) > 0 && len(effects) > 0 {
		runtime.Gosched() // who waits for an event goes before our own tidying up
	}
	for _, e := range effects {
		o.d.aside.Go(func() { o.d.carryOut(ctx, e) })
	}
	o.d.m.calls.Set(float64(len(o.t.calls)))
}

// tick winds up watchdogs and starts looks.
func (o *owner) tick(ctx context.Context, now time.Time) {
	if o.session == nil {
		return
	}
	o.t.windUp(now)
	o.t.askVoice(now)
	o.flush(ctx)
	if o.looking || now.Before(o.next) && !o.t.answerMissed(now) {
		return
	}
	o.looking = true
	seen := o.session
	o.d.aside.Go(func() {
		s, err := o.d.rest.snapshot(ctx)
		_ = o.d.ask(ctx, true, func(t *tracker) error {
			o.looking = false
			o.next = time.Now().Add(o.d.opt.LookEvery)
			if o.quick > 0 {
				o.quick--
				o.next = time.Now().Add(soon)
			}
			if err != nil || o.session != seen {
				return err // of another connection: it had its own snapshot
			}
			for _, what := range t.look(s, time.Now().UTC()) {
				o.d.m.heal(what)
				o.d.log.WarnContext(ctx, "mended by looking", "what", what)
			}
			if t.unsettled() {
				o.next = time.Now().Add(soon)
			}
			return nil
		})
	})
}

// ask has the owner do something with the tracker. Errors: act's, pbx.ErrDown when the driver does not run or, unless
// always, is not connected, or ctx's error.
func (d *Driver) ask(ctx context.Context, always bool, act func(t *tracker) error) error {
	select {
	case <-d.serving:
	default:
		return pbx.ErrDown
	}
	var err error
	ord := order{act: act, always: always, err: &err, done: make(chan struct{})}
	select {
	case d.orders <- ord:
		<-ord.done
		return err
	case <-d.over:
		return pbx.ErrDown
	case <-ctx.Done():
		return ctx.Err()
	}
}

package outward

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options are what a Dialer works with.
type Options struct {
	Switch string // name of the switch that calls go out by
	Rules  Rules
	Line   Line
	Ledger Ledger
	Desk   Desk
	Script func(lang string) Script // of a call without agent
	Log    *slog.Logger
}

// Dialer makes calls out and follows them until they end. One goroutine owns each call; everything else sends to its inbox.
type Dialer struct {
	opt Options
	log *slog.Logger

	mu    sync.Mutex
	calls map[string]*call
	ctx   context.Context //nolint:containedctx // of Run: calls are driven while it lasts, and go on at the switch after it
	run   sync.WaitGroup
}

// New makes a Dialer; Run drives it.
func New(opt Options) *Dialer {
	return &Dialer{opt: opt, log: opt.Log.With("component", "outward"), calls: map[string]*call{}}
}

// View is one call out as it stands.
type View struct {
	Call, Login, Purpose, Ref string
	Machine                   bool
	State                     string // "calling", "dialling", "ringing", "talking"
	Since                     time.Time
}

// Run drives calls until ctx ends. Those that are up stay up at the switch, and are found again.
func (d *Dialer) Run(ctx context.Context) error {
	d.mu.Lock()
	d.ctx = ctx
	d.mu.Unlock()
	<-ctx.Done()
	d.mu.Lock()
	d.ctx = nil
	d.mu.Unlock()
	d.run.Wait()
	return nil
}

// errStopped: the process is on its way up or down.
var errStopped = errors.New("outward: not running")

// Place makes one call. It returns when the agent's phone is asked to ring (without one: when the number is), and the rest is
// told by Live. Errors: ErrOff, the switch's inability (Rules.Unsupported), the ledger's refusal, ErrNumber, ErrEngaged, or what
// the telephone said. After an error nobody is called.
func (d *Dialer) Place(ctx context.Context, r Request) (id string, err error) {
	switch rules := d.opt.Rules; {
	case rules.Unsupported != nil: // said first: switching it on would not help
		return "", rules.Unsupported
	case !rules.On:
		return "", ErrOff
	}
	id = d.opt.Switch + "-out." + strconv.FormatInt(time.Now().UnixMilli(), 36) + strings.ToLower(rand.Text()[:8])
	permit, err := d.opt.Ledger.Permit(ctx, id, r)
	if err != nil {
		return "", err
	}
	c := newCall(d, id, r)
	c.permit = permit
	if c.number, err = d.opt.Rules.Dialled(permit.Number); err != nil {
		d.log.WarnContext(ctx, "a number on the worklist may not be called", "call", id, "purpose", r.Purpose, "ref", r.Ref)
		d.opt.Ledger.Ended(id, "barred", time.Now())
		return "", err
	}
	if !r.Machine && !d.opt.Desk.Claim(r.Login, id, permit.Number, permit.Name) {
		d.opt.Ledger.Ended(id, "engaged", time.Now())
		return "", ErrEngaged
	}
	if err := d.begin(c); err != nil {
		c.over("failed", time.Now())
		return "", err
	}
	phone := r.Login
	if r.Machine {
		phone = ""
	}
	if err := d.opt.Line.Dial(ctx, id, phone, permit.Number, permit.Name, d.opt.Rules.AgentRing); err != nil {
		c.tell(Event{Kind: Ended, At: time.Now(), Call: id, End: "failed"})
		return "", fmt.Errorf("outward: dial: %w", err)
	}
	d.opt.Ledger.Note(id, "out.dialled", r.Login, time.Now(), map[string]any{"purpose": r.Purpose, "ref": r.Ref, "machine": r.Machine})
	if r.Machine {
		c.tell(Event{Kind: Phone, At: time.Now(), Call: id})
	}
	return id, nil
}

// begin gives a call its goroutine.
func (d *Dialer) begin(c *call) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ctx == nil {
		return errStopped
	}
	d.calls[c.id] = c
	ctx := d.ctx
	d.run.Go(func() {
		c.live(ctx)
		d.mu.Lock()
		delete(d.calls, c.id)
		d.mu.Unlock()
	})
	return nil
}

// The kinds of Event, in the order in which a call goes.
const (
	Phone    = "phone"    // the agent picked up
	Ringing  = "ringing"  // the number rings
	Answered = "answered" // somebody picked up there
	Digit    = "digit"
	Played   = "played"
	Ended    = "ended"
	hangUp   = "hang up" // somebody here wants it to end
	silence  = "silence"
)

// Event is what the switch tells of a call out.
type Event struct {
	Kind  string
	At    time.Time
	Call  string
	Digit string
	End   string
}

// Told takes an event and returns at once.
func (d *Dialer) Told(e Event) {
	d.mu.Lock()
	c := d.calls[e.Call]
	d.mu.Unlock()
	if c != nil {
		c.tell(e)
		return
	}
	if e.Kind == Ended { // of a process before: the ledger knows it
		d.opt.Ledger.Ended(e.Call, e.End, e.At)
	}
}

// Found takes over a call that an earlier process began and that is on the switch. Who talks goes on; what has not come so far,
// and what a script said, is ended: nobody waits in silence. r is zero for a call that the ledger does not know.
func (d *Dialer) Found(id string, r Request, state string, at time.Time) {
	c := newCall(d, id, r)
	c.state, c.since, c.found = "talking", at, true
	if err := d.begin(c); err != nil {
		return
	}
	if state != "talking" || r.Machine || r.Login == "" {
		c.tell(Event{Kind: hangUp, At: at, Call: id, End: "system"})
		return
	}
	if d.opt.Desk.Claim(r.Login, id, "", "") {
		d.opt.Desk.Talking(r.Login, id, at)
	}
}

// HangUp ends a call. Errors: ErrGone.
func (d *Dialer) HangUp(id string) error {
	d.mu.Lock()
	c := d.calls[id]
	d.mu.Unlock()
	if c == nil {
		return ErrGone
	}
	c.tell(Event{Kind: hangUp, At: time.Now(), Call: id})
	return nil
}

// Live lists the calls out that are under way.
func (d *Dialer) Live() []View {
	d.mu.Lock()
	defer d.mu.Unlock()
	views := make([]View, 0, len(d.calls))
	for _, c := range d.calls {
		views = append(views, c.view())
	}
	return views
}

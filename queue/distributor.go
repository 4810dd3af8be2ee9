package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Alarms fires deadlines at their instant by calling Distributor.Due. The board holds the durable copy; an alarm that
// never comes is found there by the sweep.
type Alarms interface {
	Arm(Deadline)
}

// Distributor brings callers and agents together. One goroutine owns each call; everything else sends to its inbox, and
// what several calls must agree on is one atomic step on the board. All methods may be called from any goroutine, and none
// but Run, Synced's own work and the commands block.
type Distributor struct {
	cfg     Config
	plan    plan
	table   callTable
	guests  guestTable
	parties Parties // of phones, if they have it
	reach   Reach   // of desks, if they have it
	board   Board
	alarms  Alarms
	phones  Phones
	voice   Voice
	desks   Desks
	book    Book
	log     *slog.Logger
	seats   *seats
	numbers *Numbers
	telling sync.Mutex // held while one event goes to numbers and book: both see the same order, and Floor no half of one

	life    context.Context //nolint:containedctx // the life of the calls, which outlive every request; ended by Run
	end     context.CancelFunc
	mu      sync.Mutex
	calls   map[string]*liveCall
	quota   *quota
	stopped bool
	wg      sync.WaitGroup

	backlog    atomic.Int64
	unexpected atomic.Int64
	trouble    atomic.Int64
}

// NewDistributor makes a distributor that works from the first Arrived on and stops when Run does.
func NewDistributor(cfg Config, board Board, alarms Alarms, phones Phones, voice Voice, desks Desks, book Book, log *slog.Logger) *Distributor {
	cfg = cfg.withDefaults()
	life, end := context.WithCancel(context.Background())
	parties, _ := phones.(Parties)
	reach, _ := desks.(Reach)
	return &Distributor{
		cfg: cfg, plan: newPlan(cfg), table: newCallTable(), guests: newGuestTable(), parties: parties, reach: reach, board: board, alarms: alarms, phones: phones, voice: voice,
		desks: desks, book: book, log: log.With("component", "queue"), seats: newSeats(), numbers: NewNumbers(cfg),
		life: life, end: end, calls: map[string]*liveCall{}, quota: newQuota(cfg.CallsPerNumber),
	}
}

// Run waits until ctx is over, then for everything that is under way. Calls are not ended: they go on at the switch and are
// adopted by whoever comes next (I9).
func (d *Distributor) Run(ctx context.Context) error {
	<-ctx.Done()
	d.mu.Lock()
	d.stopped = true
	d.mu.Unlock()
	d.end()
	d.wg.Wait()
	for _, c := range d.calls { // nobody else is left
		c.quiet()
	}
	return nil
}

// Arrived takes a new caller. A number that is no hotline of ours is refused, and so is a caller whose number has
// Config.CallsPerNumber calls already that nobody answered yet.
func (d *Distributor) Arrived(call Call) {
	hotline, ok := d.plan.byDID[call.DID]
	if !ok {
		d.log.Warn("a call for a number that is no hotline was refused", "call", call.ID, "did", call.DID)
		d.refuse(call, "unknown-number")
		return
	}
	d.start(call, hotline, callInput{kind: inStart, at: call.Ring1})
}

// refuse ends a call that never gets a life of its own; the caller hears busy. It is on record like any other.
func (d *Distributor) refuse(call Call, reason string) {
	d.write(Event{Kind: EventRefused, At: call.Ring1, Call: call.ID, Data: map[string]string{
		"reason": reason, "did": call.DID, "number": call.Number, "switch": call.Switch,
	}})
	d.write(Event{Kind: EventEnded, At: d.cfg.Now(), Call: call.ID, Data: map[string]string{"end": endRefused, "talk_ms": "0"}})
	d.beside(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, d.cfg.PhoneTimeout)
		defer cancel()
		if err := d.phones.HangUp(ctx, call.ID, endRefused); err != nil && !errors.Is(err, ErrUnknown) {
			d.log.Warn("a refused call could not be ended", "call", call.ID, "error", err)
		}
	})
}

// tooMany refuses a caller whose number has its share already. The managers are told once.
func (d *Distributor) tooMany(call Call, first bool) {
	if first {
		d.log.Warn("a number has more calls than it may; further ones are refused", "number", call.Number, "limit", d.cfg.CallsPerNumber)
		d.write(Event{Kind: EventAlarm, At: call.Ring1, Data: map[string]string{
			"what": "too-many-calls", "detail": fmt.Sprintf("%s has %d calls that nobody answered yet; further ones are refused",
				cmp.Or(call.Number, call.Shown), d.cfg.CallsPerNumber),
		}})
	}
	d.refuse(call, "too-many-calls")
}

// start begins a call's life. A call that lives already hears of it in its inbox.
func (d *Distributor) start(call Call, hotline HotlineConfig, first callInput) {
	d.mu.Lock()
	if d.stopped {
		d.mu.Unlock()
		return
	}
	c, known := d.calls[call.ID]
	if !known {
		if ok, once := d.quota.room(call); !ok && first.kind == inStart { // who was found on the switch is let in
			d.mu.Unlock()
			d.tooMany(call, once)
			return
		}
		d.quota.join(call)
		c = newLiveCall(d, call, hotline)
		d.calls[call.ID] = c
	}
	d.mu.Unlock()
	c.put(first)
}

// beside runs slow work next to the calls; Run waits for it. It reports whether the work was started.
func (d *Distributor) beside(work func(context.Context)) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped {
		return false
	}
	d.wg.Go(func() { work(d.life) })
	return true
}

// send puts an input into a call's inbox and reports whether there is such a call.
func (d *Distributor) send(call string, in callInput) bool {
	d.mu.Lock()
	c := d.calls[baseCall(call)]
	d.mu.Unlock()
	return c != nil && c.put(in)
}

// route gives matches to the calls they are for. A match whose call has ended meanwhile needs nothing: leaving the board
// has freed the agent.
func (d *Distributor) route(matches []Match) {
	for _, m := range matches {
		if !d.send(m.Call, callInput{kind: rawMatch, at: d.cfg.Now(), matches: []Match{m}}) {
			d.log.Debug("a match came for a call that has ended", "call", m.Call, "agent", m.Agent)
		}
	}
}

// write is the one way for an event to the journal and to the live numbers, so that they cannot differ.
func (d *Distributor) write(e Event) {
	d.telling.Lock()
	defer d.telling.Unlock()
	d.numbers.Apply(e)
	d.book.Write(e)
}

// Note writes an event of somebody else's: presence (EventPresence), a degraded board, an alarm.
func (d *Distributor) Note(e Event) { d.write(e) }

// Replay counts an event of the day that was written before this process began: the live numbers go on where they were. Where
// phones were then, this process has yet to hear.
func (d *Distributor) Replay(e Event) {
	if e.Kind != EventReach {
		d.numbers.Apply(e)
	}
}

// forget ends a call's life in the table of calls.
func (d *Distributor) forget(c *liveCall) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.calls[c.ID] == c {
		delete(d.calls, c.ID)
		d.quota.leave(c.Call)
	}
}

// reached notes that a human talks with the caller: the call does not count against its number any more.
func (d *Distributor) reached(c *liveCall) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.quota.leave(c.Call)
}

// freeLine gives an agent's phone back and lets the next call have it.
func (d *Distributor) freeLine(leg string) { d.route(d.seats.free(leg)) }

// Due is what Alarms calls when a deadline has come.
func (d *Distributor) Due(dl Deadline) {
	d.send(dl.Call, callInput{kind: rawDeadline, at: d.cfg.Now(), why: dl.Kind, epoch: dl.Epoch})
}

// LegRinging says that a phone itself reports that it rings. Like LegAnswered, LegEnded, CallEnded, Digit, PlayEnded and
// HeldByPhone it passes on what the switch says: why is a leg end or call end in the switch's words (pbx.LegEnd,
// pbx.EndCode), at is the switch's time.
func (d *Distributor) LegRinging(call, leg string, at time.Time) {
	d.send(call, callInput{kind: rawLegRinging, leg: leg, at: at})
}

// LegAnswered says that a human picked up; see LegRinging.
func (d *Distributor) LegAnswered(call, leg string, at time.Time) {
	d.send(call, callInput{kind: rawLegAnswered, leg: leg, at: at})
}

// LegEnded says why a leg is over; see LegRinging.
func (d *Distributor) LegEnded(call, leg, why string, at time.Time) {
	if !d.send(call, callInput{kind: rawLegEnded, leg: leg, why: why, at: at}) {
		d.freeLine(leg) // the call has ended before its leg; the phone is free only now
	}
}

// CallEnded says why the call is over; see LegRinging. Ring is the switch's count for an abandon; ours is from the times.
func (d *Distributor) CallEnded(call, why string, ring int, at time.Time) {
	d.send(call, callInput{kind: inCallEnded, why: why, n: ring, at: at})
}

// Digit passes on one key of the caller; see LegRinging.
func (d *Distributor) Digit(call, digit string) {
	d.send(call, callInput{kind: inDigit, why: digit, at: d.cfg.Now()})
}

// PlayEnded says that an announcement is over; see LegRinging.
func (d *Distributor) PlayEnded(call string) {
	d.send(call, callInput{kind: inPlayEnded, at: d.cfg.Now()})
}

// CallerUnheard says that in a talk no voice ever came from the caller's side; see LegRinging.
func (d *Distributor) CallerUnheard(call string, at time.Time) {
	d.send(call, callInput{kind: inUnheard, at: at})
}

// HeldByPhone says that the agent's phone held or resumed the caller by its own key; see LegRinging.
func (d *Distributor) HeldByPhone(call string, held bool) {
	d.send(call, callInput{kind: inHeld, on: held, at: d.cfg.Now()})
}

// legID names the n-th leg of a call, ringing agent: the scheme that the switch's driver knows, too.
func legID(call, agent string, n int) string { return fmt.Sprintf("leg~%s~%s~%d", call, agent, n) }

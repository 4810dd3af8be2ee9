package queue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Failover is a Board that uses the shared board and keeps a ledger beside it: what this node drives and whom it knows,
// learnt from every result. When the shared board fails, or takes longer than Timeout, the ledger itself becomes the board
// at once, for this node alone (degraded mode: callers here reach agents known here). Run probes the shared board and,
// when it is back, writes it anew from the ledger and returns to it.
//
// A step whose answer was lost is taken again on the ledger; what the shared board made of it is overwritten on return.
type Failover struct {
	opt    FailoverOptions
	shared Board
	local  *LocalBoard

	mu       sync.RWMutex // held for reading while a step uses or teaches the ledger, for writing while the mode changes
	degraded bool
	turn     int64 // counts changes of mode: an answer from an earlier turn is void

	flight   sync.RWMutex // held for reading while a step is under way on the shared board; taken before mu
	commands atomic.Int64
	turned   chan struct{} // there is news for Run
	began    time.Time

	newsMu sync.Mutex
	news   []Event
}

// FailoverOptions says how patient a Failover is. The zero value of a field takes the default named beside it.
type FailoverOptions struct {
	Timeout time.Duration // for one step on the shared board. 150 ms
	Cold    time.Duration // from the start, in which a step may take coldTimeout. 0
	Probe   time.Duration // between probes while degraded. 250 ms
	Report  func(Event)   // takes EventDegraded, in order, on the goroutine of Run; it may use the board
	Now     func() time.Time
	Log     *slog.Logger
}

// coldTimeout is for one step on the shared board while a node is cold.
const coldTimeout = time.Second

var _ Board = (*Failover)(nil)

// NewFailover makes a board of two. local must have the node name and clock of shared and be used by nobody else.
func NewFailover(shared Board, local *LocalBoard, opt FailoverOptions) *Failover {
	if opt.Timeout <= 0 {
		opt.Timeout = 150 * time.Millisecond
	}
	if opt.Probe <= 0 {
		opt.Probe = 250 * time.Millisecond
	}
	if opt.Report == nil {
		opt.Report = func(Event) {}
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &Failover{opt: opt, shared: shared, local: local, began: opt.Now(), turned: make(chan struct{}, 1)}
}

// Mode is ModeShared or, degraded, ModeLocal.
func (f *Failover) Mode() string {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.degraded {
		return ModeLocal
	}
	return ModeShared
}

// Commands counts the steps asked of the shared board.
func (f *Failover) Commands() int64 { return f.commands.Load() }

// Run brings the shared board back whenever it was lost, until ctx ends.
func (f *Failover) Run(ctx context.Context) error {
	probe := time.NewTicker(f.opt.Probe)
	defer probe.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.turned:
		case <-probe.C:
		}
		f.tell()
		if f.Mode() == ModeLocal {
			f.restore(ctx)
			f.tell()
		}
	}
}

// step takes one step: on the shared board, from whose result the ledger learns, or on the ledger. lost says whether the
// result shows that the shared board lost what it held.
func step[T any](ctx context.Context, f *Failover, order func(context.Context, Board) (T, error), learn func(*round, T), lost func(T, error) bool) (T, error) {
	for {
		f.mu.RLock()
		turn := f.turn
		if f.degraded {
			defer f.mu.RUnlock()
			return order(context.WithoutCancel(ctx), f.local) // the time may be spent already, and memory needs none
		}
		f.mu.RUnlock()

		result, current, err := ask(ctx, f, turn, order, learn)
		switch {
		case err != nil && errors.Is(ctx.Err(), context.Canceled):
			return result, err
		case !current:
		case !foreseen(err):
			f.degrade(turn, err.Error())
		case lost != nil && lost(result, err) && f.settled(func() bool { return lost(result, err) }):
			f.degrade(turn, "the shared board lost what this node had on it")
		default:
			return result, err
		}
	}
}

// ask asks the shared board within the time-out. current is false when the mode changed meanwhile: the answer is void.
func ask[T any](ctx context.Context, f *Failover, turn int64, order func(context.Context, Board) (T, error), learn func(*round, T)) (result T, current bool, err error) {
	f.flight.RLock()
	defer f.flight.RUnlock()
	if !f.in(turn) {
		return result, false, nil
	}
	f.commands.Add(1)
	ctx, cancel := context.WithTimeout(ctx, f.timeout())
	defer cancel()
	result, err = order(ctx, f.shared)
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.turn != turn {
		return result, false, err
	}
	if err == nil {
		f.local.teach(func(r *round) { learn(r, result) })
	}
	return result, true, err
}

// timeout is how long the shared board may take. A node that has just started knows nothing yet of the calls it has to
// adopt: turning to its own ledger then would lose their places and clocks, and the machine is busy starting. A server that
// is gone refuses at once all the same.
func (f *Failover) timeout() time.Duration {
	if f.opt.Now().Sub(f.began) < f.opt.Cold {
		return max(f.opt.Timeout, coldTimeout)
	}
	return f.opt.Timeout
}

func (f *Failover) in(turn int64) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.turn == turn
}

// settled asks again when the steps under way have been learnt: what looked lost may just have left.
func (f *Failover) settled(still func() bool) bool {
	f.flight.Lock()
	defer f.flight.Unlock()
	return still()
}

// foreseen says that an error is an outcome of the contract, not a failure of the board.
func foreseen(err error) bool {
	if err == nil {
		return true
	}
	for _, known := range []error{ErrTaken, ErrUnknown, ErrFenced, ErrBusy, ErrFull, errInput} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

func (f *Failover) degrade(turn int64, why string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.turn != turn || f.degraded {
		return
	}
	f.turn++
	f.degraded = true
	f.opt.Log.Error("the shared board is lost; this node goes on alone", "reason", why)
	f.report(ModeLocal, why)
}

// restore tries to write the shared board anew and returns to it. Steps wait meanwhile, so that none is lost between.
func (f *Failover) restore(ctx context.Context) {
	if !f.answers(ctx) {
		return
	}
	f.flight.Lock() // steps of the turn before have had their time-out
	defer f.flight.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	standing := f.local.Standing()
	patience, cancel := context.WithTimeout(ctx, f.opt.Timeout+time.Duration(len(standing.Calls)+len(standing.Agents))*time.Millisecond)
	defer cancel()
	fenced, err := f.shared.Restore(patience, standing)
	if err != nil {
		f.opt.Log.Warn("the shared board answers but cannot be written yet", "error", err)
		return
	}
	f.local.teach(func(r *round) {
		for _, call := range fenced {
			r.loseCall(call)
		}
	})
	f.turn++
	f.degraded = false
	f.opt.Log.Info("the shared board is back", "calls", len(standing.Calls), "agents", len(standing.Agents), "taken_over_by_others", len(fenced))
	f.report(ModeShared, "written anew")
}

// answers probes the shared board with a step that changes nothing.
func (f *Failover) answers(ctx context.Context) bool {
	probe, cancel := context.WithTimeout(ctx, f.opt.Timeout)
	defer cancel()
	f.commands.Add(1)
	_, err := f.shared.Due(probe, f.opt.Now(), 1)
	return err == nil
}

// report leaves word for Run, which tells it when no lock is held.
func (f *Failover) report(mode, why string) {
	f.newsMu.Lock()
	defer f.newsMu.Unlock()
	f.news = append(f.news, Event{Kind: EventDegraded, At: f.opt.Now(), Data: map[string]string{"mode": mode, "reason": why}})
	select {
	case f.turned <- struct{}{}:
	default:
	}
}

func (f *Failover) tell() {
	f.newsMu.Lock()
	news := f.news
	f.news = nil
	f.newsMu.Unlock()
	for _, e := range news {
		f.opt.Report(e)
	}
}

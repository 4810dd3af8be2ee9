package agent

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	versionBits  = 27              // of a version count changes since the start; the epoch above them makes starts comparable
	copyBatch    = 64              // agents a round trip: about 0.1 ms of the store's time
	copyTimeout  = time.Second     // of one operation
	copyProbe    = 5 * time.Second // how often an idle store is looked after
	copyFarewell = 2 * time.Second // for the last write on the way out
)

// CopyHealth is how the copy of presence is doing, for readiness and metrics.
type CopyHealth struct {
	// State is "none" (no store), "connecting", "ok", "unreachable", or "superseded": another server took the pen, this
	// one's changes are not copied any more.
	State  string
	Since  time.Time
	Behind int    // agents whose latest state is not copied yet
	Error  string // the last one, while unreachable
}

// errSuperseded says that a Roster started later writes presence now.
var errSuperseded = errors.New("agent: another server writes presence now")

// copier writes presence behind the changes: each changed agent once, with the latest state, in the order in which they
// first changed. While the store is away memory goes on, and all is written again when it is back, since it may come
// back empty.
//
// Versions are epoch<<versionBits + changes. The epoch is minutes since 1970 or one more than the last, so versions stay
// below 2^53 (exact in Lua and JavaScript) until 2097 for up to 134 million changes of one agent in one run.
type copier struct {
	r     *Roster
	store Store
	epoch atomic.Int64
	dial  sync.Mutex // one connect at a time

	mu      sync.Mutex
	order   []*seat
	writing int // taken from order, not yet written
	health  CopyHealth
	flushed chan struct{} // closed and replaced whenever nothing is left to write
	wake    chan struct{}
}

func newCopier(r *Roster, store Store) *copier {
	c := &copier{r: r, store: store, wake: make(chan struct{}, 1), flushed: make(chan struct{})}
	c.health = CopyHealth{State: "connecting", Since: time.Now()}
	if store == nil {
		c.health.State = "none"
	}
	return c
}

func (r *Roster) version(count int64) int64 { return r.copier.epoch.Load()<<versionBits + count }

// Copy tells how the copy is doing.
func (r *Roster) Copy() CopyHealth {
	c := r.copier
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.health
	h.Behind = len(c.order) + c.writing
	return h
}

// Flush returns when everything that changed before is copied, or when ctx ends. Without a store it returns at once.
func (r *Roster) Flush(ctx context.Context) error {
	c := r.copier
	for {
		c.mu.Lock()
		done := c.store == nil || len(c.order)+c.writing == 0
		superseded, flushed := c.health.State == "superseded", c.flushed
		c.mu.Unlock()
		switch {
		case done:
			return nil
		case superseded:
			return errSuperseded
		}
		select {
		case <-flushed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// mark puts a seat on the list of what is to be written. Called with the seat's lock held.
func (c *copier) mark(s *seat) {
	if c.store == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.dirty || c.health.State == "superseded" {
		return
	}
	s.dirty = true
	c.order = append(c.order, s)
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// take gives the next batch.
func (c *copier) take() []*seat {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.order), copyBatch)
	batch := append([]*seat(nil), c.order[:n]...)
	c.order = c.order[n:]
	for _, s := range batch {
		s.dirty = false // a change from here on is written again
	}
	c.writing = n
	return batch
}

// settle ends the writing of a batch.
func (c *copier) settle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writing = 0
	if len(c.order) == 0 {
		close(c.flushed)
		c.flushed = make(chan struct{})
	}
}

func (c *copier) be(state string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.health.State != state {
		c.health.State, c.health.Since = state, time.Now()
		if err != nil {
			c.r.log.Error("copy of presence", "state", state, "err", err)
		} else {
			c.r.log.Info("copy of presence", "state", state)
		}
	}
	c.health.Error = ""
	if err != nil {
		c.health.Error = err.Error()
	}
	if state == "superseded" {
		c.order = nil
		close(c.flushed)
		c.flushed = make(chan struct{})
	}
}

// run writes until ctx ends, and then what is left.
func (c *copier) run(ctx context.Context) {
	if c.store == nil {
		return
	}
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = 50*time.Millisecond, 5*time.Second
	probe := time.NewTicker(copyProbe)
	defer probe.Stop()
	connected := c.epoch.Load() != 0
	for {
		err := error(nil)
		if !connected {
			err = c.connect(ctx)
		}
		if err == nil {
			connected = true
			err = c.write(ctx)
		}
		switch {
		case errors.Is(err, errSuperseded):
			c.be("superseded", err)
			<-ctx.Done()
			return
		case ctx.Err() != nil:
			if connected {
				c.farewell(ctx)
			}
			return
		case err != nil:
			connected = false
			c.be("unreachable", err)
			linger(ctx, pause.NextBackOff())
		default:
			pause.Reset()
			select {
			case <-c.wake:
				if c.r.opt.Behind > 0 {
					linger(ctx, c.r.opt.Behind)
				}
			case <-probe.C:
			case <-ctx.Done():
			}
		}
	}
}

func (c *copier) farewell(ctx context.Context) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), copyFarewell)
	defer cancel()
	if err := c.write(last); err != nil {
		c.r.log.Error("last copy of presence", "err", err, "behind", c.r.Copy().Behind)
	}
}

// write saves batch after batch until nothing is left; with nothing to save it asks whether the pen is still ours.
func (c *copier) write(ctx context.Context) error {
	for {
		batch := c.take()
		copies := make([]Copy, len(batch))
		for i, s := range batch {
			copies[i] = c.r.copyOf(s)
		}
		err := c.save(ctx, copies)
		if err != nil {
			for _, s := range batch {
				c.mark(s)
			}
		}
		c.settle()
		c.mu.Lock()
		left := len(c.order)
		c.mu.Unlock()
		if err != nil || left == 0 {
			return err
		}
	}
}

func (c *copier) save(ctx context.Context, copies []Copy) error {
	mine := c.epoch.Load()
	op, cancel := context.WithTimeout(ctx, copyTimeout)
	defer cancel()
	now, stale, err := c.store.Save(op, mine, copies)
	switch {
	case err != nil:
		return err
	case now > mine:
		return errSuperseded
	case now < mine:
		return errors.New("agent: the store lost its memory of presence")
	}
	if len(stale) > 0 {
		c.r.log.Error("newer presence was stored by somebody else", "agents", stale)
	}
	c.be("ok", nil)
	return nil
}

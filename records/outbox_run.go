package records

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// Carrier delivers parcels of one channel. Carry returns nil when the receiver took it. An error that wraps ErrRefused is for good;
// any other is tried again.
type Carrier interface {
	Carry(ctx context.Context, p Parcel) error
}

// ErrRefused says that a receiver will never take a parcel: no such mailbox, no such page.
var ErrRefused = errors.New("records: refused for good")

// OutboxOptions say how parcels are sent. Only Carriers is required.
type OutboxOptions struct {
	Carriers map[string]Carrier // by channel
	First    time.Duration      // wait after the first failure, doubled after each; 30 s
	Most     time.Duration      // the longest wait; 1 h
	Attempts int                // after so many a parcel is dead; 16, which is nine hours
	Timeout  time.Duration      // of one attempt; 1 min
	Poll     time.Duration      // how often parcels of other nodes are looked for; 1 s
	Log      *slog.Logger
}

// Outbox sends what the records hold for it: each parcel at least once, and never again once the receiver's "taken" is on disk. Between
// the two a crash repeats it, with the same id. Of several nodes one holds a parcel at a time.
type Outbox struct {
	store  *Store
	opt    OutboxOptions
	log    *slog.Logger
	holder string
}

// NewOutbox makes the sender; Run runs it.
func NewOutbox(store *Store, opt OutboxOptions) *Outbox {
	set(&opt.First, 30*time.Second)
	set(&opt.Most, time.Hour)
	set(&opt.Attempts, 16)
	set(&opt.Timeout, time.Minute)
	set(&opt.Poll, time.Second)
	set(&opt.Log, store.log)
	return &Outbox{store: store, opt: opt, log: opt.Log.With("component", "outbox"), holder: crand.Text()}
}

// Run sends until ctx ends, and returns nil then. A slow mail server does not hold up the webhook.
func (o *Outbox) Run(ctx context.Context) error {
	var channels sync.WaitGroup
	for channel, carrier := range o.opt.Carriers {
		channels.Go(func() { o.serve(ctx, channel, carrier) })
	}
	channels.Wait()
	return nil
}

func (o *Outbox) serve(ctx context.Context, channel string, carrier Carrier) {
	for ctx.Err() == nil {
		changed := o.store.outbox.wait()
		sent, err := o.next(ctx, channel, carrier)
		if err != nil && ctx.Err() == nil {
			o.log.WarnContext(ctx, "the outbox cannot be read or written now", "channel", channel, "err", err)
		}
		if sent && err == nil {
			continue
		}
		timer := time.NewTimer(o.opt.Poll)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// next tries one parcel. An attempt that is under way when ctx ends may still finish, so that a delivery is not repeated after every
// restart.
func (o *Outbox) next(ctx context.Context, channel string, carrier Carrier) (tried bool, err error) {
	p, found, err := o.store.takeParcel(ctx, channel, o.holder, 2*o.opt.Timeout)
	if err != nil || !found {
		return false, err
	}
	lasting, done := graceful(ctx)
	defer done()
	attempt, cancel := context.WithTimeout(lasting, o.opt.Timeout)
	failed := carrier.Carry(attempt, p)
	cancel()
	ending, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	log := o.log.With("parcel", p.ID, "channel", channel, "kind", p.Kind, "attempt", p.Attempts)
	switch {
	case failed == nil:
		log.DebugContext(ctx, "delivered")
		return true, o.store.endParcel(ending, p, o.holder, "sent", o.store.now(), "")
	case errors.Is(failed, ErrRefused) || p.Attempts >= o.opt.Attempts:
		log.WarnContext(ctx, "given up; a manager can send it again", "err", failed)
		return true, o.store.endParcel(ending, p, o.holder, "dead", o.store.now(), failed.Error())
	}
	wait := o.wait(p.Attempts)
	log.InfoContext(ctx, "not delivered", "err", failed, "again", wait)
	return true, o.store.endParcel(ending, p, o.holder, "waiting", o.store.now().Add(wait), fmt.Sprint(failed))
}

// wait doubles from attempt to attempt, with a fifth of chance, so that many do not come back at one instant.
func (o *Outbox) wait(attempts int) time.Duration {
	wait := o.opt.First
	for range attempts - 1 {
		if wait = min(2*wait, o.opt.Most); wait == o.opt.Most {
			break
		}
	}
	return wait + time.Duration(rand.Int64N(int64(wait)/5+1)) //nolint:gosec // spreads load, guards nothing
}

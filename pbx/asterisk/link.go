package asterisk

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// steady is how long a connection must have lasted for the next attempt to be made at once.
const steady = 10 * time.Second

// link keeps a session open until ctx ends and hands each new one to the owner.
func (d *Driver) link(ctx context.Context, sessions chan<- *session) {
	retry := d.retry(100*time.Millisecond, 2*time.Second)
	yield := d.retry(d.opt.Usurped, 10*d.opt.Usurped)
	for ctx.Err() == nil {
		s, err := d.open(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			wait := retry.NextBackOff()
			d.log.WarnContext(ctx, "cannot connect to Asterisk", "err", err, "again_in", wait)
			pause(ctx, wait)
			continue
		}
		d.m.connects.Inc()
		began := time.Now()
		select {
		case sessions <- s:
			<-s.drained
		case <-ctx.Done():
			s.end(ctx.Err())
		}
		s.hands.Wait()
		if time.Since(began) > steady {
			retry.Reset()
		}
		if s.usurped.Load() {
			// Taking it back at once would be a fight, with every call thrown to and fro.
			wait := yield.NextBackOff()
			d.log.ErrorContext(ctx, "another controller has taken the ARI application", "app", d.opt.App, "back_in", wait)
			pause(ctx, wait)
			continue
		}
		if time.Since(began) > d.opt.Usurped {
			yield.Reset()
		}
		pause(ctx, retry.NextBackOff())
	}
}

func (d *Driver) retry(first, last time.Duration) *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: first, MaxInterval: last, Multiplier: 2, RandomizationFactor: 0.3,
	}
}

func pause(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

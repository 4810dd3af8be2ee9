package queue

import (
	"context"
	"time"

	cenkalti "github.com/cenkalti/backoff/v5"
)

// backoff spaces repeated tries: 20 ms at first, because a caller waits, then longer with jitter up to 2 s.
type backoff struct{ next *cenkalti.ExponentialBackOff }

func newBackoff() *backoff {
	b := cenkalti.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval = 20*time.Millisecond, 2*time.Second
	b.Reset()
	return &backoff{next: b}
}

func (b *backoff) wait() time.Duration { return b.next.NextBackOff() }

func (b *backoff) reset() { b.next.Reset() }

// sleep waits for the next try; false when ctx ended first.
func (b *backoff) sleep(ctx context.Context) bool {
	t := time.NewTimer(b.wait())
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

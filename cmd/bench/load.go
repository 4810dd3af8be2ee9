package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// sample is one call as caller and agent's phone saw it.
type sample struct {
	ring   time.Duration // INVITE sent → agent's INVITE received
	answer time.Duration // INVITE sent → 200 received
}

// load makes calls that arrive at random at a rate a second and waits until all are over. did gives the number that the
// n-th caller dials. seed makes the same arrivals again. Every call must be answered; the first that is not is the error.
func (c *centre) load(calls int, rate float64, seed uint64, did func(n int) string) ([]sample, error) {
	draw := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // the same every time is what is wanted
	samples, errs := make([]sample, calls), make([]error, calls)
	var under sync.WaitGroup
	at := time.Now()
	for n := range calls {
		at = at.Add(time.Duration(draw.ExpFloat64() / rate * float64(time.Second)))
		<-time.After(time.Until(at))
		number := c.number()
		under.Go(func() { samples[n], errs[n] = c.call(number, did(n)) })
	}
	under.Wait()
	for n, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("call %d of %d: %w", n+1, calls, err)
		}
	}
	return samples, nil
}

// call lives one call: the agent answers and hangs up by their phone's Behaviour.
func (c *centre) call(number, did string) (sample, error) {
	ctx, cancel := context.WithTimeout(context.Background(), house.Patience)
	defer cancel()
	rings := c.rung.expect(number)
	out, err := c.trunk.Dial(ctx, did, pbxtest.DialOptions{FromUser: number})
	if err != nil {
		return sample{}, err
	}
	if err := out.WaitAnswered(ctx); err != nil {
		return sample{}, err
	}
	if _, err := out.WaitEnded(ctx); err != nil {
		return sample{}, err
	}
	select {
	case in := <-rings:
		began := out.At(pbxtest.MarkInvite)
		return sample{
			ring: in.At(pbxtest.MarkInvite).Sub(began), answer: out.At(pbxtest.MarkAnswered).Sub(began),
		}, nil
	case <-ctx.Done():
		return sample{}, fmt.Errorf("answered, but no phone was rung for %s", number)
	}
}

package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// crowd is how many callers wait for one agent, and talk how long each is served. Queue() takes about a second for each
// hand-off, so its last callers give up instead of being waited for.
const (
	crowd       = 40
	queueServes = 15
	talk        = 100 * time.Millisecond
)

// measureHandOff times what passes between an agent's BYE and the next caller's INVITE at the same phone.
func measureHandOff(s *stage, o options) []row {
	c := openCentre(s, 1, pbxtest.Behaviour{})
	var queue50, queue99, hotline50, hotline99 []float64
	for round := range o.rounds {
		for k := range 2 {
			did, phone, name, served := didLone, c.lone, "Queue()", queueServes
			if (k+round)%2 == 1 {
				did, phone, name, served = house.DIDMain, c.agents[0], "hotline", crowd
			}
			gaps, err := c.handOffs(phone, did, served)
			s.must(name, err)
			c.settle()
			p50, p99 := quantile(gaps, 0.5), quantile(gaps, 0.99)
			if name == "hotline" {
				hotline50, hotline99 = append(hotline50, p50), append(hotline99, p99)
			} else {
				queue50, queue99 = append(queue50, p50), append(queue99, p99)
			}
			s.progress("round %d, %-7s  BYE→INVITE p50 %.2f p99 %.2f ms", round+1, name, p50, p99)
		}
	}
	line := func(what string, queue, hotline []float64, goals ...goal) row {
		return row{
			what: what, unit: "ms", dial: math.NaN(), queue: median(queue), hotline: median(hotline),
			ratio: medianRatio(hotline, queue), goals: goals,
		}
	}
	// The bound is the worse quantile of ours against the better one of theirs.
	worst := medianRatio(hotline99, queue50)
	return []row{
		line("agent's BYE → next INVITE, p50", queue50, hotline50),
		line("agent's BYE → next INVITE, p99", queue99, hotline99,
			atMost(median(hotline99), 5, "ms"), against("Queue()'s p50", worst, 0.01)),
	}
}

// handOffs lets a crowd gather while the agent's phone rings for the first of them, then serves so many one by one. It
// gives the gaps in ms.
func (c *centre) handOffs(phone *pbxtest.Phone, did string, served int) (gaps []float64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	callers, byNumber := make([]*pbxtest.PhoneCall, crowd), map[string]*pbxtest.PhoneCall{}
	for n := range callers {
		number := c.number()
		if callers[n], err = c.trunk.Dial(ctx, did, pbxtest.DialOptions{FromUser: number}); err != nil {
			return nil, err
		}
		byNumber[number] = callers[n]
		if err := callers[n].WaitRinging(ctx); err != nil {
			return nil, err
		}
	}
	var bye time.Time
	for n := range served {
		in, err := next(ctx, phone)
		if err != nil {
			return nil, fmt.Errorf("caller %d: %w", n+1, err)
		}
		if n > 0 {
			gaps = append(gaps, milliseconds(in.At(pbxtest.MarkInvite).Sub(bye)))
		}
		in.Answer()
		// Who hangs up before the two are connected is no hand-off: the caller would wait again, with the clock they have.
		caller := byNumber[in.CallerNumber()]
		if caller == nil {
			return nil, fmt.Errorf("the phone rings for %q, who did not call", in.CallerNumber())
		}
		if err := caller.WaitAnswered(ctx); err != nil {
			return nil, err
		}
		<-time.After(talk)
		if err := in.HangUp(ctx); err != nil {
			return nil, err
		}
		bye = in.At(pbxtest.MarkBye)
	}
	for _, caller := range callers[served:] {
		if err := caller.Cancel(ctx); err != nil {
			return nil, err
		}
	}
	for _, caller := range callers {
		if _, err := caller.WaitEnded(ctx); err != nil {
			return nil, err
		}
	}
	return gaps, nil
}

// next is the next call that rings at a phone; Queue() may take seconds. Calls whose callers gave up are passed over.
func next(ctx context.Context, phone *pbxtest.Phone) (*pbxtest.PhoneCall, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		in, err := phone.WaitInvite(ctx)
		if err != nil || !in.Passed(pbxtest.MarkEnded) {
			return in, err
		}
	}
}

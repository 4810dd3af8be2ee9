package asterisk_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"hotline/pbx"
	"hotline/pbx/asterisk"
	"hotline/pbx/pbxtest"
)

// TestConformance runs the suite of all drivers on one real Asterisk.
func TestConformance(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	pbxtest.Run(t, func(t *testing.T) pbxtest.Harness { return harness(real, newDriver(t, real, nil)) })
}

// TestConformanceStandingReady runs it once more, each phone having a leg that stands ready before it is rung.
func TestConformanceStandingReady(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	var used atomic.Int64
	pbxtest.Run(t, func(t *testing.T) pbxtest.Harness {
		d := newDriver(t, real, nil)
		h := harness(real, d)
		h.Switch = &prepared{Driver: d, t: t, used: &used}
		return h
	})
	if used.Load() < 30 {
		t.Errorf("only %d legs stood ready when they were rung", used.Load())
	}
	until(t, "nothing to be left on the switch", func() bool {
		_, channels := real.ARI("GET", "/channels", nil)
		_, bridges := real.ARI("GET", "/bridges", nil)
		return string(channels) == "[]" && string(bridges) == "[]"
	})
}

// prepared is a driver that has a leg stand ready for each phone that it is asked to ring.
type prepared struct {
	*asterisk.Driver
	t    *testing.T
	used *atomic.Int64

	mu     sync.Mutex
	phones []string
}

func (p *prepared) Ring(ctx context.Context, call pbx.CallID, r pbx.Ring) error {
	if err := p.ready(ctx, r.Phone); err != nil {
		return err
	}
	return p.Driver.Ring(ctx, call, r)
}

// ready waits until a leg stands ready for the phone, if one can.
func (p *prepared) ready(ctx context.Context, phone string) error {
	p.mu.Lock()
	p.phones = append(p.phones, phone)
	err := p.Prepare(ctx, p.phones)
	p.mu.Unlock()
	if err != nil {
		return err
	}
	until(p.t, "a leg to stand ready for "+phone, func() bool {
		ready, settled := p.Settled(ctx, phone)
		if ready {
			p.used.Add(1)
		}
		return settled
	})
	return nil
}

package asterisk

import "context"

// WatchdogInATalk is what the watchdog is set to while somebody talks.
const WatchdogInATalk = watchdogInATalk

// Settled says whether a leg stands ready for a phone, or none can: the phone is not to be reached, or is in a call.
func (d *Driver) Settled(ctx context.Context, phone string) (ready, settled bool) {
	_ = d.ask(ctx, true, func(t *tracker) error {
		s := t.standbys[phone]
		ready = s != nil && s.ready
		settled = ready || s == nil
		return nil
	})
	return ready, settled
}

// Standing counts the legs that stand ready, or are being made so.
func (d *Driver) Standing(ctx context.Context) (n int) {
	_ = d.ask(ctx, true, func(t *tracker) error {
		n = len(t.standbys)
		return nil
	})
	return n
}

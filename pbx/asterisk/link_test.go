package asterisk

import (
	"testing"
	"time"
)

// TestReconnectsEverMoreSlowlyAndOutOfStep: attempts double their distance up to a bound, and controllers that lost a switch together
// do not come back together.
func TestReconnectsEverMoreSlowlyAndOutOfStep(t *testing.T) {
	const first, last, spread = 100 * time.Millisecond, 2 * time.Second, 0.3
	d := new(Driver)
	together := 0
	a, b := d.retry(first, last), d.retry(first, last)
	for n, nominal := 0, first; n < 20; n, nominal = n+1, min(2*nominal, last) {
		wait, other := a.NextBackOff(), b.NextBackOff()
		low, high := time.Duration(float64(nominal)*(1-spread)), time.Duration(float64(nominal)*(1+spread))+time.Millisecond
		if wait < low || wait > high {
			t.Errorf("attempt %d waits %v, want %v to %v", n, wait, low, high)
		}
		if wait == other {
			together++
		}
	}
	if together > 2 {
		t.Errorf("two controllers tried %d of 20 times at the same moment", together)
	}
	if a.Reset(); a.NextBackOff() > 2*first {
		t.Error("after a connection that lasted, the next attempt is late")
	}
}

package asterisk

import (
	"testing"
	"time"

	"hotline/pbx"
)

func TestLegEndOf(t *testing.T) {
	for _, test := range []struct {
		cause                   int
		answered, busy, rangOut bool
		want                    pbx.LegEnd
	}{
		{cause: causeBusy, want: pbx.LegDeclined},
		{cause: causeBusy, busy: true, want: pbx.LegBusy},
		{cause: causeRejected, want: pbx.LegDeclined},
		{cause: causeRejected, busy: true, want: pbx.LegDeclined},
		{cause: causeNoAnswer, want: pbx.LegNoAnswer},
		{cause: causeNoResponse, want: pbx.LegUnreachable},
		{cause: causeAbsent, want: pbx.LegUnreachable},
		{cause: causeNormal, rangOut: true, want: pbx.LegNoAnswer},
		{cause: 0, rangOut: true, want: pbx.LegNoAnswer},
		{cause: causeInterworking, want: pbx.LegFault},
		{cause: causeNetwork, want: pbx.LegFault},
		{cause: causeNormal, answered: true, want: pbx.LegHungUp},
		{cause: 0, answered: true, want: pbx.LegHungUp},
		{cause: causeNoResponse, answered: true, want: pbx.LegUnreachable},
		{cause: causeUnavailable, answered: true, want: pbx.LegFault},
		{cause: causeTimerExpired, answered: true, want: pbx.LegFault},
	} {
		if got := legEndOf(test.cause, test.answered, test.busy, test.rangOut); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
}

// TestRingAt: rings start at whole cycles, to the millisecond.
func TestRingAt(t *testing.T) {
	ring1 := time.UnixMilli(1_795_364_232_410)
	for _, test := range []struct {
		after, cycle time.Duration
		want         int
	}{
		{0, 5 * time.Second, 1},
		{4999 * time.Millisecond, 5 * time.Second, 1},
		{5000 * time.Millisecond, 5 * time.Second, 2},
		{14999 * time.Millisecond, 5 * time.Second, 3},
		{15 * time.Second, 5 * time.Second, 4},
		{3 * time.Second, 3 * time.Second, 2},
		{-time.Second, 5 * time.Second, 1},
		{6 * time.Second, 0, 2},
	} {
		if got := ringAt(ring1, ring1.Add(test.after), test.cycle); got != test.want {
			t.Errorf("%s into cycles of %s: ring %d, want %d", test.after, test.cycle, got, test.want)
		}
	}
}

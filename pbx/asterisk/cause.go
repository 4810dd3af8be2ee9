package asterisk

import (
	"time"

	"hotline/pbx"
)

// Q.850 causes as Asterisk's chan_pjsip maps SIP answers to them.
const (
	causeUnallocated   = 1   // 404, 410, 485, 604
	causeNoRoute       = 3   //
	causeNormal        = 16  // BYE
	causeBusy          = 17  // 486, 600
	causeNoResponse    = 18  // 408: the phone does not reply
	causeNoAnswer      = 19  // 480, and a dial that rang out
	causeAbsent        = 20  // no contact registered
	causeRejected      = 21  // 403, 603
	causeRedirected    = 23  // 410
	causeElsewhere     = 26  // answered elsewhere
	causeOutOfOrder    = 27  // 502
	causeUnspecified   = 31  //
	causeNoCircuit     = 34  // 503
	causeNetwork       = 38  // 500
	causeTemporary     = 41  //
	causeUnavailable   = 44  // also: no RTP for too long
	causeIncompatible  = 58  // 488, 606
	causeTimerExpired  = 102 // 504, session timer
	causeInterworking  = 127 // other answers, and CANCEL's 487
	ringOutGrace       = 700 * time.Millisecond
	defaultCycle       = 5 * time.Second
	defaultWatchdog    = 20 * time.Second
	watchdogPerRenewal = 3
)

// legEndOf says why a leg ended that we did not stop. answered: its phone had picked up; busyElsewhere: the phone has
// another leg up; rangOut: the time it was to ring is over.
func legEndOf(cause int, answered, busyElsewhere, rangOut bool) pbx.LegEnd {
	if answered {
		switch cause {
		case causeNoResponse, causeAbsent, causeNoRoute, causeUnallocated:
			return pbx.LegUnreachable
		case causeOutOfOrder, causeNoCircuit, causeNetwork, causeTemporary, causeUnavailable, causeIncompatible,
			causeTimerExpired:
			return pbx.LegFault
		}
		return pbx.LegHungUp
	}
	switch cause {
	case causeBusy:
		if busyElsewhere {
			return pbx.LegBusy
		}
		return pbx.LegDeclined
	case causeRejected:
		return pbx.LegDeclined
	case causeNoAnswer:
		return pbx.LegNoAnswer
	case causeNoResponse, causeAbsent, causeNoRoute, causeUnallocated, causeRedirected, causeOutOfOrder:
		return pbx.LegUnreachable
	}
	if rangOut {
		return pbx.LegNoAnswer
	}
	return pbx.LegFault
}

// ringAt is the number of the ring that sounds at an instant, from 1 (domain.md, "Three rings, in seconds"): rings begin
// at whole cycles after ring 1.
func ringAt(ring1, at time.Time, cycle time.Duration) int {
	if cycle <= 0 {
		cycle = defaultCycle
	}
	return max(int(at.Sub(ring1)/cycle), 0) + 1
}

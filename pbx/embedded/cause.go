package embedded

import (
	"time"

	"hotline/pbx"
)

// causeNormal is Q.850's normal clearing.
const causeNormal = 16

// defaultCycle is one ring of GB/T 3380.
const defaultCycle = 5 * time.Second

// ringAt is the number of the ring that sounds at an instant, from 1 (domain.md, "Three rings, in seconds").
func ringAt(ring1, at time.Time, cycle time.Duration) int {
	if cycle <= 0 {
		cycle = defaultCycle
	}
	return max(int(at.Sub(ring1)/cycle), 0) + 1
}

// legEndOf says why a phone refused. One that wants the call elsewhere (3xx) is not there; nothing is dialled for it. busyElsewhere: it is in another call of ours; else its 486 is the decline key.
func legEndOf(code int, busyElsewhere bool) pbx.LegEnd {
	switch code {
	case 486, 600:
		if busyElsewhere {
			return pbx.LegBusy
		}
		return pbx.LegDeclined
	case 403, 603, 607: // 607: RFC 8197
		return pbx.LegDeclined
	case 480, 487:
		return pbx.LegNoAnswer
	case 301, 302, 305, 404, 408, 410, 430, 502, 503, 504, 604:
		return pbx.LegUnreachable
	}
	return pbx.LegFault
}

// worth ranks why the contacts of one phone refused: what a human did says more than what a machine did.
func worth(why pbx.LegEnd) int {
	switch why {
	case pbx.LegDeclined:
		return 4
	case pbx.LegBusy:
		return 3
	case pbx.LegNoAnswer:
		return 2
	case pbx.LegFault:
		return 1
	}
	return 0
}

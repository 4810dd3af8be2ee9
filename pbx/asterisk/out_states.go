package asterisk

import "hotline/pbx"

// outState is where a call out stands. One that has ended is forgotten.
type outState string

const (
	// outCalls: the agent's phone is being rung. Their picking up makes it ready.
	outCalls outState = "calling"
	// outReady: the agent waits (or nobody does: a machine will talk), and no number is dialled yet. Reach moves it.
	outReady outState = "ready"
	// outReaches: the number is dialled, and nobody picked up there. Its answer makes it talking.
	outReaches outState = "reaching"
	// outTalks: somebody picked up. It stays so until the end.
	outTalks outState = "talking"
	// outOver is the state after the last.
	outOver outState = "ended"
)

// outInput is what moves a call out.
type outInput string

const (
	outPicked outInput = "picked" // StasisStart of the agent's channel
	outSent   outInput = "sent"   // Reach was asked for
	outRang   outInput = "rang"   // the number's channel says that it rings
	outUp     outInput = "up"     // the number's channel is up
	outGone   outInput = "gone"   // either channel was destroyed, or found missing; or it was ended on command
)

// outMove is one field of the table.
type outMove struct {
	at outState
	in outInput
}

// next is the table of a call out and of what is told. ok is false where an input changes nothing: it is counted and dropped.
func (m outMove) next() (next outState, tell pbx.Kind, ok bool) {
	switch m {
	case outMove{outCalls, outPicked}:
		return outReady, pbx.OutPhone, true
	case outMove{outReady, outSent}:
		return outReaches, "", true
	case outMove{outReaches, outRang}:
		return outReaches, pbx.OutRinging, true
	case outMove{outReaches, outUp}:
		return outTalks, pbx.OutAnswered, true
	case outMove{outCalls, outGone}, outMove{outReady, outGone}, outMove{outReaches, outGone}, outMove{outTalks, outGone}:
		return outOver, pbx.OutEnded, true
	}
	return m.at, "", false
}

// Q.850 causes that matter for a number only.
const (
	causeChanged  = 22 // 410
	causeInvalid  = 28 // 484
	causeRejects  = 29 // 501
	causeCongests = 42
)

// outEndOf says why a number's channel ended that we did not stop. rang: the network had said that it rings.
func outEndOf(cause int, rang, rangOut bool) pbx.OutEnd {
	switch cause {
	case causeBusy:
		return pbx.OutBusy
	case causeNoAnswer:
		return pbx.OutNoAnswer
	case causeNoResponse, causeAbsent:
		if rang {
			return pbx.OutNoAnswer
		}
		return pbx.OutFailed // not one word came back: the trunk is dead, and nothing is known of the number
	case causeRejected, causeRejects:
		return pbx.OutRefused
	case causeUnallocated, causeChanged, causeRedirected, causeInvalid:
		return pbx.OutWrong
	case causeNoRoute, causeOutOfOrder, causeNoCircuit, causeNetwork, causeTemporary, causeCongests, causeUnavailable,
		causeIncompatible, causeTimerExpired:
		return pbx.OutFailed
	}
	if rangOut {
		return pbx.OutNoAnswer
	}
	return pbx.OutFailed
}

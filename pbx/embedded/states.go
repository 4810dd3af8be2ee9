package embedded

import "hotline/pbx"

// callState is where a caller stands.
type callState string

const (
	// callWaiting: the INVITE is held at 180. Connect makes it talking.
	callWaiting callState = "waiting"
	// callTalking: the caller's INVITE is answered, an agent is connected. The agent's loss makes it alone.
	callTalking callState = "talking"
	// callAlone: answered, on hold, and no agent there: another one is to be found. Connect makes it talking again.
	callAlone callState = "alone"
	// callEnded: CallEnded was told. What still comes in is answered and forgotten.
	callEnded callState = "ended"
)

// callInput is what moves a caller.
type callInput string

const (
	callJoined callInput = "joined" // Connect: the caller was answered, or has the new agent's SDP
	callLeft   callInput = "left"   // the agent is gone, the caller stays
	callOver   callInput = "over"   // CANCEL, BYE, HangUp, a lost connection, a watchdog
)

// callMove is one field of the table.
type callMove struct {
	at callState
	in callInput
}

// next is the table of a caller's states. ok is false where an input changes nothing: it is counted and dropped.
func (m callMove) next() (next callState, ok bool) {
	switch m {
	case callMove{callWaiting, callJoined}, callMove{callTalking, callJoined}, callMove{callAlone, callJoined}:
		return callTalking, true
	case callMove{callTalking, callLeft}:
		return callAlone, true
	case callMove{callWaiting, callOver}, callMove{callTalking, callOver}, callMove{callAlone, callOver}:
		return callEnded, true
	}
	return m.at, false
}

// legState is where an agent's leg stands.
type legState string

const (
	// legAsked: INVITEs are out; no phone has said that it rings.
	legAsked legState = "asked"
	// legRings: a phone says that it rings (180, 183).
	legRings legState = "ringing"
	// legAnswered: a human picked up (2xx); waits for Connect.
	legAnswered legState = "answered"
	// legTalks: connected with the caller.
	legTalks legState = "connected"
	// legEnded: LegEnded was told.
	legEnded legState = "ended"
)

// legInput is what moves a leg.
type legInput string

const (
	legRang   legInput = "rang"   // the first 180 or 183
	legPicked legInput = "picked" // the first 2xx
	legJoined legInput = "joined" // Connect
	legGone   legInput = "gone"   // refused, timed out, released, BYE, a lost connection
)

// legMove is one field of the table.
type legMove struct {
	at legState
	in legInput
}

// next is the table of a leg's states and of what is told. ok is false where an input changes nothing.
func (m legMove) next() (next legState, tell pbx.Kind, ok bool) {
	switch m {
	case legMove{legAsked, legRang}:
		return legRings, pbx.LegRinging, true
	case legMove{legAsked, legPicked}, legMove{legRings, legPicked}:
		return legAnswered, pbx.LegAnswered, true
	case legMove{legAnswered, legJoined}:
		return legTalks, "", true
	case legMove{legAsked, legGone}, legMove{legRings, legGone}, legMove{legAnswered, legGone}, legMove{legTalks, legGone}:
		return legEnded, pbx.LegEnded, true
	}
	return m.at, "", false
}

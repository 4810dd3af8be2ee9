package asterisk

import "hotline/pbx"

// callState is where a caller stands. A call that has ended is forgotten, so there is no state for it.
type callState string

const (
	// callWaiting: in Stasis, hears ringback; nobody and nothing has answered. Play makes it announced, Connect makes
	// it talking.
	callWaiting callState = "waiting"
	// callAnnounced: a machine answered (Play) and no human has talked. Connect makes it talking.
	callAnnounced callState = "announced"
	// callTalking: a human was connected, at least once. It stays so until the end.
	callTalking callState = "talking"
)

// callInput is what moves a caller.
type callInput string

const (
	callPlayed callInput = "played" // Play was taken by the switch
	callJoined callInput = "joined" // Connect or Join was taken by the switch
	callLeft   callInput = "left"   // StasisEnd: a hang-up (the destruction follows) or the watchdog: look at it
	callTaken  callInput = "taken"  // looked at: it is up, but in the dialplan's hands
	callGone   callInput = "gone"   // ChannelDestroyed, or found missing
)

// callEnd is the state after the last.
const callEnd callState = "ended"

// callMove is one field of the table.
type callMove struct {
	at callState
	in callInput
}

// next is the table of a caller's states. ok is false where an input changes nothing: it is counted and dropped.
func (m callMove) next() (next callState, ok bool) {
	switch m {
	case callMove{callWaiting, callPlayed}:
		return callAnnounced, true
	case callMove{callWaiting, callJoined}, callMove{callAnnounced, callJoined}:
		return callTalking, true
	case callMove{callWaiting, callLeft}, callMove{callAnnounced, callLeft}, callMove{callTalking, callLeft}:
		return m.at, true
	case callMove{callWaiting, callTaken}, callMove{callAnnounced, callTaken}, callMove{callTalking, callTaken},
		callMove{callWaiting, callGone}, callMove{callAnnounced, callGone}, callMove{callTalking, callGone}:
		return callEnd, true
	}
	return m.at, false
}

// legState is where an agent's leg stands. A leg that has ended is forgotten.
type legState string

const (
	// legAsked: originate was or is being sent; the phone has said nothing yet.
	legAsked legState = "asked"
	// legRings: the phone says that it rings (180).
	legRings legState = "ringing"
	// legAnswered: a human picked up; the channel is in Stasis and waits for Connect or Join.
	legAnswered legState = "answered"
	// legTalks: in the call's bridge.
	legTalks legState = "connected"
	// legHears: in an ear, hears the call and is not heard by the caller (Monitor).
	legHears legState = "monitoring"
	// legEnd is the state after the last.
	legEnd legState = "ended"
)

// legInput is what moves a leg.
type legInput string

const (
	legRang    legInput = "rang"    // ChannelStateChange to Ringing
	legStarted legInput = "started" // StasisStart: it answered
	legJoined  legInput = "joined"  // put into the bridge
	legListens legInput = "listens" // put into an ear
	legGone    legInput = "gone"    // ChannelDestroyed, or found missing
)

// legMove is one field of the table.
type legMove struct {
	at legState
	in legInput
}

// next is the table of a leg's states and of what is told. ok is false where an input changes nothing (a duplicate, or
// one that comes late): it is counted and dropped.
func (m legMove) next() (next legState, tell pbx.Kind, ok bool) {
	switch m {
	case legMove{legAsked, legRang}:
		return legRings, pbx.LegRinging, true
	case legMove{legAsked, legStarted}, legMove{legRings, legStarted}:
		return legAnswered, pbx.LegAnswered, true
	case legMove{legAnswered, legJoined}, legMove{legHears, legJoined}:
		return legTalks, "", true
	case legMove{legAnswered, legListens}, legMove{legTalks, legListens}:
		return legHears, "", true
	case legMove{legAsked, legGone}, legMove{legRings, legGone}, legMove{legAnswered, legGone},
		legMove{legTalks, legGone}, legMove{legHears, legGone}:
		return legEnd, pbx.LegEnded, true
	}
	return m.at, "", false
}

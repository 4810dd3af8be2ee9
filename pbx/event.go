package pbx

import "time"

// Sink receives events. It must not block: it hands the event to the owner of the call and returns.
type Sink func(Event)

// Kind says what happened.
type Kind string

// The kinds of event and which fields of Event they fill beside Switch and At.
const (
	CallArrived   Kind = "call.arrived"   // Call, Arrival
	CallAdopted   Kind = "call.adopted"   // Call, Arrival, Legs: found on the switch after a start or a reconnect
	CallEnded     Kind = "call.ended"     // Call, End: exactly once for every call that arrived or was adopted
	LegRinging    Kind = "leg.ringing"    // Call, Leg, Phone: the phone itself said that it rings
	LegAnswered   Kind = "leg.answered"   // Call, Leg, Phone: a human picked up; not yet connected
	LegEnded      Kind = "leg.ended"      // Call, Leg, Phone, LegEnd: exactly once for every leg that Ring accepted
	CallHeld      Kind = "call.held"      // Call, Leg: by the phone's own hold key
	CallResumed   Kind = "call.resumed"   // Call, Leg
	CallUnheard   Kind = "call.unheard"   // Call: in a talk, and no voice ever came from the caller's side
	Digit         Kind = "digit"          // Call, Digit: one DTMF key of the caller
	PlayEnded     Kind = "play.ended"     // Call
	PhoneUp       Kind = "phone.up"       // Phone: registered and reachable
	PhoneDown     Kind = "phone.down"     // Phone: unregistered or unreachable
	SwitchUp      Kind = "switch.up"      // connected; the adopted calls and the phones follow, then SwitchSynced
	SwitchSynced  Kind = "switch.synced"  // Calls: every call that lives on the switch now
	SwitchDown    Kind = "switch.down"    // Detail: why. Calls go on without us (I9)
	SwitchUsurped Kind = "switch.usurped" // another controller took our application: an alarm
)

// Event is one thing that happened on a switch. At is the switch's own time where it sends one.
type Event struct {
	Kind    Kind
	Switch  string
	At      time.Time
	Call    CallID
	Leg     LegID
	Phone   string
	Arrival *Call
	Legs    []Leg
	Calls   []CallID
	End     EndReason
	LegEnd  LegEnd
	OutEnd  OutEnd
	Digit   string
	Detail  string
}

// EndCode is the typed reason for which a call ended.
type EndCode string

// Every call ends exactly once with one of these.
const (
	EndAbandoned   EndCode = "abandoned"    // the caller gave up before a human answered; Ring says in which ring
	EndByCaller    EndCode = "caller"       // answered by a human, ended by the caller
	EndByAgent     EndCode = "agent"        // answered by a human, ended by the agent
	EndBySystem    EndCode = "system"       // released on command after a human answered (supervisor, shutdown)
	EndAfterPlay   EndCode = "announcement" // the machine answered and said its piece; no human (overflow message, callback)
	EndRefused     EndCode = "refused"      // unknown number, flood, queue full without overflow
	EndToDialplan  EndCode = "dialplan"     // the switch's watchdog or fallback took the call back and rings agents itself
	EndSwitchFault EndCode = "fault"        // the switch lost it: restart, media failure
	EndUnknown     EndCode = "unknown"      // it was gone when we came back; the switch could not say why
)

// EndReason is EndCode with its details.
type EndReason struct {
	Code  EndCode
	Ring  int // EndAbandoned: ring that sounded when the caller gave up, from 1; 0 otherwise
	Cause int // Q.850 cause where the switch gave one, else 0
}

// LegEnd is the typed reason for which a leg ended.
type LegEnd string

// Every leg ends exactly once with one of these.
const (
	LegCancelled   LegEnd = "cancelled"   // we stopped it: somebody else answered or the caller gave up
	LegDeclined    LegEnd = "declined"    // the agent pressed decline (603, 486 without a call)
	LegBusy        LegEnd = "busy"        // the phone is in another call
	LegNoAnswer    LegEnd = "no-answer"   // it rang out
	LegUnreachable LegEnd = "unreachable" // not registered, no reply, network fault
	LegHungUp      LegEnd = "hung-up"     // the agent hung up after answering
	LegCallerGone  LegEnd = "caller-gone" // the caller hung up after answering
	LegHandedOver  LegEnd = "handed-over" // another leg took its place
	LegUnheard     LegEnd = "unheard"     // answered, but no voice ever came from the phone
	LegFault       LegEnd = "fault"       // the switch failed
)

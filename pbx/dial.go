package pbx

import (
	"context"
	"regexp"
	"strings"
	"time"
)

// Dialer is what a switch offers that can call out. A switch without it cannot: ErrUnsupported.
//
// A call out has one end, told by OutEnded, once for every Dial that returned nil. It is no caller's call: CallArrived and the
// three-ring clock know nothing of it. Who may be called is decided before; the switch looks at the shape of what is dialled
// only, and dials by the one trunk that its own configuration names.
type Dialer interface {
	// Dial rings the agent's phone; OutPhone follows when they pick up. Without a phone nothing rings: Reach comes next.
	Dial(ctx context.Context, out Out) error

	// Reach dials the number once the agent waits for it (after OutPhone). OutRinging and OutAnswered follow; from then on
	// the two hear each other, and what the network says before (announcements, ringback) the agent hears, too.
	Reach(ctx context.Context, call CallID, number string, timeout time.Duration) error

	// Say plays media to the number's side after OutAnswered, as Switch.Play does; PlayEnded follows. Hush stops it.
	Say(ctx context.Context, call CallID, media string) error
	Hush(ctx context.Context, call CallID) error

	// RecordOut records what is said after OutAnswered under name, both sides mixed, until the call ends.
	RecordOut(ctx context.Context, call CallID, name string) error

	// EndOut ends the call. OutEnded follows with why.
	EndOut(ctx context.Context, call CallID, why OutEnd) error
}

// Out is a call out as it begins.
type Out struct {
	Call    CallID        // NewOutID
	Phone   string        // the agent's account; "" when a machine is to talk
	Number  string        // shown on the agent's phone; cleaned by CleanNumber
	Name    string        // shown on the agent's phone; cleaned by CleanName
	Timeout time.Duration // the switch itself stops ringing the agent after this
}

// OutEnd is the typed reason for which a call out ended.
type OutEnd string

// Every call out ends exactly once with one of these.
const (
	OutAgentAway  OutEnd = "agent-away"  // the agent's phone was not answered, declined, busy or not there: nobody was dialled
	OutBusy       OutEnd = "busy"        // the number is in another call (486, 600)
	OutNoAnswer   OutEnd = "no-answer"   // it rang out, or is switched off
	OutRefused    OutEnd = "refused"     // it declined (603), or the network bars the call (403)
	OutWrong      OutEnd = "wrong"       // no such number (404, 410, 484, 604)
	OutFailed     OutEnd = "failed"      // the network or trunk could not carry it: nothing is known of the number
	OutCancelled  OutEnd = "cancelled"   // given up before it was answered: by the agent or on command
	OutByAgent    OutEnd = "agent"       // answered, ended by the agent
	OutByCustomer OutEnd = "customer"    // answered, ended by the number's side
	OutBySystem   OutEnd = "system"      // answered, ended on command (the survey is over, shutdown)
	OutUnknown    OutEnd = "unknown"     // it was gone when we came back; the switch could not say why
	OutFault      OutEnd = "switch-lost" // the switch lost it
)

// The kinds of event of a call out. Digit and PlayEnded come as for a caller's call.
const (
	OutFound    Kind = "out.found"    // Call, Phone, Detail ("calling", "ready", "reaching", "talking"): on the switch after a start
	OutPhone    Kind = "out.phone"    // Call, Phone: the agent picked up and waits
	OutRinging  Kind = "out.ringing"  // Call: the number rings
	OutAnswered Kind = "out.answered" // Call: somebody picked up there
	OutEnded    Kind = "out.ended"    // Call, Phone, OutEnd
)

// CanDial is the ability to call out.
const CanDial Ability = "dial"

// outPrefix marks the calls out among the calls of a switch.
const outPrefix = "out."

// NewOutID names a call out. unique must not repeat on this switch: [A-Za-z0-9._]{1,64}.
func NewOutID(switchName, unique string) CallID { return NewCallID(switchName, outPrefix+unique) }

// Out says that the call goes out.
func (id CallID) Out() bool { return strings.HasPrefix(id.Channel(), outPrefix) }

// OutIDPattern is what a call out may be called.
var OutIDPattern = regexp.MustCompile(`^[a-z0-9]{1,16}-out\.[A-Za-z0-9._]{1,64}$`)

// DialPattern is what may be dialled: digits, perhaps behind a +. Nothing else is ever put into a dial string. Fewer than five
// digits are emergency and service numbers, which no call out needs.
var DialPattern = regexp.MustCompile(`^\+?[0-9]{5,15}$`)

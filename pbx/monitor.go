package pbx

import "context"

// MonitorMode is how a supervisor hears a talk.
type MonitorMode string

// The modes.
const (
	MonitorListen  MonitorMode = "listen"  // neither agent nor caller hears them
	MonitorWhisper MonitorMode = "whisper" // the agent hears them, the caller does not
	MonitorBarge   MonitorMode = "barge"   // everybody hears them, as with Join
)

// Monitor is what a switch offers that lets a supervisor into a talk. A switch without it cannot: ErrUnsupported.
type Monitor interface {
	// Monitor lets an answered leg hear the talk between the caller and the leg that Connect connected last. Said again for
	// the same leg it changes the mode in place, and brings the leg to the present talker after a hand-over. Release ends it,
	// and so does the call's end; nothing is left on the switch. The leg is found by adoption as LegIsMonitoring (after
	// MonitorBarge as LegIsConnected). Connect makes it the talker.
	Monitor(ctx context.Context, call CallID, leg LegID, mode MonitorMode) error
}

// Ability is something that not every switch can do.
type Ability string

// The abilities.
const (
	CanPlay    Ability = "play"    // Play
	CanHold    Ability = "hold"    // Hold and Resume, with music
	CanJoin    Ability = "join"    // Join
	CanMonitor Ability = "monitor" // Monitor
	CanRecord  Ability = "record"  // Record and StopRecord
)

// Abilities is implemented by a switch that cannot do everything; what it says does not change while it runs. A command that
// it cannot do returns ErrUnsupported in any case; asking before spares a phone that would ring for nothing.
type Abilities interface {
	Can(a Ability) bool
}

// Can says whether a switch is able to do something.
func Can(sw Switch, a Ability) bool {
	if some, ok := sw.(Abilities); ok {
		return some.Can(a)
	}
	if a == CanMonitor {
		_, ok := sw.(Monitor)
		return ok
	}
	if a == CanDial {
		_, ok := sw.(Dialer)
		return ok
	}
	return true
}

// Visitors makes accounts for callers who come from a browser. Their calls reach the hotlines' numbers and nothing else.
type Visitors interface {
	// PutVisitor creates or replaces the account; it lives until DropVisitor or the switch's restart, whichever comes first.
	PutVisitor(ctx context.Context, account VisitorAccount) error
	// DropVisitor removes it and is silent when there is none. Calls that are up go on.
	DropVisitor(ctx context.Context, name string) error
	// VisitorNames lists the accounts that there are, those of other controllers and of a process that died among them.
	VisitorNames(ctx context.Context) ([]string, error)
}

// VisitorAccount is the SIP account of browser callers.
type VisitorAccount struct {
	Name string // VisitorPattern
	HA1  string // MD5(name:Realm:secret) in hex, as in PhoneAccount
}

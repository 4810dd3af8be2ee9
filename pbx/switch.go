// Package pbx is the telephone switch as the hotline sees it: calls that arrive, legs that ring, and one end for each.
//
// It names no protocol. Drivers live below it (asterisk: ARI; embedded: SIP) and pass one conformance suite (pbxtest).
package pbx

import (
	"context"
	"time"
)

// CallID names one caller's call on one switch: "<switch>-<the switch's own channel id>". It is a pure function of
// those two, so that a call found again after a crash has the id it had before. Characters: [A-Za-z0-9._-].
type CallID string

// LegID names one attempt to ring one agent's phone within a call. The hotline chooses it with NewLegID before it asks
// the switch to ring, so no event can arrive before its owner.
type LegID string

// Switch carries calls. Every method may be called from any goroutine, honours ctx, is bounded in time by the driver
// even when ctx is not, and returns ErrGone when the call or leg has ended meanwhile: a normal outcome in a race with a
// hang-up, which the matching event reports.
type Switch interface {
	// Name is the configured name, unique among all switches, [a-z0-9]{1,16}.
	Name() string

	// Run connects and delivers events to sink until ctx ends, reconnecting for ever. Events of one call arrive in the
	// order in which they happened, from one goroutine; sink must return at once.
	Run(ctx context.Context, sink Sink) error

	// Ring starts ringing one phone for a waiting or connected call. It returns when the switch has taken the request;
	// LegRinging, LegAnswered and LegEnded tell the rest. Several legs of a call may ring together.
	Ring(ctx context.Context, call CallID, ring Ring) error

	// Connect lets caller and an answered leg talk, answering the caller if nobody did yet. If another leg was
	// connected so before, it is dropped with LegHandedOver. The leg's audio path is up when Connect returns without error.
	Connect(ctx context.Context, call CallID, leg LegID) error

	// Join adds an answered leg to a connected call and drops nobody (conference, expert); a later Connect does not drop it
	// either. ErrUnsupported where the switch cannot mix.
	Join(ctx context.Context, call CallID, leg LegID) error

	// Release ends one leg, ringing or answered. The reason comes back in LegEnded.
	Release(ctx context.Context, call CallID, leg LegID, why LegEnd) error

	// Hold parks the caller with music; Resume brings the talk back. Both are idempotent.
	Hold(ctx context.Context, call CallID) error
	Resume(ctx context.Context, call CallID) error

	// Play answers the caller, if nobody did yet, on behalf of the machine and plays media ("sound:…", "tone:…").
	// PlayEnded follows. It is never a human answer (I6).
	Play(ctx context.Context, call CallID, media string) error

	// Record records the connected call under name ([A-Za-z0-9._-]) until it ends or StopRecord.
	Record(ctx context.Context, call CallID, name string) error
	StopRecord(ctx context.Context, call CallID) error

	// HangUp ends the call for the caller and all legs. CallEnded follows with why.
	HangUp(ctx context.Context, call CallID, why EndCode) error
}

// Preparer is a Switch that can make legs ready before their call has come, so that a phone rings sooner.
type Preparer interface {
	// Prepare names the phones that are likely to ring next, all of them each time: for others nothing is kept ready. It is a hint: any
	// phone can be rung at any time.
	Prepare(ctx context.Context, phones []string) error
}

// Accounts provisions agents' phones at run time, so that an account has one home: our records.
type Accounts interface {
	// PutPhone creates or replaces the account; the next REGISTER uses the new secret.
	PutPhone(ctx context.Context, account PhoneAccount) error
	// DropPhone removes it and is silent when there is none.
	DropPhone(ctx context.Context, phone string) error
}

// PhoneAccount is one SIP account of one agent's phone.
type PhoneAccount struct {
	Phone  string // equals the agent's login, PhonePattern
	HA1    string // MD5(phone:Realm:secret) in hex (RFC 2617 §3.2.2.2): the secret itself is never stored
	Name   string // shown as caller name on hand-overs; any text
	WebRTC bool   // DTLS-SRTP, ICE and websocket transport instead of plain SIP
}

// Realm is the digest realm of all phone accounts.
const Realm = "hotline"

// Ring says which phone to ring and what it shows.
type Ring struct {
	Leg        LegID
	Phone      string        // account name, PhonePattern: text typed by a user never becomes a dial string
	CallerID   string        // number shown on the phone; cleaned by CleanNumber
	CallerName string        // name shown on the phone; cleaned by CleanName
	Timeout    time.Duration // the switch itself stops ringing after this, also when the hotline is gone
}

// Call is a caller's call as it stands on the switch.
type Call struct {
	ID         CallID
	Switch     string
	DID        string    // the number that was dialled, digits only
	Caller     string    // as sent by the network, cleaned by CleanNumber; "" when anonymous or malformed
	CallerName string    // cleaned by CleanName
	Arrived    time.Time // the switch saw the INVITE
	Ring1      time.Time // the ringing indication went out: the three-ring clock starts here
}

// LegState is where a leg stands, for adoption.
type LegState string

// The states of a leg.
const (
	LegIsRinging   LegState = "ringing"
	LegIsAnswered  LegState = "answered"  // picked up, not yet connected to the caller
	LegIsConnected LegState = "connected" // talking with the caller
	// LegIsMonitoring: hears the talk, and is not heard by the caller (Monitor).
	LegIsMonitoring LegState = "monitoring"
)

// Leg is one agent's side of a call, as found on the switch.
type Leg struct {
	ID    LegID
	Phone string
	State LegState
}

// Package outward makes the calls that go out: to customers on a worklist or who were promised a call, and to nobody else. The
// agent's phone rings first; when they pick up, the number is dialled.
//
// Whoever asks for a call names what it is for, never a number: the records say whom to call, and whether it may be now
// (Ledger.Permit), and are asked again in the moment before the number is dialled (Ledger.Still). What may be dialled at all is
// bounded by Rules. A call out is no caller's call: the queue and the three-ring figures know nothing of it.
package outward

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Request asks for one call.
type Request struct {
	Login   string // who calls; with Machine, who started it
	Purpose string // "followup", "callback", …
	Ref     string // what it is for, by its id in the records
	Machine bool   // no agent: the script talks
}

// Permit is the records' leave to make one call.
type Permit struct {
	Number string // E.164
	Name   string // whom, as the agent's phone shows it
	Lang   string // of the customer, for the script: "zh" or "en"
}

// Ledger is what the records do for calls out.
type Ledger interface {
	// Permit gives leave for a call and puts the attempt on record, or refuses with words for people.
	Permit(ctx context.Context, call string, r Request) (Permit, error)
	// Still says whether a call that was permitted is still to be made. An error is why not.
	Still(ctx context.Context, call string) error
	// Note is one thing that happened, for the call's journal. It must not block.
	Note(call, kind, login string, at time.Time, data map[string]any)
	// Answered, Said and Ended are on record before they return, or are repeated until they are; they must not block.
	Answered(call string, at time.Time, recording string)
	Said(call, question, answer string, at time.Time)
	Ended(call, end string, at time.Time)
}

// Line is the telephone.
type Line interface {
	Dial(ctx context.Context, call, phone, number, name string, timeout time.Duration) error
	Reach(ctx context.Context, call, number string, timeout time.Duration) error
	Say(ctx context.Context, call, media string) error
	Hush(ctx context.Context, call string) error
	Record(ctx context.Context, call, name string) error
	End(ctx context.Context, call, why string) error
}

// Desk is the agent's presence and desk.
type Desk interface {
	// Claim takes the agent for the call, at their own word; false when they are in another.
	Claim(login, call, number, name string) bool
	Talking(login, call string, at time.Time)
	// Over ends the agent's part; talked says that they had picked up.
	Over(login, call, end string, talked bool, at time.Time)
}

// Rules bound what may be dialled.
type Rules struct {
	On          bool
	Unsupported error                    // why the switch cannot, where it cannot: wraps ErrUnable
	Allow       []string                 // prefixes in E.164, e.g. "+86"
	Refuse      []string                 // prefixes in E.164, above Allow
	Shape       func(e164 string) string // as the trunk wants it; nil: as it is
	AgentRing   time.Duration            // how long the agent's phone rings
	NumberRing  time.Duration            // how long the customer's does
	Record      bool
}

// The refusals of Place that are not the records'.
var (
	ErrUnable  = errors.New("outward: the switch cannot call out")
	ErrOff     = errors.New("outward: calls out are switched off")
	ErrNumber  = errors.New("outward: this number may not be called")
	ErrEngaged = errors.New("outward: the agent is in another call")
	ErrGone    = errors.New("outward: no such call")
)

// Dialled gives what is dialled for a number, or ErrNumber.
func (r Rules) Dialled(e164 string) (string, error) {
	digits, plus := strings.CutPrefix(e164, "+")
	if !plus || len(digits) < 7 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return "", fmt.Errorf("%w: %q is no number in E.164", ErrNumber, e164)
	}
	begins := func(with string) bool { return strings.HasPrefix(e164, with) }
	if !slices.ContainsFunc(r.Allow, begins) || slices.ContainsFunc(r.Refuse, begins) {
		return "", fmt.Errorf("%w: its prefix is not among those allowed", ErrNumber)
	}
	number := e164
	if r.Shape != nil {
		number = r.Shape(e164)
	}
	bare := strings.TrimLeft(strings.TrimPrefix(number, "+"), "0")
	if len(bare) < 5 { // 110, 119, 120, 911 and the like, however many zeros stand before
		return "", fmt.Errorf("%w: emergency and service numbers are never called", ErrNumber)
	}
	return number, nil
}

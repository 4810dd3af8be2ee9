package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Refusal is why a command was not done: a code for programs, what is wrong and what to do for people.
type Refusal struct{ Code, What, Do string }

// Error says what is wrong and what to do.
func (r *Refusal) Error() string { return r.What + " " + r.Do }

// The codes of Refusal.
const (
	RefusedUnknownCall  = "unknown-call"
	RefusedUnknownAgent = "unknown-agent"
	RefusedUnknownQueue = "unknown-queue"
	RefusedNotYours     = "not-yours"
	RefusedNotOffered   = "not-offered"
	RefusedBusy         = "busy"
	RefusedUnreached    = "phone-elsewhere"
	RefusedState        = "wrong-state"
	RefusedSwitch       = "switch"
	RefusedBoard        = "board"
	RefusedUnsupported  = "unsupported"
	RefusedInvalid      = "invalid"
)

func errUnknownCall(call string) error {
	return &Refusal{RefusedUnknownCall, fmt.Sprintf("The call %s has ended or never was.", call), "Look at the list of calls."}
}

func errUnknownAgent(agent string) error {
	return &Refusal{RefusedUnknownAgent, fmt.Sprintf("Nobody is called %q here.", agent), "Choose somebody from the list of agents."}
}

func errUnknownQueue(queue string) error {
	return &Refusal{RefusedUnknownQueue, fmt.Sprintf("There is no queue %q.", queue), "Choose one from the list of queues."}
}

func errNotYours(call, agent string) error {
	return &Refusal{RefusedNotYours, fmt.Sprintf("%s is not the one who talks in call %s.", agent, call), "Ask who does, or a service manager."}
}

func errNotOffered(call, agent string) error {
	return &Refusal{RefusedNotOffered, fmt.Sprintf("The call %s does not ring for %s any more.", call, agent), "Nothing is to be done: it is settled."}
}

func errUnreached(agent, switchName string) error {
	return &Refusal{
		RefusedUnreached, fmt.Sprintf("The phone of %s is not registered at switch %s, where this call is.", agent, switchName),
		"Register it there, or choose somebody else, a queue, or the service manager.",
	}
}

func errBusy(agent string) error {
	return &Refusal{RefusedBusy, fmt.Sprintf("%s cannot take a call now.", agent), "Choose somebody else, a queue, or the service manager."}
}

func errWrongState(state callState, in inputKind) error {
	return &Refusal{RefusedState, fmt.Sprintf("%q is not possible while the call is %s.", string(in), state), "Wait, or look at the call again."}
}

func errUnsupported(what string) error {
	return &Refusal{RefusedUnsupported, what, "Use Asterisk as the switch for this."}
}

func errNoGuest(call string) error {
	return &Refusal{RefusedNotOffered, fmt.Sprintf("There is no such party in call %s.", call), "Look at the call again."}
}

func errThird(agent string) error {
	return &Refusal{RefusedBusy, fmt.Sprintf("%s is in the call already.", agent), "Wait until they have left."}
}

func errNoPhone(login string) error {
	return &Refusal{RefusedUnknownAgent, fmt.Sprintf("%s has no phone.", login), "Let the administrator make a phone account."}
}

func errMode(mode string) error {
	return &Refusal{RefusedInvalid, fmt.Sprintf("%q is no way to listen.", mode), "Choose listen, whisper or barge."}
}

// errParty is why a third party could not be let into a talk.
func errParty(err error) error {
	refusal := new(Refusal)
	switch {
	case errors.As(err, &refusal):
		return refusal
	case err == nil:
		return &Refusal{RefusedState, "Their phone left the call.", "Look at the call again."}
	case errors.Is(err, ErrUnsupported):
		return errUnsupported("The switch cannot do this.")
	case errors.Is(err, ErrUnknown):
		return &Refusal{RefusedState, "The call or the phone has just ended.", "Look at the call again."}
	}
	return errSwitch(err)
}

func errSwitch(err error) error {
	if refusal := new(Refusal); errors.As(err, &refusal) {
		return refusal
	}
	if errors.Is(err, ErrUnsupported) {
		return errUnsupported("The telephone switch cannot do this.")
	}
	return &Refusal{RefusedSwitch, fmt.Sprintf("The telephone switch did not do it: %s.", err), "Try again; if it stays so, call the administrator."}
}

func errBoard(err error) error {
	return &Refusal{RefusedBoard, fmt.Sprintf("The queue could not be asked: %s.", err), "Try again in a moment."}
}

// order is a command on its way to a call and its answer on the way back.
type order struct {
	by    string
	to    Target
	queue string
	note  string
	// Why a call was declined: a code; how a manager listens.
	reason, mode string
	reply        chan error
}

// accept and refuse answer once; on a nil order, which nobody gave, they do nothing.
func (o *order) accept() { o.answer(nil) }

func (o *order) refuse(err error) { o.answer(err) }

func (o *order) answer(err error) {
	if o == nil {
		return
	}
	select {
	case o.reply <- err:
	default:
	}
}

// command sends an order to a call and waits for its answer.
func (d *Distributor) command(ctx context.Context, call string, kind inputKind, o order) error {
	o.reply = make(chan error, 1)
	if !d.send(call, callInput{kind: kind, at: d.cfg.Now(), agent: o.by, by: o.by, order: &o}) {
		return errUnknownCall(call)
	}
	select {
	case err := <-o.reply:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-d.life.Done():
		return errUnknownCall(call)
	}
}

// HandOver offers a call in progress to somebody else. It returns when they are being rung. Until they accept by picking
// up, the talk stays with from; not accepted in time it goes back (I2). Errors are *Refusal.
func (d *Distributor) HandOver(ctx context.Context, call, from string, to Target, note string) error {
	return d.command(ctx, call, inHandOver, order{by: from, to: to, note: note})
}

// TakeBack ends a hand-over that nobody has accepted yet. Errors are *Refusal.
func (d *Distributor) TakeBack(ctx context.Context, call, from string) error {
	return d.command(ctx, call, inTakeBack, order{by: from})
}

// Hold parks the caller with music. Errors are *Refusal.
func (d *Distributor) Hold(ctx context.Context, call, agent string) error {
	return d.command(ctx, call, inHold, order{by: agent})
}

// Resume brings the caller back. Errors are *Refusal.
func (d *Distributor) Resume(ctx context.Context, call, agent string) error {
	return d.command(ctx, call, inResume, order{by: agent})
}

// HangUp ends a call; it returns when the switch has taken the request. Errors are *Refusal.
func (d *Distributor) HangUp(ctx context.Context, call, by string) error {
	return d.command(ctx, call, inHangUp, order{by: by})
}

// Decline refuses an offer, a hand-over or an invitation at the desk. reason is a code, note free text; both stand in the
// journal. Errors are *Refusal.
func (d *Distributor) Decline(ctx context.Context, call, agent, reason, note string) error {
	return d.command(ctx, call, rawDecline, order{by: agent, reason: reason, note: note})
}

// MoveTo puts a waiting call into another queue with the clock it has. Errors are *Refusal.
func (d *Distributor) MoveTo(ctx context.Context, call, queue, by string) error {
	return d.command(ctx, call, inMove, order{by: by, queue: queue})
}

// baseCall gives the call that an id on the board stands for: a hand-over stands for its call.
func baseCall(id string) string {
	base, _, _ := strings.Cut(id, handMark)
	return base
}

package pbxtest

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Mark names one moment in the life of a phone's call.
type Mark string

// The moments, as this phone saw them; each is noted the first time.
const (
	MarkInvite    Mark = "invite"    // the INVITE came in or went out
	MarkTrying    Mark = "trying"    // 100
	MarkRinging   Mark = "ringing"   // 180 (or 183), in or out
	MarkAnswered  Mark = "answered"  // 200 for the INVITE, in or out
	MarkUp        Mark = "up"        // its ACK, in or out: the call is up
	MarkCancelled Mark = "cancelled" // CANCEL, in or out
	MarkBye       Mark = "bye"       // BYE, in or out
	MarkEnded     Mark = "ended"     // over, however it came
)

// PhoneEnd is how a call ended for the phone.
type PhoneEnd struct {
	Here bool // this phone ended it: hung up, declined, cancelled
	Code int  // final status of the INVITE: 200 when it was up, 486, 487 …; 0 when there was none
	// Cause is the Q.850 cause of a Reason header in what ended it, 0 without.
	Cause int
}

// PhoneCall is one call of a phone, in or out.
type PhoneCall struct {
	// Invite is what came in; nil for a call of this phone.
	Invite *sip.Request

	phone    *Phone
	incoming bool
	callID   string
	localTag string
	media    *media

	mu     sync.Mutex
	marks  map[Mark]chan struct{} // closed when the moment has come
	times  map[Mark]time.Time
	end    PhoneEnd
	dialog dialog
	ours   invitation // outgoing
	last   string     // last response to the INVITE, sent again when the INVITE comes again
	final  bool       // a final response was sent
	refuse bool       // Behaviour.AnswerCancelled
}

// dialog is what requests inside the call need (RFC 3261 §12); mu of the call guards it.
type dialog struct {
	local, remote string // From and To values of our requests, with tags
	target        string // the other side's Contact
	cseq          int    // last of our requests
}

func (p *Phone) newCall(callID string, incoming bool) *PhoneCall {
	c := &PhoneCall{
		phone:    p,
		incoming: incoming,
		callID:   callID,
		localTag: token(),
		marks:    map[Mark]chan struct{}{},
		times:    map[Mark]time.Time{},
	}
	for _, m := range []Mark{
		MarkInvite, MarkTrying, MarkRinging, MarkAnswered, MarkUp, MarkCancelled, MarkBye, MarkEnded,
	} {
		c.marks[m] = make(chan struct{})
	}
	c.media = newMedia(p)
	p.mu.Lock()
	p.calls[callID] = c
	p.mu.Unlock()
	return c
}

// mark notes a moment the first time, and reports whether it was the first.
func (c *PhoneCall) mark(m Mark, at time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.markLocked(m, at)
}

func (c *PhoneCall) markLocked(m Mark, at time.Time) bool {
	if _, known := c.times[m]; known {
		return false
	}
	c.times[m] = at
	close(c.marks[m])
	return true
}

// finish ends the call once.
func (c *PhoneCall) finish(end PhoneEnd, at time.Time) {
	c.mu.Lock()
	if c.markLocked(MarkEnded, at) {
		c.end = end
	}
	c.mu.Unlock()
	c.media.close()
}

// At is when the moment came, the zero time when it has not.
func (c *PhoneCall) At(m Mark) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.times[m]
}

// Passed reports whether the moment has come.
func (c *PhoneCall) Passed(m Mark) bool { return !c.At(m).IsZero() }

// Done is closed when the moment comes.
func (c *PhoneCall) Done(m Mark) <-chan struct{} { return c.marks[m] }

// Wait waits for the moment. It gives up with an error when the call ends before, or ctx does.
func (c *PhoneCall) Wait(ctx context.Context, m Mark) error {
	select {
	case <-c.marks[m]:
		return nil
	default:
	}
	select {
	case <-c.marks[m]:
		return nil
	case <-c.marks[MarkEnded]:
		if c.Passed(m) {
			return nil
		}
		return fmt.Errorf("phone %s: call ended (%+v) before %s", c.phone.options.User, c.End(), m)
	case <-ctx.Done():
		return fmt.Errorf("phone %s: waited for %s: %w", c.phone.options.User, m, ctx.Err())
	}
}

// WaitRinging waits until the phone rings, or the called one does.
func (c *PhoneCall) WaitRinging(ctx context.Context) error { return c.Wait(ctx, MarkRinging) }

// WaitAnswered waits until the call is up.
func (c *PhoneCall) WaitAnswered(ctx context.Context) error { return c.Wait(ctx, MarkUp) }

// WaitEnded waits until the call is over and tells how.
func (c *PhoneCall) WaitEnded(ctx context.Context) (PhoneEnd, error) {
	if err := c.Wait(ctx, MarkEnded); err != nil {
		return PhoneEnd{}, err
	}
	return c.End(), nil
}

// End is how the call ended; only of use when it has.
func (c *PhoneCall) End() PhoneEnd {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.end
}

// CallerNumber is the user part of the From of a call that came in: what the phone's display shows.
func (c *PhoneCall) CallerNumber() string {
	if c.Invite == nil {
		return ""
	}
	return c.Invite.From().Address.User
}

// CallerName is the display name of the From of a call that came in.
func (c *PhoneCall) CallerName() string {
	if c.Invite == nil {
		return ""
	}
	return c.Invite.From().DisplayName
}

// LocalRTP is where the phone takes the voice of this call.
func (c *PhoneCall) LocalRTP() *net.UDPAddr { return c.media.local() }

// nextRequest makes the start and headers of our next request in the dialog.
func (c *PhoneCall) nextRequest(method string) (start string, headers []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dialog.cseq++
	return method + " " + c.dialog.target, []string{
		"From: " + c.dialog.local,
		"To: " + c.dialog.remote,
		"Call-ID: " + c.callID,
		fmt.Sprintf("CSeq: %d %s", c.dialog.cseq, method),
		"Contact: <" + c.phone.contact() + ">",
	}
}

// HangUp ends a call that is up, by BYE, and waits for the other side's consent.
func (c *PhoneCall) HangUp(ctx context.Context) error {
	if err := c.Wait(ctx, MarkUp); err != nil {
		return err
	}
	if !c.mark(MarkBye, time.Now()) {
		return nil // the other side was faster
	}
	start, headers := c.nextRequest("BYE")
	branch := newBranch()
	answer, err := c.phone.request(ctx, branch, c.phone.message(start, branch, headers, ""))
	c.finish(PhoneEnd{Here: true, Code: sip.StatusOK}, time.Now())
	if err != nil {
		return fmt.Errorf("phone %s: hang up: %w", c.phone.options.User, err)
	}
	// 481: it hung up in the same moment.
	if answer.StatusCode != sip.StatusOK && answer.StatusCode != sip.StatusCallTransactionDoesNotExists {
		return &StatusError{Method: "BYE", Code: answer.StatusCode, Reason: answer.Reason}
	}
	return nil
}

// Hold puts the other side on hold by the phone's own key (re-INVITE, sendonly).
func (c *PhoneCall) Hold(ctx context.Context) error { return c.reinvite(ctx, "sendonly") }

// Resume ends a Hold.
func (c *PhoneCall) Resume(ctx context.Context) error { return c.reinvite(ctx, "sendrecv") }

func (c *PhoneCall) reinvite(ctx context.Context, direction string) error {
	if err := c.Wait(ctx, MarkUp); err != nil {
		return err
	}
	start, headers := c.nextRequest("INVITE")
	branch := newBranch()
	answer, err := c.phone.request(ctx, branch, c.phone.message(start, branch, headers, c.media.sdp(direction)))
	if err != nil {
		return fmt.Errorf("phone %s: %s: %w", c.phone.options.User, direction, err)
	}
	if answer.StatusCode != sip.StatusOK {
		return &StatusError{Method: "INVITE", Code: answer.StatusCode, Reason: answer.Reason}
	}
	c.sendAck(start, headers, "")
	return nil
}

// sendAck acknowledges the 2xx of the INVITE with these headers; sdp answers the offer of the 2xx, if it made one.
func (c *PhoneCall) sendAck(inviteStart string, headers []string, sdp string) {
	var method, target string
	if _, err := fmt.Sscan(inviteStart, &method, &target); err != nil {
		return
	}
	ack := append([]string(nil), headers...)
	for i, h := range ack {
		var cseq int
		if _, err := fmt.Sscanf(h, "CSeq: %d INVITE", &cseq); err == nil {
			ack[i] = fmt.Sprintf("CSeq: %d ACK", cseq)
		}
	}
	c.phone.send(c.phone.message("ACK "+target, newBranch(), ack, sdp))
}

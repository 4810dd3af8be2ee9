package pbxtest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// DialOptions say what a caller looks like.
type DialOptions struct {
	FromUser    string   // default the phone's User; put into the From as it stands
	DisplayName string   // put between the quotes of the From as it stands
	Headers     []string // further header lines, e.g. "Privacy: id"
	// Rewrite changes the whole INVITE just before it is sent, so that any malformed thing can be sent.
	Rewrite func(invite string) string
	// NoOffer sends the INVITE without SDP.
	NoOffer bool
}

// invitation is our INVITE; mu of the call guards it.
type invitation struct {
	start         string
	headers       []string
	branch        string
	authorization string
	options       DialOptions
	answered      bool // finally, in whatever way
}

// Dial calls a number and returns when the INVITE is out; the PhoneCall tells how it goes on.
func (p *Phone) Dial(ctx context.Context, number string, options DialOptions) (*PhoneCall, error) {
	if options.FromUser == "" {
		options.FromUser = p.options.User
	}
	c := p.newCall(token(), false)
	display := ""
	if options.DisplayName != "" {
		display = `"` + options.DisplayName + `" `
	}
	target := fmt.Sprintf("sip:%s@%s", number, p.server)
	c.mu.Lock()
	c.dialog = dialog{
		local:  fmt.Sprintf("%s<sip:%s@%s>;tag=%s", display, options.FromUser, p.Addr().IP, c.localTag),
		remote: "<" + target + ">",
		target: target,
	}
	c.ours.options = options
	c.mu.Unlock()
	c.mark(MarkInvite, time.Now())
	c.invite("")
	p.running.Go(c.repeatInvite)
	return c, ctx.Err()
}

// invite sends the INVITE, the second time with credentials.
func (c *PhoneCall) invite(authorization string) {
	start, headers := c.nextRequest("INVITE")
	branch := newBranch()
	c.mu.Lock()
	options := c.ours.options
	headers = append(append(headers, options.Headers...), authorization)
	c.ours.start, c.ours.headers, c.ours.branch, c.ours.authorization = start, headers, branch, authorization
	c.mu.Unlock()
	c.phone.send(c.inviteText())
}

func (c *PhoneCall) inviteText() string {
	c.mu.Lock()
	ours := c.ours
	c.mu.Unlock()
	offer := ""
	if !ours.options.NoOffer {
		offer = c.media.sdp("sendrecv")
	}
	text := c.phone.message(ours.start, ours.branch, ours.headers, offer)
	if ours.options.Rewrite != nil {
		text = ours.options.Rewrite(text)
	}
	return text
}

// repeatInvite sends the INVITE again until anything comes back (RFC 3261 §17.1.1.2, Timers A and B).
func (c *PhoneCall) repeatInvite() {
	for wait, total := sip.T1, time.Duration(0); total < 64*sip.T1; wait *= 2 {
		total += wait
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
			c.phone.send(c.inviteText())
		case <-c.marks[MarkTrying]:
			timer.Stop()
			return
		case <-c.marks[MarkEnded]:
			timer.Stop()
			return
		case <-c.phone.ctx.Done():
			timer.Stop()
			return
		}
	}
	c.finish(PhoneEnd{}, time.Now())
}

// handleInviteResponse takes an answer to our INVITE. It runs on the phone's one reading goroutine.
func (c *PhoneCall) handleInviteResponse(r *sip.Response, branch string, at time.Time) {
	c.mark(MarkTrying, at)
	c.mu.Lock()
	ours := c.ours
	c.mu.Unlock()
	switch {
	case branch != ours.branch: // of the INVITE before the challenge, again
	case r.StatusCode < 200:
		if r.StatusCode == sip.StatusRinging || r.StatusCode == sip.StatusSessionInProgress {
			c.mark(MarkRinging, at)
		}
		c.media.follow(r.Body())
	case r.StatusCode < 300:
		c.accepted(r, at)
	default:
		c.refused(r, at)
	}
}

func (c *PhoneCall) accepted(r *sip.Response, at time.Time) {
	c.media.follow(r.Body())
	c.mu.Lock()
	c.dialog.remote = r.To().Value()
	if contact := r.Contact(); contact != nil {
		c.dialog.target = contact.Address.String()
	}
	start, headers := "INVITE "+c.dialog.target, append([]string(nil), c.ours.headers...)
	for i, h := range headers {
		if strings.HasPrefix(h, "To: ") {
			headers[i] = "To: " + c.dialog.remote
		}
	}
	first := !c.ours.answered
	c.ours.answered = true
	_, cancelled := c.times[MarkCancelled]
	noOffer := c.ours.options.NoOffer
	c.mu.Unlock()
	answer := ""
	if noOffer {
		answer = c.media.answer()
	}
	c.sendAck(start, headers, answer)
	if !first {
		return
	}
	c.mark(MarkAnswered, at)
	c.mark(MarkUp, time.Now())
	if !cancelled {
		c.media.talk()
		return
	}
	// Our CANCEL and the answer crossed: what we did not want any more is hung up at once (RFC 3261 §9.1).
	c.phone.running.Go(func() {
		ctx, cancel := context.WithTimeout(c.phone.ctx, 10*time.Second)
		defer cancel()
		if err := c.HangUp(ctx); err != nil && c.phone.ctx.Err() == nil {
			c.phone.tb.Logf("%v", err)
		}
	})
}

func (c *PhoneCall) refused(r *sip.Response, at time.Time) {
	c.mu.Lock()
	ours := c.ours
	c.mu.Unlock()
	// The ACK of a refusal belongs to the INVITE's own transaction: same branch, the To of the answer (§17.1.1.3).
	_, target, _ := strings.Cut(ours.start, " ")
	var headers []string
	for _, h := range ours.headers {
		switch {
		case strings.HasPrefix(h, "To: "):
			headers = append(headers, r.To().String())
		case strings.HasPrefix(h, "CSeq: "):
			headers = append(headers, strings.Replace(h, "INVITE", "ACK", 1))
		case strings.HasPrefix(h, "From: ") || strings.HasPrefix(h, "Call-ID: "):
			headers = append(headers, h)
		}
	}
	c.phone.send(c.phone.message("ACK "+target, ours.branch, headers, ""))
	if r.StatusCode == sip.StatusUnauthorized || r.StatusCode == sip.StatusProxyAuthRequired {
		if next, ok := c.phone.answerChallenge(r, "INVITE", target, ours.authorization); ok {
			c.invite(next)
			return
		}
	}
	c.finish(PhoneEnd{Here: c.Passed(MarkCancelled), Code: r.StatusCode, Cause: causeOf(r)}, at)
}

// abandon forgets the call without a word to the switch, like a caller whose line was cut.
func (c *PhoneCall) abandon() { c.finish(PhoneEnd{Here: true}, time.Now()) }

// Cancel gives up a call that is not answered yet and waits until the switch has agreed. When the answer was faster, the
// call is hung up.
func (c *PhoneCall) Cancel(ctx context.Context) error {
	if err := c.Wait(ctx, MarkTrying); err != nil {
		return err
	}
	c.mu.Lock()
	if c.ours.answered {
		c.mu.Unlock()
		return c.HangUp(ctx)
	}
	c.markLocked(MarkCancelled, time.Now())
	ours := c.ours
	c.mu.Unlock()
	_, target, _ := strings.Cut(ours.start, " ")
	var headers []string
	for _, h := range ours.headers {
		switch {
		case strings.HasPrefix(h, "CSeq: "):
			headers = append(headers, strings.Replace(h, "INVITE", "CANCEL", 1))
		case strings.HasPrefix(h, "From: ") || strings.HasPrefix(h, "Call-ID: ") || strings.HasPrefix(h, "To: "):
			headers = append(headers, h)
		}
	}
	// It shares the branch of the INVITE, so its own answer is not told apart by branch: the INVITE's end is what counts.
	c.phone.send(c.phone.message("CANCEL "+target, ours.branch, headers, ""))
	return c.Wait(ctx, MarkEnded)
}

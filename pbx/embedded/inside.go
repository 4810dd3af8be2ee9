package embedded

import (
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"hotline/pbx"
)

// inside takes a request in the dialog of one side. tx is nil for ACK.
func (c *call) inside(p *party, f flow, r *sip.Request, tx *serverTx) {
	if r.Method == sip.ACK {
		c.acked(p, r)
		return
	}
	if st := p.admits(r); st.code != 0 {
		tx.respond(p.answerTo(tx, st))
		return
	}
	p.remoteSeq = r.CSeq().SeqNo
	p.flow = f // a phone behind a NAT may come from another port now
	c.watch(f)
	switch r.Method {
	case sip.BYE:
		tx.respond(p.answerTo(tx, ok))
		c.byeFrom(p)
	case sip.INVITE, sip.UPDATE:
		c.renegotiate(p, tx)
	case sip.INFO:
		c.info(p, tx)
	case sip.OPTIONS:
		tx.respond(p.answerTo(tx, ok, sip.NewHeader("Accept", "application/sdp")))
	default:
		tx.respond(p.answerTo(tx, notAllowed))
	}
}

// admits checks a request against its dialog (RFC 3261 §12.2.2). A status without code admits it.
func (p *party) admits(r *sip.Request) status {
	switch {
	case p.over || fromTag(r) != p.remoteTag:
		return noDialog
	case r.CSeq().SeqNo <= p.remoteSeq:
		return serverError
	}
	return status{}
}

func (c *call) byeFrom(p *party) {
	p.finish()
	if c.state == callEnded {
		return
	}
	if p == c.caller {
		c.hungUp(time.Now().UTC())
		return
	}
	c.endLeg(p.leg, pbx.LegHungUp, "")
}

// acked takes the ACK of a 2xx of ours.
func (c *call) acked(p *party, r *sip.Request) {
	last := p.uas
	if last.tx == nil || last.seq != r.CSeq().SeqNo {
		return
	}
	last.tx.acked()
	p.uas = unacked{}
	if last.answer == nil {
		return
	}
	sdp := sdpOf(r)
	if len(sdp) > 0 {
		p.heard = sdp
	}
	last.answer(sdp)
}

// renegotiate takes a re-INVITE or an UPDATE: an offer for the other side, a request for its offer, or a mere refresh.
func (c *call) renegotiate(p *party, tx *serverTx) {
	r := tx.request
	sdp := sdpOf(r)
	switch {
	case len(r.Body()) > 0 && sdp == nil:
		tx.respond(p.answerTo(tx, badMedia, sip.NewHeader("Accept", "application/sdp")))
		return
	case p.timer.tooShort(r):
		tx.respond(p.answerTo(tx, tooShort, minSE()))
		return
	case r.Method == sip.UPDATE && sdp == nil:
		p.refresh(r)
		tx.respond(p.answerTo(tx, ok, p.timer.accepted(r)...))
		p.timer.start(p)
		return
	case p.asked != nil: // RFC 3261 §14.2
		tx.respond(p.answerTo(tx, serverError, sip.NewHeader("Retry-After", itoa(uint32(random(10))))))
		return
	case c.state == callWaiting || p.asking != nil || p.uas.answer != nil || c.busy:
		tx.respond(p.answerTo(tx, pendingHere))
		return
	}
	other := c.other(p)
	switch {
	case sdp != nil && string(sdp) == string(p.heard): // RFC 3264 §8: nothing changes
		p.asked = tx
		c.agree(p, tx, sdp, answerBack(p.said, p.heard))
	case other == nil:
		c.answerAlone(p, tx, sdp)
	default:
		c.relay(p, tx, sdp, other)
	}
}

// other is the side that hears this one now; nil while nobody does.
func (c *call) other(p *party) *party {
	switch {
	case c.talk == nil || c.held:
		return nil
	case p == c.caller:
		return c.talk.party
	case p == c.talk.party:
		return c.caller
	}
	return nil
}

// relay offers one side's SDP to the other, and gives back the answer. Without an SDP the other side is asked for an offer,
// and the answer comes with the ACK.
func (c *call) relay(p *party, tx *serverTx, sdp []byte, other *party) {
	c.exclusive(func(free func()) {
		p.asked = tx
		other.reinvite(sdp, func(back []byte, ack func([]byte), err error) {
			if p.asked != tx { // hung up meanwhile
				if ack != nil {
					ack(refusalOf(back))
				}
				free()
				return
			}
			if err != nil {
				p.asked = nil
				tx.respond(p.answerTo(tx, relayed(err)))
				free()
				return
			}
			c.agree(p, tx, sdp, back)
			if ack == nil {
				free()
				return
			}
			p.uas.answer = func(answer []byte) {
				if len(answer) == 0 {
					answer = refusalOf(back)
				}
				ack(answer)
				free()
			}
		})
	})
}

// agree accepts a re-INVITE or UPDATE of this side. offered is what it offered, nil when it wanted our offer.
func (c *call) agree(p *party, tx *serverTx, offered, sdp []byte) {
	r := tx.request
	p.asked = nil
	p.refresh(r)
	res := p.answerTo(tx, ok, p.timer.accepted(r)...)
	setSDP(res, p.origin.sign(sdp))
	p.said = sdp
	if offered != nil {
		p.heard = offered
	}
	if r.Method == sip.INVITE {
		tx.unheard = func() { c.post(func() { c.lost(p, errNoAnswer) }) }
		p.uas = unacked{tx: tx, seq: r.CSeq().SeqNo}
	}
	tx.respond(res)
	p.timer.start(p)
	if p.leg != nil && c.talk == p.leg && !c.held && offered != nil {
		c.holdKey(p.leg, directionOf(offered))
	}
}

// answerAlone answers while nobody is there, or while the desk holds the call: nothing is sent, nothing wanted.
func (c *call) answerAlone(p *party, tx *serverTx, sdp []byte) {
	switch {
	case len(p.said) == 0, sdp != nil && iceUser(sdp) != iceUser(p.heard):
		tx.respond(p.answerTo(tx, pendingHere)) // a restart needs a partner: it comes again
	case sdp != nil && countMedia(sdp) != countMedia(p.said):
		tx.respond(p.answerTo(tx, notAcceptable))
	case sdp != nil:
		p.asked = tx
		c.agree(p, tx, sdp, answerOf(p.said, p.heard))
	default:
		c.exclusive(func(free func()) {
			p.asked = tx
			c.agree(p, tx, nil, offerOf(p.said, inactive))
			p.uas.answer = func([]byte) { free() }
		})
	}
}

// answerBack repeats our last word in answer to a side's last word.
func answerBack(said, heard []byte) []byte {
	return withDirection(answerOf(said, heard), mirrored(directionOf(heard)))
}

// holdKey tells what the agent's own hold key did.
func (c *call) holdKey(l *leg, direction string) {
	held := direction == sendOnly || direction == inactive
	if held == l.heldKey {
		return
	}
	l.heldKey = held
	kind := pbx.CallResumed
	if held {
		kind = pbx.CallHeld
	}
	c.tell(pbx.Event{Kind: kind, Leg: l.id, Phone: l.phone})
}

// info takes keys that are sent by signalling, as browsers do, and passes them on.
func (c *call) info(p *party, tx *serverTx) {
	digit, known := digitOf(tx.request)
	if !known {
		tx.respond(p.answerTo(tx, badMedia, sip.NewHeader("Accept", "application/dtmf-relay, application/dtmf")))
		return
	}
	tx.respond(p.answerTo(tx, ok))
	if p == c.caller && c.state != callEnded && digit != "" {
		c.tell(pbx.Event{Kind: pbx.Digit, Digit: digit})
	}
	if other := c.other(p); other != nil && !other.over {
		r := other.request(sip.INFO, nil, sip.NewHeader("Content-Type", tx.request.GetHeader("Content-Type").Value()))
		r.SetBody(tx.request.Body())
		c.s.tx.send(other.flow, r, func(*sip.Response, error) {})
	}
}

// digitOf reads application/dtmf-relay ("Signal=5") and application/dtmf ("5").
func digitOf(r *sip.Request) (digit string, known bool) {
	kind := ""
	if h := r.GetHeader("Content-Type"); h != nil {
		kind, _, _ = strings.Cut(strings.ToLower(h.Value()), ";")
	}
	body := string(r.Body())
	switch strings.TrimSpace(kind) {
	case "application/dtmf":
	case "application/dtmf-relay":
		for line := range strings.Lines(body) {
			if name, value, found := strings.Cut(line, "="); found && strings.EqualFold(strings.TrimSpace(name), "signal") {
				body = value
				break
			}
		}
	default:
		return "", false
	}
	body = strings.ToUpper(strings.TrimSpace(body))
	if len(body) != 1 || !strings.Contains("0123456789*#ABCD", body) {
		return "", true
	}
	return body, true
}

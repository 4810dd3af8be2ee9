package embedded

import (
	"errors"
	"time"

	"github.com/emiago/sipgo/sip"

	"hotline/pbx"
)

// leg is one attempt to ring one agent's phone: an INVITE to each of its contacts. The first to answer is the leg.
type leg struct {
	id       pbx.LegID
	phone    string
	ring     pbx.Ring
	state    legState
	branches []*branch
	party    *party // the contact that answered
	pickUp   *branch
	offer    []byte // its 200 made an offer and waits for its ACK
	heldKey  bool   // by the phone's own hold key
	stops    []func()
}

// branch is the INVITE to one contact.
type branch struct {
	leg   *leg
	tx    *clientTx
	party *party // its dialog-to-be
	offer bool   // the INVITE carried the caller's offer
	heard bool   // something came back
	code  int    // of its refusal
	over  bool
}

// ring asks every contact of the phone. The caller's offer goes along while the caller is not answered yet: then the
// phone's answer is the caller's. Once the caller talks, the phone is asked for an offer instead, because an answer to an old
// offer is good for nothing when both sides keep state about each other (ICE, DTLS): RFC 3725 §4.1.
func (c *call) ring(r pbx.Ring, contacts []*contact) error {
	if _, known := c.rung[r.Leg]; known {
		return errRangBefore
	}
	c.rung[r.Leg] = struct{}{}
	l := &leg{id: r.Leg, phone: r.Phone, ring: r, state: legAsked}
	c.legs[l.id] = l
	if len(contacts) == 0 {
		c.endLeg(l, pbx.LegUnreachable, "not registered")
		return nil
	}
	var offer []byte
	if c.state == callWaiting {
		offer = callerFirst(c.caller.heard)
	}
	for _, contact := range contacts {
		c.invitePhone(l, contact, offer)
	}
	l.stops = append(l.stops, c.after(r.Timeout, func() { c.rangOut(l) }))
	return nil
}

var errRangBefore = errors.New("embedded: this leg was rung before")

func (c *call) invitePhone(l *leg, to *contact, offer []byte) {
	p := &party{
		call: c, leg: l, flow: to.flow, callID: token() + token(), localTag: token(), target: to.uri,
		local: fromOf(l.ring, to.flow),
	}
	p.timer.offer()
	from, _ := p.local.(*sip.FromHeader)
	from.Params.Add("tag", p.localTag)
	p.remote = &sip.ToHeader{Address: sip.Uri{Scheme: "sip", User: l.phone, Host: to.uri.Host, Port: to.uri.Port}, Params: sip.NewParams()}
	b := &branch{leg: l, party: p, offer: len(offer) > 0}
	l.branches = append(l.branches, b)
	c.watch(to.flow)
	p.said = offer
	c.sendInvite(b)
}

func (c *call) sendInvite(b *branch) {
	p := b.party
	r := p.request(sip.INVITE, p.origin.sign(p.said), p.timer.headers()...)
	r.AppendHeader(sip.NewHeader("Expires", itoa(uint32(b.leg.ring.Timeout/time.Second)+1)))
	b.tx = c.s.tx.send(p.flow, r, func(res *sip.Response, err error) {
		c.post(func() { c.branchAnswered(b, res, err) })
	})
}

// fromOf shows the caller on the phone's display.
func fromOf(r pbx.Ring, f flow) *sip.FromHeader {
	host := f.local()
	if h, _, err := sip.ParseAddr(host); err == nil {
		host = h
	}
	from := &sip.FromHeader{
		DisplayName: pbx.CleanName(r.CallerName), Params: sip.NewParams(),
		Address: sip.Uri{Scheme: "sip", User: pbx.CleanNumber(r.CallerID), Host: host},
	}
	if from.Address.User == "" {
		from.Address.User, from.Address.Host = "anonymous", "anonymous.invalid" // RFC 3323 §4.1.1.3
	}
	return from
}

// branchAnswered takes what one contact says.
func (c *call) branchAnswered(b *branch, res *sip.Response, err error) {
	l := b.leg
	switch {
	case err != nil:
		b.code = 0
		if errors.Is(err, errNoAnswer) {
			c.s.phones.suspect(l.phone, b.party.flow)
		}
		c.branchOver(b)
	case res.StatusCode < 200:
		b.heard = true
		if res.StatusCode > 100 && l.state == legAsked {
			c.moveLeg(l, legRang)
		}
	case res.StatusCode < 300:
		b.heard = true
		c.branchPicked(b, res)
	case res.StatusCode == tooShort.code && l.state == legAsked && b.party.timer.raise(res):
		c.sendInvite(b) // RFC 4028 §7.3
	default:
		b.heard = true
		b.code = res.StatusCode
		c.branchOver(b)
	}
}

// branchPicked takes a 2xx. Only the first of a living leg counts; every other is acknowledged and hung up: the phone must
// not be left in a call with nobody.
func (c *call) branchPicked(b *branch, res *sip.Response) {
	l, p := b.leg, b.party
	if l.state == legEnded || l.pickUp != nil {
		late := *p
		late.over = false
		late.established(res)
		c.acknowledge(&late, b, res, refusalOf(sdpOf(res)))
		late.bye("")
		b.over = true
		return
	}
	p.established(res)
	p.timer.agreed(p, res)
	l.party, l.pickUp, b.over = p, b, true
	c.s.remember(p)
	for _, other := range l.branches {
		if other != b && !other.over {
			other.tx.cancel(answeredElsewhere)
		}
	}
	sdp := sdpOf(res)
	p.heard = sdp
	if len(sdp) == 0 {
		c.acknowledge(p, b, res, nil)
		c.endLeg(l, pbx.LegFault, "the phone answered without SDP")
		return
	}
	if b.offer {
		c.acknowledge(p, b, res, nil)
	} else {
		l.offer = sdp
	}
	c.s.engage(l.phone, 1)
	c.moveLeg(l, legPicked)
	l.stops = append(l.stops, c.after(connectWithin, func() {
		if l.state == legAnswered {
			c.endLeg(l, pbx.LegFault, "nobody connected it")
		}
	}))
	p.timer.start(p)
}

const answeredElsewhere = `SIP;cause=200;text="Call completed elsewhere"` // RFC 3326: the phone lists no missed call

// acknowledge sends the ACK of the phone's 2xx; answer is for one that made the offer.
func (c *call) acknowledge(p *party, b *branch, res *sip.Response, answer []byte) {
	if b.offer {
		answer = nil
	}
	p.ackOf(b.tx, b.tx.request.CSeq().SeqNo, toTag(res), answer)
}

// established makes the dialog of a 2xx to our INVITE (RFC 3261 §12.1.2).
func (p *party) established(res *sip.Response) {
	p.remoteTag = toTag(res)
	if to := res.To(); to != nil {
		p.remote = sip.HeaderClone(to)
	}
	p.refresh(res)
	p.updates = understands(res, sip.UPDATE)
	var routes []string
	for _, h := range res.GetHeaders("Record-Route") {
		routes = append([]string{h.Value()}, routes...)
	}
	p.routes = routes
}

// branchOver: one contact refused or is lost. The leg ends with its last.
func (c *call) branchOver(b *branch) {
	b.over = true
	l := b.leg
	if l.state != legAsked && l.state != legRings {
		return
	}
	busy := c.s.engaged(l.phone)
	if b.code >= 600 { // no other contact wants it either (RFC 3261 §21.6)
		c.endLeg(l, legEndOf(b.code, busy), "")
		return
	}
	why := pbx.LegUnreachable
	for _, other := range l.branches {
		if !other.over {
			return
		}
		if end := c.refusalOf(other, busy); worth(end) > worth(why) {
			why = end
		}
	}
	c.endLeg(l, why, "")
}

func (c *call) refusalOf(b *branch, busy bool) pbx.LegEnd {
	if b.code == 0 {
		return pbx.LegUnreachable
	}
	return legEndOf(b.code, busy)
}

// rangOut: the time to ring is over. A phone of which nothing was heard at all is not there.
func (c *call) rangOut(l *leg) {
	if l.state != legAsked && l.state != legRings {
		return
	}
	why := pbx.LegUnreachable
	for _, b := range l.branches {
		if b.heard {
			why = pbx.LegNoAnswer
		} else {
			c.s.phones.suspect(l.phone, b.party.flow)
		}
	}
	c.endLeg(l, why, "")
}

// moveLeg takes a leg through its table and tells what the table says. Its end is told by endLeg.
func (c *call) moveLeg(l *leg, in legInput) bool {
	next, tell, ok := legMove{l.state, in}.next()
	if !ok {
		c.s.m.surprise("leg " + string(in) + " when " + string(l.state))
		return false
	}
	l.state = next
	if tell != "" && tell != pbx.LegEnded {
		c.tell(pbx.Event{Kind: tell, Leg: l.id, Phone: l.phone})
	}
	return true
}

// endLeg ends a leg once: told, its phone stopped. The caller's fate follows from who is left.
func (c *call) endLeg(l *leg, why pbx.LegEnd, detail string) {
	before := l.state
	if !c.moveLeg(l, legGone) {
		return
	}
	delete(c.legs, l.id)
	for _, stop := range l.stops {
		stop()
	}
	c.log.Debug("leg ended", "leg", l.id, "why", why, "detail", detail)
	if l.party != nil {
		c.s.engage(l.phone, -1)
	}
	c.tell(pbx.Event{Kind: pbx.LegEnded, Leg: l.id, Phone: l.phone, LegEnd: why, Detail: detail})
	c.stopPhone(l, why)
	if before == legTalks && c.talk == l {
		c.agentLeft(why)
	}
}

// stopPhone ends what the phone still knows of the leg.
func (c *call) stopPhone(l *leg, why pbx.LegEnd) {
	reason := ""
	if why == pbx.LegCancelled && c.human {
		reason = answeredElsewhere
	}
	for _, b := range l.branches {
		if !b.over {
			b.tx.cancel(reason)
		}
	}
	if l.party == nil || l.party.over {
		return
	}
	if l.offer != nil { // its 200 still waits for the ACK
		offer := l.offer
		l.offer = nil
		l.party.ackOf(l.pickUp.tx, l.pickUp.tx.request.CSeq().SeqNo, l.party.remoteTag, refusalOf(offer))
	}
	l.party.bye("Q.850;cause=16")
}

// agentLeft: the one with whom the caller talked is gone. When the agent hung up and no other phone is in play, the call
// is over as well; else the caller stays, on hold, until another human is found.
func (c *call) agentLeft(why pbx.LegEnd) {
	c.talk = nil
	if c.state != callTalking {
		return
	}
	if why == pbx.LegHungUp && len(c.legs) == 0 {
		c.end(pbx.EndReason{Code: pbx.EndByAgent, Cause: causeNormal}, "")
		return
	}
	if c.move(callLeft) {
		c.park()
	}
}

// legFlowGone: a connection closed on which contacts of the leg hang.
func (c *call) legFlowGone(l *leg, f flow) {
	if l.party != nil {
		if l.party.flow == f {
			c.lost(l.party, errFlowClosed)
		}
		return
	}
	// Their INVITEs were failed with the connection; what is under way comes by branchAnswered.
}

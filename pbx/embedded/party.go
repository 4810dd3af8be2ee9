package embedded

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// party is one side of a call: the caller, or one phone that was rung. It holds the dialog (RFC 3261 §12) and what was
// said in it about voice. It belongs to its call's owner.
type party struct {
	call *call
	leg  *leg // nil: the caller
	flow flow

	callID              string
	localTag, remoteTag string
	local, remote       sip.Header // From and To of our requests, with tags
	target              sip.Uri
	routes              []string // Route values
	seq, remoteSeq      uint32
	updates             bool // it understands UPDATE

	origin origin
	said   []byte // our last SDP to it, before the origin
	heard  []byte // its last SDP to us

	asking *ask      // a re-INVITE of ours under way
	asked  *serverTx // a re-INVITE or UPDATE of its, under way
	uas    unacked   // the last INVITE of its that we accepted
	over   bool      // BYE went or came, or it is lost
	timer  sessionTimer
}

// unacked is an INVITE that we answered with 2xx, until its ACK.
type unacked struct {
	tx     *serverTx
	seq    uint32
	answer func(sdp []byte) // wants the SDP of the ACK: our 2xx made the offer
}

// dialogID finds the party of a request: our tag is random, so nobody else knows it.
type dialogID struct{ callID, localTag string }

func (p *party) id() dialogID { return dialogID{p.callID, p.localTag} }

// ask is a re-INVITE of ours.
type ask struct {
	offer []byte
	done  func(sdp []byte, ack func(answer []byte), err error)
	tries int
}

// refused is an answer of 300 and up to a request inside a dialog.
type refused struct {
	code   int
	phrase string
}

func (e refused) Error() string { return fmt.Sprintf("embedded: refused with %d %s", e.code, e.phrase) }

// errPartyOver: the other side hung up while it was being asked.
var errPartyOver = errors.New("embedded: this side is gone")

// contact is how the peer names us in requests of its own.
func contactFor(f flow) string {
	switch f.transport() {
	case "UDP":
		return "<sip:hotline@" + f.local() + ">"
	case "TCP":
		return "<sip:hotline@" + f.local() + ";transport=tcp>"
	}
	return "<sip:hotline@" + f.local() + ";transport=ws>"
}

func viaFor(f flow) *sip.ViaHeader {
	host, port := f.local(), 0
	if h, p, err := sip.ParseAddr(host); err == nil {
		host, port = h, p
	}
	via := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: f.transport(), Host: host, Port: port,
		Params: sip.NewParams(),
	}
	via.Params.Add("branch", sip.RFC3261BranchMagicCookie+token())
	if !reliable(f) {
		via.Params.Add("rport", "")
	}
	return via
}

// request makes the next request inside the dialog.
func (p *party) request(method sip.RequestMethod, body []byte, extra ...sip.Header) *sip.Request {
	if method != sip.ACK {
		p.seq++
	}
	return p.compose(method, p.seq, body, extra...)
}

func (p *party) compose(method sip.RequestMethod, seq uint32, body []byte, extra ...sip.Header) *sip.Request {
	target, routes := p.target, p.routes
	// A first route without lr is a strict router's (RFC 3261 §12.2.1.1): it becomes the target, ours the last route.
	if len(routes) > 0 && !strings.Contains(routes[0], ";lr") {
		var strict sip.Uri
		if err := sip.ParseUri(strings.Trim(routes[0], "<> "), &strict); err == nil {
			routes = append(append([]string(nil), routes[1:]...), "<"+target.String()+">")
			target = strict
		}
	}
	r := sip.NewRequest(method, *target.Clone())
	r.AppendHeader(viaFor(p.flow))
	for _, route := range routes {
		r.AppendHeader(sip.NewHeader("Route", route))
	}
	maxForwards := sip.MaxForwardsHeader(70)
	r.AppendHeader(&maxForwards)
	r.AppendHeader(sip.HeaderClone(p.local))
	r.AppendHeader(sip.HeaderClone(p.remote))
	callID := sip.CallIDHeader(p.callID)
	r.AppendHeader(&callID)
	r.AppendHeader(&sip.CSeqHeader{SeqNo: seq, MethodName: method})
	if method == sip.INVITE || method == sip.UPDATE {
		r.AppendHeader(sip.NewHeader("Contact", contactFor(p.flow)))
		r.AppendHeader(sip.NewHeader("Allow", allowed))
		r.AppendHeader(sip.NewHeader("Supported", supported))
	}
	for _, h := range extra {
		r.AppendHeader(h)
	}
	r.AppendHeader(sip.NewHeader("User-Agent", agentName))
	setSDP(r, body)
	return r
}

func setSDP(m sip.Message, sdp []byte) {
	if len(sdp) > 0 {
		contentType := sip.ContentTypeHeader("application/sdp")
		m.AppendHeader(&contentType)
	}
	m.SetBody(sdp)
}

// ackOf makes the ACK of a 2xx to an INVITE of ours. sdp is the answer where the 2xx made an offer, else nil.
func (p *party) ackOf(tx *clientTx, seq uint32, tag string, sdp []byte) {
	if len(sdp) > 0 {
		p.said = sdp
	}
	tx.ack(tag, []byte(p.compose(sip.ACK, seq, p.origin.sign(sdp)).String()))
}

// bye ends the dialog, once. Nobody waits for the answer.
func (p *party) bye(reason string) {
	if p.over {
		return
	}
	p.finish()
	var extra []sip.Header
	if reason != "" {
		extra = append(extra, sip.NewHeader("Reason", reason))
	}
	p.call.s.tx.send(p.flow, p.request(sip.BYE, nil, extra...), func(*sip.Response, error) {})
}

// finish: nothing more will be said in this dialog; what was being asked has failed.
func (p *party) finish() {
	if p.over {
		return
	}
	p.over = true
	p.timer.stop()
	p.call.s.forget(p)
	if a := p.asking; a != nil {
		p.asking = nil
		a.done(nil, nil, errPartyOver)
	}
	if tx := p.asked; tx != nil {
		p.asked = nil
		tx.respond(p.answerTo(tx, terminated))
	}
	if last := p.uas; last.tx != nil {
		p.uas = unacked{}
		last.tx.acked() // it will not come
		if last.answer != nil {
			last.answer(nil)
		}
	}
}

// reinvite offers an SDP, or with nil asks this side for an offer. done gets what came back; in the second case it also
// gets ack, which must be called with the answer. One at a time. A 491 is tried again (RFC 3261 §14.1).
func (p *party) reinvite(offer []byte, done func(sdp []byte, ack func(answer []byte), err error)) {
	switch {
	case p.over:
		done(nil, nil, errPartyOver)
		return
	case p.asking != nil:
		done(nil, nil, refused(pendingHere))
		return
	}
	p.asking = &ask{offer: offer, done: done}
	p.sendReinvite(p.asking)
}

const mostGlares = 5

func (p *party) sendReinvite(a *ask) {
	if p.asking != a {
		return // it ended meanwhile
	}
	a.tries++
	r := p.request(sip.INVITE, p.origin.sign(a.offer), p.timer.headers()...)
	seq := r.CSeq().SeqNo
	var tx *clientTx
	tx = p.call.s.tx.send(p.flow, r, func(res *sip.Response, err error) {
		p.call.post(func() { p.reinviteAnswered(a, tx, seq, res, err) }) // served after this input: tx is set by then
	})
}

func (p *party) reinviteAnswered(a *ask, tx *clientTx, seq uint32, res *sip.Response, err error) {
	if err == nil && res.StatusCode < 200 {
		return
	}
	live := p.asking == a
	if err == nil && res.StatusCode < 300 {
		p.refresh(res)
		if !live {
			p.ackOf(tx, seq, toTag(res), nil) // it is being hung up
			return
		}
		p.asking = nil
		p.timer.agreed(p, res)
		p.reinviteAccepted(a, tx, seq, res)
		return
	}
	if !live {
		return
	}
	switch {
	case err != nil || res.StatusCode == noDialog.code || res.StatusCode == timedOut.code:
		p.call.lost(p, err) // RFC 3261 §12.2.1.2: the dialog is dead; finish tells done
	case res.StatusCode == pendingHere.code && a.tries < mostGlares:
		p.call.after(glarePause(p.leg != nil), func() { p.sendReinvite(a) })
	default:
		p.asking = nil
		a.done(nil, nil, refused{res.StatusCode, res.Reason})
	}
}

func (p *party) reinviteAccepted(a *ask, tx *clientTx, seq uint32, res *sip.Response) {
	sdp := sdpOf(res)
	tag := toTag(res)
	if len(sdp) > 0 {
		p.heard = sdp
	}
	switch {
	case a.offer != nil:
		p.said = a.offer
		p.ackOf(tx, seq, tag, nil)
		if len(sdp) == 0 {
			a.done(nil, nil, errNoSDP)
			return
		}
		a.done(sdp, nil, nil)
	case len(sdp) == 0:
		p.ackOf(tx, seq, tag, nil)
		a.done(nil, nil, errNoSDP)
	default:
		a.done(sdp, func(answer []byte) { p.ackOf(tx, seq, tag, answer) }, nil)
	}
}

// errNoSDP: a 2xx that must carry an SDP has none.
var errNoSDP = errors.New("embedded: the answer has no SDP")

// glarePause is how long to wait after a 491 (RFC 3261 §14.1): whoever began the dialog waits longer.
func glarePause(began bool) time.Duration {
	if began {
		return 2100*time.Millisecond + time.Duration(random(1900))*time.Millisecond
	}
	return time.Duration(random(2000)) * time.Millisecond
}

// refresh takes a new target from a message inside the dialog (RFC 3261 §12.2.1.2).
func (p *party) refresh(m interface{ Contact() *sip.ContactHeader }) {
	if c := m.Contact(); c != nil && !c.Address.Wildcard {
		p.target = c.Address
	}
}

// answerTo makes the answer to a request of this side inside the dialog.
func (p *party) answerTo(tx *serverTx, st status, extra ...sip.Header) *sip.Response {
	if st.code > 100 && st.code < 300 && (tx.request.Method == sip.INVITE || tx.request.Method == sip.UPDATE) {
		extra = append(extra, sip.NewHeader("Contact", contactFor(p.flow)))
	}
	p.call.s.m.answered(tx.request.Method, st.code)
	return answer(p.flow, tx.request, st, p.localTag, extra...)
}

// sdpOf gives the SDP of a message, nil when it has none.
func sdpOf(m sip.Message) []byte {
	if body := m.Body(); len(body) > 0 && isSDP(m) {
		return body
	}
	return nil
}

// isSDP reports whether a body is SDP and nothing else.
func isSDP(m sip.Message) bool {
	headers := m.GetHeaders("Content-Type")
	if len(headers) != 1 {
		return false
	}
	kind, _, _ := strings.Cut(headers[0].Value(), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/sdp")
}

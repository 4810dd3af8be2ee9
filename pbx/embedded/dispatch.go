package embedded

import (
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// request takes a well-formed request to whom it concerns (RFC 3261 §8.2, §12.2.2).
func (s *Switch) request(f flow, r *sip.Request, now time.Time) {
	s.m.request(r.Method)
	if h := r.GetHeader("User-Agent"); h != nil && scanner(h.Value()) {
		s.blame(f, "scanner")
		return
	}
	if st := validate(r); st.code != 0 {
		s.blame(f, "invalid")
		if complete(r) {
			s.reply(f, r, st)
		}
		return
	}
	switch r.Method {
	case sip.ACK:
		if tx := s.tx.findServer(serverKey(f, r, sip.INVITE)); tx != nil && tx.refusalAcked() {
			return
		}
	case sip.CANCEL:
		s.cancel(f, r)
		return
	default:
		if tx := s.tx.findServer(serverKey(f, r, r.Method)); tx != nil {
			tx.retransmitted()
			return
		}
	}
	if tags := unsupported(r); len(tags) > 0 && r.Method != sip.ACK {
		s.reply(f, r, badExtension, sip.NewHeader("Unsupported", strings.Join(tags, ", ")))
		return
	}
	if toTag(r) != "" && r.Method != sip.REGISTER {
		s.insideDialog(f, r)
		return
	}
	s.outsideDialog(f, r, now)
}

// validate checks what RFC 3261 §8.1.1 demands of every request. A status without code is in order.
func validate(r *sip.Request) status {
	switch {
	case r.Via() == nil || r.From() == nil || r.To() == nil || r.CallID() == nil || r.CSeq() == nil:
		return badRequest
	case r.SipVersion != "SIP/2.0":
		return badVersion
	case !strings.EqualFold(string(r.CSeq().MethodName), string(r.Method)) || r.CallID().Value() == "" || r.Via().Host == "":
		return badRequest
	case strings.ContainsAny(r.Recipient.User+r.Recipient.Host, "\r\n<>\" "):
		return badRequest
	}
	for _, name := range [...]string{"From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length", "Content-Type"} {
		if len(r.GetHeaders(name)) > 1 {
			return badRequest
		}
	}
	switch strings.ToLower(r.Recipient.Scheme) {
	case "sip", "sips":
	default:
		return badScheme
	}
	return status{}
}

// cancel answers a CANCEL (RFC 3261 §9.2) and gives it to whom it concerns.
func (s *Switch) cancel(f flow, r *sip.Request) {
	tx := s.tx.findServer(serverKey(f, r, sip.INVITE))
	if tx == nil {
		s.reply(f, r, noDialog)
		return
	}
	s.reply(f, r, ok)
	if tx.cancelled != nil {
		tx.cancelled(r)
	}
}

// insideDialog gives a request to the call whose dialog it names.
func (s *Switch) insideDialog(f flow, r *sip.Request) {
	p := s.partyOf(dialogID{r.CallID().Value(), toTag(r)})
	if p == nil {
		if r.Method != sip.ACK {
			s.reply(f, r, noDialog)
		}
		return
	}
	if r.Method == sip.ACK {
		p.call.post(func() { p.call.inside(p, f, r, nil) })
		return
	}
	tx := s.tx.server(backTo(f, r), r)
	if tx == nil {
		s.reply(f, r, overloaded, sip.NewHeader("Retry-After", retryAfter))
		return
	}
	if r.Method == sip.INVITE {
		tx.respond(answer(tx.flow, r, trying, ""))
	}
	p.call.post(func() { p.call.inside(p, f, r, tx) })
}

func (s *Switch) outsideDialog(f flow, r *sip.Request, now time.Time) {
	switch r.Method {
	case sip.INVITE:
		s.arrive(f, r, now)
	case sip.REGISTER:
		s.register(f, r, now)
	case sip.OPTIONS:
		s.reply(f, r, ok, sip.NewHeader("Accept", "application/sdp"))
	case sip.ACK:
	case sip.BYE, sip.INFO, sip.UPDATE, sip.PRACK:
		s.reply(f, r, noDialog)
	default:
		if known(r.Method) == "other" {
			s.blame(f, "unknown method")
		}
		s.reply(f, r, notAllowed)
	}
}

func unmapped(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

package embedded

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// What this switch understands (RFC 3261 §20.5, §20.37; RFC 4028; RFC 3311).
const (
	allowed   = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, INFO, UPDATE"
	supported = "timer"
	agentName = "Hotline"
	// retryAfter is what is asked of those who are sent away because there is too much, in seconds.
	retryAfter = "5"
)

// status is an answer's code and phrase.
type status struct {
	code   int
	phrase string
}

// The answers given here, RFC 3261 §21 unless said otherwise.
var (
	trying        = status{100, "Trying"}
	ringing       = status{180, "Ringing"}
	ok            = status{200, "OK"}
	badRequest    = status{400, "Bad Request"}
	unauthorized  = status{401, "Unauthorized"}
	forbidden     = status{403, "Forbidden"}
	notFound      = status{404, "Not Found"}
	notAllowed    = status{405, "Method Not Allowed"}
	timedOut      = status{408, "Request Timeout"}
	badMedia      = status{415, "Unsupported Media Type"}
	badScheme     = status{416, "Unsupported URI Scheme"}
	badExtension  = status{420, "Bad Extension"}
	tooShort      = status{422, "Session Interval Too Small"} // RFC 4028
	tooBrief      = status{423, "Interval Too Brief"}
	unavailable   = status{480, "Temporarily Unavailable"}
	noDialog      = status{481, "Call/Transaction Does Not Exist"}
	loopDetected  = status{482, "Loop Detected"}
	busyHere      = status{486, "Busy Here"}
	terminated    = status{487, "Request Terminated"}
	notAcceptable = status{488, "Not Acceptable Here"}
	pendingHere   = status{491, "Request Pending"}
	serverError   = status{500, "Server Internal Error"}
	overloaded    = status{503, "Service Unavailable"}
	badVersion    = status{505, "Version Not Supported"}
)

func itoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// answer makes the response to a request (RFC 3261 §8.2.6). tag is ours, for requests that have none in To; 100 has none.
func answer(f flow, r *sip.Request, s status, tag string, extra ...sip.Header) *sip.Response {
	res := sip.NewResponse(s.code, s.phrase)
	for i, h := range r.GetHeaders("Via") {
		h = sip.HeaderClone(h)
		if via, isVia := h.(*sip.ViaHeader); isVia && i == 0 {
			stamp(via, f.remote())
		}
		res.AppendHeader(h)
	}
	if s.code > 100 && s.code < 300 && r.Method != sip.REGISTER {
		for _, h := range r.GetHeaders("Record-Route") {
			res.AppendHeader(sip.HeaderClone(h))
		}
	}
	if h := r.From(); h != nil {
		res.AppendHeader(sip.HeaderClone(h))
	}
	if h := r.To(); h != nil {
		to, _ := sip.HeaderClone(h).(*sip.ToHeader)
		if tag != "" && s.code > 100 && !to.Params.Has("tag") {
			to.Params.Add("tag", tag)
		}
		res.AppendHeader(to)
	}
	if h := r.CallID(); h != nil {
		res.AppendHeader(sip.HeaderClone(h))
	}
	if h := r.CSeq(); h != nil {
		res.AppendHeader(sip.HeaderClone(h))
	}
	if s.code == 100 {
		for _, h := range r.GetHeaders("Timestamp") {
			res.AppendHeader(sip.HeaderClone(h))
		}
	}
	for _, h := range extra {
		res.AppendHeader(h)
	}
	if s.code >= 200 {
		res.AppendHeader(sip.NewHeader("Allow", allowed))
		res.AppendHeader(sip.NewHeader("Supported", supported))
		res.AppendHeader(sip.NewHeader("Server", agentName))
	}
	res.SetBody(nil)
	return res
}

// stamp notes where a request really came from (RFC 3261 §18.2.1, RFC 3581 §4).
func stamp(via *sip.ViaHeader, from netip.AddrPort) {
	if via.Params.Has("rport") {
		via.Params.Add("rport", strconv.Itoa(int(from.Port())))
		via.Params.Add("received", from.Addr().String())
	} else if via.Host != from.Addr().String() {
		via.Params.Add("received", from.Addr().String())
	}
}

// backTo is where the answer to a request goes: the connection it came by; by UDP its source address, and its source
// port only if it asked for that (RFC 3581), else the port it names.
func backTo(f flow, r *sip.Request) flow {
	u, isUDP := f.(udpFlow)
	via := r.Via()
	if !isUDP || via.Params.Has("rport") {
		return f
	}
	port := via.Port
	if port <= 0 || port > 65535 {
		port = 5060
	}
	u.peer = netip.AddrPortFrom(u.peer.Addr(), uint16(port))
	return u
}

// reply answers without a transaction (RFC 3261 §8.2.7): nothing is kept for a request that changes nothing, so a flood of
// them costs no memory. The tag is the same for every retransmission.
func (s *Switch) reply(f flow, r *sip.Request, st status, extra ...sip.Header) {
	if r.Method == sip.ACK {
		return
	}
	s.m.answered(r.Method, st.code)
	_ = backTo(f, r).send([]byte(answer(f, r, st, s.statelessTag(r), extra...).String()))
}

func (s *Switch) statelessTag(r *sip.Request) string {
	mac := hmac.New(sha256.New, s.key[:])
	if h := r.CallID(); h != nil {
		mac.Write([]byte(h.Value()))
	}
	if h := r.From(); h != nil {
		mac.Write([]byte(h.Value()))
	}
	if h := r.CSeq(); h != nil {
		mac.Write([]byte(itoa(h.SeqNo)))
	}
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

func toTag(m sip.Message) string {
	if h := m.To(); h != nil {
		tag, _ := h.Params.Get("tag")
		return tag
	}
	return ""
}

func fromTag(m sip.Message) string {
	if h := m.From(); h != nil {
		tag, _ := h.Params.Get("tag")
		return tag
	}
	return ""
}

// options reads a header that lists option tags, e.g. Require, over all its lines.
func options(m sip.Message, name string) []string {
	var tags []string
	for _, h := range m.GetHeaders(name) {
		for tag := range strings.SplitSeq(h.Value(), ",") {
			if tag = strings.ToLower(strings.TrimSpace(tag)); tag != "" {
				tags = append(tags, tag)
			}
		}
	}
	return tags
}

// unsupported gives those of the request's Require that this switch does not know (RFC 3261 §8.2.2.3).
func unsupported(r *sip.Request) []string {
	var unknown []string
	for _, tag := range options(r, "Require") {
		if tag != supported {
			unknown = append(unknown, tag)
		}
	}
	return unknown
}

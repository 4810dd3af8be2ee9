package pbxtest

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"
)

func token() string     { return strings.ToLower(rand.Text()) }
func newBranch() string { return "z9hG4bK" + token() }

// message is a request as text: start is "METHOD uri". Empty headers are left out.
func (p *Phone) message(start, branch string, headers []string, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s SIP/2.0\r\nVia: %s;branch=%s;rport\r\nMax-Forwards: 70\r\nUser-Agent: pbxtest\r\n",
		start, p.via(), branch)
	for _, h := range headers {
		if h != "" {
			b.WriteString(h + "\r\n")
		}
	}
	writeBody(&b, body)
	return b.String()
}

// response is an answer to r as text. toTag is added where r has none, and not to 100 (RFC 3261 §8.2.6.2).
func (p *Phone) response(r *sip.Request, code int, reason, toTag, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %d %s\r\n", code, reason)
	for _, name := range []string{"Via", "Record-Route"} {
		for _, h := range r.GetHeaders(name) {
			b.WriteString(h.String() + "\r\n")
		}
	}
	b.WriteString(r.From().String() + "\r\n" + r.To().String())
	if !r.To().Params.Has("tag") && code > 100 {
		b.WriteString(";tag=" + toTag)
	}
	fmt.Fprintf(&b, "\r\n%s\r\n%s\r\nContact: <%s>\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\r\n",
		r.CallID(), r.CSeq(), p.contact())
	writeBody(&b, body)
	return b.String()
}

func writeBody(b *strings.Builder, body string) {
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(b, "Content-Length: %d\r\n\r\n%s", len(body), body)
}

package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emiago/sipgo/sip"
)

// mostHeaders is how many lines a message may have before its body.
const mostHeaders = 128

// serveUDP reads datagrams until the socket closes.
func (s *Switch) serveUDP() {
	buf := make([]byte, 65535)
	for {
		n, from, err := s.udp.conn.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // an ICMP error about an earlier datagram
		}
		from = unmapped(from)
		s.take(udpFlow{socket: s.udp, peer: from}, bytes.Clone(buf[:n]))
	}
}

// take is the border: raw is whatever somebody sent. Nothing in it may do harm.
func (s *Switch) take(f flow, raw []byte) {
	now := time.Now()
	from := f.remote().Addr()
	switch {
	case len(bytes.Trim(raw, "\r\n\x00")) == 0:
		return // keep-alive (RFC 5626 §3.5.1)
	case len(raw) > s.opt.MaxMessage:
		s.blame(f, "too long")
		return
	case s.odd.empty(from, now):
		s.m.drop("source blocked")
		return
	case !looksLikeSIP(raw):
		s.blame(f, "not SIP")
		return
	}
	m, err := s.parse(raw)
	if err != nil {
		s.blame(f, "malformed")
		s.log.Debug("malformed message", "peer", f.remote(), "err", err)
		s.refuseMalformed(f, raw, now)
		return
	}
	switch m := m.(type) {
	case *sip.Request:
		s.request(f, m, now)
	case *sip.Response:
		s.response(f, m)
	}
}

// blame takes a token of the source's for something no honest peer sends often. Without tokens, everything of that source is
// dropped for a while.
func (s *Switch) blame(f flow, reason string) {
	s.m.drop(reason)
	s.odd.take(f.remote().Addr(), time.Now())
}

// looksLikeSIP throws out the cheap way what is none, or has more headers than anybody needs.
func looksLikeSIP(raw []byte) bool {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	if !bytes.Contains(line, []byte("SIP/")) {
		return false
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return bytes.Count(head, []byte("\n")) < mostHeaders
}

var errParserPanic = errors.New("embedded: the parser panicked")

// parse is sipgo's parser. What it says of a message is not trusted further than that; a panic in it would be a way to
// end every call of the house with one datagram, so it is an error like any other.
func (s *Switch) parse(raw []byte) (m sip.Message, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			s.m.drop("parser panic")
			m, err = nil, fmt.Errorf("%w: %v", errParserPanic, cause)
		}
	}()
	m, err = s.parser.ParseSIP(raw)
	if err == nil {
		// These are parsed when first asked for.
		m.Via()
		m.From()
		m.To()
		m.CallID()
		m.CSeq()
	}
	return m, err
}

// refuseMalformed answers 400 where enough is known to answer at all, while the source has not sent too much of the kind.
func (s *Switch) refuseMalformed(f flow, raw []byte, now time.Time) {
	if s.odd.empty(f.remote().Addr(), now) {
		return
	}
	if text := salvage(raw, f.remote(), token()); text != "" {
		_ = f.send([]byte(text))
	}
}

// complete says that a request has what every answer needs.
func complete(r *sip.Request) bool {
	return r.Via() != nil && r.From() != nil && r.To() != nil && r.CallID() != nil && r.CSeq() != nil && r.Method != sip.ACK
}

func (s *Switch) response(f flow, r *sip.Response) {
	key, ok := clientKey(r)
	if !ok || r.StatusCode < 100 || r.StatusCode > 699 {
		s.blame(f, "malformed")
		return
	}
	tx := s.tx.findClient(key)
	if tx == nil || tx.flow.remote().Addr() != f.remote().Addr() {
		s.m.surprise("response without request")
		return
	}
	tx.receive(r)
}

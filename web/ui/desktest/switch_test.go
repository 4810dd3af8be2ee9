package desktest

import (
	"context"
	"crypto/md5" //nolint:gosec // SIP digest is MD5 (RFC 3261 §22.4)
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// sipSwitch is the switch at the end of the websocket: it registers by digest and rings. It speaks SIP as text, so that what the browser
// sends is seen as it is.
type sipSwitch struct {
	tb testing.TB

	mu      sync.Mutex
	phones  map[*sipPhone]bool
	refuse  int // status for REGISTER, 0 to accept
	closed  bool
	changed chan struct{}
}

// sipPhone is one browser.
type sipPhone struct {
	s       *sipSwitch
	conn    *websocket.Conn
	ctx     context.Context //nolint:containedctx // the connection's life
	contact string
	in      chan message
}

// message is one SIP message: the start line, headers by lower-case name, and the body.
type message struct {
	start  string
	header map[string]string
	vias   []string
	body   string
}

func md5hex(s string) string {
	sum := md5.Sum([]byte(s)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

// ha1 is the credential of the test's phone.
var ha1 = md5hex("li:hotline:secret") //nolint:gochecknoglobals // a constant that Go cannot compute as one

func newSwitch(tb testing.TB) *sipSwitch {
	return &sipSwitch{tb: tb, phones: map[*sipPhone]bool{}, changed: make(chan struct{})}
}

func (s *sipSwitch) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"sip"}})
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p := &sipPhone{s: s, conn: conn, ctx: ctx, in: make(chan message, 64)}
	closed := false
	s.change(func() { s.phones[p], closed = true, s.closed })
	defer s.change(func() { delete(s.phones, p) })
	if closed {
		_ = conn.CloseNow()
		return
	}
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if strings.TrimSpace(string(data)) == "" {
			continue
		}
		m := parse(string(data))
		if strings.HasPrefix(m.start, "REGISTER ") {
			p.register(m)
			continue
		}
		select {
		case p.in <- m:
		default:
			s.tb.Errorf("nobody reads the phone's %q", m.start)
		}
	}
}

func parse(text string) message {
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	m := message{start: lines[0], header: map[string]string{}, body: body}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if name == "via" {
			m.vias = append(m.vias, value)
		}
		m.header[name] = value
	}
	return m
}

// register answers with a challenge, then checks the digest as a registrar does (RFC 2617 without qop).
func (p *sipPhone) register(m message) {
	p.s.mu.Lock()
	refuse := p.s.refuse
	p.s.mu.Unlock()
	if refuse != 0 {
		p.reply(m, refuse, "No", "", "")
		return
	}
	auth := m.header["authorization"]
	if auth == "" {
		p.reply(m, 401, "Unauthorized", "WWW-Authenticate: Digest realm=\"hotline\", nonce=\"n1\", algorithm=MD5\r\n", "")
		return
	}
	uri := strings.Fields(m.start)[1]
	if want := md5hex(ha1 + ":n1:" + md5hex("REGISTER:"+uri)); !strings.Contains(auth, want) {
		p.s.tb.Errorf("the digest is wrong: %s", auth)
	}
	contact := m.header["contact"]
	uriOf, _, _ := strings.Cut(strings.TrimPrefix(contact, "<"), ">")
	expires := "120"
	if strings.Contains(contact, "expires=0") || contact == "*" {
		expires = "0"
	}
	p.reply(m, 200, "OK", fmt.Sprintf("Contact: <%s>;expires=%s\r\n", uriOf, expires), "")
	p.s.change(func() {
		if p.contact = uriOf; expires == "0" {
			p.contact = ""
		}
	})
}

func (p *sipPhone) send(text string) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := p.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil && p.ctx.Err() == nil {
		p.s.tb.Logf("websocket: %v", err)
	}
}

// reply answers a request of the browser.
func (p *sipPhone) reply(m message, status int, reason, headers, body string) {
	to := m.header["to"]
	if !strings.Contains(to, "tag=") {
		to += ";tag=far"
	}
	p.send(fmt.Sprintf("SIP/2.0 %d %s\r\nVia: %s\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\n%sContent-Length: %d\r\n\r\n%s",
		status, reason, strings.Join(m.vias, "\r\nVia: "), m.header["from"], to, m.header["call-id"], m.header["cseq"], headers, len(body), body))
}

func (s *sipSwitch) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
	close(s.changed)
	s.changed = make(chan struct{})
}

// registered waits for a phone that is registered.
func (s *sipSwitch) registered() *sipPhone {
	s.tb.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		s.mu.Lock()
		for p := range s.phones {
			if p.contact != "" {
				s.mu.Unlock()
				return p
			}
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-limit.C:
			s.tb.Fatal("no phone registers")
		}
	}
}

// unregistered waits until no phone is registered.
func (s *sipSwitch) unregistered() {
	s.tb.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		s.mu.Lock()
		n := 0
		for p := range s.phones {
			if p.contact != "" {
				n++
			}
		}
		changed := s.changed
		s.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-changed:
		case <-limit.C:
			s.tb.Fatal("a phone stays registered")
		}
	}
}

func (s *sipSwitch) closeAll() {
	s.mu.Lock()
	s.closed = true
	phones := s.phones
	s.phones = map[*sipPhone]bool{}
	s.mu.Unlock()
	for p := range phones {
		_ = p.conn.CloseNow()
	}
}

// cutPhones drops the websockets; the phones may come back.
func (s *sipSwitch) cutPhones() {
	s.closeAll()
	s.mu.Lock()
	s.closed = false
	s.mu.Unlock()
}

// ringing is one INVITE that the switch sent.
type ringing struct {
	p            *sipPhone
	id, from, to string
	cseq         int
	offer        string
}

// ring sends an INVITE with an offer of sound.
func (p *sipPhone) ring(id, number, name, offer string) *ringing {
	r := &ringing{p: p, id: id, from: fmt.Sprintf("%q <sip:%s@hotline>;tag=near", name, number), to: "<sip:li@hotline>", cseq: 1, offer: offer}
	p.send(r.request("INVITE", offer))
	return r
}

func (r *ringing) request(method, body string) string {
	kind := ""
	if body != "" {
		kind = "Content-Type: application/sdp\r\n"
	}
	return fmt.Sprintf("%s %s SIP/2.0\r\nVia: SIP/2.0/WS test.invalid;branch=z9hG4bK%s%s%d\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:switch@test.invalid;transport=ws>\r\n%sContent-Length: %d\r\n\r\n%s",
		method, r.p.contact, r.id, branchOf(method), r.cseq, r.from, r.to, r.id, r.cseq, method, kind, len(body), body)
}

// branchOf is the same for INVITE and CANCEL (RFC 3261 §9.1) and another for the rest.
func branchOf(method string) string {
	if method == "INVITE" || method == "CANCEL" {
		return "i"
	}
	return strings.ToLower(method)
}

// wait gives the phone's next message that fits: a request by its method, or an answer by its status, to our INVITE or, as in "200 BYE",
// to another request.
func (r *ringing) wait(what string) message {
	r.p.s.tb.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	status, method, other := strings.Cut(what, " ")
	if !other {
		method = "INVITE"
	}
	for {
		select {
		case m := <-r.p.in:
			if code, ok := strings.CutPrefix(m.start, "SIP/2.0 "); ok {
				if strings.Contains(m.header["to"], "tag=") {
					r.to = m.header["to"]
				}
				if strings.HasPrefix(code, status) && strings.HasSuffix(m.header["cseq"], method) {
					return m
				}
				continue
			}
			if strings.HasPrefix(m.start, what+" ") {
				return m
			}
		case <-limit.C:
			r.p.s.tb.Fatalf("the phone does not say %s", what)
		}
	}
}

// answered waits for 200 and acknowledges it.
func (r *ringing) answered() string {
	r.p.s.tb.Helper()
	m := r.wait("200")
	if n, err := strconv.Atoi(strings.Fields(m.header["cseq"])[0]); err != nil || n != r.cseq {
		r.p.s.tb.Fatalf("the answer is to %s", m.header["cseq"])
	}
	r.p.send(r.request("ACK", ""))
	return m.body
}

// cancel takes the call back before it was answered.
func (r *ringing) cancel() { r.p.send(r.request("CANCEL", "")) }

// bye ends the talk.
func (r *ringing) bye() {
	r.cseq++
	r.p.send(r.request("BYE", ""))
}

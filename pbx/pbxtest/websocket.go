package pbxtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// Browser is what a softphone in a browser looks like to a switch: SIP over a websocket (RFC 7118), a contact that is no
// address, an offer of DTLS-SRTP with ICE. It does not send media.
type Browser struct {
	tb           TB
	conn         *websocket.Conn
	user, secret string
	parser       *sip.Parser
	cseq         int
	answers      chan *sip.Response
}

// NewBrowser connects to ws://host:port/ws; it is closed with the test.
func NewBrowser(tb TB, address, user, secret string) *Browser {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws://"+address+"/ws", //nolint:bodyclose // its documentation: the body need not be closed
		&websocket.DialOptions{Subprotocols: []string{"sip"}})
	if err != nil {
		tb.Fatalf("browser %s: %v", user, err)
	}
	conn.SetReadLimit(1 << 20)
	b := &Browser{tb: tb, conn: conn, user: user, secret: secret, parser: sip.NewParser(), answers: make(chan *sip.Response, 100)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.listen()
	}()
	tb.Cleanup(func() {
		_ = conn.CloseNow()
		<-ended
	})
	return b
}

// Register registers the account; it fails the test if the switch refuses.
func (b *Browser) Register(ctx context.Context) *sip.Response {
	b.tb.Helper()
	return b.ask(ctx, "REGISTER", "sip:hotline", b.user, []string{
		"Contact: <sip:" + b.user + "@a1b2c3.invalid;transport=ws>;expires=120",
	}, "")
}

// Invite calls a number with an offer as a browser makes it, and gives the final answer or, with ringing, the first 180.
func (b *Browser) Invite(ctx context.Context, number string, until int) *sip.Response {
	b.tb.Helper()
	return b.askUntil(ctx, "INVITE", "sip:"+number+"@hotline", number, []string{
		"Contact: <sip:" + b.user + "@a1b2c3.invalid;transport=ws>", "Content-Type: application/sdp",
	}, offer(), until)
}

// Wait reads until the switch sends an answer with the status.
func (b *Browser) Wait(ctx context.Context, code int) *sip.Response {
	b.tb.Helper()
	for {
		if r := b.read(ctx); r.StatusCode == code {
			return r
		} else if r.StatusCode >= 300 {
			b.tb.Fatalf("browser %s: %d %s, want %d", b.user, r.StatusCode, r.Reason, code)
		}
	}
}

func (b *Browser) ask(ctx context.Context, method, uri, to string, headers []string, body string) *sip.Response {
	return b.askUntil(ctx, method, uri, to, headers, body, 0)
}

// askUntil sends a request, answers its challenge, and reads until a final answer, or one with the status until.
func (b *Browser) askUntil(ctx context.Context, method, uri, to string, headers []string, body string, until int) *sip.Response {
	b.tb.Helper()
	authorization, call := "", rand.Text()
	for range 3 {
		b.send(ctx, method, uri, to, call, append(headers, authorization), body)
		answer := b.read(ctx)
		for answer.StatusCode < 200 && answer.StatusCode != until {
			answer = b.read(ctx)
		}
		if answer.StatusCode != sip.StatusUnauthorized {
			return answer
		}
		challenge, err := digest.ParseChallenge(answer.GetHeader("WWW-Authenticate").Value())
		if err != nil {
			b.tb.Fatalf("browser %s: %v", b.user, err)
		}
		challenge.Algorithm = strings.ToUpper(challenge.Algorithm)
		solved, err := digest.Digest(challenge, digest.Options{Method: method, URI: uri, Username: b.user, Password: b.secret})
		if err != nil {
			b.tb.Fatalf("browser %s: %v", b.user, err)
		}
		if method == "INVITE" {
			b.acknowledge(ctx, uri, to, call, answer)
		}
		if authorization != "" {
			return answer // the secret is wrong
		}
		authorization = "Authorization: " + solved.String()
	}
	b.tb.Fatalf("browser %s: challenged again and again", b.user)
	return nil
}

func (b *Browser) send(ctx context.Context, method, uri, to, call string, headers []string, body string) {
	b.cseq++
	lines := []string{
		method + " " + uri + " SIP/2.0", "Via: SIP/2.0/WS a1b2c3.invalid;branch=" + newBranch(), "Max-Forwards: 70",
		"From: \"Somebody else\" <sip:" + b.user + "@hotline>;tag=" + b.user, "To: <sip:" + to + "@hotline>", "Call-ID: " + call,
		fmt.Sprintf("CSeq: %d %s", b.cseq, method), "Supported: path, outbound, ice",
	}
	for _, h := range append(headers, fmt.Sprintf("Content-Length: %d", len(body))) {
		if h != "" {
			lines = append(lines, h)
		}
	}
	b.write(ctx, strings.Join(lines, "\r\n")+"\r\n\r\n"+body)
}

// acknowledge ends the transaction of an INVITE that was refused.
func (b *Browser) acknowledge(ctx context.Context, uri, to, call string, refused *sip.Response) {
	b.write(ctx, strings.Join([]string{
		"ACK " + uri + " SIP/2.0", refused.Via().String(), "Max-Forwards: 70", "From: <sip:" + b.user + "@hotline>;tag=" + b.user,
		refused.To().String(), "Call-ID: " + call, fmt.Sprintf("CSeq: %d ACK", b.cseq), "Content-Length: 0",
	}, "\r\n")+"\r\n\r\n")
}

func (b *Browser) write(ctx context.Context, text string) {
	if err := b.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		b.tb.Fatalf("browser %s: %v", b.user, err)
	}
}

// read gives the next answer.
func (b *Browser) read(ctx context.Context) *sip.Response {
	b.tb.Helper()
	select {
	case r, open := <-b.answers:
		if open {
			return r
		}
		b.tb.Fatalf("browser %s: the websocket is closed", b.user)
	case <-ctx.Done():
		b.tb.Fatalf("browser %s: %v", b.user, ctx.Err())
	}
	return nil
}

// listen sorts what comes: answers for who waits, and the switch's question whether somebody is there.
func (b *Browser) listen() {
	defer close(b.answers)
	for {
		_, data, err := b.conn.Read(context.Background())
		if err != nil {
			return
		}
		message, err := b.parser.ParseSIP(data)
		if err != nil {
			b.tb.Logf("browser %s: %v in %q", b.user, err, data)
			return
		}
		switch m := message.(type) {
		case *sip.Response:
			b.answers <- m
		case *sip.Request:
			if m.Method == sip.OPTIONS {
				reply := sip.NewResponseFromRequest(m, sip.StatusOK, "OK", nil)
				_ = b.conn.Write(context.Background(), websocket.MessageText, []byte(reply.String()))
			}
		}
	}
}

// offer is the SDP of a browser with a microphone.
func offer() string {
	return strings.Join([]string{
		"v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=msid-semantic: WMS",
		"m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8", "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0",
		"a=candidate:1 1 udp 2113937151 127.0.0.1 50000 typ host generation 0", "a=ice-ufrag:EsAw", "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1",
		"a=ice-options:trickle",
		"a=fingerprint:sha-256 D2:FA:0E:C3:22:59:5E:14:95:69:92:3D:13:B4:84:24:2C:C2:A2:C0:3E:FD:34:8E:5E:EA:6F:AF:52:CE:E6:0F",
		"a=setup:actpass", "a=mid:0", "a=sendrecv", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000", "",
	}, "\r\n")
}

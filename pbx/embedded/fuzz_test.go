package embedded

import (
	"context"
	"errors"
	"strings"
	"testing"

	"hotline/pbx"
)

// fuzzed is a switch without a network, and what comes of it.
func fuzzed(tb testing.TB) *Switch {
	tb.Helper()
	s, err := New(Options{Name: "f", DIDs: func(n string) bool { return n == "4001" }, OddPerSecond: 1 << 20, InvitesPerSecond: 1 << 20})
	if err != nil {
		tb.Fatal(err)
	}
	synced := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- s.Run(ctx, func(e pbx.Event) {
			if e.Kind == pbx.SwitchSynced {
				close(synced)
			}
		})
	}()
	tb.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			tb.Error(err)
		}
	})
	<-synced
	return s
}

// FuzzTake sends anything. It must not panic, must not leave a call behind that nobody can end, and must answer a request at
// most with one final answer.
func FuzzTake(f *testing.F) {
	const head = "Via: SIP/2.0/UDP 192.0.2.9;rport;branch=z9hG4bKa\r\nFrom: <sip:1@x>;tag=1\r\nTo: <sip:4001@x>\r\nCall-ID: c\r\nMax-Forwards: 70\r\n"
	for _, seed := range []string{
		"", "\r\n\r\n", "\x00\x00", "SIP/2.0 200 OK\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
		"INVITE sip:4001@x SIP/2.0\r\n" + head + "CSeq: 1 INVITE\r\nContact: <sip:1@y>\r\nContent-Length: 0\r\n\r\n",
		"INVITE sip:4001@x SIP/2.0\r\n" + head + "CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
		"CANCEL sip:4001@x SIP/2.0\r\n" + head + "CSeq: 1 CANCEL\r\n\r\n",
		"ACK sip:4001@x SIP/2.0\r\n" + head + "CSeq: 1 ACK\r\n\r\n",
		"BYE sip:4001@x SIP/2.0\r\n" + head + "CSeq: 2 BYE\r\n\r\n",
		"REGISTER sip:x SIP/2.0\r\n" + head + "CSeq: 1 REGISTER\r\nContact: *\r\nExpires: 0\r\n\r\n",
		"REGISTER sip:x SIP/2.0\r\n" + head + "CSeq: 1 REGISTER\r\nAuthorization: Digest username=\"li\",nonce=\"AA\",nc=zz\r\n\r\n",
		"SIP/2.0 180 Ringing\r\n" + head + "CSeq: 1 INVITE\r\nContent-Length: 99999999999\r\n\r\n",
		"OPTIONS sip:[::1]:99999999 SIP/2.0\r\n" + head + "CSeq: 4294967296 OPTIONS\r\nRequire: \r\nSession-Expires: ;;\r\n\r\n",
		"INVITE sip:4001@x SIP/2.0\r\nv: SIP/2.0/UDP [::1]:x;;branch\r\nf: \"\\\r\nt: <\r\ni:\r\nCSeq: x\r\n\r\n",
		strings.Repeat("INVITE sip:a SIP/2.0\r\n", 200),
	} {
		f.Add([]byte(seed))
	}
	s := fuzzed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		line := newTape("UDP", "192.0.2.9:5060")
		s.take(line, raw)
		s.mu.Lock()
		calls := sorted(s.calls)
		s.mu.Unlock()
		for _, c := range calls {
			c.post(c.shutDown)
			<-c.over
		}
		final := 0
		for _, text := range line.all() {
			if strings.HasPrefix(text, "SIP/2.0 ") && text[8] >= '2' {
				final++
			}
			if strings.ContainsAny(firstLineOf(text), "\r\n\x00") {
				t.Errorf("sent %q", text)
			}
		}
		if final > 2 { // of a request, and of the call that it began
			t.Errorf("%d final answers to %q", final, raw)
		}
		s.tx.mu.Lock()
		servers := make([]*serverTx, 0, len(s.tx.servers))
		for _, tx := range s.tx.servers {
			servers = append(servers, tx)
		}
		s.tx.mu.Unlock()
		for _, tx := range servers {
			tx.drop() // so that the next input begins afresh
		}
	})
}

func firstLineOf(text string) string {
	line, _, _ := strings.Cut(text, "\r\n")
	return line
}

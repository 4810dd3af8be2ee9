package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"hotline/pbx"
	"hotline/pbx/embedded"
)

// stranger talks to the switch by hand, over UDP.
type stranger struct {
	t    *testing.T
	conn net.Conn
	n    int
}

// running is a switch that runs without a suite's stage, and what it tells.
func running(t *testing.T, o embedded.Options) (*embedded.Switch, <-chan pbx.Event) {
	t.Helper()
	sw := newSwitch(t, o)
	events := make(chan pbx.Event, 10_000)
	synced := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- sw.Run(ctx, func(e pbx.Event) {
			if e.Kind == pbx.SwitchSynced {
				close(synced)
			}
			select {
			case events <- e:
			default:
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	<-synced
	return sw, events
}

func newStranger(t *testing.T, sw *embedded.Switch, ip string) *stranger {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(ip)}}
	conn, err := dialer.DialContext(t.Context(), "udp4", sw.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &stranger{t: t, conn: conn}
}

// message fills in what every request needs, unless lines has it already.
func (s *stranger) message(method, uri string, lines ...string) string {
	s.n++
	has := func(name string) bool {
		for _, line := range lines {
			if strings.HasPrefix(line, name+":") {
				return true
			}
		}
		return false
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\n", method, uri)
	for name, value := range map[string]string{
		"Via":            fmt.Sprintf("SIP/2.0/UDP %s;rport;branch=z9hG4bK%d.%d", s.conn.LocalAddr(), s.n, time.Now().UnixNano()),
		"From":           "<sip:13800138000@example.com>;tag=a",
		"To":             "<" + uri + ">",
		"Call-ID":        fmt.Sprintf("%d.%s", s.n, s.conn.LocalAddr()),
		"CSeq":           "1 " + method,
		"Max-Forwards":   "70",
		"Contact":        fmt.Sprintf("<sip:x@%s>", s.conn.LocalAddr()),
		"Content-Length": "0",
	} {
		if !has(name) {
			lines = append(lines, name+": "+value)
		}
	}
	for _, line := range lines {
		if !strings.HasSuffix(line, ": -") { // "Name: -" leaves a header out
			b.WriteString(line + "\r\n")
		}
	}
	return b.String() + "\r\n"
}

func (s *stranger) send(text string) {
	s.t.Helper()
	if _, err := s.conn.Write([]byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

// next is the next message that comes.
func (s *stranger) next() string {
	s.t.Helper()
	if err := s.conn.SetReadDeadline(time.Now().Add(15 * time.Second)); err != nil {
		s.t.Fatal(err)
	}
	buf := make([]byte, 65535)
	n, err := s.conn.Read(buf)
	if err != nil {
		s.t.Fatalf("nothing came: %v", err)
	}
	return string(buf[:n])
}

// ask sends a request and gives its answer.
func (s *stranger) ask(text string) string {
	s.t.Helper()
	s.send(text)
	return s.next()
}

// answer sends anything and gives its answer, "" when there is none: an honest request sent after it is answered first.
func (s *stranger) answer(text string) (first string) {
	s.t.Helper()
	s.send(text)
	honest := s.message("OPTIONS", "sip:4001@x")
	got := s.ask(honest)
	for header(got, "Call-ID") != header(honest, "Call-ID") {
		if first == "" {
			first = got
		}
		got = s.next()
	}
	return first
}

// ignored checks that a message gets no answer.
func (s *stranger) ignored(text string) {
	s.t.Helper()
	if got := s.answer(text); got != "" {
		s.t.Errorf("answered with %q", firstLine(got))
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\r\n")
	return line
}

// header gives a header's value of a message.
func header(text, name string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

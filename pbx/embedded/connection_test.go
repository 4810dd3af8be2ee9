package embedded_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"hotline/pbx/embedded"
)

// TestWebsocketDoor: a page of another site, and a client that does not speak SIP, stay outside.
func TestWebsocketDoor(t *testing.T) {
	sw, _ := running(t, embedded.Options{MostConnsEach: 2})
	address := serveWebsocket(t, sw)
	open := func(origin string, protocols ...string) (*websocket.Conn, int) {
		t.Helper()
		o := &websocket.DialOptions{Subprotocols: protocols}
		if origin != "" {
			o.HTTPHeader = http.Header{"Origin": {origin}}
		}
		conn, res, err := websocket.Dial(t.Context(), address, o) //nolint:bodyclose // coder/websocket closes it
		if res == nil {
			t.Fatal(err)
		}
		return conn, res.StatusCode
	}
	if _, code := open("https://elsewhere.example", "sip"); code != http.StatusForbidden {
		t.Errorf("another origin: %d", code)
	}
	if _, code := open(""); code != http.StatusBadRequest {
		t.Errorf("no subprotocol: %d", code)
	}
	own := "http" + strings.TrimSuffix(strings.TrimPrefix(address, "ws"), "/sip")
	first, code := open(own, "chat", "sip")
	if code != http.StatusSwitchingProtocols || first.Subprotocol() != "sip" {
		t.Fatalf("its own page: %d", code)
	}
	second, _ := open(own, "sip")
	t.Cleanup(func() { _ = second.CloseNow() })
	if _, code := open(own, "sip"); code != http.StatusServiceUnavailable {
		t.Errorf("one too many: %d", code)
	}
	// The ping of RFC 5626 is answered, and a closed one makes room.
	if err := first.Write(t.Context(), websocket.MessageText, []byte("\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, pong, err := first.Read(t.Context()); err != nil || string(pong) != "\r\n" {
		t.Errorf("pong %q, %v", pong, err)
	}
	if err := first.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
	for end := time.Now().Add(10 * time.Second); ; {
		if third, code := open(own, "sip"); code == http.StatusSwitchingProtocols {
			_ = third.CloseNow()
			break
		}
		if time.Now().After(end) {
			t.Fatal("a closed connection is still counted")
		}
	}
}

// TestTCPStream: messages in one packet, in single bytes, and with pings between are cut right; what has no length or no end
// closes the connection.
func TestTCPStream(t *testing.T) {
	sw, _ := running(t, embedded.Options{MaxMessage: 2000})
	dial := func() net.Conn {
		t.Helper()
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP("127.0.0.9")}}
		conn, err := dialer.DialContext(t.Context(), "tcp4", sw.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(15 * time.Second)); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	options := func(n int, length string) string {
		return fmt.Sprintf("OPTIONS sip:4001@x SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bK%d\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\n"+
			"Call-ID: %d\r\nCSeq: 1 OPTIONS\r\n%s\r\n", n, n, length)
	}
	conn := dial()
	text := "\r\n\r\n" + options(1, "Content-Length: 3\r\n") + "abc" + options(2, "l: 0\r\n") + "\r\n\r\n" + options(3, "Content-Length: 0\r\n")
	for _, b := range []byte(text) {
		if _, err := conn.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	got := make([]byte, 0, 4096)
	for strings.Count(string(got), "SIP/2.0 200 OK") < 3 {
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, got)
		}
		got = append(got, buf[:n]...)
	}
	if !strings.HasPrefix(string(got), "\r\nSIP/2.0 200 OK") || !strings.Contains(string(got), "\r\n\r\n\r\nSIP/2.0 200 OK") {
		t.Errorf("the pings were not answered: %q", got)
	}
	for what, bad := range map[string]string{
		"no length": options(1, ""),
		"too long":  options(1, "Content-Length: 5000\r\n"),
		"no end":    "OPTIONS sip:4001@x SIP/2.0\r\n" + strings.Repeat("X: y\r\n", 500),
	} {
		conn := dial()
		if _, err := conn.Write([]byte(bad)); err != nil {
			t.Fatal(err)
		}
		// What was not read yet turns the end into a reset.
		if rest, err := io.ReadAll(conn); len(rest) != 0 || errors.Is(err, errTimeout(err)) {
			t.Errorf("%s: %q, %v", what, rest, err)
		}
	}
}

// errTimeout gives err itself when it is a time-out.
func errTimeout(err error) error {
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		return err
	}
	return errors.New("no time-out")
}

// TestSourceIsBlocked: who sends rubbish is not listened to any more for a while; others are.
func TestSourceIsBlocked(t *testing.T) {
	registry := prometheus.NewRegistry()
	sw, _ := running(t, embedded.Options{OddPerSecond: 1, Metrics: embedded.NewMetrics(registry)})
	bad, good := newStranger(t, sw, "127.0.0.9"), newStranger(t, sw, "127.0.0.10")
	for range 50 {
		bad.send("INVITE rubbish SIP/2.0\r\n\r\n")
	}
	bad.send(bad.message("OPTIONS", "sip:4001@x"))
	if got := good.ask(good.message("OPTIONS", "sip:4001@x")); !strings.HasPrefix(got, "SIP/2.0 200") {
		t.Errorf("got %q", firstLine(got))
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				if family.GetName() == "hotline_sip_dropped_total" && label.GetName() == "reason" {
					counted[label.GetValue()] = m.GetCounter().GetValue()
				}
			}
		}
	}
	if counted["malformed"] < 10 || counted["malformed"] > 20 || counted["source blocked"] < 20 { // a token comes back each second
		t.Errorf("counted %v", counted)
	}
}

// TestCallsAreBounded: one source cannot take every line.
func TestCallsAreBounded(t *testing.T) {
	sw, _ := running(t, embedded.Options{MostCalls: 5, MostCallsEach: 3})
	for ip, want := range map[string]int{"127.0.0.9": 3} {
		s := newStranger(t, sw, ip)
		rang := 0
		for range 6 {
			got := s.ask(s.message("INVITE", "sip:4001@x"))
			if strings.HasPrefix(got, "SIP/2.0 100") {
				rang++
				s.next() // 180
			} else if !strings.HasPrefix(got, "SIP/2.0 503") || header(got, "Retry-After") == "" {
				t.Errorf("got %q", firstLine(got))
			}
		}
		if rang != want {
			t.Errorf("%s: %d calls, want %d", ip, rang, want)
		}
	}
}

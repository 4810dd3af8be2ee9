package embedded

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"
)

const (
	pingEvery    = 15 * time.Second // a browser that went to sleep is found dead within two of these
	pingPatience = 10 * time.Second
)

// wsName stands for us in Via and Contact towards browsers, as theirs does for them (RFC 7118 §5): whoever gets it
// answers on the connection it has.
const wsName = "hotline.invalid"

// Websocket is SIP over websocket (RFC 7118) for the path /sip of the hotline's own HTTP server. A page of another
// origin is refused (403), and so is a client that does not speak subprotocol sip (400).
func (s *Switch) Websocket() http.Handler { return http.HandlerFunc(s.websocket) }

func (s *Switch) websocket(w http.ResponseWriter, r *http.Request) {
	peer := sourceOf(r)
	switch {
	case !s.running():
		http.Error(w, "the switch does not run", http.StatusServiceUnavailable)
		return
	case !offersSIP(r):
		http.Error(w, "websocket subprotocol sip is needed (RFC 7118)", http.StatusBadRequest)
		return
	case !s.admit(peer.Addr()):
		w.Header().Set("Retry-After", retryAfter)
		http.Error(w, "too many connections", http.StatusServiceUnavailable)
		return
	}
	proto := "WS"
	if r.TLS != nil {
		proto = "WSS"
	}
	var conn *websocket.Conn
	l := newLink(proto, peer, wsName, func() {
		if conn != nil {
			_ = conn.CloseNow()
		}
	})
	// Accept compares Origin with Host, which keeps pages of other sites out; it answers by itself when it refuses.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{"sip"}, CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		s.discharge(peer.Addr())
		return
	}
	conn.SetReadLimit(int64(s.opt.MaxMessage))
	entered := s.enter(l)
	defer s.leave(l)
	if entered {
		s.serveWebsocket(context.WithoutCancel(r.Context()), l, conn)
	}
}

// serveWebsocket reads until the connection closes. Its writer and its pings end with it.
func (s *Switch) serveWebsocket(ctx context.Context, l *link, conn *websocket.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{}, 2)
	go func() {
		defer func() { done <- struct{}{} }()
		l.drain(func(raw []byte) error {
			bounded, stop := context.WithTimeout(ctx, writePatience)
			defer stop()
			return conn.Write(bounded, websocket.MessageText, raw)
		})
	}()
	go func() {
		defer func() { done <- struct{}{} }()
		for s.pauseOr(l.closed, pingEvery) {
			bounded, stop := context.WithTimeout(ctx, pingPatience)
			err := conn.Ping(bounded)
			stop()
			if err != nil {
				l.close()
			}
		}
	}()
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			s.log.DebugContext(ctx, "websocket closed", "peer", l.peer, "why", err)
			break
		}
		if string(raw) == "\r\n\r\n" {
			_ = l.send([]byte("\r\n")) // RFC 7118 §6: the ping of RFC 5626
			continue
		}
		s.take(l, raw)
	}
	l.close()
	cancel()
	<-done
	<-done
}

func offersSIP(r *http.Request) bool {
	for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
		if slices.ContainsFunc(strings.Split(line, ","), func(p string) bool {
			return strings.EqualFold(strings.TrimSpace(p), "sip")
		}) {
			return true
		}
	}
	return false
}

func sourceOf(r *http.Request) netip.AddrPort {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

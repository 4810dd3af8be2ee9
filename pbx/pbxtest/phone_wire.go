package pbxtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/coder/websocket"
)

// wire is how a phone reaches its switch: a UDP socket, or a websocket as a browser has it.
type wire interface {
	send(text string) error
	receive() (raw []byte, from string, err error) // err is net.ErrClosed when there will be nothing more
	close()
}

type udpWire struct {
	conn   *net.UDPConn
	server *net.UDPAddr
	buf    []byte
}

func (w *udpWire) send(text string) error {
	_, err := w.conn.WriteToUDP([]byte(text), w.server)
	return err
}

func (w *udpWire) receive() ([]byte, string, error) {
	n, from, err := w.conn.ReadFromUDP(w.buf)
	if err != nil {
		return nil, "", err
	}
	return append([]byte(nil), w.buf[:n]...), from.String(), nil
}

func (w *udpWire) close() { w.conn.Close() }

// tcpWire is SIP over TCP: messages end where Content-Length says.
type tcpWire struct {
	conn net.Conn
	in   *bufio.Reader
}

// dialTCP connects from an address of the phone's own.
func dialTCP(server, ip string) (*tcpWire, *net.UDPAddr, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
	conn, err := dialer.DialContext(context.Background(), "tcp4", server)
	if err != nil {
		return nil, nil, err
	}
	local, _ := conn.LocalAddr().(*net.TCPAddr)
	return &tcpWire{conn: conn, in: bufio.NewReader(conn)}, &net.UDPAddr{IP: local.IP, Port: local.Port}, nil
}

func (w *tcpWire) send(text string) error {
	_, err := w.conn.Write([]byte(text))
	return err
}

func (w *tcpWire) receive() ([]byte, string, error) {
	var raw []byte
	length := 0
	for {
		line, err := w.in.ReadString('\n')
		if err != nil {
			return nil, "", errors.Join(net.ErrClosed, err)
		}
		raw = append(raw, line...)
		if value, ok := strings.CutPrefix(line, "Content-Length:"); ok {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return nil, "", errors.Join(net.ErrClosed, err)
			}
		}
		if line == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(w.in, body); err != nil {
		return nil, "", errors.Join(net.ErrClosed, err)
	}
	return append(raw, body...), w.conn.RemoteAddr().String(), nil
}

func (w *tcpWire) close() { w.conn.Close() }

// webWire is SIP over websocket (RFC 7118).
type webWire struct {
	conn *websocket.Conn
	from string
	stop context.CancelFunc
	ctx  func() context.Context
}

func dialWeb(tb TB, address string) (*webWire, *net.UDPAddr, error) {
	at, err := url.Parse(address)
	if err != nil {
		return nil, nil, err
	}
	server, err := net.ResolveUDPAddr("udp4", at.Host)
	if err != nil {
		return nil, nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	tb.Cleanup(stop)
	conn, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{Subprotocols: []string{"sip"}}) //nolint:bodyclose // coder/websocket closes it
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("websocket %s: %w", address, err)
	}
	conn.SetReadLimit(1 << 20)
	return &webWire{conn: conn, from: at.Host, stop: stop, ctx: func() context.Context { return ctx }}, server, nil
}

func (w *webWire) send(text string) error {
	return w.conn.Write(w.ctx(), websocket.MessageText, []byte(text))
}

func (w *webWire) receive() ([]byte, string, error) {
	_, raw, err := w.conn.Read(w.ctx())
	if err != nil {
		return nil, "", errors.Join(net.ErrClosed, err)
	}
	return raw, w.from, nil
}

func (w *webWire) close() {
	w.stop()
	_ = w.conn.CloseNow()
}

// via is the phone's own Via: a browser does not know its address, and says so (RFC 7118 §5).
func (p *Phone) via() string {
	if p.options.Websocket != "" {
		return "SIP/2.0/WS " + p.invalid
	}
	if p.options.TCP {
		return "SIP/2.0/TCP " + p.Addr().String()
	}
	return "SIP/2.0/UDP " + p.Addr().String()
}

func (p *Phone) contact() string {
	if p.options.Websocket != "" {
		return fmt.Sprintf("sip:%s@%s;transport=ws", p.options.User, p.invalid)
	}
	if p.options.TCP {
		return fmt.Sprintf("sip:%s@%s;transport=tcp", p.options.User, p.Addr())
	}
	return fmt.Sprintf("sip:%s@%s", p.options.User, p.Addr())
}

// webMedia makes an SDP look like a browser's: what it says of DTLS and ICE is for the switch to see. The voice itself stays
// plain RTP, which only matters to the two phones.
func webMedia(sdp string) string {
	sdp = strings.Replace(sdp, "RTP/AVP", "UDP/TLS/RTP/SAVPF", 1)
	return sdp + "a=mid:0\r\na=rtcp-mux\r\na=ice-ufrag:test\r\na=ice-pwd:0123456789012345678901\r\n" +
		"a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n" +
		"a=setup:actpass\r\n"
}

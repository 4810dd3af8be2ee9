package embedded

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	queueMessages = 1024             // waiting to be written to one connection; a peer that reads slower is cut off
	writePatience = 5 * time.Second  // for one message
	idlePatience  = 10 * time.Minute // between messages of a TCP peer: longer than any registration (maxExpires)
	firstPatience = 30 * time.Second // for the first one
)

// link is one connection, TCP or websocket. Its writer is its own goroutine, so nobody waits for a slow peer.
type link struct {
	proto  string
	peer   netip.AddrPort
	here   string
	out    chan []byte
	closed chan struct{}
	once   sync.Once
	hang   func() // closes the connection beneath

	mu    sync.Mutex
	calls map[*call]struct{} // that hang on it
	left  bool               // it is closed, and they were told
}

func newLink(proto string, peer netip.AddrPort, here string, hang func()) *link {
	return &link{
		proto: proto, peer: peer, here: here, hang: hang,
		out: make(chan []byte, queueMessages), closed: make(chan struct{}),
	}
}

func (l *link) send(raw []byte) error {
	select {
	case <-l.closed:
		return errFlowClosed
	default:
	}
	select {
	case l.out <- raw:
		return nil
	default:
		l.close()
		return errFlowClosed
	}
}

func (l *link) close() {
	l.once.Do(func() {
		close(l.closed)
		l.hang()
	})
}

func (l *link) transport() string      { return l.proto }
func (l *link) remote() netip.AddrPort { return l.peer }
func (l *link) local() string          { return l.here }
func (l *link) gone() <-chan struct{}  { return l.closed }
func (l *link) key() string            { return strings.ToLower(l.proto) + " " + l.peer.String() }

// finish closes the link once what is queued, a last BYE perhaps, is written.
func (l *link) finish() {
	select {
	case l.out <- nil:
	default:
		l.close()
	}
}

// drain writes what is queued until the link closes.
func (l *link) drain(write func(raw []byte) error) {
	for {
		select {
		case raw := <-l.out:
			if raw == nil || write(raw) != nil {
				l.close()
				return
			}
		case <-l.closed:
			return
		}
	}
}

// serveTCP accepts phones until the listener closes.
func (s *Switch) serveTCP(ctx context.Context, listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			s.log.WarnContext(ctx, "a connection could not be taken", "err", err)
			if !s.pause(ctx, 100*time.Millisecond) { // out of descriptors: no busy loop
				return
			}
			continue
		}
		peer := addrPortOf(conn.RemoteAddr())
		if !s.admit(peer.Addr()) {
			conn.Close()
			continue
		}
		l := newLink("TCP", peer, s.names.toward(peer.Addr()), func() { conn.Close() })
		if !s.enter(l) {
			conn.Close()
			s.leave(l)
			continue
		}
		s.spawn(func() {
			l.drain(func(raw []byte) error {
				if err := conn.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
					return err
				}
				_, err := conn.Write(raw)
				return err
			})
		})
		s.spawn(func() {
			defer s.leave(l)
			err := s.readStream(l, conn)
			s.log.DebugContext(ctx, "connection closed", "peer", l.peer, "why", err)
		})
	}
}

// Why a stream cannot be read on: there is no way to find the next message.
var (
	errNoLength = errors.New("embedded: message without Content-Length on a stream")
	errTooLong  = errors.New("embedded: message is too long")
)

// readStream cuts a stream into messages by Content-Length (RFC 3261 §18.3) and answers pings (RFC 5626 §3.5.1).
func (s *Switch) readStream(l *link, conn net.Conn) error {
	in := bufio.NewReaderSize(conn, 4096)
	for patience := firstPatience; ; patience = idlePatience {
		if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		raw, err := s.nextMessage(l, in)
		if err != nil {
			if errors.Is(err, errNoLength) || errors.Is(err, errTooLong) {
				s.blame(l, "framing")
			}
			return err
		}
		s.take(l, raw)
	}
}

func (s *Switch) nextMessage(l *link, in *bufio.Reader) ([]byte, error) {
	var raw []byte
	length, empty := -1, 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if len(raw) == 0 && len(bytes.TrimRight(line, "\r\n")) == 0 {
			if empty++; empty%2 == 0 { // CRLF CRLF: a ping
				if err := l.send([]byte("\r\n")); err != nil {
					return nil, err
				}
			}
			continue
		}
		raw = append(raw, line...)
		if len(raw) > s.opt.MaxMessage {
			return nil, errTooLong
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if n, ok := contentLength(line); ok {
			length = n
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
	}
	switch {
	case length < 0:
		return nil, errNoLength
	case len(raw)+length > s.opt.MaxMessage:
		return nil, errTooLong
	}
	head := len(raw)
	raw = append(raw, make([]byte, length)...)
	_, err := io.ReadFull(in, raw[head:])
	return raw, err
}

// contentLength reads a header line, long or compact form.
func contentLength(line []byte) (int, bool) {
	name, value, ok := strings.Cut(string(line), ":")
	name = strings.TrimSpace(name)
	if !ok || (!strings.EqualFold(name, "Content-Length") && !strings.EqualFold(name, "l")) {
		return 0, false
	}
	n, err := strconv.Atoi(strings.TrimSpace(value))
	return n, err == nil && n >= 0
}

func addrPortOf(addr net.Addr) netip.AddrPort {
	at, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

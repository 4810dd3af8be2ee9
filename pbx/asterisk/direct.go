package asterisk

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"time"
)

// direct sends requests to one server over kept connections, each written and read by the goroutine that asks. net/http's
// Transport hands every request to a second goroutine and every answer back from a third: on the way of a call, where the
// processors are busy with the switch, that took a tenth of a millisecond a request.
type direct struct {
	addr string
	room chan struct{} // one token for each connection in use
	keep time.Duration // an idle connection is not used after it

	mu   sync.Mutex
	idle []*kept // the one used last is at the end
}

var _ http.RoundTripper = (*direct)(nil)

// kept is one connection.
type kept struct {
	net.Conn
	in    *bufio.Reader
	out   *bufio.Writer
	since time.Time // idle since
}

// newDirect makes a sender for plain HTTP to base's host, with at most conns connections.
func newDirect(base *url.URL, conns int, keep time.Duration) *direct {
	addr := base.Host
	if base.Port() == "" {
		addr = net.JoinHostPort(base.Hostname(), "80")
	}
	return &direct{addr: addr, room: make(chan struct{}, conns), keep: keep}
}

// errStale: the server closed a kept connection.
var errStale = errors.New("asterisk: the connection was closed while idle")

// RoundTrip implements http.RoundTripper. The answer's body is in memory when it returns.
func (d *direct) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body != nil {
		defer request.Body.Close()
	}
	ctx := request.Context()
	select {
	case d.room <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-d.room }()
	l, err := d.line(ctx)
	if err != nil {
		return nil, err
	}
	// A context that ends makes whatever the connection does fail at once.
	stop := context.AfterFunc(ctx, func() { _ = l.SetDeadline(time.Unix(1, 0)) })
	answer, again, err := l.exchange(request)
	if !stop() || !again {
		_ = l.Close()
		if err != nil && ctx.Err() != nil {
			err = ctx.Err()
		}
	} else {
		d.put(l)
	}
	return answer, err
}

// CloseIdleConnections ends the connections that nobody uses now.
func (d *direct) CloseIdleConnections() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.idle {
		_ = l.Close()
	}
	d.idle = nil
}

// line gives a kept connection that is still open, or a new one.
func (d *direct) line(ctx context.Context) (*kept, error) {
	for {
		l := d.take()
		if l == nil {
			break
		}
		if time.Since(l.since) < d.keep && l.open() == nil {
			return l, nil
		}
		_ = l.Close()
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", d.addr)
	if err != nil {
		return nil, err
	}
	return &kept{Conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriter(conn)}, nil
}

func (d *direct) take() *kept {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := len(d.idle) - 1
	if n < 0 {
		return nil
	}
	l := d.idle[n]
	d.idle[n] = nil
	d.idle = d.idle[:n]
	return l
}

func (d *direct) put(l *kept) {
	l.since = time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.idle = append(d.idle, l)
}

// open looks, without waiting, whether an idle connection has anything to read: that can only be its end.
func (l *kept) open() error {
	raw, ok := l.Conn.(syscall.Conn)
	if !ok {
		return nil
	}
	c, err := raw.SyscallConn()
	if err != nil {
		return err
	}
	var n int
	var got error
	err = c.Read(func(fd uintptr) bool {
		var b [1]byte
		n, got = syscall.Read(int(fd), b[:]) //nolint:gosec // a file descriptor fits
		return true
	})
	switch {
	case err != nil:
		return err
	case n == 0 && got == nil, n > 0:
		return errStale
	case errors.Is(got, syscall.EAGAIN), errors.Is(got, syscall.EWOULDBLOCK):
		return nil
	}
	return got
}

// exchange sends one request and reads its answer. again says that the connection can be used once more.
func (l *kept) exchange(request *http.Request) (answer *http.Response, again bool, err error) {
	if err := request.Write(l.out); err != nil {
		return nil, false, err
	}
	if err := l.out.Flush(); err != nil {
		return nil, false, err
	}
	answer, err = http.ReadResponse(l.in, request)
	if err != nil {
		return nil, false, fmt.Errorf("read the answer: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, false, fmt.Errorf("read the answer: %w", err)
	}
	if err := answer.Body.Close(); err != nil {
		return nil, false, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(raw))
	return answer, !answer.Close && l.in.Buffered() == 0, nil
}

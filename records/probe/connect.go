package probe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// one connects to one address and hangs up at once.
func (p *Prober) one(ctx context.Context, to netip.AddrPort) Look {
	d := net.Dialer{Timeout: p.opt.Timeout, KeepAlive: -1}
	conn, err := d.DialContext(ctx, "tcp", to.String())
	look := Look{Address: to.Addr()}
	if err != nil {
		look.Reason = reasonOf(ctx, err)
		look.Outcome = Unknown
		if look.Reason == Refused {
			look.Outcome = Closed
		}
		return look
	}
	look.Outcome, look.Reason = Open, Answered
	if itself(conn) {
		look.Outcome, look.Reason = Closed, Refused
	}
	_ = conn.Close() // nothing was sent that could be lost
	return look
}

// itself tells a connection whose two ends are one socket: on this machine's own addresses that happens when the kernel chooses
// for our end the very port that is asked for (RFC 9293, simultaneous open). Then nobody listens there.
func itself(c net.Conn) bool { return c.LocalAddr().String() == c.RemoteAddr().String() }

// reasonOf sorts the faults of connect(2).
func reasonOf(ctx context.Context, err error) Reason {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.Is(ctx.Err(), context.Canceled):
		return Stopped
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT),
		errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTDOWN),
		errors.Is(err, syscall.ENETDOWN), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.ECONNRESET):
		return Unreachable
	}
	return Fault // EADDRNOTAVAIL, EMFILE, …
}

// unresolved sorts the faults of a look-up.
func unresolved(ctx context.Context, err error) Reason {
	var dns *net.DNSError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return Stopped
	case errors.As(err, &dns) && dns.IsNotFound:
		return NoAddress
	}
	return NotResolved
}

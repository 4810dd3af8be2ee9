package probe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func rules(t testing.TB, lines ...[2]string) []Rule {
	t.Helper()
	var out []Rule
	for _, l := range lines {
		r, err := ParseRule(l[0], l[1])
		must(t, err)
		out = append(out, r)
	}
	return out
}

// loopback allows all of this machine.
func loopback(t testing.TB) []Rule {
	return rules(t, [2]string{"127.0.0.0/8", "1-65535"}, [2]string{"::1", "1-65535"})
}

// names is a name service that counts what it is asked.
type names struct {
	mu    sync.Mutex
	asked int
	hosts map[string][][]string // one answer after the other, the last one again and again
	fault error
}

func (n *names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	if n.fault != nil {
		return nil, n.fault
	}
	answers := n.hosts[host]
	if len(answers) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if len(answers) > 1 {
		n.hosts[host] = answers[1:]
	}
	var out []netip.Addr
	for _, a := range answers[0] {
		out = append(out, netip.MustParseAddr(a))
	}
	return out, nil
}

// listening is a port where connections are taken; hits counts them.
type listening struct {
	net.Listener
	hits chan struct{}
}

func listen(t testing.TB, address string) *listening {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
	must(t, err)
	s := &listening{Listener: l, hits: make(chan struct{}, 64)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.hits <- struct{}{}
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return s
}

func portOf(t testing.TB, a net.Addr) uint16 {
	t.Helper()
	return netip.MustParseAddrPort(a.String()).Port()
}

// refusing is a port of an address where nobody listens.
func refusing(t testing.TB, address string) uint16 {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(address, "0"))
	must(t, err)
	must(t, l.Close())
	return portOf(t, l.Addr())
}

// dropping is a port whose kernel queue is full: it answers nothing, like one behind a firewall that drops.
func dropping(t testing.TB) uint16 {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	must(t, err)
	t.Cleanup(func() { _ = syscall.Close(fd) })
	must(t, syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	must(t, syscall.Listen(fd, 0))
	name, err := syscall.Getsockname(fd)
	must(t, err)
	inet, ok := name.(*syscall.SockaddrInet4)
	if !ok {
		t.Fatalf("the socket's name is a %T", name)
	}
	to := net.JoinHostPort("127.0.0.1", strconv.Itoa(inet.Port))
	for range 16 { // until the queue takes no more
		c, err := (&net.Dialer{Timeout: 300 * time.Millisecond}).DialContext(t.Context(), "tcp", to)
		if err != nil {
			return uint16(inet.Port)
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	t.Fatal("the port does not drop")
	return 0
}

func look(t testing.TB, p *Prober, target Target) Result {
	t.Helper()
	r, err := p.Look(t.Context(), target)
	must(t, err)
	return r
}

func expect(t testing.TB, what string, r Result, outcome Outcome, reason Reason) {
	t.Helper()
	if r.Outcome != outcome || r.Reason != reason {
		t.Errorf("%s: %s (%s), want %s (%s); looks %+v", what, r.Outcome, r.Reason, outcome, reason, r.Looks)
	}
}

func TestOpenClosedAndNeither(t *testing.T) {
	p := New(Options{Allow: loopback(t), Timeout: 400 * time.Millisecond})
	open := listen(t, "127.0.0.1:0")
	port := portOf(t, open.Addr())
	r := look(t, p, Target{Host: "127.0.0.1", Port: port})
	expect(t, "a port that is listened on", r, Open, Answered)
	<-open.hits
	must(t, open.Close())
	r = look(t, p, Target{Host: "127.0.0.1", Port: port, Pinned: r.Addresses})
	expect(t, "the same port closed", r, Closed, Refused)

	expect(t, "a port nobody ever opened", look(t, p, Target{Host: "127.0.0.2", Port: refusing(t, "127.0.0.2")}), Closed, Refused)
	expect(t, "IPv6", look(t, p, Target{Host: "[::1]", Port: refusing(t, "::1")}), Closed, Refused)
	expect(t, "a port that drops", look(t, p, Target{Host: "127.0.0.1", Port: dropping(t)}), Unknown, TimedOut)
	expect(t, "an address that is no host", look(t, p, Target{Host: "127.255.255.255", Port: 9}), Unknown, Unreachable)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := p.Look(ended, Target{Host: "127.0.0.1", Port: refusing(t, "127.0.0.1")})
	must(t, err)
	expect(t, "a look that is broken off", r, Unknown, Stopped)
}

func TestConnectedToItselfIsNotOpen(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	port := portOf(t, l.Addr())
	must(t, l.Close())
	// A socket bound to the port connects to that same port: what the kernel does by chance, on purpose.
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(port)}}
	c, err := d.DialContext(t.Context(), "tcp", l.Addr().String())
	must(t, err)
	if !itself(c) {
		t.Errorf("%v to %v is not seen to be itself", c.LocalAddr(), c.RemoteAddr())
	}
	must(t, c.Close())
	other := listen(t, "127.0.0.1:0")
	c, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", other.Addr().String())
	must(t, err)
	if itself(c) {
		t.Error("a listener is taken for the caller itself")
	}
	must(t, c.Close())
}

func TestNamesAreLookedUpOnceAndPinned(t *testing.T) {
	open := listen(t, "127.0.0.1:0")
	port := portOf(t, open.Addr())
	dns := &names{hosts: map[string][][]string{"shop.example": {{"127.0.0.1"}, {"127.0.0.9"}}}}
	p := New(Options{Allow: loopback(t), Resolver: dns, Timeout: time.Second})
	r := look(t, p, Target{Host: "Shop.Example.", Port: port})
	expect(t, "by name", r, Open, Answered)
	if r.Host != "shop.example" || !slices.Equal(r.Addresses, []netip.Addr{netip.MustParseAddr("127.0.0.1")}) || dns.asked != 1 {
		t.Fatalf("%+v after %d questions", r, dns.asked)
	}
	// The name moves to a machine where the port is closed: that proves nothing about the one that was open.
	again := look(t, p, Target{Host: "shop.example", Port: port, Pinned: r.Addresses})
	expect(t, "pinned, while the name points elsewhere", again, Open, Answered)
	if dns.asked != 1 {
		t.Errorf("a pinned name was looked up: %d questions", dns.asked)
	}
	expect(t, "no such name", look(t, p, Target{Host: "nobody.example", Port: port}), Unknown, NoAddress)
	dns.fault = &net.DNSError{Err: "server misbehaving", IsTemporary: true}
	expect(t, "no name server", look(t, p, Target{Host: "other.example", Port: port}), Unknown, NotResolved)
}

func TestSeveralAddresses(t *testing.T) {
	open := listen(t, "127.0.0.7:0")
	port := portOf(t, open.Addr())
	drops := dropping(t)
	dns := &names{hosts: map[string][][]string{
		"one-open.example":   {{"127.0.0.8", "127.0.0.7"}},
		"all-closed.example": {{"127.0.0.8", "127.0.0.9", "::ffff:127.0.0.9"}},
		"one-hidden.example": {{"127.0.0.8", "192.0.2.1"}},
		"many.example":       {{"127.0.0.8", "127.0.0.9", "127.0.0.10", "127.0.0.11", "127.0.0.12"}},
		"one-drops.example":  {{"127.0.0.1", "127.0.0.8"}},
	}}
	p := New(Options{Allow: loopback(t), Resolver: dns, Timeout: 400 * time.Millisecond})
	expect(t, "one of two is open", look(t, p, Target{Host: "one-open.example", Port: port}), Open, Answered)
	r := look(t, p, Target{Host: "all-closed.example", Port: port})
	expect(t, "all refuse", r, Closed, Refused)
	if len(r.Addresses) != 2 {
		t.Errorf("one address in two forms counts as two: %v", r.Addresses)
	}
	expect(t, "one may not be looked at", look(t, p, Target{Host: "one-hidden.example", Port: port}), Unknown, NotAllowed)
	expect(t, "more than are looked at", look(t, p, Target{Host: "many.example", Port: port}), Unknown, TooMany)
	expect(t, "one refuses, one drops", look(t, p, Target{Host: "one-drops.example", Port: drops}), Unknown, Mixed)
}

func TestPace(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	p := New(Options{Allow: loopback(t), Every: time.Minute, PerSec: 1, Now: func() time.Time { return now }})
	port := refusing(t, "127.0.0.1")
	for range burstOfTarget {
		look(t, p, Target{Host: "127.0.0.1", Port: port})
	}
	if _, err := p.Look(t.Context(), Target{Host: "127.0.0.1", Port: port}); !errors.Is(err, ErrTooOften) {
		t.Errorf("a fourth look at once: %v", err)
	}
	now = now.Add(time.Minute)
	look(t, p, Target{Host: "127.0.0.1", Port: port})
	allowed := 0
	for host := range 40 {
		if _, err := p.Look(t.Context(), Target{Host: "127.0.1." + strconv.Itoa(host+1), Port: port}); err == nil {
			allowed++
		}
	}
	if allowed > burstOfAll {
		t.Errorf("%d looks in one instant", allowed)
	}
	for n := range 2 * maxTargets { // a flood neither grows the memory nor frees the pace of all
		p.pace.allow(now, strconv.Itoa(n), 1)
	}
	if len(p.pace.targets) > maxTargets {
		t.Errorf("%d targets are remembered", len(p.pace.targets))
	}
}

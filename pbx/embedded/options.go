package embedded

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"regexp"
	"time"
)

// Options describe the switch. Zero sizes and rates mean the default named with each.
type Options struct {
	Name string // of the switch, [a-z0-9]{1,16}, unique

	// Bind is the address for SIP over UDP and TCP, host:port; port 0 lets the kernel choose. "" listens for neither:
	// then only browsers can call and be called. There is no protection against eavesdropping on this port, so bind
	// loopback or an internal network.
	Bind string
	// Advertise is our host name or address as phones see it, where it is not the one they reach us by (a port forwarded
	// by a router). Default: the bound address, or the one that faces the peer.
	Advertise string

	// DIDs says whether a number is one of the hotline's. Nothing else can be called. It must not block.
	DIDs func(number string) bool
	// RingCycle gives the length of one ring of the ringback tone that callers of a number hear (domain.md, "Three
	// rings, in seconds"). Default: 5 s (GB/T 3380). It must not block.
	RingCycle func(did string) time.Duration

	MostCalls        int // at once, 1000
	MostCallsEach    int // from one source address, 500: one trunk may bring them all
	MostConnections  int // TCP and websocket, 2000
	MostConnsEach    int // from one source address, 500: many agents may sit behind one
	MaxMessage       int // bytes of one message, 32 KiB
	InvitesPerSecond int // from one source address, 50, with bursts of 500
	FailuresPerMin   int // failed REGISTERs from one source address, 20, with bursts of as many
	OddPerSecond     int // malformed messages and unknown methods from one source address, 5, with bursts of 50

	Metrics *Metrics     // default: counted, but registered nowhere
	Log     *slog.Logger // default: slog.Default()
}

var namePattern = regexp.MustCompile(`^[a-z0-9]{1,16}$`)

func (o Options) complete() (Options, error) {
	if !namePattern.MatchString(o.Name) {
		return o, fmt.Errorf("embedded: switch name %q: want 1 to 16 of a-z and 0-9", o.Name)
	}
	if o.DIDs == nil {
		return o, fmt.Errorf("embedded %s: DIDs are needed: without them nobody could call", o.Name)
	}
	if o.RingCycle == nil {
		o.RingCycle = func(string) time.Duration { return defaultCycle }
	}
	def(&o.MostCalls, 1000)
	def(&o.MostCallsEach, 500)
	def(&o.MostConnections, 2000)
	def(&o.MostConnsEach, 500)
	def(&o.MaxMessage, 32<<10)
	def(&o.InvitesPerSecond, 50)
	def(&o.FailuresPerMin, 20)
	def(&o.OddPerSecond, 5)
	if o.Metrics == nil {
		o.Metrics = NewMetrics(nil)
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o, nil
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// listen binds UDP and TCP to one port.
func (s *Switch) listen() error {
	if s.opt.Bind == "" {
		return nil
	}
	at, err := net.ResolveUDPAddr("udp", s.opt.Bind)
	if err != nil {
		return fmt.Errorf("embedded %s: bind %q: %w", s.opt.Name, s.opt.Bind, err)
	}
	// The kernel gives UDP a free port, which may be taken in TCP: try again.
	for range 20 {
		udp, err := net.ListenUDP("udp", at)
		if err != nil {
			return fmt.Errorf("embedded %s: %w", s.opt.Name, err)
		}
		bound := addrPortOf(udp.LocalAddr())
		tcp, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(bound))
		if err != nil {
			udp.Close()
			if at.Port != 0 {
				return fmt.Errorf("embedded %s: %w", s.opt.Name, err)
			}
			continue
		}
		_ = udp.SetReadBuffer(4 << 20) // a burst of calls; what the kernel does not grant is no failure
		s.names = &names{bound: bound, advertise: s.opt.Advertise}
		s.udp, s.tcp = &udpSocket{conn: udp, names: s.names}, tcp
		return nil
	}
	return fmt.Errorf("embedded %s: bind %q: no port is free for both UDP and TCP", s.opt.Name, s.opt.Bind)
}

// Addr is where SIP over UDP and TCP is bound; the zero AddrPort without Bind.
func (s *Switch) Addr() netip.AddrPort {
	if s.names == nil {
		return netip.AddrPort{}
	}
	return s.names.bound
}

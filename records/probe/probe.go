// Package probe looks whether a port that a customer opened for a remote session is open, and whether it is closed again
// afterwards (the domain description, remote service, step 1 and its results). It says "closed" only when the other side
// answered so; silence, a firewall's word and an unknown name are "cannot be checked from here".
//
// It connects to nothing that the operator did not list, looks a name up once and goes to the addresses it got, sends no
// byte, and follows nothing: the hotline cannot be used to look around in networks.
package probe

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Outcome is what is known of a port.
type Outcome string

// The outcomes.
const (
	Open    Outcome = "open"
	Closed  Outcome = "closed"  // the host, or who answers for it, refused the connection
	Unknown Outcome = "unknown" // cannot be checked from here; Reason says why
)

// Reason is why the outcome is what it is.
type Reason string

// The reasons.
const (
	Answered    Reason = "answered"    // open: the connection was taken
	Refused     Reason = "refused"     // closed: RST, or ICMP "port unreachable"
	TimedOut    Reason = "timed-out"   // no answer: filtered, switched off, or another way in
	Unreachable Reason = "unreachable" // no way there, or a firewall says so
	NotAllowed  Reason = "not-allowed" // not on the operator's list
	NoAddress   Reason = "no-address"  // the name has no address
	NotResolved Reason = "not-resolved"
	Mixed       Reason = "mixed"   // its addresses say different things
	TooMany     Reason = "many"    // more addresses than are looked at
	Stopped     Reason = "stopped" // the look was broken off
	Fault       Reason = "fault"   // our own machine could not look
)

// Target is what is looked at. With Pinned the name is not looked up again: the port that was seen open is the one that
// must be seen closed.
type Target struct {
	Host   string       // name or address
	Port   uint16       // TCP
	Pinned []netip.Addr // of an earlier Result.Addresses
}

// Result is what a look found.
type Result struct {
	Outcome   Outcome       `json:"outcome"`
	Reason    Reason        `json:"reason"`
	Host      string        `json:"host"`
	Port      uint16        `json:"port"`
	Addresses []netip.Addr  `json:"addresses"` // that the name had
	Looks     []Look        `json:"looks"`     // at each address that may be looked at
	At        time.Time     `json:"at"`
	Took      time.Duration `json:"took"`
}

// Look is what one address said.
type Look struct {
	Address netip.Addr `json:"address"`
	Outcome Outcome    `json:"outcome"`
	Reason  Reason     `json:"reason"`
}

// maxAddresses is how many addresses of a name are looked at.
const maxAddresses = 4

// Resolver looks names up; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Options of a Prober.
type Options struct {
	Allow    []Rule           // what may be looked at; nothing when empty
	Timeout  time.Duration    // of one connection; 5 s
	Every    time.Duration    // between two looks at one target, after the first three; 5 s
	PerSec   float64          // looks a second at all targets together, after the first ten; 2
	Resolver Resolver         // net.DefaultResolver
	Now      func() time.Time // time.Now
}

// Prober looks at ports. It is safe for concurrent use.
type Prober struct {
	opt   Options
	pace  *pace
	check policy
}

// New makes a Prober.
func New(o Options) *Prober {
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	if o.Every <= 0 {
		o.Every = 5 * time.Second
	}
	if o.PerSec <= 0 {
		o.PerSec = 2
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Prober{opt: o, pace: newPace(o.Every, o.PerSec), check: policy(o.Allow)}
}

// Look says whether the port is open. Errors: ErrTarget (no host or port to look at), ErrTooOften.
func (p *Prober) Look(ctx context.Context, t Target) (Result, error) {
	host, err := hostName(t.Host)
	if err != nil {
		return Result{}, err
	}
	if t.Port == 0 {
		return Result{}, ErrTarget
	}
	at := p.opt.Now()
	if !p.pace.allow(at, host, t.Port) {
		return Result{}, ErrTooOften
	}
	r := Result{Host: host, Port: t.Port, At: at.UTC(), Looks: []Look{}, Addresses: []netip.Addr{}}
	began := time.Now()
	p.look(ctx, &r, t.Pinned)
	r.Took = time.Since(began).Round(time.Millisecond)
	return r, nil
}

func (p *Prober) look(ctx context.Context, r *Result, pinned []netip.Addr) {
	if !p.check.mayAsk(r.Host, r.Port) { // not even a name server hears of what is not listed
		r.Outcome, r.Reason = Unknown, NotAllowed
		return
	}
	var why Reason
	if r.Addresses, why = p.addresses(ctx, r.Host, pinned); why != "" {
		r.Outcome, r.Reason = Unknown, why
		return
	}
	var allowed []netip.Addr
	for _, a := range r.Addresses {
		if p.check.allows(r.Host, a, r.Port) {
			allowed = append(allowed, a)
		}
	}
	if len(allowed) == 0 {
		r.Outcome, r.Reason = Unknown, NotAllowed
		return
	}
	looked := allowed[:min(len(allowed), maxAddresses)]
	r.Looks = make([]Look, len(looked))
	var wait sync.WaitGroup
	for i, a := range looked {
		wait.Go(func() { r.Looks[i] = p.one(ctx, netip.AddrPortFrom(a, r.Port)) })
	}
	wait.Wait()
	r.Outcome, r.Reason = together(r.Looks, len(r.Addresses))
}

// addresses gives what a host stands for; why is set when there is nothing.
func (p *Prober) addresses(ctx context.Context, host string, pinned []netip.Addr) (list []netip.Addr, why Reason) {
	found := pinned
	if a, err := netip.ParseAddr(host); err == nil {
		found = []netip.Addr{a}
	} else if len(pinned) == 0 {
		ctx, cancel := context.WithTimeout(ctx, p.opt.Timeout)
		defer cancel()
		if found, err = p.opt.Resolver.LookupNetIP(ctx, "ip", host); err != nil {
			return []netip.Addr{}, unresolved(ctx, err)
		}
	}
	list = []netip.Addr{}
	for _, a := range found {
		if a = a.Unmap(); a.IsValid() && a.Zone() == "" && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, netip.Addr.Compare)
	if len(list) == 0 {
		return list, NoAddress
	}
	return list, ""
}

// together says what the looks at a name's addresses mean: one that answers is open; closed needs every one of them.
func together(looks []Look, addresses int) (Outcome, Reason) {
	refused := 0
	for _, l := range looks {
		switch l.Outcome {
		case Open:
			return Open, Answered
		case Closed:
			refused++
		case Unknown:
		}
	}
	switch {
	case refused == len(looks) && refused == addresses:
		return Closed, Refused
	case refused == len(looks) && len(looks) == maxAddresses:
		return Unknown, TooMany
	case refused == len(looks): // the others are not on the list
		return Unknown, NotAllowed
	case refused > 0:
		return Unknown, Mixed
	}
	for _, l := range looks[1:] {
		if l.Reason != looks[0].Reason {
			return Unknown, Mixed
		}
	}
	return Unknown, looks[0].Reason
}

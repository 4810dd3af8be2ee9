package embedded

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"hotline/pbx"
)

var (
	_ pbx.Switch   = (*Switch)(nil)
	_ pbx.Accounts = (*Switch)(nil)
)

// Switch is the embedded switch. Make it with New, then Run it.
type Switch struct {
	opt    Options
	log    *slog.Logger
	m      *counters
	key    [32]byte // of nonces and of tags
	nobody string   // HA1 of accounts that do not exist
	parser *sip.Parser

	names *names // nil without Bind
	udp   *udpSocket
	tcp   net.Listener

	tx      *transactions
	phones  *phones
	digests *digests

	conns, busyCalls                   *tally
	invites, failures, challenges, odd *bucket

	stopping chan struct{} // closed when Run begins to end
	work     sync.WaitGroup

	mu       sync.Mutex // guards what follows; never held while anything is waited for
	phase    phase
	sink     pbx.Sink
	calls    map[pbx.CallID]*call
	parties  map[dialogID]*party
	links    map[*link]struct{}
	arrivals map[arrivalID]struct{} // INVITEs of the calls
	up       map[string]int         // phone → legs in which it has picked up
	empty    chan struct{}          // closed when the last call ends while draining
}

// phase is where the switch stands in its own life.
type phase int

const (
	phaseNew      phase = iota
	phaseRunning        // calls come in
	phaseDraining       // calls are refused (503), those that are up go on
	phaseEnding         // calls are being ended
	phaseOver
)

// New checks the options and binds the port. Run serves it.
func New(o Options) (*Switch, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	s := &Switch{
		opt: o, log: o.Log.With("component", "pbx/embedded", "switch", o.Name), m: o.Metrics.of(o.Name),
		parser: sip.NewParser(), tx: newTransactions(20*o.MostCalls + 10_000),
		conns: newTally(o.MostConnections, o.MostConnsEach), busyCalls: newTally(o.MostCalls, o.MostCallsEach),
		invites:    newBucket(float64(o.InvitesPerSecond), 10*o.InvitesPerSecond),
		failures:   newBucket(float64(o.FailuresPerMin)/60, o.FailuresPerMin),
		challenges: newBucket(100, 1000),
		odd:        newBucket(float64(o.OddPerSecond), 10*o.OddPerSecond),
		stopping:   make(chan struct{}), empty: make(chan struct{}),
		calls: map[pbx.CallID]*call{}, parties: map[dialogID]*party{}, links: map[*link]struct{}{}, up: map[string]int{},
		arrivals: map[arrivalID]struct{}{},
	}
	rand.Read(s.key[:])
	s.nobody = sum(rand.Text())
	s.phones, s.digests = newPhones(s), newDigests(s.key)
	if err := s.listen(); err != nil {
		return nil, err
	}
	return s, nil
}

// Close gives the port of a switch back that was never run. Run does it itself.
func (s *Switch) Close() {
	if s.udp != nil {
		s.udp.conn.Close()
		s.tcp.Close()
	}
}

// Name is the configured name of the switch.
func (s *Switch) Name() string { return s.opt.Name }

// errRunTwice: a switch's calls belong to one Run.
var errRunTwice = errors.New("embedded: a switch runs once; make a new one")

// Run serves until ctx ends, then ends every call, tells their ends, and returns ctx's error after everything that it
// started has ended. Calls live in this process alone: at the beginning there is none, and SwitchSynced says so.
func (s *Switch) Run(ctx context.Context, sink pbx.Sink) error {
	s.mu.Lock()
	if s.phase != phaseNew {
		s.mu.Unlock()
		return errRunTwice
	}
	s.phase, s.sink = phaseRunning, sink
	s.mu.Unlock()
	now := time.Now().UTC()
	s.tell(pbx.Event{Kind: pbx.SwitchUp, At: now})
	s.tell(pbx.Event{Kind: pbx.SwitchSynced, At: now})
	s.log.InfoContext(ctx, "runs", "sip", s.Addr(), "note", "voice flows between caller and agent; no calls are kept over a restart")
	if s.udp != nil {
		s.spawn(func() { s.serveUDP() })
		s.spawn(func() { s.serveTCP(ctx, s.tcp) })
	}
	s.housekeep(ctx)
	s.wind()
	return ctx.Err()
}

// housekeep expires registrations and probes phones until ctx ends.
func (s *Switch) housekeep(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s.phones.tick(now)
			if n%120 == 0 {
				s.digests.sweep(now)
			}
			clients, servers := s.tx.size()
			s.m.gauges(s.callCount(), s.phones.registered(), s.conns.count(), clients+servers)
		}
	}
}

// farewell is how long the last messages, BYEs and refusals, are given to leave.
const farewell = time.Second

// wind ends everything, in the order in which it depends on each other.
func (s *Switch) wind() {
	s.mu.Lock()
	s.phase = phaseEnding
	calls := make([]*call, 0, len(s.calls))
	for _, c := range s.calls {
		calls = append(calls, c)
	}
	if len(calls) == 0 {
		close(s.empty)
	}
	s.mu.Unlock()
	for _, c := range calls {
		c.post(c.shutDown)
	}
	<-s.empty
	s.mu.Lock()
	links := make([]*link, 0, len(s.links))
	for l := range s.links {
		links = append(links, l)
	}
	s.phase = phaseOver
	s.mu.Unlock()
	close(s.stopping)
	for _, l := range links {
		l.finish()
	}
	patience := time.NewTimer(farewell)
	defer patience.Stop()
	for _, l := range links {
		select {
		case <-l.closed:
		case <-patience.C:
			patience.Reset(0)
			l.close()
		}
	}
	s.Close()
	s.tx.close()
	s.work.Wait()
	s.m.gauges(0, 0, 0, 0)
}

// Drain refuses new calls with 503 and Retry-After; those that are up go on. For a process that is about to end.
func (s *Switch) Drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase == phaseRunning {
		s.phase = phaseDraining
	}
}

// spawn runs f beside; Run waits for it. After the end nothing is begun any more.
func (s *Switch) spawn(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase != phaseOver {
		s.work.Go(f)
	}
}

func (s *Switch) running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phase == phaseRunning || s.phase == phaseDraining
}

// tell hands an event to the sink.
func (s *Switch) tell(e pbx.Event) {
	s.mu.Lock()
	sink := s.sink
	s.mu.Unlock()
	if sink == nil {
		return
	}
	e.Switch = s.opt.Name
	s.m.told(e.Kind)
	sink(e)
}

// pause reports whether d passed before ctx ended.
func (s *Switch) pause(ctx context.Context, d time.Duration) bool { return s.pauseOr(ctx.Done(), d) }

func (s *Switch) pauseOr(end <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-end:
		return false
	}
}

// admit counts a connection in, unless there are too many.
func (s *Switch) admit(from netip.Addr) bool {
	if !s.conns.add(from) {
		s.m.drop("connections")
		return false
	}
	return true
}

func (s *Switch) discharge(from netip.Addr) { s.conns.drop(from) }

// enter makes a connection known, so that the end can close it.
func (s *Switch) enter(l *link) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase != phaseRunning && s.phase != phaseDraining {
		return false
	}
	s.links[l] = struct{}{}
	return true
}

// leave ends what hung on a connection: registrations, requests under way, legs and callers.
func (s *Switch) leave(l *link) {
	l.close()
	s.mu.Lock()
	delete(s.links, l)
	s.mu.Unlock()
	s.discharge(l.peer.Addr())
	s.phones.flowGone(l)
	s.tx.flowGone(l)
	for _, c := range l.unwatch() {
		c.post(func() { c.flowGone(l) })
	}
}

// token is random enough to be guessed by nobody.
func token() string { return strings.ToLower(rand.Text()) }

// channelID names a call within the switch: when it came, and chance.
func channelID(now time.Time) string {
	var chance [6]byte
	rand.Read(chance[:])
	return now.UTC().Format("20060102T150405") + "." + hex.EncodeToString(chance[:])
}

// random is for pauses, not for secrets.
func random(n int) int { return mathrand.IntN(n) } //nolint:gosec // spreads retries

package pbxtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// PhoneOptions says who a phone is and how it behaves.
type PhoneOptions struct {
	User   string // account, or the number a caller calls from
	Secret string // with a secret the phone registers at once and answers challenges
	Server string // host:port of the switch, UDP
	IP     string // local address. Default 127.0.0.1
	// Websocket makes the phone a browser's: SIP over this ws:// address in place of Server, and SDP with DTLS and ICE in it.
	Websocket string
	TCP       bool // SIP over TCP instead of UDP
	// NoRegister keeps a phone with a secret from registering by itself.
	NoRegister bool
	// Expires is asked for when registering; it is renewed at half of it. Default 2 min.
	Expires time.Duration
	// PacketEvery is the pace of the voice sent while a call is up. Default 20 ms, as a phone does; negative sends none.
	PacketEvery time.Duration
	Behaviour   Behaviour
}

// Behaviour is what a phone does with calls that come in. The zero value rings at once and waits for Answer, Decline …
type Behaviour struct {
	Dead      bool          // not one packet comes back, like a phone whose cable was pulled; its registration stays
	Silent    bool          // never says that it rings
	RingAfter time.Duration // from the INVITE to "ringing"

	Answer      bool            // answers by itself …
	Decline     int             // … or declines by itself with this status, e.g. 603, 486
	AnswerAfter time.Duration   // … that long after the INVITE
	Barrier     <-chan struct{} // … and not before this is closed: two phones with one barrier answer together

	Voiceless   bool          // sends not one packet of voice in a call, like a phone whose media a firewall stops
	HangUpAfter time.Duration // hangs up that long after the call is up
	Tone        int           // Hz, a multiple of 50: says this tone instead of a pattern, in calls of its own, too

	AnswerCancelled bool // answers although the call was just cancelled: both crossed on the wire
}

// Phone is a SIP phone, or the network a caller calls from. It speaks by itself on the message types of sipgo,
// without sipgo's transactions: a test must be able to see and to break every single message.
type Phone struct {
	options PhoneOptions
	tb      TB
	wire    wire
	addr    *net.UDPAddr // where it listens; without port for a browser's
	server  *net.UDPAddr
	invalid string // what a browser calls itself
	parser  *sip.Parser
	inbox   chan *PhoneCall // calls that came in and nobody has asked for yet
	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	running sync.WaitGroup

	mu        sync.Mutex
	behaviour Behaviour
	unplugged bool
	calls     map[string]*PhoneCall         // by Call-ID
	pending   map[string]chan *sip.Response // by branch: requests of ours that wait for an answer
	renewal   context.CancelFunc            // stops renewing the registration
	register  registration
}

// NewPhone makes a phone, registers it if it has a secret, and takes it down with the test.
func NewPhone(tb TB, options PhoneOptions) *Phone {
	tb.Helper()
	if options.IP == "" {
		options.IP = "127.0.0.1"
	}
	if options.Expires == 0 {
		options.Expires = 2 * time.Minute
	}
	if options.PacketEvery == 0 {
		options.PacketEvery = 20 * time.Millisecond
	}
	p := &Phone{
		options:   options,
		tb:        tb,
		invalid:   token()[:12] + ".invalid",
		parser:    sip.NewParser(),
		inbox:     make(chan *PhoneCall, 1024),
		behaviour: options.Behaviour,
		calls:     map[string]*PhoneCall{},
		pending:   map[string]chan *sip.Response{},
		register:  registration{callID: token(), tag: token()},
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	if err := p.plugIn(); err != nil {
		tb.Fatalf("phone %s: %v", options.User, err)
	}
	p.running.Go(p.listen)
	tb.Cleanup(p.Close)
	if options.Secret != "" && !options.NoRegister {
		ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
		defer cancel()
		if err := p.Register(ctx); err != nil {
			tb.Fatalf("phone %s: register: %v", options.User, err)
		}
	}
	return p
}

// Cut closes the phone's connection, websocket or TCP, as a closed page or a crash does.
func (p *Phone) Cut() { p.wire.close() }

// plugIn makes the phone's wire.
func (p *Phone) plugIn() (err error) {
	if p.options.Websocket != "" {
		p.addr = &net.UDPAddr{IP: net.ParseIP(p.options.IP)}
		var web *webWire
		web, p.server, err = dialWeb(p.tb, p.options.Websocket)
		p.wire = web
		return err
	}
	if p.server, err = net.ResolveUDPAddr("udp4", p.options.Server); err != nil {
		return err
	}
	if p.options.TCP {
		var line *tcpWire
		line, p.addr, err = dialTCP(p.options.Server, p.options.IP)
		p.wire = line
		return err
	}
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(p.options.IP)})
	if err != nil {
		return err
	}
	p.addr, _ = conn.LocalAddr().(*net.UDPAddr)
	p.wire = &udpWire{conn: conn, server: p.server, buf: make([]byte, 65535)}
	return nil
}

// Addr is where the phone listens. A browser's has no port.
func (p *Phone) Addr() *net.UDPAddr { return p.addr }

// User is the phone's account or number.
func (p *Phone) User() string { return p.options.User }

// SetBehaviour changes what the phone does with the next calls.
func (p *Phone) SetBehaviour(b Behaviour) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.behaviour = b
}

// Unplug loses every packet from and to the phone, its voice included, until Plug.
func (p *Phone) Unplug() { p.plug(false) }

// Plug ends an Unplug.
func (p *Phone) Plug() { p.plug(true) }

func (p *Phone) plug(in bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unplugged = !in
}

func (p *Phone) isUnplugged() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unplugged
}

// WaitInvite gives the next call that came in, in order of arrival, each once.
func (p *Phone) WaitInvite(ctx context.Context) (*PhoneCall, error) {
	select {
	case call := <-p.inbox:
		return call, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("phone %s: no call came in: %w", p.options.User, ctx.Err())
	case <-p.ctx.Done():
		return nil, fmt.Errorf("phone %s: closed", p.options.User)
	}
}

// Calls gives every call of the phone so far, ended ones included, in no order.
func (p *Phone) Calls() []*PhoneCall {
	p.mu.Lock()
	defer p.mu.Unlock()
	calls := make([]*PhoneCall, 0, len(p.calls))
	for _, call := range p.calls {
		calls = append(calls, call)
	}
	return calls
}

// Close takes the phone down as it stands: registration and calls are left to time out, like a battery taken out.
func (p *Phone) Close() {
	p.stop()
	p.wire.close()
	for _, call := range p.Calls() {
		call.media.close()
	}
	p.running.Wait()
}

// listen takes every packet until Close.
func (p *Phone) listen() {
	for {
		raw, from, err := p.wire.receive()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || p.isUnplugged() {
			continue // an ICMP "port unreachable" of an earlier packet is no news
		}
		at := time.Now()
		message, err := p.parser.ParseSIP(raw)
		if err != nil {
			continue // keep-alives: CRLF
		}
		switch m := message.(type) {
		case *sip.Request:
			m.SetSource(from)
			p.handleRequest(m, at)
		case *sip.Response:
			p.handleResponse(m, at)
		}
	}
}

// send puts one message on the wire.
func (p *Phone) send(text string) {
	if p.isUnplugged() {
		return
	}
	if err := p.wire.send(text); err != nil && p.ctx.Err() == nil {
		p.tb.Logf("phone %s: %v", p.options.User, err)
	}
}

// request sends a request other than INVITE until its final answer is there (RFC 3261 §17.1.2, Timer E).
func (p *Phone) request(ctx context.Context, branch, text string) (*sip.Response, error) {
	answers := make(chan *sip.Response, 8)
	p.mu.Lock()
	p.pending[branch] = answers
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.pending, branch)
		p.mu.Unlock()
	}()
	interval := sip.T1
	timer := time.NewTimer(interval)
	defer timer.Stop()
	p.send(text)
	for {
		select {
		case answer := <-answers:
			if answer.StatusCode >= 200 {
				return answer, nil
			}
		case <-timer.C:
			p.send(text)
			interval = min(2*interval, sip.T2)
			timer.Reset(interval)
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-p.ctx.Done():
			return nil, p.ctx.Err()
		}
	}
}

func (p *Phone) handleResponse(r *sip.Response, at time.Time) {
	via, cseq, callID := r.Via(), r.CSeq(), r.CallID()
	if via == nil || cseq == nil || callID == nil {
		return
	}
	branch, _ := via.Params.Get("branch")
	p.mu.Lock()
	answers, call := p.pending[branch], p.calls[callID.Value()]
	p.mu.Unlock()
	switch {
	case answers != nil:
		select {
		case answers <- r:
		default: // more provisional answers than anybody waits for
		}
	case cseq.MethodName == sip.INVITE && call != nil:
		call.handleInviteResponse(r, branch, at)
	}
}

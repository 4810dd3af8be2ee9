package pbxtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"hotline/pbx"
)

// Harness is one switch for the conformance suite, and how to reach it by SIP. The switch is not running yet.
type Harness struct {
	Switch   pbx.Switch
	Accounts pbx.Accounts
	SIPAddr  string // host:port, UDP
	// Websocket: phones and callers are browsers at this ws:// address, not at SIPAddr.
	Websocket string
	TCP       bool   // phones and callers come by TCP
	TrunkIP   string // calls from here are callers'
	PhoneIP   string // phones live here
	DID       string // a number that the switch answers
	// Media: voice goes through the switch, so it can play, record, and let who waits hear something. Without it, voice goes
	// from phone to phone, and who is on hold is told so by SDP.
	Media bool
}

// Run is the conformance suite that every driver passes. open is called once for each test; the harness it returns may
// share one real switch with the others. Tests run one after the other.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, test := range []struct {
		name string
		run  func(*Stage)
	}{
		{"Offer", testOffer},
		{"RingsSeveral", testRingsSeveral},
		{"FirstAnswerWins", testFirstAnswerWins},
		{"AnswerTogether", testAnswerTogether},
		{"AbandonWaiting", testAbandonWaiting},
		{"AbandonRinging", testAbandonRinging},
		{"AbandonAnswered", testAbandonAnswered},
		{"CallerHangsUp", testCallerHangsUp},
		{"AgentHangsUp", testAgentHangsUp},
		{"BothHangUp", testBothHangUp},
		{"Busy", testBusy},
		{"Declines", testDeclines},
		{"RingsOut", testRingsOut},
		{"Unreachable", testUnreachable},
		{"AnswersWhileCancelled", testAnswersWhileCancelled},
		{"WinnerDiesBeforeConnect", testWinnerDiesBeforeConnect},
		{"Hold", testHold},
		{"HoldKey", testHoldKey},
		{"HandOver", testHandOver},
		{"HandOverTalkerGone", testHandOverTalkerGone},
		{"Join", testJoin},
		{"Conference", testConference},
		{"Monitor", testMonitor},
		{"MonitorEnds", testMonitorEnds},
		{"MonitorTakesOver", testMonitorTakesOver},
		{"HangUpSystem", testHangUpSystem},
		{"Refuse", testRefuse},
		{"Gone", testGone},
		{"NoDialStrings", testNoDialStrings},
		{"CallerNames", testCallerNames},
		{"PhoneComesAndGoes", testPhoneComesAndGoes},
		{"Play", testPlay},
		{"Record", testRecord},
		{"Many", testMany},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(NewStage(t, open(t))) })
	}
}

// suitePatience is how long the suite waits for anything that must happen.
const suitePatience = 15 * time.Second

// Stage is one test's switch, caller and phones, with what a test does with them. A step that fails ends the test.
type Stage struct {
	*testing.T
	Harness
	Ctx    context.Context // of the whole test
	Events *EventLog
	Caller *Phone // the callers' network

	mu   sync.Mutex
	legs map[pbx.LegID]bool // accepted by Ring
	n    int
	stop func() // ends Run and waits for it
}

// NewStage runs the switch and waits until it is in step. When the test is over, every call and leg must have ended.
func NewStage(t *testing.T, h Harness) *Stage {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 12*suitePatience)
	t.Cleanup(cancel)
	s := &Stage{T: t, Harness: h, Ctx: ctx, legs: map[pbx.LegID]bool{}}
	t.Cleanup(func() { s.stop() })
	s.run()
	s.Caller = NewPhone(t, PhoneOptions{
		User: "13800138000", Server: h.SIPAddr, Websocket: h.Websocket, TCP: h.TCP, IP: h.TrunkIP,
	})
	t.Cleanup(s.settle)
	return s
}

func (s *Stage) run() {
	s.Helper()
	s.Events = NewEventLog()
	running, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func(sw pbx.Switch, sink pbx.Sink) { ended <- sw.Run(running, sink) }(s.Switch, s.Events.Sink)
	s.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				s.Errorf("Run ended with %v", err)
			}
		case <-time.After(suitePatience):
			s.Error("Run does not end with its context")
		}
	})
	s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.SwitchSynced }, "the switch to be in step")
}

// Abandon ends the driver's Run as a crash of the process would: what is on the switch stays there.
func (s *Stage) Abandon() { s.stop() }

// TakeOver runs another driver on the same switch, after Abandon. Events begin anew.
func (s *Stage) TakeOver(sw pbx.Switch, accounts pbx.Accounts) {
	s.Helper()
	s.Switch, s.Accounts = sw, accounts
	s.run()
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.legs)
	for _, e := range s.Events.All() {
		for _, leg := range e.Legs {
			s.legs[leg.ID] = true // what the new driver found, it must see the end of
		}
	}
}

// Wait waits for an event that fits.
func (s *Stage) Wait(fits func(pbx.Event) bool, what string) pbx.Event {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Ctx, suitePatience)
	defer cancel()
	e, err := s.Events.Wait(ctx, fits)
	if err != nil {
		s.Fatalf("waited for %s: %v\n%s", what, err, s.Events)
	}
	return e
}

// Told waits for an event of one kind for a call and, unless leg is empty, a leg.
func (s *Stage) Told(kind pbx.Kind, call pbx.CallID, leg pbx.LegID) pbx.Event {
	s.Helper()
	return s.Wait(func(e pbx.Event) bool { return e.Kind == kind && e.Call == call && (leg == "" || e.Leg == leg) },
		fmt.Sprintf("%s of %s %s", kind, call, leg))
}

// Phone makes an account and a phone that is registered and known to be reachable.
func (s *Stage) Phone(name string, b Behaviour) *Phone {
	s.Helper()
	s.Provision(name)
	p := NewPhone(s.T, PhoneOptions{
		User: name, Secret: "secret-" + name, Server: s.SIPAddr, Websocket: s.Websocket, TCP: s.TCP, IP: s.PhoneIP,
		Behaviour: b,
	})
	s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.PhoneUp && e.Phone == name }, name+" to be reachable")
	s.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), suitePatience)
		defer cancel()
		if err := p.Unregister(ctx); err != nil {
			s.Errorf("unregister %s: %v", name, err)
		}
		if err := s.Accounts.DropPhone(ctx, name); err != nil {
			s.Errorf("drop %s: %v", name, err)
		}
	})
	return p
}

// Provision makes or replaces a phone's account, as the hotline does.
func (s *Stage) Provision(name string) {
	s.Helper()
	err := s.Accounts.PutPhone(s.Ctx, pbx.PhoneAccount{Phone: name, HA1: HA1(name, "secret-"+name), Name: "Agent " + name, WebRTC: s.Websocket != ""})
	if err != nil {
		s.Fatalf("put phone: %v", err)
	}
}

// Call has the caller dial, and waits for the call to arrive.
func (s *Stage) Call() (*PhoneCall, pbx.CallID) {
	s.Helper()
	before := s.Events.Len()
	out, err := s.Caller.Dial(s.Ctx, s.DID, DialOptions{DisplayName: "Zhang"})
	if err != nil {
		s.Fatalf("dial: %v", err)
	}
	ctx, cancel := context.WithTimeout(s.Ctx, suitePatience)
	defer cancel()
	e, err := s.Events.WaitFrom(ctx, before, func(e pbx.Event) bool { return e.Kind == pbx.CallArrived })
	if err != nil {
		s.Fatalf("no call arrived: %v; the caller rang: %v, ended: %v %+v\n%s", err, out.Passed(MarkRinging),
			out.Passed(MarkEnded), out.End(), s.Events)
	}
	if err := out.WaitRinging(s.Ctx); err != nil {
		s.Fatalf("the caller hears no ringing: %v", err)
	}
	return out, e.Call
}

// Ring rings a phone and gives the leg and the phone's side of it.
func (s *Stage) Ring(call pbx.CallID, p *Phone) (pbx.LegID, *PhoneCall) {
	s.Helper()
	leg := s.Ask(call, p.User(), 30*time.Second)
	in, err := p.WaitInvite(s.Ctx)
	if err != nil {
		s.Fatalf("%s does not ring: %v", p.User(), err)
	}
	return leg, in
}

// Ask asks the switch to ring a phone, whatever comes of it.
func (s *Stage) Ask(call pbx.CallID, phone string, timeout time.Duration) pbx.LegID {
	s.Helper()
	s.mu.Lock()
	s.n++
	leg := pbx.NewLegID(call, phone, s.n)
	s.mu.Unlock()
	err := s.Switch.Ring(s.Ctx, call, pbx.Ring{
		Leg: leg, Phone: phone, CallerID: "13800138000", CallerName: "Zhang", Timeout: timeout,
	})
	if err != nil {
		s.Fatalf("ring %s: %v", phone, err)
	}
	s.Accept(leg)
	return leg
}

// Accept notes a leg that Ring accepted: its end must be told before the test is over.
func (s *Stage) Accept(leg pbx.LegID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.legs[leg] = true
}

// Talk brings a call to where caller and agent hear each other.
func (s *Stage) Talk(p *Phone) (out, in *PhoneCall, call pbx.CallID, leg pbx.LegID) {
	s.Helper()
	out, call = s.Call()
	leg, in = s.Ring(call, p)
	in.Answer()
	s.Told(pbx.LegAnswered, call, leg)
	s.Must(s.Switch.Connect(s.Ctx, call, leg), "connect")
	s.Hear(out, in)
	return out, in, call, leg
}

// Hear checks that two sides hear each other.
func (s *Stage) Hear(a, b *PhoneCall) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Ctx, suitePatience)
	defer cancel()
	s.Must(a.WaitHears(ctx, b), "one side hears the other")
	s.Must(b.WaitHears(ctx, a), "the other side hears the one")
}

// Must ends the test when something failed.
func (s *Stage) Must(err error, what string) {
	s.Helper()
	if err != nil {
		s.Fatalf("%s: %v\n%s", what, err, s.Events)
	}
}

// Ended checks the end of a call.
func (s *Stage) Ended(call pbx.CallID, code pbx.EndCode) pbx.Event {
	s.Helper()
	e := s.Told(pbx.CallEnded, call, "")
	if e.End.Code != code {
		s.Errorf("call ended by %q, want %q\n%s", e.End.Code, code, s.Events)
	}
	return e
}

// LegEnded checks the end of a leg.
func (s *Stage) LegEnded(call pbx.CallID, leg pbx.LegID, why pbx.LegEnd) {
	s.Helper()
	if e := s.Told(pbx.LegEnded, call, leg); e.LegEnd != why {
		s.Errorf("leg %s ended by %q, want %q\n%s", leg, e.LegEnd, why, s.Events)
	}
}

// Gone waits until a phone's side is over.
func (s *Stage) Gone(call *PhoneCall) PhoneEnd {
	s.Helper()
	end, err := call.WaitEnded(s.Ctx)
	s.Must(err, "the phone's call to end")
	return end
}

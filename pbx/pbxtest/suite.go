package pbxtest

import (
	"context"
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
	TrunkIP  string // calls from here are callers'
	PhoneIP  string // phones live here
	DID      string // a number that the switch answers
	// Media: the switch can play and record (the embedded one cannot).
	Media bool
}

// Run is the conformance suite that every driver passes. open is called once for each test; the harness it returns may
// share one real switch with the others. Tests run one after the other.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, test := range []struct {
		name string
		run  func(*stage)
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
		t.Run(test.name, func(t *testing.T) { test.run(newStage(t, open(t))) })
	}
}

// patience is how long the suite waits for anything that must happen.
const patience = 15 * time.Second

// stage is one test's switch, caller and phones.
type stage struct {
	*testing.T
	Harness
	ctx    context.Context
	log    *EventLog
	caller *Phone
	legs   map[pbx.LegID]bool // accepted by Ring
	mu     sync.Mutex
	n      int
}

func newStage(t *testing.T, h Harness) *stage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	t.Cleanup(cancel)
	s := &stage{T: t, Harness: h, ctx: ctx, log: NewEventLog(), legs: map[pbx.LegID]bool{}}
	running, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Switch.Run(running, s.log.Sink) }()
	t.Cleanup(func() {
		stop()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Error("Run does not end with its context")
		}
	})
	s.wait(func(e pbx.Event) bool { return e.Kind == pbx.SwitchSynced }, "the switch to be in step")
	s.caller = NewPhone(t, PhoneOptions{User: "13800138000", Server: h.SIPAddr, IP: h.TrunkIP})
	t.Cleanup(s.settle)
	return s
}

// wait waits for an event that fits.
func (s *stage) wait(fits func(pbx.Event) bool, what string) pbx.Event {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	e, err := s.log.Wait(ctx, fits)
	if err != nil {
		s.Fatalf("waited for %s: %v\n%s", what, err, s.log)
	}
	return e
}

// told waits for an event of one kind for a call and, unless leg is empty, a leg.
func (s *stage) told(kind pbx.Kind, call pbx.CallID, leg pbx.LegID) pbx.Event {
	s.Helper()
	return s.wait(func(e pbx.Event) bool { return e.Kind == kind && e.Call == call && (leg == "" || e.Leg == leg) },
		fmt.Sprintf("%s of %s %s", kind, call, leg))
}

// phone makes an account and a phone that is registered and known to be reachable.
func (s *stage) phone(name string, b Behaviour) *Phone {
	s.Helper()
	s.provision(name)
	p := NewPhone(s.T, PhoneOptions{User: name, Secret: "secret-" + name, Server: s.SIPAddr, IP: s.PhoneIP, Behaviour: b})
	s.wait(func(e pbx.Event) bool { return e.Kind == pbx.PhoneUp && e.Phone == name }, name+" to be reachable")
	s.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
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

func (s *stage) provision(name string) {
	s.Helper()
	err := s.Accounts.PutPhone(s.ctx, pbx.PhoneAccount{Phone: name, HA1: HA1(name, "secret-"+name), Name: "Agent " + name})
	if err != nil {
		s.Fatalf("put phone: %v", err)
	}
}

// call has the caller dial, and waits for the call to arrive.
func (s *stage) call() (*PhoneCall, pbx.CallID) {
	s.Helper()
	before := s.log.Len()
	out, err := s.caller.Dial(s.ctx, s.DID, DialOptions{})
	if err != nil {
		s.Fatalf("dial: %v", err)
	}
	e, err := s.log.WaitFrom(s.ctx, before, func(e pbx.Event) bool { return e.Kind == pbx.CallArrived })
	if err != nil {
		s.Fatalf("no call arrived: %v", err)
	}
	if err := out.WaitRinging(s.ctx); err != nil {
		s.Fatalf("the caller hears no ringing: %v", err)
	}
	return out, e.Call
}

// ring rings a phone and gives the leg and the phone's side of it.
func (s *stage) ring(call pbx.CallID, p *Phone) (pbx.LegID, *PhoneCall) {
	s.Helper()
	leg := s.ask(call, p.User(), 30*time.Second)
	in, err := p.WaitInvite(s.ctx)
	if err != nil {
		s.Fatalf("%s does not ring: %v", p.User(), err)
	}
	return leg, in
}

// ask asks the switch to ring a phone, whatever comes of it.
func (s *stage) ask(call pbx.CallID, phone string, timeout time.Duration) pbx.LegID {
	s.Helper()
	s.mu.Lock()
	s.n++
	leg := pbx.NewLegID(call, phone, s.n)
	s.mu.Unlock()
	err := s.Switch.Ring(s.ctx, call, pbx.Ring{
		Leg: leg, Phone: phone, CallerID: "13800138000", CallerName: "Zhang", Timeout: timeout,
	})
	if err != nil {
		s.Fatalf("ring %s: %v", phone, err)
	}
	s.accepted(leg)
	return leg
}

func (s *stage) accepted(leg pbx.LegID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.legs[leg] = true
}

// talk brings a call to where caller and agent hear each other.
func (s *stage) talk(p *Phone) (out, in *PhoneCall, call pbx.CallID, leg pbx.LegID) {
	s.Helper()
	out, call = s.call()
	leg, in = s.ring(call, p)
	in.Answer()
	s.told(pbx.LegAnswered, call, leg)
	s.must(s.Switch.Connect(s.ctx, call, leg), "connect")
	s.hear(out, in)
	return out, in, call, leg
}

// hear checks that two sides hear each other.
func (s *stage) hear(a, b *PhoneCall) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	s.must(a.WaitHears(ctx, b), "one side hears the other")
	s.must(b.WaitHears(ctx, a), "the other side hears the one")
}

func (s *stage) must(err error, what string) {
	s.Helper()
	if err != nil {
		s.Fatalf("%s: %v\n%s", what, err, s.log)
	}
}

// ended checks the end of a call.
func (s *stage) ended(call pbx.CallID, code pbx.EndCode) pbx.Event {
	s.Helper()
	e := s.told(pbx.CallEnded, call, "")
	if e.End.Code != code {
		s.Errorf("call ended by %q, want %q\n%s", e.End.Code, code, s.log)
	}
	return e
}

// legEnded checks the end of a leg.
func (s *stage) legEnded(call pbx.CallID, leg pbx.LegID, why pbx.LegEnd) {
	s.Helper()
	if e := s.told(pbx.LegEnded, call, leg); e.LegEnd != why {
		s.Errorf("leg %s ended by %q, want %q\n%s", leg, e.LegEnd, why, s.log)
	}
}

// gone waits until a phone's side is over.
func (s *stage) gone(call *PhoneCall) PhoneEnd {
	s.Helper()
	end, err := call.WaitEnded(s.ctx)
	s.must(err, "the phone's call to end")
	return end
}

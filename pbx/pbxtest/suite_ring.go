package pbxtest

import (
	"errors"
	"sync"
	"time"

	"hotline/pbx"
)

// testOffer: the shortest way of a call, and what is told of it.
func testOffer(s *Stage) {
	agent := s.Phone("offer", Behaviour{})
	dialled := time.Now()
	out, call := s.Call()
	arrival := s.Told(pbx.CallArrived, call, "").Arrival
	if arrival.DID != s.DID || arrival.Caller != "13800138000" || arrival.Switch != s.Switch.Name() {
		s.Errorf("arrived %+v", arrival)
	}
	if call.Switch() != s.Switch.Name() {
		s.Errorf("call %s names no switch", call)
	}
	if d := arrival.Ring1.Sub(dialled); d < -50*time.Millisecond || d > 2*time.Second {
		s.Errorf("ring 1 began %s after the caller dialled", d)
	}
	if arrival.Ring1.Before(arrival.Arrived) {
		s.Errorf("ring 1 %s before the call came %s", arrival.Ring1, arrival.Arrived)
	}
	leg, in := s.Ring(call, agent)
	if in.CallerNumber() != "13800138000" || in.CallerName() != "Zhang" {
		s.Errorf("the phone shows %q %q", in.CallerNumber(), in.CallerName())
	}
	if e := s.Told(pbx.LegRinging, call, leg); e.Phone != "offer" {
		s.Errorf("rings at %q", e.Phone)
	}
	if out.Passed(MarkAnswered) {
		s.Error("the caller was answered before a human was")
	}
	in.Answer()
	s.Told(pbx.LegAnswered, call, leg)
	if out.Passed(MarkAnswered) {
		s.Error("the caller was answered before Connect")
	}
	s.Must(s.Switch.Connect(s.Ctx, call, leg), "connect")
	s.Must(out.WaitAnswered(s.Ctx), "the caller to be answered")
	s.Hear(out, in)
	s.Must(s.Switch.Connect(s.Ctx, call, leg), "connect once more")
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Ended(call, pbx.EndByCaller)
	s.LegEnded(call, leg, pbx.LegCallerGone)
	s.Gone(in)
}

// testRingsSeveral: several phones ring for one call; one can be stopped without the others.
func testRingsSeveral(s *Stage) {
	a, b, c := s.Phone("several.a", Behaviour{}), s.Phone("several.b", Behaviour{}), s.Phone("several.c", Behaviour{})
	out, call := s.Call()
	legA, inA := s.Ring(call, a)
	legB, inB := s.Ring(call, b)
	legC, inC := s.Ring(call, c)
	for _, leg := range []pbx.LegID{legA, legB, legC} {
		s.Told(pbx.LegRinging, call, leg)
	}
	s.Must(s.Switch.Release(s.Ctx, call, legB, pbx.LegCancelled), "release")
	s.LegEnded(call, legB, pbx.LegCancelled)
	s.Gone(inB)
	if inA.Passed(MarkEnded) || inC.Passed(MarkEnded) || out.Passed(MarkEnded) {
		s.Error("releasing one leg ended more")
	}
	s.Must(out.Cancel(s.Ctx), "give up")
	s.Ended(call, pbx.EndAbandoned)
	s.LegEnded(call, legA, pbx.LegCancelled)
	s.LegEnded(call, legC, pbx.LegCancelled)
	s.Gone(inA)
	s.Gone(inC)
}

// testFirstAnswerWins: the winner is connected, the loser told to stop.
func testFirstAnswerWins(s *Stage) {
	a, b := s.Phone("first.a", Behaviour{}), s.Phone("first.b", Behaviour{})
	out, call := s.Call()
	legA, inA := s.Ring(call, a)
	legB, inB := s.Ring(call, b)
	inB.Answer()
	s.Told(pbx.LegAnswered, call, legB)
	s.Must(s.Switch.Connect(s.Ctx, call, legB), "connect")
	s.Must(s.Switch.Release(s.Ctx, call, legA, pbx.LegCancelled), "release")
	s.Hear(out, inB)
	s.LegEnded(call, legA, pbx.LegCancelled)
	s.Gone(inA)
	s.Must(inB.HangUp(s.Ctx), "hang up")
	s.LegEnded(call, legB, pbx.LegHungUp)
	s.Ended(call, pbx.EndByAgent)
}

// testAnswerTogether: two phones pick up in the same millisecond. Both are told; only the connected one gets the caller.
func testAnswerTogether(s *Stage) {
	now := make(chan struct{})
	a := s.Phone("together.a", Behaviour{Answer: true, Barrier: now})
	b := s.Phone("together.b", Behaviour{Answer: true, Barrier: now})
	out, call := s.Call()
	legA, inA := s.Ring(call, a)
	legB, inB := s.Ring(call, b)
	s.Told(pbx.LegRinging, call, legA)
	s.Told(pbx.LegRinging, call, legB)
	close(now)
	first := s.Told(pbx.LegAnswered, call, "")
	winner, loser, in, other := legA, legB, inA, inB
	if first.Leg == legB {
		winner, loser, in, other = legB, legA, inB, inA
	}
	var both sync.WaitGroup
	both.Go(func() { s.Check(s.Switch.Connect(s.Ctx, call, winner), "connect") })
	both.Go(func() {
		if err := s.Switch.Release(s.Ctx, call, loser, pbx.LegCancelled); !errors.Is(err, pbx.ErrGone) { // it may have been picked up just then, and be let go already
			s.Check(err, "release")
		}
	})
	both.Wait()
	s.Hear(out, in)
	s.LegEnded(call, loser, pbx.LegCancelled)
	s.Gone(other)
	if in.Passed(MarkEnded) {
		s.Error("the winner was dropped")
	}
}

// Check is must for other goroutines than the test's own.
func (s *Stage) Check(err error, what string) {
	s.Helper()
	if err != nil {
		s.Errorf("%s: %v", what, err)
	}
}

package pbxtest

import (
	"sync"
	"time"

	"hotline/pbx"
)

// testOffer: the shortest way of a call, and what is told of it.
func testOffer(s *stage) {
	agent := s.phone("offer", Behaviour{})
	dialled := time.Now()
	out, call := s.call()
	arrival := s.told(pbx.CallArrived, call, "").Arrival
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
	leg, in := s.ring(call, agent)
	if in.CallerNumber() != "13800138000" || in.CallerName() != "Zhang" {
		s.Errorf("the phone shows %q %q", in.CallerNumber(), in.CallerName())
	}
	if e := s.told(pbx.LegRinging, call, leg); e.Phone != "offer" {
		s.Errorf("rings at %q", e.Phone)
	}
	if out.Passed(MarkAnswered) {
		s.Error("the caller was answered before a human was")
	}
	in.Answer()
	s.told(pbx.LegAnswered, call, leg)
	if out.Passed(MarkAnswered) {
		s.Error("the caller was answered before Connect")
	}
	s.must(s.Switch.Connect(s.ctx, call, leg), "connect")
	s.must(out.WaitAnswered(s.ctx), "the caller to be answered")
	s.hear(out, in)
	s.must(s.Switch.Connect(s.ctx, call, leg), "connect once more")
	s.must(out.HangUp(s.ctx), "hang up")
	s.ended(call, pbx.EndByCaller)
	s.legEnded(call, leg, pbx.LegCallerGone)
	s.gone(in)
}

// testRingsSeveral: several phones ring for one call; one can be stopped without the others.
func testRingsSeveral(s *stage) {
	a, b, c := s.phone("several.a", Behaviour{}), s.phone("several.b", Behaviour{}), s.phone("several.c", Behaviour{})
	out, call := s.call()
	legA, inA := s.ring(call, a)
	legB, inB := s.ring(call, b)
	legC, inC := s.ring(call, c)
	for _, leg := range []pbx.LegID{legA, legB, legC} {
		s.told(pbx.LegRinging, call, leg)
	}
	s.must(s.Switch.Release(s.ctx, call, legB, pbx.LegCancelled), "release")
	s.legEnded(call, legB, pbx.LegCancelled)
	s.gone(inB)
	if inA.Passed(MarkEnded) || inC.Passed(MarkEnded) || out.Passed(MarkEnded) {
		s.Error("releasing one leg ended more")
	}
	s.must(out.Cancel(s.ctx), "give up")
	s.ended(call, pbx.EndAbandoned)
	s.legEnded(call, legA, pbx.LegCancelled)
	s.legEnded(call, legC, pbx.LegCancelled)
	s.gone(inA)
	s.gone(inC)
}

// testFirstAnswerWins: the winner is connected, the loser told to stop.
func testFirstAnswerWins(s *stage) {
	a, b := s.phone("first.a", Behaviour{}), s.phone("first.b", Behaviour{})
	out, call := s.call()
	legA, inA := s.ring(call, a)
	legB, inB := s.ring(call, b)
	inB.Answer()
	s.told(pbx.LegAnswered, call, legB)
	s.must(s.Switch.Connect(s.ctx, call, legB), "connect")
	s.must(s.Switch.Release(s.ctx, call, legA, pbx.LegCancelled), "release")
	s.hear(out, inB)
	s.legEnded(call, legA, pbx.LegCancelled)
	s.gone(inA)
	s.must(inB.HangUp(s.ctx), "hang up")
	s.legEnded(call, legB, pbx.LegHungUp)
	s.ended(call, pbx.EndByAgent)
}

// testAnswerTogether: two phones pick up in the same millisecond. Both are told; only the connected one gets the caller.
func testAnswerTogether(s *stage) {
	now := make(chan struct{})
	a := s.phone("together.a", Behaviour{Answer: true, Barrier: now})
	b := s.phone("together.b", Behaviour{Answer: true, Barrier: now})
	out, call := s.call()
	legA, inA := s.ring(call, a)
	legB, inB := s.ring(call, b)
	s.told(pbx.LegRinging, call, legA)
	s.told(pbx.LegRinging, call, legB)
	close(now)
	first := s.told(pbx.LegAnswered, call, "")
	winner, loser, in, other := legA, legB, inA, inB
	if first.Leg == legB {
		winner, loser, in, other = legB, legA, inB, inA
	}
	var both sync.WaitGroup
	both.Go(func() { s.check(s.Switch.Connect(s.ctx, call, winner), "connect") })
	both.Go(func() { s.check(s.Switch.Release(s.ctx, call, loser, pbx.LegCancelled), "release") })
	both.Wait()
	s.hear(out, in)
	s.legEnded(call, loser, pbx.LegCancelled)
	s.gone(other)
	if in.Passed(MarkEnded) {
		s.Error("the winner was dropped")
	}
}

// check is must for other goroutines than the test's own.
func (s *stage) check(err error, what string) {
	s.Helper()
	if err != nil {
		s.Errorf("%s: %v", what, err)
	}
}

package pbxtest

import (
	"errors"
	"sync"
	"time"

	"hotline/pbx"
)

// testAbandonWaiting: the caller gives up before any phone rang.
func testAbandonWaiting(s *stage) {
	out, call := s.call()
	s.must(out.Cancel(s.ctx), "give up")
	if e := s.ended(call, pbx.EndAbandoned); e.End.Ring != 1 {
		s.Errorf("abandoned in ring %d, want 1", e.End.Ring)
	}
}

// testAbandonRinging: the caller gives up while a phone rings, which stops.
func testAbandonRinging(s *stage) {
	agent := s.phone("abandoned", Behaviour{})
	out, call := s.call()
	leg, in := s.ring(call, agent)
	s.told(pbx.LegRinging, call, leg)
	s.must(out.Cancel(s.ctx), "give up")
	s.ended(call, pbx.EndAbandoned)
	s.legEnded(call, leg, pbx.LegCancelled)
	s.gone(in)
}

// testAbandonAnswered: a human picked up, the caller gives up before being connected. A human had answered.
func testAbandonAnswered(s *stage) {
	agent := s.phone("late", Behaviour{})
	out, call := s.call()
	leg, in := s.ring(call, agent)
	in.Answer()
	s.told(pbx.LegAnswered, call, leg)
	s.must(out.Cancel(s.ctx), "give up")
	s.ended(call, pbx.EndByCaller)
	s.legEnded(call, leg, pbx.LegCallerGone)
	s.gone(in)
}

func testCallerHangsUp(s *stage) {
	out, in, call, leg := s.talk(s.phone("caller.ends", Behaviour{}))
	s.must(out.HangUp(s.ctx), "hang up")
	s.ended(call, pbx.EndByCaller)
	s.legEnded(call, leg, pbx.LegCallerGone)
	s.gone(in)
}

func testAgentHangsUp(s *stage) {
	out, in, call, leg := s.talk(s.phone("agent.ends", Behaviour{}))
	s.must(in.HangUp(s.ctx), "hang up")
	s.legEnded(call, leg, pbx.LegHungUp)
	s.ended(call, pbx.EndByAgent)
	if end := s.gone(out); end.Here {
		s.Error("the caller's line stays open")
	}
}

// testBothHangUp: BYE crosses BYE. Either may count as first; there is one end.
func testBothHangUp(s *stage) {
	out, in, call, leg := s.talk(s.phone("both", Behaviour{}))
	var both sync.WaitGroup
	both.Go(func() { _ = out.HangUp(s.ctx) })
	both.Go(func() { _ = in.HangUp(s.ctx) })
	both.Wait()
	end := s.told(pbx.CallEnded, call, "").End.Code
	why := s.told(pbx.LegEnded, call, leg).LegEnd
	if end != pbx.EndByCaller && end != pbx.EndByAgent {
		s.Errorf("call ended by %q", end)
	}
	if why != pbx.LegHungUp && why != pbx.LegCallerGone {
		s.Errorf("leg ended by %q", why)
	}
}

// testBusy: the phone is in another call and says so.
func testBusy(s *stage) {
	agent := s.phone("busy", Behaviour{})
	s.talk(agent)
	agent.SetBehaviour(Behaviour{Decline: 486, Silent: true})
	_, call := s.call()
	leg := s.ask(call, "busy", 10*time.Second)
	s.legEnded(call, leg, pbx.LegBusy)
}

func testDeclines(s *stage) {
	for _, code := range []int{603, 486} {
		agent := s.phone("declines"+map[int]string{603: ".d", 486: ".b"}[code], Behaviour{Decline: code, AnswerAfter: 50 * time.Millisecond})
		out, call := s.call()
		leg := s.ask(call, agent.User(), 10*time.Second)
		s.legEnded(call, leg, pbx.LegDeclined)
		if out.Passed(MarkEnded) {
			s.Error("the caller was dropped with the leg")
		}
	}
}

// testRingsOut: nobody picks up in the time given to the switch.
func testRingsOut(s *stage) {
	agent := s.phone("slow", Behaviour{})
	out, call := s.call()
	began := time.Now()
	leg := s.ask(call, "slow", time.Second)
	s.legEnded(call, leg, pbx.LegNoAnswer)
	if took := time.Since(began); took < 900*time.Millisecond || took > 3*time.Second {
		s.Errorf("rang for %s, want 1 s", took)
	}
	in, err := agent.WaitInvite(s.ctx)
	s.must(err, "the phone to have rung")
	s.gone(in)
	if out.Passed(MarkEnded) {
		s.Error("the caller was dropped with the leg")
	}
}

// testUnreachable: no registration, and no account. Ring takes it; the leg's end says so.
func testUnreachable(s *stage) {
	s.provision("nowhere")
	s.Cleanup(func() { s.check(s.Accounts.DropPhone(s.ctx, "nowhere"), "drop") })
	out, call := s.call()
	s.legEnded(call, s.ask(call, "nowhere", 5*time.Second), pbx.LegUnreachable)
	s.legEnded(call, s.ask(call, "nobody", 5*time.Second), pbx.LegUnreachable)
	if out.Passed(MarkEnded) {
		s.Error("the caller was dropped with the leg")
	}
}

// testAnswersWhileCancelled: the agent's 200 crosses our CANCEL. The leg is over, the phone is not left in a dead call.
func testAnswersWhileCancelled(s *stage) {
	agent := s.phone("crossing", Behaviour{AnswerCancelled: true})
	out, call := s.call()
	leg, in := s.ring(call, agent)
	s.told(pbx.LegRinging, call, leg)
	s.must(s.Switch.Release(s.ctx, call, leg, pbx.LegCancelled), "release")
	s.legEnded(call, leg, pbx.LegCancelled)
	s.gone(in)
	for _, e := range s.log.All() {
		if e.Kind == pbx.LegAnswered && e.Leg == leg {
			s.Error("a cancelled leg was told as answered")
		}
	}
	if out.Passed(MarkEnded) {
		s.Error("the caller was dropped with the leg")
	}
}

// testWinnerDiesBeforeConnect: the winner hangs up before being connected. The caller hears on ringing and can be
// connected to another.
func testWinnerDiesBeforeConnect(s *stage) {
	a, b := s.phone("dies", Behaviour{}), s.phone("lives", Behaviour{})
	out, call := s.call()
	leg, in := s.ring(call, a)
	in.Answer()
	s.told(pbx.LegAnswered, call, leg)
	s.must(in.HangUp(s.ctx), "hang up")
	s.legEnded(call, leg, pbx.LegHungUp)
	if err := s.Switch.Connect(s.ctx, call, leg); !errors.Is(err, pbx.ErrGone) {
		s.Errorf("connect to a dead leg: %v, want gone", err)
	}
	if out.Passed(MarkAnswered) || out.Passed(MarkEnded) {
		s.Fatal("the caller did not stay ringing")
	}
	second, other := s.ring(call, b)
	other.Answer()
	s.told(pbx.LegAnswered, call, second)
	s.must(s.Switch.Connect(s.ctx, call, second), "connect the second")
	s.hear(out, other)
}

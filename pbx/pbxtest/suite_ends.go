package pbxtest

import (
	"errors"
	"sync"
	"time"

	"hotline/pbx"
)

// testAbandonWaiting: the caller gives up before any phone rang.
func testAbandonWaiting(s *Stage) {
	out, call := s.Call()
	s.Must(out.Cancel(s.Ctx), "give up")
	if e := s.Ended(call, pbx.EndAbandoned); e.End.Ring != 1 {
		s.Errorf("abandoned in ring %d, want 1", e.End.Ring)
	}
}

// testAbandonRinging: the caller gives up while a phone rings, which stops.
func testAbandonRinging(s *Stage) {
	agent := s.Phone("abandoned", Behaviour{})
	out, call := s.Call()
	leg, in := s.Ring(call, agent)
	s.Told(pbx.LegRinging, call, leg)
	s.Must(out.Cancel(s.Ctx), "give up")
	s.Ended(call, pbx.EndAbandoned)
	s.LegEnded(call, leg, pbx.LegCancelled)
	s.Gone(in)
}

// testAbandonAnswered: a human picked up, the caller gives up before being connected. A human had answered.
func testAbandonAnswered(s *Stage) {
	agent := s.Phone("late", Behaviour{})
	out, call := s.Call()
	leg, in := s.Ring(call, agent)
	in.Answer()
	s.Told(pbx.LegAnswered, call, leg)
	s.Must(out.Cancel(s.Ctx), "give up")
	s.Ended(call, pbx.EndByCaller)
	s.LegEnded(call, leg, pbx.LegCallerGone)
	s.Gone(in)
}

func testCallerHangsUp(s *Stage) {
	out, in, call, leg := s.Talk(s.Phone("caller.ends", Behaviour{}))
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Ended(call, pbx.EndByCaller)
	s.LegEnded(call, leg, pbx.LegCallerGone)
	s.Gone(in)
}

func testAgentHangsUp(s *Stage) {
	out, in, call, leg := s.Talk(s.Phone("agent.ends", Behaviour{}))
	s.Must(in.HangUp(s.Ctx), "hang up")
	s.LegEnded(call, leg, pbx.LegHungUp)
	s.Ended(call, pbx.EndByAgent)
	if end := s.Gone(out); end.Here {
		s.Error("the caller's line stays open")
	}
}

// testBothHangUp: BYE crosses BYE. Either may count as first; there is one end.
func testBothHangUp(s *Stage) {
	out, in, call, leg := s.Talk(s.Phone("both", Behaviour{}))
	var both sync.WaitGroup
	both.Go(func() { _ = out.HangUp(s.Ctx) })
	both.Go(func() { _ = in.HangUp(s.Ctx) })
	both.Wait()
	end := s.Told(pbx.CallEnded, call, "").End.Code
	why := s.Told(pbx.LegEnded, call, leg).LegEnd
	if end != pbx.EndByCaller && end != pbx.EndByAgent {
		s.Errorf("call ended by %q", end)
	}
	if why != pbx.LegHungUp && why != pbx.LegCallerGone {
		s.Errorf("leg ended by %q", why)
	}
}

// testBusy: the phone is in another call and says so.
func testBusy(s *Stage) {
	agent := s.Phone("busy", Behaviour{})
	s.Talk(agent)
	agent.SetBehaviour(Behaviour{Decline: 486, Silent: true})
	_, call := s.Call()
	leg := s.Ask(call, "busy", 10*time.Second)
	s.LegEnded(call, leg, pbx.LegBusy)
}

func testDeclines(s *Stage) {
	for _, code := range []int{603, 486} {
		agent := s.Phone("declines"+map[int]string{603: ".d", 486: ".b"}[code], Behaviour{Decline: code, AnswerAfter: 50 * time.Millisecond})
		out, call := s.Call()
		leg := s.Ask(call, agent.User(), 10*time.Second)
		s.LegEnded(call, leg, pbx.LegDeclined)
		if out.Passed(MarkEnded) {
			s.Error("the caller was dropped with the leg")
		}
	}
}

// testRingsOut: nobody picks up in the time given to the switch.
func testRingsOut(s *Stage) {
	agent := s.Phone("slow", Behaviour{})
	out, call := s.Call()
	began := time.Now()
	leg := s.Ask(call, "slow", time.Second)
	s.LegEnded(call, leg, pbx.LegNoAnswer)
	if took := time.Since(began); took < 900*time.Millisecond || took > 3*time.Second {
		s.Errorf("rang for %s, want 1 s", took)
	}
	in, err := agent.WaitInvite(s.Ctx)
	s.Must(err, "the phone to have rung")
	s.Gone(in)
	if out.Passed(MarkEnded) {
		s.Error("the caller was dropped with the leg")
	}
}

// testUnreachable: no registration, and no account. Ring takes it; the leg's end says so.
func testUnreachable(s *Stage) {
	s.Provision("nowhere")
	defer func() { s.Check(s.Accounts.DropPhone(s.Ctx, "nowhere"), "drop") }()
	out, call := s.Call()
	s.LegEnded(call, s.Ask(call, "nowhere", 5*time.Second), pbx.LegUnreachable)
	s.LegEnded(call, s.Ask(call, "nobody", 5*time.Second), pbx.LegUnreachable)
	if out.Passed(MarkEnded) {
		s.Error("the caller was dropped with the leg")
	}
}

// testAnswersWhileCancelled: the agent's 200 crosses our CANCEL. The leg is over, the phone is not left in a dead call.
func testAnswersWhileCancelled(s *Stage) {
	agent := s.Phone("crossing", Behaviour{AnswerCancelled: true})
	out, call := s.Call()
	leg, in := s.Ring(call, agent)
	s.Told(pbx.LegRinging, call, leg)
	s.Must(s.Switch.Release(s.Ctx, call, leg, pbx.LegCancelled), "release")
	s.LegEnded(call, leg, pbx.LegCancelled)
	s.Gone(in)
	for _, e := range s.Events.All() {
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
func testWinnerDiesBeforeConnect(s *Stage) {
	a, b := s.Phone("dies", Behaviour{}), s.Phone("lives", Behaviour{})
	out, call := s.Call()
	leg, in := s.Ring(call, a)
	in.Answer()
	s.Told(pbx.LegAnswered, call, leg)
	s.Must(in.HangUp(s.Ctx), "hang up")
	s.LegEnded(call, leg, pbx.LegHungUp)
	if err := s.Switch.Connect(s.Ctx, call, leg); !errors.Is(err, pbx.ErrGone) {
		s.Errorf("connect to a dead leg: %v, want gone", err)
	}
	if out.Passed(MarkAnswered) || out.Passed(MarkEnded) {
		s.Fatal("the caller did not stay ringing")
	}
	second, other := s.Ring(call, b)
	other.Answer()
	s.Told(pbx.LegAnswered, call, second)
	s.Must(s.Switch.Connect(s.Ctx, call, second), "connect the second")
	s.Hear(out, other)
}

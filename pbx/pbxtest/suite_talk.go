package pbxtest

import (
	"errors"
	"time"

	"hotline/pbx"
)

// testHold: music for the caller, and back; both idempotent; and hanging up out of hold.
func testHold(s *Stage) {
	out, in, call, leg := s.Talk(s.Phone("holds", Behaviour{}))
	s.Must(s.Switch.Hold(s.Ctx, call), "hold")
	s.Must(s.Switch.Hold(s.Ctx, call), "hold again")
	if s.Media {
		s.Must(out.WaitReceived(s.Ctx, 10), "the caller to hear music")
	} else {
		s.Must(out.WaitHeld(s.Ctx), "the caller to be silenced")
		s.Must(in.WaitHeld(s.Ctx), "the agent to be silenced")
	}
	s.Must(s.Switch.Resume(s.Ctx, call), "resume")
	s.Must(s.Switch.Resume(s.Ctx, call), "resume again")
	s.Hear(out, in)
	s.Must(s.Switch.Hold(s.Ctx, call), "hold")
	s.Must(out.HangUp(s.Ctx), "hang up out of hold")
	s.Ended(call, pbx.EndByCaller)
	s.LegEnded(call, leg, pbx.LegCallerGone)
	s.Gone(in)
}

// testHoldKey: the phone's own key is told.
func testHoldKey(s *Stage) {
	out, in, call, leg := s.Talk(s.Phone("holdkey", Behaviour{}))
	s.Must(in.Hold(s.Ctx), "press hold")
	s.Told(pbx.CallHeld, call, leg)
	if !s.Media {
		s.Must(out.WaitHeld(s.Ctx), "the caller to be silenced")
	}
	s.Must(in.Resume(s.Ctx), "press resume")
	s.Told(pbx.CallResumed, call, leg)
	s.Hear(out, in)
}

// testHandOver: the second agent answers and is connected; the first is dropped with the reason; the caller stays.
func testHandOver(s *Stage) {
	b := s.Phone("takes", Behaviour{})
	out, in, call, leg := s.Talk(s.Phone("gives", Behaviour{}))
	second, other := s.Ring(call, b)
	s.Hear(out, in) // the talk goes on while the other phone rings
	other.Answer()
	s.Told(pbx.LegAnswered, call, second)
	s.Must(s.Switch.Connect(s.Ctx, call, second), "connect the second")
	s.Hear(out, other)
	s.LegEnded(call, leg, pbx.LegHandedOver)
	s.Gone(in)
	s.Must(other.HangUp(s.Ctx), "hang up")
	s.LegEnded(call, second, pbx.LegHungUp)
	s.Ended(call, pbx.EndByAgent)
	s.Gone(out)
}

// testHandOverTalkerGone: the talker hangs up while the other phone still rings. The caller is not dropped, hears
// something, and is connected when the other answers.
func testHandOverTalkerGone(s *Stage) {
	b := s.Phone("waits", Behaviour{})
	out, in, call, leg := s.Talk(s.Phone("leaves", Behaviour{}))
	second, other := s.Ring(call, b)
	s.Must(in.HangUp(s.Ctx), "hang up")
	s.LegEnded(call, leg, pbx.LegHungUp)
	if s.Media {
		s.Must(out.WaitReceived(s.Ctx, 10), "the caller to hear ringing")
	} else {
		s.Must(out.WaitHeld(s.Ctx), "the caller to be put on hold")
	}
	other.Answer()
	s.Told(pbx.LegAnswered, call, second)
	s.Must(s.Switch.Connect(s.Ctx, call, second), "connect the second")
	s.Hear(out, other)
}

// testJoin: a third one joins; when one agent leaves, the talk goes on.
func testJoin(s *Stage) {
	b := s.Phone("joins", Behaviour{})
	out, in, call, leg := s.Talk(s.Phone("stays", Behaviour{}))
	second, other := s.Ring(call, b)
	other.Answer()
	s.Told(pbx.LegAnswered, call, second)
	err := s.Switch.Join(s.Ctx, call, second)
	if errors.Is(err, pbx.ErrUnsupported) {
		return
	}
	s.Must(err, "join")
	s.Must(other.WaitReceived(s.Ctx, 10), "the third to hear")
	s.Must(in.HangUp(s.Ctx), "the first to leave")
	s.LegEnded(call, leg, pbx.LegHungUp)
	s.Hear(out, other)
	s.Must(other.HangUp(s.Ctx), "the last to leave")
	s.LegEnded(call, second, pbx.LegHungUp)
	s.Ended(call, pbx.EndByAgent)
}

// testHangUpSystem: a supervisor ends a call; both sides are free.
func testHangUpSystem(s *Stage) {
	out, in, call, leg := s.Talk(s.Phone("ended", Behaviour{}))
	s.Must(s.Switch.HangUp(s.Ctx, call, pbx.EndBySystem), "hang up")
	s.Ended(call, pbx.EndBySystem)
	s.LegEnded(call, leg, pbx.LegCallerGone)
	s.Gone(in)
	s.Gone(out)
}

// testRefuse: a call is refused without being answered.
func testRefuse(s *Stage) {
	out, call := s.Call()
	s.Must(s.Switch.HangUp(s.Ctx, call, pbx.EndRefused), "refuse")
	s.Ended(call, pbx.EndRefused)
	if end := s.Gone(out); end.Code < 400 {
		s.Errorf("refused with %d", end.Code)
	}
}

// testGone: what is asked for a call or leg that ended says so.
func testGone(s *Stage) {
	agent := s.Phone("toolate", Behaviour{})
	out, call := s.Call()
	leg, in := s.Ring(call, agent)
	s.Must(out.Cancel(s.Ctx), "give up")
	s.Ended(call, pbx.EndAbandoned)
	s.LegEnded(call, leg, pbx.LegCancelled)
	s.Gone(in)
	for what, err := range map[string]error{
		"ring":     s.Switch.Ring(s.Ctx, call, pbx.Ring{Leg: pbx.NewLegID(call, agent.User(), 99), Phone: agent.User(), Timeout: time.Second}),
		"connect":  s.Switch.Connect(s.Ctx, call, leg),
		"release":  s.Switch.Release(s.Ctx, call, leg, pbx.LegCancelled),
		"hold":     s.Switch.Hold(s.Ctx, call),
		"resume":   s.Switch.Resume(s.Ctx, call),
		"hang up":  s.Switch.HangUp(s.Ctx, call, pbx.EndBySystem),
		"no call":  s.Switch.HangUp(s.Ctx, pbx.NewCallID(s.Switch.Name(), "none"), pbx.EndBySystem),
		"stranger": s.Switch.Hold(s.Ctx, "elsewhere-1.2"),
	} {
		if !errors.Is(err, pbx.ErrGone) {
			s.Errorf("%s: %v, want gone", what, err)
		}
	}
}

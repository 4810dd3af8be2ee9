package pbxtest

import (
	"errors"
	"time"

	"hotline/pbx"
)

// testHold: music for the caller, and back; both idempotent; and hanging up out of hold.
func testHold(s *stage) {
	out, in, call, leg := s.talk(s.phone("holds", Behaviour{}))
	s.must(s.Switch.Hold(s.ctx, call), "hold")
	s.must(s.Switch.Hold(s.ctx, call), "hold again")
	s.must(out.WaitReceived(s.ctx, 10), "the caller to hear music")
	s.must(s.Switch.Resume(s.ctx, call), "resume")
	s.must(s.Switch.Resume(s.ctx, call), "resume again")
	s.hear(out, in)
	s.must(s.Switch.Hold(s.ctx, call), "hold")
	s.must(out.HangUp(s.ctx), "hang up out of hold")
	s.ended(call, pbx.EndByCaller)
	s.legEnded(call, leg, pbx.LegCallerGone)
	s.gone(in)
}

// testHoldKey: the phone's own key is told.
func testHoldKey(s *stage) {
	out, in, call, leg := s.talk(s.phone("holdkey", Behaviour{}))
	s.must(in.Hold(s.ctx), "press hold")
	s.told(pbx.CallHeld, call, leg)
	s.must(in.Resume(s.ctx), "press resume")
	s.told(pbx.CallResumed, call, leg)
	s.hear(out, in)
}

// testHandOver: the second agent answers and is connected; the first is dropped with the reason; the caller stays.
func testHandOver(s *stage) {
	b := s.phone("takes", Behaviour{})
	out, in, call, leg := s.talk(s.phone("gives", Behaviour{}))
	second, other := s.ring(call, b)
	s.hear(out, in) // the talk goes on while the other phone rings
	other.Answer()
	s.told(pbx.LegAnswered, call, second)
	s.must(s.Switch.Connect(s.ctx, call, second), "connect the second")
	s.hear(out, other)
	s.legEnded(call, leg, pbx.LegHandedOver)
	s.gone(in)
	s.must(other.HangUp(s.ctx), "hang up")
	s.legEnded(call, second, pbx.LegHungUp)
	s.ended(call, pbx.EndByAgent)
	s.gone(out)
}

// testHandOverTalkerGone: the talker hangs up while the other phone still rings. The caller is not dropped, hears
// something, and is connected when the other answers.
func testHandOverTalkerGone(s *stage) {
	b := s.phone("waits", Behaviour{})
	out, in, call, leg := s.talk(s.phone("leaves", Behaviour{}))
	second, other := s.ring(call, b)
	s.must(in.HangUp(s.ctx), "hang up")
	s.legEnded(call, leg, pbx.LegHungUp)
	s.must(out.WaitReceived(s.ctx, 10), "the caller to hear ringing")
	other.Answer()
	s.told(pbx.LegAnswered, call, second)
	s.must(s.Switch.Connect(s.ctx, call, second), "connect the second")
	s.hear(out, other)
}

// testJoin: a third one joins; when one agent leaves, the talk goes on.
func testJoin(s *stage) {
	b := s.phone("joins", Behaviour{})
	out, in, call, leg := s.talk(s.phone("stays", Behaviour{}))
	second, other := s.ring(call, b)
	other.Answer()
	s.told(pbx.LegAnswered, call, second)
	err := s.Switch.Join(s.ctx, call, second)
	if errors.Is(err, pbx.ErrUnsupported) {
		return
	}
	s.must(err, "join")
	s.must(other.WaitReceived(s.ctx, 10), "the third to hear")
	s.must(in.HangUp(s.ctx), "the first to leave")
	s.legEnded(call, leg, pbx.LegHungUp)
	s.hear(out, other)
	s.must(other.HangUp(s.ctx), "the last to leave")
	s.legEnded(call, second, pbx.LegHungUp)
	s.ended(call, pbx.EndByAgent)
}

// testHangUpSystem: a supervisor ends a call; both sides are free.
func testHangUpSystem(s *stage) {
	out, in, call, leg := s.talk(s.phone("ended", Behaviour{}))
	s.must(s.Switch.HangUp(s.ctx, call, pbx.EndBySystem), "hang up")
	s.ended(call, pbx.EndBySystem)
	s.legEnded(call, leg, pbx.LegCallerGone)
	s.gone(in)
	s.gone(out)
}

// testRefuse: a call is refused without being answered.
func testRefuse(s *stage) {
	out, call := s.call()
	s.must(s.Switch.HangUp(s.ctx, call, pbx.EndRefused), "refuse")
	s.ended(call, pbx.EndRefused)
	if end := s.gone(out); end.Code < 400 {
		s.Errorf("refused with %d", end.Code)
	}
}

// testGone: what is asked for a call or leg that ended says so.
func testGone(s *stage) {
	agent := s.phone("toolate", Behaviour{})
	out, call := s.call()
	leg, in := s.ring(call, agent)
	s.must(out.Cancel(s.ctx), "give up")
	s.ended(call, pbx.EndAbandoned)
	s.legEnded(call, leg, pbx.LegCancelled)
	s.gone(in)
	for what, err := range map[string]error{
		"ring":     s.Switch.Ring(s.ctx, call, pbx.Ring{Leg: pbx.NewLegID(call, agent.User(), 99), Phone: agent.User(), Timeout: time.Second}),
		"connect":  s.Switch.Connect(s.ctx, call, leg),
		"release":  s.Switch.Release(s.ctx, call, leg, pbx.LegCancelled),
		"hold":     s.Switch.Hold(s.ctx, call),
		"resume":   s.Switch.Resume(s.ctx, call),
		"hang up":  s.Switch.HangUp(s.ctx, call, pbx.EndBySystem),
		"no call":  s.Switch.HangUp(s.ctx, pbx.NewCallID(s.Switch.Name(), "none"), pbx.EndBySystem),
		"stranger": s.Switch.Hold(s.ctx, "elsewhere-1.2"),
	} {
		if !errors.Is(err, pbx.ErrGone) {
			s.Errorf("%s: %v, want gone", what, err)
		}
	}
}

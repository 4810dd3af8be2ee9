package asterisk_test

import (
	"testing"

	"hotline/pbx"
	"hotline/pbx/pbxtest"
)

// bare waits until nothing at all is left on the switch: no channel, no snoop, no bridge.
func bare(t *testing.T, real *pbxtest.Asterisk) {
	t.Helper()
	for _, what := range []string{"/channels", "/bridges"} {
		until(t, what+" to be empty", func() bool {
			_, left := real.ARI("GET", what, nil)
			return string(left) == "[]"
		})
	}
}

// listened brings a switch to where boss hears a talk.
func listened(s *pbxtest.Stage, mode pbx.MonitorMode) (out, in, listener *pbxtest.PhoneCall, call pbx.CallID, ear pbx.LegID) {
	s.Helper()
	boss := s.Phone("boss", pbxtest.Behaviour{})
	out, in, call, _ = s.Talk(s.Phone("agent", pbxtest.Behaviour{}))
	ear, listener = s.Ring(call, boss)
	listener.Answer()
	s.Told(pbx.LegAnswered, call, ear)
	s.Must(s.Switch.(pbx.Monitor).Monitor(s.Ctx, call, ear, mode), "monitor")
	s.Must(listener.WaitReceived(s.Ctx, 10), "the listener to hear")
	return out, in, listener, call, ear
}

// TestNothingIsLeftOfListening: however a talk that was listened to ends, no snoop channel and no bridge stays.
func TestNothingIsLeftOfListening(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	for name, end := range map[string]func(s *pbxtest.Stage, out, in, listener *pbxtest.PhoneCall, call pbx.CallID, ear pbx.LegID){
		"the caller hangs up": func(s *pbxtest.Stage, out, _, _ *pbxtest.PhoneCall, _ pbx.CallID, _ pbx.LegID) {
			s.Must(out.HangUp(s.Ctx), "hang up")
		},
		"the agent hangs up": func(s *pbxtest.Stage, _, in, _ *pbxtest.PhoneCall, _ pbx.CallID, _ pbx.LegID) {
			s.Must(in.HangUp(s.Ctx), "hang up")
		},
		"the listener hangs up first": func(s *pbxtest.Stage, out, _, listener *pbxtest.PhoneCall, call pbx.CallID, ear pbx.LegID) {
			s.Must(listener.HangUp(s.Ctx), "hang up")
			s.LegEnded(call, ear, pbx.LegHungUp)
			s.Must(out.HangUp(s.Ctx), "hang up")
		},
		"after changes": func(s *pbxtest.Stage, out, _, _ *pbxtest.PhoneCall, call pbx.CallID, ear pbx.LegID) {
			for _, mode := range []pbx.MonitorMode{pbx.MonitorWhisper, pbx.MonitorBarge, pbx.MonitorListen, pbx.MonitorWhisper} {
				s.Must(s.Switch.(pbx.Monitor).Monitor(s.Ctx, call, ear, mode), "monitor "+string(mode))
			}
			s.Must(out.HangUp(s.Ctx), "hang up")
		},
		"the system ends it": func(s *pbxtest.Stage, _, _, _ *pbxtest.PhoneCall, call pbx.CallID, _ pbx.LegID) {
			s.Must(s.Switch.HangUp(s.Ctx, call, pbx.EndBySystem), "hang up")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
			out, in, listener, call, ear := listened(s, pbx.MonitorListen)
			end(s, out, in, listener, call, ear)
			s.Told(pbx.CallEnded, call, "")
			s.Gone(listener)
			bare(t, real)
		})
	}
}

// TestListenerIsFoundAndEnded: after a crash of the process the listener is found as one, never taken for somebody who talks,
// and ending them leaves the talk alone and nothing else behind.
func TestListenerIsFoundAndEnded(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	out, in, listener, call, ear := listened(s, pbx.MonitorWhisper)
	s.Abandon()
	next := newDriver(t, real, nil)
	s.TakeOver(next, next)
	states := map[string]pbx.LegState{}
	for _, leg := range s.Told(pbx.CallAdopted, call, "").Legs {
		states[leg.Phone] = leg.State
	}
	if states["boss"] != pbx.LegIsMonitoring || states["agent"] != pbx.LegIsConnected || len(states) != 2 {
		t.Errorf("found %v", states)
	}
	s.Must(next.Monitor(s.Ctx, call, ear, pbx.MonitorListen), "a listener who was found can be changed")
	s.Must(listener.WaitReceived(s.Ctx, 10), "the listener to hear")
	s.Must(s.Switch.Release(s.Ctx, call, ear, pbx.LegCancelled), "end the listener")
	s.Gone(listener)
	s.Hear(out, in)
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Ended(call, pbx.EndByCaller)
	bare(t, real)
}

// TestOrphanedEarIsSweptAway: caller and agent leave while no controller is there; the listener would sit in an empty room.
func TestOrphanedEarIsSweptAway(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	out, in, listener, _, _ := listened(s, pbx.MonitorListen)
	s.Abandon()
	s.Must(out.HangUp(s.Ctx), "hang up")
	next := newDriver(t, real, nil)
	s.TakeOver(next, next)
	s.Gone(in)
	s.Gone(listener)
	bare(t, real)
}

// TestCallerFoundAloneIsHeld: their agent's phone died while no controller was there. They can be given music, and an agent.
func TestCallerFoundAloneIsHeld(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	second := s.Phone("second", pbxtest.Behaviour{})
	out, in, call, _ := s.Talk(s.Phone("first", pbxtest.Behaviour{}))
	third, ringing := s.Ring(call, second) // a phone in play keeps the call up when the talker leaves
	s.Abandon()
	s.Must(in.HangUp(s.Ctx), "hang up")
	next := newDriver(t, real, nil)
	s.TakeOver(next, next)
	s.Must(s.Switch.Release(s.Ctx, call, third, pbx.LegCancelled), "release")
	s.Gone(ringing)
	s.Must(s.Switch.Hold(s.Ctx, call), "hold")
	s.Must(out.WaitReceived(s.Ctx, 25), "the caller to hear music")
	leg, back := s.Ring(call, second)
	back.Answer()
	s.Told(pbx.LegAnswered, call, leg)
	s.Must(s.Switch.Connect(s.Ctx, call, leg), "connect")
	s.Hear(out, back)
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Ended(call, pbx.EndByCaller)
	bare(t, real)
}

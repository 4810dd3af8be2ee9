package pbxtest

import (
	"errors"

	"hotline/pbx"
)

// The tones that caller, agents and supervisor say, in Hz.
const (
	toneCaller = 450
	toneAgent  = 800
	toneBoss   = 1150
	toneSecond = 1500
)

// toned makes the stage's caller say a tone.
func (s *Stage) toned() {
	s.Caller = NewPhone(s.T, PhoneOptions{
		User: "13800138000", Server: s.SIPAddr, Websocket: s.Websocket, TCP: s.TCP, IP: s.TrunkIP, Behaviour: Behaviour{Tone: toneCaller},
	})
	s.Cleanup(s.settle) // while this caller can still hang up
}

// Hears checks that a phone hears each of some tones.
func (s *Stage) Hears(who *PhoneCall, tones ...int) {
	s.Helper()
	for _, hz := range tones {
		s.Must(who.WaitTone(s.Ctx, hz), "to hear a tone")
	}
}

// Spared checks that a phone hears none of some tones for half a second.
func (s *Stage) Spared(who *PhoneCall, tones ...int) {
	s.Helper()
	for _, hz := range tones {
		s.Must(who.NeverTone(s.Ctx, hz), "not to hear a tone")
	}
}

// cannot reports that the switch cannot do something, after checking that it says so.
func (s *Stage) cannot(a pbx.Ability, err error) bool {
	s.Helper()
	if pbx.Can(s.Switch, a) {
		return false
	}
	if !errors.Is(err, pbx.ErrUnsupported) {
		s.Errorf("%s: %v, want unsupported", a, err)
	}
	return true
}

// monitor asks a switch for it, as whoever holds only pbx.Switch does.
func (s *Stage) monitor(call pbx.CallID, leg pbx.LegID, mode pbx.MonitorMode) error {
	m, ok := s.Switch.(pbx.Monitor)
	if !ok {
		return pbx.ErrUnsupported
	}
	return m.Monitor(s.Ctx, call, leg, mode)
}

// testMonitor: who hears whom in each mode, changes in place, the hand-over of a talk that is listened to, and its end.
func testMonitor(s *Stage) {
	s.toned()
	boss, second := s.Phone("boss", Behaviour{Tone: toneBoss}), s.Phone("second", Behaviour{Tone: toneSecond})
	out, in, call, _ := s.Talk(s.Phone("agent", Behaviour{Tone: toneAgent}))
	ear, listener := s.Ring(call, boss)
	listener.Answer()
	s.Told(pbx.LegAnswered, call, ear)
	err := s.monitor(call, ear, pbx.MonitorListen)
	if s.cannot(pbx.CanMonitor, err) {
		return
	}
	s.Must(err, "listen")
	s.Hears(listener, toneCaller, toneAgent)
	s.Spared(in, toneBoss)
	s.Spared(out, toneBoss)

	s.Must(s.monitor(call, ear, pbx.MonitorWhisper), "whisper")
	s.Hears(in, toneBoss, toneCaller)
	s.Hears(out, toneAgent)
	s.Spared(out, toneBoss)
	s.Hears(listener, toneCaller, toneAgent)

	s.Must(s.monitor(call, ear, pbx.MonitorBarge), "barge")
	s.Hears(out, toneBoss, toneAgent)
	s.Hears(in, toneBoss, toneCaller)
	s.Hears(listener, toneCaller, toneAgent)

	s.Must(s.monitor(call, ear, pbx.MonitorListen), "listen again")
	s.Must(in.WaitNoTone(s.Ctx, toneBoss), "the agent to be left alone")
	s.Must(out.WaitNoTone(s.Ctx, toneBoss), "the caller to be left alone")
	s.Hears(listener, toneCaller, toneAgent)
	s.Must(s.monitor(call, ear, pbx.MonitorListen), "listen, said twice")

	next, other := s.Ring(call, second)
	other.Answer()
	s.Told(pbx.LegAnswered, call, next)
	s.Must(s.Switch.Connect(s.Ctx, call, next), "hand over")
	s.Gone(in)
	s.Must(s.monitor(call, ear, pbx.MonitorListen), "follow the talk")
	s.Hears(listener, toneCaller, toneSecond)
	s.Spared(out, toneBoss)

	s.Must(s.Switch.Release(s.Ctx, call, ear, pbx.LegCancelled), "stop")
	s.LegEnded(call, ear, pbx.LegCancelled)
	s.Gone(listener)
	s.Hears(out, toneSecond)
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Ended(call, pbx.EndByCaller)
	s.Gone(other)
}

// testMonitorEnds: a talk that is listened to ends for all, and a listener alone keeps no call alive.
func testMonitorEnds(s *Stage) {
	boss := s.Phone("hearer", Behaviour{})
	out, in, call, leg := s.Talk(s.Phone("heard", Behaviour{}))
	ear, listener := s.Ring(call, boss)
	listener.Answer()
	s.Told(pbx.LegAnswered, call, ear)
	err := s.monitor(call, ear, pbx.MonitorWhisper)
	if s.cannot(pbx.CanMonitor, err) {
		return
	}
	s.Must(err, "whisper")
	s.Must(listener.WaitReceived(s.Ctx, 10), "the listener to hear")
	s.Must(in.HangUp(s.Ctx), "the agent to hang up")
	s.LegEnded(call, leg, pbx.LegHungUp)
	s.Ended(call, pbx.EndByAgent)
	s.LegEnded(call, ear, pbx.LegCallerGone)
	s.Gone(out)
	s.Gone(listener)
}

// testMonitorTakesOver: Connect makes the talker of who listens; the former one is dropped.
func testMonitorTakesOver(s *Stage) {
	s.toned()
	boss := s.Phone("taker", Behaviour{Tone: toneBoss})
	out, in, call, leg := s.Talk(s.Phone("taken", Behaviour{Tone: toneAgent}))
	ear, listener := s.Ring(call, boss)
	listener.Answer()
	s.Told(pbx.LegAnswered, call, ear)
	err := s.monitor(call, ear, pbx.MonitorListen)
	if s.cannot(pbx.CanMonitor, err) {
		return
	}
	s.Must(err, "listen")
	s.Hears(listener, toneAgent)
	s.Must(s.Switch.Connect(s.Ctx, call, ear), "take over")
	s.LegEnded(call, leg, pbx.LegHandedOver)
	s.Gone(in)
	s.Hear(out, listener)
	s.Must(listener.HangUp(s.Ctx), "hang up")
	s.Ended(call, pbx.EndByAgent)
	s.Gone(out)
}

// testConference: three hear each other, the expert stays through a hand-over and through the caller's hold.
func testConference(s *Stage) {
	s.toned()
	expert, second := s.Phone("expert", Behaviour{Tone: toneBoss}), s.Phone("after", Behaviour{Tone: toneSecond})
	out, in, call, leg := s.Talk(s.Phone("asker", Behaviour{Tone: toneAgent}))
	third, guest := s.Ring(call, expert)
	guest.Answer()
	s.Told(pbx.LegAnswered, call, third)
	s.Must(s.Switch.Hold(s.Ctx, call), "hold the caller")
	err := s.Switch.Join(s.Ctx, call, third)
	if s.cannot(pbx.CanJoin, err) {
		return
	}
	s.Must(err, "join")
	s.Hears(in, toneBoss)
	s.Hears(guest, toneAgent)
	s.Spared(out, toneBoss, toneAgent) // agent and expert talk about the caller, who hears music
	s.Must(s.Switch.Resume(s.Ctx, call), "resume")
	s.Hears(out, toneAgent, toneBoss)
	s.Hears(in, toneCaller, toneBoss)
	s.Hears(guest, toneCaller, toneAgent)

	next, other := s.Ring(call, second)
	other.Answer()
	s.Told(pbx.LegAnswered, call, next)
	s.Must(s.Switch.Connect(s.Ctx, call, next), "hand over")
	s.LegEnded(call, leg, pbx.LegHandedOver)
	s.Gone(in)
	s.Hears(out, toneSecond, toneBoss)
	s.Hears(guest, toneCaller, toneSecond)
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Ended(call, pbx.EndByCaller)
	s.LegEnded(call, third, pbx.LegCallerGone)
	s.Gone(guest)
	s.Gone(other)
}

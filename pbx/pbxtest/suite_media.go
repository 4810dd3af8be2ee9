package pbxtest

import (
	"errors"

	"hotline/pbx"
)

// testPlay: the machine answers and says its piece; that is no human's answer.
func testPlay(s *Stage) {
	out, call := s.Call()
	err := s.Switch.Play(s.Ctx, call, "tone:busy;tonezone=cn")
	if !s.Media {
		if !errors.Is(err, pbx.ErrUnsupported) {
			s.Errorf("play: %v, want unsupported", err)
		}
		return
	}
	s.Must(err, "play a tone")
	s.Must(out.WaitAnswered(s.Ctx), "the machine to answer")
	s.Must(out.WaitReceived(s.Ctx, 10), "the tone to be heard")
	if err := s.Switch.Play(s.Ctx, call, "http://elsewhere/x"); !errors.Is(err, pbx.ErrUnsupported) {
		s.Errorf("play from elsewhere: %v", err)
	}
	if err := s.Switch.Play(s.Ctx, call, "sound:../../etc/passwd"); !errors.Is(err, pbx.ErrUnsupported) {
		s.Errorf("play a path upwards: %v", err)
	}
	s.Must(s.Switch.HangUp(s.Ctx, call, pbx.EndAfterPlay), "hang up")
	s.Ended(call, pbx.EndAfterPlay)
	s.Gone(out)

	out, call = s.Call()
	s.Must(s.Switch.Play(s.Ctx, call, "sound:vm-goodbye"), "play a sound")
	s.Told(pbx.PlayEnded, call, "")
	s.Must(out.HangUp(s.Ctx), "hang up")
	s.Ended(call, pbx.EndAbandoned)

	// A call that heard a message and is then taken by a human is a talk like any other.
	agent := s.Phone("aftermath", Behaviour{})
	out, call = s.Call()
	leg, in := s.Ring(call, agent)
	s.Must(s.Switch.Play(s.Ctx, call, "sound:vm-goodbye"), "play while a phone rings")
	s.Told(pbx.PlayEnded, call, "")
	in.Answer()
	s.Told(pbx.LegAnswered, call, leg)
	s.Must(s.Switch.Connect(s.Ctx, call, leg), "connect")
	s.Hear(out, in)
}

// testRecord: a talk is recorded under its name, once.
func testRecord(s *Stage) {
	out, in, call, _ := s.Talk(s.Phone("recorded", Behaviour{}))
	name := "test-" + call.Channel()
	err := s.Switch.Record(s.Ctx, call, name)
	if !s.Media {
		if !errors.Is(err, pbx.ErrUnsupported) {
			s.Errorf("record: %v, want unsupported", err)
		}
		return
	}
	s.Must(err, "record")
	s.Must(out.WaitReceived(s.Ctx, 10), "the caller to hear while recording")
	s.Must(in.WaitReceived(s.Ctx, 10), "the agent to hear while recording")
	if err := s.Switch.Record(s.Ctx, call, name); err == nil {
		s.Error("recorded twice under one name")
	}
	for _, bad := range []string{"", "../x", "a/b", ".hidden", "a b"} {
		if err := s.Switch.Record(s.Ctx, call, bad); err == nil {
			s.Errorf("recorded as %q", bad)
		}
	}
	s.Must(s.Switch.StopRecord(s.Ctx, call), "stop")
	s.Must(s.Switch.StopRecord(s.Ctx, call), "stop again")
	s.Hear(out, in)
	if err := s.Switch.Record(s.Ctx, call, name); err == nil {
		s.Error("recorded over an earlier recording")
	}
}

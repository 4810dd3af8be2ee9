package pbxtest

import (
	"errors"

	"hotline/pbx"
)

// testPlay: the machine answers and says its piece; that is no human's answer.
func testPlay(s *stage) {
	out, call := s.call()
	err := s.Switch.Play(s.ctx, call, "tone:busy;tonezone=cn")
	if !s.Media {
		if !errors.Is(err, pbx.ErrUnsupported) {
			s.Errorf("play: %v, want unsupported", err)
		}
		return
	}
	s.must(err, "play a tone")
	s.must(out.WaitAnswered(s.ctx), "the machine to answer")
	s.must(out.WaitReceived(s.ctx, 10), "the tone to be heard")
	if err := s.Switch.Play(s.ctx, call, "http://elsewhere/x"); !errors.Is(err, pbx.ErrUnsupported) {
		s.Errorf("play from elsewhere: %v", err)
	}
	if err := s.Switch.Play(s.ctx, call, "sound:../../etc/passwd"); !errors.Is(err, pbx.ErrUnsupported) {
		s.Errorf("play a path upwards: %v", err)
	}
	s.must(s.Switch.HangUp(s.ctx, call, pbx.EndAfterPlay), "hang up")
	s.ended(call, pbx.EndAfterPlay)
	s.gone(out)

	out, call = s.call()
	s.must(s.Switch.Play(s.ctx, call, "sound:vm-goodbye"), "play a sound")
	s.told(pbx.PlayEnded, call, "")
	s.must(out.HangUp(s.ctx), "hang up")
	s.ended(call, pbx.EndAbandoned)

	// A call that heard a message and is then taken by a human is a talk like any other.
	agent := s.phone("aftermath", Behaviour{})
	out, call = s.call()
	leg, in := s.ring(call, agent)
	s.must(s.Switch.Play(s.ctx, call, "sound:vm-goodbye"), "play while a phone rings")
	s.told(pbx.PlayEnded, call, "")
	in.Answer()
	s.told(pbx.LegAnswered, call, leg)
	s.must(s.Switch.Connect(s.ctx, call, leg), "connect")
	s.hear(out, in)
}

// testRecord: a talk is recorded under its name, once.
func testRecord(s *stage) {
	out, in, call, _ := s.talk(s.phone("recorded", Behaviour{}))
	name := "test-" + call.Channel()
	err := s.Switch.Record(s.ctx, call, name)
	if !s.Media {
		if !errors.Is(err, pbx.ErrUnsupported) {
			s.Errorf("record: %v, want unsupported", err)
		}
		return
	}
	s.must(err, "record")
	s.hear(out, in)
	if err := s.Switch.Record(s.ctx, call, name); err == nil {
		s.Error("recorded twice under one name")
	}
	for _, bad := range []string{"", "../x", "a/b", ".hidden", "a b"} {
		if err := s.Switch.Record(s.ctx, call, bad); err == nil {
			s.Errorf("recorded as %q", bad)
		}
	}
	s.must(s.Switch.StopRecord(s.ctx, call), "stop")
	s.must(s.Switch.StopRecord(s.ctx, call), "stop again")
	s.hear(out, in)
	if err := s.Switch.Record(s.ctx, call, name); err == nil {
		s.Error("recorded over an earlier recording")
	}
}

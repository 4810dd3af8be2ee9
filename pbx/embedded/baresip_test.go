package embedded_test

import (
	"fmt"
	"testing"
	"time"

	"hotline/pbx"
	"hotline/pbx/embedded"
	"hotline/pbx/pbxtest"
)

// TestForeignPhone: a phone that we did not write registers by digest, rings, answers, holds, resumes, takes a hand-over and
// hangs up, by UDP and by TCP.
func TestForeignPhone(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			s := pbxtest.NewStage(t, harness(newSwitch(t, embedded.Options{})))
			s.Provision("li")
			phone := pbxtest.StartBaresip(t, "127.0.0.21", fmt.Sprintf(
				"<sip:li@%s;transport=%s>;auth_user=li;auth_pass=secret-li;answermode=manual;regint=60;audio_codecs=PCMA", s.SIPAddr, transport))
			s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.PhoneUp && e.Phone == "li" }, "the phone to register")

			out, call := s.Call()
			leg := s.Ask(call, "li", 20*time.Second)
			phone.Wait("CALL_INCOMING")
			s.Told(pbx.LegRinging, call, leg)
			phone.Do("accept")
			s.Told(pbx.LegAnswered, call, leg)
			s.Must(s.Switch.Connect(s.Ctx, call, leg), "connect")
			phone.Wait("CALL_ESTABLISHED")
			s.Must(out.WaitReceived(s.Ctx, 20), "the caller to hear it")
			phone.Do("hold")
			s.Told(pbx.CallHeld, call, leg)
			s.Must(out.WaitHeld(s.Ctx), "the caller to be on hold")
			phone.Do("resume")
			s.Told(pbx.CallResumed, call, leg)
			s.Must(out.WaitReceived(s.Ctx, 20), "the caller to hear it again")
			s.Must(s.Switch.Hold(s.Ctx, call), "hold from the desk")
			s.Must(s.Switch.Resume(s.Ctx, call), "resume from the desk")
			s.Must(out.WaitReceived(s.Ctx, 20), "the caller to hear it still")
			phone.Do("hangup")
			s.LegEnded(call, leg, pbx.LegHungUp)
			s.Ended(call, pbx.EndByAgent)

			// It takes a talk over, so it makes the offer and the caller answers.
			out, in, call, first := s.Talk(s.Phone("wang", pbxtest.Behaviour{}))
			second := s.Ask(call, "li", 20*time.Second)
			phone.Wait("CALL_INCOMING")
			phone.Do("accept")
			s.Told(pbx.LegAnswered, call, second)
			s.Must(s.Switch.Connect(s.Ctx, call, second), "connect")
			s.LegEnded(call, first, pbx.LegHandedOver)
			s.Gone(in)
			s.Must(out.WaitReceived(s.Ctx, 20), "the caller to hear the second")
			s.Must(out.HangUp(s.Ctx), "hang up")
			s.Ended(call, pbx.EndByCaller)
			phone.Wait("CALL_CLOSED")

			// A call that is given up stops it.
			_, call = s.Call()
			leg = s.Ask(call, "li", 20*time.Second)
			phone.Wait("CALL_INCOMING")
			s.Must(s.Switch.Release(s.Ctx, call, leg, pbx.LegCancelled), "release")
			phone.Wait("CALL_CLOSED")
		})
	}
}

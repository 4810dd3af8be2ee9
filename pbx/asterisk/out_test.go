package asterisk_test

import (
	"fmt"
	"testing"
	"time"

	configs "hotline/configs/asterisk"
	"hotline/pbx"
	"hotline/pbx/pbxtest"
)

// provider is the trunk's other side: where calls out arrive, and everything that leaves can be counted.
type provider struct {
	*pbxtest.Phone
	real *pbxtest.Asterisk
}

// withProvider starts an Asterisk whose way out leads to a phone of the test.
func withProvider(t *testing.T) provider {
	t.Helper()
	var p provider
	p.real = pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{Adjust: func(plan *configs.Plan) {
		p.Phone = pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "provider", Server: plan.SIP, IP: plan.Trunks[0].Addresses[0]})
		plan.Outbound = &configs.Outbound{Address: p.Addr().String(), CallerID: "4000000000"}
	}})
	return p
}

// dialled rings the agent for a call out, has them answer and the number dialled. The provider's side rings or does as told.
func dialled(s *pbxtest.Stage, p provider, agent *pbxtest.Phone, unique string) (call pbx.CallID, near, far *pbxtest.PhoneCall) {
	s.Helper()
	call = pbx.NewOutID("a", unique)
	out := s.Switch.(pbx.Dialer)
	s.Must(out.Dial(s.Ctx, pbx.Out{Call: call, Phone: agent.User(), Number: "13800138000", Name: "王芳", Timeout: 30 * time.Second}), "dial")
	near, err := agent.WaitInvite(s.Ctx)
	s.Must(err, "the agent's phone to ring")
	near.Answer()
	s.Told(pbx.OutPhone, call, "")
	s.Must(out.Reach(s.Ctx, call, "13800138000", 30*time.Second), "reach")
	far, err = p.WaitInvite(s.Ctx)
	s.Must(err, "the number to be dialled")
	return call, near, far
}

// outEnded waits for the end of a call out and for nothing to be left on the switch.
func outEnded(s *pbxtest.Stage, p provider, call pbx.CallID, want pbx.OutEnd) pbx.Event {
	s.Helper()
	e := s.Told(pbx.OutEnded, call, "")
	if e.OutEnd != want {
		s.Errorf("ended by %q, want %q\n%s", e.OutEnd, want, s.Events)
	}
	bare(s.T, p.real)
	return e
}

// TestCallOut: the agent's phone first, then the number, shown as the hotline and nobody else; both hear each other; each way
// to end it has its word; nothing stays on the switch; and no caller's call is told of.
func TestCallOut(t *testing.T) {
	p := withProvider(t)
	for name, c := range map[string]struct {
		does pbxtest.Behaviour
		end  func(s *pbxtest.Stage, call pbx.CallID, near, far *pbxtest.PhoneCall)
		want pbx.OutEnd
	}{
		"the customer hangs up": {end: func(s *pbxtest.Stage, call pbx.CallID, near, far *pbxtest.PhoneCall) {
			far.Answer()
			s.Told(pbx.OutAnswered, call, "")
			s.Hear(near, far)
			s.Must(far.HangUp(s.Ctx), "hang up")
		}, want: pbx.OutByCustomer},
		"the agent hangs up": {end: func(s *pbxtest.Stage, call pbx.CallID, near, far *pbxtest.PhoneCall) {
			far.Answer()
			s.Told(pbx.OutAnswered, call, "")
			s.Hear(near, far)
			s.Must(near.HangUp(s.Ctx), "hang up")
		}, want: pbx.OutByAgent},
		"the agent gives up": {end: func(s *pbxtest.Stage, call pbx.CallID, near, _ *pbxtest.PhoneCall) {
			s.Told(pbx.OutRinging, call, "")
			s.Must(near.WaitReceived(s.Ctx, 20), "the agent to hear that it rings")
			s.Must(near.HangUp(s.Ctx), "hang up")
		}, want: pbx.OutCancelled},
		"ended on command": {end: func(s *pbxtest.Stage, call pbx.CallID, _, far *pbxtest.PhoneCall) {
			far.Answer()
			s.Told(pbx.OutAnswered, call, "")
			s.Must(s.Switch.(pbx.Dialer).EndOut(s.Ctx, call, pbx.OutBySystem), "end")
		}, want: pbx.OutBySystem},
		"busy":     {does: pbxtest.Behaviour{Decline: 486}, want: pbx.OutBusy},
		"away":     {does: pbxtest.Behaviour{Decline: 480}, want: pbx.OutNoAnswer},
		"declined": {does: pbxtest.Behaviour{Decline: 603}, want: pbx.OutRefused},
		"barred":   {does: pbxtest.Behaviour{Decline: 403}, want: pbx.OutRefused},
		"wrong":    {does: pbxtest.Behaviour{Decline: 404, Silent: true}, want: pbx.OutWrong},
		"no line":  {does: pbxtest.Behaviour{Decline: 503, Silent: true}, want: pbx.OutFailed},
	} {
		t.Run(name, func(t *testing.T) {
			s := pbxtest.NewStage(t, harness(p.real, newDriver(t, p.real, nil)))
			p.SetBehaviour(c.does)
			call, near, far := dialled(s, p, s.Phone("li", pbxtest.Behaviour{}), "x1")
			if got := far.CallerNumber(); got != "4000000000" {
				t.Errorf("the customer sees %q", got)
			}
			if to := far.Invite.Recipient.User; to != "13800138000" {
				t.Errorf("dialled %q", to)
			}
			if got := near.CallerNumber(); got != "13800138000" {
				t.Errorf("the agent sees %q", got)
			}
			if c.end != nil {
				c.end(s, call, near, far)
			}
			outEnded(s, p, call, c.want)
			s.Gone(near)
			for _, e := range s.Events.All() {
				if e.Kind == pbx.CallArrived || e.Kind == pbx.CallEnded || e.Kind == pbx.PhoneDown {
					t.Errorf("told of %s", e.Kind)
				}
			}
		})
	}
}

// TestNobodyIsDialledWithoutTheAgent: a phone that declines, rings out or is not there ends it, and no INVITE leaves.
func TestNobodyIsDialledWithoutTheAgent(t *testing.T) {
	p := withProvider(t)
	for name, c := range map[string]struct {
		does    pbxtest.Behaviour
		timeout time.Duration
		leg     pbx.LegEnd
	}{
		"declines":  {pbxtest.Behaviour{Decline: 603}, 20 * time.Second, pbx.LegDeclined},
		"rings out": {pbxtest.Behaviour{}, time.Second, pbx.LegNoAnswer},
		"not there": {pbxtest.Behaviour{}, 20 * time.Second, pbx.LegUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			s := pbxtest.NewStage(t, harness(p.real, newDriver(t, p.real, nil)))
			phone := "wang"
			if name != "not there" {
				phone = s.Phone("li", c.does).User()
			}
			call := pbx.NewOutID("a", "n1")
			out := s.Switch.(pbx.Dialer)
			s.Must(out.Dial(s.Ctx, pbx.Out{Call: call, Phone: phone, Timeout: c.timeout}), "dial")
			if e := outEnded(s, p, call, pbx.OutAgentAway); e.LegEnd != c.leg {
				t.Errorf("the phone: %q, want %q", e.LegEnd, c.leg)
			}
			if err := out.Reach(s.Ctx, call, "13800138000", time.Second); err == nil {
				t.Error("dialled after the end")
			}
			if n := len(p.Calls()); n != 0 {
				t.Errorf("%d calls left", n)
			}
		})
	}
}

// TestOnlyNumbersAreDialled: nothing but digits becomes a dial string, and none of what is refused reaches the trunk.
func TestOnlyNumbersAreDialled(t *testing.T) {
	p := withProvider(t)
	s := pbxtest.NewStage(t, harness(p.real, newDriver(t, p.real, nil)))
	out := s.Switch.(pbx.Dialer)
	agent := s.Phone("li", pbxtest.Behaviour{})
	call := pbx.NewOutID("a", "d1")
	s.Must(out.Dial(s.Ctx, pbx.Out{Call: call, Phone: "li", Timeout: 20 * time.Second}), "dial")
	near, err := agent.WaitInvite(s.Ctx)
	s.Must(err, "the phone to ring")
	if err := out.Reach(s.Ctx, call, "13800138000", time.Minute); err == nil {
		t.Error("dialled before the agent picked up")
	}
	near.Answer()
	s.Told(pbx.OutPhone, call, "")
	for _, number := range []string{
		"110", "1200", "", "+", "13800138000&PJSIP/li", "13800138000@trunkout", "sip:x@y", "0013800138000,60", "138 0013", "１３８００１３８０００",
		"12345678901234567", "${EXTEN}", "li", "trunkout", "138001380a0", "+-13800138000",
	} {
		if err := out.Reach(s.Ctx, call, number, time.Minute); err == nil {
			t.Errorf("dialled %q", number)
		}
	}
	for _, bad := range []pbx.Out{
		{Call: "a-1", Phone: "li", Timeout: time.Second},
		{Call: "b-out.1", Phone: "li", Timeout: time.Second},
		{Call: "a-out.~x", Phone: "li", Timeout: time.Second},
		{Call: "a-out.2", Phone: "trunkout", Timeout: time.Second},
		{Call: "a-out.3", Phone: "li&PJSIP/1@trunkout", Timeout: time.Second},
		{Call: "a-out.4", Phone: "li"},
		{Call: call, Phone: "li", Timeout: time.Second},
	} {
		if err := out.Dial(s.Ctx, bad); err == nil {
			t.Errorf("dialled %+v", bad)
		}
	}
	s.Must(near.HangUp(s.Ctx), "hang up")
	outEnded(s, p, call, pbx.OutCancelled)
	if n := len(p.Calls()); n != 0 {
		t.Errorf("%d calls left for the trunk", n)
	}
}

// TestCustomersWhoAnswerAtOnce: who picks up in the instant of the INVITE, like a voice box, hears and is heard, also while the recording
// begins.
func TestCustomersWhoAnswerAtOnce(t *testing.T) {
	p := withProvider(t)
	s := pbxtest.NewStage(t, harness(p.real, newDriver(t, p.real, nil)))
	p.SetBehaviour(pbxtest.Behaviour{Answer: true})
	agent := s.Phone("li", pbxtest.Behaviour{})
	for i := range 25 {
		call, near, far := dialled(s, p, agent, fmt.Sprintf("box%d", i))
		s.Told(pbx.OutAnswered, call, "")
		s.Must(s.Switch.(pbx.Dialer).RecordOut(s.Ctx, call, fmt.Sprintf("box%d", i)), "record")
		s.Hear(near, far)
		s.Must(far.HangUp(s.Ctx), "hang up")
		s.Told(pbx.OutEnded, call, "")
		s.Gone(near)
	}
}

// TestMachineCallsOut: without an agent the number is dialled at once; prompts are heard, keys are told, a prompt can be cut
// short, and the recording is there.
func TestMachineCallsOut(t *testing.T) {
	p := withProvider(t)
	s := pbxtest.NewStage(t, harness(p.real, newDriver(t, p.real, nil)))
	out := s.Switch.(pbx.Dialer)
	call := pbx.NewOutID("a", "m1")
	s.Must(out.Dial(s.Ctx, pbx.Out{Call: call}), "dial")
	s.Must(out.Reach(s.Ctx, call, "+8613800138000", 30*time.Second), "reach")
	far, err := p.WaitInvite(s.Ctx)
	s.Must(err, "the number to be dialled")
	if err := out.Say(s.Ctx, call, "sound:vm-goodbye"); err == nil {
		t.Error("spoke before somebody answered")
	}
	far.Answer()
	s.Told(pbx.OutAnswered, call, "")
	s.Must(out.RecordOut(s.Ctx, call, "survey-m1"), "record")
	s.Must(out.Say(s.Ctx, call, "sound:vm-goodbye"), "say")
	s.Must(far.WaitReceived(s.Ctx, 10), "the customer to hear it")
	s.Told(pbx.PlayEnded, call, "")
	s.Must(out.Say(s.Ctx, call, "tone:ring"), "say")
	for i, key := range []string{"5", "#"} {
		s.Must(far.Press(key), "press")
		n := 0
		s.Wait(func(e pbx.Event) bool {
			if e.Kind == pbx.Digit && e.Call == call {
				n++
			}
			return n == i+1 && e.Kind == pbx.Digit && e.Digit == key
		}, "the key "+key)
	}
	s.Must(out.Hush(s.Ctx, call), "hush")
	s.Must(out.Hush(s.Ctx, call), "hush again")
	s.Must(far.HangUp(s.Ctx), "hang up")
	outEnded(s, p, call, pbx.OutByCustomer)
	if code, _ := p.real.ARI("GET", "/recordings/stored/survey-m1", nil); code != 200 {
		t.Errorf("the recording: %d", code)
	}
}

// TestCallOutOutlivesTheController: it is found as it stands, ended by whom it is ended, and a half-call can be ended.
func TestCallOutOutlivesTheController(t *testing.T) {
	p := withProvider(t)
	s := pbxtest.NewStage(t, harness(p.real, newDriver(t, p.real, nil)))
	agent := s.Phone("li", pbxtest.Behaviour{})
	call, near, far := dialled(s, p, agent, "c1")
	far.Answer()
	s.Told(pbx.OutAnswered, call, "")
	half := pbx.NewOutID("a", "c2")
	second := s.Phone("wang", pbxtest.Behaviour{})
	s.Must(s.Switch.(pbx.Dialer).Dial(s.Ctx, pbx.Out{Call: half, Phone: "wang", Timeout: time.Minute}), "dial")
	waits, err := second.WaitInvite(s.Ctx)
	s.Must(err, "the second phone to ring")
	waits.Answer()
	s.Told(pbx.OutPhone, half, "")
	s.Abandon()
	s.Hear(near, far)
	next := newDriver(t, p.real, nil)
	s.TakeOver(next, next)
	if e := s.Told(pbx.OutFound, call, ""); e.Phone != "li" || e.Detail != "talking" {
		t.Errorf("found %+v", e)
	}
	if e := s.Told(pbx.OutFound, half, ""); e.Phone != "wang" || e.Detail != "ready" {
		t.Errorf("found %+v", e)
	}
	live := s.Wait(func(e pbx.Event) bool { return e.Kind == pbx.SwitchSynced }, "the list of calls").Calls
	if len(live) != 2 {
		t.Errorf("live: %v", live)
	}
	s.Must(next.EndOut(s.Ctx, half, pbx.OutCancelled), "end")
	s.Gone(waits)
	s.Hear(near, far)
	s.Must(far.HangUp(s.Ctx), "hang up")
	outEnded(s, p, call, pbx.OutByCustomer)
	s.Gone(near)
}

// TestNoWayOut: an Asterisk whose configuration allows no calls out refuses them, and says that the call failed.
func TestNoWayOut(t *testing.T) {
	real := pbxtest.StartAsterisk(t, pbxtest.AsteriskOptions{})
	s := pbxtest.NewStage(t, harness(real, newDriver(t, real, nil)))
	out := s.Switch.(pbx.Dialer)
	call := pbx.NewOutID("a", "w1")
	s.Must(out.Dial(s.Ctx, pbx.Out{Call: call}), "dial")
	if err := out.Reach(s.Ctx, call, "13800138000", time.Second); err == nil {
		t.Error("went out")
	}
	outEnded(s, provider{real: real}, call, pbx.OutFailed)
}

// TestPhonesDoNotReachTheWayOut: with calls out allowed, a registered phone and the trunk still dial nothing.
func TestPhonesDoNotReachTheWayOut(t *testing.T) {
	p := withProvider(t)
	s := pbxtest.NewStage(t, harness(p.real, newDriver(t, p.real, nil)))
	agent := s.Phone("li", pbxtest.Behaviour{})
	for _, number := range []string{"13800138000", "trunkout", "out", "nowhere"} {
		call, err := agent.Dial(s.Ctx, number, pbxtest.DialOptions{})
		s.Must(err, "dial")
		if end := s.Gone(call); end.Code != 404 {
			t.Errorf("%s: %+v", number, end)
		}
	}
	if n := len(p.Calls()); n != 0 {
		t.Errorf("%d calls left for the trunk", n)
	}
}

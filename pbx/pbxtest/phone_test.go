package pbxtest

import (
	"context"
	"testing"
	"time"
)

// TestCallerReachesAgent goes the shortest whole way: a caller from the trunk, no controller, an agent's phone that
// registered by digest; both hear each other; the agent hangs up.
func TestCallerReachesAgent(t *testing.T) {
	a := StartAsterisk(t, AsteriskOptions{})
	a.Provision("li", "secret")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	agent := NewPhone(t, PhoneOptions{User: "li", Secret: "secret", Server: a.SIPAddr, IP: a.PhoneIP})
	caller := NewPhone(t, PhoneOptions{User: "13800138000", Server: a.SIPAddr, IP: a.TrunkIP})

	out, err := caller.Dial(ctx, "4001", DialOptions{DisplayName: "Zhang"})
	if err != nil {
		t.Fatal(err)
	}
	in, err := agent.WaitInvite(ctx)
	if err != nil {
		t.Fatalf("%v; caller's end %+v\n%s", err, out.End(), a.Log())
	}
	if in.CallerNumber() != "13800138000" || in.CallerName() != "Zhang" {
		t.Errorf("the phone shows %q %q", in.CallerNumber(), in.CallerName())
	}
	if err := out.WaitRinging(ctx); err != nil {
		t.Error(err)
	}
	in.Answer()
	if err := out.WaitHears(ctx, in); err != nil {
		t.Error(err)
	}
	if err := in.WaitHears(ctx, out); err != nil {
		t.Error(err)
	}
	if err := in.HangUp(ctx); err != nil {
		t.Error(err)
	}
	if end, err := out.WaitEnded(ctx); err != nil || end.Here || end.Code != 200 {
		t.Errorf("caller's end %+v, %v", end, err)
	}
}

// TestPhoneBehaviour drives every misbehaviour of the test phone through a real Asterisk, two phones ringing for one
// caller each time.
func TestPhoneBehaviour(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{})
	steady, odd := agentPhone(t, a, "steady", Behaviour{}), agentPhone(t, a, "odd", Behaviour{})
	caller := trunkCaller(t, a, "13800138000")
	// both rings a new caller through to both phones.
	both := func(b Behaviour) (out, first, second *PhoneCall) {
		t.Helper()
		odd.SetBehaviour(b)
		if err := a.WaitIdle(ctx); err != nil {
			t.Fatal(err)
		}
		out = dial(ctx, t, caller, "4001", DialOptions{})
		return out, incoming(ctx, t, steady), incoming(ctx, t, odd)
	}
	hangUp := func(call *PhoneCall) {
		t.Helper()
		if err := call.HangUp(ctx); err != nil {
			t.Error(err)
		}
	}

	t.Run("late ringing", func(t *testing.T) {
		out, first, second := both(Behaviour{RingAfter: 100 * time.Millisecond})
		if err := second.WaitRinging(ctx); err != nil || second.At(MarkRinging).Sub(second.At(MarkInvite)) < 100*time.Millisecond {
			t.Errorf("rang after %s, %v", second.At(MarkRinging).Sub(second.At(MarkInvite)), err)
		}
		if err := out.Cancel(ctx); err != nil {
			t.Error(err)
		}
		ends(ctx, t, out, 487)
		ends(ctx, t, first, 487)
		ends(ctx, t, second, 487)
		if !second.Passed(MarkCancelled) || second.End().Here {
			t.Errorf("end of a cancelled call: %+v", second.End())
		}
	})
	t.Run("declines", func(t *testing.T) {
		out, first, second := both(Behaviour{Decline: 486, AnswerAfter: 20 * time.Millisecond})
		ends(ctx, t, second, 486)
		first.Answer()
		if err := out.WaitHears(ctx, first); err != nil {
			t.Error(err)
		}
		hangUp(out)
		ends(ctx, t, first, 200)
	})
	t.Run("answers although cancelled", func(t *testing.T) {
		out, first, second := both(Behaviour{AnswerCancelled: true})
		if err := second.WaitRinging(ctx); err != nil {
			t.Fatal(err)
		}
		first.Answer()
		if err := out.WaitHears(ctx, first); err != nil {
			t.Error(err)
		}
		ends(ctx, t, second, 200)
		if !second.Passed(MarkAnswered) || !second.Passed(MarkCancelled) {
			t.Error("the answer and the cancel did not cross")
		}
		if out.Passed(MarkEnded) {
			t.Error("the caller was lost over it")
		}
		hangUp(first)
		ends(ctx, t, out, 200)
	})
	t.Run("both answer in the same moment", func(t *testing.T) {
		barrier := make(chan struct{})
		together := Behaviour{Answer: true, Barrier: barrier}
		steady.SetBehaviour(together)
		defer steady.SetBehaviour(Behaviour{})
		out, first, second := both(together)
		close(barrier)
		if err := out.WaitAnswered(ctx); err != nil {
			t.Fatal(err)
		}
		for _, call := range []*PhoneCall{first, second} {
			if err := call.Wait(ctx, MarkAnswered); err != nil && call.End().Code != 487 {
				t.Error(err)
			}
		}
		select { // exactly one keeps the caller
		case <-first.Done(MarkEnded):
			first, second = second, first
		case <-second.Done(MarkEnded):
		case <-ctx.Done():
			t.Fatal("both have the caller")
		}
		if err := out.WaitHears(ctx, first); err != nil {
			t.Error(err)
		}
		if apart := first.At(MarkAnswered).Sub(second.At(MarkAnswered)).Abs(); second.Passed(MarkAnswered) && apart > 5*time.Millisecond {
			t.Errorf("answered %s apart", apart)
		}
		hangUp(out)
	})
	t.Run("hold and resume", func(t *testing.T) {
		out, _, second := both(Behaviour{Answer: true})
		if err := out.WaitHears(ctx, second); err != nil {
			t.Fatal(err)
		}
		if err := second.Hold(ctx); err != nil {
			t.Fatal(err)
		}
		music := out.Received() - out.hears(second)
		if err := out.media.wait(ctx, func() bool {
			return out.media.received-out.media.heard[second.media.voice] > music+10
		}); err != nil {
			t.Errorf("no music: %v", err)
		}
		if err := second.Resume(ctx); err != nil {
			t.Fatal(err)
		}
		if err := out.WaitHears(ctx, second); err != nil {
			t.Error(err)
		}
		hangUp(second)
	})
	t.Run("hangs up by itself", func(t *testing.T) {
		out, _, second := both(Behaviour{Answer: true, AnswerAfter: 50 * time.Millisecond, HangUpAfter: 100 * time.Millisecond})
		ends(ctx, t, out, 200)
		if talked := second.At(MarkEnded).Sub(second.At(MarkUp)); talked < 100*time.Millisecond || !second.End().Here {
			t.Errorf("talked %s, %+v", talked, second.End())
		}
	})
	t.Run("dead", func(t *testing.T) {
		out, first, second := both(Behaviour{Dead: true})
		first.Answer()
		if err := out.WaitHears(ctx, first); err != nil {
			t.Error(err)
		}
		if second.Passed(MarkRinging) || second.Passed(MarkTrying) {
			t.Error("a dead phone spoke")
		}
		second.abandon()
		hangUp(out)
	})
	t.Run("unregistered", func(t *testing.T) {
		odd.SetBehaviour(Behaviour{})
		if err := odd.Unregister(ctx); err != nil {
			t.Fatal(err)
		}
		before := len(odd.Calls())
		if err := a.WaitIdle(ctx); err != nil {
			t.Fatal(err)
		}
		out := dial(ctx, t, caller, "4001", DialOptions{})
		incoming(ctx, t, steady).Answer()
		if err := out.WaitAnswered(ctx); err != nil {
			t.Error(err)
		}
		hangUp(out)
		if after := len(odd.Calls()); after != before {
			t.Errorf("an unregistered phone was rung")
		}
		if err := odd.Register(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Run("unplugged", func(t *testing.T) {
		odd.Unplug()
		defer odd.Plug()
		before := len(odd.Calls())
		if err := a.WaitIdle(ctx); err != nil {
			t.Fatal(err)
		}
		out := dial(ctx, t, caller, "4001", DialOptions{})
		incoming(ctx, t, steady).Answer()
		if err := out.WaitAnswered(ctx); err != nil {
			t.Error(err)
		}
		hangUp(out)
		if after := len(odd.Calls()); after != before {
			t.Errorf("an unplugged phone took a call")
		}
	})
}

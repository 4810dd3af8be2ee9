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

package pbxtest

import (
	"testing"
	"time"
)

// TestSIPp runs real SIPp callers of every kind against a real Asterisk.
func TestSIPp(t *testing.T) {
	ctx := whileWaiting(t)
	a := StartAsterisk(t, AsteriskOptions{})
	options := SIPpOptions{
		Server: a.SIPAddr, IP: a.TrunkIP, Number: "4001", Calls: 5, Rate: 20,
		Talk: 200 * time.Millisecond, Patience: 200 * time.Millisecond,
	}
	check := func(what Scenario, got SIPpResult, successful, failed int) {
		t.Helper()
		if got.Successful != successful || got.Failed != failed {
			t.Errorf("%s: %d successful, %d failed, want %d, %d\n%s", what, got.Successful, got.Failed, successful, failed, got.Errors)
		}
	}
	got := SIPp(ctx, t, CallerGivesUp, options)
	check(CallerGivesUp, got, 5, 0)
	if got.ResponseTime > time.Second || got.CallLength < 200*time.Millisecond {
		t.Errorf("rang after %s, gave up after %s", got.ResponseTime, got.CallLength)
	}
	agents := []*Phone{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		agents = append(agents, agentPhone(t, a, name, Behaviour{Answer: true, AnswerAfter: 20 * time.Millisecond}))
	}
	check(CallerTalks, SIPp(ctx, t, CallerTalks, options), 5, 0)
	for _, agent := range agents {
		agent.SetBehaviour(Behaviour{Answer: true, HangUpAfter: 100 * time.Millisecond})
	}
	check(CallerListens, SIPp(ctx, t, CallerListens, options), 5, 0)
	options.Number = "4003"
	check(CallerTalks, SIPp(ctx, t, CallerTalks, options), 0, 5)
}

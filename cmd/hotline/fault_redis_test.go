package main

import (
	"slices"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// TestCallsGoOnWithoutRedis kills Redis (SIGKILL), then freezes it (SIGSTOP): who talks goes on, who calls reaches an agent
// within a second more than ever, /readyz says so; when Redis is back those who wait have their place and their clock.
func TestCallsGoOnWithoutRedis(t *testing.T) {
	t.Parallel()
	for _, fault := range []struct {
		name        string
		begin, over func(*house.House)
	}{
		{"killed", func(h *house.House) { h.Redis.Kill() }, func(h *house.House) { h.Redis.Restart() }},
		{"frozen", func(h *house.House) { h.Redis.Freeze() }, func(h *house.House) { h.Redis.Thaw() }},
	} {
		t.Run(fault.name, func(t *testing.T) {
			h := openHouse(t, house.Options{})
			agents := h.Crew("a", 3, pbxtest.Behaviour{Answer: true})
			legs := map[string]*pbxtest.PhoneCall{}
			talk := func(from string) *pbxtest.PhoneCall {
				t.Helper()
				c := h.Dial(from, house.DIDMain)
				h.Wait("the caller is answered", c.WaitAnswered)
				for _, p := range agents {
					for _, leg := range p.Calls() {
						if !leg.Passed(pbxtest.MarkEnded) {
							legs[p.User()] = leg
						}
					}
				}
				return c
			}
			first := talk("13800138001")
			h.Eventually("the talk has its case", func() bool {
				return all(h.Live(), func(v house.CallView) bool { return v.Answered && v.Live.Case != "" })
			})
			before := h.Live()

			fault.begin(h)
			second := talk("13800138002")
			if extra := second.At(pbxtest.MarkAnswered).Sub(second.At(pbxtest.MarkRinging)); extra > time.Second+raceSlack {
				t.Errorf("with Redis %s a caller was answered after %v", fault.name, extra)
			}
			third := talk("13800138003")
			h.Eventually("/readyz says that the board is degraded", func() bool { return h.Part("board") == "degraded" })
			var waiting []*pbxtest.PhoneCall
			for _, from := range []string{"13900139001", "13900139002", "13900139003"} {
				waiting = append(waiting, h.Dial(from, house.DIDMain))
			}
			h.Eventually("three talk and three wait", func() bool { return len(h.Live()) == 6 })
			h.Wait("a caller hangs up", second.HangUp)
			h.Wait("who waited longest is answered without Redis", waiting[0].WaitAnswered)
			for id, was := range before {
				if now := h.Live()[id]; now.WaitedMS != was.WaitedMS || now.Live == nil || now.Live.Agent != was.Agent {
					t.Errorf("the talk was %+v, is %+v", was, now)
				}
			}

			fault.over(h)
			h.Eventually("the board is back", func() bool { return h.Part("board") == "up" })
			started := waiting[2].At(pbxtest.MarkRinging)
			for i, free := range []*pbxtest.PhoneCall{third, first} {
				h.Wait("a caller hangs up", free.HangUp)
				h.Wait("who waited longest is answered", waiting[i+1].WaitAnswered)
				if i == 0 && waiting[2].Passed(pbxtest.MarkAnswered) {
					t.Error("the last in line overtook")
				}
			}
			waited := waiting[2].At(pbxtest.MarkAnswered).Sub(started)
			h.Eventually("the clock of the last in line went on", func() bool {
				return slices.ContainsFunc(h.Calls(), func(v house.CallView) bool {
					return v.Answered && (time.Duration(v.WaitedMS)*time.Millisecond-waited).Abs() < 300*time.Millisecond &&
						v.Rings == int(v.WaitedMS/house.Ring.Milliseconds())+1
				})
			})
			ids := keys(byID(h.Calls()))
			for _, c := range waiting {
				h.Wait("hanging up", c.HangUp)
			}
			endedOnce(t, h, ids, "caller")
			h.Eventually("all agents are ready", func() bool {
				return all(h.Presences(), func(state string) bool { return state == "ready" || state == "offline" })
			})
			h.Stop()
			h.Run("verify")
		})
	}
}

package main

import (
	"context"
	"testing"
	"time"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// TestAPhoneFromWhichNoVoiceComes has an agent answer on a phone that sends not one packet. After eight seconds the caller is offered to
// the next human, at once and before who came later; the clock and the verdict stay; the agent is paused, sees why, and the managers are
// told. A phone that is on hold by its own key is left alone. Of a caller from whom nothing comes the agent is told, and the talk stays.
func TestAPhoneFromWhichNoVoiceComes(t *testing.T) {
	h := openHouse(t, house.Options{})
	dumb := pbxtest.Behaviour{Answer: true, Voiceless: true}
	talk := func(login string, b pbxtest.Behaviour, line *pbxtest.Phone, from string) (call string, caller, leg *pbxtest.PhoneCall) {
		t.Helper()
		phone := h.Agent(login, b)
		h.Wait("the call goes out", func(ctx context.Context) (err error) {
			caller, err = line.Dial(ctx, house.DIDMain, pbxtest.DialOptions{FromUser: from})
			return err
		})
		h.Wait("the caller is answered", caller.WaitAnswered)
		leg = h.Invite(phone)
		h.Eventually("the call has its owner", func() bool {
			v := h.LiveFrom("+86" + from)
			call = v.Call
			return v.Live.Agent == login && v.Live.Owner == login
		})
		return call, caller, leg
	}
	mute := pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "13500135000", Server: h.SIP, IP: h.Asterisk.TrunkIP, PacketEvery: -1})

	holds, holding, held := talk("ho", dumb, h.Trunk, "13600136000")
	h.Wait("the agent presses hold", held.Hold)
	silent, fromSilence, listens := talk("li", pbxtest.Behaviour{Answer: true}, mute, "13500135000")
	call, caller, leg := talk("an", dumb, h.Trunk, "13800138000")
	h.Eventually("the answer is in the records", func() bool { return h.Call(call).Answered })
	before := h.Call(call)
	later := h.Dial("13900139000", house.DIDMain)
	bo := h.Hire("bo", pbxtest.Behaviour{})
	desk := h.Listen(h.As("an"), "?desk=true", "")

	h.Ended("the phone that says nothing is given up", leg)
	if up := leg.At(pbxtest.MarkEnded).Sub(leg.At(pbxtest.MarkUp)); up < 7*time.Second || up > 9*time.Second+raceSlack {
		t.Errorf("the phone was given up after %v", up)
	}
	desk.WaitFor("over", `"end":"unheard"`)
	h.Eventually("the agent is paused and told why", func() bool {
		var v struct{ State, Reason string }
		h.Get("/api/v1/agents/an", &v)
		return v.State == "paused" && v.Reason == "phone-unheard"
	})
	h.Eventually("the managers are told", func() bool {
		told := h.Notices("phone-unheard")
		return len(told) == 1 && told[0].Login == "an" && told[0].Call == call
	})
	h.Ready("bo")
	helped := h.Invite(bo)
	h.Answer(caller, helped)
	if later.Passed(pbxtest.MarkAnswered) {
		t.Error("who came later was answered first")
	}
	now := h.Call(call)
	if now.WaitedMS != before.WaitedMS || now.Rings != before.Rings || now.Met != before.Met || now.Rule != before.Rule || now.Live.Agent != "bo" {
		t.Errorf("the call was %+v, is %+v", before, now)
	}
	if n := h.Count(call, "reopened"); n != 1 || h.Count(call, "kept") != 0 {
		t.Errorf("the journal says\n%s", kinds(h.Journal(call)))
	}

	h.Eventually("the agent sees that the caller is not heard", func() bool { return h.Count(silent, "unheard") == 1 })
	h.Eventually("more than the time has passed on hold", func() bool { return time.Since(held.At(pbxtest.MarkUp)) > 10*time.Second })
	for name, c := range map[string]*pbxtest.PhoneCall{"holding": holding, "held": held, "mute": fromSilence, "listens": listens} {
		if c.Passed(pbxtest.MarkEnded) {
			t.Errorf("%s was ended: %+v", name, c.End())
		}
	}
	if h.Count(holds, "unheard")+h.Count(holds, "reopened")+h.Count(silent, "reopened")+h.Count(call, "unheard") != 0 {
		t.Errorf("on hold:\n%ssilent:\n%s", kinds(h.Journal(holds)), kinds(h.Journal(silent)))
	}
	h.Wait("the listening agent is heard", func(ctx context.Context) error { return fromSilence.WaitHears(ctx, listens) })
	h.Wait("giving up", later.Cancel)
	for _, c := range []*pbxtest.PhoneCall{holding, fromSilence, caller} {
		h.Wait("hanging up", c.HangUp)
	}
	endedOnce(t, h, []string{holds, silent, call}, "caller")
}

package main

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// TestAgentsTakeTheCallsOfTheSwitchesTheirPhonesAreAt: one agent has a telephone at one Asterisk only, another at the other. Each
// caller rings the phone of their own switch, also past an agent who is idle elsewhere and a caller who waits longer elsewhere. One
// Asterisk is killed and started anew: the agent of the other is never out of reach, and theirs is back as soon as the phone is.
func TestAgentsTakeTheCallsOfTheSwitchesTheirPhonesAreAt(t *testing.T) {
	h := openHouse(t, house.Options{Second: true})
	there := pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "13700137000", Server: h.Second.SIPAddr, IP: h.Second.TrunkIP})
	dialThere := func() *pbxtest.PhoneCall {
		t.Helper()
		var c *pbxtest.PhoneCall
		h.Wait("the call goes out", func(ctx context.Context) (err error) {
			c, err = there.Dial(ctx, house.DIDMain, pbxtest.DialOptions{})
			return err
		})
		return c
	}
	lacks := func(login string, want ...string) {
		t.Helper()
		h.Eventually(login+"'s phone is known to be missing where it is", func() bool {
			return slices.Equal(lackingOf(h, login), want)
		})
	}
	an := h.PhoneAt(h.Asterisk, "an", h.Employ("an"), pbxtest.Behaviour{Answer: true})
	bo := h.PhoneAt(h.Second, "bo", h.Employ("bo"), pbxtest.Behaviour{Answer: true})
	h.Ready("an")
	h.Ready("bo")
	lacks("an", "sh1")
	lacks("bo", "bj1")

	far := dialThere()
	h.Wait("the caller there is answered", far.WaitAnswered)
	h.Talk(far, h.Invite(bo))
	h.Wait("hanging up", far.HangUp)
	here := h.Dial("13800138000", house.DIDMain)
	h.Wait("the caller here is answered", here.WaitAnswered)
	h.Talk(here, h.Invite(an))

	// an talks: who calls here now waits, though bo is idle, through every step of the ladder; a caller there does not wait behind them.
	waits := h.Dial("13900139000", house.DIDMain)
	h.Eventually("everybody was asked for", func() bool {
		return h.Count(h.LiveFrom("+8613900139000").Call, "widened") >= 3
	})
	far = dialThere()
	h.Wait("the caller there is answered", far.WaitAnswered)
	h.Talk(far, h.Invite(bo))
	h.Wait("hanging up", far.HangUp)
	h.Wait("hanging up", here.HangUp)
	h.Wait("who waited is answered", waits.WaitAnswered)
	h.Talk(waits, h.Invite(an))
	h.Eventually("bo is ready", func() bool { return h.Presence("bo") == "ready" })

	// A hand-over to somebody whose phone cannot ring for this call says so instead of trying.
	status, text := h.Try("POST", "/api/v1/calls/"+h.LiveFrom("+8613900139000").Call+"/handover", h.As("an"), map[string]any{"agent": "bo"})
	if status != http.StatusConflict || !matches(string(text), `"phone-elsewhere"`) {
		t.Errorf("a hand-over to a phone of another switch: %d %s", status, text)
	}

	h.Wait("hanging up", waits.HangUp)
	h.Eventually("an is ready", func() bool { return h.Presence("an") == "ready" })

	h.Asterisk.Kill()
	h.Eventually("the switch counts as down", func() bool { return h.Part("switch bj1") == "down" })
	h.Eventually("nobody can be reached there", func() bool { return h.Presence("an") == "unreachable" })
	far = dialThere()
	h.Wait("the caller there is answered", far.WaitAnswered)
	leg := h.Invite(bo)
	h.Talk(far, leg)
	h.Asterisk.Restart()
	h.Eventually("the switch is back", func() bool { return h.Part("switch bj1") == "up" })
	h.Talk(far, leg)
	h.Wait("hanging up", far.HangUp)
	far = dialThere()
	h.Wait("the next caller there is answered", far.WaitAnswered)
	h.Talk(far, h.Invite(bo))
	h.Wait("hanging up", far.HangUp)
	h.Register(an)
	h.Eventually("an is ready by herself", func() bool { return h.Presence("an") == "ready" })
	here = h.Dial("13800138001", house.DIDMain)
	h.Wait("the caller here is answered", here.WaitAnswered)
	h.Talk(here, h.Invite(an))
	h.Wait("hanging up", here.HangUp)
	if matches(h.Log(), `agent=bo .*to=unreachable`) {
		t.Error("who is at the other switch was taken for unreachable")
	}
	if !matches(h.Log(), `agent=an .*to=unreachable`) {
		t.Errorf("the log does not tell of presence:\n%s", h.Log())
	}
	h.Stop()
	h.Run("verify")
}

// lackingOf names the switches where the agent's phone is not registered, as the API tells it.
func lackingOf(h *house.House, login string) []string {
	var reply struct {
		Items []struct {
			Login string   `json:"login"`
			Lacks []string `json:"phone_lacks"`
		} `json:"items"`
	}
	h.Get("/api/v1/agents", &reply)
	for _, a := range reply.Items {
		if a.Login == login {
			return a.Lacks
		}
	}
	return nil
}

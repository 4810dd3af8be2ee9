package main

import (
	"context"
	"strings"
	"testing"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
	"hotline/web/browser"
)

// TestABrowserPhoneAtTwoAsterisks: one desk in a browser registers at both switches of the hotline, a call of each rings it and is talked
// on, one at a time. One Asterisk dies: the desk says so and takes the other's calls; back again, it registers by itself and rings anew.
func TestABrowserPhoneAtTwoAsterisks(t *testing.T) {
	h := openHouse(t, house.Options{Second: true})
	b := browser.Start(t, browser.Options{})
	desk := sitDown(t, h, b, "li")
	desk.WaitText(`[data-testid=phone-state]`, "2/2")
	there := pbxtest.NewPhone(t, pbxtest.PhoneOptions{User: "13700137000", Server: h.Second.SIPAddr, IP: h.Second.TrunkIP})

	serve := func(from *pbxtest.Phone) *pbxtest.PhoneCall {
		t.Helper()
		var caller *pbxtest.PhoneCall
		h.Wait("the call goes out", func(ctx context.Context) (err error) {
			caller, err = from.Dial(ctx, house.DIDMain, pbxtest.DialOptions{})
			return err
		})
		desk.WaitVisible(`[data-testid=pop]`)
		desk.Key(" ")
		h.Wait("the caller is answered", caller.WaitAnswered)
		talk(t, desk.Tab)
		h.Wait("the caller hears the agent", func(ctx context.Context) error { return caller.WaitReceived(ctx, 50) })
		return caller
	}
	over := func(caller *pbxtest.PhoneCall) {
		t.Helper()
		h.Wait("hanging up", caller.HangUp)
		h.Eventually("li is ready", func() bool { return h.Presence("li") == "ready" })
		desk.WaitGone(`[data-testid=pop]`)
	}
	over(serve(h.Trunk))
	far := serve(there)
	if live := h.LiveFrom("+8613700137000"); !strings.HasPrefix(live.Call, "sh1-") {
		t.Errorf("the call of the other switch stands as %+v", live)
	}
	var second *pbxtest.PhoneCall
	h.Wait("somebody calls meanwhile", func(ctx context.Context) (err error) {
		second, err = h.Trunk.Dial(ctx, house.DIDMain, pbxtest.DialOptions{})
		return err
	})
	h.Eventually("one talks, one waits", func() bool { return len(h.Live()) == 2 })
	h.Wait("hanging up", far.HangUp)
	desk.WaitVisible(`[data-testid=pop]`)
	desk.Key(" ")
	h.Wait("then the next is answered", second.WaitAnswered)
	talk(t, desk.Tab)

	desk.Expect("502") // its websocket cannot reach a switch that is away
	desk.Expect("WebSocket")
	h.Second.Kill()
	h.Eventually("the other switch counts as down", func() bool { return h.Part("switch sh1") == "down" })
	desk.WaitText(`[data-testid=phone-state]`, "1/2")
	desk.WaitText(`[data-testid=alert-partly]`, "sh1")
	h.Wait("the talk at the other goes on", func(ctx context.Context) error { return second.WaitReceived(ctx, second.Received()+50) })
	look(t, desk.Tab, "desk-switch-away")
	over(second)
	over(serve(h.Trunk))

	h.Second.Restart()
	h.Eventually("the other switch is back", func() bool { return h.Part("switch sh1") == "up" })
	desk.WaitText(`[data-testid=phone-state]`, "2/2")
	desk.WaitGone(`[data-testid=alert-partly]`)
	h.Eventually("li is ready by herself", func() bool { return h.Presence("li") == "ready" })
	over(serve(there))
}

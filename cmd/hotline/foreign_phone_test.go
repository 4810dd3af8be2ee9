package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"hotline/cmd/internal/house"
	"hotline/pbx/pbxtest"
)

// TestForeignPhoneBehindAsterisk: an agent's phone that we did not write (Debian's baresip) registers at a real Asterisk, which makes its
// agent reachable; it rings, answers, holds and goes on, by itself and from the desk, and hangs up; then it lets a call ring out.
func TestForeignPhoneBehindAsterisk(t *testing.T) {
	t.Parallel()
	for transport, ip := range map[string]string{"udp": "127.0.0.21", "tcp": "127.0.0.22"} {
		t.Run(transport, func(t *testing.T) {
			h := openHouse(t, house.Options{Queue: house.PlainQueue + "    return_time: 0s\n"})
			secret := h.Employ("li")
			h.Eventually("Asterisk has the account", func() bool { return strings.Contains(h.Asterisk.CLI("pjsip show endpoints"), " li ") })
			phone := pbxtest.StartBaresip(t, ip, fmt.Sprintf(
				"<sip:li@%s;transport=%s>;auth_user=li;auth_pass=%s;answermode=manual;regint=60;audio_codecs=PCMA", h.SIP, transport, secret))
			h.Ready("li")

			caller := h.Dial("13900139000", house.DIDMain)
			phone.Wait("CALL_INCOMING")
			call := h.LiveFrom("+8613900139000").Call
			phone.Do("accept")
			h.Wait("the caller is answered", caller.WaitAnswered)
			phone.Wait("CALL_ESTABLISHED")
			hears := func(what string) {
				t.Helper()
				h.Wait(what, func(ctx context.Context) error { return caller.WaitReceived(ctx, 50) })
			}
			hears("the caller hears the agent")
			if c := h.CaseOf(call); c.Owner != "li" {
				t.Errorf("the case is %s's", c.Owner)
			}
			held := func(want bool) {
				t.Helper()
				h.Eventually(fmt.Sprintf("the journal tells that held is %v", want), func() bool {
					last := false
					for _, e := range h.Journal(call) {
						switch e.Kind {
						case "held", "resumed":
							last = e.Kind == "held"
						}
					}
					return last == want
				})
			}
			phone.Do("hold")
			held(true)
			hears("the caller hears music")
			phone.Do("resume")
			held(false)
			hears("the caller hears the agent again")
			h.Must("POST", "/api/v1/calls/"+call+"/hold", h.As("li"), nil)
			held(true)
			hears("the caller hears music again")
			h.Must("POST", "/api/v1/calls/"+call+"/resume", h.As("li"), nil)
			held(false)
			hears("the caller hears the agent still")
			phone.Do("hangup")
			h.Ended("the agent hung up", caller)
			h.Eventually("li is ready", func() bool { return h.Presence("li") == "ready" })

			again := h.Dial("13900139001", house.DIDMain)
			phone.Wait("CALL_INCOMING")
			h.Wait("the caller gives up", again.Cancel)
			phone.Wait("CALL_CLOSED")
		})
	}
}

package embedded

import (
	"strings"
	"testing"
	"time"

	"hotline/pbx"
)

// TestGlare: re-INVITEs that cross are refused with 491 on both sides, and ours is tried again (RFC 3261 §14).
func TestGlare(t *testing.T) {
	play(t, func(w *world) {
		w.dial()
		w.talk()
		accepted := w.caller.last("SIP/2.0 200")
		held := make(chan error, 1)
		go func() { held <- w.s.Hold(w.Context(), w.call) }()
		pass(0)
		ours := w.newest(w.caller, "INVITE")
		w.within(accepted, "INVITE", 2, strings.Replace(sdpText, " 5 1 ", " 5 2 ", 1))
		if got := w.caller.last("SIP/2.0 4"); !strings.HasPrefix(got, "SIP/2.0 491") {
			w.Errorf("theirs got %q", got)
		}
		w.within(accepted, "ACK", 2, "")
		w.reply(w.caller, ours, 491, "")
		sent := w.caller.count("INVITE")
		pass(3 * time.Second)
		if w.caller.count("INVITE") == sent {
			w.Fatal("ours was not tried again")
		}
		w.reply(w.caller, w.newest(w.caller, "INVITE"), 200, strings.Replace(sdpText, sendRecv, inactive, 1))
		w.reply(w.phone, w.newest(w.phone, "INVITE"), 200, strings.Replace(sdpText, sendRecv, inactive, 1))
		if err := <-held; err != nil {
			w.Error(err)
		}
	})
}

// TestCancelCrossesAnswer: the caller gives up in the moment of the agent's answer. Whichever is first at the switch counts, and
// nobody is left in a call.
func TestCancelCrossesAnswer(t *testing.T) {
	for _, connectFirst := range []bool{true, false} {
		play(t, func(w *world) {
			w.dial()
			w.leg = pbx.NewLegID(w.call, "li", 1)
			if err := w.s.Ring(w.Context(), w.call, pbx.Ring{Leg: w.leg, Phone: "li", Timeout: time.Minute}); err != nil {
				w.Fatal(err)
			}
			pass(0)
			w.reply(w.phone, w.newest(w.phone, "INVITE"), 200, sdpText)
			cancel := strings.ReplaceAll(w.invite.String(), "INVITE", "CANCEL")
			cancel, _, _ = strings.Cut(cancel, "Content-Type")
			cancel += "Content-Length: 0\r\n\r\n"
			if connectFirst {
				if err := w.s.Connect(w.Context(), w.call, w.leg); err != nil {
					w.Fatal(err)
				}
			}
			w.s.take(w.caller, []byte(cancel))
			pass(0)
			if connectFirst {
				// The answer stands; a caller who does not want it any more hangs up (RFC 3261 §9.1).
				accepted := ""
				for _, text := range w.caller.all() {
					if strings.HasPrefix(text, "SIP/2.0 200") && strings.Contains(text, "1 INVITE") {
						accepted = text
					}
				}
				if accepted == "" || w.end() != "" {
					w.Fatalf("ended by %q: %q", w.end(), w.caller.all())
				}
				w.ack(accepted)
				w.within(accepted, "BYE", 2, "")
			} else if err := w.s.Connect(w.Context(), w.call, w.leg); err == nil {
				w.Error("connected a caller who had given up")
			}
			pass(time.Second)
			if w.end() != pbx.EndByCaller || w.phone.count("BYE") == 0 {
				w.Errorf("ended by %q, the phone got %d BYEs", w.end(), w.phone.count("BYE"))
			}
		})
	}
}

// TestCallersHold: the caller's own hold passes to the agent's phone and back; the answer passes the other way.
func TestCallersHold(t *testing.T) {
	play(t, func(w *world) {
		w.dial()
		w.talk()
		accepted := w.caller.last("SIP/2.0 200")
		w.within(accepted, "INVITE", 2, strings.NewReplacer(" 5 1 ", " 5 2 ", sendRecv, sendOnly).Replace(sdpText))
		relayed := w.newest(w.phone, "INVITE")
		if directionOf(relayed.Body()) != sendOnly {
			w.Errorf("the phone is told\n%s", relayed.Body())
		}
		w.reply(w.phone, relayed, 200, strings.NewReplacer(" 5 1 ", " 5 2 ", sendRecv, recvOnly).Replace(sdpText))
		back := w.caller.last("SIP/2.0 200")
		if !strings.Contains(back, "2 INVITE") || directionOf([]byte(back[strings.Index(back, "v=0"):])) != recvOnly {
			w.Errorf("the caller is answered\n%s", back)
		}
		w.ack(back)
		// What the phone refuses is refused.
		w.within(accepted, "INVITE", 3, strings.Replace(sdpText, " 5 1 ", " 5 3 ", 1))
		w.reply(w.phone, w.newest(w.phone, "INVITE"), 488, "")
		if got := w.caller.last("SIP/2.0 4"); !strings.HasPrefix(got, "SIP/2.0 488") {
			w.Errorf("got %q", got)
		}
		w.within(accepted, "ACK", 3, "")
		// A request that comes late does nothing (RFC 3261 §12.2.2).
		w.within(accepted, "BYE", 2, "")
		if got := w.caller.last("SIP/2.0 5"); !strings.HasPrefix(got, "SIP/2.0 500") || w.end() != "" {
			w.Errorf("got %q, ended by %q", got, w.end())
		}
	})
}

// TestKeys: DTMF by INFO is told and passed on.
func TestKeys(t *testing.T) {
	play(t, func(w *world) {
		w.dial()
		w.talk()
		accepted := w.caller.last("SIP/2.0 200")
		text := lines("INFO sip:hotline@192.0.2.1 SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.7;rport;branch=z9hG4bKinfo",
			"From: "+value(accepted, "From"), "To: "+value(accepted, "To"), "Call-ID: "+value(accepted, "Call-ID"), "CSeq: 2 INFO",
			"Content-Type: application/dtmf-relay", "Content-Length: 24") + "Signal=5\r\nDuration=160\r\n"
		w.s.take(w.caller, []byte(text))
		pass(0)
		told := ""
		for _, e := range w.told() {
			if e.Kind == pbx.Digit {
				told += e.Digit
			}
		}
		if told != "5" || !strings.Contains(w.phone.last("INFO"), "Signal=5") {
			w.Errorf("told %q, the phone got %q", told, w.phone.last("INFO"))
		}
	})
}

// TestPhonesOwnTerms: a phone that wants a longer session timer gets it; one that wants the call elsewhere is not there, and nothing
// is dialled for it.
func TestPhonesOwnTerms(t *testing.T) {
	play(t, func(w *world) {
		w.dial()
		ring := func(n int) pbx.LegID {
			leg := pbx.NewLegID(w.call, "li", n)
			if err := w.s.Ring(w.Context(), w.call, pbx.Ring{Leg: leg, Phone: "li", Timeout: time.Minute}); err != nil {
				w.Fatal(err)
			}
			pass(0)
			return leg
		}
		ring(1)
		w.reply(w.phone, w.newest(w.phone, "INVITE"), 422, "", "Min-SE: 600")
		again := w.phone.last("INVITE")
		if w.phone.count("INVITE") != 2 || value(again, "Session-Expires") != "600" || value(again, "CSeq") != "2 INVITE" {
			w.Errorf("%d INVITEs, then\n%s", w.phone.count("INVITE"), again)
		}
		w.reply(w.phone, w.newest(w.phone, "INVITE"), 486, "")
		leg := ring(2)
		sent := len(w.phone.all()) + 1 // and the ACK
		w.reply(w.phone, w.newest(w.phone, "INVITE"), 302, "", "Contact: <sip:008613800138000@elsewhere.example>")
		for _, e := range w.told() {
			if e.Kind == pbx.LegEnded && e.Leg == leg && e.LegEnd != pbx.LegUnreachable {
				w.Errorf("ended by %s", e.LegEnd)
			}
		}
		if len(w.phone.all()) != sent {
			w.Errorf("then sent %q", w.phone.all()[sent:])
		}
	})
}

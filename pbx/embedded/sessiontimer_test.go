package embedded

import (
	"strings"
	"testing"
	"time"

	"hotline/pbx"
)

// TestSessionRefreshed: a talk is refreshed every half interval, by UPDATE where it is understood and by INVITE where not, and
// lives on as long as that is answered.
func TestSessionRefreshed(t *testing.T) {
	play(t, func(w *world) {
		w.dial("Supported: timer", "Session-Expires: 1800", "Allow: INVITE, UPDATE")
		w.talk()
		accepted := w.caller.last("SIP/2.0 200")
		if value(accepted, "Session-Expires") != "180;refresher=uas" || value(accepted, "Require") != "timer" {
			w.Errorf("agreed to %q, Require %q", value(accepted, "Session-Expires"), value(accepted, "Require"))
		}
		if asked := value(w.phone.last("INVITE"), "Session-Expires"); asked != "180" {
			w.Errorf("the phone is asked for %q", asked)
		}
		for range 20 {
			pass(91 * time.Second)
			w.reply(w.caller, w.newest(w.caller, "UPDATE"), 200, "", "Session-Expires: 180;refresher=uac")
			again := w.newest(w.phone, "INVITE")
			if string(again.Body()) != string(w.rung.Body()) {
				w.Errorf("the refresh changes the session:\n%s\nafter\n%s", again.Body(), w.rung.Body())
			}
			w.reply(w.phone, again, 200, sdpText)
		}
		if w.end() != "" {
			w.Errorf("ended by %s", w.end())
		}
	})
}

// TestSessionCallerGone: a caller who answers no refresh is gone, and so are the call and the agent's leg.
func TestSessionCallerGone(t *testing.T) {
	play(t, func(w *world) {
		w.dial("Allow: UPDATE")
		w.talk()
		pass(91 * time.Second)
		w.reply(w.phone, w.newest(w.phone, "INVITE"), 200, sdpText)
		pass(33 * time.Second)
		if w.end() != pbx.EndByCaller {
			w.Errorf("ended by %q", w.end())
		}
		if w.caller.count("BYE") == 0 || w.phone.count("BYE") == 0 {
			w.Error("a side was not hung up")
		}
	})
}

// TestSessionPhoneGone: a phone that answers no refresh is gone; its caller stays, on hold.
func TestSessionPhoneGone(t *testing.T) {
	play(t, func(w *world) {
		w.dial("Allow: UPDATE")
		w.talk()
		pass(91 * time.Second)
		w.reply(w.caller, w.newest(w.caller, "UPDATE"), 200, "")
		pass(33 * time.Second)
		ended := false
		for _, e := range w.told() {
			ended = ended || e.Kind == pbx.LegEnded && e.LegEnd == pbx.LegUnreachable
		}
		if !ended || w.end() != "" {
			w.Errorf("leg ended %v, call ended by %q", ended, w.end())
		}
		held := w.newest(w.caller, "INVITE")
		if directionOf(held.Body()) != inactive {
			w.Errorf("the caller is told\n%s", held.Body())
		}
		w.reply(w.caller, held, 200, strings.Replace(sdpText, sendRecv, inactive, 1))
	})
}

// TestSessionTheyRefresh: who promised to refresh and does not is hung up a little before the end (RFC 4028 §10).
func TestSessionTheyRefresh(t *testing.T) {
	play(t, func(w *world) {
		w.dial("Supported: timer", "Session-Expires: 120;refresher=uac", "Min-SE: 90")
		w.talk("Session-Expires: 180;refresher=uas", "Require: timer")
		accepted := w.caller.last("SIP/2.0 200")
		if value(accepted, "Session-Expires") != "120;refresher=uac" {
			w.Errorf("agreed to %q", value(accepted, "Session-Expires"))
		}
		pass(80 * time.Second)
		w.within(accepted, "UPDATE", 2, "", "Supported: timer", "Session-Expires: 120;refresher=uac")
		if got := w.caller.last("SIP/2.0 200"); !strings.Contains(got, "UPDATE") {
			w.Errorf("the refresh got %q", got)
		}
		pass(80 * time.Second)
		if w.end() != "" {
			w.Errorf("ended by %s although refreshed", w.end())
		}
		pass(10 * time.Second)
		if w.end() != pbx.EndByCaller {
			w.Errorf("ended by %q", w.end())
		}
	})
}

// TestUnheardAnswer: a caller whose ACK never comes is not there.
func TestUnheardAnswer(t *testing.T) {
	play(t, func(w *world) {
		w.dial()
		w.leg = pbx.NewLegID(w.call, "li", 1)
		if err := w.s.Ring(w.Context(), w.call, pbx.Ring{Leg: w.leg, Phone: "li", Timeout: time.Minute}); err != nil {
			w.Fatal(err)
		}
		pass(0)
		w.reply(w.phone, w.newest(w.phone, "INVITE"), 200, sdpText)
		if err := w.s.Connect(w.Context(), w.call, w.leg); err != nil {
			w.Fatal(err)
		}
		pass(33 * time.Second)
		if n := w.caller.count("SIP/2.0 200"); n != 11 || w.end() != pbx.EndByCaller {
			w.Errorf("sent %d times, ended by %q", n, w.end())
		}
	})
}

// TestWatchdogs: a caller who waits for ever, and a leg that nobody connects, end all the same.
func TestWatchdogs(t *testing.T) {
	play(t, func(w *world) {
		w.dial()
		w.leg = pbx.NewLegID(w.call, "li", 1)
		if err := w.s.Ring(w.Context(), w.call, pbx.Ring{Leg: w.leg, Phone: "li", Timeout: time.Minute}); err != nil {
			w.Fatal(err)
		}
		pass(0)
		w.reply(w.phone, w.newest(w.phone, "INVITE"), 200, sdpText)
		pass(connectWithin + time.Second)
		if w.phone.count("BYE") == 0 {
			w.Error("a leg that nobody connects stays")
		}
		rings := w.caller.count("SIP/2.0 180")
		pass(10 * time.Minute)
		if got := w.caller.count("SIP/2.0 180") - rings; got != 10 {
			w.Errorf("said ringing %d times in ten minutes", got)
		}
		pass(longestWait)
		if w.end() != pbx.EndSwitchFault || w.caller.count("SIP/2.0 503") == 0 {
			w.Errorf("ended by %q: %q", w.end(), w.caller.last("SIP/2.0"))
		}
	})
}

// TestPhoneDiesInTalk: a phone that answers no probe is down at the first, and after three its talk is over: the caller, on hold, is
// there for the next agent.
func TestPhoneDiesInTalk(t *testing.T) {
	play(t, func(w *world) {
		w.dial()
		w.talk()
		w.s.phones.mu.Lock()
		li := w.s.phones.accounts["li"]
		li.contacts[0].next = time.Now()
		w.s.phones.settle(li)
		w.s.phones.mu.Unlock()
		pass(5 * time.Second)
		seen := func(kind pbx.Kind) (n int) {
			for _, e := range w.told() {
				if e.Kind == kind {
					n++
				}
			}
			return n
		}
		if seen(pbx.PhoneUp) != 1 || seen(pbx.PhoneDown) != 1 || seen(pbx.LegEnded) != 0 {
			w.Errorf("up %d, down %d, legs ended %d", seen(pbx.PhoneUp), seen(pbx.PhoneDown), seen(pbx.LegEnded))
		}
		pass(15 * time.Second)
		if seen(pbx.LegEnded) != 1 || w.end() != "" || w.phone.count("BYE") == 0 {
			w.Errorf("legs ended %d, call ended by %q", seen(pbx.LegEnded), w.end())
		}
		held := w.newest(w.caller, "INVITE")
		if directionOf(held.Body()) != inactive {
			w.Errorf("the caller is told\n%s", held.Body())
		}
		w.reply(w.caller, held, 200, strings.Replace(sdpText, sendRecv, inactive, 1))
		// It answers again, and is up again.
		for range 10 { // a probe is under way most of the time
			w.reply(w.phone, w.newest(w.phone, "OPTIONS"), 200, "")
			pass(time.Second)
		}
		if seen(pbx.PhoneUp) != 2 {
			w.Errorf("up %d times", seen(pbx.PhoneUp))
		}
	})
}
